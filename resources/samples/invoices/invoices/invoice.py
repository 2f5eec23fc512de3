"""An invoice: lines, and everything that follows from them."""

from datetime import timedelta

from invoices.discounts import order_discount
from invoices.money import Money, total
from invoices.tax import rate_of, spread, tax_by_category


class InvoiceError(ValueError):
    """The invoice cannot be written like that."""


class Line:
    """One article on an invoice."""

    def __init__(self, article, quantity, price, category):
        self.article = article
        self.quantity = quantity
        self.price = price
        self.category = category


class Invoice:
    """Lines priced from a price list, with discount and tax."""

    def __init__(self, number, date, prices, payment_days=30):
        self.number = number
        self.date = date
        self.prices = prices
        self.payment_days = payment_days
        self.lines = []

    @property
    def due(self):
        """The last day on which payment is on time."""
        return self.date + timedelta(days=self.payment_days)

    def add(self, article, quantity, category="standard"):
        """Put an article on the invoice."""
        if quantity < 1:
            raise InvoiceError("{}: a quantity is at least one".format(article))
        rate_of(category)
        price = self.prices.line_price(article, quantity)
        self.lines.append(Line(article, quantity, price, category))

    def subtotal(self):
        """Sum of the lines, before discount and tax."""
        return total(line.price for line in self.lines)

    def discount(self):
        """What the size of the order takes off."""
        return order_discount(self.subtotal())

    def net_by_category(self):
        """Net amounts by tax category, the discount spread over them."""
        gross = {}
        for line in self.lines:
            gross[line.category] = gross.get(line.category, Money(0)) + line.price
        reductions = spread(self.discount(), gross)
        return {category: gross[category] - reductions[category] for category in gross}

    def net(self):
        """What is owed before tax."""
        return self.subtotal() - self.discount()

    def taxes(self):
        """Tax by category."""
        return tax_by_category(self.net_by_category())

    def grand_total(self):
        """What is owed."""
        return self.net() + total(self.taxes().values())
