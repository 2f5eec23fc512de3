"""Assignments: to variables as they were placed, globals, items, attributes, and by unpacking."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.operators import BINARY, is_pure
from agent_core.port.translate.placement import Variables
from agent_core.port.translate.rust import Rust

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions

_IN_PLACE = {
    "bitand": "iand",
    "bitor": "ior",
    "bitxor": "ixor",
    "lshift": "lshift",
    "rshift": "rshift",
}
"""Where the name is not an i before that of the operator."""
_Sequence = ast.Tuple | ast.List


class Assignments:
    """Converts assignments; the rest is given by the class that has all statements."""

    expressions: "Expressions"
    variables: Variables

    def _assign(self, statement: ast.Assign) -> str:
        if len(statement.targets) == 1:
            return self._assigned(statement.targets[0], statement.value, statement)
        if not isinstance(statement.value, ast.Constant):
            value = self.expressions.of(statement.value).value
            lines = [self.store(each, "new_value.clone()", statement) for each in statement.targets]
            return "\n".join([f"let new_value = {value};", *lines])
        return "\n".join(
            self._assigned(each, statement.value, statement) for each in statement.targets
        )

    def _annassign(self, statement: ast.AnnAssign) -> str:
        if statement.value is None:
            return ""
        return self._assigned(statement.target, statement.value, statement)

    def _assigned(self, target: ast.expr, value: ast.expr, statement: ast.stmt) -> str:
        if isinstance(target, _Sequence):
            return self._unpack(target, value, statement)
        found = self.expressions.of(value)
        if isinstance(target, ast.Name) and self._is_dead(target, target):
            pure = isinstance(value, ast.Constant) or (is_pure(value) and not found.fallible)
            return "" if pure else f"let _ = {found.plain};"
        if isinstance(target, ast.Name):
            return self.store(target, found.value, statement)
        simple = isinstance(value, ast.Constant | ast.Name) or self._is_simple(target)
        if simple:
            return self._put(target, found.arg)
        return f"let new_value = {found.value};\n{self._put(target, 'new_value')}"

    @staticmethod
    def _is_simple(target: ast.expr) -> bool:
        """Whether its container and key cannot fail, so that their order does not matter."""
        match target:
            case ast.Attribute(value=ast.Name()):
                return True
            case ast.Subscript(value=ast.Name(), slice=ast.Name() | ast.Constant()):
                return True
        return False

    def _put(self, target: ast.expr, value: str) -> str:
        """Set an item, a slice or an attribute."""
        of = self.expressions.of
        match target:
            case ast.Subscript(value=owner, slice=ast.Slice() as part):
                arguments = self.expressions.slice_arguments(part)
                return f"{of(owner).receiver}.set_slice({arguments}, {value})?;"
            case ast.Subscript(value=owner, slice=key):
                return f"{of(owner).receiver}.set_item({of(key).arg}, {value})?;"
            case ast.Attribute(value=owner, attr=name):
                return f"{of(owner).receiver}.set_attr({names.quoted(name)}, {value})?;"
        raise Refused("an assignment to this", target)

    def store(
        self, target: ast.expr, value: str, statement: ast.AST, node: ast.AST | None = None
    ) -> str:
        """Give a target an owned `Value`."""
        if not isinstance(target, ast.Name):
            return self._put(target, value)
        local = self.expressions.scope.locals.get(target.id)
        if local is None:
            return self._set_global(target, value)
        if self._is_dead(target, node or target):
            return f"{value};" if value.endswith("?") else ""
        declared = self.variables.declared.get(target.id)
        if declared is not None and declared.way == "inline" and declared.statement is statement:
            return f"let {'mut ' if declared.mutable else ''}{local.code} = {value};"
        return f"{local.code} = Some({value});" if local.optional else f"{local.code} = {value};"

    def _is_dead(self, target: ast.Name, node: ast.AST) -> bool:
        if target.id not in self.expressions.scope.locals:
            return False
        return (target.id, node) in self.variables.facts.dead

    def _set_global(self, target: ast.Name, value: str) -> str:
        scope = self.expressions.scope
        home = scope.world.home(scope.module, target.id)
        if home not in scope.world.labels.globals:
            raise Refused(f"the global {target.id}, which is not there after the import", target)
        scope.needs.globals.add(home)
        return f"{scope.global_place(scope.module, target.id)}.set({value});"

    # Unpacking.

    def _unpack(self, target: _Sequence, value: ast.expr, statement: ast.stmt) -> str:
        same = isinstance(value, _Sequence) and len(value.elts) == len(target.elts)
        starred = any(
            isinstance(each, ast.Starred) for each in (*target.elts, *getattr(value, "elts", ()))
        )
        if isinstance(value, _Sequence) and same and not starred:
            values = ", ".join(self.expressions.of(each).value for each in value.elts)
            return self._into(target, f"[{values}]", statement)
        found = self.expressions.of(value)
        return self.assign_unpacked(target, found.arg, statement)

    def assign_unpacked(self, target: ast.expr, reference: str, statement: ast.stmt) -> str:
        """Unpack a value into a target."""
        if not isinstance(target, _Sequence):
            raise Refused("an assignment to this", target)
        runtime = self.expressions.scope.runtime
        stars = [n for n, each in enumerate(target.elts) if isinstance(each, ast.Starred)]
        if not stars:
            return self._into(target, f"{runtime('unpack')}({reference})?", statement)
        before, after = stars[0], len(target.elts) - stars[0] - 1
        lines = [f"let parts = {runtime('unpack_star')}({reference}, {before}, {after})?;"]
        for number, each in enumerate(target.elts):
            inner = each.value if isinstance(each, ast.Starred) else each
            lines.append(self.store(inner, f"parts[{number}].clone()", statement))
        return "\n".join(lines)

    def _into(self, target: _Sequence, array: str, statement: ast.stmt) -> str:
        """An array of values into as many targets."""
        parts, after = [], []
        for number, each in enumerate(target.elts):
            if isinstance(each, ast.Name):
                parts.append(self._pattern(each, statement))
                if parts[-1]:
                    continue
            parts[number:] = [f"part_{number}"]
            if isinstance(each, _Sequence):
                after.append(self.assign_unpacked(each, f"part_{number}", statement))
            else:
                after.append(self.store(each, f"part_{number}", statement))
        return "\n".join([f"let [{', '.join(parts)}] = {array};", *after])

    def _pattern(self, target: ast.Name, statement: ast.stmt) -> str:
        """The pattern that declares a variable, "" if it is declared already."""
        if self._is_dead(target, target):
            return "_"
        declared = self.variables.declared.get(target.id)
        local = self.expressions.scope.locals.get(target.id)
        if declared is None or local is None or declared.way != "inline":
            return ""
        if declared.statement is not statement:
            return ""
        return f"mut {local.code}" if declared.mutable else local.code

    # `+=` and its like.

    def _augassign(self, statement: ast.AugAssign) -> str:
        name = BINARY.get(type(statement.op))
        if name is None:
            raise Refused("the operator @=", statement)
        operator = self.expressions.scope.runtime(_IN_PLACE.get(name, f"i{name}"))
        value = self.expressions.of(statement.value)
        target = statement.target
        if isinstance(target, ast.Name):
            old = self.expressions.of(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            return self.store(target, f"{operator}({old.arg}, {value.arg})?", statement)
        lines: list[str] = []
        owner = self._kept(target.value, "container", lines)
        if isinstance(target, ast.Attribute):
            attribute = names.quoted(target.attr)
            new = f"{operator}({owner.receiver}.attr({attribute})?, {value.arg})?"
            lines.append(f"{owner.receiver}.set_attr({attribute}, {new})?;")
        elif isinstance(target.slice, ast.Slice):
            raise Refused("an augmented assignment to a slice", statement)
        else:
            key = self._kept(target.slice, "subscript", lines)
            new = f"{operator}({owner.receiver}.item({key.arg})?, {value.arg})?"
            lines.append(f"{owner.receiver}.set_item({key.arg}, {new})?;")
        code = "\n".join(lines)
        return f"{{\n{code}\n}}" if len(lines) > 1 else code

    def _kept(self, node: ast.expr, name: str, lines: list[str]) -> Rust:
        """A part that is used twice, evaluated once."""
        if is_pure(node):
            return self.expressions.twice(node)
        found = self.expressions.of(node)
        lines.append(f"let {name} = {found.value};")
        return Rust(name, "place")
