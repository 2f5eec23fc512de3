import pytest

from invoices.money import Money
from invoices.pricing import PriceList, UnknownArticle, parse_price_list


@pytest.fixture
def prices():
    prices = PriceList()
    prices.add("pen", Money(120))
    prices.add("pen", Money(100), minimum=10)
    prices.add("pen", Money(90), minimum=100)
    prices.add("crate", Money(5000), minimum=4)
    return prices


@pytest.mark.parametrize("quantity, cents", [(1, 120), (9, 120), (10, 100), (99, 100), (100, 90)])
def test_unit_price_follows_the_breaks(prices, quantity, cents):
    assert prices.unit_price("pen", quantity) == Money(cents)


def test_line_price(prices):
    assert prices.line_price("pen", 12) == Money(1200)


def test_unknown_article(prices):
    with pytest.raises(UnknownArticle):
        prices.unit_price("ink", 1)


def test_below_the_smallest_quantity(prices):
    with pytest.raises(ValueError):
        prices.unit_price("crate", 3)


def test_a_break_needs_a_quantity(prices):
    with pytest.raises(ValueError):
        prices.add("pen", Money(1), minimum=0)


def test_parse_price_list():
    prices = parse_price_list("# articles\npen; 1; 1.20\n\npen; 10; 1.00  # by the box\nink; 1; 4\n")
    assert prices.articles() == ["ink", "pen"]
    assert prices.unit_price("pen", 11) == Money(100)


def test_parse_price_list_names_the_line():
    with pytest.raises(ValueError, match="line 2"):
        parse_price_list("pen; 1; 1.20\nink; 4\n")
