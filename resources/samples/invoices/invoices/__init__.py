"""What an invoice comes to: price breaks, discounts, taxes and a text to send."""

from invoices.invoice import Invoice, InvoiceError
from invoices.money import Money
from invoices.pricing import PriceList

__all__ = ["Invoice", "InvoiceError", "Money", "PriceList"]
