"""A model's endpoint that misbehaves on demand: real HTTP on a thread, one scripted fault each."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, Self

import msgspec

PATIENCE_S = 10.0  # for a client that neither sends nor goes


class Request(msgspec.Struct, frozen=True):
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, object]:
        """The body, decoded."""
        return msgspec.json.decode(self.body, type=dict[str, object])


class Answer(msgspec.Struct, frozen=True):
    """What one request gets: the pieces of a body, each sent by itself, and how it ends.

    `cut` closes before the body is complete, `reset` resets the connection, `hang` sends no more
    until the client goes. Status 0 says nothing at all.
    """

    pieces: tuple[bytes, ...] = ()
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("content-type", "text/event-stream"),)
    end: Literal["complete", "cut", "reset", "hang"] = "complete"
    pause_s: float = 0.0


class Misbehaving:
    """Gives the n-th request the n-th answer. Its base URL is `url`."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.client_gone = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, name="misbehaving")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    @contextlib.contextmanager
    def running(self) -> Iterator[Self]:
        """Answer until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._socket.close()

    def answer(self) -> Answer:
        """What the newest request gets."""
        number = len(self.requests)
        return self.answers[number - 1] if number <= len(self.answers) else RUN_OUT

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:  # shut down
                return
            connection.settimeout(PATIENCE_S)
            with connection, contextlib.suppress(OSError):  # a client may go at any time
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        request = _read(connection)
        if request is None:
            return
        self.requests.append(request)
        answer = self.answer()
        if answer.status:
            connection.sendall(_head(answer))
        for piece in answer.pieces:
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(answer.pause_s)
        if answer.end == "complete" and answer.status:
            connection.sendall(b"0\r\n\r\n")
        elif answer.end == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif answer.end == "hang" and connection.recv(1) == b"":
            self.client_gone.set()


def serving(*answers: Answer) -> contextlib.AbstractContextManager[Misbehaving]:
    """An endpoint with this script, running."""
    return Misbehaving(answers).running()


def event(payload: object) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(payload).encode() + b"\n\n"


def delta(**fields: object) -> bytes:
    """A piece of an answer."""
    return event({"choices": [{"index": 0, "delta": fields}]})


def finish(reason: str | None = "stop", usage: Mapping[str, object] | None = None) -> bytes:
    """The end of an answer."""
    last = event({"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
    counted = event({"choices": [], "usage": usage}) if usage else b""
    return last + counted + b"data: [DONE]\n\n"


def part(index: int | None, name: str | None, arguments: str | None, id_: str = "") -> bytes:
    """A piece of a tool call, with what is not None."""
    function = {"name": name, "arguments": arguments}
    call: dict[str, object] = {
        "function": {key: value for key, value in function.items() if value is not None}
    }
    if index is not None:
        call["index"] = index
    if id_:
        call["id"] = id_
    return delta(tool_calls=[call])


def saying(text: str) -> Answer:
    """A whole answer in words."""
    return Answer((delta(role="assistant", content=text), finish()))


def calling(name: str, arguments: str) -> Answer:
    """A whole answer that is one tool call."""
    return Answer((part(0, name, arguments, "call_1"), finish("tool_calls")))


def failing(status: int, body: object = None, **headers: str) -> Answer:
    """An error answer; a body that is no text is sent as JSON."""
    text = body if isinstance(body, str) else json.dumps(body)
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer((text.encode(),), status=status, headers=sent)


RUN_OUT = failing(418, "the script has run out")


def _head(answer: Answer) -> bytes:
    lines = [
        f"HTTP/1.1 {answer.status} Scripted",
        *(f"{name}: {value}" for name, value in answer.headers),
        "transfer-encoding: chunked",
        "connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _read(connection: socket.socket) -> Request | None:
    """The request, None where the client went before it was complete."""
    with connection.makefile("rb") as file:
        first = file.readline().decode().split()
        if len(first) != 3:
            return None
        headers: dict[str, str] = {}
        while line := file.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        body = file.read(int(headers.get("content-length", 0)))
    return Request(method=first[0], path=first[1], headers=headers, body=body)
