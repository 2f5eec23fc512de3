"""Contents that files may have, for property tests."""

from hypothesis import strategies as st

_lines = st.sampled_from([b"a", b"b", b"c", b"", b"\tx", b"caf\xe9", b"b\r", b"-- q", b"++ q"])

texts = st.builds(
    lambda parts, ended: b"\n".join(parts) + (b"\n" if ended and parts else b""),
    st.lists(_lines, max_size=24),
    st.booleans(),
)
contents = st.one_of(texts, texts, st.binary(max_size=40), st.just(b""))
