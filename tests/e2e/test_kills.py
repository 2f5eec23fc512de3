"""Killed at any moment, a session goes on as if nobody had disturbed it."""

import asyncio
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
import pytest

from agent_core.events import (
    SessionStopped,
    StretchStarted,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from agent_core.models.protocol import ModelFailed, Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import EditApplied
from agent_core.session import Session
from benchmarks import kills
from tests.agent_core import grammar
from tests.agent_core.projects import FAULTY, RIGHT, assign, shop

EDIT = call(
    "edit_file",
    edits=[{"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}],
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop(tmp_path_factory.mktemp("kills") / "shop")


@pytest.fixture(scope="module")
def reference(project: Path) -> list[kills.Event]:
    return kills.undisturbed(project)


def test_the_undisturbed_run_is_worth_comparing_with(reference: list[kills.Event]) -> None:
    verdict = reference[-1]["verdict"]
    assert isinstance(verdict, dict)
    assert verdict["state"] == "fixed"


@pytest.mark.parametrize("number", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_a_drawn_kill(project: Path, reference: list[kills.Event], number: int) -> None:
    at, kind = kills.moments(reference, 2, seed=3)[number]
    assert kills.draw(reference, project, at=at, kind=kind).complaints == ()


def test_a_kill_right_after_the_intent_to_edit(project: Path, reference: list[kills.Event]) -> None:
    (at,) = [n for n, event in enumerate(reference, 1) if _tool(event) == "edit_file"]
    killed = kills.draw(reference, project, at=at, kind="ToolIntended")
    assert (killed.at, killed.complaints) == (at, ())


def _tool(event: kills.Event) -> object:
    intended = event.get("call")
    return intended["tool"] if isinstance(intended, dict) else None


@pytest.fixture(scope="module")
def sample() -> Iterator[Path]:
    with as_file(files("resources") / "samples" / "invoices") as bundled:
        yield bundled


@pytest.mark.slow
def test_kills_on_a_bundled_sample(sample: Path) -> None:
    reference = kills.undisturbed(sample)
    found = [
        kills.draw(reference, sample, at=at, kind=kind)
        for at, kind in kills.moments(reference, 4, seed=1)
    ]
    assert [killed for killed in found if killed.complaints] == []


def test_half_an_edit_is_taken_back_and_made_again_once(project: Path) -> None:
    session = assign(project)
    asyncio.run(session.run(ScriptedModel([ModelFailed("away")])))
    name, before = session.folder.name, session.history.snapshot
    edit = msgspec.structs.replace(EDIT, id="s2-1")
    for event in (
        StretchStarted(number=2, budget_minutes=1),
        TurnStarted(step=2),
        TurnEnded(step=2, reasoning="", text="", calls=(edit,)),
        ToolIntended(step=2, call=edit, effect="writes", snapshot=before),
    ):
        session.log.append(event)
    place = session.premises.workspace_folder / "shop/prices.py"
    place.write_text(FAULTY.replace("1 - rate", "1 +"))
    session.close()  # as a killed program leaves it: an intent, half a result and no stop

    again = Session.open(name, write=True)
    again.recover()
    assert place.read_text() == FAULTY
    stopped = again.history.last(SessionStopped)
    assert stopped is not None
    assert (stopped.detail, stopped.snapshot) == (
        "the program ended from outside in edit_file",
        before,
    )
    finish = Turn(calls=(call("finish", summary="Tax is added."),))
    ended = asyncio.run(again.run(ScriptedModel([Turn(), finish])))
    assert ended.verdict.state == "fixed"
    assert len(again.history.results(EditApplied)) == 1
    assert place.read_text() == RIGHT
    grammar.check(again.log.events)
    again.close()
