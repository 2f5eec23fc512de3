"""What a test does beyond the code that is loaded: Python in other processes, late imports."""

from __future__ import annotations

import os
import sys
from types import CodeType
from typing import Any

_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system")


class Reach:
    """Watches audit events of this process, for good: no hook can be taken out again.

    `outside`: Python was started in another process. `late`: a module of the workspace ran.
    """

    def __init__(self, root: str) -> None:
        self._prefix = root + os.sep
        self.outside = False
        self.late = False
        sys.addaudithook(self._hook)

    def reset(self) -> None:
        """Forget what was seen."""
        self.outside = self.late = False

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS:
            self.outside = self.outside or "python" in repr(arguments[:2]).lower()
        elif event == "exec" and isinstance(arguments[0], CodeType):
            code = arguments[0]
            if code.co_name == "<module>" and code.co_filename.startswith(self._prefix):
                self.late = True
