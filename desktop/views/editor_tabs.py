"""The tab area: files that are open, and pages that are always the same."""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMessageBox, QTabBar, QTabWidget, QToolButton, QWidget

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.models.names import shown_name, tab_title
from desktop.models.open_file import Loaded, Stamp, load, stamp
from desktop.views.labels import label, tip
from desktop.views.picture import Picture
from desktop.views.text_page import TextPage

Answer = Literal["save", "discard", "cancel"]


class EditorTabs(QTabWidget):
    """Files as tabs that close, fixed pages as tabs that do not.

    `ask` is put the question what to do with unsaved text; it gets the file's name.
    """

    current_file_changed = Signal(object)
    """Path of the file that is shown now, "" for a page."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ask: Callable[[str], Answer] = self._ask
        self._look = look
        self._background = Background(self)
        self._root: Path | None = None
        self._heat: Mapping[str, Mapping[int, float]] = {}
        self._failures: Mapping[str, Collection[int]] = {}
        self._files: dict[str, QWidget] = {}
        self._stamps: dict[str, Stamp] = {}
        self._icons: dict[QWidget, str] = {}
        bar = _Bar(self)
        bar.close_wanted.connect(self.close_tab)
        bar.setAccessibleName("Open files and pages")
        self.setTabBar(bar)
        self.setDocumentMode(True)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideNone)
        self.currentChanged.connect(self._shown)
        look.changed.connect(self._restyle)

    def set_root(self, root: Path) -> None:
        """Open files below another folder; those of the one before close. Ask `may_close` first."""
        for page in self._files.values():
            self._remove(page)
        self._files.clear()
        self._root = root

    def open_file(self, path: str, line: int = 0) -> None:
        """Show a file, at a line if one is given, and put the keys there."""
        self.show_file(path, line)
        page = self._files.get(path)
        if isinstance(page, TextPage):
            page.editor.setFocus()

    def show_file(self, path: str, line: int = 0) -> None:
        """Show a file, at a line if one is given; the keys stay where they are."""
        if self._root is None:
            return
        page = self._files.get(path)
        if page is None:
            page = self._insert(self._root, path, self.count())
        self.setCurrentWidget(page)
        if isinstance(page, TextPage):
            page.check_disk()
            if line:
                page.editor.go_to(line)

    def open_files(self) -> tuple[str, ...]:
        """Paths of the files that are open."""
        return tuple(self._files)

    def current_file(self) -> str:
        """Path of the file that is shown, "" for a page."""
        return self._path_of(self.currentWidget())

    def add_page(self, widget: QWidget, title: str, icon_name: str) -> None:
        """Add a fixed page behind the other pages, before the files."""
        self._icons[widget] = icon_name
        place = len(self._icons) - 1
        self.insertTab(place, widget, self._look.icon(icon_name), title)

    def offer_page(self, widget: QWidget, *, on: bool) -> None:
        """Whether a fixed page has a tab: not every session has something for it."""
        self.setTabVisible(self.indexOf(widget), on)

    def show_page(self, widget: QWidget) -> None:
        """Show a fixed page."""
        self.setCurrentWidget(widget)
        widget.setFocus()

    def set_heat(self, heat: Mapping[str, Mapping[int, float]]) -> None:
        """Show how suspicious lines are: path -> line -> 0 to 1."""
        if heat == self._heat:
            return
        self._heat = heat
        for page in self._text_pages():
            page.editor.set_heat(heat.get(page.path, {}))

    def set_failures(self, failures: Mapping[str, Collection[int]]) -> None:
        """Mark the lines at which tests fail: path -> lines."""
        self._failures = failures
        for page in self._text_pages():
            page.editor.set_failures(failures.get(page.path, ()))

    def check_files(self, paths: Iterable[str] | None = None) -> None:
        """Look whether open files have changed on the disk: those named, or all.

        Of the paths, "" stands for all, and ".git" for another commit.
        """
        wanted = {""} if paths is None else set(paths)
        if ".git" in wanted:
            self.refresh_committed()
        for path in [path for path in self._files if path in wanted or "" in wanted]:
            page = self._files[path]
            if isinstance(page, TextPage):
                page.check_disk()
            elif self._root is not None and self._stamps[path] != stamp(self._root, path):
                self._replace(self._root, path)

    def refresh_committed(self) -> None:
        """Compare with the last commit anew, after it has become another one."""
        for page in self._text_pages():
            page.refresh_committed()

    def save_current(self) -> bool:
        """Save the file that is shown; False where it could not be."""
        page = self.currentWidget()
        return page.save() if isinstance(page, TextPage) else True

    def find_in_file(self, *, replacing: bool = False) -> None:
        """Open the find bar of the file that is shown."""
        page = self.currentWidget()
        if isinstance(page, TextPage):
            page.find_bar.open_bar(replacing=replacing)

    def ask_line(self) -> None:
        """Ask for a line to go to."""
        page = self.currentWidget()
        if isinstance(page, TextPage):
            page.go_to_bar.open_bar()

    def close_current(self) -> bool:
        """Close the file that is shown; False where the user wants it kept."""
        return self.close_tab(self.currentIndex())

    def close_tab(self, index: int) -> bool:
        """Close a file's tab, unsaved text only after asking; fixed pages stay."""
        page = self.widget(index)
        path = self._path_of(page)
        if page is None or not path or not self._may_go(page):
            return False
        del self._files[path]
        self._remove(page)
        self._retitle()
        return True

    def may_close(self) -> bool:
        """Ask what becomes of all unsaved text; False where the window has to stay open."""
        return all(self._may_go(page) for page in self._text_pages())

    def shut_down(self) -> None:
        """Stop timers and join the threads; nothing is asked or saved any more."""
        self._background.close()
        for page in self._text_pages():
            page.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Obey the keys of an editor, where the window's commands have not taken them."""
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            actions: dict[int, Callable[[], object]] = {
                Qt.Key.Key_S: self.save_current,
                Qt.Key.Key_W: self.close_current,
                Qt.Key.Key_F: self.find_in_file,
                Qt.Key.Key_H: lambda: self.find_in_file(replacing=True),
                Qt.Key.Key_G: self.ask_line,
            }
            action = actions.get(event.key())
            if action is not None:
                action()
                return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Look at the disk when the window comes to the front."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.check_files()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Say what to do while nothing is open."""
        super().paintEvent(event)
        if not self.count():
            painter = QPainter(self)
            painter.setFont(self._look.font())
            painter.setPen(self._look.colour("text3"))
            painter.drawText(
                self.rect(), Qt.AlignmentFlag.AlignCenter, "Open a file from the project tree."
            )

    def _insert(self, root: Path, path: str, place: int) -> QWidget:
        self._stamps[path] = stamp(root, path)
        found = load(root, path)
        page = self._made(root, path, found)
        self._files[path] = page
        self.insertTab(place, page, tab_title(path))
        button = QToolButton(self)
        button.setAccessibleName(f"Close {shown_name(path)}")
        button.setToolTip("Close (Ctrl+W)")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setIcon(self._look.icon("x"))
        button.clicked.connect(lambda: self.close_tab(self.indexOf(self._files[path])))
        self.tabBar().setTabButton(place, QTabBar.ButtonPosition.RightSide, button)
        self._retitle()
        return page

    def _made(self, root: Path, path: str, found: Loaded) -> QWidget:
        if found.kind == "picture":
            return Picture(self._look, found.data, self)
        if found.kind != "text":
            notice = label(found.notice, tone="quiet", wrap=True)
            notice.setAlignment(Qt.AlignmentFlag.AlignCenter)
            notice.setMargin(self._look.px(24))
            return notice
        page = TextPage(
            self._look,
            self._background,
            self,
            root=root,
            path=path,
            seen=self._stamps[path],
            found=found,
        )
        page.editor.set_heat(self._heat.get(path, {}))
        page.editor.set_failures(self._failures.get(path, ()))
        page.modified.connect(self._retitle)
        page.close_asked.connect(lambda: self.close_tab(self.indexOf(page)))
        return page

    def _replace(self, root: Path, path: str) -> None:
        old = self._files[path]
        place, shown = self.indexOf(old), self.currentWidget() is old
        self._remove(old)
        page = self._insert(root, path, place)
        if shown:
            self.setCurrentWidget(page)

    def _remove(self, page: QWidget) -> None:
        self.removeTab(self.indexOf(page))
        page.deleteLater()

    def _may_go(self, page: QWidget) -> bool:
        if not isinstance(page, TextPage) or not page.is_modified():
            return True
        self.setCurrentWidget(page)
        answer = self.ask(page.path)
        return page.save() if answer == "save" else answer == "discard"

    def _ask(self, path: str) -> Answer:
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("Unsaved text")
        box.setText(f"{path} has text that is not saved.")
        save = box.addButton("Save", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("Discard", QMessageBox.ButtonRole.DestructiveRole)
        box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.exec()
        answers: dict[object, Answer] = {save: "save", discard: "discard"}
        return answers.get(box.clickedButton(), "cancel")

    def _text_pages(self) -> list[TextPage]:
        return [page for page in self._files.values() if isinstance(page, TextPage)]

    def _path_of(self, page: QWidget | None) -> str:
        return next((path for path, known in self._files.items() if known is page), "")

    def _retitle(self) -> None:
        names = [PurePosixPath(path).name for path in self._files]
        for path, page in self._files.items():
            place = PurePosixPath(path)
            title = place.name
            if names.count(title) > 1:
                title = "/".join(place.parts[-2:])
            dirty = isinstance(page, TextPage) and page.is_modified()
            index = self.indexOf(page)
            self.setTabText(index, f"{tab_title(title)} ●" if dirty else tab_title(title))
            self.setTabToolTip(index, tip(shown_name(path)))

    def _shown(self) -> None:
        self.current_file_changed.emit(self.current_file())

    def _restyle(self) -> None:
        for widget, name in self._icons.items():
            self.setTabIcon(self.indexOf(widget), self._look.icon(name))
        for page in self._files.values():
            button = self.tabBar().tabButton(self.indexOf(page), QTabBar.ButtonPosition.RightSide)
            if isinstance(button, QToolButton):
                button.setIcon(self._look.icon("x"))


class _Bar(QTabBar):
    """Tabs that a middle click closes."""

    close_wanted = Signal(int)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  (Qt's name)
        """Ask for closing with the middle button."""
        if event.button() == Qt.MouseButton.MiddleButton:
            index = self.tabAt(event.position().toPoint())
            if index >= 0:
                self.close_wanted.emit(index)
            return
        super().mouseReleaseEvent(event)
