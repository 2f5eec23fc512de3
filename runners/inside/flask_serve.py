"""Serves the application again and again in the state it had after its import, by forked copies."""

from __future__ import annotations

import codecs
import gc
import json
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
import warnings
from typing import Any, NamedTuple

from werkzeug.exceptions import InternalServerError

from . import wsgi
from .arcs import Arcs
from .channel import Channel
from .flask_load import Loaded
from .guard import Guard

IDLE_S = 1.0
"""How long requests that still run may take once the copy has been asked to end."""
END_S = 3.0
"""How long a copy may take to end."""
BACKLOG = 128


class Service(NamedTuple):
    """What each copy gets."""

    loaded: Loaded
    config: dict[str, Any]
    listener: socket.socket
    guard: Guard


def answer(loaded: Loaded, config: dict[str, Any], channel: Channel, guard: Guard) -> None:
    """Begin and end copies as the other side asks, until it closes."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", config["port"]))
    listener.listen(BACKLOG)
    _warm(loaded)
    threads = threading.active_count() - 1
    port = listener.getsockname()[1]
    told = {"refused": guard.refused, "started": guard.started}
    channel.answer({"port": port, "threads": threads, **told})
    service = Service(loaded, config, listener, guard)
    copy: Copy | None = None
    for request in channel.requests():
        ended = {"ended": "nothing was served"} if copy is None else copy.end()
        copy = None
        if request["do"] == "begin":
            copy = Copy(service)
            channel.answer({"pid": copy.pid})
        else:
            channel.answer(ended)
    if copy is not None:
        copy.end()


def _warm(loaded: Loaded) -> None:
    """Do once what the first request would do in each copy."""
    codecs.lookup("idna")
    loaded.app.url_map.update()
    gc.collect()
    # Counting references in passing, the collector would make each copy own all pages.
    gc.freeze()


class Copy:
    """One forked copy that serves."""

    def __init__(self, service: Service) -> None:
        end, self._end = os.pipe()
        self._report, report = os.pipe()
        with warnings.catch_warnings():
            # A thread that the application started at its import was told of.
            warnings.simplefilter("ignore")
            self.pid = os.fork()
        if self.pid == 0:
            os.close(self._end)
            os.close(self._report)
            _live_as_copy(service, end, report)
        os.close(end)
        os.close(report)

    def end(self) -> dict[str, Any]:
        """End and reap it: "ended" tells how if it did so on its own or not in time, else ""."""
        os.close(self._end)
        deadline = time.monotonic() + END_S
        data = self._read(deadline)
        code = self._reap(deadline)
        try:
            message: dict[str, Any] = json.loads(data)
        except ValueError:
            message = {"refused": [], "started": []}
            how = "killed by signal {}".format(-code) if code < 0 else "exit code {}".format(code)
            return {"ended": how, **message}
        return {"ended": "", **message}

    def _read(self, deadline: float) -> bytes:
        data = b""
        # Something that the application started may hold the pipe open.
        while select.select([self._report], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = os.read(self._report, 1 << 16)
            data += part
            if not part:
                break
        os.close(self._report)
        return data

    def _reap(self, deadline: float) -> int:
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            if time.monotonic() >= deadline:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.001)


def _live_as_copy(service: Service, end: int, report: int) -> None:
    code = 1
    try:
        data = json.dumps(_serve(service, end)).encode("ascii")
        while data:
            data = data[os.write(report, data) :]
        sys.stdout.flush()
        sys.stderr.flush()
        code = 0
    except BaseException:  # noqa: BLE001  (a copy that fails says why and ends, whatever it is)
        traceback.print_exc()
    finally:
        # Never into the code of the process this one is a copy of.
        os._exit(code)


def _serve(service: Service, end: int) -> dict[str, Any]:
    """Serve until the pipe `end` is closed; what the guard saw meanwhile."""
    config, guard = service.config, service.guard
    guard.refused.clear()
    guard.started.clear()
    arcs = Arcs(config["root"], config["files"]) if config["coverage"] else None
    if arcs is not None:
        arcs.start()
    server = wsgi.Server(service.listener, service.loaded.app, InternalServerError())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    # Nothing is ever written: our side closes the pipe, or has died.
    os.read(end, 1)
    server.wait_until_idle(IDLE_S)
    guard.let_go()
    if arcs is not None:
        arcs.append_to(config["coverage"])
    return {"refused": guard.refused, "started": guard.started}
