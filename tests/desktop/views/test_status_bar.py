"""The line at the foot: words, and a spinner that turns only while it is of use."""

from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.status_bar import StatusBar


def bar(look: Appearance, qtbot: QtBot) -> StatusBar:
    made = StatusBar(look)
    qtbot.addWidget(made)
    return made


def test_it_names_model_isolation_cost_and_work(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    status.set_model("built-in")
    status.set_isolation("none")
    status.set_doing("Working · step 3", running=False)
    assert status.words() == "Working · step 3 · isolation: none · built-in"
    status.set_cost(tokens=12345, money=0.034)
    assert "12,345 tokens · $0.03" in status.words()
    status.set_cost(tokens=12345, money=None)
    assert "$" not in status.words()


def test_the_spinner_turns_only_while_it_runs_and_is_seen(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    status.set_doing("Working", running=True)
    assert not status.spinner.turning()
    status.show()
    assert status.spinner.turning()
    status.hide()
    assert not status.spinner.turning()
    status.show()
    status.set_doing("Done", running=False, state="ready")
    assert not status.spinner.turning()


def test_a_long_text_leaves_room_for_the_rest(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    status.set_model("built-in")
    status.set_doing("tests/" + "long/" * 100, running=False)
    assert status.minimumSizeHint().width() < 400
