"""On a signal, writes down where every thread is: how a test that hangs is located.

Not `faulthandler.dump_traceback_later`: its thread makes fork warn from Python 3.12 on, and a
forked copy of the process would wait for it for ever.
"""

from __future__ import annotations

import faulthandler
import os
import signal
from typing import Any

from .results import Results

FROM_LAST = 3
"""Counted from the last real-time signal: programs use the first ones, if any."""


def watch(config: dict[str, Any], results: Results) -> None:
    """Tell the program which signal to send to whom; nothing where there are no such signals."""
    if hasattr(signal, "SIGRTMAX") and hasattr(faulthandler, "register"):
        number = signal.SIGRTMAX - FROM_LAST
        file = open(os.path.join(config["scratch"], "hang.txt"), "wb")
        faulthandler.register(number, file=file, all_threads=True)
        results.add("watched", pid=os.getpid(), signal=int(number))
