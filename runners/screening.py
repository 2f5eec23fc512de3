"""Screens candidate patches against the failing tests, in fork servers in the user's interpreter.

Two servers share the work. The *warm* one has collected the tests once and swaps function code in
forks of itself; the *cold* one, started when it is first needed, runs the framework anew per patch
with the patched file in memory, for patches that a code swap cannot show. No file of the workspace
is written. A server that dies is started again and goes on behind the patch that killed it.
"""

import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import msgspec

from runners import process
from runners.environment import child_environment
from runners.patches import Patch, PatchOutcome, PatchStatus
from runners.problems import UserProblem
from runners.suite import Suite

LAUNCH = Path(__file__).parent / "inside" / "launch.py"
SLICE = 192
"""Patches sent to a server at once: what a stop after the first survivor may waste."""

GRACE_S = 0.4
"""Seconds a server gets to answer behind its deadline before it is ended."""

Way = Literal["warm", "cold"]
