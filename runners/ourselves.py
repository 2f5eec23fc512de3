"""How we start another process of our own: from our files, or from the bundle made of them.

The bundle's executable is no Python interpreter. It is one of our helpers when its first argument
names one, which only this module writes and reads. Standard library only: a guardian starts with
every command and has to be quick.
"""

import os
import sys
from pathlib import Path

_GUARDIAN, _WORKER = "--guardian", "--worker"
_LIBRARIES = "LD_LIBRARY_PATH"


def bundled() -> bool:
    """Whether we run from the bundle."""
    return bool(getattr(sys, "frozen", False))


def interpreter() -> Path | None:
    """The Python that we run on, with pytest; None in the bundle, which has none to start."""
    return None if bundled() else Path(sys.executable)


def guardian(control: int) -> tuple[str, ...]:
    """The command line of a guardian that is controlled by this descriptor."""
    if bundled():
        return (sys.executable, _GUARDIAN, str(control))
    script = Path(__file__).with_name("guardian.py")
    return (sys.executable, "-I", "-S", str(script), str(control))


def worker() -> tuple[str, ...]:
    """The command line of a worker; from our files, it imports what PYTHONPATH names."""
    if bundled():
        return (sys.executable, _WORKER)
    return (sys.executable, "-s", "-P", "-m", "runners.worker")


def begin_bundled() -> None:
    """What the bundle does first: be a helper to the end if it was started as one."""
    _forget_libraries()
    match sys.argv[1:]:
        case [helper, control] if helper == _GUARDIAN:
            from runners import guardian  # noqa: PLC0415  (for guardians alone)

            guardian.main(int(control))
        case [helper] if helper == _WORKER:
            from runners import worker  # noqa: PLC0415  (for workers alone)

            worker.main()
            sys.exit()


def _forget_libraries() -> None:
    """Keep the bundle's libraries from the programs that we start: git has its own."""
    before = os.environ.pop(f"{_LIBRARIES}_ORIG", None)
    os.environ.pop(_LIBRARIES, None)
    if before is not None:
        os.environ[_LIBRARIES] = before
