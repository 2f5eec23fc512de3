"""Asks an interpreter about itself: `python probe.py PROJECT` prints one line of JSON last."""

import sys

if __name__ == "__main__":
    sys.path.pop(0)  # our own folder: none of the imports below may come from it

import json
import os
import sysconfig
from importlib import metadata
from typing import Iterator, List, Optional
from urllib.parse import urlsplit
from urllib.request import url2pathname


def below(path: str, folder: str) -> bool:
    """Whether a path lies in a folder, links resolved."""
    real = os.path.realpath(path)
    return real == folder or real.startswith(folder + os.sep)


def redirected() -> Iterator[str]:
    """Folders and files that import hooks of editable installs map names to."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from getattr(module, "MAPPING", {}).values()
            for paths in getattr(module, "NAMESPACES", {}).values():
                yield from paths
    for finder in sys.meta_path:
        redirections = getattr(finder, "_redirections", None)
        if isinstance(redirections, dict):
            yield from map(str, redirections.values())


def declared() -> Iterator[str]:
    """Source folders of editable installs according to their installer (PEP 610)."""
    for entry in sys.path:
        names = os.listdir(entry) if os.path.isdir(entry) else []
        for name in sorted(names):
            path = os.path.join(entry, name, "direct_url.json")
            if not name.endswith(".dist-info") or not os.path.isfile(path):
                continue
            with open(path) as stream:
                origin = json.load(stream)
            if origin.get("dir_info", {}).get("editable"):
                yield url2pathname(urlsplit(origin["url"]).path)


def editable(project: str) -> List[str]:
    """Import paths below the project, the environment's own excepted.

    What an installer declares counts only where no import path says more: it names the folder
    of the sources, not where they are imported from.
    """
    prefix = os.path.realpath(sys.prefix)
    found = []
    for path in map(os.path.abspath, [*sys.path, *redirected()]):
        if below(path, project) and not below(path, prefix) and path not in found:
            found.append(path)
    for path in map(os.path.abspath, declared()):
        real = os.path.realpath(path)
        if below(path, project) and not any(below(other, real) for other in found):
            found.append(path)
    return found


def pytest_version() -> Optional[str]:
    """The installed pytest's version without importing it, None if there is none."""
    try:
        return metadata.version("pytest")
    except metadata.PackageNotFoundError:
        return None


def distribution_owned() -> bool:
    """Whether the operating system keeps pip out of this interpreter (PEP 668)."""
    marker = os.path.join(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    return sys.prefix == sys.base_prefix and os.path.exists(marker)


def main() -> None:
    """Print what `runners.toolchains` asks for."""
    answer = {
        "version": ".".join(str(part) for part in sys.version_info[:3]),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "pytest_version": pytest_version(),
        "editable": editable(os.path.realpath(sys.argv[1])),
        "distribution_owned": distribution_owned(),
    }
    # On a line of its own, whatever start-up code has printed before.
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
