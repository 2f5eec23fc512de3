"""Looking for text in the files of a folder."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from editors.files import is_stray_name, read_file
from editors.paths import Folder
from editors.refusals import Refused
from editors.textfile import decode, split_lines

_LONGEST_LINE: Final = 400
_LARGEST_FILE: Final = 5 * 1024 * 1024


class Match(msgspec.Struct, frozen=True):
    """A line that holds what was looked for; line and column count from 1, in characters.

    `text` is the line without its ending, cut around the match where it is very long.
    """

    path: str
    line: int
    column: int
    text: str


class SearchResult(msgspec.Struct, frozen=True):
    """Matching lines in the order of paths; `cut` says there were more than were asked for.

    `skipped` counts files that are no text, too large or not readable.
    """

    matches: tuple[Match, ...]
    files_searched: int
    skipped: int = 0
    cut: bool = False


def search_text(
    root: Path,
    wanted: str,
    *,
    regex: bool = False,
    ignore_case: bool = False,
    files: Iterable[str] | None = None,
    limit: int = 200,
) -> SearchResult:
    """Find lines that hold `wanted`; without `files`, in all below `root` but git's own.

    Raises re.error for a pattern that is none. A regular expression sees one line at a time.
    """
    pattern = re.compile(wanted if regex else re.escape(wanted), re.IGNORECASE * ignore_case)
    matches: list[Match] = []
    searched = skipped = 0
    with Folder(root) as folder:
        for path in files_below(root) if files is None else files:
            text = _text(folder, path)
            if text is None:
                skipped += 1
                continue
            searched += 1
            for match in _matches(path, text, pattern):
                if len(matches) == limit:
                    return SearchResult(tuple(matches), searched, skipped, cut=True)
                matches.append(match)
    return SearchResult(tuple(matches), searched, skipped)


def files_below(root: Path) -> Iterator[str]:
    """Paths of the regular files below a folder, sorted, without git's own and strays of ours."""
    todo = [root]
    while todo:
        entries = sorted(todo.pop().iterdir(), key=lambda entry: entry.name, reverse=True)
        todo += [entry for entry in entries if _is_plain_folder(entry)]
        for entry in reversed(entries):
            if entry.is_file() and not entry.is_symlink() and not is_stray_name(entry.name):
                yield entry.relative_to(root).as_posix()


def _is_plain_folder(entry: Path) -> bool:
    return entry.name != ".git" and entry.is_dir() and not entry.is_symlink()


def _text(folder: Folder, path: str) -> str | None:
    try:
        return decode(path, read_file(folder, path, limit=_LARGEST_FILE).data).text
    except (OSError, Refused):
        return None


def _matches(path: str, text: str, pattern: re.Pattern[str]) -> Iterator[Match]:
    for number, line in enumerate(split_lines(text), 1):
        bare = line.rstrip("\r\n")
        found = pattern.search(bare)
        if found:
            start = max(0, found.start() - _LONGEST_LINE // 4) if len(bare) > _LONGEST_LINE else 0
            yield Match(path, number, found.start() + 1, bare[start : start + _LONGEST_LINE])
