"""A request before it is bytes: its arguments, query, headers and body as values to change."""

import copy
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from agent_core.port.encoding import (
    BOUNDARY,
    Borrowed,
    References,
    basic,
    cookie_text,
    header_text,
    json_text,
    multipart,
    urlencoded,
)
from agent_core.port.pools import Json
from agent_core.port.reads import Name, Source
from agent_core.port.routes import Route, segment
from runners.http_replay.exchange import Ref, Request

Body = Literal["none", "json", "form", "files"]
TYPES: Mapping[Body, str] = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "files": f"multipart/form-data; boundary={BOUNDARY}",
}

_OWN: frozenset[Source] = frozenset({"json", "form", "login"})


class Slot(msgspec.Struct, frozen=True):
    """A place in a draft that holds one value."""

    part: Source
    path: tuple[Name, ...]


class Draft(msgspec.Struct, frozen=True):
    """A request to a route.

    `parts` are its values by where they stand: the arguments of the path, the JSON body, the form,
    the query ("args"), headers and so on; `body` says which of them the body is.
    """

    route: Route
    method: str
    parts: dict[Source, Json]
    body: Body = "none"

    def slots(self) -> Iterator[Slot]:
        """Every place that holds a value, those within values included."""
        for part, value in self.parts.items():
            yield from (Slot(part, path) for path in _paths(value))

    def at(self, slot: Slot) -> Json:
        """The value in a place; LookupError or TypeError where there is none."""
        value = self.parts[slot.part]
        for name in slot.path:
            value = value[name]
        return value

    def put(self, slot: Slot, value: Json) -> "Draft":
        """The draft with another value in a place."""
        changed = _put(self.parts.get(slot.part, {}), slot.path, value)
        return msgspec.structs.replace(self, parts=self.parts | {slot.part: changed})

    def without(self, slot: Slot) -> "Draft":
        """The draft without a key."""
        changed = _dropped(self.parts[slot.part], slot.path)
        return msgspec.structs.replace(self, parts=self.parts | {slot.part: changed})

    def borrowed(self) -> Iterator[tuple[Slot, Borrowed]]:
        """The values of earlier answers in it."""
        for slot in self.slots():
            if isinstance(value := self.at(slot), Borrowed):
                yield slot, value

    def renumbered(self, exchanges: Mapping[int, int]) -> "Draft":
        """The draft for a sequence in which the earlier answers have other places."""
        draft = self
        for slot, value in self.borrowed():
            ref = Ref(exchanges[value.ref.exchange], value.ref.path)
            draft = draft.put(slot, msgspec.structs.replace(value, ref=ref))
        return draft

    def of_another(self) -> "Draft":
        """What another client would say in its place: other texts, the same ones alike."""
        draft = self
        for slot in self.slots():
            text = self.at(slot)
            if slot.part in _OWN and isinstance(text, str) and text:
                draft = draft.put(slot, f"{'9' if text.isdecimal() else 'z'}{text}")
        return draft

    def request(self) -> Request:
        """What is sent."""
        references = References()
        plain = references.plain
        converters = self.route.rule.converters
        arguments = {
            name: segment(plain(value), converters.get(name, ""))
            for name, value in self.parts.get("argument", {}).items()
        }
        query = urlencoded(self.parts.get("args", {}), plain)
        target = self.route.path(arguments) + (f"?{query}" if query else "")
        headers = [(name, references.marked(value)) for name, value in self._headers(references)]
        body = self._body(references)
        return Request(
            method=self.method,
            target=references.marked(target),
            headers=tuple(headers),
            body=body.encode("utf-8", "replace"),
            refs=tuple(references.refs),
            route=self.route.name,
        )

    def _body(self, references: References) -> str:
        if self.body == "json":
            return references.marked_json(json_text(self.parts.get("json"), references.plain))
        form = self.parts.get("form", {})
        if self.body == "form":
            return references.marked(urlencoded(form, references.plain))
        if self.body == "files":
            files = self.parts.get("files", {})
            return references.marked(multipart(form, files, references.plain))
        return ""

    def _headers(self, references: References) -> Iterator[tuple[str, str]]:
        if self.body != "none":
            yield "Content-Type", TYPES[self.body]
        plain = references.plain
        for name, value in self.parts.get("headers", {}).items():
            yield str(name), header_text(plain(value))
        if cookies := self.parts.get("cookies"):
            pairs = (f"{name}={cookie_text(plain(value))}" for name, value in cookies.items())
            yield "Cookie", "; ".join(pairs)
        if login := self.parts.get("login"):
            yield "Authorization", basic(login)


def _paths(value: Json) -> Iterator[tuple[Name, ...]]:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, each in items:
            yield (name,)
            yield from ((name, *path) for path in _paths(each))


def _put(whole: Json, path: tuple[Name, ...], value: Json) -> Json:
    if not path:
        return value
    changed = copy.copy(whole)
    changed[path[0]] = _put(changed[path[0]] if len(path) > 1 else None, path[1:], value)
    return changed


def _dropped(whole: Json, path: tuple[Name, ...]) -> Json:
    changed = copy.copy(whole)
    if len(path) == 1:
        del changed[path[0]]
    else:
        changed[path[0]] = _dropped(changed[path[0]], path[1:])
    return changed
