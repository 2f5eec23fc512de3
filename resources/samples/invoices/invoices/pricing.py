"""Prices per article, with breaks: from a certain quantity on, a piece costs less."""

from invoices.money import Money


class UnknownArticle(KeyError):
    """The price list has no such article."""


class PriceList:
    """Unit prices by article number and quantity."""

    def __init__(self):
        self._breaks = {}

    def add(self, article, price, minimum=1):
        """Charge `price` a piece from `minimum` pieces on."""
        if minimum < 1:
            raise ValueError("a price break starts at one piece or more")
        breaks = self._breaks.setdefault(article, {})
        breaks[minimum] = price

    def unit_price(self, article, quantity):
        """The price of one piece when `quantity` pieces are bought."""
        if article not in self._breaks:
            raise UnknownArticle(article)
        chosen = None
        for minimum, price in sorted(self._breaks[article].items()):
            if quantity >= minimum:
                chosen = price
        if chosen is None:
            raise ValueError("{} is not sold in quantities of {}".format(article, quantity))
        return chosen

    def line_price(self, article, quantity):
        """The price of `quantity` pieces."""
        return self.unit_price(article, quantity) * quantity

    def articles(self):
        """Article numbers in alphabetical order."""
        return sorted(self._breaks)


def parse_price_list(text, currency="EUR"):
    """Read lines of "article; minimum; price"; blank lines and # comments are skipped."""
    prices = PriceList()
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        fields = [field.strip() for field in line.split(";")]
        if len(fields) != 3:
            raise ValueError("line {}: expected three fields".format(number))
        article, minimum, price = fields
        prices.add(article, Money.parse(price, currency), int(minimum))
    return prices
