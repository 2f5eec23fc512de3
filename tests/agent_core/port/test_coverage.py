"""Branches taken, held against what really happened."""

import json
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_core.port.coverage import Branch, branches, covered, read_arcs

Arcs = set[tuple[int, int]]

SHOP = '''"""A shop."""


def price(kind, count=1):
    """In euros."""
    if kind == "normal" and (
        count > 0
    ):
        total = 2 * count
    elif kind == "free":
        total = 0
    else:
        raise ValueError(kind)
    return total


def first(items):
    for item in items:
        if any(part for part in item):
            return item
    return None


def read(text):
    try:
        return int(text)
    except ValueError:
        if not text:
            return 0
    except (TypeError, OverflowError):
        pass
    while text:
        text = text[1:]
        if text == "b": break
    with open(text) as file:
        match file.read():
            case "a":
                return 1
            case [_, *_]:
                return 2
    return 3


def never():
    if True:
        return 1
    if price:
        return 2
'''


def trace(text: str, run: Callable[[dict[str, Any]], object]) -> Arcs:
    """The arcs of the functions of a source while `run` is given its names."""
    arcs: Arcs = set()
    last: dict[FrameType, int] = {}

    def local(frame: FrameType, event: str, value: object) -> Any:
        if event == "line":
            arcs.add((last.get(frame, -frame.f_code.co_firstlineno), frame.f_lineno))
            last[frame] = frame.f_lineno
            thrown.discard(frame)  # where it goes on, it was caught
        elif event == "exception":
            thrown.add(frame)
        elif event == "return" and (value is not None or frame not in thrown):
            arcs.add((last.pop(frame, 0), -frame.f_code.co_firstlineno))
        return local

    def start(frame: FrameType, event: str, value: object) -> Any:
        return local if frame.f_code.co_filename == "app.py" else None

    thrown: set[FrameType] = set()
    names: dict[str, Any] = {}
    exec(compile(text, "app.py", "exec"), names)  # noqa: S102  (a source of this test)
    before = sys.gettrace()
    sys.settrace(start)
    try:
        run(names)
    finally:
        sys.settrace(before)
    return arcs


def said(found: tuple[Branch, ...]) -> list[str]:
    return [branch.sentence().partition(": ")[2] for branch in found]


def test_all_branches_are_found() -> None:
    assert [(b.line, b.to, b.function) for b in branches(SHOP, "app.py")] == [
        (6, "body", "price"),
        (6, "else", "price"),
        (10, "body", "price"),
        (10, "else", "price"),
        (18, "body", "first"),
        (18, "else", "first"),
        (19, "body", "first"),
        (19, "else", "first"),
        (27, "except", "read"),
        (28, "body", "read"),
        (28, "else", "read"),
        (30, "except", "read"),
        (32, "body", "read"),
        (32, "else", "read"),
        (34, "body", "read"),
        (34, "else", "read"),
        (36, "no case", "read"),
        (37, "case", "read"),
        (39, "case", "read"),
        (47, "body", "never"),
        (47, "else", "never"),
    ]


def test_what_was_not_taken_is_named() -> None:
    def run(names: dict[str, Any]) -> None:
        names["price"]("normal")
        with pytest.raises(ValueError, match="odd"):
            names["price"]("odd")
        names["first"](["ab"])
        names["read"]("7")
        names["read"]("")

    coverage = covered({"app.py": trace(SHOP, run)}, {"app.py": SHOP})
    assert [branch.sentence() for branch in coverage.uncovered] == [
        'app.py, line 10, in price: `elif kind == "free"` never held',
        "app.py, line 18, in first: `for item in items` never came to its end",
        "app.py, line 19, in first: `if any(part for part in item)` held each time",
        "app.py, line 28, in read: `if not text` held each time",
        "app.py, line 30, in read: `except (TypeError, OverflowError)` never caught anything",
        "app.py, line 32, in read: `while text` never held",
        "app.py, line 32, in read: `while text` never ended by its condition",
        'app.py, line 34, in read: `if text == "b"` never held',
        'app.py, line 34, in read: `if text == "b"` held each time',
        "app.py, line 36, in read: `match file.read()` never fell through all its cases",
        "app.py, line 37, in read: `case 'a'` never matched",
        "app.py, line 39, in read: `case [_, *_]` never matched",
    ]
    assert (coverage.total, coverage.taken) == (19, 7)
    assert coverage.unreached == ("app.py: never",)
    assert coverage.lines["app.py"] >= {6, 9, 13, 14, 26, 29}
    assert coverage.sentence() == "7 of 19 branches taken (37%)"


