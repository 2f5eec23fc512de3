"""Long lines broken for a column of one-width characters."""

from unicodedata import combining, east_asian_width


def cells(text: str) -> int:
    """How many columns a text takes: ideographs and most emoji take two, accents none."""
    if text.isascii():
        return len(text)
    return sum(_cells(char) for char in text)


def wrapped(text: str, columns: int, *, at_spaces: bool) -> list[str]:
    """Pieces that fit, at least one; broken at a space where `at_spaces` and there is one."""
    columns = max(columns, 8)
    pieces = []
    while cells(text) > columns:
        end = _fitting(text, columns)
        if at_spaces and (space := text.rfind(" ", columns // 3, end + 1)) > 0:
            end = space
        pieces.append(text[:end])
        text = text[end:].lstrip(" ") if at_spaces else text[end:]
    return [*pieces, text]


def _fitting(text: str, columns: int) -> int:
    if text.isascii():
        return columns
    used = 0
    for index, char in enumerate(text):
        used += _cells(char)
        if used > columns:
            return max(index, 1)
    return len(text)


def _cells(char: str) -> int:
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
