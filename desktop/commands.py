"""The commands a window offers, without Qt: one registration makes menu entry, key and help."""

from collections.abc import Callable, Iterator

import msgspec


class Command(msgspec.Struct, frozen=True):
    """What a user can ask for: `menu` may be empty, `keys` are in Qt's portable notation."""

    id: str
    title: str
    menu: str = ""
    keys: tuple[str, ...] = ()
    help: str = ""


def always() -> bool:
    """A command that is never greyed out."""
    return True


class _Entry(msgspec.Struct, frozen=True):
    command: Command
    run: Callable[[], None]
    enabled: Callable[[], bool]
    checked: Callable[[], bool] | None


class Registry:
    """All commands of one window, in the order in which they were added."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def add(
        self,
        command: Command,
        run: Callable[[], None],
        *,
        enabled: Callable[[], bool] = always,
        checked: Callable[[], bool] | None = None,
    ) -> None:
        """Register a command; `checked` makes it a choice that is on or off.

        Raises:
            ValueError: its id or one of its keys is taken.
        """
        if command.id in self._entries:
            raise ValueError(f"the command {command.id} exists already")
        for key in command.keys:
            if owner := self._owner(key):
                raise ValueError(f"{key} belongs to {owner} already")
        self._entries[command.id] = _Entry(command, run, enabled, checked)

    def all(self) -> tuple[Command, ...]:
        """Every command."""
        return tuple(entry.command for entry in self._entries.values())

    def menus(self) -> Iterator[tuple[str, tuple[Command, ...]]]:
        """The names of the menus, each with its commands."""
        names = dict.fromkeys(command.menu for command in self.all() if command.menu)
        for name in names:
            yield name, tuple(command for command in self.all() if command.menu == name)

    def run(self, id: str) -> None:  # noqa: A002  (the field's own name)
        """Do what a command says, unless it is greyed out."""
        if self.is_enabled(id):
            self._entries[id].run()

    def is_enabled(self, id: str) -> bool:  # noqa: A002
        """Whether the command can be given now."""
        return self._entries[id].enabled()

    def is_checked(self, id: str) -> bool | None:  # noqa: A002
        """Whether a choice is on; None for a command that is no choice."""
        checked = self._entries[id].checked
        return None if checked is None else checked()

    def _owner(self, key: str) -> str:
        for command in self.all():
            if key in command.keys:
                return command.id
        return ""
