"""The one line that a row of the timeline shows: icon, title, essence, duration."""

from functools import lru_cache
from typing import Literal

import msgspec

from agent_core import words
from agent_core.counting import counted
from agent_core.events import (
    BaselineMeasured,
    ConversationCut,
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
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
    WorkspaceReady,
)
from agent_core.results import FinishAsked, GaveUp, TestsRan, ToolData, ToolFailure
from agent_core.verdict import State, Verdict
from desktop.models.timeline_rows import Row

Tone = Literal["text", "text2", "text3", "accent", "good", "bad", "warning"]

TOOLS = {
    "list_files": ("Files", "list-tree"),
    "read_file": ("Read", "file-text"),
    "search_text": ("Search", "search"),
    "run_tests": ("Tests", "flask-conical"),
    "locate_fault": ("Locate", "crosshair"),
    "try_candidates": ("Try", "zap"),
    "edit_file": ("Edit", "pencil"),
    "convert_flask": ("Convert", "git-compare"),
    "compile": ("Compile", "wrench"),
    "parity": ("Compare", "git-compare"),
    "benchmark": ("Measure", "timer"),
    "update_plan": ("Plan", "list"),
    "finish": ("Prove", "shield-check"),
    "give_up": ("Give up", "circle-x"),
}
"""Title and icon of each tool; one that is not here shows by its own name."""

VERDICTS: dict[State, tuple[str, Tone]] = {
    "fixed": ("circle-check", "good"),
    "no_regression": ("circle-dashed", "warning"),
    "failing": ("circle-x", "bad"),
    "unknown": ("circle-help", "warning"),
}


class Head(msgspec.Struct, frozen=True):
    """What a row says folded; `duration_s` is None while it runs and where it means nothing."""

    icon: str
    title: str
    text: str = ""
    tone: Tone = "text2"
    duration_s: float | None = None


class Outcome(msgspec.Struct, frozen=True):
    """How a stretch ended, told apart by word, icon and colour."""

    word: str
    icon: str
    tone: Tone


def head(row: Row) -> Head:  # noqa: PLR0911  (one branch a kind of row)
    """The line of a row."""
    event = row.began.event
    match event:
        case SessionStarted():
            return Head("message-square", "Task", _first(event.task.goal), tone="text")
        case TurnStarted() | TurnEnded():
            return _step(row)
        case ToolIntended() | ToolFinished():
            return _call(row)
        case StretchStarted() | WorkspaceReady() | BaselineMeasured():
            return _phase(row)
        case Steered() | SurvivorChosen():
            said = words.line(event).removeprefix("you: ")
            return Head("message-square", "You", _first(said), tone="accent")
        case SessionStopped():
            ending = outcome(event)
            return Head(ending.icon, ending.word, _reason(event.verdict), ending.tone, event.wall_s)
        case _:
            return _note(event)


def _note(event: Event) -> Head:  # noqa: PLR0911  (one branch a kind of event)
    match event:
        case HunksAccepted(result=result):
            title, _, text = words.line(event).partition(" " if result.accepted else ": ")
            if result.conflicts or not result.accepted:
                return Head("triangle-alert", title.capitalize(), text, "warning")
            return Head("check", title.capitalize(), text, "good")
        case HunksTakenBack():
            return Head("undo-2", "Taken back", words.line(event).removeprefix("taken back "))
        case HunksRejected():
            return Head("x", "Rejected", words.line(event).removeprefix("rejected "))
        case DecisionsUndone():
            text = words.line(event).removeprefix("undecided again: ")
            return Head("undo-2", "Undecided again", text)
        case HunksJudged(verdict=verdict):
            icon, tone = VERDICTS[verdict.state]
            return Head(icon, "What was accepted", verdict.sentence(), tone)
        case ConversationCut(step=step):
            return Head("history", "Shortened", f"results up to step {step} are left out")
        case _:
            return Head("play", "Went on", "after a pause", tone="text3")


def _reason(verdict: Verdict) -> str:
    """Why a verdict is what it is, with the tests that it does not speak of."""
    apart = ((verdict.order_dependent, "order-dependent"), (verdict.wavering, "wavering"))
    notes = [f"{counted(len(tests), f'{kind} test')} set apart" for tests, kind in apart if tests]
    return "; ".join([verdict.reason, *notes])


