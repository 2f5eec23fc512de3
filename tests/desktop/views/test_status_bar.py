"""The line at the foot: words, and a spinner that turns only while it is of use."""

import pytest
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.buttons import IconButton
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
    assert "12.3k tokens · $0.03" in status.words()
    status.set_cost(tokens=12345, money=None)
    assert "$" not in status.words()


def test_it_names_the_folder_and_its_branch(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    status.set_place("sums", "")
    assert status.words() == "sums"
    status.set_place("sums", "main")
    assert status.words() == "sums · main"


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


def test_what_runs_and_says_nothing_is_said_to_be_silent(
    look: Appearance, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.views.status_bar.SILENT_S", 0.2)
    status = bar(look, qtbot)
    status.show()
    status.set_doing("Working", running=True)
    qtbot.waitUntil(lambda: "silent for" in status.words())
    status.sign_of_life()
    assert "silent" not in status.words()
    status.set_doing("Done", running=False)


def test_follow_is_a_switch_that_shows_how_it_stands(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    button = status.findChild(IconButton)
    assert button is not None
    with qtbot.waitSignal(status.follow_asked) as asked:
        button.click()
    assert asked.args == [True]
    status.set_following(on=False)
    assert not button.isChecked()


def test_a_long_text_leaves_room_for_the_rest(look: Appearance, qtbot: QtBot) -> None:
    status = bar(look, qtbot)
    status.set_model("built-in")
    status.set_doing("tests/" + "long/" * 100, running=False)
    assert status.minimumSizeHint().width() < 400
