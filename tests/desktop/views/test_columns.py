"""Columns that give way in a narrow window and come back in a wide one."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance
from desktop.views.columns import LEFT, MIDDLE, Columns


def columns(look: Appearance, qtbot: QtBot, kept: tuple[int, ...] = ()) -> Columns:
    made = Columns(look, (QWidget(), QWidget(), QWidget()), kept)
    qtbot.addWidget(made)
    return made


def test_the_first_two_keep_their_widths_where_there_is_room(
    look: Appearance, qtbot: QtBot
) -> None:
    made = columns(look, qtbot)
    for width in (1280, 1920, 900, 1280):
        made.resize(width, 600)
        made.show()
    assert made.sizes()[:2] == [LEFT, MIDDLE]


def test_the_third_has_two_fifths_of_a_narrow_window(look: Appearance, qtbot: QtBot) -> None:
    made = columns(look, qtbot)
    made.show()
    for width in (1920, 900):
        made.resize(width, 600)
    assert made.sizes()[2] == pytest.approx(360, abs=12)
    assert made.widths() == (LEFT, MIDDLE)


@pytest.mark.parametrize(("kept", "used"), [((300, 300), (300, 300)), ((0, 0, 0), (LEFT, MIDDLE))])
def test_widths_of_before(
    look: Appearance, qtbot: QtBot, kept: tuple[int, ...], used: tuple[int, int]
) -> None:
    assert columns(look, qtbot, kept).widths() == used


def test_what_the_user_drags_stays(look: Appearance, qtbot: QtBot) -> None:
    made = columns(look, qtbot)
    made.show()
    made.resize(1280, 600)
    made.moveSplitter(300, 1)
    assert made.widths() == tuple(made.sizes()[:2])
    assert made.widths()[0] == 300
