"""A tool's parameters as a JSON schema that is short and that small models can read."""

from collections.abc import Mapping
from typing import Any

import msgspec

HIDDEN = msgspec.Meta(extra_json_schema={"x-hidden": True})
"""Marks a parameter that only programs fill in."""
_NOISE = frozenset({"title", "default", "x-hidden"})


def schema_of(parameters: type[msgspec.Struct]) -> dict[str, Any]:
    """The schema without references, titles and defaults; its description is left to the tool."""
    whole = msgspec.json.schema(parameters)
    definitions = whole["$defs"]
    schema = _plain(definitions[parameters.__name__], definitions)
    schema.pop("description", None)
    return schema


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with what it refers to in its place."""
    if reference := schema.get("$ref"):
        return _plain(definitions[reference.rpartition("/")[2]], definitions)
    if (kind := _optional(schema)) is not None:
        return _plain(kind, definitions)
    plain: dict[str, Any] = {key: value for key, value in schema.items() if key not in _NOISE}
    if "properties" in plain:
        plain["properties"] = {
            name: _plain(value, definitions)
            for name, value in plain["properties"].items()
            if "x-hidden" not in value
        }
    if isinstance(items := plain.get("items"), Mapping):
        plain["items"] = _plain(items, definitions)
    if not plain.get("required", True):
        del plain["required"]
    return {key: " ".join(v.split()) if key == "description" else v for key, v in plain.items()}


def _optional(schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What an optional parameter is when it is given: leaving it out says that it is not."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else None
