"""The environment of every process we start: what is named here passes, nothing else.

A secret in the user's shell must not reach code that a repository or a model chose to run, and a
PYTHONPATH meant for something else must not decide which code is tested.
"""

import ctypes
import os
import sys
from collections.abc import Mapping

PASSED = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "TERM",
        "COLORTERM",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TMPDIR",
        "TEMP",
        "TMP",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        "PYENV_ROOT",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "LD_LIBRARY_PATH",
        "SYSTEMROOT",
        "COMSPEC",
        "PATHEXT",
        "USERPROFILE",
        "APPDATA",
        "LOCALAPPDATA",
    }
)
"""Where things are, who the user is, which language: nothing that authorises and no proxy."""

PASSED_PREFIXES = ("LC_",)

FIXED = {
    # Bytecode is keyed by whole-second mtime and size: after a quick edit the old code would run.
    "PYTHONDONTWRITEBYTECODE": "1",
    # The same order of sets in every run, so that a red test is red again.
    "PYTHONHASHSEED": "0",
}

_PR_SET_DUMPABLE = 4


def close_to_others() -> None:
    """Keep the user's other processes, tests among them, from reading this one's memory.

    Its `/proc/PID/environ`, where a model's key may be, belongs to root from now on, and it leaves
    no core file; children do not inherit this. No defence against tests that run as root, nor for
    a key that lies elsewhere as well, such as in the shell that started us. Linux only.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def child_environment(*, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The allowed part of our own environment, what we fix, then `extra`, which wins."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in PASSED or name.startswith(PASSED_PREFIXES)
    }
    return passed | FIXED | dict(extra or {})
