"""Compose a request that the original may well accept, from what is mined, found and learned."""

import random
import re
from collections.abc import Iterator

import msgspec

from agent_core.port.drafts import Body, Draft
from agent_core.port.encoding import Borrowed, Upload
from agent_core.port.lessons import Lessons, Operation
from agent_core.port.mining import Mined
from agent_core.port.pages import Field
from agent_core.port.pools import Json
from agent_core.port.reads import Hint, Name, Origin, Read, Scalar, Source
from agent_core.port.routes import choices
from agent_core.port.values import Values
from agent_core.port.walks import READS, Choice, Find, Seen, Walk
from runners.http_replay.exchange import Ref

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBERS = {"int": re.compile(r"[0-9]+"), "float": re.compile(r"[0-9]+\.[0-9]+")}
_BODIES = frozenset({"POST", "PUT", "PATCH"})
_OTHERS_HEADERS = frozenset({"host", "content-type", "content-length", "cookie", "connection"})
_BEARER = "Bearer "
_FALLBACK = {"float": "1.5"}
_OFTEN = 0.9
_UNTICKED = 0.4
_FIRST_ONES = 0.3
"""How often a number in a path is one of those that are given first."""
_SAME_AGAIN = 0.3
_OFFERED = {"text": 0.4, "textarea": 0.4}
"""How often a field keeps the value that it has, where a client can write another."""
_SAID: frozenset[Source] = frozenset({"json", "form", "login"})
"""The parts of a request that say something of the client's own."""
_HINTS: dict[str, Hint] = {
    "email": Hint("kind", "email"),
    "url": Hint("kind", "url"),
    "number": Hint("kind", "int"),
    "range": Hint("kind", "int"),
    "date": Hint("format", "%Y-%m-%d"),
    "time": Hint("format", "%H:%M"),
    "datetime-local": Hint("format", "%Y-%m-%dT%H:%M"),
    "month": Hint("format", "%Y-%m"),
}
"""What the type of a field tells of its value."""


class Kit(msgspec.Struct, frozen=True):
    """What composing needs."""

    rng: random.Random
    mined: Mined
    values: Values
    lessons: Lessons


def compose(kit: Kit, operation: Operation, walk: Walk) -> tuple[Draft, list[Choice]]:
    """A draft for the next request of a walk, and the choices that went into it."""
    composing = _Composing(kit, operation, walk)
    return composing.draft(), composing.choices


