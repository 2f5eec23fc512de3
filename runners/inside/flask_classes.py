"""Classes of the project, as plain data: bases, entries without those that Python made."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Callable

Thing = Callable[[Any, str], Any]


def class_facts(value: type, path: str, thing: Thing) -> dict[str, Any]:
    """All but its file; `path` names it for a person."""
    own = [item for item in vars(value).items() if not _is_made(*item)]
    return {
        "module": value.__module__,
        "name": value.__qualname__,
        "bases": [thing(each, path) for each in value.__bases__],
        "metaclass": type(value).__name__,
        "attributes": {
            name: _attribute(each, "{}.{}".format(path, name), thing) for name, each in own
        },
        "fields": _fields(value),
    }


def _attribute(value: Any, path: str, thing: Thing) -> Any:
    """What stands in a class: functions in their wrappings."""
    for kind, inner in (("static", staticmethod), ("class", classmethod)):
        if isinstance(value, inner):
            return {"is": "wrapped", "kind": kind, "inner": thing(value.__func__, path)}
    if isinstance(value, property) and value.fset is None and value.fdel is None:
        return {"is": "wrapped", "kind": "property", "inner": thing(value.fget, path)}
    return thing(value, path)


def _is_made(name: str, value: Any) -> bool:
    """Whether Python, or `dataclass`, made an entry."""
    if isinstance(value, types.FunctionType):
        made = value.__code__.co_filename == "<string>"
        return made or value.__code__.co_filename == dataclasses.__file__
    dull = (types.GetSetDescriptorType, types.MemberDescriptorType)
    return isinstance(value, dull) or (name.startswith("__") and not callable(value))


def _fields(kind: type) -> list[str] | None:
    known: Any = kind
    is_dataclass = dataclasses.is_dataclass(kind)
    return [each.name for each in dataclasses.fields(known)] if is_dataclass else None
