from datetime import date

import pytest

from almanac import Agenda, Daily, Event, Monthly, Weekly, Yearly, parse_rule
from almanac.parse import weekday_number
from almanac.rules import MonthlyWeekday


def test_until_is_included():
    event = Event("watering", date(2024, 6, 1), Daily(2), until=date(2024, 6, 5))
    assert list(event.occurrences()) == [date(2024, 6, 1), date(2024, 6, 3), date(2024, 6, 5)]


def test_times():
    event = Event("course", date(2024, 6, 3), Weekly([0]), times=3)
    assert list(event.occurrences())[-1] == date(2024, 6, 17)


def test_holiday_is_skipped():
    event = Event("market", date(2024, 12, 24), Daily(), times=3, holidays=[date(2024, 12, 25)])
    assert list(event.occurrences()) == [date(2024, 12, 24), date(2024, 12, 26)]


def test_holiday_is_moved_past():
    holidays = [date(2024, 12, 25), date(2024, 12, 26)]
    event = Event("bins", date(2024, 12, 25), Weekly([2]), times=1, holidays=holidays, move=True)
    assert list(event.occurrences()) == [date(2024, 12, 27)]


def test_between():
    rent = Event("rent", date(2023, 12, 30), Monthly())
    assert rent.between(date(2024, 1, 1), date(2024, 3, 31)) == [
        date(2024, 1, 30),
        date(2024, 2, 29),
        date(2024, 3, 30),
    ]


def test_next_after():
    event = Event("birthday", date(2000, 5, 17), Yearly(), until=date(2024, 12, 31))
    assert event.next_after(date(2024, 5, 16)) == date(2024, 5, 17)
    assert event.next_after(date(2024, 5, 17)) is None


def test_week():
    agenda = Agenda([Event("choir", date(2024, 1, 4), Weekly([3]))])
    agenda.add(Event("bins", date(2024, 1, 2), Weekly([1], every=2)))
    assert agenda.week(date(2024, 1, 17)) == [(date(2024, 1, 16), "bins"), (date(2024, 1, 18), "choir")]
    assert agenda.week(date(2024, 1, 8)) == [(date(2024, 1, 11), "choir")]


def test_clashes_and_text():
    agenda = Agenda(
        [Event("pay", date(2024, 3, 1), Monthly()), Event("choir", date(2024, 3, 1), Weekly([4]))]
    )
    start, end = date(2024, 3, 1), date(2024, 3, 10)
    assert agenda.clashes(start, end) == {date(2024, 3, 1): ["choir", "pay"]}
    assert agenda.text(start, end) == "Fri 01 Mar  choir, pay\nFri 08 Mar  choir"


@pytest.mark.parametrize(
    "text, kind",
    [
        ("every day", Daily),
        ("every 3 days", Daily),
        ("Every week on Mon, Thu", Weekly),
        ("every 2  months", Monthly),
        ("every year", Yearly),
        ("last friday of the month", MonthlyWeekday),
    ],
)
def test_parse_rule(text, kind):
    assert isinstance(parse_rule(text), kind)


def test_parse_details():
    assert parse_rule("every 3 days").every == 3
    assert parse_rule("every 2 weeks on thu, mon").weekdays == [0, 3]
    assert parse_rule("last friday of each month").n == -1


@pytest.mark.parametrize(
    "text", ["sometimes", "every week", "every day on mon", "umpteenth monday of the month"]
)
def test_unreadable_rules(text):
    with pytest.raises(ValueError):
        parse_rule(text)


def test_weekday_number():
    assert weekday_number(" Sunday") == 6
    with pytest.raises(ValueError):
        weekday_number("someday")
