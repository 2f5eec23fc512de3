"""Small faults in generated Rust: a token that says something else, or a statement taken out.

The generated code calls a runtime by names in texts and keeps values in macros, which a grammar
leaves as tokens. So what a token means is read off the brackets around it.
"""

import random
import re
from collections.abc import Iterator, Mapping

import msgspec
import tree_sitter_rust
from tree_sitter import Language, Node, Parser

Edit = tuple[int, int, str]
Fault = tuple[str, Edit]
"""The operator's name, and the stretch of bytes with what stands there instead."""

_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_STATUSES = {"200": "201", "201": "200", "204": "200", "302": "303", "303": "302", "400": "422"}
_STATUSES |= {"401": "403", "403": "401", "404": "400", "409": "400", "422": "400"}
_FUNCTIONS = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "add": "sub", "sub": "add"}
_FUNCTIONS |= {"mul": "add", "div": "mul", "modulo": "floordiv", "iadd": "isub", "isub": "iadd"}
_COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_JUNCTIONS = {"&&": "||", "||": "&&"}
_METHODS = {"lower": "upper", "upper": "lower", "strip": "lstrip", "setdefault": "get"}
_METHODS |= {"pop": "get", "isalpha": "isalnum", "startswith": "endswith", "append": "remove"}
_LIBRARY = {"builtins.max": "builtins.min", "builtins.min": "builtins.max"}
_LIBRARY |= {"builtins.any": "builtins.all", "builtins.all": "builtins.any"}
_TYPES = {"Int": "Float", "Float": "Int", "Str": "Int", "Bool": "Str", "Dict": "List"}
_NAMING = frozenset(
    {"attr", "class", "config", "del_attr", "exception", "format_spec", "func", "is"}
)
_NAMING |= {
    "lib",
    "lib_value",
    "method",
    "method_kw",
    "raise",
    "secret",
    "set_attr",
    "super_method",
}
_NAMING |= {"unbound", "url_for"}
"""Whose first text is the name of something, which another name would only make a crash."""
_BY_KEY = frozenset({"item", "set_item", "del_item"})
_LOOKUPS = frozenset({'"get"', '"pop"', '"setdefault"'})


class Mutant(msgspec.Struct, frozen=True):
    """A fault in a function: `before` and `after` are its changed lines, `text` the whole file."""

    file: str
    function: str
    operator: str
    before: str
    after: str
    text: str

    def sentence(self) -> str:
        """The fault in one line, for a person."""
        before, after = (" ".join(text.split()) for text in (self.before, self.after))
        return f"{self.function} ({self.operator}): `{before}` became `{after}`"


def draw(files: Mapping[str, str], seed: int) -> Iterator[Mutant]:
    """All mutants of the functions in `files`, in an order by chance that the seed fixes.

    Each draw takes a function, then one of its operators, then a place, all with equal chances.
    """
    chance = random.Random(seed)
    pool = {
        (file, function): faults
        for file in sorted(files)
        for function, faults in _by_function(files[file]).items()
    }
    while pool:
        file, function = chance.choice(list(pool))
        by_operator = pool[file, function]
        operator = chance.choice(sorted(by_operator))
        edits = by_operator[operator]
        yield _mutant(
            file, files[file], function, operator, edits.pop(chance.randrange(len(edits)))
        )
        if not edits:
            del by_operator[operator]
        if not by_operator:
            del pool[file, function]


def _mutant(file: str, text: str, function: str, operator: str, edit: Edit) -> Mutant:
    start, end, instead = edit
    data = text.encode()
    first = data.rfind(b"\n", 0, start) + 1
    last = data.find(b"\n", end)
    changed = data[:start] + instead.encode() + data[end:]
    return Mutant(
        file=file,
        function=function,
        operator=operator,
        before=data[first:last].decode(),
        after=(data[first:start] + instead.encode() + data[end:last]).decode(),
        text=changed.decode(),
    )


def _by_function(text: str) -> dict[str, dict[str, list[Edit]]]:
    """The faults of each function that has any, by operator."""
    root = Parser(Language(tree_sitter_rust.language())).parse(text.encode()).root_node
    found: dict[str, dict[str, list[Edit]]] = {}
    for node in root.children:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if node.type == "function_item" and name is not None and body is not None:
            for operator, edit in (*_in_tokens(body), *_in_nodes(body)):
                of_function = found.setdefault(_text(name), {})
                of_function.setdefault(operator, []).append(edit)
    return found


def _text(node: Node) -> str:
    return (node.text or b"").decode()


class _Token:
    """A leaf of the tree, a whole text included, between the brackets that enclose it."""

    def __init__(self, node: Node, before: "_Token | None", opener: "_Token | None") -> None:
        self.node = node
        self.text = _text(node)
        self.before = before
        self.opener = opener
        self.after: _Token | None = None

    @property
    def called(self) -> str:
        """The function or, with a `!`, the macro whose bracket this is; "" if it is another."""
        name = self.before
        if name is None or self.text not in _OPENING:
            return ""
        if name.text == "!" and name.before is not None:
            return f"{name.before.text}!"
        return name.text if name.node.type in {"identifier", "field_identifier"} else ""

    @property
    def taker(self) -> "_Token | None":
        """The bracket of the call that this token's macro is an argument of."""
        return self.opener.opener if self.opener else None

    def edit(self, text: str) -> Edit:
        return self.node.start_byte, self.node.end_byte, text


