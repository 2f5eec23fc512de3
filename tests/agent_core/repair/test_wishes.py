"""The literals of failing tests."""

import ast

from hypothesis import given
from hypothesis import strategies as st

from agent_core.repair.wishes import literals_of

SOURCE = """\
LIMIT = 12


def test_a():
    assert f(-1, "x") == {"k": [1.5, (2,)]}
    assert f(name) is None


async def test_b():
    assert await g([f(1), 3]) == b"z"
"""


def test_numbers_strings_and_displays_of_the_named_functions() -> None:
    assert set(literals_of(SOURCE, {"test_a"})) == {
        "-1", "1", "'x'", "{'k': [1.5, (2,)]}", "'k'", "[1.5, (2,)]", "1.5", "(2,)", "2",
    }  # fmt: skip


def test_a_display_with_more_than_literals_in_it_is_none_but_its_parts_are() -> None:
    assert set(literals_of(SOURCE, {"test_b"})) == {"1", "3", "b'z'"}


def test_without_such_a_function_the_whole_file_is_read() -> None:
    assert set(literals_of(SOURCE, {"test_gone"})) >= {"12", "b'z'", "-1"}


def test_what_does_not_parse_has_none() -> None:
    assert literals_of("def test_a(:\n", {"test_a"}) == ()
    assert literals_of("x = '\0'", {"test_a"}) == ()


def test_long_ones_are_left_out_and_the_number_is_bounded() -> None:
    numbers = "\n".join(f"    {n}" for n in range(500))
    found = literals_of(f"def test_a():\n    '{'x' * 300}'\n{numbers}\n", {"test_a"})
    assert len(found) == 200
    assert all(len(text) <= 200 for text in found)


@given(
    st.recursive(
        st.integers() | st.text(max_size=8) | st.booleans() | st.floats(allow_nan=False, width=16),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(), inner),
        max_leaves=6,
    )
)
def test_each_is_a_literal_that_python_reads_back(value: object) -> None:
    found = literals_of(f"def test_a():\n    assert f() == {value!r}\n", {"test_a"})
    for text in found:
        ast.parse(text, mode="eval")
    if isinstance(value, int) and len(repr(value)) <= 200:
        assert value in [ast.literal_eval(text) for text in found]
