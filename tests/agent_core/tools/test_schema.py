"""Schemas are short, have no references, and show nothing that only programs fill in."""

import msgspec

from agent_core.tools.registry import all_tools
from agent_core.tools.schema import schema_of


def test_all_tools_together_cost_less_than_two_thousand_tokens() -> None:
    shown = [
        (tool.name, tool.description, schema_of(tool.parameters))
        for tool in all_tools(suite=True, port=True)
    ]
    # Code and schemas run to about four characters a token, three at the worst.
    assert len(msgspec.json.encode(shown)) / 3 < 2000


def test_no_schema_refers_to_another_or_shows_what_is_hidden() -> None:
    for tool in all_tools(suite=True, port=True):
        text = msgspec.json.encode(schema_of(tool.parameters)).decode()
        assert "$ref" not in text
        assert "x-hidden" not in text
        assert '"patch"' not in text


def test_without_a_suite_no_tool_is_offered_that_needs_one() -> None:
    names = {tool.name for tool in all_tools(suite=False)}
    assert "run_tests" in names
    assert names.isdisjoint({"locate_fault", "try_candidates"})


def test_only_a_port_is_offered_what_judges_one() -> None:
    mine = {tool.name for tool in all_tools(suite=True, port=True)}
    others = {tool.name for tool in all_tools(suite=True)}
    assert mine - others == {"convert_flask", "compile", "parity", "benchmark"}
