"""What a row of the timeline shows unfolded: its full text in lines, bounded, some with a place."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from agent_core import words
from agent_core.events import (
    BaselineMeasured,
    Event,
    HunksAccepted,
    HunksTakenBack,
    SessionStarted,
    SessionStopped,
    Steered,
    SurvivorChosen,
    ToolFinished,
    TurnEnded,
    WorkspaceReady,
)
from agent_core.results import (
    CandidatesTried,
    EditApplied,
    FaultLocated,
    FileRead,
    FinishAsked,
    GaveUp,
    SearchDone,
    Suspect,
    TestsRan,
    ToolFailure,
)
from agent_core.verdict import Verdict
from desktop.models.timeline_diff import Place, placed
from desktop.models.timeline_heads import called
from desktop.models.timeline_rows import Row
from runners.reports import TestCase

Style = Literal["text", "code", "head", "added", "removed", "quiet", "bad"]

LINES = 2_000
"""Lines shown of one row."""
WIDTH = 4_000
"""Characters shown of one line."""
SUSPECTS = 50


class DetailLine(msgspec.Struct, frozen=True):
    """One line; `path` and `line` where it can be jumped to, `line` counts from 1."""

    text: str
    style: Style = "text"
    path: str = ""
    line: int = 0


def detail(row: Row) -> tuple[DetailLine, ...]:
    """The lines under a row's head; none where the head says all."""
    event = (row.ended or row.began).event
    kept: list[DetailLine] = []
    for line in _lines(row, event):
        if len(kept) == LINES:
            kept.append(DetailLine(f"cut here, after {LINES:,} lines", "quiet"))
            break
        kept.append(_bounded(line))
    return tuple(kept)


def unfolds(row: Row) -> bool:
    """Whether there is anything under a row's head."""
    return next(_lines(row, (row.ended or row.began).event), None) is not None


def _bounded(line: DetailLine) -> DetailLine:
    text = words.printable(line.text).expandtabs(4)
    if len(text) > WIDTH:
        text = f"{text[:WIDTH]} … {len(text) - WIDTH:,} more characters"
    return line if text == line.text else msgspec.structs.replace(line, text=text)


def _lines(row: Row, event: Event) -> Iterator[DetailLine]:
    match event:
        case SessionStarted():
            yield from _text(event.task.goal)
            yield DetailLine(f"Check: {event.task.check.sentence()}", "quiet")
            yield DetailLine(f"In {event.origin}, session {event.session}", "quiet")
        case WorkspaceReady() | HunksAccepted() | HunksTakenBack():
            yield from _text(words.line(event))
        case BaselineMeasured(baseline=baseline):
            yield from _text(words.line(event))
            yield from _cases(baseline.run.red)
        case TurnEnded():
            yield from _said(event)
        case ToolFinished():
            yield from _finished(row, event)
        case Steered(text=text):
            yield from _text(text)
        case SurvivorChosen(survivor=survivor):
            yield from _text("\n".join([survivor.explanation, *survivor.reasons]))
        case SessionStopped():
            yield from _stopped(event)
        case _:
            return


def _text(text: str, style: Style = "text") -> Iterator[DetailLine]:
    for line in text.splitlines():
        yield DetailLine(line, style)


def _said(turn: TurnEnded) -> Iterator[DetailLine]:
    yield from _text(turn.text)
    if turn.reasoning:
        yield DetailLine("Reasoning", "head")
        yield from _text(turn.reasoning)
    if turn.usage.prompt_tokens:
        cost = f"{turn.usage.prompt_tokens:,} tokens in, {turn.usage.completion_tokens:,} out"
        yield DetailLine(cost, "quiet")


def _stopped(event: SessionStopped) -> Iterator[DetailLine]:
    yield from _text(words.line(event))
    yield from _named(event.verdict)
    yield from _diff(event.patch)


