"""Tool calls that a small local model says as text: in tags, in a fence, or as bare JSON."""

import json
import re
from collections.abc import Collection, Iterator

import msgspec

from agent_core.events import ToolCall

TAGGED = re.compile(r"<tool_call>(.*?)(?:</tool_call>|(?=<tool_call>)|\Z)", re.DOTALL)
FENCED = re.compile(r"^```[\w-]*[ \t]*\n(.*?)(?:^[ \t]*```[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
BARE = re.compile(r"^[ \t]*([{\[].*)\Z", re.DOTALL | re.MULTILINE)
NAME = re.compile(r'"(?:name|tool|function)"\s*:\s*"([^"]+)"')
NAMES = ("name", "tool", "function")
ARGUMENTS = ("arguments", "parameters", "args")


class Spoken(msgspec.Struct, frozen=True):
    """The calls found in a text, and what is left of it without them."""

    calls: tuple[ToolCall, ...]
    text: str


def calls_in(text: str, offered: Collection[str]) -> Spoken:
    """The calls of tools that were offered; a text that holds none stays as it is."""
    for form, tagged in ((TAGGED, True), (FENCED, False), (BARE, False)):
        calls: list[ToolCall] = []
        rest, end = "", 0
        for match in form.finditer(text):
            if found := list(_read(match[1], offered, tagged=tagged)):
                calls += found
                rest += text[end : match.start()]
                end = match.end()
        if calls:
            return Spoken(calls=tuple(calls), text=(rest + text[end:]).strip())
    return Spoken(calls=(), text=text)


def _read(body: str, offered: Collection[str], *, tagged: bool) -> Iterator[ToolCall]:
    """The calls in one passage. Only tags surely mean one, so only there may JSON be broken."""
    try:
        said = json.loads(body, strict=False)
    except (ValueError, RecursionError):
        name = NAME.search(body)
        if tagged and name and name[1] in offered:
            yield ToolCall(tool=name[1], arguments=body.strip())
        return
    several = said if isinstance(said, list) else [said]
    calls = [_call(one, offered, tagged=tagged) for one in several]
    yield from [call for call in calls if call] if all(calls) else []


def _call(said: object, offered: Collection[str], *, tagged: bool) -> ToolCall | None:
    """The call that a JSON object means: a name that was offered, beside arguments."""
    if not isinstance(said, dict):
        return None
    inner = said.get("function")
    fields: dict[str, object] = {**said, **inner} if isinstance(inner, dict) else said
    name = next((fields[key] for key in NAMES if isinstance(fields.get(key), str)), None)
    key = next((key for key in ARGUMENTS if key in fields), None)
    if name not in offered or (key is None and not tagged):
        return None
    arguments = fields[key] if key else {}
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(tool=str(name), arguments=text)
