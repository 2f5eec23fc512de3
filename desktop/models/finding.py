"""Finding text in text, with or without regular expressions, and what replaces it."""

import re
from typing import Final

import msgspec
from PySide6.QtCore import QRegularExpression, QRegularExpressionMatch

MOST_HITS: Final = 5_000

_GROUP = re.compile(r"\\(\d)|\$(\d)|\\([nt\\$])")
_ESCAPES: Final = {"n": "\n", "t": "\t", "\\": "\\", "$": "$"}
_Option = QRegularExpression.PatternOption


class Query(msgspec.Struct, frozen=True):
    """What is looked for."""

    wanted: str
    regex: bool = False
    case: bool = False


class Found(msgspec.Struct, frozen=True):
    """Hits as [start:end] in UTF-16 units; `more` where there were too many to list.

    problem: why the expression cannot be used, "" if it can.
    """

    hits: tuple[tuple[int, int], ...] = ()
    more: bool = False
    problem: str = ""


def find(text: str, query: Query) -> Found:
    """All hits in a text whose lines end in "\\n". An expression that takes too long gives up."""
    if not query.wanted:
        return Found()
    expression = _expression(query)
    if not expression.isValid():
        return Found(problem=expression.errorString())
    hits: list[tuple[int, int]] = []
    matches = expression.globalMatch(text)
    while matches.hasNext():
        match = matches.next()
        if len(hits) == MOST_HITS:
            return Found(tuple(hits), more=True)
        if match.capturedLength():
            hits.append((match.capturedStart(), match.capturedEnd()))
    return Found(tuple(hits))


def replacement(text: str, query: Query, hit: tuple[int, int], by: str) -> str:
    """What stands in place of a hit; "\\1" and "$1" are groups of a regular expression."""
    if not query.regex:
        return by
    match = _expression(query).match(text, hit[0])
    return _GROUP.sub(lambda found: _expanded(found, match), by)


def _expression(query: Query) -> QRegularExpression:
    pattern = query.wanted if query.regex else QRegularExpression.escape(query.wanted)
    options = _Option.MultilineOption | _Option.UseUnicodePropertiesOption
    if not query.case:
        options |= _Option.CaseInsensitiveOption
    return QRegularExpression(pattern, options)


def _expanded(found: re.Match[str], match: QRegularExpressionMatch) -> str:
    if found[3]:
        return _ESCAPES[found[3]]
    return match.captured(int(found[1] or found[2]))
