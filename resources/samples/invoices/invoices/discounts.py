"""Discounts on the whole order: by its size, and for early payment."""

from decimal import Decimal

from invoices.money import Money

ORDER_TIERS = (
    (Money(100_00), Decimal("0.02")),
    (Money(500_00), Decimal("0.05")),
    (Money(2000_00), Decimal("0.08")),
)
"""Rates by order value: an order that reaches an amount gets that amount's rate."""

EARLY_PAYMENT_DAYS = 10
EARLY_PAYMENT_RATE = Decimal("0.03")


def order_rate(subtotal, tiers=ORDER_TIERS):
    """The rate an order of this value earns."""
    rate = Decimal(0)
    for threshold, tier_rate in tiers:
        if subtotal.cents > threshold.cents:
            rate = tier_rate
    return rate


def order_discount(subtotal, tiers=ORDER_TIERS):
    """What is taken off an order of this value."""
    return subtotal * order_rate(subtotal, tiers)


def early_payment_discount(amount, days_until_payment):
    """What may be deducted when the invoice is paid within `EARLY_PAYMENT_DAYS`."""
    if days_until_payment < 0:
        raise ValueError("payment before the invoice date")
    if days_until_payment <= EARLY_PAYMENT_DAYS:
        return amount * EARLY_PAYMENT_RATE
    return amount * 0
