"""The worker process of `runners.pool`: imports one function, calls it, answers, ends."""

import importlib
import os
import sys
import traceback
import typing

import msgspec


class Job(msgspec.Struct, frozen=True):
    """What to import and call; `payload` is the encoded only argument."""

    module: str
    function: str
    payload: bytes


class Answer(msgspec.Struct, frozen=True):
    """The encoded result, or the error in one line and its traceback."""

    result: bytes = b""
    error: str = ""
    traceback: str = ""


def perform(job: Job) -> Answer:
    """Call the function on a payload of the type that its first parameter is annotated with."""
    try:
        function = getattr(importlib.import_module(job.module), job.function)
        hints = typing.get_type_hints(function)
        hints.pop("return", None)
        payload = msgspec.msgpack.decode(job.payload, type=next(iter(hints.values())))
        return Answer(result=msgspec.msgpack.encode(function(payload)))
    except Exception as error:  # noqa: BLE001  (whatever the function raises is its answer)
        words = "".join(traceback.format_exception_only(error)).strip()
        return Answer(error=words, traceback=traceback.format_exc())


def main() -> None:
    """Read a job from standard input, answer on standard output."""
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    answers = os.dup(1)
    # What the function prints must not garble the answer.
    os.dup2(2, 1)
    answer = perform(job)
    with os.fdopen(answers, "wb") as stream:
        stream.write(msgspec.msgpack.encode(answer))


if __name__ == "__main__":
    main()
