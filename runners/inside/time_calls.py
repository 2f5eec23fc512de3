"""Times one function of the workspace: `main` answers what it gives, then a round a request."""

from __future__ import annotations

import gc
import hashlib
import importlib
import inspect
import os
import re
import time
from typing import Any, Callable

from . import failures
from .channel import Channel

BATCH_LIMIT = 10_000
"""Sets of arguments that are made beforehand at most."""
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")
_SHOWN = 200


class Unusable(Exception):  # noqa: N818  (says what the function is)
    """Why the function cannot be timed, in words for the user."""


def main(config: dict[str, Any]) -> int:
    """Import the function and call it once, then time it as long as requests come."""
    channel = Channel(prints_to=2)
    try:
        subject = Subject(config["function"], config["arguments"], config["root"])
        first = subject.first()
    except Unusable as problem:
        channel.answer({"problem": str(problem)})
        return 1
    channel.answer(first)
    for request in channel.requests():
        channel.answer(subject.timed(request["seconds"]))
    return 0


class Subject:
    """A function, and what makes fresh arguments for each call of it."""

    def __init__(self, target: str, arguments: list[str], root: str) -> None:
        """Import "module:name". Raises Unusable."""
        self._root = root
        self._target = target
        place, _, name = target.partition(":")
        module = self._tried("importing it", lambda: importlib.import_module(place))
        where = os.path.realpath(getattr(module, "__file__", None) or "")
        if not failures.relative(where, os.path.realpath(root)):
            raise Unusable("the module {} does not come from the project".format(place))
        value: Any = module
        for part in name.split("."):
            value = getattr(value, part, None)
        if not callable(value):
            raise Unusable("{} has no function {}".format(place, name))
        if inspect.isgeneratorfunction(value) or inspect.iscoroutinefunction(value):
            raise Unusable("{} does its work only when its result is used".format(name))
        self._function: Callable[..., Any] = value
        source = "given({})".format(", ".join(arguments))
        code = self._tried("its arguments", lambda: compile(source, "<arguments>", "eval"))
        known = {"given": lambda *positional, **named: (positional, named)}
        # The code is what the user gave on the command line.
        self._arguments: Callable[[], Any] = lambda: eval(code, vars(module), known)  # noqa: S307

    def first(self) -> dict[str, Any]:
        """Call it once: its result in short, and a digest by which two are compared."""
        arguments, named = self._tried("its arguments", self._arguments)
        text = self._tried("calling it", lambda: repr(self._function(*arguments, **named)))
        text = _ADDRESS.sub("", text)
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        return {"result": text[:_SHOWN], "digest": digest}

    def timed(self, seconds: float) -> dict[str, Any]:
        """Call it until it has taken so many CPU seconds; making arguments is not counted."""
        gc.collect()
        wanted, spent, wall, calls, size = int(seconds * 1e9), 0, 0, 0, 1
        while spent < wanted and wall < 10 * wanted:
            batch = [self._arguments() for _ in range(size)]
            function = self._function
            began, began_cpu = time.perf_counter_ns(), time.process_time_ns()
            for arguments, named in batch:
                function(*arguments, **named)
            spent += time.process_time_ns() - began_cpu
            wall += time.perf_counter_ns() - began
            calls += size
            left = max(wanted - spent, 0) * calls // max(spent, 1)
            size = max(1, min(2 * size, left, BATCH_LIMIT))
        return {"calls": calls, "cpu_s": spent / 1e9, "wall_s": wall / 1e9}

    def _tried(self, doing: str, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except BaseException as error:
            # The user's code may raise anything, SystemExit included.
            said = failures.describe(error, "call", self._root)
            place = "{}, line {}: ".format(said["file"], said["line"]) if said["file"] else ""
            raise Unusable(
                "{}: {} failed: {}{}: {}".format(
                    self._target, doing, place, said["exception"], said["message"]
                ).rstrip(": ")
            ) from error
