from datetime import date

import pytest

from invoices import Invoice, InvoiceError, Money, PriceList
from invoices.tax import spread, tax_by_category
from invoices.text import WIDTH, render


@pytest.fixture
def invoice():
    prices = PriceList()
    prices.add("desk", Money(250_00))
    prices.add("lamp", Money(40_00))
    prices.add("atlas", Money(30_00))
    return Invoice("2024-017", date(2024, 2, 15), prices)


def test_due(invoice):
    assert invoice.due == date(2024, 3, 16)


def test_small_order(invoice):
    invoice.add("lamp", 2)
    assert invoice.discount() == Money(0)
    assert invoice.grand_total() == Money(96_00)


def test_order_with_discount(invoice):
    invoice.add("desk", 2)
    assert invoice.discount() == Money(25_00)
    assert invoice.net() == Money(475_00)
    assert invoice.grand_total() == Money(570_00)


def test_two_tax_categories(invoice):
    invoice.add("desk", 1)
    invoice.add("atlas", 1, "books")
    assert invoice.discount() == Money(5_60)
    assert invoice.taxes() == {"standard": Money(49_00), "books": Money(1_62)}
    assert invoice.grand_total() == Money(325_02)


def test_quantity_must_be_positive(invoice):
    with pytest.raises(InvoiceError):
        invoice.add("desk", 0)


def test_unknown_category(invoice):
    with pytest.raises(ValueError):
        invoice.add("desk", 1, "luxury")
    assert invoice.lines == []


def test_taxes_come_by_falling_rate():
    taxes = tax_by_category({"exempt": Money(5), "reduced": Money(100), "standard": Money(100)})
    assert list(taxes) == ["standard", "reduced", "exempt"]


def test_spread_loses_no_cent():
    shares = spread(Money(100), {"standard": Money(1), "reduced": Money(1), "books": Money(1)})
    assert sorted(share.cents for share in shares.values()) == [33, 33, 34]


def test_spread_over_nothing():
    assert spread(Money(10), {"standard": Money(0)}) == {"standard": Money(0)}


def test_text(invoice):
    invoice.add("desk", 1)
    lines = render(invoice).splitlines()
    assert lines[1] == "2024-02-15, due 2024-03-16"
    assert lines[-1].startswith("Total") and lines[-1].endswith("294.00 EUR")
    assert {len(line) for line in lines[2:]} == {WIDTH}
    assert any(line.startswith("Discount") and line.endswith("-5.00 EUR") for line in lines)


def test_text_of_a_small_order_has_no_discount(invoice):
    invoice.add("lamp", 1)
    assert "Discount" not in render(invoice)
