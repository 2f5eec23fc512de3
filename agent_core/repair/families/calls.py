"""Calls: arguments swapped, dropped, added or renamed; values wrapped, unwrapped, called."""

import ast
from collections.abc import Iterator
from typing import Any

from agent_core.repair.families.base import Change, Family, is_condition
from agent_core.repair.ingredients import callee
from agent_core.repair.sites import Site
from agent_core.repair.source import strength
from agent_core.repair.types import base, fit

_MOST = 14
_PAIRS = 15


def _swap_arguments(site: Site, node: ast.Call) -> Iterator[Change]:
    source, count = site.source, 0
    for left in range(len(node.args)):
        for right in range(left + 1, len(node.args)):
            one, two = node.args[left], node.args[right]
            count += 1
            if count > _PAIRS or isinstance(one, ast.Starred) or isinstance(two, ast.Starred):
                return
            edits = (
                source.edit(*source.span(one), site.text(two)),
                source.edit(*source.span(two), site.text(one)),
            )
            yield Change(edits, 1.0 if right == left + 1 else 0.6)


def _drop_argument(site: Site, node: ast.Call) -> Iterator[Change]:
    parts: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    spans = [site.source.span(part) for part in parts]
    spans.sort()
    if len(node.args) == 1 and isinstance(node.args[0], ast.GeneratorExp):
        return
    for index, (start, end) in enumerate(spans):
        if index + 1 < len(spans):
            cut = (start, spans[index + 1][0])
        elif index:
            cut = (spans[index - 1][1], end)
        else:
            cut = (start, end)
        removed = site.source.data[cut[0] : cut[1]]
        if removed.count(b"(") == removed.count(b")"):
            yield Change((site.source.edit(*cut, ""),), 1.0)


def _add_argument(site: Site, node: ast.Call) -> Iterator[Change]:
    """A missing argument: as other calls pass it, or a variable named like the parameter."""
    if any(isinstance(a, ast.Starred | ast.GeneratorExp) for a in node.args):
        return
    offers = dict(_keywords_elsewhere(site, node))
    for text, weight in _parameters(site, node):
        offers[text] = max(offers.get(text, 0.0), weight)
    for text, weight in _sorting(node):
        offers.setdefault(text, weight)
    passed = {keyword.arg for keyword in node.keywords}
    ordered = sorted(offers.items(), key=lambda offer: (-offer[1], offer[0]))
    for text, weight in ordered[: 2 * _MOST]:
        if text.partition("=")[0] not in passed:
            yield Change((_appended(site, node, text),), weight)


def _appended(site: Site, node: ast.Call, text: str) -> Any:
    parts: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
    if not parts:
        end = site.source.span(node)[1] - 1
        return site.source.edit(end, end, text)
    end = max(site.source.span(part)[1] for part in parts)
    closing = site.source.data[end : site.source.span(node)[1]]
    if b")" in closing.rstrip()[:-1]:
        end += closing.index(b")") + 1
    return site.source.edit(end, end, f", {text}")


def _keywords_elsewhere(site: Site, node: ast.Call) -> Iterator[tuple[str, float]]:
    names = site.reach(node)
    for other in site.index.calls.get(callee(node), [])[:30]:
        if other is node:
            continue
        for keyword in other.keywords:
            if keyword.arg is None:
                if isinstance(keyword.value, ast.Name) and keyword.value.id in names:
                    yield f"**{keyword.value.id}", 0.8
                continue
            written = ast.unparse(keyword.value)
            needed = {n.id for n in ast.walk(keyword.value) if isinstance(n, ast.Name)}
            if needed <= names and len(written) < 60:
                yield f"{keyword.arg}={written}", 1.0
        if len(other.args) > len(node.args):
            written = ast.unparse(other.args[len(node.args)])
            needed = {n.id for n in ast.walk(other.args[len(node.args)]) if isinstance(n, ast.Name)}
            if needed <= names and len(written) < 60 and not node.keywords:
                yield written, 1.0


def _parameters(site: Site, node: ast.Call) -> Iterator[tuple[str, float]]:
    names = site.reach(node)
    own = site.scope.parameters
    for name in sorted(names & {"kwargs", "args"}):
        yield ("**" if name == "kwargs" else "*") + name, 0.5
    signature = site.around.functions.get(callee(node))
    if signature is None:
        if not node.keywords:
            for name in site.locals()[:_MOST]:
                yield name, 0.3 if name in own else 0.15
        return
    every = [*signature.posonlyargs, *signature.args]
    bound = int(bool(every) and every[0].arg in {"self", "cls"})
    position = len(node.args) + bound
    for index, argument in enumerate([*every, *signature.kwonlyargs]):
        if index < position:
            continue
        yield from _values_for(site, node, argument.arg, positional=index == position)
    if position < len(every):
        for name in site.locals()[:_MOST]:
            if not node.keywords:
                yield name, 0.4


