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
def _families(kind: str) -> tuple[Family[Any], ...]:
    return tuple(family for family in FAMILIES if issubclass(getattr(ast, kind), family.kinds))


def families_for(node: ast.AST) -> tuple[Family[Any], ...]:
    """The families whose rules accept this node."""
    return _families(type(node).__name__)