def test_an_exception_is_no_branch() -> None:
    body = "try:\n        if a[0]:\n            return 1\n    except KeyError:\n        return 2"
    text = f"def f(a):\n    {body}\n    return 3\n"
    arcs = trace(text, lambda names: names["f"]({}))
    coverage = covered({"app.py": arcs}, {"app.py": text})
    assert said(coverage.uncovered) == ["`if a[0]` never held", "`if a[0]` held each time"]


def test_the_end_of_a_call_counts_where_arcs_tell_it() -> None:
    text = "def f(a):\n    if a:\n        g()\n"
    told = covered({"app.py": {(-1, 2), (2, -1)}}, {"app.py": text})
    assert said(told.uncovered) == ["`if a` never held"]
    untold = covered({"app.py": {(2, 3)}}, {"app.py": text})
    assert (untold.total, untold.taken) == (1, 1)


def test_a_call_within_the_header_does_not_end_the_function() -> None:
    text = "def f(a):\n    if any(b for b in a):\n        return 1\n"
    coverage = covered({"app.py": trace(text, lambda n: n["f"]([1]))}, {"app.py": text})
    assert said(coverage.uncovered) == ["`if any(b for b in a)` held each time"]


def test_a_jump_out_of_a_loops_else_leaves_the_loop_around_it() -> None:
    text = """
def f(a):
    for b in a:
        for c in b:
            g(c)
        else:
            if a:
                continue
            break
"""
    header, outer_end = 3, {0}
    by_place = {(branch.line, branch.to): branch for branch in branches(text, "app.py")}
    assert by_place[header, "else"].ends == outer_end
    assert by_place[7, "body"].ends == {8, header}
    assert by_place[7, "else"].ends == {9} | outer_end


def test_an_empty_loop_has_a_body_and_a_body_on_the_headers_line_none() -> None:
    text = "def f(a):\n    while a():\n        pass\n    if a: return 1\n    return 2\n"
    arcs = trace(text, lambda names: names["f"](iter([1, 0, 1]).__next__))
    coverage = covered({"app.py": arcs}, {"app.py": text})
    assert (coverage.total, coverage.taken) == (3, 2)
    assert said(coverage.uncovered) == ["`if a` held each time"]


def test_arcs_are_read_up_to_where_a_server_was_cut_off() -> None:
    lines = [
        json.dumps({"file": "a.py", "arcs": [[1, 2]]}),
        '{"file":"a.py","arcs":[[2,3]]}',
        '{"fi',
    ]
    assert read_arcs(lines) == {"a.py": {(1, 2), (2, 3)}}


def test_what_cannot_be_parsed_has_no_branches() -> None:
    coverage = covered({"a.py": {(1, 2)}}, {"a.py": "def f(:\n"})
    assert (coverage.total, coverage.lines) == (0, {"a.py": {1, 2}})
    assert coverage.sentence() == "the code that ran has no branches"


# A random function, once as it is and once with a mark wherever a branch is taken.

Block = list[tuple[Any, ...]]


