"""Reviewing a session's change: which hunks there are, and what the user decides of them.

Hunks are named by references: an id, or an id with some of the hunk's lines (`editors.held`).
"""

from collections.abc import Collection

from agent_core import places
from agent_core.decisions import decisions, held, written
from agent_core.events import (
    AcceptIntended,
    DecisionsUndone,
    HunksAccepted,
    HunksRejected,
    HunksTakenBack,
    SessionStopped,
)
from agent_core.session import Session
from editors.accept import accept as accept_into
from editors.accept import colliding, moved_on, undo
from editors.accept import take_back as take_out
from editors.accepted import AcceptResult
from editors.collisions import Collision
from editors.diff import FileDiff
from editors.held import named, parse_reference
from runners.problems import UserProblem


def change_set(session: Session) -> tuple[FileDiff, ...]:
    """What the session changed, file by file."""
    history = session.history
    baseline = history.baseline
    if baseline is None or history.snapshot == baseline.snapshot:
        return ()
    return session.premises.shadow().diff(baseline.snapshot, history.snapshot)


def accept(
    session: Session, *, hunks: Collection[str] | None, force: bool, over: bool = False
) -> HunksAccepted:
    """Write the change, or these hunks of it, to the user's files.

    With `over` the hunks win where the user changed the same place; else those stay as they are.

    Raises:
        UserProblem: there is nothing to accept, a hunk does not exist, or the verdict of the
            tree is not *fixed* and it is not forced.
        Refused: the disk took no more; everything is as it was.
    """
    history = session.history
    stopped = history.last(SessionStopped)
    baseline = history.baseline
    diffs = change_set(session)
    if baseline is None or stopped is None or history.running:
        raise UserProblem(
            f"Session {session.folder.name} has not come to a stop",
            hint=f"Go on with it first: {places.command()} resume {session.folder.name}",
        )
    if not diffs:
        raise UserProblem(f"Session {session.folder.name} has changed nothing")
    if not stopped.verdict.holds and not force:
        raise UserProblem(
            "Nothing was written, because the change is not proved",
            why=stopped.verdict.sentence(),
            hint="--force writes it all the same.",
        )
    chosen = named(diffs) if hunks is None else tuple(hunks)
    _check_known(diffs, chosen)
    _check_origin(session)
    session.log.append(AcceptIntended(snapshot=history.snapshot, hunks=chosen), durable=True)
    result = accept_into(
        session.origin,
        session.premises.shadow(),
        base=baseline.snapshot,
        target=history.snapshot,
        hunks=chosen,
        held=held(history),
        over=over,
    )
    accepted = HunksAccepted(result=result)
    session.log.append(accepted, durable=True)
    return accepted


def reject(session: Session, hunks: Collection[str]) -> HunksRejected:
    """Say that these hunks are not wanted; the user's files stay as they are.

    Raises:
        UserProblem: a hunk does not exist, or was accepted.
    """
    chosen = tuple(hunks)
    _check_known(change_set(session), chosen)
    standing = decisions(session.history)
    if taken := [hunk for hunk in chosen if standing.get(hunk) == "accepted"]:
        raise UserProblem(
            f"Hunk {taken[0]} was accepted and is in your files", hint="Undo that first."
        )
    event = HunksRejected(hunks=chosen)
    session.log.append(event, durable=True)
    return event


def undecide(session: Session, hunks: Collection[str]) -> DecisionsUndone:
    """Let hunks wait for a decision again; accepted ones are taken out of the user's files.

    What stood there when they were accepted comes back. What the user has typed elsewhere and
    other accepted hunks stay. Cut off in the middle, it can simply be run again.

    Raises:
        UserProblem: a hunk was not decided.
        Refused: the disk took no more; everything is as it was.
    """
    history = session.history
    standing = decisions(history)
    for hunk in hunks:
        if hunk not in standing:
            raise UserProblem(
                f"Nothing was undone, because hunk {hunk} is not decided",
                hint=f"Decided are {', '.join(standing) or 'none'}.",
            )
    accepted = [hunk for hunk in hunks if standing[hunk] == "accepted"]
    result = AcceptResult()
    if accepted:
        _check_origin(session)
        result = take_out(
            session.origin,
            session.premises.shadow(),
            base=history.measured.snapshot,
            hunks=accepted,
            held=held(history),
            written=written(history),
        )
    undone = [hunk for hunk in hunks if standing[hunk] == "rejected" or hunk in result.accepted]
    event = DecisionsUndone(hunks=tuple(undone), result=result)
    session.log.append(event, durable=True)
    return event


def collisions(session: Session, hunks: Collection[str]) -> tuple[Collision, ...]:
    """Where these hunks meet what the user wrote in the same place; nothing is written."""
    history = session.history
    return colliding(
        session.origin,
        session.premises.shadow(),
        base=history.measured.snapshot,
        target=history.snapshot,
        hunks=hunks,
        held=held(history),
    )


def take_back(session: Session) -> HunksTakenBack:
    """Put the user's files back as they were before the newest accept that still stands.

    Cut off in the middle, it can simply be run again.

    Raises:
        UserProblem: no accept stands, or the files have moved on since.
        Refused: the disk took no more; everything is as it was.
    """
    name, standing = session.folder.name, session.history.accepts
    step = standing[-1].result.undo if standing else None
    if step is None:
        raise UserProblem(
            f"There is nothing to take back in session {name}",
            hint=f"`{places.command()} show {name}` has what was accepted and taken back.",
        )
    _check_origin(session)
    shadow = session.premises.shadow()
    if moved := moved_on(session.origin, shadow, step):
        raise UserProblem(
            "Nothing was taken back, because files have changed since they were accepted",
            why=", ".join(moved),
            hint=f"Put them right by hand; `{places.command()} show {name}` has what was written.",
        )
    event = HunksTakenBack(result=undo(session.origin, shadow, step))
    session.log.append(event, durable=True)
    return event


def _check_known(diffs: Collection[FileDiff], hunks: Collection[str]) -> None:
    known = named(diffs)
    for hunk in hunks:
        if parse_reference(hunk)[0] not in known:
            raise UserProblem(
                f"Nothing was written, because there is no hunk {hunk} in this change",
                hint=f"The change has {', '.join(known)}.",
            )


def _check_origin(session: Session) -> None:
    if not session.origin.is_dir():
        raise UserProblem(
            f"Nothing was written, because {session.origin} is gone",
            hint="Put the folder back; "
            f"`{places.command()} show {session.folder.name}` has the change.",
        )
