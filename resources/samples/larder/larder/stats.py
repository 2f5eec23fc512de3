"""How well a cache does."""


class Stats:
    """Counters of one cache."""

    def __init__(self):
        self.hits = 0
        self.misses = 0
        self.evicted = 0
        self.expired = 0

    @property
    def hit_rate(self):
        """Share of look-ups that found something, 0.0 to 1.0."""
        looked_up = self.hits + self.misses
        if not looked_up:
            return 0.0
        return self.hits / looked_up

    def text(self):
        """One line for a log."""
        return "{} hits, {} misses ({:.0%}), {} evicted, {} expired".format(
            self.hits, self.misses, self.hit_rate, self.evicted, self.expired
        )
