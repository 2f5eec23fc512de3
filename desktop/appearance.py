"""How the window looks: colours by token, fonts and measures by two numbers of the user's, icons.

Views take an `Appearance` as `look`, ask it whenever they paint, and repaint on `changed`.
"""

import re
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QByteArray, QDir, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from desktop import themes
from desktop.settings import Density, Settings
from desktop.settings import Theme as ThemeChoice

SMALLEST: Final = 0.5
LARGEST: Final = 4.0
ICON_SIZES: Final = (12, 16, 20, 24, 32, 48)

_PIXELS = re.compile(r"\b(\d+)px\b")
_TOKEN = re.compile(r"\$([a-z_0-9]+)")
_ROLES: Final = (
    (QPalette.ColorRole.Window, "window"),
    (QPalette.ColorRole.WindowText, "text"),
    (QPalette.ColorRole.Base, "surface"),
    (QPalette.ColorRole.AlternateBase, "window"),
    (QPalette.ColorRole.Text, "text"),
    (QPalette.ColorRole.PlaceholderText, "text3"),
    (QPalette.ColorRole.Button, "raised"),
    (QPalette.ColorRole.ButtonText, "text"),
    (QPalette.ColorRole.BrightText, "bad"),
    (QPalette.ColorRole.Highlight, "selection"),
    (QPalette.ColorRole.HighlightedText, "text"),
    (QPalette.ColorRole.Accent, "accent"),
    (QPalette.ColorRole.Link, "accent"),
    (QPalette.ColorRole.LinkVisited, "accent"),
    (QPalette.ColorRole.ToolTipBase, "raised"),
    (QPalette.ColorRole.ToolTipText, "text"),
    (QPalette.ColorRole.Light, "raised"),
    (QPalette.ColorRole.Midlight, "raised"),
    (QPalette.ColorRole.Mid, "separator"),
    (QPalette.ColorRole.Dark, "separator"),
    (QPalette.ColorRole.Shadow, "window"),
)


