"""Searching the text of a folder."""

import re
from pathlib import Path

import pytest

from editors.search import files_below, search_text


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pkg").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "config").write_text("needle")
    (tmp_path / "pkg" / "b.py").write_bytes(b"x = 1\r\nneedle = 'a.b'\r\nNeedle\r\n")
    (tmp_path / "pkg" / "latin.txt").write_bytes(b"caf\xe9 needle")
    (tmp_path / "a.py").write_text("no\n  two needle needle\n")
    (tmp_path / "data.bin").write_bytes(b"needle\0")
    (tmp_path / "link").symlink_to("a.py")
    (tmp_path / "loop").symlink_to(".")
    return tmp_path


def found(
    root: Path, wanted: str, *, regex: bool = False, ignore_case: bool = False
) -> list[tuple[str, int, int]]:
    result = search_text(root, wanted, regex=regex, ignore_case=ignore_case)
    return [(match.path, match.line, match.column) for match in result.matches]


def test_literal_text_is_found_where_it_stands(project: Path) -> None:
    assert found(project, "needle") == [("a.py", 2, 7), ("pkg/b.py", 2, 1), ("pkg/latin.txt", 1, 6)]
    assert found(project, "a.b") == [("pkg/b.py", 2, 11)]
    assert found(project, "A.B", ignore_case=True) == [("pkg/b.py", 2, 11)]
    assert found(project, "axb") == []


def test_regular_expressions_see_one_line(project: Path) -> None:
    assert found(project, r"^needle\b.*'$", regex=True) == [("pkg/b.py", 2, 1)]
    with pytest.raises(re.error):
        search_text(project, "(", regex=True)


def test_results_are_bounded_and_say_so(project: Path) -> None:
    result = search_text(project, "needle", limit=2)
    assert (len(result.matches), result.cut) == (2, True)
    result = search_text(project, "needle", limit=3)
    assert (len(result.matches), result.cut, result.skipped) == (3, False, 1)
    assert result.files_searched == 3


def test_named_files_alone_are_searched(project: Path) -> None:
    result = search_text(project, "needle", files=["a.py", "gone.py", "link", ".git/config"])
    assert [match.path for match in result.matches] == ["a.py"]
    assert result.skipped == 3


def test_very_long_lines_are_cut_around_the_match(tmp_path: Path) -> None:
    (tmp_path / "long").write_text("x" * 1_000_000 + "needle" + "y" * 1_000_000)
    (match,) = search_text(tmp_path, "needle").matches
    assert match.column == 1_000_001
    assert "needle" in match.text
    assert len(match.text) == 400


def test_files_come_in_order_without_links_and_git(project: Path) -> None:
    assert list(files_below(project)) == ["a.py", "data.bin", "pkg/b.py", "pkg/latin.txt"]
