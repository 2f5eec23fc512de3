"""Colours for languages without a grammar: one line at a time, by Pygments, and bounded.

Many lexers take very long over odd input, so those used are named here, each tried with hostile
lines, and a long line is coloured no further than its limit.
"""

import importlib
from functools import cache
from typing import Final

import msgspec

from editors.highlights import Span

LONGEST: Final = 400
"""Letters of a line that are coloured."""


class LineLanguage(msgspec.Struct, frozen=True):
    """A lexer that was found quick: its module and class, and the files it is for."""

    language: str
    module: str
    lexer: str
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


LANGUAGES: Final = (
    LineLanguage("c", "c_cpp", "CLexer", (".c", ".h")),
    LineLanguage("c++", "c_cpp", "CppLexer", (".cc", ".cpp", ".cxx", ".hpp", ".hh", ".cu", ".cuh")),
    LineLanguage("java", "jvm", "JavaLexer", (".java",)),
    LineLanguage("kotlin", "jvm", "KotlinLexer", (".kt", ".kts")),
    LineLanguage("go", "go", "GoLexer", (".go",)),
    LineLanguage("ruby", "ruby", "RubyLexer", (".rb", ".gemspec"), ("Rakefile", "Gemfile")),
    LineLanguage("lua", "scripting", "LuaLexer", (".lua",)),
    LineLanguage("swift", "objective", "SwiftLexer", (".swift",)),
    LineLanguage("sql", "sql", "SqlLexer", (".sql",)),
    LineLanguage(
        "ini", "configs", "IniLexer", (".ini", ".cfg", ".conf"), (".gitconfig", ".editorconfig")
    ),
    LineLanguage("docker", "configs", "DockerLexer", (".dockerfile",), ("Dockerfile",)),
    LineLanguage("make", "make", "BaseMakefileLexer", (".mk",), ("Makefile", "GNUmakefile")),
    LineLanguage("cmake", "make", "CMakeLexer", (".cmake",), ("CMakeLists.txt",)),
    LineLanguage("diff", "diff", "DiffLexer", (".diff", ".patch")),
)

_CAPTURES: Final = (
    ("Comment", "comment"),
    ("Literal.String.Escape", "escape"),
    ("Literal.String", "string"),
    ("Literal.Number", "number"),
    ("Keyword.Constant", "constant"),
    ("Keyword.Type", "type"),
    ("Keyword", "keyword"),
    ("Name.Function", "function"),
    ("Name.Class", "type"),
    ("Name.Attribute", "property"),
    ("Name.Tag", "tag"),
    ("Name.Decorator", "attribute"),
    ("Name.Builtin", "function"),
    ("Generic.Heading", "keyword"),
    ("Generic.Subheading", "keyword"),
    ("Generic.Inserted", "string"),
    ("Generic.Deleted", "error"),
)


class LineHighlights:
    """Colours lines of one language, each by itself."""

    def __init__(self, known: LineLanguage) -> None:
        self.language = known.language
        module = importlib.import_module(f"pygments.lexers.{known.module}")
        self._lexer = getattr(module, known.lexer)(stripnl=False, ensurenl=False)

    def spans(self, line: str) -> tuple[Span, ...]:
        """The spans of a line in UTF-16 units from its start."""
        found = []
        at = 0
        for kind, text in self._lexer.get_tokens(f"{line[:LONGEST]}\n"):
            end = at + len(text.encode("utf-16-le", "surrogatepass")) // 2
            capture = _capture(str(kind))
            if capture and text.strip():
                found.append(Span(at, end, capture))
            at = end
        return tuple(found)


def highlights_for(path: str) -> LineHighlights | None:
    """How to colour a file by its name; None for plain text."""
    name = path.rpartition("/")[2]
    for known in LANGUAGES:
        if name in known.names or (known.suffixes and name.endswith(known.suffixes)):
            return _loaded(known)
    return None


@cache
def _loaded(known: LineLanguage) -> LineHighlights:
    return LineHighlights(known)


@cache
def _capture(kind: str) -> str:
    """What Pygments calls "Token.Keyword.Constant", in the words of the themes."""
    name = f"{kind.removeprefix('Token.')}."
    return next((capture for group, capture in _CAPTURES if name.startswith(f"{group}.")), "")
