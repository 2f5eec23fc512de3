"""Text literals: small edits, letter case, separators, near strings of the file and the tests."""

import ast
import re
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.sites import Site

_PREFIX = re.compile(r"^([rRbBuUfF]*)('''|\"\"\"|'|\")")
_MOST = 16
_LONGEST = 400
_SEPARATORS = (" ", ",", ", ", "-", "_", ".", ":", ";", "/", "\\n", "\\t")
_FORMAT = re.compile(r"(?<=\{)[^{}]*(?=\})")


class _Literal:
    """A string literal taken apart: prefix, quotes and the text between as it is written."""

    def __init__(self, text: str) -> None:
        found = _PREFIX.match(text)
        self.good = found is not None and len(text) < _LONGEST
        if found is None:
            return
        self.head = found.group(0)
        self.quote = found.group(2)
        self.inner = text[len(self.head) : len(text) - len(self.quote)]
        # Adjacent literals are one node: what stands between them is no text.
        self.good = self.good and _whole(text, self.head, self.quote)

    def with_inner(self, inner: str) -> str:
        return f"{self.head}{inner}{self.quote}"


def _whole(text: str, head: str, quote: str) -> bool:
    inner = text[len(head) : len(text) - len(quote)]
    bare = inner.replace("\\\\", "").replace(f"\\{quote}", "")
    return text.endswith(quote) and quote not in bare


def _edited(site: Site, node: ast.Constant | ast.JoinedStr) -> Iterator[Change]:
    """Small edits of the text itself."""
    literal = _literal(site, node)
    if literal is None:
        return
    seen = {literal.inner}
    for inner, weight in _small_edits(literal.inner, joined=isinstance(node, ast.JoinedStr)):
        if inner not in seen:
            seen.add(inner)
            yield Change((_whole_edit(site, node, literal.with_inner(inner)),), weight)


def _literal(site: Site, node: ast.Constant | ast.JoinedStr) -> _Literal | None:
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str | bytes):
            return None
        if isinstance(site.source.parents.get(node), ast.JoinedStr | ast.Expr):
            return None
    literal = _Literal(site.text(node))
    return literal if literal.good else None


def _whole_edit(site: Site, node: ast.expr, text: str) -> Any:
    return site.source.edit(*site.source.span(node), text)


def _small_edits(inner: str, *, joined: bool) -> Iterator[tuple[str, float]]:
    plain = "\\" not in inner and "{" not in inner
    for size in (2, 1):
        if len(inner) > 2 * size and inner[:size] == inner[-size:] and "\\" not in inner[:size]:
            yield inner[size:-size], 1.0 if size == 2 else 0.5
    if plain and not joined:
        for text in (inner.lower(), inner.upper(), inner.capitalize(), inner.title()):
            yield text, 0.7
    for text in (inner.strip(), f"{inner} ", f" {inner}", ""):
        yield text, 0.4
    if len(inner) < 2:
        for text in _SEPARATORS:
            yield text, 0.3
    yield f"{inner}\\n", 0.15
    yield inner.removesuffix("\\n"), 0.4
    if 1 < len(inner) <= 24 and plain:
        yield inner[1:], 0.2
        yield inner[:-1], 0.2


def _near_string(site: Site, node: ast.Constant) -> Iterator[Change]:
    """Another string of the file or of the failing tests, the more alike the better."""
    if not isinstance(node.value, str) or _literal(site, node) is None:
        return
    quote = _literal(site, node)
    assert quote is not None  # noqa: S101  (checked two lines above)
    offers: dict[str, float] = {}
    for rank, text in enumerate(site.around.literals.wanted_strings[:60]):
        offers[text] = 0.45 if rank < 12 else 0.3
    for text in site.index.strings:
        offers[text] = max(offers.get(text, 0.0), 0.35)
    scored = [
        (share * likeness(node.value, text), text)
        for text, share in offers.items()
        if text != node.value and len(text) < 60
    ]
    scored.sort(key=lambda item: (-item[0], item[1]))
    for weight, text in scored[:_MOST]:
        if weight > 0.02:
            yield Change((_whole_edit(site, node, _spell(text, quote.quote)),), weight)


def likeness(left: str, right: str) -> float:
    """How alike two short texts are, from 0.1 (unlike) to 2 (differing in case alone)."""
    if left.casefold() == right.casefold():
        return 2.0
    if left.casefold() in right.casefold() or right.casefold() in left.casefold():
        return 0.8 if left and right else 0.3
    if abs(len(left) - len(right)) > 3:
        return 0.15
    common = sum(1 for a, b in zip(left, right, strict=False) if a == b)
    return 0.15 + 0.85 * common / max(len(left), len(right), 1)


