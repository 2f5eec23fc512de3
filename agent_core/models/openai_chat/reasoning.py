"""Reasoning, in whichever of three fields an endpoint speaks it, or between tags in the text."""

import json

from agent_core.models.openai_chat.chunks import Delta, plain

OPEN, CLOSE = "<think>", "</think>"
DETAILS = "reasoning_details"
GROWING = ("text", "summary", "data")
"""Fields of a structured detail that come in pieces; the others are said once."""
MOST = 1_000_000
"""Characters of reasoning that are kept."""


class Reasoning:
    """The reasoning of one answer as it comes."""

    def __init__(self) -> None:
        self.field = ""
        self._pieces: list[str] = []
        self._details: list[dict[str, object]] = []
        self._details_size = 0

    def add(self, delta: Delta) -> str:
        """Take what is new, and give its text."""
        spoken = {
            "reasoning_content": delta.reasoning_content,
            "reasoning": delta.reasoning,
        }
        named = next((name for name, text in spoken.items() if text is not None), "")
        self.field = self.field or named
        for detail in delta.reasoning_details or []:
            self.field = DETAILS
            self._details_size += len(json.dumps(detail))
            if self._details_size <= MOST:
                self._add_detail(detail)
        text = next((text for text in spoken.values() if text), "") or _said(delta)
        self._pieces.append(text)
        return text

    def _add_detail(self, detail: dict[str, object]) -> None:
        last = self._details[-1] if self._details else None
        if last is None or _identity(last) != _identity(detail):
            self._details.append(dict(detail))
            return
        for name, value in detail.items():
            before = last.get(name)
            if name in GROWING and isinstance(before, str) and isinstance(value, str):
                last[name] = before + value
            elif value is not None:
                last[name] = value

    @property
    def text(self) -> str:
        """All of it."""
        return plain("".join(self._pieces))

    @property
    def raw(self) -> str:
        """The structured details as JSON, to be sent back as they came.

        It is "" if there are none, or too many: a part of them would not be as they came.
        """
        return json.dumps(self._details) if 0 < self._details_size <= MOST else ""


def shortened(text: str) -> str:
    """As much of it as is kept."""
    left_out = len(text) - MOST
    return text if left_out <= 0 else f"{text[:MOST]}\n[{left_out} characters were left out]"


def split(text: str) -> tuple[str, str]:
    """Reasoning and the rest of a text that holds both.

    A chat template may have spoken the opening tag already, so a closing one alone will do. What
    was never closed is reasoning to its end.
    """
    start = text.lstrip()
    if start.startswith(OPEN):
        reasoning, _, rest = start.removeprefix(OPEN).partition(CLOSE)
        return reasoning.strip(), rest.strip()
    reasoning, closed, rest = text.partition(CLOSE)
    return (reasoning.strip(), rest.strip()) if closed and OPEN not in reasoning else ("", text)


def _said(delta: Delta) -> str:
    """The readable part of structured details, where it comes in no field of its own."""
    texts = [
        detail.get(name) for detail in delta.reasoning_details or [] for name in ("text", "summary")
    ]
    return "".join(text for text in texts if isinstance(text, str))


def _identity(detail: dict[str, object]) -> tuple[object, object]:
    return detail.get("index"), detail.get("type")
