"""Follows workspace code while a test runs: lines, and types of values on the first visits."""

from __future__ import annotations

import dis
import os
import sys
import threading
from types import CodeType, FrameType
from typing import Any, Callable, Optional, Tuple

from . import sources, types_seen
from .expressions import Outline

VISITS = 12
"""Visits of a line on which values are looked at."""

RETURNS = 24
"""Returns of a function on which its value and the fields of `self` are looked at."""

_RETURN_OPCODES = {
    dis.opmap[name] for name in ("RETURN_VALUE", "RETURN_CONST") if name in dis.opmap
}
_GENERATOR = 0x20 | 0x80 | 0x200
_Local = Optional[Callable[[FrameType, str, Any], Any]]
Sighting = Tuple[str, str, Any, str, str]
"""Kind, file or type, line or function or attribute, name, type."""


class _File:
    def __init__(self, name: str, path: str, *, values: bool) -> None:
        self.name = name
        self.lines: set[int] = set()
        self.visits: dict[int, int] = {}
        self.outline: Outline | None = None
        if values:
            try:
                with open(path, "rb") as stream:
                    raw = stream.read()
                text = raw.decode(sources.encoding_of(raw))
            except (OSError, SyntaxError, ValueError, LookupError):
                text = ""
            self.outline = Outline(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"))


class Tracer:
    """Traces one test after the other; `lines` is empty again at each start.

    `fresh` takes what was seen for the first time since it was last emptied.
    """

    def __init__(self, root: str, *, values: bool, without_values: set[str]) -> None:
        self._root = root
        self._prefix = root + os.sep
        self._values = values
        self._without_values = without_values
        self._files: dict[str, _File | None] = {}
        self._locals: dict[int, tuple[CodeType, Callable[..., Any]]] = {}
        self._seen: set[Sighting] = set()
        self.fresh: list[Sighting] = []

    def start(self) -> None:
        """Begin with a new test."""
        for file in self._files.values():
            if file is not None:
                file.lines.clear()
        threading.settrace(self._call)
        sys.settrace(self._call)

    def stop(self) -> dict[str, list[int]]:
        """End; the executed lines by file."""
        sys.settrace(None)
        threading.settrace(None)
        return self.lines()

    def lines(self) -> dict[str, list[int]]:
        """The lines executed so far, by file."""
        files = [file for file in list(self._files.values()) if file is not None]
        return {file.name: sorted(file.lines.copy()) for file in files if file.lines}

    def _file(self, filename: str) -> _File | None:
        if filename not in self._files:
            path = os.path.realpath(os.path.join(self._root, filename))
            inside = path.startswith(self._prefix) and path.endswith(".py")
            name = path[len(self._prefix) :].replace(os.sep, "/")
            hidden = any(
                part.startswith(".") or part == "site-packages" for part in name.split("/")
            )
            values = self._values and name not in self._without_values
            self._files[filename] = (
                _File(name, path, values=values) if inside and not hidden else None
            )
        return self._files[filename]

    def _call(self, frame: FrameType, event: str, _arg: Any) -> _Local:
        file = self._file(frame.f_code.co_filename)
        if file is None or event != "call":
            return None
        known = self._locals.get(id(frame.f_code))
        if known is None:
            # The code object is kept, so that its id stays its own.
            known = (frame.f_code, self._follow(frame.f_code, file))
            self._locals[id(frame.f_code)] = known
        return known[1]

    def _follow(self, code: CodeType, file: _File) -> Callable[..., Any]:
        """The local trace function for one code object."""
        if file.outline is None:
            return _follow_lines(file)
        qualname, is_method = file.outline.qualname(code.co_firstlineno, code.co_name)
        add, visits = file.lines.add, file.visits
        left = [RETURNS]

        def follow(frame: FrameType, event: str, arg: Any) -> Any:
            if event == "line":
                line = frame.f_lineno
                add(line)
                count = visits.get(line, 0)
                if count < VISITS:
                    visits[line] = count + 1
                    self._look(file, frame, line)
            elif event == "return" and left[0] > 0:
                left[0] -= 1
                self._look_at_return(file, frame, qualname, arg, is_method=is_method)
            return follow

        return follow

    def _look(self, file: _File, frame: FrameType, line: int) -> None:
        local = frame.f_locals
        for name, value in list(local.items()):
            if name.isidentifier():
                self._note("value", file.name, line, name, types_seen.type_name(value))
        outline = file.outline
        if outline is None or line not in outline.expressions:
            return
        scope = types_seen.Scope(local, frame.f_globals)
        for at, text, node in outline.expressions[line]:
            if text in local:
                continue
            try:
                kind = types_seen.type_name(scope.value(node))
            except types_seen.Unknown:
                continue
            self._note("value", file.name, line, text, kind)
            self._note("value", file.name, at, text, kind)

    def _look_at_return(
        self, file: _File, frame: FrameType, qualname: str, value: Any, *, is_method: bool
    ) -> None:
        code = frame.f_code
        if code.co_flags & _GENERATOR:
            self._note("return", file.name, qualname, "", "generator")
        elif value is not None or _returns(code, frame.f_lasti):
            self._note("return", file.name, qualname, "", types_seen.type_name(value))
        if is_method and code.co_argcount:
            self._look_at_fields(frame.f_locals.get(code.co_varnames[0]))

    def _look_at_fields(self, holder: Any) -> None:
        try:
            fields = object.__getattribute__(holder, "__dict__")
        except (AttributeError, TypeError):
            return
        if type(fields) is not dict:
            return
        name = types_seen.type_name(holder, 0)
        for field, value in list(fields.items()):
            self._note("attribute", name, str(field), "", types_seen.type_name(value))

    def _note(self, kind: str, where: str, at: Any, name: str, type_name: str) -> None:
        sighting = (kind, where, at, name, type_name)
        if sighting not in self._seen:
            self._seen.add(sighting)
            self.fresh.append(sighting)


def _follow_lines(file: _File) -> Callable[..., Any]:
    add = file.lines.add

    def follow(frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line":
            add(frame.f_lineno)
        return follow

    return follow


def _returns(code: CodeType, at: int) -> bool:
    """Whether a None is a returned value: leaving by an exception looks alike."""
    return at >= 0 and code.co_code[at] in _RETURN_OPCODES
