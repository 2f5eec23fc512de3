"""Follow: while it is on, the editor shows the file that the agent has just read or edited."""

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QObject

from agent_core.events import Record, ToolFinished
from agent_core.history import History
from agent_core.results import EditApplied, FileRead
from desktop.models.timeline_diff import placed
from desktop.session_link import SessionLink
from desktop.views.editor_tabs import EditorTabs


class Following(QObject):
    """Off until it is asked for; takes no focus, and opens nothing of a session that only opens."""

    def __init__(
        self, folder: Path, link: SessionLink, tabs: EditorTabs, *, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._folder, self._link, self._tabs = folder, link, tabs
        self.on = False
        link.history_changed.connect(self._history_changed)

    def _history_changed(self, _: History, records: tuple[Record, ...]) -> None:
        if not self.on or self._link.bridge.state == "idle":
            return
        place = newest_place(records)
        if place is not None and (self._folder / place[0]).is_file():
            self._tabs.show_file(*place)


def newest_place(records: Iterable[Record]) -> tuple[str, int] | None:
    """The file and line that these records lead to last."""
    place = None
    for record in records:
        match record.event:
            case ToolFinished(data=FileRead(path=path, first=first)):
                place = path, first
            case ToolFinished(data=EditApplied(diff=diff)):
                changed = (p for p in placed(diff) if p.op in {"+", "-"})
                first_changed = next(changed, None)
                if first_changed is not None:
                    place = first_changed.path, first_changed.line
            case _:
                continue
    return place
