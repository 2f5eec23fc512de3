"""What a project says of itself before a task is assigned: interpreter, and how its tests run."""

import os
from pathlib import Path
from typing import Literal

import msgspec

from runners import toolchains
from runners.problems import UserProblem
from runners.suite_runs import detect_suite
from runners.toolchain import Toolchain


class Facts(msgspec.Struct, frozen=True):
    """What was found; `problem` says why tests cannot be run, and what to do about it."""

    origin: str
    toolchain: Toolchain | None = None
    framework: Literal["pytest", "unittest", ""] = ""
    problem: str = ""


def detect_facts(
    origin: Path, *, python: Path | None = None, test_command: str | None = None
) -> Facts:
    """Look at a folder without changing it. Takes a second or two: not for a window's thread."""
    toolchain = None
    try:
        toolchain = toolchains.detect(origin, named=python, environ=os.environ)
        suite = detect_suite(origin, origin, toolchain, test_command=test_command)
    except UserProblem as problem:
        return Facts(origin=str(origin), toolchain=toolchain, problem=str(problem))
    return Facts(origin=str(origin), toolchain=toolchain, framework=suite.framework)
