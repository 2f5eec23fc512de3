"""What a user decides of a real session's hunks, one by one, and what the disk and the log say."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from agent_core.decisions import decisions, held
from agent_core.events import AcceptIntended
from agent_core.history import History
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.provenance import why
from agent_core.review import accept, change_set, collisions, reject, take_back, undecide
from agent_core.session import Session
from editors.held import reference
from editors.hunks import Hunk
from runners.problems import UserProblem
from tests.agent_core import grammar
from tests.agent_core.projects import run_once, shop
from tests.agent_core.reviewed import NAME, SOURCE, TAX, Reviewed, edit


@pytest.fixture
def file(reviewed: Reviewed) -> Path:
    """The user's file."""
    return reviewed.origin / "shop/prices.py"


def test_one_then_the_other_then_the_first_undone(
    session: Session, tax: Hunk, name: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id], force=False)
    assert file.read_text() == SOURCE.replace(*TAX)
    accept(session, hunks=[name.id], force=False)
    assert file.read_text() == SOURCE.replace(*TAX).replace(*NAME)
    file.write_text(file.read_text().replace("return 2", "return 22"))
    undone = undecide(session, [tax.id])
    assert undone.hunks == (tax.id,)
    assert file.read_text() == SOURCE.replace(*NAME).replace("return 2", "return 22")
    assert decisions(session.history) == {name.id: "accepted"}
    grammar.check(session.log.events)


def test_decisions_survive_reopening(reviewed: Reviewed, file: Path) -> None:
    with closing(reviewed.open()) as session:
        tax, name = (hunk.id for hunk in change_set(session)[0].hunks)
        reject(session, [tax])
        accept(session, hunks=[name], force=False)
    with closing(reviewed.open()) as session:
        assert decisions(session.history) == {tax: "rejected", name: "accepted"}
        assert [part.hunks for part in held(session.history)] == [(name,)]
        undecide(session, [tax])
        assert decisions(session.history) == {name: "accepted"}
        grammar.check(session.log.events)
    assert file.read_text() == SOURCE.replace(*NAME)


def test_what_was_accepted_is_undone_before_it_is_rejected(
    session: Session, tax: Hunk, name: Hunk
) -> None:
    accept(session, hunks=[tax.id], force=False)
    with pytest.raises(UserProblem, match="was accepted"):
        reject(session, [tax.id])
    with pytest.raises(UserProblem, match="is not decided"):
        undecide(session, [name.id])
    with pytest.raises(UserProblem, match="no hunk nonsense"):
        reject(session, ["nonsense"])
    assert decisions(session.history) == {tax.id: "accepted"}


def test_a_line_alone_is_accepted(session: Session, tax: Hunk, file: Path) -> None:
    removed = next(i for i, line in enumerate(tax.lines) if line.op == "-")
    alone = reference(tax, [removed])
    accept(session, hunks=[alone], force=False)
    gone = next(line for line in SOURCE.splitlines(keepends=True) if TAX[0] in line)
    assert file.read_text() == SOURCE.replace(gone, "")
    assert decisions(session.history) == {alone: "accepted"}
    accept(session, hunks=[reference(tax, [removed + 1])], force=False)
    assert file.read_text() == SOURCE.replace(*TAX)


def test_a_conflict_shows_three_texts_and_is_written_over_only_when_asked(
    session: Session, tax: Hunk, file: Path
) -> None:
    mine = SOURCE.replace(TAX[0], "2 * rate")
    file.write_text(mine)
    result = accept(session, hunks=[tax.id], force=False).result
    assert [conflict.path for conflict in result.conflicts] == ["shop/prices.py"]
    assert file.read_text() == mine
    assert decisions(session.history) == {}
    (collision,) = collisions(session, [tax.id])
    texts = [b"".join(lines) for lines in (collision.yours, collision.base, collision.agents)]
    for text, part in zip(texts, (b"2 * rate", b"1 - rate", b"1 + rate"), strict=True):
        assert part in text
    assert mine.splitlines()[collision.line - 1] == texts[0].decode().splitlines()[0]
    accept(session, hunks=[tax.id], force=False, over=True)
    assert file.read_text() == SOURCE.replace(*TAX)
    assert decisions(session.history) == {tax.id: "accepted"}
    accept(session, hunks=None, force=False)
    take_back(session)
    assert undecide(session, [tax.id]).hunks == (tax.id,)
    assert file.read_text() == mine


