"""Control flow: loop exits, returns, yields, branches, exception handlers."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family
from agent_core.repair.families.guards import expected_exceptions
from agent_core.repair.sites import Site

_RAISED = (
    "ValueError",
    "TypeError",
    "KeyError",
    "IndexError",
    "AttributeError",
    "StopIteration",
    "NotImplementedError",
    "OSError",
    "ZeroDivisionError",
    "RuntimeError",
    "LookupError",
    "ImportError",
    "FileNotFoundError",
    "UnicodeDecodeError",
    "OverflowError",
    "Exception",
)


def _exit(site: Site, node: ast.Break | ast.Continue | ast.Pass | ast.Return) -> Iterator[Change]:
    """One way to leave for another."""
    own = site.source.text(node)
    if isinstance(node, ast.Return) and node.value is not None:
        if not site.in_loop:
            return
        for text in ("continue", "break"):
            yield Change(site.replace_statement(text), 0.3)
        return
    texts = ["return"] if site.function is not None else []
    texts += ["continue", "break"] if site.in_loop else []
    texts += ["pass"]
    for name in site.locals()[:8] if site.function is not None else []:
        texts.append(f"return {name}")
    for text in texts:
        if text != own:
            yield Change(site.replace_statement(text), 1.0 if len(text) < 9 else 0.4)


def _return_value(site: Site, node: ast.Expr) -> Iterator[Change]:
    """An expression whose value should be returned or yielded."""
    if isinstance(node.value, ast.Constant) or site.function is None:
        return
    value = node.value
    start = site.source.span(node)[0]
    if isinstance(value, ast.Yield | ast.YieldFrom):
        inner = site.text(value.value) if value.value is not None else ""
        other = "yield" if isinstance(value, ast.YieldFrom) else "yield from"
        yield Change(site.replace_statement(f"{other} {inner}"), 1.0)
        yield Change(site.replace_statement(f"return {inner}"), 0.6)
        if isinstance(value.value, ast.Call) and len(value.value.args) == 1:
            yield Change(site.replace_statement(f"yield {site.text(value.value.args[0])}"), 0.6)
        return
    words = {"return ": 1.0, "yield ": 0.3}
    if isinstance(site.function, ast.FunctionDef):
        words["yield from "] = 0.4
    elif isinstance(value, ast.Call):
        words["await "] = 1.0
    for word, weight in words.items():
        yield Change((site.source.edit(start, start, word),), weight)


def _return_other(site: Site, node: ast.Return) -> Iterator[Change]:
    """Another value returned, or the return made a yield or a plain statement."""
    start = site.source.span(node)[0]
    if node.value is None:
        for name in site.locals():
            yield Change(site.replace_statement(f"return {name}"), 1.0)
        for text in ("True", "False", "0", "[]"):
            yield Change(site.replace_statement(f"return {text}"), 0.5)
        return
    text = site.text(node.value)
    yield Change(site.replace_statement(f"yield {text}"), 0.5)
    if not isinstance(node.value, ast.Tuple) and isinstance(site.function, ast.FunctionDef):
        yield Change(site.replace_statement(f"yield from {text}"), 0.3)
    if isinstance(node.value, ast.Call):
        start, end = site.source.span(node)
        yield Change((site.source.edit(start, end, text),), 0.2)


def _return_at_end(site: Site, node: ast.stmt) -> Iterator[Change]:
    """A missing `return` at the end of the function."""
    function = site.function
    if function is None or site.block is not function.body or function.body[-1] is not node:
        return
    if isinstance(node, ast.Return | ast.Raise):
        return
    for name in reversed(site.locals()):
        yield Change(site.after((f"return {name}",)), 1.0)
    for text in ("True", "False", "None"):
        yield Change(site.after((f"return {text}",)), 0.4)


def _loop(site: Site, node: ast.If | ast.While) -> Iterator[Change]:
    """`if` becomes `while`, `while` becomes `if`; `elif` becomes `if`."""
    start = site.source.span(node)[0]
    data = site.source.data
    if isinstance(node, ast.While):
        if not node.orelse:
            yield Change((site.source.edit(start, start + 5, "if"),), 1.0)
    elif data[start : start + 4] == b"elif":
        yield Change((site.source.edit(start, start + 2, ""),), 1.0)
    elif not node.orelse:
        yield Change((site.source.edit(start, start + 2, "while"),), 1.0)


def _swap_branches(site: Site, node: ast.If) -> Iterator[Change]:
    """The bodies of `if` and `else` the other way round."""
    if not node.orelse or node.body[0].lineno == node.lineno:
        return
    if isinstance(node.orelse[0], ast.If) and len(node.orelse) == 1:
        return
    source = site.source
    spans = [(source.span(b[0])[0], source.span(b[-1])[1]) for b in (node.body, node.orelse)]
    texts = [source.data[a:b].decode("utf-8", "surrogatepass") for a, b in spans]
    edits = (source.edit(*spans[0], texts[1]), source.edit(*spans[1], texts[0]))
    yield Change(edits, 1.0)


def _exceptions(site: Site, node: ast.Try | ast.Raise) -> Iterator[Change]:
    """Another exception caught or raised."""
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        spots = [] if raised is None else [raised]
    else:
        spots = [handler.type for handler in node.handlers if handler.type is not None]
    seen = {failure.exception.rpartition(".")[2]: 2.0 for failure in site.around.failures}
    seen |= dict.fromkeys(expected_exceptions(site), 2.5)
    for spot in spots:
        own = site.text(spot)
        offers = dict(seen)
        for name in site.index.exceptions:
            offers.setdefault(name, 1.0)
        for name in _RAISED:
            offers.setdefault(name, 0.5)
        offers.pop("AssertionError", None)
        offers.pop("Failed", None)
        for name, weight in offers.items():
            grouped = name[:1] == "("
            if name == own or not (grouped or name.replace(".", "").isidentifier()):
                continue
            yield Change(site.replace(spot, name), weight)
            if isinstance(node, ast.Try) and not grouped and own[:1] != "(":
                yield Change(site.replace(spot, f"({own}, {name})"), 0.5 * weight)


def _caught(site: Site, node: ast.stmt) -> Iterator[Change]:
    """A statement protected against the exception that a failing test saw."""
    if site.indent is None or not isinstance(node, ast.Assign | ast.Expr | ast.Return):
        return
    text = site.source.text(node)
    names = {failure.exception.rpartition(".")[2] for failure in site.around.failures}
    if "\n" in text or site.function is None:
        return
    inner = f"{site.source.newline}{site.indent}"
    leaves = ["return None", "pass"]
    leaves += ["continue"] if site.in_loop else []
    for name in sorted(names - {"AssertionError", "Failed", ""}):
        for leave in leaves if name.isidentifier() else []:
            body = f"try:{inner}    {text}{inner}except {name}:{inner}    {leave}"
            yield Change(site.replace_statement(body), 1.0)


FAMILIES: tuple[Family[Any], ...] = (
    Family[Any]("loop exit", 0.7, (ast.Break, ast.Continue, ast.Pass, ast.Return), _exit),
    Family("missing return", 0.5, (ast.Expr,), _return_value),
    Family("returned value", 0.35, (ast.Return,), _return_other),
    Family("return at the end", 0.4, (ast.stmt,), _return_at_end),
    Family[ast.If | ast.While]("if/while", 0.3, (ast.If, ast.While), _loop),
    Family("swap branches", 0.4, (ast.If,), _swap_branches),
    Family[ast.Try | ast.Raise]("exception type", 0.6, (ast.Try, ast.Raise), _exceptions),
    Family("catch", 0.05, (ast.stmt,), _caught),
)
