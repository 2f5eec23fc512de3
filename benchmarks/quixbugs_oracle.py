"""Compares one program with its reference on random inputs. Runs in a process of its own.

`python -m benchmarks.quixbugs_oracle PROGRAM REFERENCE CANDIDATE` prints a `Comparison` as JSON.
Equal means: the same value (floats to nine digits), or an exception of the same type. What needs
more than five times the lines that the reference executes is rejected as slow or endless.
"""

import importlib.util
import math
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType, GeneratorType
from typing import Any

import msgspec

from benchmarks.quixbugs_inputs import Node, make

INPUTS = 400
FACTOR = 5
ALLOWANCE = 200
"""Lines on top of the factor, for inputs so small that a factor means nothing."""

CALL_LIMIT_S = 5
REFERENCE_LINES = 300_000
"""An input on which the reference needs more shows nothing and is passed over."""

MOST_ITEMS = 10_000
MOST_NODES = 100

Function = Callable[..., object]


class Comparison(msgspec.Struct, frozen=True):
    """Whether the candidate is right, and if not the first input that shows it."""

    program: str
    right: bool
    reason: str = ""
    compared: int = 0


class OutOfFuelError(BaseException):
    """More lines than allowed; not an Exception, so that no program catches it."""


class Ran(msgspec.Struct, frozen=True):
    """What one call gave: a value, or the name of an exception's type; and lines executed."""

    value: object
    raised: str
    lines: int


def load(path: Path, program: str) -> Function:
    """The program's function from its file."""
    spec = importlib.util.spec_from_file_location(f"loaded_{path.parent.name}_{program}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    function: Function = getattr(module, program)
    return function


@contextmanager
def fuel(path: Path, limit: int) -> Iterator[list[int]]:
    """Count the lines of `path` that run, and stop beyond the limit."""
    count = [0]

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != str(path):
            return None
        if event == "line":
            count[0] += 1
            if count[0] > limit:
                raise OutOfFuelError
        return trace

    def too_long(_number: int, _frame: FrameType | None) -> None:
        raise OutOfFuelError

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(CALL_LIMIT_S)
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(None)
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def call(function: Function, path: Path, arguments: tuple[object, ...], limit: int) -> Ran:
    """Call the function under a limit of lines.

    Raises:
        OutOfFuelError: it went beyond.
    """
    raised, value = "", None
    with fuel(path, limit) as count:
        try:
            value = plain(function(*arguments))
        except Exception as problem:  # noqa: BLE001  (whatever the program raises is its result)
            raised = type(problem).__name__
    return Ran(value, raised, count[0])


def plain(value: object) -> object:
    """The value without generators and nodes, so that results of two runs can be compared."""
    if isinstance(value, GeneratorType):
        return [plain(item) for item in islice(value, MOST_ITEMS)]
    if isinstance(value, Node):
        return [node.value for node in islice(_chain(value), MOST_NODES)]
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def _chain(node: Node | None) -> Iterator[Node]:
    while node is not None:
        yield node
        node = node.successor


def same(one: object, other: object) -> bool:
    """Equal, floats to nine digits, inside containers too."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return (
            isinstance(one, list) is isinstance(other, list)
            and len(one) == len(other)
            and all(map(same, one, other))
        )
    return bool(one == other)


def compare(program: str, reference: Path, candidate: Path, *, inputs: int = INPUTS) -> Comparison:
    """Run both on the same inputs until they differ."""
    good = load(reference, program)
    try:
        tried = load(candidate, program)
    except Exception as problem:  # noqa: BLE001  (a program that cannot be imported is wrong)
        return Comparison(program, right=False, reason=f"cannot be imported: {problem}")
    compared = 0
    for number in range(inputs):
        try:
            wanted = call(good, reference, make(program, number), REFERENCE_LINES)
        except OutOfFuelError:
            continue
        reason = _difference(tried, candidate, make(program, number), wanted)
        if reason:
            why = f"input {number}: {reason}"
            return Comparison(program, right=False, reason=why, compared=compared)
        compared += 1
    return Comparison(program, right=True, compared=compared)


def _difference(function: Function, path: Path, arguments: tuple[object, ...], wanted: Ran) -> str:
    """How a call differs from what the reference gave; "" where it does not."""
    try:
        got = call(function, path, arguments, FACTOR * wanted.lines + ALLOWANCE)
    except OutOfFuelError:
        return f"more than {FACTOR} times the lines of the reference"
    if got.raised == wanted.raised and same(got.value, wanted.value):
        return ""
    return f"{_words(got)} instead of {_words(wanted)}"


def _words(ran: Ran) -> str:
    return ran.raised or repr(ran.value)[:60]


def main() -> int:
    """Compare the files named on the command line."""
    program, reference, candidate = sys.argv[1:]
    comparison = compare(program, Path(reference).resolve(), Path(candidate).resolve())
    sys.stdout.write(msgspec.json.encode(comparison).decode() + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
