"""Source text given to the import system in memory, in place of what is on disk."""

from __future__ import annotations

import importlib.machinery
import io
import linecache
import os
from collections.abc import Sequence
from types import CodeType
from typing import Any

from . import fuel, sources

_Loader = importlib.machinery.SourceFileLoader


class Overrides:
    """Replaces files at import, for the rest of this process.

    `served` are the paths whose replacement was compiled. With `measure`, all files of the
    workspace are instrumented, to count what a run burns.
    """

    def __init__(self, root: str, replaced: dict[str, bytes], *, measure: bool = False) -> None:
        self._prefix = root + os.sep
        self._replaced = replaced
        self._measure = measure
        self.served: set[str] = set()

    def install(self) -> None:
        """Take effect. Bytecode of replaced files is neither read nor written."""
        get_code, get_data = _Loader.get_code, _Loader.get_data
        overrides = self

        def patched_code(loader: Any, fullname: str) -> Any:
            path = os.path.realpath(loader.get_filename(fullname))
            if not overrides.concerns(path):
                return get_code(loader, fullname)
            return overrides.compile(path, loader.get_data(loader.get_filename(fullname)))

        def patched_data(loader: Any, path: str) -> bytes:
            raw = overrides.data(os.path.realpath(path))
            return get_data(loader, path) if raw is None else raw

        setattr(_Loader, "get_code", patched_code)  # noqa: B010  (mypy refuses to assign a method)
        setattr(_Loader, "get_data", patched_data)  # noqa: B010
        for path, raw in self._replaced.items():
            _show_to_linecache(path, raw)

    def concerns(self, path: str) -> bool:
        """Whether this file is compiled here."""
        ours = path.startswith(self._prefix) and "site-packages" not in path
        return path in self._replaced or (self._measure and ours)

    def data(self, path: str) -> bytes | None:
        """The replacement for a file, if it has one."""
        return self._replaced.get(path)

    def compile(self, path: str, raw: bytes) -> CodeType:
        """Instrumented code of a file."""
        self.served.add(path)
        source = sources.Source(path, raw)
        tree = fuel.add_ticks(source.tree)
        code: CodeType = compile(tree, path, "exec", source.flags, dont_inherit=True)
        return code


def replacements(root: str, edits: Sequence[Sequence[Any]]) -> dict[str, bytes]:
    """The patched files by path, for edits `(file, start, end, text)`.

    Raises OSError, UnicodeEncodeError, SyntaxError.
    """
    by_path: dict[str, list[sources.Edit]] = {}
    for file, start, end, text in edits:
        path = os.path.realpath(os.path.join(root, file))
        by_path.setdefault(path, []).append((int(start), int(end), str(text)))
    return {path: _edited(path, chosen) for path, chosen in by_path.items()}


def _edited(path: str, edits: Sequence[sources.Edit]) -> bytes:
    with open(path, "rb") as stream:
        raw = stream.read()
    encoding = sources.encoding_of(raw)
    codec = "utf-8" if encoding == "utf-8-sig" else encoding
    return sources.splice(raw, 0, len(raw), edits, lambda text: text.encode(codec))


def _show_to_linecache(path: str, raw: bytes) -> None:
    try:
        text = io.TextIOWrapper(io.BytesIO(raw), encoding=sources.encoding_of(raw)).read()
    except (SyntaxError, ValueError, LookupError):
        return
    # No modification time: `checkcache` then leaves the entry alone.
    linecache.cache[path] = (len(raw), None, text.splitlines(keepends=True), path)
