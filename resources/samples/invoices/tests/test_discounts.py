from decimal import Decimal

import pytest

from invoices.discounts import early_payment_discount, order_discount, order_rate
from invoices.money import Money


@pytest.mark.parametrize(
    "cents, rate",
    [
        (0, "0"),
        (99_99, "0"),
        (100_00, "0.02"),
        (350_00, "0.02"),
        (500_00, "0.05"),
        (1999_99, "0.05"),
        (9000_00, "0.08"),
    ],
)
def test_order_rate(cents, rate):
    assert order_rate(Money(cents)) == Decimal(rate)


def test_order_discount():
    assert order_discount(Money(600_00)) == Money(30_00)


def test_own_tiers():
    assert order_discount(Money(50_00), [(Money(10_00), Decimal("0.5"))]) == Money(25_00)


@pytest.mark.parametrize("days, cents", [(0, 300), (10, 300), (11, 0)])
def test_early_payment(days, cents):
    assert early_payment_discount(Money(100_00), days) == Money(cents)


def test_payment_before_the_invoice():
    with pytest.raises(ValueError):
        early_payment_discount(Money(1), -1)
