"""Which of several patches that turn the tests green a person would want, and why."""

import math
import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from editors.textfile import TextFile, split_lines
from runners.patches import Patch, TextEdit

_CALL = re.compile(r"\w\(")
_CONSTANT_BRANCH = re.compile(r"^(not )?\(?(True|False|None|0|1)\)?$")
_COMPARED = re.compile(r"(?:==|!=| is | in )\s*(\S+)")
_CONDITIONS = frozenset(
    {"constant condition", "other condition", "negation", "comparison as truth"}
)
_PER_CHARACTER = 0.2
_LONGEST = 40
"""What each changed character costs a survivor, up to so many: `>=` for `>` beats `x + 1 >`."""
_DELETING = frozenset({"delete statement", "drop condition", "without its block"})


class Ranked(msgspec.Struct, frozen=True):
    """A patch with its final score (higher is better) and what spoke against it."""

    patch: Patch
    score: float
    reasons: tuple[str, ...] = ()


class _Source:
    """A file's text, cut where an edit says in bytes of the file as it is stored."""

    def __init__(self, file: TextFile) -> None:
        self._stored = file.text.encode(file.encoding)
        self._encoding = file.encoding
        self._mark = len(file.bom)

    def old(self, edit: TextEdit) -> str:
        """What the edit replaces."""
        return self._text(edit.start, edit.end)

    def before(self, edit: TextEdit) -> str:
        """Everything up to the edit."""
        return self._text(self._mark, edit.start)

    def after(self, edit: TextEdit) -> str:
        """Everything behind it."""
        return self._text(edit.end, self._mark + len(self._stored))

    def _text(self, start: int, end: int) -> str:
        return self._stored[start - self._mark : end - self._mark].decode(self._encoding)


def rank_survivors(
    survivors: Sequence[Patch], files: Mapping[str, TextFile], literals: Collection[str] = ()
) -> tuple[Ranked, ...]:
    """Order patches that all pass, best first.

    From the search score are taken the size of the edit and what makes a patch suspect: a
    caught exception, a dropped call or statement, a disabled branch, a literal of the tests
    as special case, code that repeats its neighbour.
    """
    sources = {path: _Source(file) for path, file in files.items()}
    known = frozenset(literals) - {"0", "1", "None", "True", "False", "''", "[]"}
    ranked = [_judge(patch, sources, known) for patch in survivors]
    ranked.sort(key=lambda r: (-round(r.score, 6), _size(r.patch, sources), r.patch.id))
    return tuple(ranked)


def _judge(patch: Patch, sources: Mapping[str, _Source], literals: frozenset[str]) -> Ranked:
    score = patch.score - _PER_CHARACTER * min(_size(patch, sources), _LONGEST)
    reasons = []
    for factor, reason in _objections(patch, sources, literals):
        score += math.log(factor)
        reasons.append(reason)
    return Ranked(patch, score, tuple(reasons))


def _objections(
    patch: Patch, sources: Mapping[str, _Source], literals: frozenset[str]
) -> list[tuple[float, str]]:
    old = " ".join(sources[edit.file].old(edit) for edit in patch.edits)
    new = " ".join(edit.text for edit in patch.edits)
    found = []
    if "except" in new and "except" not in old:
        found.append((0.03, "hides an error behind try/except"))
    if len(_CALL.findall(new)) < len(_CALL.findall(old)):
        found.append((0.4, "drops a call"))
    if patch.family in _CONDITIONS and any(_CONSTANT_BRANCH.match(e.text) for e in patch.edits):
        found.append((0.1, "disables a branch"))
    if patch.family in _DELETING or not new.strip():
        found.append((0.35, "removes code"))
    if _special_case(old, new, literals) or patch.family == "expected value":
        found.append((0.15, "treats a value of the tests as a special case"))
    if any(_repeats(edit, sources[edit.file]) for edit in patch.edits):
        found.append((0.4, "repeats the line beside it"))
    if patch.family == "guard" and re.search(r"return\s*(None|0|\[\]|False|True|\"\")?\s*$", new):
        found.append((0.6, "returns early with a fixed value"))
    return found


def _special_case(old: str, new: str, literals: frozenset[str]) -> bool:
    return any(
        word.rstrip(":,)") in literals and word not in old for word in _COMPARED.findall(new)
    )


def _repeats(edit: TextEdit, source: _Source) -> bool:
    text = edit.text.strip()
    if edit.start != edit.end or ("=" not in text and "(" not in text):
        return False
    before = split_lines(source.before(edit))[-1:]
    after = split_lines(source.after(edit))[:1]
    return text in {line.strip() for line in (*before, *after)}


def _size(patch: Patch, sources: Mapping[str, _Source]) -> int:
    """Characters taken out and put in, without what both have in common at the ends."""
    return sum(_changed(sources[edit.file].old(edit), edit.text) for edit in patch.edits)


def _changed(old: str, new: str) -> int:
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return len(old) + len(new) - 2 * (head + tail)
