"""A session's records built from the real events, with real reports kept in a real store."""

from pathlib import Path

import msgspec

from agent_core.events import (
    BaselineMeasured,
    Event,
    Record,
    SessionStarted,
    SessionStopped,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
    WorkspaceReady,
)
from agent_core.history import History
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FinishAsked,
    PlanItem,
    PlanUpdated,
    Suspect,
    TestsRan,
    ToolData,
    Tried,
)
from agent_core.store import SessionStore
from agent_core.task import Task
from agent_core.verdict import Baseline, RunSummary, Verdict
from editors.project import Project
from runners.reports import Failure, Frame, ReportDelta, TestCase, TestReport
from runners.suite import Suite
from runners.toolchain import Toolchain

RED, GREEN = "tests/test_shop.py::test_total", "tests/test_shop.py::test_empty"
DIFF = """\
diff --git a/shop.py b/shop.py
--- a/shop.py
+++ b/shop.py
@@ -1,2 +1,2 @@
 def total(prices, rate):
-    return sum(prices) * (1 - rate)
+    return sum(prices) * (1 + rate)
"""
WHY = Failure(
    phase="call",
    exception="AssertionError",
    message="assert 27.0 == 33.0\n +  where 27.0 = total([10, 20], 0.1)",
    file="tests/test_shop.py",
    line=5,
    excerpt="> 5      assert total([10, 20], 0.1) == 33.0",
    frames=(Frame("tests/test_shop.py", 5, "test_total"), Frame("shop.py", 2, "total")),
)


class Story:
    """Appends events one second apart."""

    def __init__(self, folder: Path) -> None:
        self.store = SessionStore.open(folder, write=True)
        self.records: list[Record] = []
        self._calls = 0

    @property
    def history(self) -> History:
        """What has happened so far."""
        return History([record.event for record in self.records])

    def add(self, event: Event) -> Record:
        """Let an event happen."""
        record = Record(seq=len(self.records) + 1, at=1000.0 + len(self.records), event=event)
        self.records.append(record)
        return record

    def begin(self) -> None:
        """A project with one red and one green test, up to its baseline."""
        chain = Toolchain("/usr/bin/python3", "3.11.2", "on PATH", "/usr", "/usr", "8.3.0")
        suite = Suite(toolchain=chain, framework="pytest", root="/copy", origin="/shop")
        project = Project(root="/shop")
        report = self.report(TestCase(RED, "failed", 0.02, WHY), TestCase(GREEN, "passed", 0.01))
        self.add(SessionStarted(1, "20260101-abcdef", "/shop", Task("Make the tests pass.")))
        self.add(StretchStarted(number=1, budget_minutes=5.0))
        self.add(WorkspaceReady(snapshot="one", suite=suite, project=project))
        self.add(BaselineMeasured(Baseline(snapshot="one", run=report, target=(RED,))))

    def turn(self, reasoning: str, *calls: tuple[str, str, ToolData]) -> None:
        """One step whose calls all end; each is a tool, its text and its data."""
        step = self.history.step + 1
        self.add(TurnStarted(step=step))
        asked = []
        for tool, _, _ in calls:
            self._calls += 1
            asked.append(ToolCall(tool=tool, arguments="{}", id=f"c{self._calls}"))
        self.add(TurnEnded(step=step, reasoning=reasoning, text="", calls=tuple(asked)))
        for call, (tool, text, data) in zip(asked, calls, strict=True):
            self.add(ToolIntended(step=step, call=call, effect="runs"))
            self.add(ToolFinished(step, call.id, tool, text, data, duration_s=0.8))

    def repair(self) -> None:
        """Everything from locating the fault to the proof."""
        places = (Suspect("shop.py", 2, 1.0, "runs only when it fails"),)
        self.turn("Compare the runs.", ("locate_fault", "one", FaultLocated(places, "", 2)))
        self.turn("Try changes.", ("try_candidates", "2 of 2", self.tried()))
        run = self.report(TestCase(RED, "passed", 0.03))
        self.turn(
            "Replace `-` by `+`.",
            ("update_plan", "[>] Apply", PlanUpdated((PlanItem("Apply it", "doing"),))),
            ("edit_file", DIFF, EditApplied(("shop.py",), "two", DIFF)),
            ("run_tests", "1 passed", TestsRan(run, ReportDelta(fixed=(RED,)))),
        )
        fixed = verdict("fixed", "1 red test is green, twice")
        self.turn("Green.", ("finish", "fixed", FinishAsked(fixed, "The sign was wrong.")))
        self.add(SessionStopped("verdict_holds", "The sign was wrong.", fixed, "two", DIFF))

    def tried(self) -> CandidatesTried:
        """Two candidates, one of which survives."""
        outcomes = [
            Tried("shop.py", 1, "delete `prices`", "failed", 0, 0.2),
            Tried("shop.py", 2, "replace `-` by `+`", "survivor", 1, 0.1),
        ]
        return CandidatesTried(
            start=0,
            tried=2,
            available=2,
            survivors=(),
            counts={"failed": 1, "survivor": 1},
            outcomes=self.store.put_blob(msgspec.json.encode(outcomes)),
        )

    def report(self, *cases: TestCase) -> RunSummary:
        """A run with these cases, the whole of it kept in the store."""
        red = tuple(case for case in cases if case.failure)
        return RunSummary(
            health="ran",
            passed=len(cases) - len(red),
            failed=len(red),
            other=0,
            wall_s=0.5,
            blob=self.store.put_blob(msgspec.json.encode(TestReport(health="ran", cases=cases))),
            red=red,
        )


def verdict(state: str, reason: str, **more: object) -> Verdict:
    """A verdict on the tree after the edit."""
    fixed = (RED,) if state == "fixed" else ()
    return msgspec.convert(
        {"state": state, "snapshot": "two", "reason": reason, "fixed": fixed, **more}, Verdict
    )
