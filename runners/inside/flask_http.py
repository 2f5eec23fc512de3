"""The application's own tests over HTTP: its test client asks a server instead of the application.

The server may be a port of the application, in any language. Each test meets a fresh one, and
every request and answer is written down.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
from typing import Any
from urllib.parse import quote

import werkzeug.test
from werkzeug.datastructures import Headers

from .results import Results

ANSWER_S = 20.0
RESET_S = 60.0
_PATH_SAFE = "/:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + '?%[]{}|^`"<>\\'
_HOPS = {"connection", "date", "keep-alive", "server", "transfer-encoding"}
"""Headers that a server adds to what the application answers."""
_WITH_BODY = {"POST", "PUT", "PATCH"}


def apply(config: dict[str, Any]) -> None:
    """From now on test clients ask the server that `config["http"]` leads to.

    {"control": [host, port], "record": path}: the line "reset" sent to `control` is answered with
    the port of a fresh server. `record` gets a line of JSON for each test that starts,
    {"test": id}, and one for each request with its answer; bodies in base64.
    """
    server = Server(config["http"]["control"], config["http"]["record"])
    config["results"] = Announced(config["results"], server)
    module: Any = werkzeug.test
    # Below the client, whose cookies and redirects stay its own business.
    module.run_wsgi_app = server.run


class Announced:
    """The results, with the server told of each test that starts."""

    def __init__(self, results: Results, server: Server) -> None:
        self._results = results
        self._server = server

    def add(self, event: str, **fields: Any) -> None:
        """Append one event."""
        if event == "begin":
            self._server.begin(fields["id"])
        self._results.add(event, **fields)


class Server:
    """The server under test as the tests see it."""

    def __init__(self, control: list[Any], record: str) -> None:
        self._control = (control[0], control[1])
        self._record = record
        self._test = ""
        self._port: int | None = None
        # Taken now: tests put fakes in the place of either.
        self._connect = socket.create_connection
        self._open, self._write, self._close = os.open, os.write, os.close

    def begin(self, test: str) -> None:
        """A test starts: its first request goes to a fresh server."""
        self._test, self._port = test, None
        self._note({"test": test})

    def run(self, _app: Any, environ: dict[str, Any], buffered: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002  (werkzeug's signature)
        """What `werkzeug.test.run_wsgi_app` gives: body, status line, headers."""
        if self._port is None:
            self._port = self._reset()
        method, target = environ["REQUEST_METHOD"], target_of(environ)
        headers, body = headers_of(environ), body_of(environ)
        status, reason, answered, data = self._ask(method, target, headers, body)
        self._note(
            {
                "test": self._test,
                "method": method,
                "target": target,
                "headers": headers,
                "body": base64.b64encode(body).decode("ascii"),
                "status": status,
                "answer_headers": answered,
                "answer_body": base64.b64encode(data).decode("ascii"),
            }
        )
        kept = [pair for pair in answered if pair[0].lower() not in _HOPS]
        return [data], "{} {}".format(status, reason), Headers(kept)

    def _reset(self) -> int:
        with self._connect(self._control, RESET_S) as connection:
            connection.sendall(b"reset\n")
            with connection.makefile("rb") as stream:
                return int(stream.readline())

    def _ask(
        self, method: str, target: str, headers: list[tuple[str, str]], body: bytes
    ) -> tuple[int, str, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_S)
        connection.sock = self._connect(("127.0.0.1", self._port), ANSWER_S)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value.encode("latin-1"))
            if body or method in _WITH_BODY:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body or None)
            answer = connection.getresponse()
            return answer.status, answer.reason, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _note(self, line: dict[str, Any]) -> None:
        data = json.dumps(line).encode("ascii") + b"\n"
        descriptor = self._open(self._record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            while data:
                data = data[self._write(descriptor, data) :]
        finally:
            self._close(descriptor)


def target_of(environ: dict[str, Any]) -> str:
    """Path and query as they go over the wire."""
    path = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    query = environ.get("QUERY_STRING", "").encode("latin-1")
    target = quote(path, safe=_PATH_SAFE) or "/"
    return target + "?" + quote(query, safe=_QUERY_SAFE) if query else target


def headers_of(environ: dict[str, Any]) -> list[tuple[str, str]]:
    """The request's headers; its length is told by what sends it."""
    found = [
        (key[len("HTTP_") :].replace("_", "-").title(), str(value))
        for key, value in environ.items()
        if key.startswith("HTTP_") and key != "HTTP_CONTENT_LENGTH"
    ]
    if environ.get("CONTENT_TYPE"):
        found.append(("Content-Type", str(environ["CONTENT_TYPE"])))
    return found


def body_of(environ: dict[str, Any]) -> bytes:
    """All of the request's body."""
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    length = environ.get("CONTENT_LENGTH")
    body: bytes = stream.read(int(length)) if length else stream.read()
    return body
