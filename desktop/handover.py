"""Gives the review the keyboard when a run has ended with a change, unless the user is writing."""

from PySide6.QtCore import QObject, Qt

from desktop.review_link import ReviewLink
from desktop.session_link import SessionLink
from desktop.views.composer import Composer
from desktop.views.review import ReviewPage


class Handover(QObject):
    """Waits after a run until the change is shown; a page that is not in front opens by no means.

    Only an empty message box gives the keyboard away.
    """

    def __init__(
        self,
        composer: Composer,
        page: ReviewPage,
        link: SessionLink,
        review_link: ReviewLink,
        *,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._composer, self._page, self._link = composer, page, link
        self._waits = False
        link.bridge.state_changed.connect(self._state_changed)
        link.session_changed.connect(self._forget)
        review_link.shown.connect(self._hand_over)

    def _state_changed(self, state: str) -> None:
        self._waits = state == "idle"
        self._hand_over()

    def _forget(self) -> None:
        self._waits = False

    def _hand_over(self) -> None:
        self._waits &= self._idles()
        if self._waits and self._page.isVisible() and self._page.review.open:
            self._waits = False
            self._page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _idles(self) -> bool:
        """Whether the message box has the keyboard and nothing is written in it."""
        text = self._composer.text
        return text.window().focusWidget() is text and not self._composer.draft()
