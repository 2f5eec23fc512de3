"""The page on a port: routes by verdict, the shortest sequences, figures."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from agent_core.history import History
from agent_core.port.asked import port_check, port_task
from agent_core.proofs import Compared, Compiled, Proofs, RouteResult, Shortest, Timed
from agent_core.results import EditApplied, FinishAsked
from agent_core.verdict import State, Verdict
from desktop.appearance import Appearance
from desktop.models.port_rows import port_facts
from desktop.models.port_table import ROUTE, STATE
from desktop.views.port import PortPage
from runners.benchmark import Ratio
from runners.diagnostics import Diagnostic
from tests.desktop.story import Story
from tests.desktop.windows import opened, project, window

ROUTES = (
    RouteResult("/items", "equivalent", 900, 700),
    RouteResult("/items/<int:number>", "differs", 1_100, 600, differences=3),
)
DIFFERENCE = Shortest(
    ("POST /items {}", "GET /items/1"), "status: the original 200, the port 404", "200", "404"
)
DIFFERS = Compared(
    "fails",
    ("3 answers differ on /items/<int:number>",),
    routes=ROUTES,
    shortest=(DIFFERENCE,),
    requests=2_000,
    mutants=40,
    killed=38,
    branches=20,
    taken=19,
)
SAME = msgspec.structs.replace(
    DIFFERS, outcome="holds", reasons=("the same answers",), routes=ROUTES[:1], shortest=()
)
FAST = Timed(
    "holds",
    "a request costs 21 times less",
    ratio=Ratio(21.0, 18.0, 24.0, 18),
    figures=(("CPU a request", "800 µs", "38 µs"),),
)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path / "session")
    story.begin()
    yield story
    story.store.close()


@pytest.fixture
def page(qtbot: QtBot, look: Appearance) -> PortPage:
    page = PortPage(look)
    qtbot.addWidget(page)
    page.resize(640, 600)
    page.show()
    return page


def judged(story: Story, state: State, proofs: Proofs) -> None:
    converted = EditApplied(
        ("rust/Cargo.toml",), "two", "", notes=("not converted: app.py, line 9",)
    )
    verdict = Verdict(state, "two", "because", proofs=proofs)
    story.turn("Convert.", ("convert_flask", "2 routes", converted))
    story.turn("Prove it.", ("finish", "said", FinishAsked(verdict, "A port.")))


def test_what_differs_comes_first_with_its_shortest_sequence(page: PortPage, story: Story) -> None:
    judged(story, "failing", Proofs(Compiled("holds"), DIFFERS, Timed("not_run", "no")))
    page.set_history(story.history, None)
    assert page.word.text() == "Failing"
    assert page.why.text() == "3 answers differ on /items/<int:number>"
    assert page.facts.text().replace("\u00a0", " ") == (
        "2,000 requests · 38 of 40 wrong copies noticed · 19 of 20 branches"
    )
    shown = [page.routes.index(row, column).data() for row in (0, 1) for column in (STATE, ROUTE)]
    assert shown == ["differs", "/items/<int:number>", "equivalent", "/items"]
    details = page.details.toPlainText()
    assert details.startswith("Difference 1, after 2 requests\n  1. POST /items {}")
    assert "Not converted\n  app.py, line 9" in details
    assert page.open.isHidden()


def test_a_port_that_holds_shows_how_fast_it_is_and_leads_to_its_certificate(
    page: PortPage, story: Story, tmp_path: Path
) -> None:
    judged(story, "fixed", Proofs(Compiled("holds"), SAME, FAST))
    page.set_history(story.history, tmp_path / "certificate.html")
    assert (page.word.text(), page.why.text()) == ("Fixed", "The same answers")
    assert page.facts.text().replace("\u00a0", " ").endswith("21 times [18 to 24] less CPU")
    assert "CPU a request    800 µs  38 µs" in page.details.toPlainText()
    assert page.open.isVisible()


def test_errors_of_the_compiler_are_shown_as_it_draws_them(page: PortPage, story: Story) -> None:
    error = Diagnostic("error", "mismatched types", "E0308", "rust/src/app.rs", 3, "drawn\n  ^^^")
    judged(story, "failing", Proofs(Compiled("fails", (error,))))
    page.set_history(story.history, None)
    assert page.table.isHidden()
    assert "  drawn\n    ^^^" in page.details.toPlainText()


def test_before_it_is_judged_the_page_says_what_will_be_there(page: PortPage, story: Story) -> None:
    assert port_facts(story.history) is None
    page.set_history(story.history, None)
    assert page.details.isHidden() or not page.details.isVisible()


def test_the_page_has_a_tab_for_a_port_alone(
    qtbot: QtBot, look: Appearance, tmp_path: Path, story: Story
) -> None:
    with window(look, qtbot) as made:
        workspace = opened(made, project(tmp_path / "adding"))
        tab = workspace.tabs.indexOf(workspace.port)
        assert not workspace.tabs.isTabVisible(tab)
        assert not made.registry.is_enabled("go.port")
        task = port_task("Convert it.", port_check(), None)
        started = msgspec.structs.replace(story.history.started, task=task)
        workspace.link.history_changed.emit(History([started]), ())
        assert workspace.tabs.isTabVisible(tab)
        assert made.registry.is_enabled("go.port")
