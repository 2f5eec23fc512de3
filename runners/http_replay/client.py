"""One client of one server: a kept connection, a cookie jar, and references to earlier answers."""

import contextlib
import http.client
import json
import re
import select
import socket
import time
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import quote, urlsplit

from runners.http_replay import markup
from runners.http_replay.cookies import Jar
from runners.http_replay.exchange import MARK, Ref, Request, Response

HOST = "127.0.0.1"
ANSWER_S = 10.0
"""How long an answer may take before it counts as none."""
BODY_LIMIT = 16_000_000
_REFERENCE = re.compile(re.escape(MARK) + r"(\d+)\]")


class Client:
    """Sends requests to a port on loopback, one at a time; holds the jar of one sequence."""

    def __init__(self, port: int, *, jar: Jar | None = None, timeout_s: float = ANSWER_S) -> None:
        self.jar = jar or Jar()
        self._port = port
        self._timeout_s = timeout_s
        self._connection: http.client.HTTPConnection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def send(self, request: Request, earlier: Sequence[Response] = ()) -> Response:
        """The answer to a request, whose references lead into `earlier` answers."""
        time.sleep(request.after_s)
        request = resolved(request, earlier)
        try:
            response = self._exchange(request)
        except TimeoutError:
            self.close()
            return Response(problem=f"no answer within {self._timeout_s:g} s")
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Response(problem=f"no answer: {type(error).__name__}: {error}".rstrip(": "))
        self.jar.take(response)
        return response

    def _exchange(self, request: Request) -> Response:
        connection = self._connected()
        connection.putrequest(
            request.method, request.target, skip_accept_encoding=True, skip_host=True
        )
        for name, value in self._headers(request):
            connection.putheader(name, value.encode("utf-8"))
        connection.endheaders(request.body or None)
        answer = connection.getresponse()
        with answer:
            body = answer.read(BODY_LIMIT)
            if answer.read(1):
                raise http.client.HTTPException(f"more than {BODY_LIMIT:,} bytes")
        if answer.will_close:
            self.close()
        return Response(answer.status, tuple(answer.getheaders()), body, at=time.time())

    def _connected(self) -> http.client.HTTPConnection:
        """The kept connection, or a new one where the server has closed it meanwhile."""
        kept = self._connection
        if kept is not None and kept.sock is not None and not _closed(kept.sock):
            return kept
        self.close()
        connection = http.client.HTTPConnection(HOST, self._port, timeout=self._timeout_s)
        connection.connect()
        # A request in two parts would else wait for the first one's acknowledgement.
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        return connection

    def _headers(self, request: Request) -> list[tuple[str, str]]:
        given = {name.lower() for name, _ in request.headers}
        headers = [] if "host" in given else [("Host", "localhost")]
        headers += request.headers
        if cookie := self.jar.header(request.target):
            own = [value for name, value in headers if name.lower() == "cookie"]
            headers = [pair for pair in headers if pair[0].lower() != "cookie"]
            headers.append(("Cookie", "; ".join([cookie, *own])))
        sends = request.body or request.method in {"POST", "PUT", "PATCH"}
        if sends and "content-length" not in given:
            headers.append(("Content-Length", str(len(request.body))))
        return headers


def _closed(kept: socket.socket) -> bool:
    """Whether the other side has hung up, or sent what nobody asked for."""
    readable, _, _ = select.select([kept], [], [], 0)
    return bool(readable)


def resolved(request: Request, earlier: Sequence[Response]) -> Request:
    """The request with the values that its references stand for."""
    if not request.refs:
        return request
    values = [value_of(ref, earlier) for ref in request.refs]

    def in_target(match: re.Match[str]) -> str:
        return quote(values[int(match[1])], safe="")

    def in_header(match: re.Match[str]) -> str:
        return "".join(letter for letter in values[int(match[1])] if letter.isprintable())

    def in_body(match: re.Match[str]) -> str:
        return values[int(match[1])]

    return Request(
        method=request.method,
        target=_REFERENCE.sub(in_target, request.target),
        headers=tuple((n, _REFERENCE.sub(in_header, v)) for n, v in request.headers),
        body=_REFERENCE.sub(in_body, request.body.decode()).encode(),
        route=request.route,
    )


def value_of(ref: Ref, earlier: Sequence[Response]) -> str:
    """The value in words; "" where the answer does not have it."""
    if ref.exchange >= len(earlier):
        return ""
    answer = earlier[ref.exchange]
    match ref.path:
        case ("location",):
            return urlsplit(answer.first("location")).path.rstrip("/").rpartition("/")[2]
        case ("link", str(before), str(after)) if _is_page(answer):
            return markup.linked(answer.body, before, after)
        case ("field", str(name)) if _is_page(answer):
            return markup.offered(answer.body, name)
        case ("word", int(place)):
            return markup.given(answer.body, place)
    return _leaf(answer.body, ref.path)


def _leaf(body: bytes, path: tuple[str | int, ...]) -> str:
    """A value in a document, in words."""
    value: Any = None
    with contextlib.suppress(ValueError):
        value = json.loads(body)
    for key in path:
        try:
            value = value[key]
        except (LookupError, TypeError):
            return ""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def _is_page(answer: Response) -> bool:
    return "html" in answer.first("content-type")
