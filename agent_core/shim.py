"""`journeyman` for check commands: this very program, whatever the user has on PATH.

So a check can be `journeyman parity . --against CMD`, by which a port is judged like anything else.
"""

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from runners import ourselves
from runners.cargo import TARGET


def with_ourselves(env: Mapping[str, str], *, scratch: Path, target: Path) -> dict[str, str]:
    """The environment of a check command, in which PATH begins with this program.

    Its own data goes to `scratch`. What cargo builds is kept in `target`, outside of every tree, so
    that a second build takes up where the first one ended.
    """
    folder = scratch / "bin"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "journeyman"
    program.write_text(_script(scratch / "home"), encoding="utf-8")
    program.chmod(0o755)
    path = os.pathsep.join((str(folder), env.get("PATH", os.defpath)))
    return {**env, "PATH": path, TARGET: str(target)}


def _script(home: Path) -> str:
    if ourselves.bundled():
        command: tuple[str, ...] = (sys.executable,)
    else:
        command = (sys.executable, "-s", "-P", "-m", "agent_core.terminal.cli")
    settings = {"JOURNEYMAN_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in settings.items()]
    return "\n".join(("#!/bin/sh", *lines, f'exec {shlex.join(command)} "$@"', ""))
