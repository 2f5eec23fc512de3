"""Each kind of fault is answered by the patch that undoes it."""

import pytest

from runners.observations import Observations
from runners.reports import Failure
from tests.agent_core.repair.samples import applied, patches_for

# The body of a function `f(self, a, b, items)`: as it is, and as it should be.
FAULTS = [
    ("comparison", "return a < b", "return a <= b"),
    ("comparison to any other", "return a >= b", "return a in b"),
    ("comparison with a text", "return a > 'P'", "return a == 'P'"),
    ("negated operand", "if (not (a < (not b))):\n    a()", "if (a >= (not b)):\n    a()"),
    ("boundary", "return len(a) == 0", "return len(a) <= 1"),
    ("compared the other way", "return items[a] < items[b]", "return items[b] < items[a]"),
    ("and/or", "return a and b", "return a or b"),
    ("negation", "if a:\n    return 1", "if not a:\n    return 1"),
    ("negation removed", "if not a:\n    return 1", "if a:\n    return 1"),
    ("None test", "if a:\n    return 1", "if a is not None:\n    return 1"),
    ("condition left out", "if a.x:\n    return 1", "if not a or a.x:\n    return 1"),
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
    ("value lost in an assignment", "a = None\nreturn b.keys()", "a = b.keys()\nreturn b.keys()"),
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
    ("guard", "return a", "if a is None:\n    return 0\nreturn a"),
    ("deleted", "a()\nreturn b", "return b"),
    ("forgotten update", "for i in items:\n    a = i", "for i in items:\n    a = i\n    b = a"),
    ("break", "for i in items:\n    break", "for i in items:\n    continue"),
    ("return lost", "a.b(items)", "return a.b(items)"),
    ("yield", "yield a", "yield from a"),
    ("if for while", "if a:\n    b()", "while a:\n    b()"),
    ("lambda", "return lambda p: None", "return lambda p: p"),
    ("update for assignment", "items.update(a)", "items = a"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "wrong", "right"), FAULTS, ids=[f[0] for f in FAULTS])
def test_the_fault_is_undone(name: str, wrong: str, right: str) -> None:
    text = function(wrong)
    assert function(right) in [applied(text, patch) for patch in patches_for(text).patches], name


def test_a_lost_decorator_comes_back() -> None:
    text = "class C:\n    def f(self):\n        return 1\n"
    fixed = "class C:\n    @property\n    def f(self):\n        return 1\n"
    assert fixed in [applied(text, patch) for patch in patches_for(text).patches]


def test_a_loop_over_nothing_goes_over_what_nobody_reads() -> None:
    text = (
        "class C:\n    def __init__(self):\n        self.first = []\n        self.last = []\n\n"
        "    def f(self, a):\n        for hook in self.first:\n            hook(a)\n"
        "        for hook in []:\n            hook(a)\n"
    )
    fixed = text.replace("in []:", "in self.last:")
    found = patches_for(text, at=9, families=("iterable",)).patches
    assert applied(text, found[0]) == fixed


def test_a_constant_that_a_suspicious_line_reads_is_suspected() -> None:
    text = "LIMIT = 11\n\n\ndef f(a):\n    return a < LIMIT\n"
    fixed = text.replace("11", "10")
    assert fixed in [applied(text, patch) for patch in patches_for(text, at=5).patches]


def test_a_default_shared_between_calls_is_made_anew() -> None:
    text = "def f(a, found=[]):\n    found.append(a)\n    return found\n"
    fixed = (
        "def f(a, found=None):\n    if found is None:\n        found = []\n"
        "    found.append(a)\n    return found\n"
    )
    assert fixed in [applied(text, patch) for patch in patches_for(text, at=2).patches]


def test_another_exception_is_caught() -> None:
    text = "def f(a):\n    try:\n        a()\n    except OddError:\n        pass\n"
    failure = Failure(phase="call", exception="KeyError", message="'x'")
    found = patches_for(text, failures=(failure,)).patches
    assert text.replace("OddError", "KeyError") in [applied(text, patch) for patch in found]


def test_a_misspelt_name_is_the_first_thing_tried() -> None:
    text = "def f(amount):\n    return amonut + 1\n"
    failure = Failure(phase="call", exception="NameError", message="name 'amonut' is not defined")
    best = patches_for(text, failures=(failure,)).patches[0]
    assert applied(text, best) == text.replace("amonut", "amount")


def test_observed_types_put_the_fitting_variable_first() -> None:
    text = "def f(name, count, items):\n    return items[name]\n"
    types: dict[str, tuple[str, ...]] = {"name": ("int",), "count": ("int",)}
    types["items"] = ("list[int]",)
    observed = Observations(values={"shop.py": {2: types}})
    found = patches_for(text, observations=observed, families=("variable",)).patches
    changed = [applied(text, patch) for patch in found]
    swapped = text.replace("return items", "return count")
    assert changed.index(text.replace("[name]", "[count]")) < changed.index(swapped)


def test_texts_of_the_failing_tests_are_offered() -> None:
    text = "def f(kind):\n    return 'total' if kind else 'n/a'\n"
    found = patches_for(text, literals=("'n.a.'",)).patches
    assert text.replace("n/a", "n.a.") in [applied(text, patch) for patch in found]


def function(text: str) -> str:
    return "def f(self, a, b, items):\n" + "".join(f"    {line}\n" for line in text.split("\n"))
