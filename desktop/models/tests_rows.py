"""The tests of a session before and after its change, folded from its events. No Qt."""

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

import msgspec

from agent_core.counting import counted
from agent_core.events import BaselineMeasured, Event, ToolFinished
from agent_core.history import History
from agent_core.results import EditApplied, FinishAsked, TestsRan, parts
from agent_core.verdict import Verdict
from runners.reports import GREEN, RED, Failure, Status, TestCase, TestReport

Blob = Callable[[str], bytes]
Mark = Status | Literal["vanished", ""]
Filter = Literal["all", "red", "changed"]

WORDS: dict[Mark, tuple[str, str, str]] = {
    "passed": ("passed", "circle-check", "good"),
    "failed": ("failed", "circle-x", "bad"),
    "error": ("error", "triangle-alert", "bad"),
    "skipped": ("skipped", "minus", "text3"),
    "xfailed": ("failed as expected", "circle-check", "text2"),
    "xpassed": ("passed unexpectedly", "circle-alert", "warning"),
    "not_run": ("not run", "circle-dashed", "text3"),
    "vanished": ("vanished", "circle-help", "warning"),
    "": ("", "circle-dashed", "text3"),
}
"""Each state in a word, an icon and a colour."""


class TestRow(msgspec.Struct, frozen=True):
    """One test; times are seconds, None where the test was not run or its time is not known."""

    __test__ = False

    id: str
    before: Mark = ""
    after: Mark = ""
    before_s: float | None = None
    after_s: float | None = None
    before_failure: Failure | None = None
    after_failure: Failure | None = None

    @property
    def file(self) -> str:
        """The file it is in."""
        return self.id.partition("::")[0]

    @property
    def name(self) -> str:
        """What it is called in its file."""
        return self.id.partition("::")[2] or self.id

    @property
    def now(self) -> Mark:
        """What is known of it now."""
        return self.after or self.before

    @property
    def red(self) -> bool:
        """Whether it is red now."""
        return self.now in RED

    @property
    def changed(self) -> bool:
        """Whether it is another colour than before."""
        return bool(self.after and self.before) and _colour(self.after) != _colour(self.before)

    @property
    def words(self) -> str:
        """Its state, with what it was before where that was another one."""
        now = WORDS[self.now][0]
        return f"{WORDS[self.before][0]} → {now}" if self.changed else now

    @property
    def times(self) -> str:
        """How long it took, before and now."""
        known = (seconds(value) for value in (self.before_s, self.after_s))
        return " → ".join(time for time in known if time)

    @property
    def failure(self) -> Failure | None:
        """Why it is red, or why it was where it no longer is."""
        return self.after_failure or self.before_failure


class _After(msgspec.Struct):
    """What is known of the tree as it stands; an edit makes it unknown again."""

    cases: dict[str, TestCase] = {}
    verdict: Verdict | None = None


class TestTable:
    """Folds events; a report is decoded once, however often the session is looked at."""

    __test__ = False

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._reports: dict[str, tuple[TestCase, ...]] = {}

    def rows(self, history: History) -> tuple[TestRow, ...]:
        """Every test that is known, in the order of the first run."""
        baseline = history.baseline
        if baseline is None:
            return ()
        before = {case.id: case for case in self._cases(baseline.run.blob)}
        after = self._after(history)
        ids = dict.fromkeys([*before, *after.cases])
        return tuple(_row(test, before.get(test), after) for test in ids)

    def _after(self, history: History) -> _After:
        after = _After()
        finished = (event for event in history.events if isinstance(event, ToolFinished))
        for data in (part for event in finished for part in parts(event.data)):
            match data:
                case EditApplied():
                    after = _After()
                case TestsRan(run=run):
                    after.cases |= {case.id: case for case in self._cases(run.blob)}
                case FinishAsked(verdict=verdict):
                    after.verdict = verdict
                    if verdict.report:
                        after.cases |= {case.id: case for case in self._cases(verdict.report)}
                case _:
                    continue
        return after

    def _cases(self, blob: str) -> tuple[TestCase, ...]:
        if blob not in self._reports:
            report = msgspec.json.decode(self._blob(blob), type=TestReport)
            self._reports[blob] = report.cases
        return self._reports[blob]


def tells(event: Event) -> bool:
    """Whether an event changes what is known of the tests."""
    if isinstance(event, ToolFinished):
        return isinstance(event.data, TestsRan | EditApplied | FinishAsked)
    return isinstance(event, BaselineMeasured)


def shown(rows: Iterable[TestRow], which: Filter) -> tuple[TestRow, ...]:
    """The rows that a filter lets through."""
    if which == "red":
        return tuple(row for row in rows if row.red)
    if which == "changed":
        return tuple(row for row in rows if row.changed)
    return tuple(rows)


def first_told(rows: Sequence[TestRow]) -> str:
    """The test to look at first: red, else turned green, else the first; "" if there is none."""
    for wanted in ((r for r in rows if r.red), (r for r in rows if r.changed), iter(rows)):
        if (row := next(wanted, None)) is not None:
            return row.id
    return ""


def summary(rows: Iterable[TestRow]) -> str:
    """The counts: how many, how many red before and now."""
    rows = tuple(rows)
    red_before = sum(row.before in RED for row in rows)
    parts = [counted(len(rows), "test"), f"{red_before:,} red at the start"]
    if any(row.after for row in rows):
        parts.append(f"{sum(row.red for row in rows):,} red now")
        parts.append(f"{sum(row.changed and not row.red for row in rows):,} fixed")
    return " · ".join(parts)


def seconds(value: float | None) -> str:
    """A time for its column."""
    if value is None:
        return ""
    if value >= 1:
        return f"{value:.1f} s"
    if value < 0.0001:
        return "<0.1 ms"
    return f"{value * 1000:.{1 if value < 0.01 else 0}f} ms"


def _row(test: str, before: TestCase | None, after: _After) -> TestRow:
    now = after.cases.get(test)
    mark = _judged(test, before, now, after.verdict)
    return TestRow(
        id=test,
        before=before.status if before else "",
        after=mark,
        before_s=before.duration_s if before else None,
        after_s=now.duration_s if now else None,
        before_failure=before.failure if before else None,
        after_failure=now.failure if now else None,
    )


def _judged(
    test: str, before: TestCase | None, now: TestCase | None, verdict: Verdict | None
) -> Mark:
    """How a test is now: a verdict that rests on more than one run goes before a run's word."""
    if verdict is not None and test in verdict.newly_broken:
        return now.status if now and now.status in RED else "failed"
    if now is not None:
        return now.status
    if verdict is None or verdict.state == "unknown":
        return ""
    if test in verdict.fixed:
        return "passed"
    if test in verdict.vanished:
        return "vanished"
    return before.status if before else ""


def _colour(mark: Mark) -> str:
    if mark in RED:
        return "red"
    return "green" if mark in GREEN else mark