def _tokens(body: Node) -> list[_Token]:
    found: list[_Token] = []
    open_ones: list[_Token] = []
    for node in _leaves(body):
        if node.type in _CLOSING and open_ones:
            open_ones.pop()
        before = found[-1] if found else None
        token = _Token(node, before, open_ones[-1] if open_ones else None)
        if before is not None:
            before.after = token
        found.append(token)
        if node.type in _OPENING:
            open_ones.append(token)
    return found


def _leaves(node: Node) -> Iterator[Node]:
    if node.type == "string_literal" or not node.children:
        yield node
        return
    for child in node.children:
        yield from _leaves(child)


def _in_tokens(body: Node) -> Iterator[Fault]:
    for token in _tokens(body):
        kind = token.node.type
        if kind == "integer_literal":
            yield from _number(token)
        elif kind == "float_literal":
            yield "number", token.edit(str(float(token.text) + 1))
        elif kind == "string_literal":
            yield from _string(token)
        elif kind == "identifier":
            yield from _name(token)
        elif token.text in {"true", "false"}:
            yield "truth", token.edit("false" if token.text == "true" else "true")


def _number(token: _Token) -> Iterator[Fault]:
    bracket = token.opener
    if bracket is not None and bracket.text == "[" and bracket.called and bracket.called[-1] != "!":
        return  # an index into what a closure is given
    if token.text in _STATUSES:
        yield "status", token.edit(_STATUSES[token.text])
    elif token.text.isdigit():
        for step in (1, -1):
            yield "off by one", token.edit(str(int(token.text) + step))


def _name(token: _Token) -> Iterator[Fault]:
    bracket, before = token.after, token.before.text if token.before else ""
    if token.text in _FUNCTIONS and bracket is not None and bracket.text == "(" and before != ".":
        on_text = bracket.after is not None and bracket.after.node.type == "string_literal"
        if not on_text:  # which nearly none of the others takes
            yield "operation", token.edit(_FUNCTIONS[token.text])
    if token.text in _TYPES and before == "::":
        yield "type", token.edit(_TYPES[token.text])


def _string(token: _Token) -> Iterator[Fault]:
    bracket, inside = token.opener, token.text[1:-1]
    called = bracket.called if bracket else ""
    first = token.before is bracket
    if called in {"method", "method_kw"} and first and inside in _METHODS:
        yield "method", token.edit(f'"{_METHODS[inside]}"')
    elif called == "lib" and first and inside in _LIBRARY:
        yield "function", token.edit(f'"{_LIBRARY[inside]}"')
    if (first and called in _NAMING) or _names_parameter(token):
        return
    if _is_key(token):
        yield "key", token.edit(f'"{inside}_"')
    else:
        yield "text", token.edit(f'"{_other_text(inside)}"')


def _names_parameter(token: _Token) -> bool:
    """Whether a text is the name of a parameter, or an option of a function that is not ours."""
    bracket = token.opener
    if bracket is None:
        return False
    if bracket.text == "[" and bracket.before is not None and bracket.before.text == "&":
        return True
    option = bracket.called == "kw!" and token.after is not None and token.after.text == "=>"
    return option and (token.taker is None or token.taker.called != "jsonify")


def _is_key(token: _Token) -> bool:
    bracket, taker = token.opener, token.taker
    if token.after is not None and token.after.text == "=>":
        return True
    if bracket is None or token.before is not bracket:
        return False
    method = taker.after if taker else None
    looked_up = method is not None and method.text in _LOOKUPS and bracket.called == "args!"
    return bracket.called in _BY_KEY or looked_up


def _other_text(inside: str) -> str:
    """A text of nearly the same letters; places of values in it stay, and so do escapes."""
    return inside[:-1] if re.search(r"[\w ,.:!-]$", inside) and "\\" not in inside else f"{inside}?"


def _in_nodes(node: Node) -> Iterator[Fault]:
    for child in node.children:
        yield from _in_nodes(child)
    if node.type == "if_expression":
        yield from _condition(node)
    elif node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        if operator is not None:
            place = operator.start_byte, operator.end_byte
            if (symbol := _text(operator)) in _COMPARISONS:
                yield "comparison", (*place, _COMPARISONS[symbol])
            elif symbol in _JUNCTIONS:
                yield "and/or", (*place, _JUNCTIONS[symbol])
    elif node.type == "expression_statement":
        yield from _removal(node)


def _condition(node: Node) -> Iterator[Fault]:
    test = node.child_by_field_name("condition")
    if test is None or "let" in test.type:
        return
    text = _text(test)
    if test.type == "unary_expression" and text.startswith("!"):
        yield "negation", (test.start_byte, test.start_byte + 1, "")
    else:
        yield "negation", (test.start_byte, test.end_byte, f"!({text})")


def _removal(node: Node) -> Iterator[Fault]:
    what = node.children[0]
    check = what.type == "if_expression" and what.child_by_field_name("alternative") is None
    if check or what.type in {"try_expression", "call_expression"}:
        yield (
            "check removed" if check else "statement removed",
            (node.start_byte, node.end_byte, ""),
        )
