"""Colours: each language, edits, hostile input."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from editors.grammars import GRAMMARS, Grammar, grammar_of
from editors.highlights import Parsed, parse_shown, spans
from editors.line_highlights import LANGUAGES, LineLanguage, highlights_for

SAMPLES = {
    "python": ('@d\ndef f(a: int) -> str:\n    return f"é😀{a}"  # c\n', {
        "def": "keyword", "f": "function", "# c": "comment", "int": "type", "{a}": "variable",
    }),
    "javascript": ("const f = (a) => <b id='x'>{g(1)}</b> // c\n", {
        "const": "keyword", "f": "function", "b": "tag", "'x'": "string", "g": "function",
    }),
    "typescript": ("interface A { x: string }\nenum B {}\n", {
        "interface": "keyword", "A": "type", "x": "property", "string": "type", "enum": "keyword",
    }),
    "tsx": ("type X = keyof Y; const a = <B c={1}/>\n", {"type": "keyword", "B": "tag"}),
    "json": ('{"a": ["b", 1, null]}\n', {
        '"a"': "property", '"b"': "string", "1": "number", "null": "constant",
    }),
    "html": ("<p class='x'>a &amp; b</p><!-- c -->\n", {
        "p": "tag", "class": "attribute", "&amp;": "escape", "<!-- c -->": "comment",
    }),
    "css": (".a { color: #fff; margin: 1px }\n", {
        "a": "type", "color": "property", "#fff": "constant", "1px": "number",
    }),
    "toml": ("[a.b]\nk = 'v' # c\nn = 1\n", {
        "a.b": "type", "k": "property", "'v'": "string", "1": "number", "# c": "comment",
    }),
    "yaml": ("k: 'v' # c\nn: 1\nt: true\n", {
        "k": "property", "'v'": "string", "1": "number", "true": "constant",
    }),
    "markdown": ("# Head\n\n- item\n", {"# Head\n": "keyword", "- ": "number"}),
    "bash": ('for x in 1; do echo "$x"; done # c\n', {
        "for": "keyword", "echo": "function", "$x": "variable.parameter", "# c": "comment",
    }),
    "rust": ("fn f(n: u32) -> bool { g(n) } // c\n", {
        "fn": "keyword", "f": "function", "u32": "type", "g": "function", "// c": "comment",
    }),
}  # fmt: skip
PYTHON = grammar_of("a.py") or GRAMMARS[0]


def coloured(grammar: Grammar, parsed: Parsed) -> list[tuple[str, str]]:
    data = parsed.text.encode("utf-16-le")
    found = spans(grammar, parsed, 0, len(data))
    return [(data[one.start : one.end].decode("utf-16-le"), one.capture) for one in found]


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.language)
def test_each_language_is_coloured(grammar: Grammar) -> None:
    text, expected = SAMPLES[grammar.language]
    found = dict(coloured(grammar, parse_shown(grammar, text)))
    assert {text: found.get(text) for text in expected} == expected


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.language)
def test_deep_nesting_is_survived(grammar: Grammar) -> None:
    for opening in "({":
        parsed = parse_shown(grammar, opening * 20_000)
        spans(grammar, parsed, 10_000, 10_400)


PIECES = st.lists(
    st.sampled_from(
        ["def f(a):\n", "    return 1\n", '"""', "é😀", "(", ")", "# c\n", "x = 'y'\n"]
    ),
    max_size=12,
).map("".join)


@given(PIECES, PIECES, PIECES, PIECES)
def test_after_an_edit_all_is_as_if_parsed_anew(head: str, old: str, new: str, tail: str) -> None:
    before = parse_shown(PYTHON, head + old + tail)
    after = parse_shown(PYTHON, head + new + tail, before)
    fresh = parse_shown(PYTHON, head + new + tail)
    if not fresh.tree.root_node.has_error:  # how it recovers may depend on what was there before
        assert coloured(PYTHON, after) == coloured(PYTHON, fresh)
    assert after.tree.root_node.end_byte == fresh.tree.root_node.end_byte


def test_a_stopped_parse_ends_soon() -> None:
    parsed = parse_shown(PYTHON, "x = 1\n" * 100_000, stopped=lambda: True)
    assert parsed.tree.root_node.end_byte == 0


HOSTILE = (
    "(",
    "[",
    "{",
    "<",
    '"',
    "'",
    "\\",
    "/*",
    "//",
    "a",
    " ",
    "\t",
    "0",
    "-",
    "<!--",
    "a.",
    "a:",
)


@pytest.mark.parametrize("known", LANGUAGES, ids=lambda known: known.language)
def test_no_line_takes_a_lexer_long(known: LineLanguage) -> None:
    lines = highlights_for(f"x{known.suffixes[0]}")
    assert lines is not None
    for piece in HOSTILE:
        for ending in ("", "!", '"'):
            began = time.process_time()
            lines.spans(piece * (5_000 // len(piece)) + ending)
            assert time.process_time() - began < 0.05, piece


def test_plain_text_has_no_colours() -> None:
    assert highlights_for("notes.txt") is None
    assert highlights_for("a.c") is highlights_for("b.h")
