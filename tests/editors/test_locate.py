"""Where an edit goes, and what is said when that is not clear."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors.edits import Replace, apply_edits
from editors.locate import find_places, replaced
from editors.refusals import NoSuchPlace

GOLDEN = Path(__file__).parent.parent / "golden" / "edits"


def changed(text: str, old: str, new: str) -> tuple[str, str]:
    places = find_places(text, old, new)
    return replaced(text, places.spots), places.how


def test_an_exact_match_wins() -> None:
    assert changed("a\nb\nc\n", "b", "x") == ("a\nx\nc\n", "exact")
    assert changed("a\n  b\nb\n", "  b\n", "") == ("a\nb\n", "exact")


def test_new_lines_take_the_endings_of_the_place() -> None:
    text = "one\r\ntwo\nthree\r\n"
    assert changed(text, "one\ntwo\nthree", "one\nnew\ntwo\nthree") == (
        "one\r\nnew\r\ntwo\nthree\r\n",
        "line endings",
    )
    assert changed("a\r\nb\r\n", "b", "b\nc")[0] == "a\r\nb\r\nc\r\n"
    assert changed("a\rb\r", "b", "b\nc")[0] == "a\rb\rc\r"
    assert changed("a\nb\r\n", "a", "a\r\nx")[0] == "a\r\nx\nb\r\n"


def test_endings_may_differ_in_what_was_sent() -> None:
    assert changed("a\nb\n", "a\r\nb\r\n", "c\n") == ("c\n", "line endings")
    assert changed("x\r\n\r\ny", "\n\n", "\n") == ("x\r\ny", "line endings")


def test_a_uniform_indentation_may_differ() -> None:
    text = "class A:\n    def f(self):\n        return 1\n\n    x = 2\n"
    assert changed(
        text, "def f(self):\n    return 1\n", "def f(self):\n    y = 1\n\n    return y\n"
    ) == (
        text.replace("        return 1", "        y = 1\n\n        return y"),
        "indentation",
    )
    assert changed(text, "  " * 4 + "x = 2", "  " * 4 + "x = 3")[0] == text.replace("2", "3")
    assert changed(text, "\tdef f(self):\n\t    return 1", "\tpass") == (text, "nowhere")
    assert changed(text, "def f(self):\n    return 1\n", "")[0] == "class A:\n\n    x = 2\n"


@pytest.mark.parametrize(
    "old",
    [
        "def f(self):\n  return 1",  # not one shift for all lines
        "def f(self): \n    return 1",  # a blank at the end of a line
        "def f(this):\n    return 1",
        "deff(self):\n    return 1",
        "\n\n\n",
    ],
)
def test_nothing_else_is_overlooked(old: str) -> None:
    text = "class A:\n    def f(self):\n        return 1\n"
    assert changed(text, old, "x") == (text, "nowhere")


@given(
    st.lists(st.sampled_from(["a", "  b", "", "c", "\td"]), max_size=8),
    st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=8, max_size=8),
    st.data(),
)
def test_lines_outside_the_place_keep_their_bytes(
    lines: list[str], endings: list[str], data: st.DataObject
) -> None:
    ended = [line + end for line, end in zip(lines, endings, strict=False)]
    at = data.draw(st.integers(0, len(ended)))
    text = "".join([*ended[:at], "unique line", endings[0], *ended[at:]])
    result, how = changed(text, "unique line\n", "other\n")
    assert result == text.replace("unique line", "other")
    assert how in {"exact", "line endings"}


def tax_file(folder: Path) -> None:
    lines = [f"x{number} = {number}" for number in range(1, 215)]
    lines[87:91] = [
        "def total(prices, rate):",
        "    total = sum(prices)",
        "    return round(total * rate, 2)",
        "    # end",
    ]
    (folder / "src/app").mkdir(parents=True)
    (folder / "src/app/tax.py").write_text("\n".join(lines) + "\n")
    (folder / "alike.py").write_text("a = 1\n" * 3 + "b = 2\n\n" + "c = 3\nd = 4\n\n" * 2)


TAX = "src/app/tax.py"
CASES = {
    "one_line_differs": [
        Replace(path=TAX, old="x5 = 5", new="x5 = 6"),
        Replace(
            path=TAX,
            old="def total(prices, rate):\n    total = sum(prices)\n"
            "    return round(total, 2)\n    # end\n",
            new="pass\n",
        ),
        Replace(path=TAX, old="x7 = 7", new="x7 = 8"),
    ],
    "one_edit_one_line": [Replace(path=TAX, old="x42 == 42", new="x42 = 43")],
    "only_blanks_differ": [Replace(path=TAX, old="total  = sum(prices)\n", new="pass\n")],
    "nothing_alike": [Replace(path=TAX, old="§§§ ¶¶¶", new="x")],
    "there_already": [Replace(path=TAX, old="x42 = 41\n", new="x42 = 42\n")],
    "past_the_end": [Replace(path=TAX, old="x214 = 214\nx215 = 215\n", new="x")],
    "several_lines": [Replace(path="alike.py", old="a = 1", new="a = 2")],
    "several_places": [
        Replace(path=TAX, old="x5 = 5", new="x5 = 6"),
        Replace(path="alike.py", old="c = 3\nd = 4\n", new="c = 4\n"),
    ],
}


@pytest.mark.parametrize("name", CASES)
def test_messages_say_how_to_send_it_right(tmp_path: Path, name: str) -> None:
    tax_file(tmp_path)
    before = (tmp_path / TAX).read_bytes()
    with pytest.raises(NoSuchPlace) as caught:
        apply_edits(tmp_path, CASES[name])
    assert f"{caught.value}\n" == (GOLDEN / f"{name}.txt").read_text()
    assert (tmp_path / TAX).read_bytes() == before


def test_alike_places_can_be_changed_in_one_call(tmp_path: Path) -> None:
    tax_file(tmp_path)
    apply_edits(tmp_path, [Replace(path="alike.py", old="a = 1", new="a = 2", all_places=True)])
    assert (tmp_path / "alike.py").read_text().count("a = 2\n") == 3
