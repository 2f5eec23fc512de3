from datetime import date
from itertools import islice

import pytest

from almanac.rules import Daily, Monthly, MonthlyWeekday, Weekly, Yearly


def take(rule, first, number):
    return list(islice(rule.dates(first), number))


def test_daily():
    assert take(Daily(3), date(2024, 2, 27), 3) == [
        date(2024, 2, 27),
        date(2024, 3, 1),
        date(2024, 3, 4),
    ]


def test_daily_needs_a_step():
    with pytest.raises(ValueError):
        Daily(0)


def test_weekly_starts_in_the_middle_of_a_week():
    assert take(Weekly([3, 0]), date(2024, 5, 7), 3) == [
        date(2024, 5, 9),
        date(2024, 5, 13),
        date(2024, 5, 16),
    ]


def test_every_second_week():
    assert take(Weekly([1], every=2), date(2024, 5, 7), 2) == [date(2024, 5, 7), date(2024, 5, 21)]


def test_weekly_needs_a_day():
    with pytest.raises(ValueError):
        Weekly([])


def test_monthly():
    assert take(Monthly(), date(2024, 11, 15), 3) == [
        date(2024, 11, 15),
        date(2024, 12, 15),
        date(2025, 1, 15),
    ]


def test_monthly_on_the_last_day():
    assert take(Monthly(), date(2024, 1, 31), 5) == [
        date(2024, 1, 31),
        date(2024, 2, 29),
        date(2024, 3, 31),
        date(2024, 4, 30),
        date(2024, 5, 31),
    ]


def test_quarterly():
    assert take(Monthly(3), date(2023, 8, 10), 3) == [
        date(2023, 8, 10),
        date(2023, 11, 10),
        date(2024, 2, 10),
    ]


def test_second_tuesday():
    assert take(MonthlyWeekday(1, 2), date(2024, 1, 10), 2) == [date(2024, 2, 13), date(2024, 3, 12)]


def test_fifth_friday_leaves_months_out():
    assert take(MonthlyWeekday(4, 5), date(2024, 1, 1), 2) == [date(2024, 3, 29), date(2024, 5, 31)]


@pytest.mark.parametrize("n", [0, 6, -6])
def test_impossible_ordinal(n):
    with pytest.raises(ValueError):
        MonthlyWeekday(0, n)


def test_yearly_on_a_leap_day():
    assert take(Yearly(), date(2024, 2, 29), 5) == [
        date(2024, 2, 29),
        date(2025, 2, 28),
        date(2026, 2, 28),
        date(2027, 2, 28),
        date(2028, 2, 29),
    ]
