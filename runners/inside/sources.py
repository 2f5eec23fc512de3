"""Source files held in memory, the functions in them, and the code a candidate edit compiles to."""

from __future__ import annotations
import __future__

import ast
import io
import re
import tokenize
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, Tuple

_LINE_END = re.compile(rb"\r\n|\r|\n")
Edit = Tuple[int, int, str]
"""Start and end as byte offsets, and the text that goes there."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_FUTURE_FLAGS = 0
for _name in __future__.all_feature_names:
    _FUTURE_FLAGS |= getattr(__future__, _name).compiler_flag


NOT_PYTHON = (
    SyntaxError,
    ValueError,
    RecursionError,
    MemoryError,
    OverflowError,
    LookupError,
)
"""What compiling a candidate's text may raise; ValueError covers NUL and encoding errors."""


class Unplaced(Exception):  # noqa: N818  (a finding, not an error)
    """The edit is not inside the body of one function."""


class Place:
    """The outermost function around some edits.

    start, end: byte offsets of its first decorator or `def` line and of the end of its last line.
    body: byte offset from which edits are body edits.
    shells: source lines that open the classes and blocks around it.
    """

    def __init__(
        self, *, name: str, first_line: int, start: int, body: int, end: int, shells: list[str]
    ) -> None:
        self.name = name
        self.first_line = first_line
        self.start = start
        self.body = body
        self.end = end
        self.shells = shells


class Source:
    """One file as it is on disk. Raises SyntaxError or UnicodeDecodeError for a broken one."""

    def __init__(self, path: str, raw: bytes) -> None:
        self.path = path
        self.raw = raw
        self.encoding = encoding_of(raw)
        self.text = self.decode(raw)
        self.tree = ast.parse(self.text, path)
        self.code = compile(self.text, path, "exec", dont_inherit=True)
        self.flags = self.code.co_flags & _FUTURE_FLAGS
        self._line_starts = [0]
        self._line_starts.extend(match.end() for match in _LINE_END.finditer(raw))
        self.places = self._find_places()

    def decode(self, raw: bytes) -> str:
        """Text of the file's bytes or a part of them."""
        text = raw.decode(self.encoding)
        return text[1:] if text.startswith("\ufeff") else text

    def encode(self, text: str) -> bytes:
        """Bytes of some inserted text in this file's encoding."""
        codec = "utf-8" if self.encoding == "utf-8-sig" else self.encoding
        return text.encode(codec)

    def offset(self, line: int) -> int:
        """Byte offset where this line (1-based) starts; the file's end for lines behind it."""
        starts = self._line_starts
        return starts[line - 1] if line - 1 < len(starts) else len(self.raw)

    def edited(self, edits: Sequence[Edit]) -> bytes:
        """The whole file with edits `(start, end, text)` applied. Raises UnicodeEncodeError."""
        return splice(self.raw, 0, len(self.raw), edits, self.encode)

    def place_of(self, edits: Sequence[Edit]) -> Place:
        """The function whose body holds all these edits. Raises Unplaced."""
        first = min(edit[0] for edit in edits)
        last = max(edit[1] for edit in edits)
        for place in self.places:
            if place.body <= first and last <= place.end:
                return place
        raise Unplaced

    def segment(self, place: Place, edits: Sequence[Edit]) -> str:
        """Text of this function alone with the edits applied. Raises UnicodeEncodeError."""
        return self.decode(splice(self.raw, place.start, place.end, edits, self.encode))

    def parse_segment(self, place: Place, text: str) -> ast.Module:
        """Syntax tree of a module that holds this version of the function in its shells.

        Line numbers are those of the whole file. Raises SyntaxError for text that is no Python,
        Unplaced for text that is something else than this one function.
        """
        padding = "\n" * (place.first_line - 1 - len(place.shells))
        source = padding + "".join(shell + "\n" for shell in place.shells) + text
        flags = self.flags | ast.PyCF_ONLY_AST
        tree: ast.Module = compile(source, self.path, "exec", flags, dont_inherit=True)
        body: list[Any] = tree.body
        for _ in place.shells:
            if len(body) != 1:
                raise Unplaced
            body = body[0].body
        if len(body) != 1 or not isinstance(body[0], _FUNCTIONS) or body[0].name != place.name:
            raise Unplaced
        return tree

    def _find_places(self) -> list[Place]:
        places = []
        pending: list[tuple[Any, tuple[Any, ...]]] = [
            (node, ()) for node in reversed(self.tree.body)
        ]
        while pending:
            node, around = pending.pop()
            if isinstance(node, _FUNCTIONS):
                place = self._place(node, around)
                if place is not None:
                    places.append(place)
            else:
                inner = (*around, node)
                pending.extend((child, inner) for child in reversed(_statements(node)))
        return places

    def _place(self, node: Any, around: tuple[Any, ...]) -> Place | None:
        if any(getattr(outer, "type_params", None) for outer in (*around, node)):
            return None
        first_line = min([node.lineno] + [item.lineno for item in node.decorator_list])
        if not all(self._opens_line(outer) for outer in around):
            return None
        shells = [self._shell(outer) for outer in around]
        if first_line - 1 < len(shells) or not self._opens_line(node):
            return None
        first = node.body[0]
        line = min([first.lineno] + [d.lineno for d in getattr(first, "decorator_list", [])])
        body = self.offset(line)
        if body <= self.offset(node.lineno) or not self._opens_line(first):
            body = self.offset(first.lineno) + self._column_bytes(first)
        return Place(
            name=node.name,
            first_line=first_line,
            start=self.offset(first_line),
            body=body,
            end=self.offset(node.end_lineno + 1),
            shells=shells,
        )

    def _line_before(self, node: Any) -> str:
        line = self.decode(self.raw[self.offset(node.lineno) : self.offset(node.lineno + 1)])
        return line.encode("utf-8")[: node.col_offset].decode("utf-8")

    def _column_bytes(self, node: Any) -> int:
        return len(self.encode(self._line_before(node)))

    def _opens_line(self, node: Any) -> bool:
        return not self._line_before(node).strip()

    def _shell(self, node: Any) -> str:
        indent = self._line_before(node)
        if isinstance(node, ast.ClassDef):
            return indent + "class " + node.name + ":"
        return indent + "if 1:"


