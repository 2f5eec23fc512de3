"""The registry: one registration, no two owners of a key."""

import pytest

from desktop.commands import Command, Registry


def test_a_command_runs_when_it_can() -> None:
    ran: list[str] = []
    able = [False]
    registry = Registry()
    registry.add(Command("a", "A"), lambda: ran.append("a"), enabled=lambda: able[0])
    registry.run("a")
    assert ran == []
    assert not registry.is_enabled("a")
    able[0] = True
    registry.run("a")
    assert ran == ["a"]


def test_an_id_and_a_key_have_one_owner() -> None:
    registry = Registry()
    registry.add(Command("a", "A", keys=("Ctrl+A",)), lambda: None)
    with pytest.raises(ValueError, match="exists already"):
        registry.add(Command("a", "Again"), lambda: None)
    with pytest.raises(ValueError, match="belongs to a already"):
        registry.add(Command("b", "B", keys=("Ctrl+B", "Ctrl+A")), lambda: None)


def test_menus_keep_the_order_of_registration() -> None:
    registry = Registry()
    for id, menu in (("1", "File"), ("2", "View"), ("3", "File"), ("4", "")):  # noqa: A001
        registry.add(Command(id, id, menu), lambda: None)
    found = [(name, [command.id for command in commands]) for name, commands in registry.menus()]
    assert found == [("File", ["1", "3"]), ("View", ["2"])]


def test_only_a_choice_is_on_or_off() -> None:
    registry = Registry()
    registry.add(Command("plain", ""), lambda: None)
    registry.add(Command("choice", ""), lambda: None, checked=lambda: True)
    assert registry.is_checked("plain") is None
    assert registry.is_checked("choice") is True
