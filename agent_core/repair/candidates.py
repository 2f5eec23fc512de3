"""Generated patches as their files are stored, each kept encoded: there are tens of thousands."""

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from agent_core.repair.generate import GenerateRequest, generate
from editors.paths import Folder
from editors.textfile import TextFile, read
from runners.observations import Observations
from runners.patches import Patch, TextEdit

PACE = 50
"""Candidates tried in live code for each that needs a new start, which takes as long as they do."""


class Wanted(msgspec.Struct, frozen=True):
    """What to generate from, and the folder that the sources were read in."""

    request: GenerateRequest
    root: str


class Candidates(msgspec.Struct, frozen=True):
    """Patches in the order to try them; files Python cannot parse.

    To decode all patches in one go would hold up the program's other threads.
    """

    patches: tuple[msgspec.Raw, ...]
    unparsed: tuple[str, ...] = ()

    def some(self, start: int, limit: int) -> tuple[Patch, ...]:
        """As many of the patches, from `start` on."""
        return tuple(map(_decoder.decode, self.patches[start : start + limit]))

    def every(self) -> tuple[Patch, ...]:
        """All of them; not for an event loop."""
        return self.some(0, len(self.patches))


_decoder = msgspec.msgpack.Decoder(Patch)


def candidates(wanted: Wanted) -> Candidates:
    """Generate; made for a worker process."""
    result = generate(wanted.request)
    early = _early(wanted.request.observations)
    patches = (_marked(patch, early) for patch in _on_disk(Path(wanted.root), result.patches))
    encode = msgspec.msgpack.Encoder().encode
    return Candidates(
        tuple(msgspec.Raw(encode(patch)) for patch in paced(patches)), result.unparsed
    )


def paced(patches: Iterable[Patch]) -> Iterator[Patch]:
    """The same patches, those that need a new start no closer together than the pace."""
    waiting: deque[Patch] = deque()
    between = PACE
    for patch in patches:
        if patch.at_import:
            waiting.append(patch)
        else:
            between += 1
            yield patch
        if waiting and between >= PACE:
            between = 0
            yield waiting.popleft()
    yield from waiting


def _early(observations: Observations) -> set[tuple[str, int]]:
    """Places that no test ran, but the import of a module did."""
    ran: set[tuple[str, int]] = set()
    for trace in observations.traces:
        ran |= {(file, line) for file, lines in trace.lines.items() for line in lines}
    return {(f, line) for f, lines in observations.imported.items() for line in lines} - ran


def _marked(patch: Patch, early: set[tuple[str, int]]) -> Patch:
    if (patch.edits[0].file, patch.line) in early:
        return msgspec.structs.replace(patch, at_import=True)
    return patch


def _on_disk(root: Path, patches: tuple[Patch, ...]) -> tuple[Patch, ...]:
    """Edits counted in bytes of the decoded text, moved to bytes of the file as it is stored."""
    files: dict[str, TextFile] = {}
    with Folder(root) as folder:
        for path in sorted({edit.file for patch in patches for edit in patch.edits}):
            files[path] = read(folder, path)
    if all(file.encoding in {"utf-8", "ascii"} and not file.bom for file in files.values()):
        return patches
    return tuple(
        msgspec.structs.replace(
            patch, edits=tuple(_moved(edit, files[edit.file]) for edit in patch.edits)
        )
        for patch in patches
    )


def _moved(edit: TextEdit, file: TextFile) -> TextEdit:
    text = file.text.encode()

    def stored(offset: int) -> int:
        return len(file.bom) + len(text[:offset].decode().encode(file.encoding))

    return msgspec.structs.replace(edit, start=stored(edit.start), end=stored(edit.end))
