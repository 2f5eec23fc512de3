"""The complete list of a review's files: each with its counts and how much of it waits."""

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from agent_core.counting import counted
from desktop.appearance import Appearance
from desktop.models.review import OPEN, FileReview, Review, file_words
from desktop.views.review_heads import FILE_ICONS

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class FilesModel(QAbstractListModel):
    """The files of a review, one a row."""

    def __init__(self) -> None:
        super().__init__()
        self.review = Review()

    def set_review(self, review: Review) -> None:
        """Show another review; rows stay where only decisions are new."""
        same = [file.diff.path for file in review.files] == [
            file.diff.path for file in self.review.files
        ]
        if same:
            self.review = review
            if review.files:
                self.dataChanged.emit(self.index(0), self.index(len(review.files) - 1))
            return
        self.beginResetModel()
        self.review = review
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802  (Qt's name)
        """How many files there are."""
        return 0 if parent.isValid() else len(self.review.files)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A file in words."""
        if not index.isValid():
            return None
        file = self.review.files[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return file.diff.path
        if role == Qt.ItemDataRole.AccessibleTextRole:
            waiting = counted(self.waiting(file), "hunk")
            return f"{file.diff.path}, {file_words(file.diff)}, {waiting} to review"
        return None

    def waiting(self, file: FileReview) -> int:
        """How many hunks of a file are not decided."""
        return sum(hunk.status in OPEN for hunk in self.review.of_file(file))


class _Delegate(QStyledItemDelegate):
    def __init__(self, look: Appearance, model: FilesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  (Qt's name)
        del option, index
        return QSize(self._look.px(120), self._look.row_height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, px = self._look, self._look.px
        file = self._model.review.files[index.row()]
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.colour("selection"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.colour("hover"))
        waiting = self._model.waiting(file)
        side = px(16)
        icon = QRect(rect.left() + px(12), rect.top() + (rect.height() - side) // 2, side, side)
        name, token = FILE_ICONS[file.diff.status] if waiting else ("circle-check", "text3")
        look.icon(name, token).paint(painter, icon)
        counts = file_words(file.diff)
        painter.setFont(look.font(11))
        metrics = QFontMetrics(look.font(11))
        wide = metrics.horizontalAdvance(counts)
        painter.setPen(look.colour("text3"))
        facts = rect.adjusted(0, 0, -px(12), 0)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(facts, right, counts)
        names = rect.adjusted(px(36), 0, -px(24) - wide, 0)
        self._names(painter, names, file.diff.path, waiting > 0)

    def _names(self, painter: QPainter, rect: QRect, path: str, waiting: bool) -> None:  # noqa: FBT001
        """The file's name, and its folder where there is room."""
        look = self._look
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        folder, _, name = path.rpartition("/")
        font = look.font()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(look.colour("text" if waiting else "text3"))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, left, shown)
        rest = rect.adjusted(metrics.horizontalAdvance(shown) + look.px(8), 0, 0, 0)
        if folder and rest.width() > look.px(32):
            painter.setPen(look.colour("text3"))
            small = look.font(11)
            painter.setFont(small)
            text = QFontMetrics(small).elidedText(folder, Qt.TextElideMode.ElideLeft, rest.width())
            painter.drawText(rest, left, text)


class FileList(QListView):
    """All files of the change; choosing one brings it into view."""

    chosen = Signal(int)

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.files = FilesModel()
        self.files.setParent(self)
        self.setModel(self.files)
        self.setItemDelegate(_Delegate(look, self.files, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Files of the change")
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))
        look.changed.connect(self._changed)

    def set_review(self, review: Review) -> None:
        """Show the files of a review."""
        self.files.set_review(review)

    def set_current(self, file: int) -> None:
        """Mark the file that is being read."""
        index = self.files.index(file)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Letters are the page's keys, not a search in the list."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()