def _finished(row: Row, event: ToolFinished) -> Iterator[DetailLine]:  # noqa: C901  (one branch a kind of result)
    match event.data:
        case EditApplied(diff=diff):
            yield from _diff(diff)
        case TestsRan(run=run, delta=delta):
            yield DetailLine(f"{run.sentence()}; against the start: {delta.sentence()}")
            yield from _ids("newly broken", delta.newly_broken)
            yield from _ids("vanished", delta.vanished)
            yield from _ids("fixed", delta.fixed)
            yield from _cases(run.red)
        case FaultLocated(suspects=suspects):
            yield from _suspects(suspects)
        case CandidatesTried():
            yield from _candidates(event.text, event.data)
        case SearchDone(hits=hits):
            for path, line, text in hits:
                yield DetailLine(f"{path}:{line}: {text.strip()}", "code", path, line)
        case FileRead(path=path, first=first):
            yield DetailLine(f"{path}:{first}", "head", path, first)
            yield from _text(event.text, "code")
        case FinishAsked(verdict=verdict, summary=summary):
            yield from _text(summary)
            yield DetailLine(verdict.sentence())
            yield from _named(verdict)
        case GaveUp(tried=tried, suspects=suspects):
            yield from _text(tried)
            yield from _suspects(suspects)
        case ToolFailure():
            yield from _text(event.text, "bad")
            if (call := called(row)) is not None:
                yield DetailLine("Asked for", "head")
                yield from _text(call.arguments, "code")
        case _:
            yield from _text(event.text, "code")


def _diff(diff: str) -> Iterator[DetailLine]:
    """A unified diff; its file headers are one line each, and every line knows its place."""
    for place in placed(diff):
        yield _of_place(place)


def _of_place(place: Place) -> DetailLine:
    match place.op:
        case "+":
            return DetailLine(f"+ {place.text}", "added", place.path, place.line)
        case "-":
            return DetailLine(f"\N{MINUS SIGN} {place.text}", "removed", place.path, place.line)
        case "file":
            return DetailLine(place.text, "head", place.path, place.line)
        case "hunk" | "note":
            return DetailLine(place.text, "quiet", place.path, place.line)
        case _:
            return DetailLine(f"  {place.text}", "code", place.path, place.line)


def _named(verdict: Verdict) -> Iterator[DetailLine]:
    yield from _ids("newly broken", verdict.newly_broken)
    yield from _ids("vanished", verdict.vanished)
    yield from _ids("still failing", verdict.still_failing)
    yield from _ids("fixed", verdict.fixed)
    for proof in verdict.proofs.all:
        yield from _text("\n".join(proof.lines()), "code")


def _ids(what: str, ids: tuple[str, ...]) -> Iterator[DetailLine]:
    if ids:
        yield DetailLine(f"{len(ids)} {what}", "head")
        for test in ids:
            yield DetailLine(f"  {test}", "code")


def _cases(cases: Iterable[TestCase]) -> Iterator[DetailLine]:
    for case in cases:
        yield DetailLine(case.id, "head")
        if (failure := case.failure) is None:
            continue
        where = f"{failure.file}:{failure.line}: " if failure.file else ""
        first, _, rest = failure.message.partition("\n")
        yield DetailLine(f"{where}{failure.exception}: {first}", "bad", failure.file, failure.line)
        yield from _text(rest, "code")


def _suspects(suspects: tuple[Suspect, ...]) -> Iterator[DetailLine]:
    for suspect in suspects[:SUSPECTS]:
        text = f"{suspect.suspicion:.2f}  {suspect.file}:{suspect.line}  {suspect.reason}"
        yield DetailLine(text, "code", suspect.file, suspect.line)
    if len(suspects) > SUSPECTS:
        yield DetailLine(f"and {len(suspects) - SUSPECTS} more", "quiet")


def _candidates(text: str, data: CandidatesTried) -> Iterator[DetailLine]:
    yield from _text(text.partition("\n")[0])
    for survivor in data.survivors:
        file = survivor.patch.edits[0].file
        yield DetailLine(f"survives: {survivor.explanation}", "text", file, survivor.patch.line)
        for reason in survivor.reasons:
            yield DetailLine(f"  against it: {reason}", "quiet")
    for patch, fixed in data.partial[:SUSPECTS]:
        file = patch.edits[0].file
        summary = f"mends {len(fixed)}: {file}:{patch.line} {patch.summary}"
        yield DetailLine(summary, "code", file, patch.line)
    if data.note:
        yield DetailLine(data.note, "quiet")
