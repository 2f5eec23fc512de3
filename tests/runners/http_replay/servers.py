"""Small servers that are run as a port is: by a command that finds its port in PORT."""

import shlex
import sys
import textwrap
from pathlib import Path

from runners.environment import child_environment

COUNTER = """
    import http.server, json, os, pathlib

    COUNT = {"n": 0}


    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            COUNT["n"] += 1
            if self.path == "/die":
                os._exit(3)
            if self.path == "/write":
                pathlib.Path("data.txt").write_text("changed")
                pathlib.Path("new.txt").write_text("new")
            body = json.dumps({
                "n": COUNT["n"],
                "id": "item-%d" % COUNT["n"],
                "path": self.path,
                "cookie": self.headers.get("Cookie", ""),
                "data": pathlib.Path("data.txt").read_text(),
            }).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Set-Cookie", "seen=%d; Path=/" % COUNT["n"])
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_):
            pass


    port = int(os.environ["PORT"])
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
"""


def project(folder: Path, source: str = COUNTER) -> Path:
    """A folder with a server in it and a file that it reads."""
    folder.mkdir()
    (folder / "server.py").write_text(textwrap.dedent(source))
    (folder / "data.txt").write_text("first")
    return folder


COMMAND = f"{shlex.quote(sys.executable)} server.py"
ENV = child_environment()
