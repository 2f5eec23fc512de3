"""Looking at the workspace: which files there are, and what they say."""

import fnmatch
import re
from pathlib import Path, PurePosixPath

from agent_core.results import FileRead, FilesListed, SearchDone, ToolFailure, ToolOutcome
from agent_core.tools.tool import Arguments, Tool, ToolContext, refused
from editors.paths import Folder
from editors.refusals import Refused
from editors.search import search_text
from editors.textfile import TextFile, read, split_lines
from runners.cutoff import in_thread

LISTED = 400
READ = 400
FOUND = 100
WIDTH = 1_000
"""Characters of a line that are shown."""


class ListFiles(Arguments, frozen=True):
    """Source files below `folder` whose name fits `pattern` (shell style)."""

    folder: str = ""
    pattern: str = "*"


class ReadFile(Arguments, frozen=True):
    """Lines `first` to `last` of a file, counted from 1; last 0: as many as fit."""

    path: str
    first: int = 1
    last: int = 0


class SearchText(Arguments, frozen=True):
    """A text, or with `regex` a regular expression, looked for in files that fit `pattern`."""

    text: str
    regex: bool = False
    pattern: str = "*"


async def _list_files(context: ToolContext, asked: ListFiles) -> ToolOutcome:
    fitting = await in_thread(_fitting, context, asked.folder, asked.pattern)
    shown = fitting[:LISTED]
    more = f"\nand {len(fitting) - len(shown)} more" if len(fitting) > len(shown) else ""
    return ToolOutcome(
        text="\n".join(shown) + more or "No file fits.",
        data=FilesListed(paths=tuple(shown), total=len(fitting)),
    )


async def _read_file(context: ToolContext, asked: ReadFile) -> ToolOutcome:
    try:
        file = await in_thread(_read, context.root, asked.path)
    except Refused as error:
        return refused(str(error))
    except OSError as error:
        text = f"{asked.path} cannot be read: {error.strerror}."
        return ToolOutcome(text=text, data=ToolFailure(kind="not_found"))
    lines = [line.rstrip("\r\n") for line in split_lines(file.text)]
    first = max(1, asked.first)
    last = min(len(lines), asked.last or first + READ - 1, first + READ - 1)
    width = len(str(last))
    text = "\n".join(f"{n:>{width}} {_narrowed(lines[n - 1])}" for n in range(first, last + 1))
    return ToolOutcome(
        text=text or f"{asked.path} has {len(lines)} lines.",
        data=FileRead(path=asked.path, first=first, last=last, total=len(lines)),
    )


async def _search_text(context: ToolContext, asked: SearchText) -> ToolOutcome:
    files = await in_thread(_fitting, context, "", asked.pattern)
    try:
        found = await in_thread(
            search_text, context.root, asked.text, regex=asked.regex, files=files, limit=FOUND
        )
    except re.error as error:
        text = f"Nothing was searched: {asked.text!r} is no regular expression: {error}."
        return ToolOutcome(text=text, data=ToolFailure(kind="arguments"))
    hits = tuple((match.path, match.line, match.text) for match in found.matches)
    text = "\n".join(f"{path}:{line}: {_narrowed(content)}" for path, line, content in hits)
    more = f"\nand more; the first {FOUND} are shown" if found.cut else ""
    return ToolOutcome(
        text=text + more or "Nothing found.", data=SearchDone(hits=hits, more=found.cut)
    )


def _narrowed(line: str) -> str:
    """A line as it is shown, cut where no code is that wide."""
    return line if len(line) <= WIDTH else f"{line[:WIDTH]}… ({len(line)} characters)"


def _fitting(context: ToolContext, folder: str, pattern: str) -> list[str]:
    """Source files below a folder whose name fits a pattern, sorted."""
    files = context.workspace.store.files(context.history.snapshot)
    prefix = folder.strip("/")
    return sorted(
        path
        for path in files
        if (not prefix or path.startswith(f"{prefix}/"))
        and fnmatch.fnmatch(PurePosixPath(path).name, pattern)
    )


def _read(root: Path, path: str) -> TextFile:
    with Folder(root) as folder:
        return read(folder, path)


TOOLS = (
    Tool(
        "list_files",
        ListFiles,
        _list_files,
        effect="reads",
        description="List the project's files.",
    ),
    Tool(
        "read_file",
        ReadFile,
        _read_file,
        effect="reads",
        description="Read lines of a file, numbered.",
    ),
    Tool(
        "search_text",
        SearchText,
        _search_text,
        effect="reads",
        description="Find a text or a regular expression in the project's files.",
    ),
)
