"""What the runtime has, by name: everything else is refused when a project is converted."""

import ast
import builtins
from collections.abc import Collection
from functools import cache
from pathlib import Path

import msgspec

from agent_core.port.refusals import Refused

RUNTIME = Path(__file__).parents[3] / "resources" / "port" / "flask_runtime"


class Table(msgspec.Struct, frozen=True):
    """The runtime's own list: by type what its values have, else qualified names."""

    methods: dict[str, list[str]]
    class_methods: dict[str, list[str]]
    attributes: dict[str, list[str]]
    library: list[str]
    constants: list[str]
    types: list[str]
    exceptions: list[str]


@cache
def table() -> Table:
    """The list, as it lies with the runtime."""
    return msgspec.json.decode((RUNTIME / "supported.json").read_bytes(), type=Table)


class Supported:
    """Answers for one project, whose own attributes and methods are known as well."""

    def __init__(self, trees: Collection[ast.Module]) -> None:
        self._own = {name for tree in trees for name in _named(tree)}
        known = table()
        self._methods = {name for each in known.methods.values() for name in each}
        self._attributes = {name for each in known.attributes.values() for name in each}
        members = {
            f"{kind}.{name}"
            for kind in known.types
            for table_of in (known.methods, known.class_methods, known.attributes)
            for name in table_of.get(kind.rpartition(".")[2], ())
        }
        self._library = {*known.library, *known.constants, *known.types, *members}
        self._exceptions = frozenset(known.exceptions)

    def check_attribute(self, name: str, node: ast.AST) -> None:
        """Raise Refused for an attribute that nothing has."""
        if name not in self._attributes and name not in self._own and name not in self._methods:
            raise Refused(f"the attribute {name}", node)

    def check_method(self, name: str, node: ast.AST) -> None:
        """Raise Refused for a method that nothing has."""
        if name not in self._methods and name not in self._own:
            raise Refused(f"the method {name}()", node)

    def check_library(self, name: str, node: ast.AST) -> None:
        """Raise Refused for a function, class or constant of a library that is not there."""
        if name not in self._library:
            raise Refused(_word(name), node)

    def is_exception(self, name: str) -> bool:
        """Whether a qualified name is that of an exception that is there."""
        last = name.rpartition(".")[2]
        return name in self._exceptions or (last in self._exceptions and _is_known(name))


def _is_known(name: str) -> bool:
    package, _, last = name.rpartition(".")
    if package == "builtins":
        found = getattr(builtins, last, None)
        return isinstance(found, type) and issubclass(found, BaseException)
    return package in {"werkzeug.exceptions", "json", "json.decoder", "binascii", "zoneinfo"}


def _word(name: str) -> str:
    package, _, last = name.partition(".")
    if package == "builtins":
        return f"the builtin {last}()"
    if name.startswith(("flask.render_template", "flask.stream")):
        return f"{last}(): templates and streams"
    return f"{name} of the library {package}"


def _named(tree: ast.Module) -> set[str]:
    """Attributes that the project sets, and what its classes hold."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            found.add(node.attr)
        elif isinstance(node, ast.ClassDef):
            for each in node.body:
                if isinstance(each, ast.FunctionDef):
                    found.add(each.name)
                elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
                    found.add(each.target.id)
                elif isinstance(each, ast.Assign):
                    found |= {t.id for t in each.targets if isinstance(t, ast.Name)}
    return found