class Appearance(QObject):
    """The look of the application; one per process, made by `install`."""

    changed = Signal()
    """The theme, a scale, the density or the colour-blind palette is another one."""

    def __init__(self, app: QApplication, settings: Settings) -> None:
        super().__init__(app)
        self._app = app
        self._choice: ThemeChoice = settings.theme
        self._scale = settings.font_scale
        self._code_scale = settings.code_scale
        self._density: Density = settings.density
        self._colour_blind = settings.colour_blind
        self._colours: dict[str, QColor] = {}
        self._icons: dict[tuple[str, str], QIcon] = {}
        self._theme = themes.load(self.theme)
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def theme(self) -> str:
        """ "dark" or "light"."""
        if self._choice != "system":
            return self._choice
        light = self._app.styleHints().colorScheme() == Qt.ColorScheme.Light
        return "light" if light else "dark"

    @property
    def choice(self) -> ThemeChoice:
        """What was chosen: "system", "dark" or "light"."""
        return self._choice

    @property
    def scale(self) -> float:
        """The font scale of the interface."""
        return self._scale

    @property
    def code_scale(self) -> float:
        """The font scale of code."""
        return self._code_scale

    @property
    def density(self) -> Density:
        """ "compact" or "relaxed"."""
        return self._density

    @property
    def colour_blind(self) -> bool:
        """Whether diffs use the palette that does not rest on red and green."""
        return self._colour_blind

    def colour(self, token: str) -> QColor:
        """The colour of a token of `resources/themes`; KeyError for a token there is not."""
        if token not in self._colours:
            name = self._theme.colour(token, colour_blind=self._colour_blind)
            self._colours[token] = QColor(name)
        return self._colours[token]

    def font(self, size: int = 13, *, bold: bool = False, tabular: bool = False) -> QFont:
        """The interface's font at a size in unscaled pixels.

        `tabular` is for columns of numbers: digits, and hyphens too, take the same width.
        """
        font = QFont(["Inter", "sans-serif"])
        font.setPixelSize(max(1, round(size * self._scale)))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        if tabular:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def code_font(self) -> QFont:
        """The font of code and diffs: one width, no ligatures."""
        font = QFont(["JetBrains Mono", "monospace"])
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setFixedPitch(True)
        font.setPixelSize(max(1, round(13 * self._code_scale)))
        for feature in ("liga", "calt"):
            font.setFeature(QFont.Tag(feature), 0)
        return font

    def icon(self, name: str, token: str = "text2") -> QIcon:  # noqa: S107  (a colour)
        """An outline of `resources/icons` in a token's colour."""
        if (name, token) not in self._icons:
            self._icons[name, token] = self._drawn(name, token)
        return self._icons[name, token]

    def px(self, n: int) -> int:
        """A measure of the design in pixels at the user's font scale."""
        return round(n * self._scale)

    def row_height(self) -> int:
        """Height of a row in lists and trees."""
        return self.px(24 if self._density == "compact" else 28)

    def set_theme(self, name: ThemeChoice) -> None:
        """Show "dark", "light", or what the system shows."""
        self._choice = name
        self._apply()

    def set_scale(self, scale: float) -> None:
        """Scale the interface: fonts and measures."""
        self._scale = min(max(scale, SMALLEST), LARGEST)
        self._apply()

    def set_code_scale(self, scale: float) -> None:
        """Scale code."""
        self._code_scale = min(max(scale, SMALLEST), LARGEST)
        self._apply()

    def set_density(self, density: Density) -> None:
        """Choose the height of rows."""
        self._density = density
        self._apply()

    def set_colour_blind(self, on: bool) -> None:  # noqa: FBT001  (a setter)
        """Choose the palette of diffs."""
        self._colour_blind = on
        self._apply()

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._apply()

    def _apply(self) -> None:
        self._theme = themes.load(self.theme)
        self._colours.clear()
        self._icons.clear()
        self._app.setFont(self.font())
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _ROLES:
            palette.setColor(role, self.colour(token))
        text = (
            QPalette.ColorRole.WindowText,
            QPalette.ColorRole.Text,
            QPalette.ColorRole.ButtonText,
        )
        for role in text:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.colour("text3"))
        return palette

    def _style_sheet(self) -> str:
        """The style sheet in `resources/themes`, its tokens and measures filled in."""
        sheet = (files("resources") / "themes" / "style.qss").read_text(encoding="utf-8")
        sheet = sheet.replace("%theme", self.theme)
        sheet = _TOKEN.sub(lambda match: self.colour(match[1]).name(), sheet)
        return _PIXELS.sub(lambda match: f"{self._measure(int(match[1]))}px", sheet)

    def _measure(self, n: int) -> int:
        return n if n <= 1 else self.px(n)  # lines stay thin

    def _drawn(self, name: str, token: str) -> QIcon:
        from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415  (a library of its own to load)

        svg = (files("resources") / "icons" / f"{name}.svg").read_bytes()
        icon = QIcon()
        for mode, colour in ((QIcon.Mode.Normal, token), (QIcon.Mode.Disabled, "text3")):
            painted = svg.replace(b"currentColor", self.colour(colour).name().encode())
            renderer = QSvgRenderer(QByteArray(painted))
            for size in ICON_SIZES:
                pixmap = QPixmap(size, size)
                pixmap.fill(Qt.GlobalColor.transparent)
                painter = QPainter(pixmap)
                renderer.render(painter)
                painter.end()
                icon.addPixmap(pixmap, mode)
                if mode is QIcon.Mode.Normal:  # else Qt makes one of its own, tinted
                    icon.addPixmap(pixmap, QIcon.Mode.Selected)
        return icon


def install(app: QApplication, settings: Settings) -> Appearance:
    """Give the application its style, fonts, palette and style sheet."""
    app.setStyle("Fusion")
    app.setCursorFlashTime(0)  # a cursor that blinks paints twice a second for ever
    QDir.addSearchPath("theme", str(files("resources") / "themes"))
    for font in sorted((files("resources") / "fonts").iterdir(), key=lambda file: file.name):
        if font.name.endswith(".woff2"):
            QFontDatabase.addApplicationFontFromData(QByteArray(font.read_bytes()))
    app.setCursorFlashTime(0)  # a cursor that blinks paints all day in a window nobody touches
    look = Appearance(app, settings)
    look._apply()
    return look
