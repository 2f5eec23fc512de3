"""Which files of a change judge it, found out on the two trees."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from agent_core.integrity import (
    examples,
    is_own_test,
    is_recipe,
    is_test_file,
    judges,
    machinery,
    shadows,
    tampered,
    top_module,
)
from editors.diff import FileDiff
from editors.refusals import Refused
from editors.textfile import decode
from editors.workspace import Workspace
from runners.commands import PREFIX, is_command
from runners.reports import TestReport


def changed_paths(diffs: Sequence[FileDiff]) -> tuple[str, ...]:
    """Every path that is not as it was; of a renamed file both."""
    paths = {path for diff in diffs for path in (diff.path, diff.old_path) if path}
    return tuple(sorted(paths))


class Trees:
    """The tree before a change and the one after it."""

    def __init__(self, workspace: Workspace, before: str, after: str) -> None:
        self._workspace = workspace
        self._before, self.after = before, after
        self.diffs = workspace.store.diff(before, after)
        self.changed = changed_paths(self.diffs)
        self.own_tests = tuple(
            diff.path for diff in self.diffs if diff.status == "created" and is_own_test(diff.path)
        )

    def tampering(self, report: TestReport) -> tuple[str, ...]:
        """The changed files that judge the change; `report` is of the tree before it.

        New files of tests are not among them: the gate judges without these first.
        """
        judged = set(self.changed).difference(self.own_tests)
        found = set(tampered(judged, report, self._keeps_examples))
        found |= self._linked(report).intersection(self.changed)
        found |= self._shadowing() | self._read(report) | self._recipes(report)
        return tuple(sorted(found)) + tuple(self._meddling())

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """What these files say after the change; without those that are no text."""
        found = {path: self._text(self.after, path) for path in paths}
        return {path: text for path, text in found.items() if text is not None}

    def _linked(self, report: TestReport) -> set[str]:
        """The files behind collected files that are reached over a symbolic link."""
        root = Path(self._workspace.root).resolve()
        named = judges(report)
        places = {(root / path).resolve() for path in named}
        inside = {p.relative_to(root).as_posix() for p in places if p.is_relative_to(root)}
        return inside - named

    def _read(self, report: TestReport) -> set[str]:
        """Changed files that are no Python, and that the tests name: what they expect is there."""
        data = {path for path in self.changed if not path.endswith(".py")}
        if not data:
            return set()
        texts = [self._text(self._before, path) or "" for path in judges(report)]
        return {path for path in data if any(_named(path).search(text) for text in texts)}

    def _recipes(self, report: TestReport) -> set[str]:
        """Changed files that say what the check commands do, where such were there before."""
        there = self._workspace.store.files(self._before)
        found: set[str] = set()
        for command in (
            case.id.removeprefix(PREFIX) for case in report.cases if is_command(case.id)
        ):
            if any(is_recipe(path, command) for path in there):
                found |= {path for path in self.changed if is_recipe(path, command)}
        return found

    def _shadowing(self) -> set[str]:
        """New files that stand in the way of a module that was not the project's own."""
        new = {diff.path for diff in self.diffs if diff.status in {"created", "renamed"}}
        hiding = {path for path in new if shadows(path)}
        if not hiding:
            return set()
        own = {top_module(path) for path in self._workspace.store.files(self._before)}
        return {path for path in hiding if top_module(path) not in own}

    def _meddling(self) -> Iterator[str]:
        """Sources that name the test machinery now and did not before."""
        for diff in self.diffs:
            if diff.path.endswith(".py") and not is_test_file(diff.path):
                old = self._text(self._before, diff.old_path or diff.path)
                new = self._text(self.after, diff.path)
                words = machinery(new or "") - machinery(old or "")
                if words:
                    yield f"{diff.path} (now names {', '.join(sorted(words))})"

    def _keeps_examples(self, path: str) -> bool:
        """Whether a source still has all its doctest examples; no, if it is not in both."""
        old, new = self._text(self._before, path), self._text(self.after, path)
        before = examples(old) if old is not None else None
        after = examples(new) if new is not None else None
        return before is not None and after is not None and not Counter(before) - Counter(after)

    def _text(self, tree: str, path: str) -> str | None:
        try:
            return decode(path, self._workspace.store.read(tree, path)).text
        except (FileNotFoundError, Refused):
            return None


def _named(path: str) -> re.Pattern[str]:
    """The file's name as a word."""
    return re.compile(rf"(?<!\w){re.escape(PurePosixPath(path).name)}(?!\w)")
