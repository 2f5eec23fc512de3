"""Operators and comparisons."""

import ast
from collections.abc import Callable

from agent_core.port.refusals import Refused
from agent_core.port.translate.rust import Rust, fallible, negated, truth
from agent_core.port.translate.scope import Scope

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.FloorDiv: "floordiv",
    ast.Mod: "modulo", ast.Pow: "pow", ast.BitAnd: "bitand", ast.BitOr: "bitor",
    ast.BitXor: "bitxor", ast.LShift: "lshift", ast.RShift: "rshift",
}  # fmt: skip
_ORDER: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("lt", "<"), ast.LtE: ("le", "<="), ast.Gt: ("gt", ">"), ast.GtE: ("ge", ">="),
}  # fmt: skip
_UNARY: dict[type[ast.unaryop], str] = {ast.USub: "neg", ast.Invert: "invert", ast.UAdd: "pos"}


class Operators:
    """Converts what computes; `of` is given by the class that has all expressions."""

    scope: Scope
    of: Callable[[ast.expr], Rust]
    twice: Callable[[ast.expr], Rust]

    def binary(self, node: ast.BinOp) -> Rust:
        """`a + b`."""
        name = BINARY.get(type(node.op))
        if name is None:
            raise Refused("the operator @", node)
        left, right = self.of(node.left), self.of(node.right)
        return fallible(f"{self.scope.runtime(name)}({left.arg}, {right.arg})")

    def unary(self, node: ast.UnaryOp) -> Rust:
        """`-a`, `not a`."""
        if isinstance(node.op, ast.Not):
            return negated(self.condition(node.operand))
        operand = self.of(node.operand)
        is_number = isinstance(node.operand, ast.Constant) and operand.form == "number"
        if isinstance(node.op, ast.USub) and is_number:
            return Rust(f"-{operand.text}", "number", loose=True)
        return fallible(f"{self.scope.runtime(_UNARY[type(node.op)])}({operand.arg})")

    def condition(self, node: ast.expr) -> Rust:
        """An expression of which only the truth matters, as a `bool`."""
        if isinstance(node, ast.BoolOp):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            parts = [self._part(self.condition(each)) for each in node.values]
            return truth(sign.join(parts), loose=True)
        found = self.of(node)
        if found.form == "bool":
            return found
        return truth(found.condition)

    @staticmethod
    def _part(operand: Rust) -> str:
        return operand.tight

    def either(self, node: ast.BoolOp) -> Rust:
        """`a or b` as a value."""
        found = [self.of(each) for each in node.values]
        if all(each.form == "bool" for each in found):
            sign = " && " if isinstance(node.op, ast.And) else " || "
            return truth(sign.join(each.tight for each in found), loose=True)
        name = self.scope.runtime("and" if isinstance(node.op, ast.And) else "or")
        result = found[-1]
        for each in reversed(found[:-1]):
            result = fallible(f"{name}({each.arg}, || {result.result})")
        return result

    def comparison(self, node: ast.Compare) -> Rust:
        """`a < b`, and chains of it."""
        if len(node.ops) == 1:
            return self._pair(node.ops[0], self.of(node.left), self.of(node.comparators[0]))
        operands = [node.left, *node.comparators]
        found = [self.twice(each) for each in operands]
        for between in operands[1:-1]:
            if not is_pure(between):
                return self._chain_of_calls(node, found)
        pairs = [
            self._pair(sign, left, right)
            for sign, left, right in zip(node.ops, found[:-1], found[1:], strict=True)
        ]
        return truth(" && ".join(each.tight for each in pairs), loose=True)

    def _chain_of_calls(self, node: ast.Compare, found: list[Rust]) -> Rust:
        if len(found) != 3 or not found[1].fallible or found[1].form not in {"value", "number"}:
            raise Refused("a chain of comparisons with a call in its middle", node)
        middle = Rust("middle", "place" if found[1].form == "value" else "number")
        first = self._pair(node.ops[0], found[0], middle)
        second = self._pair(node.ops[1], middle, found[2])
        inner = f"Ok({first.tight} && {second.tight})"
        return truth(f"{found[1].text}.and_then(|middle| {inner})", can_fail=True)

    def _pair(self, sign: ast.cmpop, left: Rust, right: Rust) -> Rust:
        if isinstance(sign, ast.Eq | ast.NotEq):
            return _equal(left, right, "==" if isinstance(sign, ast.Eq) else "!=")
        if isinstance(sign, ast.In | ast.NotIn):
            found = truth(
                f"{self.scope.runtime('contains')}({right.arg}, {left.arg})", can_fail=True
            )
            return found if isinstance(sign, ast.In) else negated(found)
        if isinstance(sign, ast.Is | ast.IsNot):
            found = self._same(left, right)
            return found if isinstance(sign, ast.Is) else negated(found)
        name, native = _ORDER[type(sign)]
        if _is_integer(left) and _is_integer(right):
            return truth(f"{left.tight} {native} {right.tight}", loose=True)
        return truth(f"{self.scope.runtime(name)}({left.arg}, {right.arg})", can_fail=True)

    def _same(self, left: Rust, right: Rust) -> Rust:
        if right.text == "none()":
            return truth(f"{left.receiver}.is_none()")
        one = left.arg if left.form == "place" else f"&{left.value}"
        other = right.arg if right.form == "place" else f"&{right.value}"
        return truth(f"{self.scope.runtime('is')}({one}, {other})")


def _is_integer(what: Rust) -> bool:
    return what.form == "number" and "." not in what.text.partition("(")[0]


def _equal(left: Rust, right: Rust, sign: str) -> Rust:
    values = {"value", "place"}
    if left.form not in values and right.form in values and left.literal is not None:
        left, right = right, left
    integers = _is_integer(left) and _is_integer(right)
    truths = left.form == right.form == "bool" and right.text not in {"true", "false"}
    if left.form not in values and not integers and not truths:
        left = Rust(left.value)
    other = right.value if right.form == "string" else right.tight
    return truth(f"{left.tight} {sign} {other}", loose=True)


def is_pure(node: ast.expr) -> bool:
    """Whether an expression may be evaluated twice."""
    match node:
        case ast.Attribute(value=value) | ast.UnaryOp(operand=value):
            parts = [value]
        case ast.Subscript(value=value, slice=index):
            parts = [value, index]
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Call(func=ast.Name(id="len"), args=[only], keywords=[]):
            parts = [only]
        case _:
            return isinstance(node, ast.Constant | ast.Name)
    return all(map(is_pure, parts))
