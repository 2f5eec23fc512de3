"""Plain words for what a patch changes."""

from runners.patches import TextEdit

_LONGEST = 60


def summarise(edits: tuple[TextEdit, ...], data: bytes) -> str:
    """The edits in one line: what stood there and what stands there now."""
    return "; ".join(_one(edit, data) for edit in edits)


def _one(edit: TextEdit, data: bytes) -> str:
    old = _short(data[edit.start : edit.end].decode("utf-8", "replace"))
    new = _short(edit.text)
    if not old:
        return f"insert `{new}`"
    return f"replace `{old}` by `{new}`" if new else f"delete `{old}`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
