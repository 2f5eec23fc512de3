"""The one question before a language model may have a project's tests run."""

from pathlib import Path

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from agent_core.approvals import NEEDED
from desktop.appearance import Appearance
from desktop.views.labels import label


class TrustQuestion(QDialog):
    """Accepted means: for this repository, from now on. Not now is where Enter and Escape lead."""

    def __init__(self, look: Appearance, origin: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Run this project's tests?")
        head = label(
            "Run this project's tests with no isolation for a language model?",
            tone="head",
            wrap=True,
        )
        body = label(f"{origin}\n\n{NEEDED}", wrap=True)
        self.refuse = QPushButton("Not now", self)
        self.refuse.setDefault(True)
        self.refuse.clicked.connect(self.reject)
        self.allow = QPushButton("Allow once for this repository", self)
        self.allow.setAutoDefault(False)
        self.allow.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.allow)
        buttons.addWidget(self.refuse)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(head)
        column.addWidget(body)
        column.addLayout(buttons)
        self.setFixedWidth(look.px(480))
        self.refuse.setFocus()
