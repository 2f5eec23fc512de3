"""What the user decided of a session's hunks: projections of its log, so they survive reopening."""

from collections.abc import Iterable
from typing import Literal

import msgspec

from agent_core.events import (
    AcceptIntended,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    SurvivorChosen,
)
from agent_core.history import History
from agent_core.results import FinishAsked
from agent_core.verdict import Verdict
from editors.accepted import Written
from editors.held import Held, with_hunks, without_hunks

Decision = Literal["accepted", "rejected"]


class _Decided:
    """The decisions so far, folded event by event."""

    def __init__(self) -> None:
        self.decisions: dict[str, Decision] = {}
        self.targets: dict[str, str] = {}
        self.written: list[Written] = []
        self._intended: AcceptIntended | None = None
        self._accepts: list[tuple[str, ...]] = []
        self._chosen = False

    def fold(self, event: Event) -> None:
        """Take the next event into account."""
        match event:
            case AcceptIntended():
                self._intend(event)
            case HunksAccepted():
                self._accept(event)
            case HunksTakenBack() if event.whole:
                self._forget(self._accepts.pop())
                newest = max(i for i, each in enumerate(self.written) if each.undo is not None)
                del self.written[newest]
            case HunksRejected():
                self.decisions.update(dict.fromkeys(event.hunks, "rejected"))
            case DecisionsUndone():
                self._forget(event.hunks)
            case SurvivorChosen():
                self._chosen = True
            case _:
                pass

    def held(self) -> tuple[Held, ...]:
        found: tuple[Held, ...] = ()
        for hunk, decision in self.decisions.items():
            if decision == "accepted":
                found = with_hunks(found, self.targets[hunk], [hunk])
        return found

    def buried(self) -> frozenset[str]:
        parts = self.held() if self._chosen else ()
        return frozenset(hunk for part in parts[:-1] for hunk in part.hunks)

    def _intend(self, event: AcceptIntended) -> None:
        if self._intended is not None:
            # The program died in that accept: it may have written, and nothing says over what.
            self.written.append(Written(self._intended.hunks))
        self._intended = event

    def _accept(self, event: HunksAccepted) -> None:
        hunks = event.result.accepted
        target = self._intended.snapshot if self._intended else ""
        self._intended = None
        if event.result.undo is not None:
            self.written.append(
                Written(hunks, without_hunks(self.held(), hunks), event.result.undo)
            )
        if event.result.undo is not None:
            # What an accept before it wrote stands when this one is taken back.
            kept = self.decisions.keys() - self.buried()
            new = (h for h in hunks if h not in kept or self.decisions[h] != "accepted")
            self._accepts.append(tuple(new))
        for hunk in hunks:
            self.decisions.pop(hunk, None)  # what is accepted last lies over the others
        self.decisions.update(dict.fromkeys(hunks, "accepted"))
        self.targets.update(dict.fromkeys(hunks, target))

    def _forget(self, hunks: Iterable[str]) -> None:
        for hunk in hunks:
            self.decisions.pop(hunk, None)
        gone = frozenset(hunks)
        self.written = [
            msgspec.structs.replace(
                each, hunks=tuple(hunk for hunk in each.hunks if hunk not in gone)
            )
            for each in self.written
        ]


def decisions(history: History) -> dict[str, Decision]:
    """What stands, by reference: a hunk's id, or the id with some of its lines."""
    return _decided(history).decisions


def held(history: History) -> tuple[Held, ...]:
    """What was accepted and not taken back, by the tree it was a change to."""
    return _decided(history).held()


def buried(history: History) -> frozenset[str]:
    """Accepted hunks of a change that another survivor's took the place of, and was accepted too.

    They may be in the user's files or not: the later ones may have gone to the same place.
    """
    return _decided(history).buried()


def written(history: History) -> tuple[Written, ...]:
    """What accepts wrote and was not taken back since, oldest first."""
    return tuple(_decided(history).written)


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
