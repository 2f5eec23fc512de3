"""An invoice as text, in columns."""

WIDTH = 48


def _row(label, amount):
    text = str(amount)
    return label[: WIDTH - len(text) - 1].ljust(WIDTH - len(text)) + text


def render(invoice):
    """The invoice as lines of equal width, ready to send."""
    rows = [
        "Invoice {}".format(invoice.number),
        "{}, due {}".format(invoice.date.isoformat(), invoice.due.isoformat()),
        "-" * WIDTH,
    ]
    for line in invoice.lines:
        rows.append(_row("{} x {}".format(line.quantity, line.article), line.price))
    rows.append("-" * WIDTH)
    rows.append(_row("Subtotal", invoice.subtotal()))
    if invoice.discount().cents:
        rows.append(_row("Discount", invoice.discount() * -1))
    for category, tax in invoice.taxes().items():
        if tax.cents:
            rows.append(_row("VAT {}".format(category), tax))
    rows.append(_row("Total", invoice.grand_total()))
    return "\n".join(rows) + "\n"
