"""How a session's state looks: one icon, one tone, the same wherever it is shown."""

from typing import Final

from PySide6.QtGui import QIcon

from desktop.appearance import Appearance

_ICONS: Final = {
    "running": ("circle-dot", "accent"),
    "needs_you": ("hand", "warning"),
    "interrupted": ("circle-pause", "warning"),
    "stopped": ("circle-pause", "text2"),
    "ready": ("circle-check", "good"),
    "accepted": ("check", "good"),
    "failed": ("circle-x", "bad"),
    "unreadable": ("triangle-alert", "warning"),
    "gone": ("triangle-alert", "text3"),
    "new": ("folder", "text2"),
}

TONES: Final = {
    "running": "quiet",
    "needs_you": "warning",
    "interrupted": "warning",
    "ready": "good",
    "accepted": "good",
    "failed": "bad",
    "unreadable": "warning",
}


def state_icon(look: Appearance, state: str) -> QIcon:
    """The icon of a state: those of `agent_core.overview`, "needs_you", "gone" and "new"."""
    return look.icon(*_ICONS[state])
