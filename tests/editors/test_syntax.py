"""Syntax trees: languages by name, error places, symbols."""

import pytest

from editors.syntax import errors, grammar_of, parse, symbol_at, symbols

SOURCE = b'''\
import os

@decorated
def top(a):
    """Doc."""
    def inner():
        return 1
    return inner


class Cart:
    x = 1

    async def total(self):
        if self.x:
            class Local:
                def deep(self): pass
        return 2

    @property
    def size(self): return 0


def last(): return 3
'''


def test_languages_go_by_file_name() -> None:
    for name in ("a/b.py", "x.pyi", "SConstruct"):
        grammar = grammar_of(name)
        assert grammar is not None
        assert grammar.language == "python"
    assert grammar_of("notes.txt") is None
    assert grammar_of("py") is None


def test_symbols_have_names_and_lines() -> None:
    grammar = grammar_of("f.py")
    assert grammar is not None
    found = symbols(grammar, parse(grammar, SOURCE))
    assert [(s.name, s.kind, s.first_line, s.last_line) for s in found] == [
        ("top", "function", 3, 8),
        ("top.inner", "function", 6, 7),
        ("Cart", "class", 11, 21),
        ("Cart.total", "function", 14, 18),
        ("Cart.total.Local", "class", 16, 17),
        ("Cart.total.Local.deep", "function", 17, 17),
        ("Cart.size", "function", 20, 21),
        ("last", "function", 24, 24),
    ]
    assert SOURCE[found[-1].start_byte : found[-1].end_byte] == b"def last(): return 3"
    innermost = symbol_at(found, 7)
    assert innermost is not None
    assert innermost.name == "top.inner"
    assert symbol_at(found, 1) is None


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (b"x = (1\ny = 2\n", 1),
        (b"def f(:\n    pass\n", 1),
        (b"a = 1\nb = = 2\n", 2),
        (b"x = '\n", 1),
    ],
)
def test_errors_have_places(source: bytes, line: int) -> None:
    grammar = grammar_of("f.py")
    assert grammar is not None
    found = errors(parse(grammar, source))
    assert found
    assert found[0].line == line


def test_clean_and_deeply_nested_files() -> None:
    grammar = grammar_of("f.py")
    assert grammar is not None
    deep = b"x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n"
    for source in (SOURCE, b"", deep):
        assert errors(parse(grammar, source)) == ()
    assert symbols(grammar, parse(grammar, deep)) == ()
    assert errors(parse(grammar, deep.replace(b"1", b"1 =")))