def _values_for(
    site: Site, node: ast.Call, name: str, *, positional: bool
) -> Iterator[tuple[str, float]]:
    names = site.reach(node)
    if name in names:
        yield f"{name}={name}", 1.0
        if positional and not node.keywords:
            yield name, 1.0
    own = site.scope.parameters
    if own and own[0] in {"self", "cls"}:
        for spelling in (name, f"_{name}"):
            if spelling in site.index.attributes.get(own[0], {}):
                yield f"{name}={own[0]}.{spelling}", 0.9
                if positional and not node.keywords:
                    yield f"{own[0]}.{spelling}", 0.9
    for value in ("True", "False", "None", "0", "1"):
        yield f"{name}={value}", 0.35


def _sorting(node: ast.Call) -> Iterator[tuple[str, float]]:
    name = callee(node)
    if name in {"sorted", "sort"}:
        yield "reverse=True", 1.0
    if name in {"sorted", "sort", "min", "max"}:
        for key in ("len", "str.lower", "abs", "lambda item: item[0]", "lambda item: item[1]"):
            yield f"key={key}", 0.5
        for key in ("lambda item: -item", "lambda item: item[-1]", "str", "int"):
            yield f"key={key}", 0.2
    extra = {"split": ("1", '","', '" "'), "enumerate": ("1",), "max": ("default=0",)}
    extra |= {"sum": ("[]",), "get": ("0", "[]", '""', "None", "{}"), "pop": ("0", "None", "-1")}
    extra |= {
        "min": ("default=0",),
        "zip": ("strict=True",),
        "next": ("None",),
        "round": ("2", "1"),
    }
    extra |= {"getattr": ("None",), "int": ("2", "16", "10"), "range": ("-1", "2")}
    for text in extra.get(name, ()):
        yield text, 0.6


def _keyword_name(site: Site, node: ast.Call) -> Iterator[Change]:
    """Another parameter's name for a keyword argument."""
    signature = site.around.functions.get(callee(node))
    known = (
        set() if signature is None else {a.arg for a in (*signature.args, *signature.kwonlyargs)}
    )
    for other in site.index.calls.get(callee(node), [])[:30]:
        known.update(keyword.arg for keyword in other.keywords if keyword.arg)
    taken = {keyword.arg for keyword in node.keywords}
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        start = site.source.span(keyword)[0]
        end = start + len(keyword.arg.encode())
        names = dict.fromkeys(sorted(known - taken), 1.0)
        for name in (keyword.arg.removesuffix("XX"), keyword.arg.removesuffix("_")):
            if name != keyword.arg and name:
                names[name] = 1.0
        for name, weight in list(names.items())[:_MOST]:
            yield Change((site.source.edit(start, end, name),), weight)


def _keyword_values(site: Site, node: ast.Call) -> Iterator[Change]:
    """The value of a keyword argument as other calls of the file write it."""
    names = site.reach(node)
    elsewhere: dict[str, dict[str, None]] = {}
    for other in site.index.calls.get(callee(node), [])[:30]:
        for keyword in other.keywords:
            if keyword.arg is not None:
                elsewhere.setdefault(keyword.arg, {})[ast.unparse(keyword.value)] = None
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        offers = dict.fromkeys(elsewhere.get(keyword.arg, {}), 0.6)
        if keyword.arg in names:
            offers[keyword.arg] = 1.0
        own = site.text(keyword.value)
        for text, weight in list(offers.items())[:_MOST]:
            if text != own and (text.isidentifier() or text.isdigit() or text[:1] in "\"'[{("):
                yield Change(site.replace(keyword.value, text, 1), weight)


def _unwrap(site: Site, node: ast.Call) -> Iterator[Change]:
    """One of the arguments, or the receiver, instead of the whole call."""
    for argument in node.args[:3]:
        if not isinstance(argument, ast.Starred | ast.GeneratorExp):
            weight = fit(site.types(node), site.types(argument))
            yield Change(site.replace(node, site.text(argument), strength(argument)), weight)
    if isinstance(node.func, ast.Attribute):
        yield Change(site.replace(node, site.text(node.func.value)), 0.7)
        if not node.args and not node.keywords:
            yield Change(site.replace(node, site.text(node.func)), 0.5)


_WRAPPERS = {
    "int": ("str", "abs", "float", "bool"),
    "float": ("int", "round", "abs", "str"),
    "str": ("int", "len", "list", "float", "set"),
    "list": ("len", "sorted", "set", "list", "reversed", "tuple", "sum", "any", "all"),
    "dict": ("len", "list", "dict", "sorted"),
    "set": ("sorted", "list", "len"),
    "tuple": ("list", "len", "sorted", "set"),
    "generator": ("list", "sorted", "set", "tuple"),
    "bool": ("int",),
}
_METHODS = {
    "str": ("strip()", "lower()", "upper()", "split()", "rstrip()", "lstrip()", "encode()"),
    "list": ("copy()",),
    "dict": ("copy()", "items()", "keys()", "values()"),
    "set": ("copy()",),
    "bytes": ("decode()",),
}


