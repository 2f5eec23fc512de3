"""Entry of what is asked about the user's Flask application: its facts, or to serve it."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from .channel import Channel
from .guard import Guard


def main(config: dict[str, Any]) -> int:
    """Import the application, then do what the mode says."""
    channel = Channel(prints_to=2)
    try:
        importlib.import_module("flask")
    except ImportError as error:
        missing = "Flask cannot be imported in this project's environment ({})".format(error)
        channel.answer({"problem": missing + ": install what the project requires there"})
        return 1
    # They are drivers of the user's own Flask, as pytest's are of the user's pytest.
    from . import flask_facts, flask_live, flask_load, flask_serve  # noqa: PLC0415

    guard = Guard(config["root"])
    if config["guard"]:
        guard.install()
    try:
        loaded = flask_load.load(config["root"], config["app"])
    except flask_load.CannotLoad as problem:
        channel.answer({"problem": str(problem), **flask_facts.versions()})
        return 1
    # What was printed so far lies in a buffer, which each copy of this process would write again.
    sys.stdout.flush()
    if config["mode"] == "facts":
        if config["secrets"]:
            place = os.path.join(config["root"], config["secrets"])
            flask_live.keep_secrets(loaded, config["root"], place)
        channel.answer(flask_facts.of(loaded, config["root"]))
    elif config["mode"] == "live":
        channel.answer(flask_live.of(loaded, config["root"]))
    else:
        flask_serve.answer(loaded, config, channel, guard)
    return 0
