"""Statements: each gives lines of Rust, which rustfmt lays out later."""

import ast

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from agent_core.port.translate.assignments import Assignments
from agent_core.port.translate.calls import abort_code
from agent_core.port.translate.expressions import Expressions
from agent_core.port.translate.flow import Exits, ends
from agent_core.port.translate.graph import is_true
from agent_core.port.translate.inner_functions import inner_function
from agent_core.port.translate.placement import Variables
from agent_core.port.translate.raising import raised
from agent_core.port.translate.tries import Tries

_NOTHING = ast.Pass | ast.Global | ast.Import | ast.ImportFrom
_WORDS: dict[type[ast.AST], str] = {
    ast.AsyncFor: "async", ast.AsyncWith: "async", ast.AsyncFunctionDef: "async",
    ast.Nonlocal: "nonlocal", ast.ClassDef: "a class within a function",
    ast.Match: "match", ast.TryStar: "except*",
}  # fmt: skip


class Statements(Assignments, Tries):
    """Converts the statements of one function. Methods raise Refused."""

    def __init__(self, expressions: Expressions, variables: Variables, exits: Exits) -> None:
        self.expressions = expressions
        self.variables = variables
        self.exits = exits
        self.never = variables.never
        self.refused: list[Refused] = []

    def body(self, block: list[ast.stmt]) -> str:
        """A whole function's body, which is an `R`."""
        code = self.block(block, tail=True)
        if self.refused:
            raise Refused.together(self.refused)
        return code

    def block(self, block: list[ast.stmt], *, tail: bool = False) -> str:
        """Statements; in tail position the last one gives the result."""
        lines: list[str] = []
        for number, statement in enumerate(block):
            last = number == len(block) - 1 or ends([statement], self.never)
            lines.extend(self._declarations(statement))
            if last and tail and self._gives_result(statement):
                lines.append(self._guarded(statement, tail=True))
                return "\n".join(line for line in lines if line)
            lines.append(self._guarded(statement, tail=False))
            if last and ends([statement], self.never):
                return "\n".join(line for line in lines if line)
        if tail:
            lines.append(self.exits.end)
        return "\n".join(line for line in lines if line)

    def _guarded(self, statement: ast.stmt, *, tail: bool) -> str:
        """A statement; one that is refused is noted, and the next ones are looked at too."""
        try:
            return self._statement(statement, tail=tail)
        except Refused as refused:
            self.refused.append(refused)
            return ""

    def _gives_result(self, statement: ast.stmt) -> bool:
        """Whether a statement in tail position is an expression of the result's type."""
        compound = isinstance(statement, ast.If | ast.Try)
        simple = not isinstance(statement, ast.For | ast.With)
        return ends([statement], self.never) and (compound or simple)

    def _declarations(self, statement: ast.AST) -> list[str]:
        lines = []
        for name in self.variables.before(statement):
            declared = self.variables.declared[name]
            code = self.expressions.scope.locals[name].code
            mutable = "mut " if declared.mutable else ""
            match declared.way:
                case "later":
                    lines.append(f"let {mutable}{code};")
                case "empty":
                    lines.append(f"let {mutable}{code} = {self.runtime('none')}();")
                case "option":
                    lines.append(f"let {mutable}{code}: Option<Value> = None;")
        return lines

    def runtime(self, name: str) -> str:
        """A function of the runtime."""
        return self.expressions.scope.runtime(name)

    def _statement(self, statement: ast.stmt, *, tail: bool) -> str:
        if isinstance(statement, _NOTHING):
            return ""
        if isinstance(statement, ast.If):
            return self._if(statement, tail=tail)
        if isinstance(statement, ast.Try):
            return self.attempt(statement, tail=tail)
        if isinstance(statement, ast.Return | ast.Raise):
            return self._left(statement, tail=tail)
        method = getattr(self, f"_{type(statement).__name__.lower()}", None)
        if method is None:
            word = _WORDS.get(type(statement), f"the syntax {type(statement).__name__}")
            raise Refused(word, statement)
        if statement in self.never_statements() and tail:
            return f"Err({self._abort_of(statement)})"
        code: str = method(statement)
        return code

    def never_statements(self) -> frozenset[ast.AST]:
        """Calls that do not return, as statements."""
        return self.variables.never_statements

    def _abort_of(self, statement: ast.stmt) -> str:
        call = getattr(statement, "value", None)
        if not isinstance(call, ast.Call):
            raise Refused("abort() here", statement)
        return abort_code(self.expressions, call)

    def _left(self, statement: ast.Return | ast.Raise, *, tail: bool) -> str:
        """`return` and `raise`."""
        if isinstance(statement, ast.Raise):
            error = f"Err({raised(self.expressions, statement, self.exits.caught)})"
            return error if tail else f"return {error};"
        if isinstance(statement.value, ast.Call) and statement.value in self.never:
            error = f"Err({abort_code(self.expressions, statement.value)})"
            return error if tail else f"return {error};"
        value = statement.value or ast.Constant(None)
        result = self.exits.returned(self.expressions.of(value))
        return result if tail else f"return {result};"

    def _expr(self, statement: ast.Expr) -> str:
        if isinstance(statement.value, ast.Constant):
            return ""
        if isinstance(statement.value, ast.Call) and statement.value in self.never:
            return f"return Err({abort_code(self.expressions, statement.value)});"
        found = self.expressions.of(statement.value)
        if found.form in {"place", "number", "type", "text"} and not found.fallible:
            return ""
        return f"{found.plain};" if found.fallible else f"let _ = {found.plain};"

    def _if(self, statement: ast.If, *, tail: bool) -> str:
        branches: list[tuple[str, str]] = []
        rest: list[ast.stmt] = [statement]
        while len(rest) == 1 and isinstance(rest[0], ast.If) and self._is_open(rest[0], branches):
            inner = rest[0]
            test, body = self._merged(inner)
            code = self.block(body, tail=tail)
            if branches and branches[-1][1] == code:
                test = f"{branches.pop()[0]} || {test}"
            branches.append((test, code))
            rest = inner.orelse
        text = " else ".join(f"if {test} {{\n{body}\n}}" for test, body in branches)
        other = self.block(rest, tail=tail) if rest else ""
        return f"{text} else {{\n{other}\n}}" if other else text

    def _is_open(self, statement: ast.If, branches: list[tuple[str, str]]) -> bool:
        """Whether it can follow `else` directly: nothing is declared before it."""
        return not branches or not self._declarations(statement)

    def _merged(self, statement: ast.If) -> tuple[str, list[ast.stmt]]:
        """The condition and body; `if a: if b:` is one condition."""
        tests, body = [self.expressions.condition(statement.test)], statement.body
        while not statement.orelse and len(body) == 1:
            inner = body[0]
            if not isinstance(inner, ast.If) or inner.orelse or self._declarations(inner):
                break
            tests.append(self.expressions.condition(inner.test))
            body = inner.body
        if len(tests) == 1:
            return tests[0].plain, body
        return " && ".join(each.tight for each in tests), body

    def _for(self, statement: ast.For) -> str:
        iterated = self.expressions.argument(statement.iter).arg
        opening, variable = self._loop_target(statement)
        label, closing = self._loop_else(statement)
        body = self._in_loop(statement.body, label)
        head = f"for {variable} in {self.runtime('iter')}({iterated})?"
        return f"{closing[0]}{head} {{\n{opening}\n{body}\n}}{closing[1]}"

    def _loop_target(self, statement: ast.For) -> tuple[str, str]:
        """How the body begins, and the variable of the loop."""
        target = statement.target
        if isinstance(target, ast.Name):
            variable = self._loop_name(target.id, statement)
            return self.store(target, f"{variable}?", statement), variable
        return self.assign_unpacked(target, "element?", statement), "element"

    def _loop_name(self, name: str, statement: ast.For) -> str:
        declared = self.variables.declared.get(name)
        if declared is not None and declared.way == "inline" and declared.statement is statement:
            return self.expressions.scope.locals[name].code
        return "element"

    def _while(self, statement: ast.While) -> str:
        label, closing = self._loop_else(statement)
        body = self._in_loop(statement.body, label)
        if is_true(statement.test):
            return f"{closing[0]}loop {{\n{body}\n}}{closing[1]}"
        test = self.expressions.condition(statement.test).plain
        return f"{closing[0]}while {test} {{\n{body}\n}}{closing[1]}"

    def _loop_else(self, statement: ast.For | ast.While) -> tuple[str, tuple[str, str]]:
        """The label for `break`, and what stands around the loop."""
        if not statement.orelse:
            return "", ("", "")
        label = self.exits.label()
        return label, (f"{label}: {{\n", f"\n{self.block(statement.orelse)}\n}}")

    def _in_loop(self, body: list[ast.stmt], label: str) -> str:
        self.exits.enter_loop(label)
        try:
            return self.block(body)
        finally:
            self.exits.leave_loop()

    def _break(self, _: ast.Break) -> str:
        return self.exits.broken()

    def _continue(self, _: ast.Continue) -> str:
        return self.exits.continued()

    def _assert(self, statement: ast.Assert) -> str:
        message = f"{self.expressions.of(statement.msg).arg}" if statement.msg else ""
        test = self.expressions.condition(ast.UnaryOp(ast.Not(), statement.test)).plain
        error = f'{self.runtime("raise")}("AssertionError", args![{message}])'
        return f"if {test} {{\nreturn Err({error});\n}}"

    def _delete(self, statement: ast.Delete) -> str:
        return "\n".join(self._deleted(each, statement) for each in statement.targets)

    def _deleted(self, target: ast.expr, statement: ast.Delete) -> str:
        of = self.expressions.of
        match target:
            case ast.Subscript(value=value, slice=ast.Slice() as part):
                return f"{of(value).receiver}.del_slice({self.expressions.slice_arguments(part)})?;"
            case ast.Subscript(value=value, slice=key):
                return f"{of(value).receiver}.del_item({of(key).arg})?;"
            case ast.Attribute(value=value, attr=name):
                return f"{of(value).receiver}.del_attr({names.quoted(name)})?;"
        raise Refused("del of a variable", statement)

    def _with(self, statement: ast.With) -> str:
        self.block(statement.body)
        raise Refused("with, except over a lock", statement)

    def _functiondef(self, statement: ast.FunctionDef) -> str:
        value = inner_function(self, statement)
        name = ast.copy_location(ast.Name(statement.name, ast.Store()), statement)
        return self.store(name, value, statement, node=statement)
