"""Serves the user's Flask application by gunicorn, found and imported as for a comparison."""

from __future__ import annotations

import importlib
import os
from typing import Any

from . import flask_load


def main(config: dict[str, Any]) -> int:
    """Serve on the port in PORT until a signal ends it; `config["gunicorn"]` are its settings.

    Each worker imports the application itself, as gunicorn does unless told otherwise.
    """
    base: Any = importlib.import_module("gunicorn.app.base").BaseApplication

    def load_config(self: Any) -> None:
        self.cfg.set("bind", "127.0.0.1:" + os.environ["PORT"])
        for name, value in config["gunicorn"].items():
            # Which settings there are depends on gunicorn's version.
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(_: Any) -> Any:
        return flask_load.load(config["root"], config["app"]).app

    application = type("Application", (base,), {"load_config": load_config, "load": load})
    application().run()
    return 0
