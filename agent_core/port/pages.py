"""What an HTML page offers a client: its links, and its forms with their fields."""

from html.parser import HTMLParser

import msgspec

_UNSENT = frozenset({"submit", "button", "reset", "image"})
_MOST = 20


class Form(msgspec.Struct, frozen=True):
    """A form; `fields` maps names to the values offered, the one that stands there first."""

    method: str
    action: str
    fields: dict[str, tuple[str, ...]]


class Page(msgspec.Struct, frozen=True):
    """Links and forms of a page, and its outline: every sort of element that occurs in it."""

    links: tuple[str, ...]
    forms: tuple[Form, ...]
    outline: tuple[str, ...]


def read(body: bytes) -> Page:
    """Read a page as far as it is one."""
    parser = _Parser()
    parser.feed(body.decode("utf-8", "replace"))
    parser.close()
    forms = tuple(
        Form(method, action, {name: tuple(values) for name, values in fields.items()})
        for method, action, fields in parser.forms
    )
    return Page(tuple(parser.links)[:_MOST], forms[:_MOST], tuple(sorted(parser.outline)))


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.forms: list[tuple[str, str, dict[str, list[str]]]] = []
        self.outline: set[str] = set()
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.outline.add(f"{tag}.{given.get('class', '')}")
        if tag == "a" and (link := given.get("href", "")):
            self.links[link] = None
        elif tag == "form":
            self.forms.append((given.get("method", "get").upper(), given.get("action", ""), {}))
        elif tag in {"input", "textarea", "select", "option"} and self.forms:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        fields = self.forms[-1][2]
        if tag == "option":
            if self._select:
                fields[self._select].append(given.get("value", ""))
            return
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        if name and given.get("type") not in _UNSENT:
            values = fields.setdefault(name, [])
            if given.get("value"):
                values.append(given["value"])
