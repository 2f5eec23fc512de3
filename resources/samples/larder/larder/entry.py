"""What the cache keeps for one key."""


class Entry:
    """A value with its weight and the moments that matter."""

    __slots__ = ("deadline", "stored", "value", "weight")

    def __init__(self, value, weight, stored, deadline):
        self.value = value
        self.weight = weight
        self.stored = stored
        self.deadline = deadline

    def is_over(self, now):
        """Whether the entry has outlived its time."""
        return now >= self.deadline

    def age(self, now):
        """Seconds since it was stored."""
        return now - self.stored
