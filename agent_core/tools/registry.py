"""Every tool there is."""

from typing import Any

from agent_core.tools.candidates import TOOLS as CANDIDATES
from agent_core.tools.edit import TOOLS as EDIT
from agent_core.tools.faults import TOOLS as FAULTS
from agent_core.tools.files import TOOLS as FILES
from agent_core.tools.plan import TOOLS as PLAN
from agent_core.tools.port import TOOLS as PORT
from agent_core.tools.proofs import TOOLS as PROOFS
from agent_core.tools.tests import TOOLS as TESTS
from agent_core.tools.tool import Tool


def all_tools(*, suite: bool, port: bool = False) -> tuple[Tool[Any], ...]:
    """The tools, in the order a model sees them.

    Without a suite there are none that need its tests, and those that `port` are for that alone.
    """
    search = (*FAULTS, *CANDIDATES) if suite else ()
    return (*FILES, *TESTS, *search, *EDIT, *((*PORT, *PROOFS) if port else ()), *PLAN)
