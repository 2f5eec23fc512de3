"""Events in words: one essence line each, the same for the live view and the timeline."""

from collections.abc import Iterable
from functools import singledispatch

from agent_core.counting import counted, listed
from agent_core.events import (
    AcceptIntended,
    BaselineMeasured,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    SessionStarted,
    SessionStopped,
    Steered,
    StretchStarted,
    SurvivorChosen,
    ToolFinished,
    TurnEnded,
    WorkspaceReady,
)
from agent_core.proofs import Compared, Compiled, Timed
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FileRead,
    FilesListed,
    FinishAsked,
    GaveUp,
    PlanUpdated,
    SearchDone,
    TestsRan,
    ToolData,
    parts,
)
from agent_core.verdict import STATE_WORDS, Baseline, Verdict
from editors.project import Project
from runners.case_ids import in_words, is_test

REASONS = {
    "verdict_holds": "done",
    "nothing_found": "nothing found",
    "budget_spent": "budget spent",
    "stuck": "stuck",
    "user_stopped": "stopped",
    "model_failed": "the model failed",
}

TOLD_S = 0.05
"""Durations below this are left out."""


@singledispatch
def line(event: Event) -> str:
    """One line for an event, "" for those that say nothing by themselves."""
    del event
    return ""


@line.register
def _(event: SessionStarted) -> str:
    return f"session {event.session}: {event.task.goal} ({event.task.check.sentence()})"


@line.register
def _(event: StretchStarted) -> str:
    return f"run {event.number}, {event.budget_minutes:g} minutes" if event.number > 1 else ""


@line.register
def _(event: WorkspaceReady) -> str:
    runs = "no tests are run"
    if event.suite is not None:
        runs = f"{event.suite.framework} with {event.suite.toolchain.sentence()}"
    first = f"private copy of {folder(event.project)}; {runs}; isolation: {event.isolation}"
    return "\n".join([first, *event.notes])


@line.register
def _(event: BaselineMeasured) -> str:
    baseline = event.baseline
    parts = [f"at the start: {baseline.run.sentence()}"]
    if baseline.still_red:
        parts.append(_not_asked(baseline))
    if baseline.hanging:
        parts.append(f"hanging: {listed(baseline.hanging)}")
    if not baseline.reversed_run:
        parts.append("whether the order of the files matters is looked at with the verdict")
    if baseline.wavering:
        parts.append(f"wavering, set apart: {listed(baseline.wavering)}")
    if baseline.order_dependent:
        parts.append(f"order-dependent, set apart: {listed(baseline.order_dependent)}")
    return "\n".join(parts)


def _not_asked(baseline: Baseline) -> str:
    """What is red and does not decide, and what decides in its place."""
    red = in_words(baseline.still_red, kind="red")
    are = "is" if len(baseline.still_red) == 1 else "are"
    checks = [case for case in baseline.target if not is_test(case)]
    by = f" by {'itself' if are == 'is' else 'themselves'}: {listed(checks)} decides"
    return f"{red} {are} not part of this task{by if checks else ''}"


@line.register
def _(event: TurnEnded) -> str:
    return event.text.strip() or event.reasoning


@line.register
def _(event: ToolFinished) -> str:
    said = "; ".join(filter(None, map(essence, parts(event.data))))
    text = said or event.text.partition("\n")[0]
    took = f" ({event.duration_s:.1f} s)" if event.duration_s >= TOLD_S else ""
    return f"{event.tool}: {text}{took}"


@line.register
def _(event: Steered) -> str:
    return f"you: {event.text}"


@line.register
def _(event: SurvivorChosen) -> str:
    return f"you: prove survivor {event.number}: {event.survivor.explanation}"


@line.register
def _(event: SessionStopped) -> str:
    return f"{_ended(event)}\nverdict: {event.verdict.sentence()}"


def _ended(event: SessionStopped) -> str:
    verdict = event.verdict
    if nothing_to_do(event):
        return f"{_all_green(verdict)}: nothing to do"
    if part := verdict.part:
        return f"{ending(event)}: {part}. {event.detail}"
    return f"{ending(event)}: {event.detail}"


def _all_green(verdict: Verdict) -> str:
    if verdict.passed < verdict.total:
        return f"nothing is red, {verdict.passed:,} of {verdict.total:,} are green"
    numbers = (verdict.total - verdict.checks, "test"), (verdict.checks, "check")
    what = " and ".join(counted(number, noun) for number, noun in numbers if number)
    return f"all {what} are green" if verdict.total > 1 else f"the only {what[2:]} is green"


