"""Keeps the application to the copy it runs in: an audit hook, where nothing better isolates it.

No defence against code that means harm: what runs outside Python is not seen.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import sys
import tempfile
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_PATHS = {
    "os.remove": ((0, 1),),
    "os.rmdir": ((0, 1),),
    "os.mkdir": ((0, 2),),
    "os.rename": ((0, 2), (1, 3)),
    "os.link": ((0, 2), (1, 3)),
    "os.symlink": ((1, 2),),
    "os.chmod": ((0, 2),),
    "os.chown": ((0, 3),),
    "os.utime": ((0, 3),),
    "os.truncate": ((0, None),),
}
"""Where in the arguments of an event the paths are, each with the folder it is relative to."""
_DEVICES = {os.devnull, "/dev/stdout", "/dev/stderr", "/dev/tty"}
_ADDRESSES = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname"}
_STARTS = {"subprocess.Popen": 0, "os.posix_spawn": 0, "os.exec": 0, "os.system": 0}


class Guard:
    """Refuses writes outside the root and the temporary folder, and other hosts than this one.

    `refused` names each refusal, `started` each program, whose doings nobody sees.
    """

    def __init__(self, root: str) -> None:
        self._folders = (os.path.realpath(root), os.path.realpath(tempfile.gettempdir()))
        self._is_on = False
        self.refused: list[str] = []
        self.started: list[str] = []

    def install(self) -> None:
        """Watch from now on."""
        self._is_on = True
        sys.addaudithook(self._hear)

    def let_go(self) -> None:
        """Refuse nothing more: what writes now is our own code."""
        self._is_on = False

    def _hear(self, event: str, arguments: Any) -> None:
        if not self._is_on:
            return
        if event == "open":
            self._opening(*arguments)
        elif event in _PATHS:
            for path, folder in _PATHS[event]:
                self._writing(event, arguments[path], -1 if folder is None else arguments[folder])
        elif event in _ADDRESSES:
            self._reaching(event, arguments[1])
        elif event in _LOOKUPS:
            self._reaching(event, (arguments[0],))
        elif event == "sqlite3.connect":
            self._database(arguments[0])
        elif event in _STARTS:
            name = os.path.basename(_text(arguments[_STARTS[event]]))
            # One start may be several events.
            if name not in self.started:
                self.started.append(name)

    def _opening(self, path: Any, mode: Any, flags: Any) -> None:
        writes = bool(flags & _WRITES) if isinstance(flags, int) else "r" not in (mode or "r")
        if writes:
            self._writing("open", path, -1)

    def _database(self, name: Any) -> None:
        path = _text(name)
        if path.startswith("file:"):
            path = path[len("file:") :].partition("?")[0]
        if path and not path.startswith(":memory:"):
            self._writing("sqlite3.connect", path, -1)

    def _writing(self, event: str, path: Any, folder: int) -> None:
        if isinstance(path, int):
            # A descriptor: it was looked at when it was opened.
            return
        text = _text(path)
        if text in _DEVICES:
            return
        if folder >= 0 and not os.path.isabs(text):
            text = os.path.join(os.path.realpath("/proc/self/fd/{}".format(folder)), text)
        place = os.path.realpath(text)
        if any(_is_below(place, each) for each in self._folders):
            return
        self._refuse("{} {}".format(event, place), "outside the copy of the project")

    def _reaching(self, event: str, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) and address else None
        if not isinstance(host, (str, bytes)):
            # A socket of this machine's kernel, or no address at all.
            return
        name = _text(host)
        if not _is_loopback(name) or (event == "socket.bind" and not name):
            self._refuse("{} {}".format(event, name or "every address"), "not on loopback")

    def _refuse(self, what: str, why: str) -> None:
        self.refused.append(what)
        raise PermissionError(errno.EACCES, "refused while answers are compared: " + why, what)


def _text(path: Any) -> str:
    try:
        return os.fsdecode(path)
    except TypeError:
        return str(path)


def _is_below(place: str, folder: str) -> bool:
    return place == folder or place.startswith(folder + os.sep)


def _is_loopback(name: str) -> bool:
    if name in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
