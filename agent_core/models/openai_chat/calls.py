"""Tool calls put together from their deltas, whichever way an endpoint cuts them up."""

import json

from agent_core.models.openai_chat.chunks import CallPart, FunctionPart, plain


class Slot:
    """One call as far as it has come; the pieces are kept until all are there."""

    def __init__(self, index: int | None) -> None:
        self.index = index
        self.id = ""
        self.name = ""
        self._pieces: list[str] = []

    def add(self, part: CallPart) -> None:
        """Take one more piece."""
        self.id = self.id or _id(part)
        function = part.function or FunctionPart()
        self._add_name(function.name or "")
        if piece := _text(function.arguments):
            self._pieces.append(piece)

    def _add_name(self, name: str) -> None:
        if name.startswith(self.name):
            self.name = name  # the whole, again or grown
        else:
            self.name += name

    @property
    def begun(self) -> bool:
        """Whether arguments have come."""
        return bool(self._pieces)

    @property
    def said(self) -> tuple[object, str, str]:
        """All of it; who says the same again under the same id has repeated himself."""
        return self.id or id(self), self.name, self.arguments

    @property
    def arguments(self) -> str:
        """The arguments: pieces one after the other, unless the endpoint repeated itself.

        Some endpoints send all they have so far in each chunk, or the whole call once more at the
        end. Only what cannot be read as plain pieces is read like that.
        """
        joined = plain("".join(self._pieces))
        if not self._pieces or is_object(joined):
            return joined or "{}"
        last = plain(self._pieces[-1])
        *before, _ = self._pieces
        repeated = plain("".join(before)) == last or all(
            later.startswith(earlier)
            for earlier, later in zip(before, self._pieces[1:], strict=True)
        )
        return last if repeated and is_object(last) else joined

    @property
    def complete(self) -> bool:
        """Whether another call may begin."""
        if not self.name or not self.begun:
            return False
        end = self._pieces[-1].rstrip()
        return (not end or end.endswith("}")) and is_object(self.arguments)


class Calls:
    """The calls of one answer."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._at_index: dict[int, Slot] = {}
        self._with_id: dict[str, Slot] = {}

    def add(self, part: CallPart) -> int:
        """Take one more piece, to the call it belongs to; gives its size in characters."""
        slot = self._by_id(part) if part.index is None else self._by_index(part.index, part)
        if slot is None:
            slot = Slot(part.index)
            self._slots.append(slot)
        slot.add(part)
        if part.index is not None:
            self._at_index[part.index] = slot
        if slot.id:
            self._with_id[slot.id] = slot
        function = part.function or FunctionPart()
        return len(function.name or "") + len(_text(function.arguments))

    def all(self) -> list[Slot]:
        """Every call that says anything, in the order that the model gave them."""
        said: dict[object, Slot] = {}
        for slot in self._slots:
            if slot.name or slot.begun:
                said.setdefault(slot.said, slot)
        return sorted(said.values(), key=lambda slot: slot.index or 0)

    def __bool__(self) -> bool:
        return bool(self._slots)

    def _by_index(self, index: int, part: CallPart) -> Slot | None:
        slot = self._at_index.get(index)
        return None if slot is None or _begins_anew(slot, part) else slot

    def _by_id(self, part: CallPart) -> Slot | None:
        """Without an index: by id, else whatever was last, until a name begins another call."""
        if known := self._with_id.get(_id(part)):
            return known
        last = self._slots[-1] if self._slots else None
        function = part.function or FunctionPart()
        if last is None or not function.name or not last.name:
            return last
        if _id(part) or function.name != last.name:
            return None
        return None if _is_another(last, part) else last


def _begins_anew(slot: Slot, part: CallPart) -> bool:
    """Whether an endpoint that gives every call the same index has begun the next one.

    Another id alone says nothing: some endpoints make one up for each chunk.
    """
    function = part.function or FunctionPart()
    other_id = bool(slot.id and _id(part) and slot.id != _id(part))
    other_name = bool(function.name and function.name != slot.name and slot.id != _id(part))
    if not function.name or not (other_id or other_name):
        return False
    return slot.complete if other_name else _is_another(slot, part)


def _is_another(slot: Slot, part: CallPart) -> bool:
    """Whether a piece under the same name begins a call of its own.

    Few pieces look like a beginning; only for those is the whole read that has come so far.
    """
    text = _text(part.function.arguments if part.function else None)
    may_begin = not text or text.lstrip().startswith("{")
    return may_begin and slot.complete and text != slot.arguments


def _id(part: CallPart) -> str:
    return "" if part.id is None else str(part.id)


def _text(arguments: str | dict[str, object] | None) -> str:
    return json.dumps(arguments) if isinstance(arguments, dict) else arguments or ""


def is_object(text: str) -> bool:
    """Whether this is one JSON object and nothing else."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
