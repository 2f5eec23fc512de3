"""The bundled sample projects: each small, with a red test suite, worked on as a copy."""

import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from runners import ourselves

_PREFIX = "journeyman-sample-"


def names() -> tuple[str, ...]:
    """The samples there are."""
    return tuple(sorted(entry.name for entry in (files("resources") / "samples").iterdir()))


def description(name: str) -> str:
    """What a sample is, in its README's first sentence."""
    readme = files("resources") / "samples" / name / "README.md"
    text = " ".join(readme.read_text(encoding="utf-8").split("\n\n", 1)[1].split())
    return text.split(". ", 1)[0].rstrip(".")


def copy(name: str) -> Path:
    """A fresh copy of a sample in a temporary folder, which is the user's from then on."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)) / name
    with as_file(files("resources") / "samples" / name) as bundled:
        shutil.copytree(bundled, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder.resolve()


def python_of(folder: Path) -> Path | None:
    """Our own interpreter, if any, for a copy of a sample, which needs no other; else None."""
    copied = folder.parent.name.startswith(_PREFIX) and folder.name in names()
    return ourselves.interpreter() if copied else None