def _statements(node: Any) -> list[Any]:
    found: list[Any] = []
    for block in ("body", "handlers", "orelse", "finalbody", "cases"):
        children = getattr(node, block, None)
        if type(children) is not list:
            continue
        for child in children:
            if isinstance(child, ast.ExceptHandler) or type(child).__name__ == "match_case":
                found.extend(_statements(child))
            else:
                found.append(child)
    return found


def encoding_of(raw: bytes) -> str:
    """The encoding a source file declares. Raises SyntaxError for an unknown one."""
    return tokenize.detect_encoding(io.BytesIO(raw).readline)[0]


def splice(
    raw: bytes, low: int, high: int, edits: Sequence[Edit], encode: Callable[[str], bytes]
) -> bytes:
    """The bytes [low, high) with edits applied. Raises UnicodeEncodeError."""
    parts = []
    at = low
    for start, end, text in sorted(edits):
        parts.append(raw[at:start])
        parts.append(encode(text))
        at = end
    parts.append(raw[at:high])
    return b"".join(parts)


def nested_codes(code: CodeType) -> list[CodeType]:
    """The code objects directly inside this one, in their order."""
    return [const for const in code.co_consts if type(const) is CodeType]


def find_function_code(code: CodeType, name: str, first_line: int) -> CodeType | None:
    """The code of the function that starts at this line, looked for through class bodies."""
    for inner in nested_codes(code):
        if inner.co_name == name and inner.co_firstlineno == first_line:
            return inner
        found = find_function_code(inner, name, first_line)
        if found is not None:
            return found
    return None


def fingerprint(code: CodeType) -> tuple[Any, ...]:
    """What this code does, as nested tuples of text: equal for equal bytecode on other lines."""
    return (
        code.co_code.hex(),
        _constants(code.co_consts),
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_flags,
        code.co_argcount,
        code.co_kwonlyargcount,
        getattr(code, "co_posonlyargcount", 0),
        getattr(code, "co_exceptiontable", b"").hex(),
    )


def _constants(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_constants(item) for item in value)
    if isinstance(value, frozenset):
        return ("frozenset", *sorted(str(_constants(item)) for item in value))
    if hasattr(value, "co_code"):
        return fingerprint(value)
    return (type(value).__name__, repr(value))
