"""Which lines of the current hunk are selected, to be decided without the others."""

from desktop.models.review import HunkReview
from editors.held import reference


class Selection:
    """From the line where it was begun to the one it reaches now; perhaps none."""

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None

    def clear(self) -> None:
        """Select nothing."""
        self._ends = None

    def extend(self, hunk: HunkReview, *, down: bool) -> int | None:
        """Take in the next undecided line; returns its index, None where nothing can be chosen."""
        free = [index for index in hunk.changed if index not in hunk.lines]
        if not free or hunk.status != "pending" or hunk.hunk.kind != "lines":
            return None
        if self._ends is None:
            at = free[0] if down else free[-1]
            self._ends = (at, at)
        else:
            anchor, head = self._ends
            further = [index for index in free if (index > head if down else index < head)]
            if further:
                self._ends = (anchor, further[0] if down else further[-1])
        return self._ends[1]

    def lines(self, hunk: HunkReview) -> set[int]:
        """Indices of the selected lines that change something and are not decided."""
        if self._ends is None:
            return set()
        first, last = sorted(self._ends)
        return {i for i in hunk.changed if first <= i <= last and i not in hunk.lines}

    def chosen(self, hunk: HunkReview) -> str:
        """The reference to the selected lines, else to what is left of the hunk."""
        lines = self.lines(hunk)
        return reference(hunk.hunk, lines) if lines else hunk.undecided()
