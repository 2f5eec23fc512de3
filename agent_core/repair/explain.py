"""Plain words for the user: what a patch does, and nothing of why: that it fits is no cause."""

from runners.patches import Patch, TextEdit

_LONGEST = 60

_DONE = {
    "comparison operator": "changed the comparison operator",
    "comparison boundary": "moved the boundary of the comparison",
    "comparison operands": "exchanged the two sides of the comparison",
    "and/or": "joined the conditions by the other word",
    "drop condition": "took out one of the joined conditions",
    "negation": "turned the condition into its opposite",
    "None test": "asked for None instead of for anything false",
    "other condition": "had the branch ask something else",
    "joined condition": "added a case to the condition",
    "operator": "changed the operator",
    "augmented operator": "changed the operator that updates the variable",
    "drop operand": "took a part out of the calculation",
    "swap operands": "exchanged the operands",
    "regroup": "grouped the parts of the calculation otherwise",
    "off by one": "changed the value by one",
    "one more operand": "added a part to the calculation",
    "clamp": "kept the value within a bound",
    "number": "changed the number",
    "known number": "changed the number",
    "truth value": "exchanged True and False",
    "None literal": "put a value in the place of None",
    "empty container": "changed the elements of the container",
    "text edit": "changed the spelling of the text",
    "near text": "used another text of the code",
    "pattern edit": "changed the regular expression",
    "variable": "used another variable",
    "related function": "called a related function instead",
    "attribute": "used another attribute or method",
    "target": "put the result into another variable",
    "swap arguments": "exchanged arguments of the call",
    "drop argument": "took an argument out of the call",
    "add argument": "added an argument to the call",
    "keyword name": "renamed the keyword argument",
    "slice": "had the slice take another part",
    "part of a sequence": "took only a part of the sequence",
    "range": "moved the beginning or the end of the range",
    "iterable": "had the loop go over something else",
    "guard": "handled a special case before this point",
    "delete statement": "took the statement out",
    "exchange statements": "exchanged two statements",
    "indentation": "moved the statement into another block",
    "borrowed statement": "added a statement",
    "missing update": "updated a variable",
    "end of block": "added a statement at the end of the block",
    "loop exit": "took another way out",
    "missing return": "handed the computed value back",
    "return at the end": "returned a result at the end of the function",
    "exception type": "named another exception",
    "decorator": "added a decorator",
    "default": "changed the default value",
    "swap branches": "exchanged the branches",
    "absent key": "allowed for a missing key",
    "divisor": "allowed for a divisor of zero",
    "value for None": "put a computed value in the place of None",
    "assigned elsewhere": "assigned another value",
    "expression of the function": "used another expression of the function",
}


def explain(patch: Patch) -> str:
    """What kind of change a patch is, and the change itself, in two sentences."""
    done = _DONE.get(patch.family, f"an edit of the kind '{patch.family}'")
    place = f"{patch.edits[0].file}, line {patch.line}"
    return f"{place}: {done}. The patch: {patch.summary}."


def summarise(edits: tuple[TextEdit, ...], data: bytes) -> str:
    """The edits in one line: what stood there and what stands there now."""
    return "; ".join(_one(edit, data) for edit in edits)


def _one(edit: TextEdit, data: bytes) -> str:
    old = _short(data[edit.start : edit.end].decode("utf-8", "replace"))
    new = _short(edit.text)
    if not old:
        return f"insert `{new}`"
    return f"replace `{old}` by `{new}`" if new else f"delete `{old}`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
