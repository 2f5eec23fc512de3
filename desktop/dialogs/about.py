"""Which program this is."""

import tomllib
from importlib import metadata
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from desktop.dialogs.message import tell

NAME = "journeyman"
LICENCE = (
    "Licensed under the Apache License, Version 2.0. It comes without any warranty. "
    "Parts by others are named in THIRD_PARTY_NOTICES.md."
)


def about(parent: QWidget) -> QMessageBox:
    """Say name, version and licence in a box."""
    box = tell(parent, f"Journeyman {version()}", LICENCE)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle("About Journeyman")
    return box


def version() -> str:
    """The version that is installed, or that of the checkout it runs from."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        project = Path(__file__).resolve().parents[2] / "pyproject.toml"
        return str(tomllib.loads(project.read_text())["project"]["version"])
