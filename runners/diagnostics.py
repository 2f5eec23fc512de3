"""What a compiler says of a crate, read from cargo's JSON messages."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

Level = Literal["error", "warning"]

RENDERED = 2_000
"""Characters kept of a message as the compiler draws it."""
_ABORTING = "aborting due to"


class Diagnostic(msgspec.Struct, frozen=True):
    """One error or warning; `code` is the compiler's name for its kind, "" if it has none.

    `file` is relative to the tree, "" with line 0 where a message has no place.
    """

    level: Level
    message: str
    code: str = ""
    file: str = ""
    line: int = 0
    rendered: str = ""

    def sentence(self) -> str:
        """The message in one line, its place first."""
        place = f"{self.file}:{self.line}: " if self.file else ""
        return f"{place}{f'{self.code}: ' if self.code else ''}{self.message}"


class Messages(msgspec.Struct, frozen=True):
    """All that cargo told: diagnostics, the program if one was built, whether it came to an end."""

    diagnostics: tuple[Diagnostic, ...] = ()
    executable: str = ""
    finished: bool = False

    def of(self, level: Level) -> tuple[Diagnostic, ...]:
        """The diagnostics of a level."""
        return tuple(each for each in self.diagnostics if each.level == level)


class _Span(msgspec.Struct, frozen=True):
    file_name: str
    line_start: int
    is_primary: bool


class _Code(msgspec.Struct, frozen=True):
    code: str


class _Text(msgspec.Struct, frozen=True):
    message: str
    level: str
    code: _Code | None = None
    spans: tuple[_Span, ...] = ()
    rendered: str | None = None


class _Line(msgspec.Struct, frozen=True):
    reason: str
    manifest_path: str = ""
    message: _Text | None = None
    executable: str | None = None


def read(stdout: bytes, manifest: Path) -> Messages:
    """Read the messages of a build; warnings are those of the crate with this manifest alone.

    Places are told from the folder that holds the crate's own.
    """
    lines = list(_lines(stdout))
    programs = [line.executable for line in lines if line.executable]
    return Messages(
        diagnostics=tuple(dict.fromkeys(_diagnostics(lines, manifest))),
        executable=programs[-1] if programs else "",
        finished=any(line.reason == "build-finished" for line in lines),
    )


def _lines(stdout: bytes) -> Iterator[_Line]:
    for line in stdout.splitlines():
        if line.startswith(b"{"):  # a build script may print anything between
            yield msgspec.json.decode(line, type=_Line)


def _diagnostics(lines: Iterable[_Line], manifest: Path) -> Iterator[Diagnostic]:
    for line in lines:
        text = line.message
        if text is None or text.message.startswith(_ABORTING):
            continue
        own = line.manifest_path == str(manifest)
        span = next((span for span in text.spans if span.is_primary), None)
        if text.level.startswith("error"):
            yield _diagnostic("error", text, span, manifest.parent.name)
        elif text.level == "warning" and own and span is not None:
            yield _diagnostic("warning", text, span, manifest.parent.name)


def _diagnostic(level: Level, text: _Text, span: _Span | None, folder: str) -> Diagnostic:
    return Diagnostic(
        level=level,
        message=text.message,
        code=text.code.code if text.code else "",
        file=f"{folder}/{span.file_name}" if span else "",
        line=span.line_start if span else 0,
        rendered=(text.rendered or "")[:RENDERED],
    )
