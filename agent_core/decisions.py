"""What the user decided of a session's hunks: projections of its log, so they survive reopening."""

from collections.abc import Iterable
from typing import Literal

from agent_core.events import (
    AcceptIntended,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
)
from agent_core.history import History
from agent_core.results import FinishAsked
from agent_core.verdict import Verdict
from editors.held import Held, with_hunks

Decision = Literal["accepted", "rejected"]


class _Decided:
    """The decisions so far, folded event by event."""

    def __init__(self) -> None:
        self.decisions: dict[str, Decision] = {}
        self.targets: dict[str, str] = {}
        self._target = ""
        self._accepts: list[tuple[str, ...]] = []

    def fold(self, event: Event) -> None:
        """Take the next event into account."""
        match event:
            case AcceptIntended():
                self._target = event.snapshot
            case HunksAccepted():
                self._accept(event)
            case HunksTakenBack() if event.whole:
                self._forget(self._accepts.pop())
            case HunksRejected():
                self.decisions.update(dict.fromkeys(event.hunks, "rejected"))
            case DecisionsUndone():
                self._forget(event.hunks)
            case _:
                pass

    def _accept(self, event: HunksAccepted) -> None:
        hunks = event.result.accepted
        if event.result.undo is not None:
            # What an accept before it wrote stands when this one is taken back.
            new = (hunk for hunk in hunks if self.decisions.get(hunk) != "accepted")
            self._accepts.append(tuple(new))
        self.decisions.update(dict.fromkeys(hunks, "accepted"))
        self.targets.update(dict.fromkeys(hunks, self._target))

    def _forget(self, hunks: Iterable[str]) -> None:
        for hunk in hunks:
            self.decisions.pop(hunk, None)


def decisions(history: History) -> dict[str, Decision]:
    """What stands, by reference: a hunk's id, or the id with some of its lines."""
    return _decided(history).decisions


def held(history: History) -> tuple[Held, ...]:
    """What was accepted and not taken back, by the tree it was a change to."""
    decided = _decided(history)
    found: tuple[Held, ...] = ()
    for hunk, decision in decided.decisions.items():
        if decision == "accepted":
            found = with_hunks(found, decided.targets[hunk], [hunk])
    return found


def judged(history: History, parts: tuple[Held, ...]) -> Verdict | None:
    """What the gate has said of the baseline with exactly these hunks, if it was asked."""
    wanted = _unordered(parts)
    found = (e for e in reversed(history.all(HunksJudged)) if _unordered(e.held) == wanted)
    newest = next(found, None)
    return newest.verdict if newest else None


def verdict_of(history: History, snapshot: str) -> Verdict | None:
    """What the gate has said of a tree, wherever it was asked."""
    verdicts = [asked.verdict for asked in history.results(FinishAsked)]
    verdicts += [event.verdict for event in history.all(HunksJudged)]
    return next((v for v in reversed(verdicts) if v.snapshot == snapshot), None)


def _decided(history: History) -> _Decided:
    decided = _Decided()
    for event in history.events:
        decided.fold(event)
    return decided


def _unordered(parts: tuple[Held, ...]) -> dict[str, frozenset[str]]:
    return {part.target: frozenset(part.hunks) for part in parts}
