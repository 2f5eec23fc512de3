"""When an entry is too old: so long after it was stored, or after it was last used."""


class Expiry:
    """A life of `seconds`; a sliding one starts anew with every use. None means for ever."""

    def __init__(self, seconds=None, sliding=False):
        if seconds is not None and seconds <= 0:
            raise ValueError("a life lasts more than 0 seconds")
        self.seconds = seconds
        self.sliding = sliding

    def deadline(self, start):
        """The moment at which a life begun at `start` is over."""
        if self.seconds is None:
            return float("inf")
        return start + self.seconds
