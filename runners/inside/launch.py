"""Entry point inside the user's interpreter: `python launch.py`, started in `root`.

The configuration is the first line of standard input. It names the mode ("run" or one of WORKERS),
the framework and the files to write; the module that does the work gets it whole, with the open
`Results` in place of path and key if it has those, and returns the exit code.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import threading
from typing import Any

PACKAGE = "_journeyman_inside"
WORKERS = {
    "trace": "trace",
    "screen": "screen",
    "facts": "flask_app",
    "live": "flask_app",
    "serve": "flask_app",
    "gunicorn": "flask_gunicorn",
    "time": "time_calls",
}
LINGER_S = 3.0
"""How long threads and exit handlers of the tests may keep the interpreter after the last test."""


def adopt(folder: str) -> None:
    """Make the files of `folder` importable as `_journeyman_inside`, without any sys.path entry."""
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError("cannot load " + folder)
    package = importlib.util.module_from_spec(spec)
    sys.modules[PACKAGE] = package
    spec.loader.exec_module(package)


def enter(folder: str, root: str) -> None:
    """Give sys.path the first entry that `python -m FRAMEWORK` has: the current folder."""
    ours = os.path.realpath(folder)
    sys.path[:] = [entry for entry in sys.path if not entry or os.path.realpath(entry) != ours]
    sys.path.insert(0, root)


def main() -> int:
    """Read the configuration, prepare the interpreter, hand over."""
    sys.dont_write_bytecode = True
    folder = os.path.dirname(os.path.abspath(__file__))
    # Nothing follows this line before we have answered, so no buffer keeps what others wait for.
    config: dict[str, Any] = json.loads(sys.stdin.buffer.readline())
    adopt(folder)
    if "key" in config:
        # Before anything of the workspace can be imported, which must never see the key.
        results = importlib.import_module(PACKAGE + ".results")
        config["results"] = results.Results(config["results"], config.pop("key"))
    enter(folder, config["root"])
    importlib.import_module(PACKAGE + ".remap").apply(config)
    if "http" in config:
        importlib.import_module(PACKAGE + ".flask_http").apply(config)
    name = WORKERS.get(config["mode"]) or config["framework"] + "_run"
    code: int = importlib.import_module(PACKAGE + "." + name).main(config)
    end = threading.Timer(LINGER_S, os._exit, [code])
    end.daemon = True
    end.start()
    return code


if __name__ == "__main__":
    sys.exit(main())
