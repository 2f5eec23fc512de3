"""Another survivor proven in a real project in place of the change there is."""

from pathlib import Path

import pytest

from agent_core.choosing import Found, choose, offered, rivals
from agent_core.decisions import buried, decisions
from agent_core.events import SurvivorChosen
from agent_core.models.builtin import BuiltinModel
from agent_core.review import accept, change_set, take_back, undecide
from agent_core.session import Session
from runners.problems import UserProblem
from tests.agent_core import grammar
from tests.agent_core.projects import assign
from tests.agent_core.solvers.shipping import FAULTY, searched, shipping, styled

LESS, AT_MOST = (FAULTY.replace(">", sign) for sign in ("<", "<="))


def other(session: Session) -> Found:
    """The survivor that makes it `<=`, which is not the one that was taken."""
    taken, second = offered(session.history)[:2]
    assert (taken.place, taken.survivor.patch.edits[0].text) == ("applied", "<")
    assert (second.place, second.survivor.patch.edits[0].text) == ("behind", "<=")
    return second


async def test_another_survivor_is_proved_and_replaces_what_was_accepted(tmp_path: Path) -> None:
    origin = shipping(tmp_path / "shipping")
    file = origin / "shipping.py"
    session = await searched(origin)
    assert rivals(session.history) == len(offered(session.history)) - 1
    accept(session, hunks=None, force=False)
    assert file.read_text() == LESS
    choose(session, other(session).number)
    name = session.folder.name
    session.close()
    session = Session.open(name, write=True)
    stopped = await session.run(BuiltinModel())
    assert (stopped.reason, stopped.verdict.state) == ("verdict_holds", "fixed")
    assert rivals(session.history) == len(offered(session.history)) - 1
    assert "+    return weight <= 30" in stopped.patch
    assert file.read_text() == LESS
    ((hunk,),) = (diff.hunks for diff in change_set(session))
    accept(session, hunks=[hunk.id], force=False)
    assert file.read_text() == AT_MOST
    undecide(session, [hunk.id])
    assert file.read_text() == LESS
    assert buried(session.history) == frozenset()
    accept(session, hunks=[hunk.id], force=False)
    choose(session, 1)
    await session.run(BuiltinModel())
    ((first,),) = (diff.hunks for diff in change_set(session))
    assert buried(session.history) == {first.id}
    accept(session, hunks=[first.id], force=False)
    assert file.read_text() == LESS
    assert buried(session.history) == {hunk.id}
    take_back(session)
    assert (file.read_text(), decisions(session.history)) == (AT_MOST, {hunk.id: "accepted"})
    grammar.check(session.log.events)
    session.close()


async def test_what_the_gate_refuses_is_said_and_the_former_one_can_be_chosen_again(
    tmp_path: Path,
) -> None:
    session = await searched(styled(tmp_path / "shipping"))
    tried = session.history.tried
    choose(session, other(session).number)
    stopped = await session.run(BuiltinModel())
    assert (stopped.reason, stopped.verdict.state) == ("nothing_found", "failing")
    assert stopped.verdict.newly_broken == ("test_style.py::test_style",)
    assert "does not hold: newly broken: test_style.py::test_style" in stopped.detail
    assert "+    return weight <= 30" in stopped.patch
    again = await session.run(BuiltinModel())
    assert (again.detail, again.patch) == (stopped.detail, stopped.patch)
    choose(session, 1)
    stopped = await session.run(BuiltinModel())
    assert stopped.verdict.state == "fixed"
    assert rivals(session.history) == len(offered(session.history)) - 2
    assert "+    return weight < 30" in stopped.patch
    assert session.history.tried == tried
    grammar.check(session.log.events)
    for number, said in ((1, "is the change as it stands"), (99, "has no survivor 99")):
        with pytest.raises(UserProblem, match=said):
            choose(session, number)
    assert [event.number for event in session.history.all(SurvivorChosen)] == [2, 1]
    session.close()


async def test_without_a_search_there_is_nothing_to_choose_from(tmp_path: Path) -> None:
    session = assign(shipping(tmp_path / "shipping"))
    with pytest.raises(UserProblem, match="there are none"):
        choose(session, 1)
    session.close()
