"""Tool calls said as text: recognised where they are surely meant, and nowhere else."""

import pytest

from agent_core.events import ToolCall
from tests.agent_core.models.misbehaving import Answer, delta, finish, part, saying
from tests.agent_core.models.openai_chat.asking import ask

JSON = '{"name": "read_file", "arguments": {"path": "grün.py"}}'
READ = ToolCall(tool="read_file", arguments='{"path": "grün.py"}')
RUN = ToolCall(tool="run_tests", arguments="{}")


@pytest.mark.parametrize(
    ("text", "calls", "rest"),
    [
        (f"<tool_call>\n{JSON}\n</tool_call>", [READ], ""),
        (f"First.\n<tool_call>{JSON}</tool_call>\nThen.", [READ], "First.\n\nThen."),
        (f'<tool_call>{JSON}</tool_call><tool_call>{{"name": "run_tests"}}', [READ, RUN], ""),
        (f"<think>hm</think><tool_call>{JSON}</tool_call>", [READ], ""),
        (f"I look:\n```json\n{JSON}\n```\n", [READ], "I look:"),
        (f"```tool_code\n[{JSON}, {JSON}]\n```", [READ, READ], ""),
        (f"```json\n{JSON}", [READ], ""),
        (JSON, [READ], ""),
        (f"I look.\n{JSON}", [READ], "I look."),
        ('{"tool": "run_tests", "parameters": {}}', [RUN], ""),
        ('{"function": {"name": "run_tests", "arguments": "{}"}, "type": "function"}', [RUN], ""),
        (
            '<tool_call>{"name": "run_tests", "arguments": {oops}}</tool_call>',
            [ToolCall(tool="run_tests", arguments='{"name": "run_tests", "arguments": {oops}}')],
            "",
        ),
    ],
)
async def test_spoken_calls(text: str, calls: list[ToolCall], rest: str) -> None:
    turn = await ask(saying(text))
    assert (turn.calls, turn.text) == (tuple(calls), rest)


@pytest.mark.parametrize(
    "text",
    [
        '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
        '{"name": "rm", "arguments": {}}',
        '{"name": "run_tests"}',
        '```json\n{"name": "run_tests", "version": "1.0"}\n```',
        '```json\n{"name": "run_tests", "arguments": {oops}}\n```',
        f'```json\n[{JSON}, {{"name": "rm", "arguments": {{}}}}]\n```',
        f"It would say {JSON} here.",
        "[1, 2]",
        "{not json",
    ],
)
async def test_other_text_stays_text(text: str) -> None:
    turn = await ask(saying(text))
    assert (turn.calls, turn.text) == ((), text)


async def test_nothing_is_recognised_where_no_tools_were_offered() -> None:
    assert (await ask(saying(JSON), tools=())).calls == ()


async def test_a_cut_answer_calls_nothing() -> None:
    text = f"<tool_call>{JSON}</tool_call>"
    turn = await ask(Answer((delta(content=text), finish("length"))))
    assert (turn.calls, turn.text) == ((), text)


async def test_beside_a_real_call_text_is_text() -> None:
    call = part(0, "run_tests", "{}", "x")
    turn = await ask(Answer((delta(content=JSON), call, finish("tool_calls"))))
    assert (turn.calls, turn.text) == ((RUN,), JSON)
