from datetime import date

import pytest

from almanac.months import add_months, clamped, month_length, nth_weekday


@pytest.mark.parametrize(
    "year, month, days", [(2023, 2, 28), (2024, 2, 29), (1900, 2, 28), (2024, 4, 30), (2024, 12, 31)]
)
def test_month_length(year, month, days):
    assert month_length(year, month) == days


@pytest.mark.parametrize(
    "start, count, expected",
    [
        ((2024, 1), 1, (2024, 2)),
        ((2024, 12), 1, (2025, 1)),
        ((2024, 11), 14, (2026, 1)),
        ((2024, 1), -1, (2023, 12)),
        ((2024, 6), 0, (2024, 6)),
    ],
)
def test_add_months(start, count, expected):
    assert add_months(start[0], start[1], count) == expected


def test_clamped():
    assert clamped(2024, 2, 31) == date(2024, 2, 29)
    assert clamped(2024, 3, 31) == date(2024, 3, 31)


@pytest.mark.parametrize("n, day", [(1, 5), (4, 26), (-1, 26), (-4, 5)])
def test_nth_weekday(n, day):
    assert nth_weekday(2024, 4, 4, n) == date(2024, 4, day)


def test_nth_weekday_that_is_not_there():
    assert nth_weekday(2024, 4, 4, 5) is None
