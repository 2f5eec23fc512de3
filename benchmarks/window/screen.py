"""A screen to show windows on: an X server of our own if there is one, else none that is seen."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def screen(*, offscreen: bool = False) -> Iterator[Mapping[str, str]]:
    """The environment of programs that are to show a window on it."""
    plain = {k: v for k, v in os.environ.items() if k not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    server = shutil.which("Xvfb")
    if offscreen or server is None:
        yield {**plain, "QT_QPA_PLATFORM": "offscreen"}
        return
    reads, writes = os.pipe()
    argv = [server, "-displayfd", str(writes), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with (
        os.fdopen(reads) as told,
        subprocess.Popen(argv, pass_fds=[writes], stderr=subprocess.DEVNULL) as process,
    ):
        os.close(writes)
        try:
            number = told.readline().strip()  # written once it takes clients
            yield {**plain, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        finally:
            process.terminate()


def name_of(environ: Mapping[str, str]) -> str:
    """What kind of screen that is, in words."""
    return "Xvfb" if environ["QT_QPA_PLATFORM"] == "xcb" else "no screen (offscreen)"
