"""Rules from words, as people write them."""

import re

from almanac.rules import Daily, Monthly, MonthlyWeekday, Weekly, Yearly

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}

_EVERY = re.compile(r"every (?:(\d+) )?(day|week|month|year)s?(?: on (.+))?$")
_NTH = re.compile(r"(\w+) (\w{3})\w*day of (?:the|each) month$")


def weekday_number(word):
    """0 for "monday", "Mon" and so on."""
    try:
        return WEEKDAYS.index(word.strip().lower()[:3])
    except ValueError:
        raise ValueError("not a weekday: {!r}".format(word)) from None


def parse_rule(text):
    """Read "every 2 weeks on mon, thu", "every month", "last friday of the month", ..."""
    text = " ".join(text.lower().split())
    match = _NTH.match(text)
    if match:
        word, weekday = match.groups()
        if word not in ORDINALS:
            raise ValueError("not an ordinal: {!r}".format(word))
        return MonthlyWeekday(weekday_number(weekday), ORDINALS[word])
    match = _EVERY.match(text)
    if not match:
        raise ValueError("cannot read the rule {!r}".format(text))
    every, unit, days = match.groups()
    every = int(every or 1)
    if unit == "week":
        if days is None:
            raise ValueError("a weekly rule needs its days: every week on mon")
        return Weekly([weekday_number(day) for day in days.split(",")], every)
    if days is not None:
        raise ValueError("only weekly rules name days")
    if unit == "year":
        return Yearly()
    return Daily(every) if unit == "day" else Monthly(every)
