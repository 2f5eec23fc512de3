"""The cache: the longest unused entry goes first when a limit is reached."""

import time
from collections import OrderedDict

from larder.entry import Entry
from larder.expiry import Expiry
from larder.stats import Stats


class Cache:
    """Keeps up to `max_entries` values of together at most `max_weight`.

    `weigh` gives the weight of a value (1 each by default), `clock` the time in seconds.
    """

    def __init__(
        self, max_entries=128, max_weight=None, expiry=None, weigh=None, clock=time.monotonic
    ):
        if max_entries < 1:
            raise ValueError("a cache holds at least one entry")
        self.max_entries = max_entries
        self.max_weight = max_weight
        self.expiry = expiry or Expiry()
        self.stats = Stats()
        self._weigh = weigh or (lambda value: 1)
        self._clock = clock
        self._entries = OrderedDict()
        self._weight = 0

    def __len__(self):
        return len(self._entries)

    def __contains__(self, key):
        entry = self._entries.get(key)
        return entry is not None and not entry.is_over(self._clock())

    @property
    def weight(self):
        """Weight of all entries together."""
        return self._weight

    def keys(self):
        """Keys from the longest unused to the last used."""
        return list(self._entries)

    def put(self, key, value):
        """Store a value, which then counts as just used; too heavy a value is refused."""
        weight = self._weigh(value)
        if self.max_weight is not None and weight > self.max_weight:
            raise ValueError("too heavy: {} of {}".format(weight, self.max_weight))
        now = self._clock()
        self.discard(key)
        self._entries[key] = Entry(value, weight, now, self.expiry.deadline(now))
        self._weight += weight
        self._shrink()

    def get(self, key, default=None):
        """The value, which then counts as just used, or `default`."""
        now = self._clock()
        entry = self._entries.get(key)
        if entry is not None and entry.is_over(now):
            self.discard(key)
            self.stats.expired += 1
            entry = None
        if entry is None:
            self.stats.misses += 1
            return default
        self.stats.hits += 1
        self._entries.move_to_end(key)
        if self.expiry.sliding:
            entry.deadline = self.expiry.deadline(entry.stored)
        return entry.value

    def discard(self, key):
        """Forget a key; True if it was there."""
        entry = self._entries.pop(key, None)
        if entry is None:
            return False
        self._weight -= entry.weight
        return True

    def sweep(self):
        """Forget what is too old and say how many entries that were."""
        now = self._clock()
        old = [key for key, entry in self._entries.items() if entry.is_over(now)]
        for key in old:
            self.discard(key)
        self.stats.expired += len(old)
        return len(old)

    def clear(self):
        """Forget everything but the counters."""
        self._entries.clear()
        self._weight = 0

    def ages(self):
        """Age in seconds of each entry by key."""
        now = self._clock()
        return {key: entry.age(now) for key, entry in self._entries.items()}

    def _too_full(self):
        if len(self._entries) > self.max_entries:
            return True
        return self.max_weight is not None and self._weight > self.max_weight

    def _shrink(self):
        if not self._too_full():
            return
        self.sweep()
        while self._too_full():
            key = next(iter(self._entries))
            self.discard(key)
            self.stats.evicted += 1