def outcome(stopped: SessionStopped) -> Outcome:
    """What a stop means for the user."""
    if stopped.reason in {"stuck", "model_failed"}:
        return Outcome("Needs you", "hand", "warning")
    if stopped.reason == "user_stopped" and not stopped.verdict.holds:
        return Outcome("Stopped", "square", "text2")
    if stopped.reason == "budget_spent" and not stopped.verdict.holds:
        return Outcome("Budget spent", "clock", "warning")
    return _judged(stopped.verdict)


def _judged(verdict: Verdict) -> Outcome:
    names: dict[State, str] = {
        "fixed": "Fixed",
        "no_regression": "No regression, goal unchecked",
        "failing": "Failing",
        "unknown": "Unknown",
    }
    icon, tone = VERDICTS[verdict.state]
    return Outcome(names[verdict.state], icon, tone)


def _step(row: Row) -> Head:
    event, end = row.began.event, row.ended.event if row.ended else None
    step = event.step if isinstance(event, TurnStarted | TurnEnded) else 0
    if isinstance(end, TurnEnded):
        said = end.text.strip() or end.reasoning
        cut = " (cut off)" if end.cut else ""
        return Head("brain", f"Step {step}", f"{_first(said)}{cut}", tone="text")
    return Head("brain", f"Step {step}", "cut off" if end else "", tone="text3")


def _call(row: Row) -> Head:
    call = called(row)
    name = call.tool if call else ""
    title, icon = TOOLS.get(name, (name, "wrench"))
    end = row.ended.event if row.ended else None
    if not isinstance(end, ToolFinished):
        return Head(icon, title, "cut off" if end else "", tone="warning" if end else "text2")
    text = essence(end.data) or _first(end.text)
    return Head(icon, title, text, _tone(end.data), end.duration_s)


def called(row: Row) -> ToolCall | None:
    """The call of a row."""
    match row.began.event:
        case ToolIntended(call=call):
            return call
        case ToolFinished(tool=tool, call_id=call_id):
            return ToolCall(tool=tool, arguments="{}", id=call_id)
        case _:
            return None


def _phase(row: Row) -> Head:
    event, end = row.began.event, row.ended
    took = end.at - row.began.at if end and end is not row.began else None
    said = end.event if end else None
    if isinstance(event, StretchStarted) and isinstance(said, WorkspaceReady):
        suite = said.suite
        runs = f"{suite.framework} with Python {suite.toolchain.version}" if suite else "no tests"
        return Head("copy", "Private copy", runs, duration_s=took)
    if isinstance(said, BaselineMeasured):
        red = said.baseline.run.failed or said.baseline.run.checks_red
        text = words.line(said).partition("\n")[0].removeprefix("at the start: ")
        return Head("flask-conical", "At the start", text, "bad" if red else "text2", took)
    if isinstance(said, SessionStopped):
        return Head("square", "Cut off", tone="warning", duration_s=took)
    if isinstance(event, WorkspaceReady):
        return Head("flask-conical", "At the start")
    if isinstance(event, StretchStarted) and end:
        return Head("play", f"Run {event.number}", f"{event.budget_minutes:g} minutes", "text3")
    return Head("copy", "Private copy")


def essence(data: ToolData) -> str:
    """What a result comes to; of a run first what it changed, since its time has its own column."""
    if isinstance(data, TestsRan) and data.run.health == "ran":
        return f"{data.delta.sentence()}; {data.run.tally.sentence()}"
    return words.essence(data).replace(" -", " \N{MINUS SIGN}")


def _tone(data: ToolData) -> Tone:
    match data:
        case TestsRan(run=run):
            green = run.health == "ran" and run.green and not run.failed + run.checks_red
            return "good" if green else "bad"
        case FinishAsked(verdict=verdict):
            return VERDICTS[verdict.state][1]
        case ToolFailure():
            return "bad"
        case GaveUp():
            return "warning"
        case _:
            return "text2"


def _first(text: str) -> str:
    return text.strip().partition("\n")[0]


@lru_cache(maxsize=4096)
def clock(seconds: float) -> str:
    """A time since the start: 0:07, 12:40, 1:02:03."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def duration(seconds: float | None) -> str:
    """A duration for its column: 0.8 s, 41 s, 3 min; "" where it says nothing."""
    if seconds is None or seconds < words.TOLD_S:
        return ""
    if seconds < 10:
        return f"{seconds:.1f} s"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"
