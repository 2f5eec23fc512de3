"""Which files of a change judge it, found out on the two trees."""

import contextlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath

from agent_core.integrity import (
    is_configuration,
    is_named,
    is_own_test,
    is_recipe,
    is_test_file,
    judges,
    shadows,
    steering,
    tampered,
    top_module,
)
from agent_core.source_reading import examples, imported, machinery, plugins
from editors.diff import FileDiff
from editors.refusals import Refused
from editors.textfile import decode
from editors.workspace import Workspace
from runners.case_ids import PREFIX, is_command
from runners.reports import TestReport

_WORD = re.compile(r"""[^\s"',=\[\]]+""")
_LISTS = re.compile(r"\b(?:i?r?glob|walk|iterdir|listdir|scandir)\b")
_MODULE = re.compile(rf"^{re.escape(PREFIX)}.*\s-m\s+(\w+)")
"""The module a check command runs."""
_MISSING = re.compile(r"No module named '?(\w+)")


def changed_paths(diffs: Sequence[FileDiff]) -> tuple[str, ...]:
    """Every path that is not as it was; of a renamed file both."""
    paths = {path for diff in diffs for path in (diff.path, diff.old_path) if path}
    return tuple(sorted(paths))


class Trees:
    """The tree before a change and the one after it.

    `arguments` are those the user gives the test tool.
    """

    def __init__(
        self, workspace: Workspace, before: str, after: str, *, arguments: Sequence[str] = ()
    ) -> None:
        self._workspace, self._arguments = workspace, arguments
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
        found |= self._shadowing(report) | self._recipes(report)
        found |= self._read(report) | self._steering(report)
        return tuple(sorted(found)) + tuple(self._meddling())

    def texts(self, paths: Sequence[str]) -> dict[str, str]:
        """What these files say after the change; without those that are no text."""
        found = {path: self._text(self.after, path) for path in paths}
        return {path: text for path, text in found.items() if text is not None}

    def files(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of these files after the change."""
        return {path: self._workspace.store.read(self.after, path) for path in paths}

    def _linked(self, report: TestReport) -> set[str]:
        """The files behind collected files that are reached over a symbolic link."""
        root = Path(self._workspace.root).resolve()
        named = judges(report)
        places = {(root / path).resolve() for path in named}
        inside = {p.relative_to(root).as_posix() for p in places if p.is_relative_to(root)}
        return inside - named

    def _testing(self, report: TestReport) -> dict[str, str]:
        """The collected files and every conftest, as they were."""
        there = self._workspace.store.files(self._before)
        conftests = {path for path in there if PurePosixPath(path).name == "conftest.py"}
        return self._all(judges(report) | conftests)

    def _read(self, report: TestReport) -> set[str]:
        """Changed files that are no Python, and that the tests name: what they expect is there."""
        data = {path for path in self.changed if not path.endswith(".py")}
        if not data:
            return set()
        tests = self._testing(report).items()
        return {path for path in data if any(_reads(*test, path) for test in tests)}

    def _steering(self, report: TestReport) -> set[str]:
        """Changed files that the test tool is told to load: by arguments, settings or tests."""
        there = self._workspace.store.files(self._before)
        settings = {path for path in there if is_configuration(path) and not path.endswith(".py")}
        words = [word for text in self._all(settings).values() for word in _WORD.findall(text)]
        named = steering(self._arguments) | steering(words)
        named = named.union(*map(plugins, self._testing(report).values()))
        return {path for path in self.changed if any(is_named(path, name) for name in named)}

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

    def _shadowing(self, report: TestReport) -> set[str]:
        """New files that stand in the way of a module that was not the project's own.

        That is one of Python or of the test tools, and one that unchanged code or a command uses
        and that was found: so it is installed.
        """
        there = self._workspace.store.files(self._before)
        own = {top_module(path) for path in there}
        new = {diff.path for diff in self.diffs if diff.status in {"created", "renamed"}}
        new = {path for path in new if path.endswith(".py") and top_module(path) not in own}
        if all(map(shadows, new)):
            return new
        kept = {path for path in there if path.endswith(".py")}.difference(self.changed)
        used = frozenset[str]().union(*map(imported, self._all(kept).values()))
        used = used.union(*(_MODULE.findall(case.id) for case in report.cases))
        told = [case.failure.message for case in report.cases if case.failure]
        used = used.difference(*map(_MISSING.findall, told))
        return {path for path in new if shadows(path) or top_module(path) in used}

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

    def _all(self, paths: Collection[str]) -> dict[str, str]:
        """What these files said before the change; without those that are no text."""
        there = self._workspace.store.files(self._before)
        found = sorted(there.keys() & paths)
        blobs = self._workspace.store.blobs([there[path].blob for path in found])
        texts = {}
        for path, blob in zip(found, blobs, strict=True):
            with contextlib.suppress(Refused):
                texts[path] = decode(path, blob).text
        return texts

    def _text(self, tree: str, path: str) -> str | None:
        try:
            return decode(path, self._workspace.store.read(tree, path)).text
        except (FileNotFoundError, Refused):
            return None


def _reads(test: str, text: str, data: str) -> bool:
    """Whether a test's text names a data file, its folder in a path, or lists its own folder.

    Where folders are listed, one may be named further up as well.
    """
    pure = PurePosixPath(data)
    lists = _LISTS.search(text) is not None
    beside = len(pure.parts) > 1 and pure.parent == PurePosixPath(test).parent
    folders = pure.parts[:-1] if lists else pure.parts[-2:-1]
    return (
        (lists and beside)
        or re.search(rf"(?<!\w){re.escape(pure.name)}(?!\w)", text) is not None
        or any(re.search(rf"""(?<=["'/]){re.escape(each)}(?=["'/])""", text) for each in folders)
    )
