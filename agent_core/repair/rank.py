"""Which of several patches that turn the tests green a person would want, and why."""

import math
import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

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


def rank_survivors(
    survivors: Sequence[Patch], sources: Mapping[str, str], literals: Collection[str] = ()
) -> tuple[Ranked, ...]:
    """Order patches that all pass, best first.

    From the search score are taken the size of the edit and what makes a patch suspect: a
    caught exception, a dropped call or statement, a disabled branch, a literal of the tests
    as special case, code that repeats its neighbour.
    """
    data = {file: text.encode("utf-8", "surrogatepass") for file, text in sources.items()}
    known = frozenset(literals) - {"0", "1", "None", "True", "False", "''", "[]"}
    ranked = [_judge(patch, data, known) for patch in survivors]
    ranked.sort(key=lambda r: (-round(r.score, 6), _size(r.patch, data), r.patch.id))
    return tuple(ranked)


def _judge(patch: Patch, data: Mapping[str, bytes], literals: frozenset[str]) -> Ranked:
    score = patch.score - _PER_CHARACTER * min(_size(patch, data), _LONGEST)
    reasons = []
    for factor, reason in _objections(patch, data, literals):
        score += math.log(factor)
        reasons.append(reason)
    return Ranked(patch, score, tuple(reasons))


def _objections(
    patch: Patch, data: Mapping[str, bytes], literals: frozenset[str]
) -> list[tuple[float, str]]:
    old = " ".join(_old(edit, data) for edit in patch.edits)
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
    if any(_repeats(edit, data) for edit in patch.edits):
        found.append((0.4, "repeats the line beside it"))
    if patch.family == "guard" and re.search(r"return\s*(None|0|\[\]|False|True|\"\")?\s*$", new):
        found.append((0.6, "returns early with a fixed value"))
    return found


def _special_case(old: str, new: str, literals: frozenset[str]) -> bool:
    return any(
        word.rstrip(":,)") in literals and word not in old for word in _COMPARED.findall(new)
    )


def _repeats(edit: TextEdit, data: Mapping[str, bytes]) -> bool:
    text = edit.text.strip().encode("utf-8", "surrogatepass")
    if edit.start != edit.end or (b"=" not in text and b"(" not in text):
        return False
    source = data[edit.file]
    before = source[: edit.start].splitlines()[-1:]
    after = source[edit.start :].splitlines()[:1]
    return text in {line.strip() for line in (*before, *after)}


def _old(edit: TextEdit, data: Mapping[str, bytes]) -> str:
    return data[edit.file][edit.start : edit.end].decode("utf-8", "replace")


def _size(patch: Patch, data: Mapping[str, bytes]) -> int:
    """Characters taken out and put in, without what both have in common at the ends."""
    return sum(_changed(_old(edit, data), edit.text) for edit in patch.edits)


def _changed(old: str, new: str) -> int:
    shortest = min(len(old), len(new))
    head = 0
    while head < shortest and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < shortest - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return len(old) + len(new) - 2 * (head + tail)
