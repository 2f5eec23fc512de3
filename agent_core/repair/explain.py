"""Plain words for the user: what a patch changes, what was wrong, and why this mends it."""

from runners.patches import Patch, TextEdit

_LONGEST = 60

_REASONS = {
    "comparison operator": "the comparison drew its line in the wrong place",
    "comparison boundary": "the boundary of the comparison was off",
    "comparison operands": "the two sides of the comparison were the wrong way round",
    "and/or": "the conditions were joined by the wrong word",
    "drop condition": "one of the joined conditions should not be there",
    "negation": "the condition asked for the opposite",
    "None test": "a value that is false but not None was taken for a missing one",
    "other condition": "the branch asked the wrong question",
    "joined condition": "the condition left a case out",
    "operator": "the wrong operator was used",
    "augmented operator": "the wrong operator was used to update the variable",
    "drop operand": "the calculation contained a part too many",
    "swap operands": "the operands were the wrong way round",
    "regroup": "the parts of the calculation were grouped wrongly",
    "off by one": "the value was off by one",
    "one more operand": "the calculation lacked a part",
    "clamp": "the value was not kept within its bound",
    "number": "the number was wrong",
    "known number": "the number was wrong",
    "truth value": "True and False were mixed up",
    "None literal": "None stood where a value belongs",
    "empty container": "the container held the wrong elements",
    "text edit": "the text was misspelt",
    "near text": "the wrong text was used",
    "pattern edit": "the regular expression matched the wrong thing",
    "variable": "the wrong variable was used",
    "related function": "a related but different function was called",
    "attribute": "the wrong attribute or method was used",
    "target": "the result went into the wrong variable",
    "swap arguments": "the arguments were in the wrong order",
    "drop argument": "the call passed an argument too many",
    "add argument": "the call lacked an argument",
    "keyword name": "the keyword argument had the wrong name",
    "slice": "the slice took the wrong part",
    "part of a sequence": "only a part of the sequence was meant",
    "range": "the range began or ended at the wrong number",
    "iterable": "the loop went over the wrong thing",
    "guard": "a special case was not handled before this point",
    "delete statement": "the statement should not be there",
    "exchange statements": "two statements ran in the wrong order",
    "indentation": "the statement stood in the wrong block",
    "borrowed statement": "a statement was missing",
    "missing update": "a variable was not updated",
    "end of block": "a statement was missing at the end of the block",
    "loop exit": "the wrong way out was taken",
    "missing return": "the computed value was not handed back",
    "return at the end": "the function did not return its result",
    "exception type": "the wrong exception was named",
    "decorator": "a decorator was missing",
    "default": "a default value was missing or shared between calls",
    "swap branches": "the branches were the wrong way round",
    "absent key": "the key may be missing",
    "divisor": "the divisor may be zero",
    "value for None": "None stood where a computed value belongs",
    "assigned elsewhere": "the wrong value was assigned",
    "expression of the function": "the wrong expression was used",
}


def explain(patch: Patch) -> str:
    """What was wrong and what the patch does about it, in two sentences."""
    reason = _REASONS.get(patch.family, f"the edit is of the kind '{patch.family}'")
    place = f"{patch.edits[0].file}, line {patch.line}"
    return f"{place}: {reason}. The patch: {patch.summary}."


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
