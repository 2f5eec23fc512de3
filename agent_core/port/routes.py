"""The rules of a Flask app as patterns: paths made from arguments, and arguments from paths."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

import msgspec

from runners.http_replay.app import AppFacts, Rule

_ARGUMENT = re.compile(r"<(?:(?P<converter>[A-Za-z_]\w*)(?:\([^>]*\))?:)?(?P<name>[A-Za-z_]\w*)>")
_SHAPES = {
    "int": r"\d+",
    "float": r"\d+\.\d+",
    "path": r"[^/].*?",
    "uuid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
}
_UNASKED = frozenset({"HEAD", "OPTIONS"})
_SAFE = "~!$'()*+,;=:@"
STATIC = "static"


class Route(msgspec.Struct, frozen=True):
    """A rule, and the pattern that its paths match."""

    rule: Rule
    pattern: re.Pattern[str]

    @property
    def name(self) -> str:
        """The rule as the app has it."""
        return self.rule.rule

    @property
    def methods(self) -> tuple[str, ...]:
        """What it is asked with; HEAD and OPTIONS come by themselves."""
        asked = tuple(method for method in self.rule.methods if method not in _UNASKED)
        return asked or self.rule.methods[:1]

    @property
    def is_static(self) -> bool:
        """Whether it gives out files of the project as they are."""
        return self.rule.endpoint.rpartition(".")[2] == STATIC and self.rule.function is None

    def path(self, arguments: Mapping[str, str]) -> str:
        """The path for arguments that are quoted already."""
        return _ARGUMENT.sub(lambda found: arguments[found["name"]], self.name)

    def arguments(self, path: str) -> dict[str, str] | None:
        """The arguments in a path; None if it is not one of this rule's."""
        found = self.pattern.fullmatch(path)
        return {k: unquote(v) for k, v in found.groupdict().items()} if found else None


def routes_of(facts: AppFacts) -> tuple[Route, ...]:
    """The rules of an app, one each, in the order of its map."""
    return tuple(Route(rule, _pattern(rule)) for rule in facts.rules if rule.rule.startswith("/"))


def _pattern(rule: Rule) -> re.Pattern[str]:
    parts, end = [], 0
    for found in _ARGUMENT.finditer(rule.rule):
        shape = _SHAPES.get(rule.converters.get(found["name"], ""), r"[^/]+")
        parts += [re.escape(rule.rule[end : found.start()]), f"(?P<{found['name']}>{shape})"]
        end = found.end()
    return re.compile("".join(parts) + re.escape(rule.rule[end:]))


def segment(value: object, converter: str) -> str:
    """A value as it stands in a path."""
    return quote(str(value), safe=f"{_SAFE}/" if converter == "path" else _SAFE)


def choices(converter: str) -> tuple[str, ...]:
    """What an "any(a,b)" converter takes."""
    if not converter.startswith("any("):
        return ()
    return tuple(each.strip(" '\"") for each in converter[4:-1].split(","))


def matching(
    routes: tuple[Route, ...], method: str, path: str
) -> tuple[Route, dict[str, str]] | None:
    """The route that answers a path, literal ones first, and its arguments."""
    for route in sorted(routes, key=lambda each: len(each.rule.converters)):
        arguments = route.arguments(path)
        if arguments is not None and method in route.rule.methods:
            return route, arguments
    return None
