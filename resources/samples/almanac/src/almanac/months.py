"""Arithmetic on months, which are not equally long."""

import calendar
from datetime import date


def month_length(year, month):
    """Days in a month."""
    return calendar.monthrange(year, month)[1]


def add_months(year, month, count):
    """The (year, month) that lies `count` months later; `count` may be negative."""
    index = year * 12 + (month - 1) + count
    return index // 12, index % 12 + 1


def clamped(year, month, day):
    """The date, or the last day of its month where the month is too short."""
    return date(year, month, min(day, month_length(year, month)))


def nth_weekday(year, month, weekday, n):
    """The n-th (1 = first, -1 = last) given weekday (0 = Monday) of a month, or None."""
    days = [
        day
        for day in range(1, month_length(year, month) + 1)
        if date(year, month, day).weekday() == weekday
    ]
    index = n - 1 if n > 0 else n
    try:
        return date(year, month, days[index])
    except IndexError:
        return None
