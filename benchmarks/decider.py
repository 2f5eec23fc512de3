"""Who decides in a session: the built-in model, or a local endpoint that knows the repair.

The endpoint speaks as a language model does, over HTTP: it reads the file, runs the tests, edits.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec

from tests.agent_core.models.misbehaving import RUN_OUT, Answer, Misbehaving, calling

AROUND = 20
"""Lines on either side of the fault that the scripted model reads."""
CLOSED = len("]}")
"""Bytes at a request's end that close the messages; a longer request goes on in their place."""

Contents = dict[str, bytes]
"""The bytes of a project's files by their path in it."""


class Scripted(Misbehaving):
    """Gives its n-th answer to a request that holds n - 1 replies: a program started anew goes on.

    What was asked before it was killed is asked once more, and gets the same answer.
    """

    def answer(self) -> Answer:
        """The answer that the conversation has come to."""
        said = self.requests[-1].fields["messages"]
        messages = msgspec.convert(said, list[dict[str, object]])
        replies = sum(message["role"] == "assistant" for message in messages)
        return self.answers[replies] if replies < len(self.answers) else RUN_OUT

    def breaks(self, since: int = 0) -> list[str]:
        """The requests from `since` on that do not begin with the bytes of the one before."""
        bodies = [request.body for request in self.requests[since:]]
        return [
            f"request {number} does not begin with the one before"
            for number, (earlier, later) in enumerate(pairwise(bodies), 2)
            if not later.startswith(earlier[:-CLOSED])
        ]


class Decider(msgspec.Struct, frozen=True):
    """One way to decide: its name in tables and what the command line needs to be told."""

    name: str
    arguments: tuple[str, ...] = ()
    endpoint: Scripted | None = None


BUILT_IN = Decider("built-in")


@contextmanager
def scripted(before: Contents, after: Contents) -> Iterator[Decider]:
    """A language model that makes this repair, answering until the block ends."""
    with Scripted(script(before, after)).running() as endpoint:
        told = ("--model", "openai:scripted", "--base-url", endpoint.url, "--trust")
        yield Decider("scripted", told, endpoint)


def script(before: Contents, after: Contents) -> tuple[Answer, ...]:
    """The answers of a model that looks, runs the tests, and mends every file that differs."""
    edits = [
        replacement(path, before[path].decode(), after[path].decode())
        for path in changed(before, after)
    ]
    first = edits[0]
    line = before[first["path"]].decode().partition(first["old"])[0].count("\n") + 1
    look = {"path": first["path"], "first": max(1, line - AROUND), "last": line + AROUND}
    mend = {"edits": edits, "finish_if_green": True, "summary": "The fault is mended."}
    return (
        calling("read_file", json.dumps(look)),
        calling("run_tests", "{}"),
        calling("edit_file", json.dumps(mend)),
    )


def replacement(path: str, before: str, after: str) -> dict[str, str]:
    """One edit from the first changed line to the last, with lines around until it is unique."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    while not _unique(text := "".join(old[head : len(old) - tail]), before):
        head, tail = max(0, head - 1), max(0, tail - 1)
    return {"path": path, "old": text, "new": "".join(new[head : len(new) - tail])}


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines both begin with."""
    differing = (n for n, pair in enumerate(zip(one, other, strict=False)) if len(set(pair)) > 1)
    return next(differing, min(len(one), len(other)))


def _unique(text: str, whole: str) -> bool:
    return text == whole or (bool(text) and whole.find(text) == whole.rfind(text))


def contents(folder: Path) -> Contents:
    """Every file below a folder but git's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def changed(before: Contents, after: Contents) -> list[str]:
    """Paths whose bytes differ, those of one side alone included."""
    return sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )
