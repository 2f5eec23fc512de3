"""All families, and which of them speak about a kind of syntax node."""

import ast
from functools import cache
from typing import Any

from agent_core.repair.families import (
    absent,
    arithmetic,
    boolean,
    calls,
    comparison,
    constants,
    definitions,
    expressions,
    flow,
    guards,
    guided,
    names,
    sequences,
    statements,
    strings,
)
from agent_core.repair.families.base import Family

FAMILIES: tuple[Family[Any], ...] = (
    *comparison.FAMILIES,
    *boolean.FAMILIES,
    *arithmetic.FAMILIES,
    *constants.FAMILIES,
    *strings.FAMILIES,
    *names.FAMILIES,
    *calls.FAMILIES,
    *sequences.FAMILIES,
    *expressions.FAMILIES,
    *absent.FAMILIES,
    *guards.FAMILIES,
    *statements.FAMILIES,
    *flow.FAMILIES,
    *definitions.FAMILIES,
    *guided.FAMILIES,
)

NAMES: tuple[str, ...] = tuple(family.name for family in FAMILIES)


@cache
def families_for(kind: type[ast.AST]) -> tuple[Family[Any], ...]:
    """The families whose rules accept nodes of this type."""
    return tuple(family for family in FAMILIES if issubclass(kind, family.kinds))