def ending(event: SessionStopped) -> str:
    """How a stretch ended, in a few words."""
    if nothing_to_do(event):
        return "nothing to do"
    part = event.reason == "nothing_found" and event.verdict.part
    return "a part is mended" if part else REASONS[event.reason]


def nothing_to_do(event: SessionStopped) -> bool:
    """Whether all that was run was green from the start, and nothing was changed."""
    verdict = event.verdict
    red = verdict.still_red or verdict.wavering or verdict.order_dependent
    found = event.reason == "nothing_found" and verdict.state == "no_regression"
    return found and bool(verdict.passed) and not event.patch and not red


@line.register
def _(event: AcceptIntended) -> str:
    return f"accepting {_hunks(event.hunks)}"


@line.register
def _(event: HunksAccepted) -> str:
    result = event.result
    clashing = [hunk for each in result.conflicts for hunk in each.hunks]
    conflict = f"{_hunks(clashing)} in conflict" if clashing else ""
    if not result.accepted:
        return f"nothing written{f': {conflict}' if conflict else ''}"
    files = ", ".join(result.written) or "no file"
    return f"accepted {_hunks(result.accepted)} in {files}{f', {conflict}' if conflict else ''}"


@line.register
def _(event: HunksTakenBack) -> str:
    rest = "" if event.whole else ", not all of it"
    return f"taken back in {', '.join(event.result.written) or 'no file'}{rest}"


@line.register
def _(event: HunksRejected) -> str:
    return f"rejected {_hunks(event.hunks)}"


@line.register
def _(event: DecisionsUndone) -> str:
    written = ", ".join(event.result.written)
    return f"undecided again: {_hunks(event.hunks)}{f', taken out of {written}' if written else ''}"


@line.register
def _(event: HunksJudged) -> str:
    held = tuple(hunk for part in event.held for hunk in part.hunks)
    return f"with {_hunks(held)} accepted: {event.verdict.sentence()}"


def _hunks(hunks: Iterable[str]) -> str:
    """References as a count; two to lines of one hunk are one hunk."""
    return counted(len({reference.partition(":")[0] for reference in hunks}), "hunk")


def folder(project: Project) -> str:
    """A folder with what git says of it."""
    if not project.repository:
        return f"{project.root} (no repository)"
    at = project.branch or "detached HEAD"
    facts = [f"{at} {project.commit[:8]}".strip() if project.commit else f"{at}, no commit yet"]
    if project.dirty:
        facts.append("with uncommitted changes")
    if project.unfinished:
        facts.append(f"in the middle of a {project.unfinished}")
    return f"{project.root} ({', '.join(facts)})"


def essence(data: ToolData) -> str:  # noqa: C901, PLR0911  (one branch a kind of result)
    """What a result comes to, in a few words."""
    match data:
        case FilesListed():
            return counted(data.total, "file")
        case FileRead():
            return f"{data.path} lines {data.first} to {data.last} of {data.total}"
        case SearchDone():
            return counted(len(data.hits), "place")
        case TestsRan():
            return f"{data.run.sentence()}; {data.delta.sentence()}"
        case FaultLocated():
            first = data.suspects[0] if data.suspects else None
            top = f", first {first.file}:{first.line}" if first else ""
            return f"{counted(len(data.suspects), 'suspect')}{top}"
        case CandidatesTried():
            noun = "pair" if data.pairs else "candidate"
            tried = f"{data.tried:,} of {counted(data.available, noun)}"
            found = len(data.survivors)
            return f"{tried}, {found or 'none'} {'survives' if found < 2 else 'survive'}"
        case EditApplied():
            added = sum(row.startswith("+") and not row.startswith("+++") for row in _rows(data))
            taken = sum(row.startswith("-") and not row.startswith("---") for row in _rows(data))
            back = "taken back: " if data.taken_back else ""
            return f"{back}{listed(data.paths)} +{added} -{taken}"
        case PlanUpdated():
            doing = [item.text for item in data.items if item.state == "doing"]
            return doing[0] if doing else counted(len(data.items), "item")
        case Compiled() | Compared() | Timed():
            return data.sentence()
        case FinishAsked():
            return _answered(data.verdict)
        case GaveUp():
            return "gave up"
        case _:
            return ""


def _answered(verdict: Verdict) -> str:
    """The gate's answer to `finish`; why it refused, where it did."""
    if verdict.state in {"fixed", "no_regression"}:
        return STATE_WORDS[verdict.state]
    reason = verdict.reason.partition("\n")[0]
    return f"refused: {reason}"


def _rows(data: EditApplied) -> list[str]:
    return data.diff.splitlines()


def printable(text: str) -> str:
    """Text with everything that could steer a terminal shown as escapes instead."""
    return "".join(
        char if char in "\n\t" or char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
