import pytest

from invoices.money import CurrencyMismatch, Money, total


@pytest.mark.parametrize(
    "text, cents",
    [("12.50", 1250), ("1,234.5", 123450), ("0.01", 1), ("-3", -300), (" 7 ", 700)],
)
def test_parse(text, cents):
    assert Money.parse(text).cents == cents


def test_parse_refuses_fractions_of_a_cent():
    with pytest.raises(ValueError):
        Money.parse("1.005")


def test_sum_and_difference():
    assert Money(150) + Money(275) == Money(425)
    assert Money(150) - Money(275) == Money(-125)


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.parametrize(
    "cents, factor, expected", [(100, 3, 300), (105, "0.1", 11), (104, "0.1", 10), (999, 0, 0)]
)
def test_product_is_rounded_half_up(cents, factor, expected):
    assert Money(cents) * factor == Money(expected)


def test_order():
    assert sorted([Money(3), Money(1), Money(2)]) == [Money(1), Money(2), Money(3)]


def test_cannot_be_changed():
    with pytest.raises(AttributeError):
        Money(1).cents = 2


def test_text():
    assert str(Money(123456)) == "1,234.56 EUR"
    assert str(Money(-5, "USD")) == "-0.05 USD"


def test_total():
    assert total([Money(1), Money(2)]) == Money(3)
    assert total([]) == Money(0)