def test_an_accept_whose_end_was_not_logged_is_undone_all_the_same(
    session: Session, tax: Hunk, file: Path
) -> None:
    file.write_text(SOURCE.replace(*TAX))  # as it is between the writing and the event
    snapshot = session.history.snapshot
    session.log.append(AcceptIntended(snapshot=snapshot, hunks=(tax.id,)), durable=True)
    assert accept(session, hunks=[tax.id], force=False).result.undo is None
    undecide(session, [tax.id])
    assert file.read_text() == SOURCE


def test_undoing_what_the_user_has_typed_over_leaves_it(
    session: Session, tax: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id], force=False)
    file.write_text(file.read_text().replace("1 + rate", "3 + rate"))
    undone = undecide(session, [tax.id])
    assert (undone.hunks, len(undone.result.conflicts)) == ((), 1)
    assert "3 + rate" in file.read_text()
    assert decisions(session.history) == {tax.id: "accepted"}


def test_taking_back_a_whole_accept_forgets_its_decisions(
    session: Session, tax: Hunk, name: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id], force=False)
    accept(session, hunks=[name.id], force=False)
    assert take_back(session).whole
    assert decisions(session.history) == {tax.id: "accepted"}
    assert file.read_text() == SOURCE.replace(*TAX)


def test_taking_back_an_accept_of_everything_leaves_what_was_accepted_before(
    session: Session, tax: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id], force=False)
    accept(session, hunks=None, force=False)
    take_back(session)
    assert file.read_text() == SOURCE.replace(*TAX)
    assert decisions(session.history) == {tax.id: "accepted"}


def test_accepting_again_writes_what_the_user_took_out(
    session: Session, tax: Hunk, name: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id, name.id], force=False)
    file.write_text(SOURCE)
    accept(session, hunks=[tax.id], force=False)
    assert file.read_text() == SOURCE.replace(*TAX)


def test_a_follow_up_that_changes_an_accepted_place_replaces_it(
    session: Session, tax: Hunk, file: Path
) -> None:
    accept(session, hunks=[tax.id], force=False)
    again = Turn(calls=(call("edit_file", edits=[edit("1 + rate", "1.0 + rate")]),))
    session.steer("Say it as a float.")
    asyncio.run(session.run(ScriptedModel([again] * 3)))
    newer = change_set(session)[0].hunks[0]
    assert newer.id != tax.id
    accept(session, hunks=[newer.id], force=True)
    assert file.read_text() == SOURCE.replace("1 - rate", "1.0 + rate")
    undecide(session, [newer.id])
    assert file.read_text() == SOURCE.replace(*TAX)
    grammar.check(session.log.events)


def test_each_hunk_knows_its_step(session: Session, tax: Hunk, name: Hunk) -> None:
    assert (why(session.history, tax), why(session.history, name)) == (2, 1)


def test_a_later_step_moves_lines_and_takes_over_what_it_changes(tmp_path: Path) -> None:
    origin = shop(tmp_path / "shop-project", **{"shop/prices.py": SOURCE})
    edits = [
        edit(*NAME),
        edit(*TAX),
        edit('"""Prices."""\n', '"""Prices.\n\nAll.\n"""\n'),
        edit("1 + rate", "1.0 + rate"),
        {"path": "new.py", "new": "x = 1\n"},
    ]
    script = [Turn(calls=(call("edit_file", edits=[one]),)) for one in edits]
    _, session = asyncio.run(run_once(origin, ScriptedModel(script)))
    hunks = [hunk for diff in change_set(session) for hunk in diff.hunks]
    assert [(hunk.path, why(session.history, hunk)) for hunk in hunks] == [
        ("new.py", 5), ("shop/prices.py", 3), ("shop/prices.py", 4), ("shop/prices.py", 1),
    ]  # fmt: skip
    session.close()


def test_a_hunk_that_no_edit_made_has_no_step() -> None:
    assert why(History([]), Hunk("x", "a.py", "lines")) is None
