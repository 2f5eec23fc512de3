"""A package called gunicorn for a machine without a network: what is used of it, no more."""

import zipfile
from pathlib import Path

VERSION = "99.1"
BASE = """
import socketserver, wsgiref.simple_server

class Settings:
    def __init__(self):
        self.settings = {"bind": "", "workers": 1, "threads": 1}
    def set(self, name, value):
        self.settings[name] = value

class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass

class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True

class BaseApplication:
    def __init__(self):
        self.cfg = Settings()
        self.load_config()
    def run(self):
        assert (self.cfg.settings["workers"], self.cfg.settings["threads"]) == (2, 8)
        host, port = self.cfg.settings["bind"].split(":")
        server = Server((host, int(port)), Quiet)
        server.set_app(self.load())
        server.serve_forever()
"""
FILES = {
    "gunicorn/__init__.py": f'__version__ = "{VERSION}"\n',
    "gunicorn/app/__init__.py": "",
    "gunicorn/app/base.py": BASE,
    f"gunicorn-{VERSION}.dist-info/METADATA": (
        f"Metadata-Version: 2.1\nName: gunicorn\nVersion: {VERSION}\n"
    ),
    f"gunicorn-{VERSION}.dist-info/WHEEL": (
        "Wheel-Version: 1.0\nGenerator: none\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    ),
    f"gunicorn-{VERSION}.dist-info/RECORD": "",
}


def wheel(folder: Path) -> Path:
    """Write the package as pip finds it; returns the folder."""
    folder.mkdir()
    with zipfile.ZipFile(folder / f"gunicorn-{VERSION}-py3-none-any.whl", "w") as archive:
        for name, text in FILES.items():
            archive.writestr(name, text)
    return folder
