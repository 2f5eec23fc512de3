"""Reviewing a session's change: which hunks there are, and writing those the user accepts."""

from collections.abc import Collection

from agent_core.events import AcceptIntended, HunksAccepted, HunksTakenBack, SessionStopped
from agent_core.session import Session
from editors.accept import accept as accept_into
from editors.accept import moved_on, undo
from editors.diff import FileDiff
from runners.problems import UserProblem


def change_set(session: Session) -> tuple[FileDiff, ...]:
    """What the session changed, file by file."""
    history = session.history
    baseline = history.baseline
    if baseline is None or history.snapshot == baseline.snapshot:
        return ()
    return session.premises.shadow().diff(baseline.snapshot, history.snapshot)


def accept(session: Session, *, hunks: Collection[str] | None, force: bool) -> HunksAccepted:
    """Write the change, or these hunks of it, to the user's files.

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
            hint=f"Go on with it first: journeyman resume {session.folder.name}",
        )
    if not diffs:
        raise UserProblem(f"Session {session.folder.name} has changed nothing")
    if not stopped.verdict.holds and not force:
        raise UserProblem(
            "Nothing was written, because the change is not proved",
            why=stopped.verdict.sentence(),
            hint="--force writes it all the same.",
        )
    known = tuple(hunk.id for diff in diffs for hunk in diff.hunks)
    chosen = known if hunks is None else tuple(hunks)
    if unknown := set(chosen).difference(known):
        raise UserProblem(
            f"Nothing was written, because there is no hunk {min(unknown)} in this change",
            hint=f"The change has {', '.join(known)}.",
        )
    _check_origin(session)
    session.log.append(AcceptIntended(snapshot=history.snapshot, hunks=chosen), durable=True)
    result = accept_into(
        session.origin,
        session.premises.shadow(),
        base=baseline.snapshot,
        target=history.snapshot,
        hunks=chosen,
    )
    accepted = HunksAccepted(result=result)
    session.log.append(accepted, durable=True)
    return accepted


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
            hint=f"`journeyman show {name}` has what was accepted and taken back.",
        )
    _check_origin(session)
    shadow = session.premises.shadow()
    if moved := moved_on(session.origin, shadow, step):
        raise UserProblem(
            "Nothing was taken back, because files have changed since they were accepted",
            why=", ".join(moved),
            hint=f"Put them right by hand; `journeyman show {name}` has what was written.",
        )
    event = HunksTakenBack(result=undo(session.origin, shadow, step))
    session.log.append(event, durable=True)
    return event


def _check_origin(session: Session) -> None:
    if not session.origin.is_dir():
        raise UserProblem(
            f"Nothing was written, because {session.origin} is gone",
            hint=f"Put the folder back; `journeyman show {session.folder.name}` has the change.",
        )