def blocks(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    optional: st.SearchStrategy[Block] = st.one_of(st.just([]), inner)
    statement = st.one_of(
        st.just(("step()",)),
        st.tuples(st.just("if"), inner, optional),
        st.tuples(st.just("for"), inner, optional),
        st.tuples(st.just("while"), inner, optional),
        st.tuples(st.just("with"), inner),
        st.tuples(st.just("try"), inner, inner, optional, optional),
    )
    simple = st.sampled_from(["step()", "pass", "return", "leave", "again", "fail()"])
    last = st.one_of(st.tuples(simple), statement)
    return st.tuples(st.lists(statement, max_size=2), last).map(lambda parts: [*parts[0], parts[1]])


PROGRAMS = st.recursive(st.just([("step()",)]), blocks, max_leaves=12)


class Writer:
    """Writes a program twice; a mark names the branch by its line in the plain text."""

    def __init__(self) -> None:
        self.plain = ["def f(step, flag, fail, context):"]
        self.marked = ["def f(step, flag, fail, context, mark):"]

    def line(self, depth: int, text: str) -> int:
        for lines in (self.plain, self.marked):
            lines.append("    " * depth + text)
        return len(self.plain)

    def mark(self, depth: int, line: int, to: str) -> None:
        self.marked.append("    " * depth + f"mark(({line}, {to!r}))")

    def block(self, block: Block, depth: int, *, loop: bool) -> None:
        for kind, *parts in block:
            if kind in {"leave", "again"}:
                jump = "break" if kind == "leave" else "continue"
                self.line(depth, jump if loop else "return 7")
            elif parts:
                getattr(self, f"write_{kind}")(depth, loop, *parts)
            else:
                self.line(depth, kind)

    def write_if(self, depth: int, loop: bool, body: Block, other: Block) -> None:  # noqa: FBT001
        self._choice(depth, "if flag():", body, other, inside=loop, past=loop)

    def write_for(self, depth: int, loop: bool, body: Block, other: Block) -> None:  # noqa: FBT001
        self._choice(depth, "for _ in range(flag() * 2):", body, other, inside=True, past=loop)

    def write_while(self, depth: int, loop: bool, body: Block, other: Block) -> None:  # noqa: FBT001
        self._choice(depth, "while flag():", body, other, inside=True, past=loop)

    def _choice(
        self, depth: int, header: str, body: Block, other: Block, *, inside: bool, past: bool
    ) -> None:
        line = self.line(depth, header)
        self.mark(depth + 1, line, "body")
        self.block(body, depth + 1, loop=inside)
        if other:
            self.line(depth, "else:")
        else:
            self.marked.append("    " * depth + "else:")
        self.mark(depth + 1, line, "else")
        self.block(other, depth + 1, loop=past)

    def write_with(self, depth: int, loop: bool, body: Block) -> None:  # noqa: FBT001
        self.line(depth, "with context():")
        self.block(body, depth + 1, loop=loop)

    def write_try(self, depth: int, loop: bool, *parts: Block) -> None:  # noqa: FBT001
        body, caught, other, final = parts
        self.line(depth, "try:")
        self.block(body, depth + 1, loop=loop)
        line = self.line(depth, "except KeyError:")
        self.mark(depth + 1, line, "except")
        self.block(caught, depth + 1, loop=loop)
        for header, block in (("else:", other), ("finally:", final)):
            if block:
                self.line(depth, header)
                self.block(block, depth + 1, loop=loop)


class Context:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def outcome(text: str, flags: list[bool], *more: Any) -> Arcs:
    left = list(flags)

    def flag() -> bool:
        return bool(left) and left.pop()

    def fail() -> None:
        raise KeyError

    def run(names: dict[str, Any]) -> None:
        try:
            names["f"](lambda: None, flag, fail, Context, *more)
        except KeyError:
            return

    return trace(text, run)


@settings(max_examples=150)
@example([("try", [("fail()",)], [("if", [("step()",)], [])], [], [])], [])
@given(PROGRAMS, st.lists(st.booleans(), max_size=12))
def test_the_branches_said_taken_are_those_taken(program: Block, flags: list[bool]) -> None:
    writer = Writer()
    writer.block(program, 1, loop=False)
    plain, marked = "\n".join(writer.plain), "\n".join(writer.marked)
    truth: set[tuple[int, str]] = set()
    outcome(marked, flags, truth.add)
    arcs = outcome(plain, flags) | {(1, -1)}  # even where nothing but an exception ended a call
    coverage = covered({"app.py": arcs}, {"app.py": plain})
    missed = {(branch.line, branch.to) for branch in coverage.uncovered}
    every = {(branch.line, branch.to) for branch in branches(plain, "app.py")}
    assert every - missed == truth, plain
