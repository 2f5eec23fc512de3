#!/usr/bin/env python3
"""Write requirements/*.txt from pyproject.toml: `scripts/lock.py [--check] [--upgrade]`.

One resolution for every Python and platform the project runs on, all files of a version hashed.
Versions that still fit stay as they are; `--upgrade` takes the newest. Needs uv, from PATH or else
installed into a temporary folder. No index address is written down.
"""

import argparse
import difflib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "requirements"
EXTRAS = ("dev", "build")
"""Optional parts of the project, each with a lock that also names what is run."""
OLDEST_PYTHON = "3.11"
COMMON = (
    "--universal",
    f"--python-version={OLDEST_PYTHON}",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--quiet",
)


def main(arguments: list[str]) -> int:
    """Write the locks, or say where they differ: 1 then."""
    parser = argparse.ArgumentParser(description="Lock the dependencies.")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if out of date")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="journeyman-lock-") as name:
        made = compile_locks(Path(name), upgrade=options.upgrade)
    stale = {path: text for path, text in made.items() if read(path) != text}
    for path, text in stale.items():
        if options.check:
            sys.stdout.writelines(difference(path, text))
        else:
            path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {'out of date' if options.check else 'written'}")
    return 1 if options.check and stale else 0


def compile_locks(folder: Path, *, upgrade: bool) -> dict[Path, str]:
    """The text each lock should have. What is run is locked first; the others keep to it."""
    uv = find_uv(folder)
    common = (*COMMON, "--upgrade") if upgrade else COMMON
    run, *others = paths = [folder / f"{name}.txt" for name in ("run", *EXTRAS)]
    for path in paths:
        path.write_text(read(LOCKS / path.name), encoding="utf-8")
    compile_one = (uv, "pip", "compile", "pyproject.toml", *common)
    subprocess.run((*compile_one, "-o", run), cwd=ROOT, check=True)
    for path in others:
        extra = f"--extra={path.stem}"
        subprocess.run((*compile_one, extra, "-c", run, "-o", path), cwd=ROOT, check=True)
    return {LOCKS / path.name: path.read_text(encoding="utf-8") for path in paths}


def find_uv(folder: Path) -> str:
    """Path of uv, installed into the folder where the machine has none."""
    found = shutil.which("uv")
    if found is None:
        print("installing uv for this run", flush=True)
        install = (
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--target",
            folder / "uv",
            "uv",
        )
        subprocess.run(install, check=True)
        found = os.fspath(folder / "uv" / "bin" / "uv")
    return found


def read(path: Path) -> str:
    """The file's text, "" where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else ""


def difference(path: Path, text: str) -> list[str]:
    """A unified diff from the file to the text."""
    before, after = read(path).splitlines(keepends=True), text.splitlines(keepends=True)
    return list(difflib.unified_diff(before, after, path.name, "as resolved now"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
