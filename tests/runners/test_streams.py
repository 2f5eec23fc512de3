from hypothesis import given
from hypothesis import strategies as st

from runners.streams import Bounded


@given(st.lists(st.binary(max_size=50)), st.integers(0, 100))
def test_head_and_tail_are_kept_and_the_rest_is_counted(chunks: list[bytes], limit: int) -> None:
    bounded = Bounded(limit)
    for chunk in chunks:
        bounded.add(chunk)
    whole = b"".join(chunks)
    assert bounded.cut == max(0, len(whole) - limit)
    if not bounded.cut:
        assert bounded.value() == whole
        return
    head, tail = limit // 2, limit - limit // 2
    gap = b"\n... %d bytes cut ...\n" % bounded.cut
    assert bounded.value() == whole[:head] + gap + whole[len(whole) - tail :]
