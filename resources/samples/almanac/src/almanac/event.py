"""An event: a title, a first day, a rule and when it ends."""

from datetime import timedelta
from itertools import islice, takewhile


class Event:
    """Something that happens again and again.

    `until` is the last possible day, `times` the greatest number of occurrences. On a holiday it
    does not take place, or (`move=True`) takes place on the next day that is none.
    """

    def __init__(self, title, first, rule, until=None, times=None, holidays=(), move=False):
        self.title = title
        self.first = first
        self.rule = rule
        self.until = until
        self.times = times
        self.holidays = frozenset(holidays)
        self.move = move

    def _placed(self, day):
        if day not in self.holidays:
            return day
        if not self.move:
            return None
        while day in self.holidays:
            day += timedelta(days=1)
        return day

    def occurrences(self):
        """All days of the event, in order; without end unless `until` or `times` is given."""
        days = self.rule.dates(self.first)
        if self.until is not None:
            days = takewhile(lambda day: day <= self.until, days)
        if self.times is not None:
            days = islice(days, self.times)
        for day in days:
            placed = self._placed(day)
            if placed is not None:
                yield placed

    def between(self, start, end):
        """Days of the event from `start` to `end`, both included."""
        found = []
        for day in self.occurrences():
            if day > end:
                break
            if day >= start:
                found.append(day)
        return found

    def next_after(self, day):
        """The first day of the event after `day`, or None."""
        return next((found for found in self.occurrences() if found > day), None)
