"""From a patch to a swap of live code, where a swap can express it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from types import CodeType
from typing import Any

from . import fuel, sources
from .live import CannotSwap, LiveFunctions, Swap


class Inapplicable(Exception):  # noqa: N818  (a finding, not an error)
    """The patch is no Python, or cannot be written in the file's encoding."""


class Swapper:
    """Makes swaps for the patches of one workspace."""

    def __init__(self, root: str, live: LiveFunctions) -> None:
        self._root = root
        self._live = live

    def swap(self, edits: Sequence[Sequence[Any]]) -> tuple[Swap, str]:
        """The swap for edits `(file, start, end, text)` and a digest of what it would run.

        Raises Inapplicable, and CannotSwap or sources.Unplaced where only a new start shows it.
        """
        parts = []
        texts = []
        for path, place, chosen in self._places(edits):
            code = self._compile(path, place, chosen)
            parts.append((path, place, code))
            texts.append(repr((path, place.first_line, sources.fingerprint(code))))
        digest = hashlib.sha256("\n".join(sorted(texts)).encode("utf-8", "replace"))
        return self._live.swap(parts), digest.hexdigest()

    def _places(
        self, edits: Sequence[Sequence[Any]]
    ) -> list[tuple[str, sources.Place, list[sources.Edit]]]:
        found: dict[tuple[str, int], tuple[str, sources.Place, list[sources.Edit]]] = {}
        for file, start, end, text in edits:
            path = os.path.realpath(os.path.join(self._root, file))
            source = self._live.source(path)
            if source is None:
                raise CannotSwap
            edit = (int(start), int(end), str(text))
            place = source.place_of([edit])
            found.setdefault((path, place.start), (path, place, []))[2].append(edit)
        return list(found.values())

    def _compile(self, path: str, place: sources.Place, edits: list[sources.Edit]) -> CodeType:
        source = self._live.source(path)
        if source is None:
            raise CannotSwap
        try:
            tree = fuel.add_ticks(source.parse_segment(place, source.segment(place, edits)))
            module = compile(tree, path, "exec", source.flags, dont_inherit=True)
        except sources.NOT_PYTHON as error:
            raise Inapplicable from error
        code = sources.find_function_code(module, place.name, place.first_line)
        if code is None:
            raise sources.Unplaced
        return code
