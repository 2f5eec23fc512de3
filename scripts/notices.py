#!/usr/bin/env python3
"""Write THIRD_PARTY_NOTICES.md: `scripts/notices.py [--check]`.

It names what `./run` installs. The metadata is that of the running environment, so start it with
`.journeyman/dev/bin/python`.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTICES = ROOT / "THIRD_PARTY_NOTICES.md"
HEAD = """\
# Third-party notices

Journeyman is licensed under the Apache License 2.0 (see LICENSE). It runs with these packages,
which are installed beside it and stay under their own licences. Each carries its licence text
in its `*.dist-info` folder, but those of Qt.

Qt (pyside6-essentials with the libraries of Qt 6 in it, and shiboken6) is used under the GNU
Lesser General Public License, version 3. Copyright (C) The Qt Company Ltd. and other contributors.
Its wheels carry no text of it, so it lies in `resources/licences`: LGPL-3.0.txt, and GPL-3.0.txt to
which it adds, word for word as the Free Software Foundation publishes them (taken from Debian's
package base-files). Nothing of Qt was changed. Its libraries are files of their own, in the
environment as in the bundle's folder `_internal`, and can be replaced by others with the same
interface. Their sources are at https://download.qt.io/official_releases/qt/ and
https://download.qt.io/official_releases/QtForPython/.

The bundle has Python and libraries of the system it was built on besides. Their terms are in its
folder `_internal/licences`, as Python and Debian's packages state them.

| package | version | licence |
|---|---|---|
"""

# What lies in `resources` and was made by others; its licence texts lie beside it.
TAIL = """\

It carries these files of others, which stay under their own licences too:

| what | where | licence |
|---|---|---|
| Inter 4.001 | resources/fonts | OFL-1.1 (Inter-LICENSE.txt) |
| JetBrains Mono 2.242 | resources/fonts | OFL-1.1 (JetBrainsMono-LICENSE.txt) |
| Lucide 1.62.0, some of its outlines | resources/icons | ISC and MIT (LICENSE.txt) |
| Werkzeug 3.1.9, words of error pages | resources/port | BSD-3-Clause (Werkzeug-LICENSE.txt) |

A port to Rust is built with crates that cargo fetches: `resources/port/flask_runtime/Cargo.lock`
names them. They are under the MIT, Apache-2.0, BSD-3-Clause, Zlib, 0BSD or Unicode-3.0 licence.
"""


def main(arguments: list[str]) -> int:
    """Write the notices, or say that they are out of date: 1 then."""
    parser = argparse.ArgumentParser(description="List the packages that Journeyman runs with.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    options = parser.parse_args(arguments)
    text = HEAD + "".join(rows()) + TAIL
    if options.check:
        current = NOTICES.exists() and NOTICES.read_text(encoding="utf-8") == text
        if not current:
            print(f"{NOTICES.name} is out of date: run scripts/notices.py")
        return 0 if current else 1
    NOTICES.write_text(text, encoding="utf-8")
    return 0


def rows() -> Iterator[str]:
    """One table row for each package that is locked to run."""
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    for line in lock.splitlines():
        # A line with a marker is for other platforms; those that run here have none.
        if line[:1].isalnum() and ";" not in line:
            name, version = line.removesuffix("\\").strip().split("==")
            yield f"| {name} | {version} | {licence(name)} |\n"


def licence(name: str) -> str:
    """The licence as the package's metadata gives it."""
    said = metadata.metadata(name)
    for field in ("License-Expression", "License"):
        for text in said.get_all(field) or []:
            if "\n" not in text:
                return str(text)
    classifiers = said.get_all("Classifier") or []
    named = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License ::")]
    return ", ".join(named) or "see its own files"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
