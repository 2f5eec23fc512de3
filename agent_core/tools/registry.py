"""Every tool there is."""

import msgspec

from agent_core.tools import candidates, edit, faults, files, plan, tests
from agent_core.tools.tool import Tool


def all_tools() -> tuple[Tool[msgspec.Struct], ...]:
    """The tools, in the order a model sees them."""
    modules = (files, tests, faults, candidates, edit, plan)
    return tuple(tool for module in modules for tool in module.TOOLS)
