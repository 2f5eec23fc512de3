"""Each kind of fault is answered by the patch that undoes it."""

import textwrap

import pytest

from runners.observations import Observations
from runners.reports import Failure
from tests.agent_core.repair.samples import applied, patches_for

# The body of a function `f(self, a, b, items)`: as it is, and as it should be.
FAULTS = [
    ("comparison", "return a < b", "return a <= b"),
    ("comparison to any other", "return a >= b", "return a in b"),
    ("boundary", "return len(a) == 0", "return len(a) <= 1"),
    ("compared the other way", "return items[a] < items[b]", "return items[b] < items[a]"),
    ("and/or", "return a and b", "return a or b"),
    ("negation", "if a:\n    return 1", "if not a:\n    return 1"),
    ("negation removed", "if not a:\n    return 1", "if a:\n    return 1"),
    ("None test", "if a:\n    return 1", "if a is not None:\n    return 1"),
    ("condition left out", "if a.x is None:\n    return 1", "if a is None or a.x is None:\n    return 1"),
    ("fixed truth", "while True:\n    a()", "while items:\n    a()"),
    ("operator", "return a / b", "return a // b"),
    ("augmented operator", "a += b", "a -= b"),
    ("assigned, not added", "a = b", "a += b"),
    ("off by one", "return a(b)", "return a(b + 1)"),
    ("operand too many", "return 1 + a", "return a"),
    ("swapped operands", "return a - b", "return b - a"),
    ("grouping", "return a + b * 2", "return (a + b) * 2"),
    ("sign", "return -a", "return a"),
    ("number", "return 7", "return 6"),
    ("truth value", "return a(True)", "return a(False)"),
    ("decorated text", "return 'XXtotalXX'", "return 'total'"),
    ("letter case", "return 'TOTAL'", "return 'total'"),
    ("None for an empty text", 'a = ""', "a = None"),
    ("value lost in an assignment", "a = None\n    return b.keys()", "a = b.keys()\n    return b.keys()"),
    ("argument lost", "return items(None, b)", "return items(a, b)"),
    ("argument dropped", "return items(b)", "return items(a, b)"),
    ("arguments swapped", "return items(a, b)", "return items(b, a)"),
    ("argument too many", "return items(a, b)", "return items(a)"),
    ("keyword misspelt", "return dict(aXX=1)", "return dict(a=1)"),
    ("order", "return sorted(items)", "return sorted(items, reverse=True)"),
    ("variable", "return a", "return b"),
    ("sibling", "return min(a, b)", "return max(a, b)"),
    ("sibling method", "return a.lstrip()", "return a.rstrip()"),
    ("not called", "return a.strip", "return a.strip()"),
    ("copy", "b = items", "b = items.copy()"),
    ("first instead of all", "return items", "return items[1:]"),
    ("slice bound", "return items[a:]", "return items[:a]"),
    ("indices", "return items[a][b]", "return items[b][a]"),
    ("range", "for i in range(a):\n    b(i)", "for i in range(a + 1):\n    b(i)"),
    ("nothing to loop over", "for i in []:\n    b(i)", "for i in items:\n    b(i)"),
    ("lookup", "return items[a]", "return items.get(a)"),
    ("choice", "return a / b", "return a / b if b else 0"),
    ("choice the other way", "return (a if self else b)", "return (b if self else a)"),
    ("guard", "return a", "if a is None:\n        return 0\n    return a"),
    ("deleted", "a()\n    return b", "return b"),
    ("forgotten update", "for i in items:\n    a = i", "for i in items:\n    a = i\n        b = a"),
    ("break", "for i in items:\n    break", "for i in items:\n    continue"),
    ("return lost", "a.b(items)", "return a.b(items)"),
    ("yield", "yield a", "yield from a"),
    ("if for while", "if a:\n    b()", "while a:\n    b()"),
    ("lambda", "return lambda p: None", "return lambda p: p"),
    ("update for assignment", "items.update(a)", "items = a"),
]  # fmt: skip


def function(body: str) -> str:
    return "def f(self, a, b, items):\n" + textwrap.indent(body.replace("\n    ", "\n"), "    ") + "\n"


def body(text: str) -> str:
    """The body as a function; deeper lines are written with one level more than they show."""
    lines = text.split("\n")
    return "def f(self, a, b, items):\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(("name", "wrong", "right"), FAULTS, ids=[f[0] for f in FAULTS])
def test_the_fault_is_undone(name: str, wrong: str, right: str) -> None:
    def layout(text: str) -> str:
        first, _, rest = text.partition("\n")
        return f"def f(self, a, b, items):\n    {first}\n{_indented(first, rest)}"

    text = layout(wrong)
    assert layout(right) in [applied(text, patch) for patch in patches_for(text).patches], name


def _indented(first: str, rest: str) -> str:
    if not rest:
        return ""
    deeper = "    " if first.endswith(":") else ""
    return "".join(
        f"{line if line.startswith('    ') and not deeper else f'    {line}'}\n"
        for line in rest.split("\n")
    )