def _wrap(site: Site, node: ast.expr) -> Iterator[Change]:
    """A conversion, a copy or a method around a value, as its type allows."""
    if isinstance(node, ast.Constant) or is_condition(site, node):
        return
    types = {base(name) for name in site.types(node)}
    text = site.text(node)
    weight = 1.0 if types else 0.3
    for name in _offered(_WRAPPERS, types, ("list", "str", "len", "int", "sorted", "set", "tuple")):
        inner = text if not isinstance(node, ast.GeneratorExp) else f"({text})"
        yield Change(site.replace(node, f"{name}({inner})"), weight)
    held = text if strength(node) == 15 else f"({text})"
    for call in _offered(_METHODS, types, ("copy()", "strip()", "lower()", "items()")):
        yield Change(site.replace(node, f"{held}.{call}"), weight * 0.8)


def _offered(
    table: dict[str, tuple[str, ...]], types: set[str], unknown: tuple[str, ...]
) -> tuple[str, ...]:
    if not types:
        return unknown
    found: dict[str, None] = {}
    for name in sorted(types):
        found.update(dict.fromkeys(table.get(name, ())))
    return tuple(found)


def _called(site: Site, node: ast.Name | ast.Attribute) -> Iterator[Change]:
    """`x.method` that should be `x.method()`."""
    types = {base(name) for name in site.types(node)}
    if not types or types & {"function", "method", "builtin_function_or_method", "type"}:
        yield Change(site.replace(node, f"{site.text(node)}()"), 1.0 if types else 0.3)


def _local_call(site: Site, node: ast.expr) -> Iterator[Change]:
    """A function of the file around a value."""
    if isinstance(node, ast.Constant) or is_condition(site, node):
        return
    text = site.text(node)
    for name, scope in site.around.layout.definitions.items():
        function = scope.function
        if function is None or name not in site.visible or name.startswith("test"):
            continue
        if len(function.args.args) == 1 and function.args.args[0].arg != "self":
            yield Change(site.replace(node, f"{name}({text})"), 1.0)


def _filled(site: Site, node: ast.Call) -> Iterator[Change]:
    """An argument that is None, or any other, replaced by what other calls pass there."""
    names = site.reach(node)
    for position, argument in enumerate(node.args[:6]):
        own = site.text(argument)
        offers: dict[str, tuple[float, int]] = {}
        for other in site.index.calls.get(callee(node), [])[:30]:
            if other is not node and position < len(other.args):
                value = other.args[position]
                needed = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
                if needed <= names and not isinstance(value, ast.Starred):
                    offers[ast.unparse(value)] = (1.0, strength(value))
        for text, (weight, bound) in list(offers.items())[:_MOST]:
            if text != own and len(text) < 60 and not isinstance(argument, ast.Starred):
                yield Change(site.replace(argument, text, bound), weight)


def _method_to_assignment(site: Site, node: ast.Expr) -> Iterator[Change]:
    """`x.update(y)` becomes `x = y`; `f(x)` becomes `x = f(x)`; a sort in place a sorted copy."""
    call = node.value
    if not isinstance(call, ast.Call):
        return
    text = site.text(call)
    if isinstance(call.func, ast.Attribute):
        receiver = call.func.value
        if isinstance(receiver, ast.Name | ast.Attribute | ast.Subscript):
            held = site.text(receiver)
            if len(call.args) == 1 and not isinstance(call.args[0], ast.Starred | ast.GeneratorExp):
                yield Change(site.replace_statement(f"{held} = {site.text(call.args[0])}"), 1.0)
            yield Change(site.replace_statement(f"{held} = {text}"), 1.0)
    for name in site.locals()[:8]:
        yield Change(site.replace_statement(f"{name} = {text}"), 0.3)


FAMILIES: tuple[Family[Any], ...] = (
    Family("swap arguments", 0.7, (ast.Call,), _swap_arguments),
    Family("drop argument", 0.35, (ast.Call,), _drop_argument),
    Family("add argument", 0.5, (ast.Call,), _add_argument),
    Family("keyword name", 0.5, (ast.Call,), _keyword_name),
    Family("keyword value", 0.4, (ast.Call,), _keyword_values),
    Family("argument of other calls", 0.4, (ast.Call,), _filled),
    Family("unwrap call", 0.35, (ast.Call,), _unwrap),
    Family("wrap in call", 0.25, (ast.expr,), _wrap),
    Family[ast.Name | ast.Attribute]("call it", 0.2, (ast.Name, ast.Attribute), _called),
    Family("wrap in function of the file", 0.2, (ast.expr,), _local_call),
    Family("assign the result", 0.3, (ast.Expr,), _method_to_assignment),
)
