"""File names as a window can show them: any bytes, on one line, without surprises."""

from typing import Final

_MOST: Final = 40
_PICTURES: Final = {code: 0x2400 + code for code in range(32)} | {0x7F: 0x2421}
"""Control characters to their pictures: a line feed to ␊."""


def shown_name(name: str) -> str:
    """A name with a sign for each byte or control character that cannot be seen."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return text.translate(_PICTURES)


def tab_title(name: str) -> str:
    """A name as a tab shows it: not too long, and "&" is no key."""
    text = shown_name(name)
    if len(text) > _MOST:
        text = f"{text[: _MOST // 2]}…{text[-_MOST // 2 + 1 :]}"
    return text.replace("&", "&&")
