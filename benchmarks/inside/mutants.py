"""Lists or makes the mutants of one file with the operators of cosmic-ray, in its environment.

Reads {"code": TEXT} or {"code": TEXT, "operator": NAME, "occurrence": N} as JSON from standard
input. Writes a list of [operator, occurrence, first line, last line] or {"code": TEXT}.
"""

import importlib
import json
import sys
from typing import Any

NEEDS_ARGUMENTS = frozenset({"core/VariableReplacer", "core/VariableInserter"})


def operators() -> dict[str, Any]:
    """The tool's operators that work without arguments, by name."""
    plugins = importlib.import_module("cosmic_ray.plugins")
    names = (
        f"{provider}/{name}"
        for provider, operators_ in plugins.OPERATOR_PROVIDERS.items()
        for name in operators_
    )
    return {name: plugins.get_operator(name)() for name in names if name not in NEEDS_ARGUMENTS}


def positions(code: str) -> list[tuple[str, int, int, int]]:
    """Every place at which an operator can change the code."""
    ast = importlib.import_module("cosmic_ray.ast")
    nodes = list(ast.ast_nodes(ast.get_ast(code)))
    found: list[tuple[str, int, int, int]] = []
    for name, operator in sorted(operators().items()):
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        found.extend((name, n, start[0], end[0]) for n, (start, end) in enumerate(places))
    return found


def mutated(code: str, operator: str, occurrence: int) -> str:
    """The code with one operator applied at one place."""
    mutating = importlib.import_module("cosmic_ray.mutating")
    return str(mutating.mutate_code(code, operators()[operator], occurrence))


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    if "operator" in request:
        code = mutated(request["code"], request["operator"], request["occurrence"])
        json.dump({"code": code}, sys.stdout)
    else:
        json.dump(positions(request["code"]), sys.stdout)


if __name__ == "__main__":
    main()
