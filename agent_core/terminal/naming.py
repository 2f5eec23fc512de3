"""Which session a user means."""

from agent_core import overview, places
from runners.problems import UserProblem

LAST = "last"


def session_id(named: str) -> str:
    """The id meant by an id, by its beginning or end if only one has it, or by `last`.

    What nobody can mean comes back as it is.

    Raises:
        UserProblem: several sessions are meant, or there is none yet.
    """
    if named == LAST:
        rows = overview.rows()
        if not rows:
            raise UserProblem(
                "There are no sessions yet", hint=f"Start one: {places.command()} fix ."
            )
        return rows[0].session
    folder = places.sessions()
    every = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
    if not named or named in every:
        return named
    found = [each for each in every if each.startswith(named) or each.endswith(named)]
    if len(found) > 1:
        raise UserProblem(
            f"{named} may mean {', '.join(found[:-1])} or {found[-1]}",
            hint="Name more of the id.",
        )
    return found[0] if found else named
