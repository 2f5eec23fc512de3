"""The product as a person starts it: `journeyman fix PATH --json`, and what its last line says."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.commands import Finished, run

GRACE_S = 60.0
"""Seconds beyond its budget after which a run is killed and counts as *overran*."""


class FixOutcome(msgspec.Struct, frozen=True):
    """One run of `fix`, read from its events.

    state: the verdict's state, "none" where there was no verdict. proven and set_apart: the
    verdict's own lists of tests, as workspace-relative ids. candidate_cpu_s: CPU seconds spent in
    trying candidates, None where the events do not say.
    """

    state: str
    reason: str
    patch: str
    exit_code: int | None
    candidates: int
    wall_s: float
    cpu_s: float
    candidate_cpu_s: float | None = None
    passed: int = 0
    proven: tuple[str, ...] = ()
    set_apart: tuple[str, ...] = ()
    note: str = ""

    @property
    def fixed(self) -> bool:
        """Whether the program claims *fixed*, by verdict or by exit code."""
        return self.state == "fixed" or self.exit_code == 0

    @property
    def candidates_per_cpu_second(self) -> float | None:
        """Candidates tried for each CPU second spent on them; None where nothing was tried."""
        return self.candidates / self.candidate_cpu_s if self.candidate_cpu_s else None


def fix(
    project: Path, *, home: Path, budget_minutes: float, arguments: Sequence[str] = ()
) -> FixOutcome:
    """Run `fix` on `project` with all of the product's data below `home`."""
    argv = [
        *(sys.executable, "-m", "agent_core.terminal.cli", "fix", str(project), "--json"),
        *("--budget-minutes", str(budget_minutes), *arguments),
    ]
    root = Path(__file__).resolve().parent.parent
    env = {**os.environ, "JOURNEYMAN_HOME": str(home), "PYTHONPATH": str(root)}
    done = run(argv, cwd=root, timeout_s=budget_minutes * 60 + GRACE_S, env=env)
    return read_outcome(done)


def read_outcome(done: Finished) -> FixOutcome:
    """What a finished run said, from its JSON lines."""
    events = list(_events(done.stdout))
    tried = [event["data"] for event in events if _is_trial(event)]
    stopped: dict[str, Any] = next(
        (event for event in reversed(events) if event.get("type") == "SessionStopped"), {}
    )
    verdict = stopped.get("verdict") or {}
    apart = [verdict.get(key, ()) for key in ("still_red", "wavering", "order_dependent")]
    return FixOutcome(
        state=verdict.get("state", "none"),
        reason=stopped.get("reason", "overran" if done.exit_code is None else "no SessionStopped"),
        patch=stopped.get("patch", ""),
        exit_code=done.exit_code,
        candidates=stopped.get("tried", 0) or sum(data.get("tried", 0) for data in tried),
        wall_s=done.wall_s,
        cpu_s=done.cpu_s,
        candidate_cpu_s=sum(data.get("cpu_s", 0.0) for data in tried) if tried else None,
        passed=verdict.get("passed", 0),
        proven=tuple(verdict.get("fixed", ())),
        set_apart=tuple(test for tests in apart for test in tests),
        note="" if stopped else (done.stderr or done.stdout)[-400:].strip(),
    )


def _events(text: str) -> Iterator[dict[str, Any]]:
    """Each line's event, whether it stands alone or inside a record with its place in the log."""
    for line in text.splitlines():
        try:
            value = msgspec.json.decode(line.encode(), type=dict[str, Any])
        except msgspec.DecodeError:
            continue  # a line that is not JSON belongs to somebody else's output
        inner = value.get("event")
        yield inner if isinstance(inner, dict) else value


def _is_trial(event: dict[str, Any]) -> bool:
    return (
        event.get("type") == "ToolFinished"
        and event.get("tool") == "try_candidates"
        and isinstance(event.get("data"), dict)
    )
