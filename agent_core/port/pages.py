"""What an HTML page offers a client: its links, and its forms with their fields."""

from html.parser import HTMLParser

import msgspec

_UNSENT = frozenset({"submit", "button", "reset", "image"})
_MOST = 20


class Field(msgspec.Struct, frozen=True):
    """A field of a form: its type, the values offered, the one that stands there first.

    `least` is how long a text has to be.
    """

    kind: str = "text"
    values: tuple[str, ...] = ()
    least: int = 0


class Form(msgspec.Struct, frozen=True):
    """A form and its fields by name."""

    method: str
    action: str
    fields: dict[str, Field]

    @property
    def secrets(self) -> frozenset[str]:
        """The fields that take a password."""
        return frozenset(name for name, field in self.fields.items() if field.kind == "password")


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
    forms = tuple(Form(*form) for form in parser.forms[:_MOST])
    return Page(tuple(parser.links)[:_MOST], forms, tuple(sorted(parser.outline)))


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, None] = {}
        self.forms: list[tuple[str, str, dict[str, Field]]] = []
        self.outline: set[str] = set()
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.outline.add(f"{tag}.{given.get('class', '')}")
        if tag == "a" and (link := given.get("href", "")):
            self.links[link] = None
        elif tag == "form":
            self.forms.append((given.get("method", "get").upper(), given.get("action", ""), {}))
        elif tag in {"input", "textarea", "select"} and self.forms:
            self._select = given.get("name", "") if tag == "select" else ""
            if given.get("name") and given.get("type") not in _UNSENT:
                self._field(given["name"], tag, given)
        elif tag == "option" and self._select and self.forms:
            self._field(self._select, "select", given)

    def _field(self, name: str, tag: str, given: dict[str, str]) -> None:
        fields = self.forms[-1][2]
        known = fields.get(name) or Field(
            given.get("type", "text") if tag == "input" else tag,
            least=int(least) if (least := given.get("minlength", "")).isdecimal() else 0,
        )
        more = (given["value"],) if given.get("value") else ()
        fields[name] = msgspec.structs.replace(known, values=known.values + more)
