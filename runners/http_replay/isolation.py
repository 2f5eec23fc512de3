"""A network namespace for a comparison: nothing to be reached but a loopback of its own."""

import fcntl
import shutil
import socket
import struct
import sys
from pathlib import Path

from runners.environment import child_environment
from runners.process import CannotStart
from runners.quick import run_quick

_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 0x1
_INTERFACE = "16sh14x"
PREFIX = ("unshare", "--user", "--map-root-user", "--net", "--")
"""What to put before a worker's command line; it then owns a network with nothing in it."""


def namespace_works() -> bool:
    """Whether this machine lets us have a network namespace."""
    if sys.platform != "linux" or shutil.which(PREFIX[0]) is None:
        return False
    try:
        tried = run_quick((*PREFIX, "true"), cwd=Path("/"), env=child_environment(), timeout_s=10)
    except CannotStart:
        return False
    return tried.exit_code == 0


def bring_up_loopback() -> None:
    """Switch on the loopback of our own network namespace, which begins switched off.

    Raises OSError where this is no namespace of ours.
    """
    with socket.socket() as any_socket:
        asked = struct.pack(_INTERFACE, b"lo", 0)
        flags = struct.unpack(_INTERFACE, fcntl.ioctl(any_socket, _SIOCGIFFLAGS, asked))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack(_INTERFACE, b"lo", flags | _IFF_UP))
