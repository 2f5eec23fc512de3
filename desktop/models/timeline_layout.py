"""Where rows lie: all of one height, a few with something more below; found without walking."""

from bisect import bisect_left, bisect_right, insort
from itertools import accumulate


class Layout:
    """Positions in pixels from the top of the first row."""

    def __init__(self) -> None:
        self.row_height = 24
        self.count = 0
        self._below: dict[int, int] = {}
        self._rows: list[int] = []
        self._before: list[int] = [0]

    @property
    def total(self) -> int:
        """Height of everything."""
        return self.count * self.row_height + self._before[-1]

    def clear(self) -> None:
        """Forget all rows."""
        self.count, self._below, self._rows, self._before = 0, {}, [], [0]

    def below(self, row: int) -> int:
        """What a row has below its first line."""
        return self._below.get(row, 0)

    def set_below(self, row: int, height: int) -> None:
        """Give a row so much below its first line; 0 takes it away."""
        if self._below.get(row, 0) == height:
            return
        if not height:
            del self._below[row]
            self._rows.remove(row)
        elif row not in self._below:
            insort(self._rows, row)
        if height:
            self._below[row] = height
        if height and row == self._rows[-1]:
            # The newest row grows most often, and nothing lies behind it.
            del self._before[len(self._rows) :]
            self._before.append(self._before[-1] + height)
        else:
            heights = (self._below[each] for each in self._rows)
            self._before = list(accumulate(heights, initial=0))

    def top(self, row: int) -> int:
        """Where a row begins."""
        return row * self.row_height + self._before[bisect_left(self._rows, row)]

    def height(self, row: int) -> int:
        """A row with what it has below."""
        return self.row_height + self.below(row)

    def row_at(self, y: int) -> int:
        """The row at a height, the nearest one outside; -1 if there is none."""
        if not self.count:
            return -1
        index = bisect_right(self._rows, y, key=self.top) - 1
        if index < 0:
            row = y // self.row_height
        else:
            tall = self._rows[index]
            below = y - self.top(tall) - self.height(tall)
            row = tall if below < 0 else tall + 1 + below // self.row_height
        return min(max(row, 0), self.count - 1)
