"""Values in an HTML page that a later request may need: arguments in links, values of fields."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

_GIVEN = re.compile(
    r"(?<![\w.-])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|[0-9]{1,9})(?![\w-])"
)


def linked(body: bytes, before: str, after: str) -> str:
    """What stands between two texts in the path of the first link that has them around one segment.

    "" if there is no such link.
    """
    for link in _read(body).links:
        path = urlsplit(link).path
        inner = path[len(before) : len(path) - len(after)]
        if path == f"{before}{inner}{after}" and inner and "/" not in inner:
            return unquote(inner)
    return ""


def offered(body: bytes, name: str) -> str:
    """The value of the first field of a name, "" if there is none."""
    return _read(body).values.get(name, "")


def given_in(text: str) -> tuple[re.Match[str], ...]:
    """Whole numbers, UUIDs and other tokens in a text: names that a server has given to things."""
    return tuple(_GIVEN.finditer(text))


def given(body: bytes, place: int) -> str:
    """One of these by its number, "" if there are fewer."""
    found = given_in(body.decode("utf-8", "replace"))
    return found[place][0] if place < len(found) else ""


def _read(body: bytes) -> "_Parser":
    parser = _Parser()
    parser.feed(body.decode("utf-8", "replace"))
    parser.close()
    return parser


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "input" and "name" in given:
            self.values.setdefault(given["name"], given.get("value", ""))
