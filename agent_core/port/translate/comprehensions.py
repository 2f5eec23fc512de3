"""Comprehensions and generators that are used up at once."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names, uses
from agent_core.port.translate.rust import Rust, fallible, infallible, truth
from agent_core.port.translate.scope import Local, Scope

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions


class Comprehensions:
    """Converts comprehensions; the rest is given by the class that has all expressions."""

    scope: Scope
    of: Callable[[ast.expr], Rust]
    within: "Callable[[Scope], Expressions]"

    def comprehension(
        self, kind: str, element: ast.expr, generators: list[ast.comprehension]
    ) -> Rust:
        """A list, set or tuple of elements."""
        first, *rest = generators
        if not rest:
            return fallible(
                f"{self.scope.runtime(f'{kind}_of')}({self._loop(first, element, 'Some')})"
            )
        flat = self._flat(generators, element)
        if kind == "list":
            return flat
        return fallible(
            f'{self.scope.runtime("lib")}("builtins.{kind}", args![{flat.plain}], kw![])'
        )

    def dict_comprehension(self, node: ast.DictComp) -> Rust:
        """A mapping."""
        pair = ast.copy_location(ast.Tuple([node.key, node.value], ast.Load()), node)
        if len(node.generators) > 1:
            flat = self._flat(node.generators, pair)
            return fallible(
                f'{self.scope.runtime("lib")}("builtins.dict", args![{flat.plain}], kw![])'
            )
        return fallible(
            f"{self.scope.runtime('dict_of')}({self._loop(node.generators[0], pair, 'pair')})"
        )

    def test_of(self, name: str, generator: ast.GeneratorExp) -> Rust:
        """`any(… for …)` or `all(… for …)`."""
        first, *rest = generator.generators
        if rest:
            flat = self._flat(generator.generators, generator.elt)
            return fallible(
                f'{self.scope.runtime("lib")}("builtins.{name}", args![{flat.plain}], kw![])'
            )
        neutral = "false" if name == "any" else "true"
        body = self._loop(first, generator.elt, neutral)
        return truth(f"{self.scope.runtime(f'{name}_of')}({body})", can_fail=True)

    def first_of(self, generator: ast.GeneratorExp, default: ast.expr | None) -> Rust:
        """`next((… for …), default)`."""
        if len(generator.generators) > 1:
            raise Refused("next() over nested loops", generator)
        body = self._loop(generator.generators[0], generator.elt, "Some")
        found = f"{self.scope.runtime('first_of')}({body})?"
        if default is None:
            error = f'{self.scope.runtime("raise")}("StopIteration", args![])'
            return fallible(f"{found}.ok_or_else(|| {error})")
        return infallible(f"{found}.unwrap_or({self.of(default).value})")

    def _flat(self, generators: list[ast.comprehension], element: ast.expr) -> Rust:
        """A list of the elements of nested loops."""
        first, *rest = generators
        if not rest:
            return fallible(
                f"{self.scope.runtime('list_of')}({self._loop(first, element, 'Some')})"
            )
        later = [part for each in rest for part in (each.iter, *each.ifs)]
        inner, parameter, opening = self._entered(first, [element, *later])
        nested = inner._flat(rest, element)
        tests = joined([inner.condition(each) for each in first.ifs])
        body = nested.result
        if tests:
            body = f"if {tests} {{ {nested.result} }} else {{ Ok(list![]) }}"
        closure = _closure(parameter, opening, body)
        return fallible(f"{self.scope.runtime('flat')}({self._iterated(first)}, {closure})")

    def _loop(self, generator: ast.comprehension, element: ast.expr, gives: str) -> str:
        """What is iterated over, and the closure for each item."""
        inner, parameter, opening = self._entered(generator, [element])
        tests = joined([inner.condition(each) for each in generator.ifs])
        if gives in {"true", "false"}:
            found = inner.condition(element)
            wanted = found.text if found.fallible else f"Ok({found.plain})"
            body = wanted if not tests else f"if {tests} {{ {wanted} }} else {{ Ok({gives}) }}"
            return f"{self._iterated(generator)}, {_closure(parameter, opening, body)}"
        if gives == "pair" and isinstance(element, ast.Tuple):
            key, value = (inner.of(each).value for each in element.elts)
            made = f"Some(({key}, {value}))"
        else:
            found = inner.of(element)
            own = isinstance(element, ast.Name) and found.text == parameter
            made = f"Some({found.text if own else found.value})"
        body = f"Ok(if {tests} {{ {made} }} else {{ None }})" if tests else f"Ok({made})"
        return f"{self._iterated(generator)}, {_closure(parameter, opening, body)}"

    def _iterated(self, generator: ast.comprehension) -> str:
        if generator.is_async:
            raise Refused("async", generator.iter)
        return self.of(generator.iter).arg

    def _entered(
        self, generator: ast.comprehension, read_in: list[ast.expr]
    ) -> "tuple[Expressions, str, str]":
        """Expressions inside the loop, the closure's parameter, and how it begins."""
        read = {use.name for each in (*generator.ifs, *read_in) for use in uses.of(each)}
        taken = self.scope.taken()
        variables: dict[str, Local] = {}
        for use in uses.of(generator.target):
            wanted = use.name if use.name in read else f"_{use.name.lstrip('_')}"
            code = names.local(wanted, {*taken, *(each.code for each in variables.values())})
            variables[use.name] = Local(code, python=use.name)
        inner = self.within(self.scope.inner(variables))
        if isinstance(generator.target, ast.Name):
            return inner, variables[generator.target.id].code, ""
        pattern, opening = unpacked(inner, generator.target, "element", variables)
        return inner, "element", f"let {pattern} = {opening};"


def joined(tests: list[Rust]) -> str:
    """Conditions that must all hold."""
    if len(tests) == 1:
        return tests[0].plain
    return " && ".join(each.tight for each in tests)


def _closure(parameter: str, opening: str, body: str) -> str:
    return f"|{parameter}| {{ {opening} {body} }}" if opening else f"|{parameter}| {body}"


def unpacked(
    inner: "Expressions", target: ast.expr, value: str, variables: dict[str, Local]
) -> tuple[str, str]:
    """The pattern of a tuple of names, and what unpacks a value for it."""
    if not isinstance(target, ast.Tuple | ast.List) or not all(
        isinstance(each, ast.Name) for each in target.elts
    ):
        raise Refused("unpacking into something else than names", target)
    codes = [variables[each.id].code for each in target.elts if isinstance(each, ast.Name)]
    return f"[{', '.join(codes)}]", f"{inner.scope.runtime('unpack')}({value})?"
