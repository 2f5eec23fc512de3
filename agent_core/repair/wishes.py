"""What failing tests speak of: the literals written in them."""

import ast
from collections.abc import Collection, Iterator

_MOST = 200
_LONGEST = 200


def literals_of(source: str, functions: Collection[str]) -> tuple[str, ...]:
    """Numbers, strings and small displays in these test functions, as Python writes them.

    Without any function of such a name the whole file is read; a file that does not parse has none.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ()
    bodies: list[ast.AST] = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in functions
    ]
    found = {ast.unparse(node): None for body in bodies or [tree] for node in _literals(body)}
    return tuple(text for text in found if len(text) <= _LONGEST)[:_MOST]


def _literals(body: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(body):
        if (
            (isinstance(node, ast.Constant) and node.value is not None)
            or (isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant))
            or (isinstance(node, ast.List | ast.Tuple | ast.Set | ast.Dict) and _plain(node))
        ):
            yield node


def _plain(node: ast.AST) -> bool:
    allowed = (
        ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.USub, ast.Load,
    )  # fmt: skip
    return all(isinstance(inner, allowed) for inner in ast.walk(node))
