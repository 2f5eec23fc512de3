"""The entries of a folder, as a tree shows them: folders first, then by name."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from editors.files import is_stray_name


class Node:
    """A file or folder of the tree; `children` is None until it is read."""

    __slots__ = (
        "children", "depth", "expanded", "folder", "key", "name", "parent", "path", "version",
    )  # fmt: skip

    def __init__(self, parent: "Node | None", name: str, *, folder: bool) -> None:
        self.parent = parent
        self.name = name
        self.folder = folder
        self.path: str = f"{parent.path}/{name}" if parent and parent.path else name
        self.depth: int = parent.depth + 1 if parent else -1
        self.key = f"{'a' if folder else 'b'}{name.casefold()}\0{name}"
        self.expanded = False
        self.children: list[Node] | None = None
        self.version = 0  # of the list of children

    def shown_below(self) -> Iterator["Node"]:
        """What is shown below an expanded folder, in order."""
        if self.expanded and self.children:
            for child in self.children:
                yield child
                if child.expanded:
                    yield from child.shown_below()


def read_children(root: Path, folder: Node) -> list[Node]:
    """Read a folder; one that is gone or closed to us has no entries."""
    try:
        with os.scandir(root / folder.path) as entries:
            found = [
                Node(folder, entry.name, folder=entry.is_dir(follow_symlinks=False))
                for entry in entries
                if entry.name != ".git" and not is_stray_name(entry.name)
            ]
    except OSError:
        return []
    found.sort(key=lambda node: node.key)
    return found


class Renewed(msgspec.Struct, frozen=True):
    """What a folder holds now, and which of its nodes go and which come."""

    found: list[Node]
    gone: list[Node]
    come: list[Node]


def read_again(root: Path, folder: Node) -> Renewed:
    """Read a known folder and compare it with what is known."""
    old = list(folder.children or ())
    new = read_children(root, folder)
    before, now = {node.key for node in old}, {node.key for node in new}
    return Renewed(
        new,
        [node for node in old if node.key not in now],
        [node for node in new if node.key not in before],
    )
