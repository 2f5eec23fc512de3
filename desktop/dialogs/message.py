"""A few words the user has to see, in a box of plain text."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


def tell(parent: QWidget, text: str, more: str) -> QMessageBox:
    """Show the words and go on at once; the box deletes itself when it is closed."""
    box = QMessageBox(parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle("Journeyman")
    box.setText(text)
    box.setInformativeText(more)
    box.open()
    return box
