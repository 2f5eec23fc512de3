"""What tracing a run of the user's tests showed: lines, types, return types, attributes.

Type names: builtins bare ("int", "NoneType", "function"), others "module.QualName"; a container
carries the types of its first element or item: "list[int]", "dict[str, int]", "tuple[int, str]",
"set[int]", and stays bare when empty.
"""

import msgspec

from runners.reports import Status

TypeNames = tuple[str, ...]


class TestTrace(msgspec.Struct, frozen=True):
    """One test's executed lines, by workspace-relative file."""

    __test__ = False

    test: str
    status: Status
    lines: dict[str, tuple[int, ...]]
    duration_s: float = 0.0


class Observations(msgspec.Struct, frozen=True):
    """Everything tracing saw.

    values: file -> line -> name or call-free expression text -> types seen before the line ran.
    returns: file -> function qualname -> types returned.
    attributes: type name -> attribute -> types, read when a method of the type returned.
    imported: file -> lines that ran while the tests were collected, in no test.
    """

    traces: tuple[TestTrace, ...] = ()
    values: dict[str, dict[int, dict[str, TypeNames]]] = {}
    returns: dict[str, dict[str, TypeNames]] = {}
    attributes: dict[str, dict[str, TypeNames]] = {}
    hanging: tuple[str, ...] = ()
    imported: dict[str, tuple[int, ...]] = {}
