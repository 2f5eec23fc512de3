"""Every command that can be given now, found by a few letters."""

from PySide6.QtWidgets import QWidget

from desktop import actions
from desktop.appearance import Appearance
from desktop.background import Background
from desktop.commands import Registry
from desktop.dialogs.picker import Picker


class Palette(Picker):
    """The commands of a registry with their keys."""

    def __init__(
        self, look: Appearance, window: QWidget, background: Background, registry: Registry
    ) -> None:
        super().__init__(look, window, background, title="Type a command")
        self._registry = registry
        self._ids: dict[str, str] = {}
        self.chosen.connect(self._run)

    def offer(self) -> None:
        """Show what can be done now."""
        offered = [
            (f"{actions.plain(command.menu)}: {title}" if command.menu else title, command.id, keys)
            for command, title, keys in actions.lines(self._registry)
            if self._registry.is_enabled(command.id)
        ]
        self._ids = {name: chosen for name, chosen, _ in offered}
        self.open([name for name, _, _ in offered], {name: keys for name, _, keys in offered})

    def _run(self, name: str) -> None:
        self._registry.run(self._ids[name])
