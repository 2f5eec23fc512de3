"""A server whose answers cost what the command line says, and that may die."""

import shlex
import sys
import textwrap
from pathlib import Path

from runners.environment import child_environment

SOURCE = """
    import http.server, os, sys, time

    BURN_S, DIES_AFTER = float(sys.argv[1]), int(sys.argv[2])
    COUNT = [0]


    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            COUNT[0] += 1
            if DIES_AFTER and COUNT[0] > DIES_AFTER:
                os._exit(3)
            end = time.thread_time() + BURN_S
            while time.thread_time() < end:
                pass
            body = b"answer"
            self.send_response(404 if self.path == "/missing" else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            pass


    address = ("127.0.0.1", int(os.environ["PORT"]))
    http.server.ThreadingHTTPServer(address, Handler).serve_forever()
"""
ENV = child_environment()


def project(folder: Path) -> Path:
    """A folder with the server in it."""
    folder.mkdir()
    (folder / "server.py").write_text(textwrap.dedent(SOURCE))
    return folder


def command(*, burn_s: float = 0.0, dies_after: int = 0) -> str:
    """Starts the server; each answer costs `burn_s` seconds of CPU time more than it must."""
    return f"exec {shlex.quote(sys.executable)} server.py {burn_s} {dies_after}"
