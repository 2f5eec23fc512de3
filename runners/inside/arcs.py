"""Which line followed which in the functions of some files: the evidence of branch coverage."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Any, Callable


class Arcs:
    """Traces the calls of this thread's successors.

    An arc is a pair of line numbers in one call: [-first, line] where it was entered and
    [line, -first] where it returned, `first` being the first line of the code object. Leaving by
    an exception is no arc.
    """

    def __init__(self, root: str, files: Iterable[str]) -> None:
        self._names = {os.path.join(os.path.realpath(root), name): name for name in files}
        self._by_path: dict[str, set[tuple[int, int]] | None] = {}
        self._by_name: dict[str, set[tuple[int, int]]] = {}

    def start(self) -> None:
        """Trace every thread that starts from now on."""
        threading.settrace(self._call)

    def append_to(self, path: str) -> None:
        """Add a line of JSON a file: {"file": …, "arcs": [[from, to], …]}."""
        lines = [
            json.dumps({"file": name, "arcs": sorted(arcs.copy())}) + "\n"
            for name, arcs in sorted(self._by_name.items())
            if arcs
        ]
        with open(path, "a", encoding="utf-8") as stream:
            stream.writelines(lines)

    def _arcs_of(self, path: str) -> set[tuple[int, int]] | None:
        name = self._names.get(os.path.realpath(path))
        return None if name is None else self._by_name.setdefault(name, set())

    def _call(self, frame: FrameType, *_: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code.co_filename not in self._by_path:
            self._by_path[code.co_filename] = self._arcs_of(code.co_filename)
        arcs = self._by_path[code.co_filename]
        if arcs is None:
            return None
        outside = -code.co_firstlineno
        previous, raised = outside, False

        def local(frame: FrameType, event: str, _: Any) -> Callable[..., Any]:
            nonlocal previous, raised
            if event == "line":
                arcs.add((previous, frame.f_lineno))
                previous, raised = frame.f_lineno, False
            elif event == "exception":
                raised = True
            elif event == "return" and not raised:
                arcs.add((previous, outside))
            return local

        return local
