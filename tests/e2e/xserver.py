"""A screen of its own, and fingers for it: keys and clicks that a real X server delivers.

The fingers speak X11's protocol themselves, as far as it is needed: the keyboard's map, and the
XTEST extension's one request that fakes input.
"""

import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

START_S: Final = 20.0

_KEY_PRESS, _KEY_RELEASE, _BUTTON_PRESS, _BUTTON_RELEASE, _MOTION = 2, 3, 4, 5, 6
_QUERY_EXTENSION, _GET_KEYBOARD_MAPPING, _GET_INPUT_FOCUS, _FAKE_INPUT = 98, 101, 43, 2

_NAMED: Final = {
    "Tab": 0xFF09, "Return": 0xFF0D, "Escape": 0xFF1B, "Home": 0xFF50, "End": 0xFF57,
    "Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "Space": 0x20,
    "Ctrl": 0xFFE3, "Shift": 0xFFE1, "Alt": 0xFFE9, "Backspace": 0xFF08,
} | {f"F{number}": 0xFFBD + number for number in range(1, 13)}  # fmt: skip
"""Keysyms by the names that Qt writes; those of letters are their code points."""


def missing() -> str:
    """Why there can be no screen here; "" if there can."""
    return "" if shutil.which("Xvfb") else "Xvfb is not installed"


@contextmanager
def screen(width: int = 1280, height: int = 800) -> Iterator[str]:
    """An X server without hardware; its name, as DISPLAY takes it."""
    reads, writes = os.pipe()
    size = f"{width}x{height}x24"
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", size, "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(writes,), stderr=subprocess.DEVNULL) as server:
        try:
            os.close(writes)
            with os.fdopen(reads, encoding="ascii") as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


class Fingers:
    """Presses keys and clicks, on the screen of a display."""

    def __init__(self, display: str) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(START_S)
        self._socket.connect(f"/tmp/.X11-unix/X{display.removeprefix(':')}")  # noqa: S108  (X's)
        setup = self._greet()
        self._root, first, last = setup
        self._xtest = self._query(_QUERY_EXTENSION, struct.pack("<HH", 5, 0) + b"XTEST\0\0\0")[9]
        self._codes = self._keyboard(first, last)

    def close(self) -> None:
        """Let go of the server."""
        self._socket.close()

    def press(self, keys: str) -> None:
        """Press keys together, named as in "Ctrl+Shift+P"; letters alone stand for themselves."""
        names = keys.split("+") if len(keys) > 1 else [keys]
        codes: list[int] = []
        for name in names:
            sym = _NAMED.get(name, ord(name[0].lower() if len(keys) > 1 else name))
            code, shifted = self._codes[sym]
            codes += [self._codes[_NAMED["Shift"]][0], code] if shifted else [code]
        for code in codes:
            self._fake(_KEY_PRESS, code)
        for code in reversed(codes):
            self._fake(_KEY_RELEASE, code)
        self._settle()

    def type(self, text: str) -> None:
        """Type a text, letter by letter."""
        for letter in text:
            self.press("Return" if letter == "\n" else letter)

    def click(self, x: int, y: int) -> None:
        """Click with the left button at a place of the screen, in its pixels."""
        self._fake(_MOTION, 0, x, y)
        self._settle()
        self._fake(_BUTTON_PRESS, 1)
        self._fake(_BUTTON_RELEASE, 1)
        self._settle()

    def _greet(self) -> tuple[int, int, int]:
        """The root window, the first and the last key code."""
        self._socket.sendall(struct.pack("<BxHHHHxx", ord("l"), 11, 0, 0, 0))
        status, length = struct.unpack("<B5xH", self._read(8))
        rest = self._read(4 * length)
        if status != 1:
            raise ConnectionRefusedError(rest.decode("ascii", "replace"))
        vendor, formats = struct.unpack_from("<H", rest, 16)[0], rest[21]
        screens = 32 + (vendor + 3) // 4 * 4 + 8 * formats
        return struct.unpack_from("<I", rest, screens)[0], rest[26], rest[27]

    def _keyboard(self, first: int, last: int) -> dict[int, tuple[int, bool]]:
        """By keysym its key code, and whether Shift is needed."""
        count = last - first + 1
        answer = self._query(_GET_KEYBOARD_MAPPING, struct.pack("<BBxx", first, count))
        width = answer[1]
        syms = struct.unpack_from(f"<{width * count}I", answer, 32)
        found: dict[int, tuple[int, bool]] = {}
        for shifted in (True, False):  # what needs no Shift is written last, and stays
            for number in range(count):
                found[syms[number * width + shifted]] = first + number, shifted
        return found

    def _fake(self, kind: int, detail: int, x: int = 0, y: int = 0) -> None:
        at = (self._root, x, y) if kind == _MOTION else (0, 0, 0)
        fields = struct.pack("<BBxxII8xhh7xB", kind, detail, 0, at[0], at[1], at[2], 0)
        self._send(self._xtest, fields, _FAKE_INPUT)

    def _settle(self) -> None:
        """Return when the server has done what it was asked before."""
        self._query(_GET_INPUT_FOCUS, b"")

    def _send(self, opcode: int, fields: bytes, minor: int = 0) -> None:
        words = 1 + len(fields) // 4
        self._socket.sendall(struct.pack("<BBH", opcode, minor, words) + fields)

    def _query(self, opcode: int, fields: bytes) -> bytes:
        self._send(opcode, fields)
        while (head := self._read(32))[0] != 1:  # events and errors of no concern are as long
            if head[0] == 0:
                raise ConnectionError(f"the X server refused request {opcode}")
        return head + self._read(4 * int.from_bytes(head[4:8], "little"))

    def _read(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            piece = self._socket.recv(count - len(found))
            if not piece:
                raise ConnectionError("the X server is gone")
            found += piece
        return found
