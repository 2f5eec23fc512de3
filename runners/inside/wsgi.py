"""A small HTTP/1.1 server for a WSGI application: kept connections, a thread each.

Not werkzeug's own: that closes every connection, and answers differently from version to version.
"""

from __future__ import annotations

import contextlib
import http.server
import io
import socket
import socketserver
import sys
import threading
import traceback
from collections.abc import Iterator
from typing import Any, Callable
from urllib.parse import unquote_to_bytes, urlsplit

LINE_LIMIT = 65_536
_BODILESS = {204, 304}


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves on a socket that already listens; `fallback` answers where the application raises."""

    daemon_threads = True

    def __init__(self, listener: socket.socket, app: Any, fallback: Any) -> None:
        address: Any = listener.getsockname()
        super().__init__(address, Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.app, self.fallback = app, fallback
        self._busy = 0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """Count a request as running."""
        with self._changed:
            self._busy += 1
        try:
            yield
        finally:
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Whether no request runs, what the application does after its answer included."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy == 0, timeout_s)

    def handle_error(self, *_: Any) -> None:
        """Say what broke; a client that hung up is no news."""
        if not isinstance(sys.exc_info()[1], OSError):
            traceback.print_exc()


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle_one_request(self) -> None:
        """Read a request, let the application answer it."""
        self.raw_requestline = self.rfile.readline(LINE_LIMIT + 1)
        if not self.raw_requestline:
            self.close_connection = True
            return
        with self.server.request():
            self._answer()
            self.wfile.flush()

    def _answer(self) -> None:
        if len(self.raw_requestline) > LINE_LIMIT:
            self.requestline = self.request_version = self.command = ""
            self.close_connection = True
            self.send_error(414)
            return
        if not self.parse_request():
            return
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            # Where its body ends is unknown, and so where the next request begins.
            self.close_connection = True
            self.send_error(411 if "Transfer-Encoding" in self.headers else 400)
            return
        body = self.rfile.read(int(length))
        answer = Answer(self)
        try:
            answer.run(self.server.app, self._environ(body))
        except Exception:  # noqa: BLE001  (the application may raise anything)
            traceback.print_exc()
            if answer.is_sent:
                self.close_connection = True
            else:
                Answer(self).run(self.server.fallback, self._environ(body))

    def _environ(self, body: bytes) -> dict[str, Any]:
        # The request line itself: `path` has lost a slash where it began with two.
        target = self.requestline.split()[1].partition("#")[0]
        path, _, query = target.partition("?")
        host = ""
        if not path.startswith("/") and "://" in path:
            host, path = urlsplit(path).netloc, urlsplit(path).path
        environ: dict[str, Any] = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
            "QUERY_STRING": query,
            "REQUEST_URI": target,
            "RAW_URI": target,
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_PORT": self.client_address[1],
            "SERVER_NAME": self.server.server_address[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "SERVER_SOFTWARE": "journeyman",
        }
        for name, value in self.headers.items():
            if "_" not in name:
                _add_header(environ, name, value)
        if host:
            environ["HTTP_HOST"] = host
        return environ


def _add_header(environ: dict[str, Any], name: str, value: str) -> None:
    key = name.upper().replace("-", "_")
    if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        key = "HTTP_" + key
        if key in environ:
            value = "{},{}".format(environ[key], value)
    environ[key] = value


class Answer:
    """What the application says to one request, on its way out."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._chunked = False
        self.is_sent = False

    def run(self, app: Any, environ: dict[str, Any]) -> None:
        """Call the application and send what it gives."""
        parts = app(environ, self._start)
        try:
            for part in parts:
                if part:
                    self._write(part)
            self._write(b"")
            if self._chunked:
                self._handler.wfile.write(b"0\r\n\r\n")
            # The client has its answer before the application tidies up.
            self._handler.wfile.flush()
        finally:
            if hasattr(parts, "close"):
                parts.close()

    def _start(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info and self.is_sent:
            raise exc_info[1].with_traceback(exc_info[2])
        self._status, self._headers = status, headers
        return self._write

    def _write(self, data: bytes) -> None:
        if not self.is_sent:
            self._send_head()
        if not data or self._handler.command == "HEAD":
            return
        if self._chunked:
            data = b"%x\r\n%s\r\n" % (len(data), data)
        self._handler.wfile.write(data)

    def _send_head(self) -> None:
        self.is_sent = True
        code, _, reason = self._status.partition(" ")
        self._handler.send_response_only(int(code), reason)
        for name, value in self._headers:
            self._handler.send_header(name, value)
        known = any(name.lower() == "content-length" for name, _ in self._headers)
        bodiless = int(code) in _BODILESS or self._handler.command == "HEAD"
        if not (known or bodiless):
            self._chunked = self._handler.request_version == "HTTP/1.1"
            if self._chunked:
                self._handler.send_header("Transfer-Encoding", "chunked")
            else:
                self._handler.close_connection = True
        self._handler.end_headers()
