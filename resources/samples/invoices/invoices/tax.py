"""Value added tax: one rate a line, summed and rounded once a rate."""

from decimal import Decimal

from invoices.money import Money

RATES = {
    "standard": Decimal("0.20"),
    "reduced": Decimal("0.10"),
    "books": Decimal("0.055"),
    "exempt": Decimal(0),
}


def rate_of(category):
    """The rate of a tax category."""
    try:
        return RATES[category]
    except KeyError:
        raise ValueError("unknown tax category: {}".format(category)) from None


def tax_by_category(net_by_category):
    """Tax for each category, in the order of falling rates."""
    order = sorted(net_by_category, key=rate_of, reverse=True)
    return {category: net_by_category[category] * rate_of(category) for category in order}


def spread(discount, net_by_category):
    """Divide a discount over the categories by their share; the cents always add up."""
    whole = sum(net.cents for net in net_by_category.values())
    if whole == 0:
        return {category: Money(0, discount.currency) for category in net_by_category}
    shares = {}
    left = discount.cents
    for category, net in net_by_category.items():
        share = discount.cents * net.cents // whole
        shares[category] = share
        left -= share
    for category in list(shares)[:left]:
        shares[category] += 1
    return {category: Money(cents, discount.currency) for category, cents in shares.items()}
