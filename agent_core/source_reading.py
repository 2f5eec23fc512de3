"""What Python sources name, read without running them; a text that does not parse names nothing."""

import ast
import re
import sys
from collections.abc import Iterator

from agent_core.integrity import TEST_TOOLS

_MACHINERY = re.compile(
    r"\w*(?:pytest|unittest|doctest|_journeyman|runtest|pyfunc_call)\w*"
    r"|\b(?:_exit|_getframe|co_name|currentframe|sys\.modules|inspect\.stack)\b",
    re.IGNORECASE,
)
_RUNNING = re.compile(r"\w*(?:runtest|pyfunc)\w*|\b(?:_getframe|sys\.modules)\b")
"""What a test has no business with: how tests are run, and what else is loaded."""
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        return None


def examples(source: str) -> tuple[str, ...] | None:
    """The docstrings of a module that hold doctest examples; None if it does not parse."""
    tree = _parsed(source)
    if tree is None:
        return None
    texts = (
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | _Definition)
    )
    return tuple(text for text in texts if text and ">>>" in text)


def machinery(source: str) -> frozenset[str]:
    """What a module's names and texts, docstrings aside, say of the test machinery.

    A source that asks whether it is under test, or ends the run, can be green without being right.
    """
    return _matching(_MACHINERY, source)


def running(source: str) -> frozenset[str]:
    """What a test module says of how tests are run: it could let any test pass."""
    return _matching(_RUNNING, source)


def _matching(pattern: re.Pattern[str], source: str) -> frozenset[str]:
    tree = _parsed(source)
    if tree is None:
        return frozenset()
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    words = (word for node in ast.walk(tree) if id(node) not in said for word in _words(node))
    return frozenset(found for word in words for found in pattern.findall(word))


def _words(node: ast.AST) -> Iterator[str]:
    """What one node names, with the module before it where it says so."""
    for field in ("id", "attr", "name", "module", "value"):
        word = getattr(node, field, None)
        if isinstance(word, str):
            yield word
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield f"{node.value.id}.{node.attr}"
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported(source: str) -> frozenset[str]:
    """The top-level names of all modules that are imported anywhere in a source."""
    tree = _parsed(source)
    nodes = ast.walk(tree) if tree else ()
    modules = (module for node in nodes for module in _modules(node))
    return frozenset(module.partition(".")[0] for module in modules)


def _modules(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return (node.module,)
    return ()


def plugins(source: str) -> frozenset[str]:
    """The modules a test file or conftest has pytest load: all texts in its `pytest_plugins`."""
    tree = _parsed(source)
    named: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == "pytest_plugins" for t in targets):
                named |= {word for part in ast.walk(node.value) for word in _words(part)}
    return frozenset(named)


def uses_imports(source: str) -> bool:
    """Whether a function or class reads what the module imports, Python and test tools aside.

    A value the module made of an import counts as well; behind `import *` any name may.
    """
    tree = _parsed(source)
    if tree is None:
        return False
    known = {name for node in ast.walk(tree) for name in _bound(node)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and known & _read(node):
            known |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    used = {name for node in tree.body if isinstance(node, _Definition) for name in _read(node)}
    return bool(used & known) or ("*" in known and bool(used))


def _bound(node: ast.AST) -> Iterator[str]:
    """The names an import binds to something that is neither Python's nor a test tool's."""
    if not isinstance(node, ast.Import | ast.ImportFrom):
        return
    relative = isinstance(node, ast.ImportFrom) and node.level
    for alias in node.names:
        module = alias.name if isinstance(node, ast.Import) else node.module or ""
        top = module.partition(".")[0]
        if relative or top not in sys.stdlib_module_names | TEST_TOOLS:
            bound = top if isinstance(node, ast.Import) else alias.name
            yield alias.asname or bound


def _read(tree: ast.AST) -> set[str]:
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
