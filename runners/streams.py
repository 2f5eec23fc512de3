"""Pipes to and from a running command, without blocking and without keeping all that comes."""

import asyncio
import contextlib
import os
import sys
from collections import deque
from collections.abc import Callable

CHUNK = 262_144
LARGEST_PIPE = 1_048_576
"""What a pipe can hold at most, unless the system's own limit was raised."""


def enlarge(pipe: int) -> None:
    """Let a pipe hold a CHUNK, where the system lets us: it quarters the turns of the loop."""
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415  (not everywhere)

        with contextlib.suppress(OSError):  # no pipe but a socket, or the user has too many
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, CHUNK)


class Bounded:
    """Keeps the head and the tail of a stream, `limit` bytes in all, and counts the rest."""

    def __init__(self, limit: int) -> None:
        self._head_room = limit // 2
        self._tail_room = limit - self._head_room
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.cut = 0

    def add(self, chunk: bytes) -> None:
        """Take what came."""
        fits = max(0, self._head_room - len(self._head))
        self._head += chunk[:fits]
        rest = chunk[fits:]
        if not rest:
            return
        self._tail.append(rest)
        self._tail_size += len(rest)
        while self._tail_size > self._tail_room:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        oldest = self._tail.popleft()
        excess = min(len(oldest), self._tail_size - self._tail_room)
        if excess < len(oldest):
            self._tail.appendleft(oldest[excess:])
        self._tail_size -= excess
        self.cut += excess

    def value(self) -> bytes:
        """Head and tail, with a line between them that says how much is missing."""
        gap = b"\n... %d bytes cut ...\n" % self.cut if self.cut else b""
        return bytes(self._head) + gap + b"".join(self._tail)


class Reader:
    """Hands every chunk of a pipe to `take` until its end; owns the descriptor."""

    def __init__(self, descriptor: int, take: Callable[[bytes], None]) -> None:
        os.set_blocking(descriptor, False)
        enlarge(descriptor)
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._take = take
        self._listening = False
        self.ended = asyncio.Event()
        self.resume()

    def pause(self) -> None:
        """Leave what comes in the pipe, so that the writer waits."""
        if self._listening:
            self._loop.remove_reader(self._descriptor)
            self._listening = False

    def resume(self) -> None:
        """Read on after a pause."""
        if not self._listening and not self.ended.is_set():
            self._loop.add_reader(self._descriptor, self._ready)
            self._listening = True

    def _ready(self) -> None:
        try:
            chunk = os.read(self._descriptor, CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.close()
            return
        self._take(chunk)

    def drain(self) -> None:
        """Take what is in the pipe now, a pipe full at most, and close it."""
        left = 0 if self.ended.is_set() else LARGEST_PIPE
        while left > 0:
            try:
                chunk = os.read(self._descriptor, CHUNK)
            except OSError:
                break
            if not chunk:
                break
            left -= len(chunk)
            self._take(chunk)
        self.close()

    def close(self) -> None:
        """Stop reading."""
        if not self.ended.is_set():
            self.pause()
            os.close(self._descriptor)
            self.ended.set()


class Writer:
    """Feeds a pipe as fast as its reader takes it; owns the descriptor."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self._loop = asyncio.get_running_loop()
        self._descriptor = descriptor
        self._waiting: deque[memoryview] = deque()
        self._closing = False
        self.closed = False

    def write(self, data: bytes) -> None:
        """Queue data; dropped silently once the reader has gone, as its end says it all."""
        if self.closed or self._closing or not data:
            return
        self._waiting.append(memoryview(data))
        if len(self._waiting) == 1:
            self._loop.add_writer(self._descriptor, self._ready)

    def finish(self) -> None:
        """Close when everything queued has been written."""
        self._closing = True
        if not self._waiting:
            self.close()

    def _ready(self) -> None:
        try:
            written = os.write(self._descriptor, self._waiting[0][:CHUNK])
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        rest = self._waiting.popleft()[written:]
        if rest:
            self._waiting.appendleft(rest)
        elif not self._waiting:
            self._loop.remove_writer(self._descriptor)
            if self._closing:
                self.close()

    def close(self) -> None:
        """Drop what is queued and close."""
        if not self.closed:
            self.closed = True
            with contextlib.suppress(ValueError):
                self._loop.remove_writer(self._descriptor)
            self._waiting.clear()
            os.close(self._descriptor)
