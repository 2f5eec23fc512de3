"""How a conflict is painted: three texts one below the other, each with its bar and its name."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter

from desktop.appearance import Appearance
from desktop.models.review_layout import CollisionRow
from desktop.views.diff_paint import say


def paint_collision_row(
    painter: QPainter, rect: QRect, row: CollisionRow, look: Appearance, *, offset: int
) -> None:
    """One row of a conflict, its code scrolled `offset` pixels to the left."""
    px = look.px
    token = {"yours": "warning", "base": "text3", "agents": "accent"}[row.side]
    painter.fillRect(rect, look.colour("raised" if row.head else "surface"))
    bar = QRect(rect.left() + px(12), rect.top(), px(6), rect.height())
    painter.fillRect(bar, look.colour(token))
    if row.head:
        painter.setFont(look.font())
        painter.setPen(look.colour("text2"))
        say(painter, rect.left() + px(28), rect, row.text)
        return
    painter.save()
    painter.setClipRect(rect.adjusted(px(28), 0, 0, 0))
    painter.setFont(look.code_font())
    painter.setPen(look.colour("text" if row.side != "base" else "text2"))
    say(painter, rect.left() + px(28) - offset, rect, row.text)
    painter.restore()
