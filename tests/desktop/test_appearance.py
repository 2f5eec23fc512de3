"""The look: bundled fonts, recoloured icons, and what a switch changes."""

from importlib.resources import files

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontInfo, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.appearance import Appearance


def test_the_bundled_fonts_are_those_shown(look: Appearance) -> None:
    assert QFontInfo(look.font()).family() == "Inter"
    assert QFontInfo(look.font(bold=True)).family() == "Inter"
    assert QFontInfo(look.code_font()).family() == "JetBrains Mono"
    assert QFontInfo(look.code_font()).fixedPitch()


def test_every_icon_takes_a_colour(look: Appearance) -> None:
    names = [f.name for f in (files("resources") / "icons").iterdir() if f.name.endswith(".svg")]
    assert len(names) > 50
    for name in names:
        image = look.icon(name.removesuffix(".svg"), "bad").pixmap(QSize(48, 48)).toImage()
        seen = {
            image.pixelColor(x, y).name()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() == 255
        }
        assert seen, name
        assert name == "journeyman.svg" or look.colour("bad").name() in seen, name


def test_an_icon_in_a_selected_row_keeps_its_colour(look: Appearance) -> None:
    icon = look.icon("circle-check", "good")
    shown = [
        icon.pixmap(QSize(16, 16), mode).toImage()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)
    ]
    assert shown[0] == shown[1]


def test_an_icon_is_sharp_at_any_size(look: Appearance) -> None:
    assert look.icon("folder").actualSize(QSize(48, 48)) == QSize(48, 48)


def test_a_switch_reaches_palette_style_and_views(look: Appearance, qtbot: QtBot) -> None:
    button = QPushButton("Start")
    qtbot.addWidget(button)
    button.show()
    dark, height = button.grab().toImage(), button.sizeHint().height()
    with qtbot.waitSignal(look.changed):
        look.set_theme("light")
    assert button.palette().color(QPalette.ColorRole.ButtonText) == look.colour("text")
    assert button.grab().toImage() != dark
    look.set_scale(2.0)
    assert button.sizeHint().height() > 1.5 * height
    assert look.px(8) == 16
    assert look.row_height() == 48
    look.set_density("relaxed")
    assert look.row_height() == 56


def test_code_has_a_size_of_its_own(look: Appearance) -> None:
    before = look.font().pixelSize()
    look.set_code_scale(2.0)
    assert look.code_font().pixelSize() == 26
    assert look.font().pixelSize() == before


@pytest.mark.parametrize(("asked", "got"), [(0.01, 0.5), (100.0, 4.0)])
def test_a_scale_stays_usable(look: Appearance, asked: float, got: float) -> None:
    look.set_scale(asked)
    assert look.scale == got


def test_the_second_palette_of_diffs_is_one_switch(look: Appearance) -> None:
    before = look.colour("added")
    look.set_colour_blind(True)
    assert look.colour("added") != before


def test_the_systems_theme_is_followed(look: Appearance, qapp: QApplication) -> None:
    look.set_theme("system")
    hints = qapp.styleHints()
    for scheme, name in ((Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark")):
        hints.setColorScheme(scheme)
        if hints.colorScheme() is scheme:  # a platform may have no say in it
            assert look.theme == name
    hints.unsetColorScheme()


def test_links_obey_the_palette(look: Appearance, qapp: QApplication) -> None:
    assert qapp.palette().color(QPalette.ColorRole.Link) == look.colour("accent")


def test_no_cursor_blinks(look: Appearance, qapp: QApplication) -> None:
    assert qapp.cursorFlashTime() == 0
