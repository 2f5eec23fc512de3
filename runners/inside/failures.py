"""An exception as plain data: type, message, frames inside the workspace, source around it."""

from __future__ import annotations

import linecache
import os
from types import TracebackType
from typing import Any

MESSAGE_LINES = 12
MESSAGE_CHARACTERS = 2000
EXCERPT_BEFORE, EXCERPT_AFTER = 4, 3
OUTER_FRAMES, INNER_FRAMES = 10, 30


def relative(path: str, root: str) -> str:
    """The path below `root` with forward slashes, or "" for a path outside."""
    if path.startswith("<"):
        # Such as "<string>" and "<frozen importlib._bootstrap>": no file at all.
        return ""
    full = os.path.abspath(path)
    for base in (root, os.path.realpath(root)):
        if full.startswith(base + os.sep):
            return full[len(base) + 1 :].replace(os.sep, "/")
    return ""


def fold(text: str) -> str:
    """A message of a bounded number of lines and characters; what was cut is said."""
    lines = text.strip("\n").split("\n")
    if len(lines) > MESSAGE_LINES:
        cut = len(lines) - MESSAGE_LINES
        lines = [*lines[:MESSAGE_LINES], "... {} more lines".format(cut)]
    folded = "\n".join(lines)
    if len(folded) > MESSAGE_CHARACTERS:
        cut = len(folded) - MESSAGE_CHARACTERS
        folded = folded[:MESSAGE_CHARACTERS] + "... {} more characters".format(cut)
    return folded


def frames_of(trace: TracebackType | None, root: str) -> list[dict[str, Any]]:
    """The traceback, outermost first; the middle of a very deep one is left out."""
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(
            {
                "file": relative(code.co_filename, root),
                "line": trace.tb_lineno,
                "function": code.co_name,
            }
        )
        trace = trace.tb_next
    # What a framework did before it reached the workspace explains nothing.
    entry = next((i for i, frame in enumerate(frames) if frame["file"]), len(frames) - 1)
    frames = frames[max(entry, 0) :]
    if len(frames) > OUTER_FRAMES + INNER_FRAMES:
        frames = frames[:OUTER_FRAMES] + frames[-INNER_FRAMES:]
    return frames


def excerpt(file: str, line: int, root: str) -> str:
    """Numbered source lines around `line`, which is marked by an arrow."""
    lines = linecache.getlines(os.path.join(root, file))
    first = max(1, line - EXCERPT_BEFORE)
    last = min(len(lines), line + EXCERPT_AFTER)
    return "\n".join(
        "{} {:>4}  {}".format(">" if number == line else " ", number, lines[number - 1].rstrip())
        for number in range(first, last + 1)
    )


def message_of(error: BaseException) -> str:
    """The exception's own text."""
    try:
        return str(error)
    except Exception as second:  # noqa: BLE001  (__str__ is the user's code and may fail in any way)
        return "<str() of this exception raised {}>".format(type(second).__name__)


def describe(error: BaseException, phase: str, root: str) -> dict[str, Any]:
    """A failure as the results file holds it."""
    if hasattr(error, "example") and hasattr(error, "got"):
        return doctest_failure(error, phase, root)
    frames = frames_of(error.__traceback__, root)
    message = fold(message_of(error))
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        # The place of a syntax error is in the exception: the file never became a frame.
        place = relative(error.filename, root)
        frames.append({"file": place, "line": error.lineno, "function": "<module>"})
        message = error.msg or message
    return placed(type(error).__name__, message, phase, frames, root)


def doctest_failure(error: Any, phase: str, root: str) -> dict[str, Any]:
    """A doctest that printed something else; its place is in the exception."""
    example, test = error.example, error.test
    message = "{}\nexpected: {}\ngot: {}".format(
        example.source.strip(), example.want.strip(), error.got.strip()
    )
    frame = {
        "file": relative(test.filename or "<none>", root),
        "line": (test.lineno or 0) + example.lineno + 1,
        "function": test.name,
    }
    return placed(type(error).__name__, fold(message), phase, [frame], root)


def placed(
    exception: str, message: str, phase: str, frames: list[dict[str, Any]], root: str
) -> dict[str, Any]:
    """Complete a failure by its place: the innermost frame inside the workspace."""
    inner = next((frame for frame in reversed(frames) if frame["file"]), None)
    failure = {
        "phase": phase,
        "exception": exception,
        "message": message,
        "file": "",
        "line": 0,
        "excerpt": "",
        "frames": frames,
    }
    if inner is not None:
        failure["file"], failure["line"] = inner["file"], inner["line"]
        failure["excerpt"] = excerpt(inner["file"], inner["line"], root)
        if not message and exception == "AssertionError":
            source = linecache.getline(os.path.join(root, inner["file"]), inner["line"])
            failure["message"] = source.strip()
    return failure
