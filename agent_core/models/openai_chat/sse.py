"""The body of an answer, taken apart as its bytes come: an event stream, or one JSON text."""

import re
from typing import Protocol

LINE_END = re.compile(rb"\r\n|\n|\r")
BOM = b"\xef\xbb\xbf"
LONGEST = 32 * 2**20
"""Bytes of one event, or of a whole JSON answer: more is no answer to a chat."""


class TooLong(ValueError):  # noqa: N818  (says what the answer is)
    """An endpoint that sends without end."""


class Parser(Protocol):
    """Takes bytes, gives the payloads that they complete."""

    def feed(self, piece: bytes) -> list[str]:
        """The payloads complete with these bytes."""

    def close(self) -> list[str]:
        """What is left when no more bytes come."""


class EventStream:
    """Server-sent events, their `data` fields alone; comments are signs of life and say nothing."""

    def __init__(self) -> None:
        self._rest = bytearray()  # a line so far
        self._after_cr = False
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[str]:
        """The data of each event that these bytes complete.

        Raises:
            TooLong: one event has no end.
        """
        cut_in_two = self._after_cr and piece.startswith(b"\n")  # a CRLF
        self._after_cr = piece.endswith(b"\r")
        complete = self._lines(piece[cut_in_two:])
        if len(self._rest) + self._size > LONGEST:
            raise TooLong
        return complete

    def close(self) -> list[str]:
        """The last event, where the blank line after it never came."""
        return [*self._line(bytes(self._rest)), *self._line(b"")]

    def _lines(self, piece: bytes) -> list[str]:
        """Only where a line ends is all of it looked at: one may come in thousands of pieces."""
        self._rest += piece
        if not LINE_END.search(piece):
            return []
        *lines, rest = LINE_END.split(bytes(self._rest))
        self._rest = bytearray(rest)
        return [data for line in lines for data in self._line(line)]

    def _line(self, line: bytes) -> list[str]:
        if not line:
            data, self._data, self._size = self._data, [], 0
            return [b"\n".join(data).decode(errors="replace")] if data else []
        field, _, value = line.removeprefix(BOM).partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
        return []


class Whole:
    """One JSON text, although a stream was asked for."""

    def __init__(self) -> None:
        self._body = bytearray()

    def feed(self, piece: bytes) -> list[str]:
        """Nothing yet: it is complete at its end.

        Raises:
            TooLong: it has none.
        """
        self._body += piece
        if len(self._body) > LONGEST:
            raise TooLong
        return []

    def close(self) -> list[str]:
        """All of it."""
        return [self._body.decode(errors="replace")]


def parser_for(start: bytes) -> Parser:
    """By the first bytes that are not blank, since content types are wrong too often."""
    return Whole() if start.lstrip()[:1] in {b"{", b"["} else EventStream()


def is_markup(start: bytes) -> bool:
    """Whether a web page answers."""
    return start.lstrip().startswith(b"<")