def _spell(text: str, quote: str) -> str:
    written = repr(text)
    if quote[0] == '"' and written[0] == "'" and '"' not in text and "\\" not in written:
        return f'"{text}"'
    return written


def _pattern(site: Site, node: ast.Constant) -> Iterator[Change]:
    """Small edits of a regular expression."""
    literal = _literal(site, node)
    if literal is None or not _is_pattern(site, node, literal):
        return
    inner = literal.inner
    offers = {f"^{inner}": 0.5, f"{inner}$": 0.6, f"^{inner}$": 0.5}
    offers[inner.removeprefix("^")] = 0.5
    offers[inner.removesuffix("$")] = 0.5
    for found in re.finditer(r"\\([dDwWsSbB])|(?<=[\w\])])([+*?])|(?<!\\)\.|\{(\d+)", inner):
        for text in _pattern_alternatives(found):
            offers[inner[: found.start()] + text + inner[found.end() :]] = 0.5
    for text, weight in offers.items():
        if text != inner:
            yield Change((_whole_edit(site, node, literal.with_inner(text)),), weight)


def _pattern_alternatives(found: re.Match[str]) -> tuple[str, ...]:
    written = found.group(0)
    if found.group(1):
        return (f"\\{found.group(1).swapcase()}", "\\w" if found.group(1) != "w" else "\\d", ".")
    if found.group(2):
        return tuple(text for text in ("+", "*", "?", "", "+?", "*?") if text != written)
    if found.group(3):
        count = int(found.group(3))
        return (f"{{{count + 1}", f"{{{max(count - 1, 0)}")
    return ("\\.", "[^.]")


def _is_pattern(site: Site, node: ast.Constant, literal: _Literal) -> bool:
    parent = site.source.parents[node]
    called = parent.func if isinstance(parent, ast.Call) else None
    holder = called.value if isinstance(called, ast.Attribute) else None
    if isinstance(holder, ast.Name) and holder.id in {"re", "regex"}:
        return True
    return "r" in literal.head.lower() and bool(set(literal.inner) & set("[]()+*\\^$"))


def _format(site: Site, node: ast.Constant | ast.JoinedStr) -> Iterator[Change]:
    """Format specifications and conversions in f-strings and format texts."""
    literal = _literal(site, node)
    if literal is None or "{" not in literal.inner:
        return
    for found in _FORMAT.finditer(literal.inner):
        for text, weight in _format_edits(found.group(0)):
            inner = literal.inner[: found.start()] + text + literal.inner[found.end() :]
            yield Change((_whole_edit(site, node, literal.with_inner(inner)),), weight)


def _format_edits(field: str) -> Iterator[tuple[str, float]]:
    name, colon, spec = field.partition(":")
    if not colon and "!" not in name:
        for extra in ("!r", "!s", ":.2f", ":d", ":02d"):
            yield f"{name}{extra}", 0.3
        return
    yield name.partition("!")[0], 0.5
    for found in re.finditer(r"\d+", spec):
        for value in (int(found.group(0)) + 1, int(found.group(0)) - 1):
            width = len(found.group(0))
            text = str(max(value, 0)).zfill(width)
            yield f"{name}:{spec[: found.start()]}{text}{spec[found.end() :]}", 0.6
    for old, new in (
        ("<", ">"),
        (">", "<"),
        ("^", "<"),
        ("f", "g"),
        ("d", "x"),
        ("x", "X"),
        (",", ""),
    ):
        if old in spec:
            yield f"{name}:{spec.replace(old, new, 1)}", 0.4


def _percent(site: Site, node: ast.Constant) -> Iterator[Change]:
    literal = _literal(site, node)
    if literal is None or "%" not in literal.inner:
        return
    for found in re.finditer(r"%(?:\.?\d+)?([sdrfx])", literal.inner):
        for kind in "sdrf":
            if kind != found.group(1):
                end = found.end()
                inner = literal.inner[: end - 1] + kind + literal.inner[end:]
                yield Change((_whole_edit(site, node, literal.with_inner(inner)),), 0.5)


FAMILIES: tuple[Family[Any], ...] = (
    Family[ast.Constant | ast.JoinedStr]("text edit", 0.6, (ast.Constant, ast.JoinedStr), _edited),
    Family("near text", 0.5, (ast.Constant,), _near_string),
    Family("pattern edit", 0.5, (ast.Constant,), _pattern),
    Family[ast.Constant | ast.JoinedStr]("format", 0.35, (ast.Constant, ast.JoinedStr), _format),
    Family("percent format", 0.2, (ast.Constant,), _percent),
)
