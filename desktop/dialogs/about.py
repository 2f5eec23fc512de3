"""Which program this is."""

from PySide6.QtWidgets import QMessageBox, QWidget

from agent_core.version import version
from desktop.dialogs.message import tell

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