class _Composing:
    """One draft while it is made; `choices` are those made so far."""

    def __init__(self, kit: Kit, operation: Operation, walk: Walk) -> None:
        self.choices: list[Choice] = []
        self._kit = kit
        self._rng = kit.rng
        self._operation = operation
        self._walk = walk
        self._again: dict[str, Json] = {}

    def draft(self) -> Draft:
        """Choose everything."""
        rule = self._operation.route.rule
        parts: dict[Source, Json] = {
            "argument": {name: self._argument(name, kind) for name, kind in rule.converters.items()}
        }
        self._say_again()
        body = self._body(parts)
        for source in ("args", "headers", "cookies", "login"):
            if fields := self._fields(source):
                parts[source] = fields
        return Draft(self._operation.route, self._operation.method, parts, body)

    def _choose(self, what: str, options: dict[str, float]) -> str:
        """Choose by what was learned of this operation."""
        key = self._operation.key
        own: dict[Choice, float] = {(*key, what, option): p for option, p in options.items()}
        choice = self._kit.lessons.pick(own)
        self.choices.append(choice)
        return str(choice[-1])

    def _argument(self, name: str, converter: str) -> Json:
        finds = {
            trail: fitting
            for trail, found in self._walk.finds.items()
            if (fitting := [find for find in found if _fits(find.value, converter)])
        }
        options = {trail: _likeness(name, found[0]) for trail, found in finds.items()}
        trail = self._choose(f"argument {name}", options | {"own": 0.5})
        if trail == "own":
            return self._own_argument(name, converter)
        return self._rng.choice(finds[trail]).use()

    def _own_argument(self, name: str, converter: str) -> Json:
        mined, route = self._kit.mined, self._operation.route
        if route.is_static and mined.static:
            return self._rng.choice(mined.static)
        reads = self._operation.reads
        own = next((read for read in self._reads("argument") if read.origin.path == (name,)), None)
        if own and (named := [v for v in own.all("constant") if _fits(v, converter)]):
            near = [v + step for v in named if isinstance(v, int) for step in (-1, 1)]
            if self._rng.random() < _OFTEN:
                return self._rng.choice([*named, *(v for v in near if _fits(v, converter))])
        if converter == "int" and self._rng.random() < _FIRST_ONES:
            return self._rng.choice((0, 1, 1, 2, 3))
        known = [*choices(converter), *mined.samples.get(name, ()), *mined.identifiers]
        known += [*reads.numbers, *reads.strings] if self._rng.random() < 0.4 else []
        fitting: list[Scalar] = [value for value in known if _fits(value, converter)]
        made = {"int": "int", "float": "float", "uuid": "uuid"}.get(converter, "str")
        if fitting and (converter.startswith("any(") or self._rng.random() < 0.7):
            return self._rng.choice(fitting)
        value = self._kit.values.healthy(_bare("args", name), made, reads)
        return value if _fits(value, converter) else _FALLBACK.get(converter, "0")

    def _say_again(self) -> None:
        """Choose whether to say what an earlier request said, and which: a login says again."""
        names = {str(r.origin.path[0]) for source in _SAID for r in self._reads(source)}
        names |= {name for seen in self._forms() for name in seen.form.fields}
        here = f"{self._operation.method} {self._operation.route.name}"
        options = {
            trail: _SAME_AGAIN if trail == here else 1.0
            for trail, records in self._walk.records.items()
            if not names.isdisjoint(records[-1])
        }
        if options and (trail := self._choose("said by", {"nobody": 1.0} | options)) != "nobody":
            self._again = self._rng.choice(self._walk.records[trail])

    def _body(self, parts: dict[Source, Json]) -> Body:
        """Choose the sort of body, and fill it."""
        forms = self._forms()
        options = self._body_kinds() | ({"page": 1.0} if forms else {})
        if not options and self._operation.method in _BODIES:
            options = {"none": 1.0, "json": 1.0}
        kind = self._choose("body", options) if options else "none"
        if kind == "page":
            return self._page_form(self._rng.choice(forms), parts)
        if kind == "json":
            parts["json"] = self._fields("json") or self._samples()
            return "json"
        if kind == "none":
            return "none"
        parts["form"] = self._fields("form")
        if kind == "form":
            return "form"
        parts["files"] = {
            name: Upload(f"{self._rng.choice(('a', 'b b', 'ü'))}.txt", str(text))
            for name, text in self._fields("files").items()
        }
        return "files"

    def _body_kinds(self) -> dict[str, float]:
        """The sorts of body that the view reads; a form with files is one sort."""
        sources = self._operation.sources()
        writes_too = any(method not in READS for method in self._operation.route.methods)
        if writes_too and not self._operation.writes and self._rng.random() < _OFTEN:
            return {}  # the view reads a body when it is asked to write
        kinds = {"json": 1.0} if "json" in sources else {}
        if "files" in sources:
            return kinds | {"files": 1.0}
        return kinds | ({"form": 1.0} if "form" in sources else {})

    def _forms(self) -> list[Seen]:
        """The forms seen on this walk that lead here."""
        return self._walk.form_for(self._operation.route, self._operation.method)

    def _page_form(self, seen: Seen, parts: dict[Source, Json]) -> Body:
        """A form filled in as a client would: fields for passwords alike, hidden ones as they are.

        A box may be left out.
        """
        known = {read.origin.path: read for read in self._reads("form")}
        filled: dict[str, Json] = {}
        files: dict[str, Json] = {}
        secret: Json = None
        for name, field in seen.form.fields.items():
            read = _hinted(known.get((name,), _bare("form", name)), field)
            if field.kind == "file":
                files[name] = Upload("a.txt", self._heard(name))
            elif field.kind == "checkbox" and self._rng.random() < _UNTICKED:
                continue
            elif field.kind == "password" and secret is not None and self._rng.random() < _OFTEN:
                filled[name] = secret
            else:
                filled[name] = self._filled(name, field, read, seen)
                secret = filled[name] if field.kind == "password" else secret
        parts["form"] = filled
        if files:
            parts["files"] = files
        return "files" if files else "form"

    def _filled(self, name: str, field: Field, read: Read, seen: Seen) -> Json:
        """A value for one field."""
        if field.kind == "hidden":
            value = next(iter(field.values), "")
            ref = Ref(seen.exchange, ("field", name))
            return value if value.isdecimal() or not value else Borrowed(ref, value)
        if name in self._again and self._rng.random() < _OFTEN:
            return self._again[name]
        offered = field.values or (("on",) if field.kind == "checkbox" else ())
        if offered and self._rng.random() < _OFFERED.get(field.kind, _OFTEN):
            return self._rng.choice(offered)
        value = self._value(read, {})
        if isinstance(value, str) and len(value) < field.least and self._rng.random() < _OFTEN:
            value += self._kit.values.long_text(field.least - len(value))
        return value

    def _samples(self) -> Json:
        """An object of keys that the sources have, for a view that takes a body as a whole."""
        samples = self._kit.mined.samples
        keys = [key for key, values in samples.items() if values]
        chosen = self._rng.sample(keys, min(len(keys), self._rng.randint(0, 4)))
        return {key: self._rng.choice(samples[key]) for key in chosen}

    def _reads(self, source: Source) -> Iterator[Read]:
        for read in self._operation.reads.reads:
            if read.origin.source == source and read.origin.path:
                yield read

    def _fields(self, source: Source) -> dict[str, Json]:
        """All that a view reads of one part of the request, or some of it."""
        below: dict[tuple[Name, ...], Read] = {r.origin.path: r for r in self._reads(source)}
        fields: dict[str, Json] = {}
        for path, read in below.items():
            name = str(path[0])
            if (len(path) > 1 and (path[0],) in below) or name in fields or path[0] == 0:
                continue
            if source == "headers" and name.lower() in _OTHERS_HEADERS:
                continue
            first = below.get((path[0],), read)
            if self._wanted(source, name, first):
                inner = {
                    each[1:]: r for each, r in below.items() if each[0] == path[0] and each[1:]
                }
                fields[name] = self._value(first, inner)
        return fields

    def _wanted(self, source: Source, name: str, read: Read) -> bool:
        prior = 0.4 if read.all("optional") else 0.05
        return self._choose(f"{source} {name} there", {"yes": 1 - prior, "no": prior}) == "yes"

    def _value(self, read: Read, inner: dict[tuple[Name, ...], Read]) -> Json:
        """A value for a read; `inner` are the reads within it, by the way to them."""
        # Elsewhere than in JSON there are texts, and lists of them.
        structured = read.origin.source == "json" or all(path == (0,) for path in inner)
        if inner and structured and not self._is_text(read, inner):
            return self._nested(inner)
        said, name = self._walk.said, str(read.origin.path[-1])
        known = self._again if read.origin.source in _SAID else {}
        if name in known and self._rng.random() < _OFTEN:
            return known[name]
        twin = next((twin for twin in read.words("same") if twin in said), "")
        if twin and self._rng.random() < _OFTEN:
            return said[twin]
        return self._chosen(read, name)

    def _is_text(self, read: Read, inner: dict[tuple[Name, ...], Read]) -> bool:
        """Whether to send a text where the code goes through items, as it can through letters."""
        if list(inner) != [(0,)] or "str" not in read.words("kind"):
            return False
        way = "/".join(map(str, read.origin.path))
        return self._choose(f"{read.origin.source} {way} as", {"text": 1.0, "list": 0.5}) == "text"

    def _chosen(self, read: Read, name: str) -> Json:
        """A value from where it was learned that one is found."""
        said = self._walk.said
        way = f"{read.origin.source} {'/'.join(map(str, read.origin.path))}"
        choice = self._choose(f"{way} from", self._origins(read, name))
        if choice == "said":
            return said[name]
        if choice == "heard":
            return self._heard(str(self._rng.choice(list(said.values()))))
        if choice != "new":
            return self._rng.choice(self._walk.finds[choice]).use(_scheme(read))
        value = self._new(read, way)
        if read.origin.source in _SAID:
            said.setdefault(name, value)
        return value

    def _origins(self, read: Read, name: str) -> dict[str, float]:
        """Where a value may come from: a find, what was said before, or nowhere."""
        said, source = self._walk.said, read.origin.source
        options = {"new": 3.0} | ({"said": 2.0} if name in said else {})
        options |= {"heard": 1.0} if source == "args" and said else {}
        unknown = not read.all("kind") and not read.all("constant")
        for trail, found in self._walk.finds.items():
            if (likeness := _likeness(name, found[0])) > 1:
                options[trail] = likeness - 1
            elif unknown or source == "headers":
                options[trail] = 0.1
        return options

    def _new(self, read: Read, way: str) -> Json:
        """A value that nothing before has shown, or several where the view takes several."""
        kinds = self._kit.values.kinds(read)
        kind = self._choose(f"{way} kind", {k: 1 / (1 + place) for place, k in enumerate(kinds)})
        several = "repeated" in read.words("kind") and self._rng.random() < 0.5
        values = [
            self._kit.values.healthy(read, kind, self._operation.reads)
            for _ in range(2 if several else 1)
        ]
        return values if several else values[0]

    def _heard(self, text: str) -> str:
        """What a client would search for to find a text again."""
        words = text.split() or [""]
        inner = words[-1][1:] or words[-1]
        return self._rng.choice((text, self._rng.choice(words), inner, " ".join(reversed(words))))

    def _nested(self, inner: dict[tuple[Name, ...], Read]) -> Json:
        """An object or a list that holds what is read within it."""
        names = list(dict.fromkeys(path[0] for path in inner))

        def under(name: Name) -> Json:
            below = {path[1:]: read for path, read in inner.items() if path[0] == name and path[1:]}
            own = inner.get((name,)) or next(
                read for path, read in inner.items() if path[0] == name
            )
            return self._value(own, below)

        if names == [0]:
            return [under(0) for _ in range(self._rng.randint(1, 3))]
        return {str(name): under(name) for name in names if name != 0}


def _bare(source: Source, name: str) -> Read:
    return Read(Origin(source, (name,)))


def _hinted(read: Read, field: Field) -> Read:
    """What the code says of a value, and what the field tells."""
    hints = (_HINTS[field.kind],) if field.kind in _HINTS else ()
    return Read(read.origin, (*read.hints, *hints))


def _scheme(read: Read) -> str:
    """What stands before a token in the header for it."""
    if read.origin.source != "headers":
        return ""
    spaced = [part for part in read.words("part") if part.endswith(" ")]
    return next(iter(spaced), _BEARER if read.origin.path == ("Authorization",) else "")


def _likeness(name: str, find: Find) -> float:
    """How much a find's name speaks for it: 3 if it is the end of the wanted one, else 1."""
    return 3.0 if find.name and name.lower().endswith(find.name.lower()) else 1.0


def _fits(value: Scalar, converter: str) -> bool:
    """Whether a converter takes a value."""
    text = str(value)
    if converter in _NUMBERS:
        return bool(_NUMBERS[converter].fullmatch(text))
    if converter == "uuid":
        return bool(_UUID.fullmatch(text))
    if converter.startswith("any("):
        return text in choices(converter)
    return bool(text) and (converter == "path" or "/" not in text)
