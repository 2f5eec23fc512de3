"""One text file open: the editor with its bars, and what happens to the file on the disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.appearance import Appearance
from desktop.background import Background
from desktop.models.change_marks import Mark, change_marks
from desktop.models.names import shown_name
from desktop.models.open_file import Loaded, Stamp, load, save, stamp
from desktop.views.editor import Editor
from desktop.views.find_bar import FindBar
from desktop.views.go_to_bar import GoToBar
from desktop.views.labels import Elided, label
from desktop.views.notice_bar import NoticeBar
from editors.refusals import Refused
from editors.shown import as_shown, edited, reconcile
from editors.status import committed
from editors.textfile import TextFile, decode

_MARKS_DELAY_MS: Final = 300
_NEWLINES: Final = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


class TextPage(QWidget):
    """Shows a text file, saves it, and keeps up with what others do to it.

    What was typed is never lost: it gives way to the disk's text only when asked to.
    """

    modified = Signal()
    """The text differs from the file, or does so no more."""
    close_asked = Signal()

    def __init__(
        self,
        look: Appearance,
        background: Background,
        parent: QWidget,
        *,
        root: Path,
        path: str,
        seen: Stamp,
        found: Loaded,
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._look = look
        self._background = background
        self._root = root
        self._file = found.file or TextFile("")
        self._stamp = seen
        self._gone = False
        self._collision: Loaded | None = None
        self._committed: str | None = None
        self._marking = False
        self.notice = NoticeBar(look, self)
        self.editor = Editor(look, background, self)
        self.editor.setAccessibleName(f"Code of {shown_name(path)}")
        self.find_bar = FindBar(look, self.editor, self)
        self.go_to_bar = GoToBar(look, self.editor, self)
        self._place = label("", tone="caption")
        self._facts = Elided(tone="caption")
        self._facts.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        self._marks_timer = QTimer(self, singleShot=True, interval=_MARKS_DELAY_MS)
        self._marks_timer.timeout.connect(self._mark_changes)
        self._show(found)
        self.editor.document().modificationChanged.connect(lambda _: self.modified.emit())
        self.editor.textChanged.connect(self._marks_timer.start)
        self.editor.cursorPositionChanged.connect(self._tell)
        self.editor.marks_changed.connect(self._tell)
        self.refresh_committed()

    def is_modified(self) -> bool:
        """Whether there is text that is not on the disk."""
        return self.editor.document().isModified()

    def save(self) -> bool:
        """Write the text; False where it could not be, and then a notice says why.

        A file that has changed meanwhile is merged first, and saved when asked again.
        """
        if self.editor.isReadOnly():
            return False
        if self._collision is not None or not self.check_disk():
            self.notice.focus()
            return False
        after = edited(self._file, self.editor.text())
        try:
            save(self._root, self.path, after)
        except Refused as refused:
            self.notice.say(str(refused), {"OK": self.editor.setFocus}, tone="bad")
            return False
        self._settle(after)
        self._stamp = Stamp()  # somebody may have written right after us: look again
        self._gone = False
        self.notice.hide()
        return True

    def check_disk(self) -> bool:
        """Look whether the file has changed; False where the user has to be told of it first."""
        now = stamp(self._root, self.path)
        if now == self._stamp:
            return True
        found = load(self._root, self.path)
        self._stamp = now
        if found.kind == "gone":
            return self._lost()
        self._back_again()
        if found.kind != "text" or found.file is None:
            self.editor.document().setModified(not self.editor.isReadOnly())
            self.notice.say(found.notice, {"OK": self.editor.setFocus}, tone="warning")
            return False
        if found.file.text == self._file.text:
            self._file = found.file
            return True
        return self._changed(found, found.file)

    def refresh_committed(self) -> None:
        """Ask again for the text of the last commit, which the changed lines are told from."""
        root, path = self._root, self.path
        self._background.submit(lambda: committed(root, path), self._take_committed)

    def stop(self) -> None:
        """Let nothing happen any more that takes its time."""
        self._marks_timer.stop()
        self.find_bar.stop()
        self.editor.stop()

    def _changed(self, found: Loaded, file: TextFile) -> bool:
        mine = self.editor.text()
        if not self.is_modified() or mine == as_shown(self._file):
            self._take(found)
            return True
        if found.notice:
            return self._collided(found, file, "into something that cannot be edited here")
        both = reconcile(as_shown(self._file), mine, found.text)
        if both.text is None:
            lines = ", ".join(f"{one.ours[0] + 1:,}" for one in both.conflicts[:5])
            return self._collided(found, file, f"where you changed it too, at line {lines}")
        self._file = file
        self.editor.replace_text(both.text)
        self.editor.document().setModified(both.text != found.text)
        self.notice.say(
            f"{shown_name(self.path)} changed on disk. Its changes and yours were merged.",
            {
                "Take theirs": lambda: self._take(found),
                "Take mine": lambda: self.editor.replace_text(mine),
                "Keep both": self.editor.setFocus,
            },
        )
        return False

    def _collided(self, found: Loaded, file: TextFile, how: str) -> bool:
        self._collision = found
        self.notice.say(
            f"{shown_name(self.path)} changed on disk {how}. Saving waits for your choice.",
            {"Take theirs": lambda: self._take(found), "Keep mine": lambda: self._keep(file)},
            tone="warning",
        )
        return False

    def _lost(self) -> bool:
        if self._gone:
            return True
        self._gone = True
        if self.editor.isReadOnly():
            self.notice.say(
                f"{shown_name(self.path)} was deleted on disk.", {"Close": self.close_asked.emit}
            )
            return False
        self.editor.document().setModified(True)
        self.notice.say(
            f"{shown_name(self.path)} was deleted on disk. Its text is still here.",
            {"Save it again": self._save_again, "Close": self.close_asked.emit},
            tone="warning",
        )
        return False

    def _back_again(self) -> None:
        """Forget that the file was gone."""
        if self._gone:
            self._gone = False
            self.notice.hide()
            if self.editor.text() == as_shown(self._file):
                self.editor.document().setModified(False)

    def _save_again(self) -> None:
        self.save()

    def _take(self, found: Loaded) -> None:
        """Show what is on the disk in place of what was here, the cursor where it was."""
        self._collision = None
        self.notice.hide()
        if found.file is None:
            return
        if bool(found.notice) != self.editor.isReadOnly():
            self._file = found.file
            self._show(found)
            return
        self.editor.replace_text(found.text)
        self._settle(found.file)

    def _keep(self, file: TextFile) -> None:
        """Stay with what was typed; saving will replace what is on the disk."""
        self._collision = None
        self._file = file
        self.editor.setFocus()

    def _settle(self, file: TextFile) -> None:
        self._file = file
        self.editor.document().setModified(False)
        self._tell()

    def _show(self, found: Loaded) -> None:
        with QSignalBlocker(self.editor):
            self.editor.show_text(found.text, self.path)
        self.editor.setReadOnly(bool(found.notice))
        self.editor.document().setModified(False)
        if found.notice:
            self.notice.say(found.notice, {"OK": self.editor.setFocus})
        self._tell()

    def _take_committed(self, data: bytes | None) -> None:
        try:
            self._committed = None if data is None else as_shown(decode(self.path, data))
        except Refused:  # the committed file is binary: no lines to compare
            self._committed = None
        self._mark_changes()

    def _mark_changes(self) -> None:
        before = self._committed
        if before is None or self.editor.isReadOnly():
            self.editor.set_changes({})
            return
        if self._marking:
            self._marks_timer.start()
            return
        self._marking = True
        now = self.editor.text()
        self._background.submit(lambda: change_marks(before, now), self._show_marks)

    def _show_marks(self, marks: Mapping[int, Mark]) -> None:
        self._marking = False
        self.editor.set_changes(marks)

    def _tell(self) -> None:
        cursor = self.editor.textCursor()
        line, column = self.editor.current_line(), cursor.positionInBlock() + 1
        facts = self.editor.gutter.facts(line)
        self._place.setText(f"Line {line:,}, column {column:,}{', ' if facts else ''}{facts}")
        unit = self.editor.indent_unit
        said = [
            "read-only" if self.editor.isReadOnly() else "",
            "tabs" if unit == "\t" else f"{len(unit)} spaces",
            self._file.encoding + (" with mark" if self._file.bom else ""),
            _NEWLINES[self._file.newline],
            self.editor.language or "plain text",
        ]
        self._facts.show_text("  ·  ".join(part for part in said if part))

    def _lay_out(self) -> None:
        foot = QWidget(self)
        row = QHBoxLayout(foot)
        row.setContentsMargins(self._look.px(16), self._look.px(4), self._look.px(16), 4)
        row.addWidget(self._place)
        row.addWidget(self._facts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.notice, self.find_bar, self.go_to_bar):
            column.addWidget(widget)
        column.addWidget(self.editor, 1)
        column.addWidget(foot)
        self.setFocusProxy(self.editor)
