"""Amounts of money as whole cents, so that sums never drift."""

from decimal import ROUND_HALF_UP, Decimal


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were added or compared."""


class Money:
    """An amount in one currency; immutable."""

    __slots__ = ("cents", "currency")

    def __init__(self, cents, currency="EUR"):
        object.__setattr__(self, "cents", int(cents))
        object.__setattr__(self, "currency", currency)

    def __setattr__(self, name, value):
        raise AttributeError("Money cannot be changed")

    @classmethod
    def parse(cls, text, currency="EUR"):
        """Read "12.50" or "1,234.5"; more than two decimals are refused."""
        amount = Decimal(text.replace(",", "").strip())
        cents = amount * 100
        if cents != cents.to_integral_value():
            raise ValueError("more than two decimals: {!r}".format(text))
        return cls(int(cents), currency)

    def _same(self, other):
        if self.currency != other.currency:
            raise CurrencyMismatch("{} and {}".format(self.currency, other.currency))

    def __add__(self, other):
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other):
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def __mul__(self, factor):
        product = Decimal(self.cents) * Decimal(str(factor))
        return Money(product.quantize(Decimal(1), rounding=ROUND_HALF_UP), self.currency)

    __rmul__ = __mul__

    def __eq__(self, other):
        if not isinstance(other, Money):
            return NotImplemented
        return (self.cents, self.currency) == (other.cents, other.currency)

    def __lt__(self, other):
        self._same(other)
        return self.cents < other.cents

    def __hash__(self):
        return hash((self.cents, self.currency))

    def __repr__(self):
        return "Money({}, {!r})".format(self.cents, self.currency)

    def __str__(self):
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return "{}{:,}.{:02d} {}".format(sign, whole, rest, self.currency)


def total(amounts, currency="EUR"):
    """Sum of any number of amounts; zero of `currency` for none."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result
