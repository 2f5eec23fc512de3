"""Rules of recurrence: each yields dates from a first day on, without end."""

from datetime import timedelta
from itertools import count

from almanac.months import add_months, clamped, nth_weekday


class Daily:
    """Every `every` days."""

    def __init__(self, every=1):
        if every < 1:
            raise ValueError("every must be at least 1")
        self.every = every

    def dates(self, first):
        """Dates from `first` on."""
        day = first
        while True:
            yield day
            day += timedelta(days=self.every)


class Weekly:
    """On the given weekdays (0 = Monday) of every `every`-th week."""

    def __init__(self, weekdays, every=1):
        if not weekdays:
            raise ValueError("a weekly rule needs a weekday")
        self.weekdays = sorted(set(weekdays))
        self.every = every

    def dates(self, first):
        """Dates from `first` on; weeks are counted from the one that holds `first`."""
        monday = first - timedelta(days=first.weekday())
        while True:
            for weekday in self.weekdays:
                day = monday + timedelta(days=weekday)
                if day >= first:
                    yield day
            monday += timedelta(weeks=self.every)


class Monthly:
    """On the first date's day of every `every`-th month, or its last day where it is shorter."""

    def __init__(self, every=1):
        self.every = every

    def dates(self, first):
        """Dates from `first` on."""
        current = first
        while True:
            yield current
            year, month = add_months(current.year, current.month, self.every)
            current = clamped(year, month, current.day)


class MonthlyWeekday:
    """On the n-th given weekday of each month; months that have none are left out."""

    def __init__(self, weekday, n):
        if n == 0 or abs(n) > 5:
            raise ValueError("n is 1 to 5, or -1 to -5 from the end")
        self.weekday = weekday
        self.n = n

    def dates(self, first):
        """Dates from `first` on."""
        for offset in count():
            year, month = add_months(first.year, first.month, offset)
            day = nth_weekday(year, month, self.weekday, self.n)
            if day is not None and day >= first:
                yield day


class Yearly:
    """On the same day every year; 29 February falls on the 28th in common years."""

    def dates(self, first):
        """Dates from `first` on."""
        for offset in count():
            yield clamped(first.year + offset, first.month, first.day)
