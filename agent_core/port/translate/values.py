"""Live values as Rust: what the import left behind, containers with all that lies in them."""

import ast
from typing import TYPE_CHECKING

from agent_core.port.refusals import Refused
from agent_core.port.translate import data, names
from agent_core.port.translate.rust import Rust, fallible, infallible
from agent_core.port.translate.scope import Scope
from runners.http_replay.live import Data, LiveObject, Lock, Object, Pattern, Secret, Thing

if TYPE_CHECKING:
    from agent_core.port.translate.expressions import Expressions


def secret_value(scope: Scope, thing: Secret) -> Rust:
    """A secret, which is read at the start."""
    scope.world.secrets[thing.name] = thing.path
    found = fallible(f"{scope.runtime('secret')}({names.quoted(thing.name)})")
    if thing.type == "bytes":
        return fallible(f'{found.plain}.method("encode", args![])')
    return found


class Values:
    """Writes live values at one place."""

    def __init__(self, expressions: "Expressions", node: ast.AST | None = None) -> None:
        self._expressions = expressions
        self.scope = expressions.scope
        self._node = node

    def of(self, thing: Thing) -> Rust:
        """A value and all that lies in it."""
        match thing:
            case Data():
                return data.scalar(thing, self._node)
            case Secret():
                return secret_value(self.scope, thing)
            case Lock():
                return infallible("none()")
            case Pattern(pattern=pattern, flags=flags):
                # 32 stands for text, which patterns have anyway.
                rest = flags & ~32
                arguments = ", ".join([names.quoted(pattern), *([str(rest)] if rest else [])])
                return fallible(
                    f'{self.scope.runtime("lib")}("re.compile", args![{arguments}], kw![])'
                )
            case Object(id=number):
                return self._object(self.scope.world.live.objects[number])
        return self._expressions.thing(thing, self._node or ast.Pass(), None)

    def inner(self, thing: Thing) -> Rust:
        """A value within another one: one with a name of its own is taken by that."""
        if isinstance(thing, Object) and thing.id in self.scope.world.homes:
            return self.scope.global_value(*self.scope.world.homes[thing.id])
        if isinstance(thing, Object) and self.scope.world.references[thing.id] > 1:
            raise Refused("an object that several containers hold", self._node)
        return self.of(thing)

    def _object(self, found: LiveObject) -> Rust:
        if found.type == "instance":
            raise Refused("an instance that exists after the import", self._node)
        items = [[self.inner(part) for part in item] for item in found.items]
        if found.type in {"dict", "OrderedDict"}:
            pairs = (f"{key.arg} => {value.arg}" for key, value in items)
            return infallible(data.mapping("dict!", pairs))
        codes = ", ".join(item[0].arg for item in items if len(item) == 1)
        if found.type in {"list", "tuple", "set"}:
            return infallible(f"{found.type}![{codes}]")
        return self._special(found, items, codes)

    def _special(self, found: LiveObject, items: list[list[Rust]], codes: str) -> Rust:
        lib = self.scope.runtime("lib")
        pairs = (f"{item[0].arg} => {item[1].arg}" for item in items if len(item) == 2)
        content = data.mapping("dict!", pairs)
        match found.type:
            case "frozenset":
                code = f'{lib}("builtins.frozenset", args![list![{codes}]], kw![])'
            case "Counter":
                code = f'{lib}("collections.Counter", args![{content}], kw![])'
            case "defaultdict" if found.extra is not None:
                factory = self.of(found.extra).arg
                code = f'{lib}("collections.defaultdict", args![{factory}, {content}], kw![])'
            case "deque" if found.extra is not None:
                longest = self.of(found.extra).arg
                code = f'{lib}("collections.deque", args![list![{codes}], {longest}], kw![])'
            case _:
                raise Refused(f"a value of type {found.type}", self._node)
        name = code.partition('"')[2].partition('"')[0]
        self.scope.world.supported.check_library(name, self._node or ast.Pass())
        return fallible(code)
