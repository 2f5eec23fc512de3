"""One word for one thing: public names use the project's words, not their synonyms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("agent_core", "desktop", "editors", "runners")

# The left word would be read as something other than the right one, which is ours.
REFUSED = {
    "changeset": "change set",
    "checkpoint": "snapshot",
    "iteration": "step",
    "judgement": "verdict",
    "judgment": "verdict",
    "llm": "model",
    "savepoint": "snapshot",
    "scratchpad": "ledger",
    "venv": "toolchain",
    "worktree": "workspace",
}
# Git's and Python's own names, where that very thing is meant.
MEANT = {"git_worktree", "venv_folder", "venv_python"}


def public_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Names and lines of what other modules can see: classes, functions, fields, constants."""
    todo: list[ast.stmt] = list(tree.body)
    while todo:
        node = todo.pop()
        for name in _defined(node):
            if not name.startswith("_"):
                yield name, node.lineno
        if isinstance(node, ast.ClassDef):
            todo.extend(node.body)


def _defined(node: ast.stmt) -> list[str]:
    match node:
        case ast.ClassDef(name=name):
            return [name]
        case (
            ast.FunctionDef(name=name, args=arguments)
            | ast.AsyncFunctionDef(name=name, args=arguments)
        ):
            return [name, *(one.arg for one in (*arguments.args, *arguments.kwonlyargs))]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case _:
            return []


def words(name: str) -> list[str]:
    """`ShadowStore.open_all` and the like as lower-case words, plural endings taken off."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return [part.lower().removesuffix("s") for part in parts]


def complaints(source: str, where: str) -> list[str]:
    """One line for each public name with a refused word."""
    return [
        f"{where}:{line}: {name}: say {REFUSED[word]!r}, not {word!r}"
        for name, line in public_names(ast.parse(source))
        if name not in MEANT
        for word in words(name)
        if word in REFUSED
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_use_our_words(package: str) -> None:
    found: list[str] = []
    for path in sorted((ROOT / package).rglob("*.py")):
        where = str(path.relative_to(ROOT))
        found += complaints(path.read_text(encoding="utf-8"), where)
        found += [
            f"{where}: say {REFUSED[word]!r}, not {word!r}, in the module's name"
            for word in words(path.stem)
            if word in REFUSED
        ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("class Checkpoint: ...", 1),
        ("class Store:\n    def list_iterations(self, llm): ...", 2),
        ("class Store:\n    worktree: str\n    _checkpoint: int", 1),
        ("LAST_CHECKPOINT = 1", 1),
        ("class ChangeSet: ...\ndef snapshot(step): ...", 0),
    ],
)
def test_synonyms_are_seen(source: str, count: int) -> None:
    assert len(complaints(source, "here.py")) == count
