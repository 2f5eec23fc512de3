"""Ties the review page to the agent: the change and what was decided of it, and what is decided."""

import time
from collections.abc import Awaitable
from contextlib import closing
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import QObject, Signal

from agent_core import provenance, review
from agent_core.decisions import Decision, buried, decisions, held, judged, verdict_of
from agent_core.events import (
    DecisionsUndone,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
    HunksTakenBack,
    Record,
    SessionStopped,
)
from agent_core.history import History
from agent_core.partial import judge_hunks
from agent_core.session import Session
from agent_core.verdict import Verdict
from desktop.background import Background
from desktop.models.review import Strip
from desktop.session_link import SessionLink
from desktop.views.editor_tabs import EditorTabs
from desktop.views.review import ReviewPage
from editors.accepted import NotAccepted
from editors.collisions import Collision
from editors.diff import FileDiff
from runners.problems import UserProblem

TOLD: Final = (
    HunksAccepted, HunksTakenBack, HunksRejected, DecisionsUndone, HunksJudged, SessionStopped
)  # fmt: skip
"""Events after which the page may say something else."""
JUDGING_S: Final = 600.0
"""How long the judgement of what was accepted may take."""


class Written(msgspec.Struct, frozen=True):
    """What came of a decision: where hunks met the user's own text, and what was left out."""

    hunks: tuple[str, ...]
    collisions: tuple[Collision, ...] = ()
    left_out: tuple[NotAccepted, ...] = ()


class ReviewLink(QObject):
    """Shows the change of the newest snapshot; computed beside the window, once a snapshot."""

    problem = Signal(object)
    """A UserProblem: something could not be written."""
    shown = Signal()
    """The page shows the change as it is now."""
    step_asked = Signal(int)
    """The step that made a hunk is to be shown."""

    def __init__(
        self,
        page: ReviewPage,
        tabs: EditorTabs,
        link: SessionLink,
        background: Background,
        *,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._page, self._link, self._background = page, link, background
        self._wanted = ("", "")
        self._loaded = ("", "")
        self._change: tuple[FileDiff, ...] = ()
        self._collisions: tuple[Collision, ...] = ()
        self._judging = False
        link.history_changed.connect(self._history_changed)
        bridge = link.bridge
        bridge.accepted.connect(self._acted)
        bridge.judged.connect(self._judged)
        bridge.problem.connect(self._failed)
        bridge.state_changed.connect(self._judged)
        page.accept_asked.connect(lambda hunks: bridge.act(partial(write, hunks=hunks)))
        page.stop_and_accept_asked.connect(
            lambda hunks: bridge.act(partial(write, hunks=hunks), stop=True)
        )
        bridge.state_changed.connect(page.set_agent)
        page.take_asked.connect(lambda hunks: bridge.act(partial(write, hunks=hunks, over=True)))
        page.reject_asked.connect(lambda hunks: bridge.act(partial(reject, hunks=hunks)))
        page.undo_asked.connect(lambda hunks: bridge.act(partial(undo, hunks=hunks)))
        page.check_asked.connect(self._judge)
        page.why_asked.connect(self._tell_why)
        page.open_asked.connect(tabs.open_file)

    def _history_changed(self, history: History, records: tuple[Record, ...]) -> None:
        session = self._link.session
        wanted = (session, history.snapshot if session else "")
        if wanted != self._wanted:
            # A judgement of another session was cut off with it, and brings no news.
            self._judging &= session == self._wanted[0]
            self._wanted, self._collisions = wanted, ()
            self._load(*wanted)
        elif wanted == self._loaded and any(isinstance(r.event, TOLD) for r in records):
            self._show(history)

    def _load(self, session: str, snapshot: str) -> None:
        wanted = (session, snapshot)
        if session and snapshot:
            self._background.submit(
                lambda: change_of(session), lambda change: self._take(wanted, change)
            )
        else:
            self._take(wanted, ())

    def _take(self, wanted: tuple[str, str], change: tuple[FileDiff, ...]) -> None:
        if wanted == self._wanted:
            self._loaded, self._change = wanted, change
            self._show(self._link.history)

    def _show(self, history: History) -> None:
        below = buried(history)
        decided: dict[str, Decision] = {
            hunk: decision for hunk, decision in decisions(history).items() if hunk not in below
        }
        self._page.set_change(self._change, decided)
        self._page.set_conflicts(self._collisions)
        verdict = verdict_of(history, history.snapshot) if self._change else None
        self._page.set_verdict(verdict)
        self._show_strip(history)
        self.shown.emit()

    def _show_strip(self, history: History) -> None:
        parts = held(history)
        number, earlier = sum(len(part.hunks) for part in parts), len(buried(history))
        verdict = judged(history, parts)
        if not parts:
            wrote = any(event.result.undo for event in history.all(HunksAccepted))
            self._page.set_strip(Strip("undone" if wrote else "nothing"))
        elif verdict is not None:
            self._page.set_strip(Strip("checked", number, verdict, earlier))
        else:
            waits = Strip("checking" if self._judging else "unchecked", number, earlier=earlier)
            self._page.set_strip(waits)

    def _tell_why(self, hunk: str) -> None:
        named = hunk.partition(":")[0]
        found = (each for diff in self._change for each in diff.hunks if each.id == named)
        step = next((provenance.why(self._link.history, each) for each in found), None)
        if step is not None:
            self.step_asked.emit(step)

    def _acted(self, written: object) -> None:
        """A decision has been carried out: say what could not be, and judge what holds now."""
        if not isinstance(written, Written):
            return
        others = (c for c in self._collisions if not set(c.hunks) & set(written.hunks))
        self._collisions = (*others, *written.collisions)
        if written.left_out:
            why = "; ".join(f"{each.path}: {each.reason}" for each in written.left_out)
            self.problem.emit(UserProblem("Some hunks were not written", why=why))
        history = self._link.history
        parts = held(history)
        if parts and judged(history, parts) is None:
            self._judge()
        self._show(history)

    def _failed(self) -> None:
        """Nothing was carried out: what waits for the disk waits for the user again."""
        self._judging = False
        self._show(self._link.history)

    def _judge(self) -> None:
        self._judging = True
        self._show_strip(self._link.history)
        self._link.bridge.judge(judge)

    def _judged(self) -> None:
        self._judging = False
        self._show_strip(self._link.history)


def change_of(session: str) -> tuple[FileDiff, ...]:
    """What a session has changed so far. Takes a moment: not for the window's thread."""
    with closing(Session.open(session, write=False)) as opened:
        return review.change_set(opened)


def write(session: Session, *, hunks: tuple[str, ...], over: bool = False) -> Written:
    """Accept hunks; the verdict on the button is what the user has decided on."""
    result = review.accept(session, hunks=hunks, force=True, over=over).result
    clashing = [hunk for each in result.conflicts for hunk in each.hunks]
    found = review.collisions(session, clashing) if clashing else ()
    return Written(hunks, found, result.skipped)


def reject(session: Session, *, hunks: tuple[str, ...]) -> Written:
    """Reject hunks."""
    review.reject(session, hunks)
    return Written(hunks)


def undo(session: Session, *, hunks: tuple[str, ...]) -> Written:
    """Let hunks wait for a decision again; accepted ones leave the user's files."""
    result = review.undecide(session, hunks).result
    return Written(hunks, left_out=(*result.conflicts, *result.skipped))


def judge(session: Session) -> Awaitable[Verdict]:
    """Judge what has been accepted so far."""
    return judge_hunks(session, deadline=time.monotonic() + JUDGING_S)
