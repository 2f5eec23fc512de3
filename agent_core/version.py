"""Which version of the program this is."""

import tomllib
from importlib import metadata
from pathlib import Path

NAME = "journeyman"


def version() -> str:
    """The version that is installed, or that of the checkout it runs from."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[1] / "pyproject.toml"
        return str(tomllib.loads(project.read_text())["project"]["version"])
