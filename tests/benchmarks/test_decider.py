"""The scripted model: its one edit, and what it says after a restart."""

import json

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.decider import Scripted, changed, replacement, script
from tests.agent_core.models.misbehaving import RUN_OUT, Request

TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "  c\r\n", "\n"]), min_size=1).map("".join)


@given(TEXTS, TEXTS)
def test_the_edit_has_one_place_and_makes_the_change(before: str, after: str) -> None:
    edit = replacement("m.py", before, after)
    assert before.find(edit["old"]) == before.rfind(edit["old"])
    assert before.replace(edit["old"], edit["new"], 1) == after


def test_it_looks_where_the_fault_is_and_mends_every_file() -> None:
    before = {"a.py": b"x\n" * 30 + b"one\n", "b.py": b"two\n", "c.py": b"three\n"}
    after = {**before, "a.py": b"x\n" * 30 + b"uno\n", "b.py": b"due\n"}
    assert changed(before, after) == ["a.py", "b.py"]
    look, tests, mend = (b"".join(answer.pieces).decode() for answer in script(before, after))
    assert "read_file" in look
    assert r"\"first\": 11, \"last\": 51" in look
    assert "run_tests" in tests
    assert "uno" in mend
    assert "due" in mend


def asked(*messages: dict[str, str]) -> Request:
    """A request as the product makes it, its messages last."""
    body = msgspec.json.encode({"model": "scripted", "messages": messages})
    return Request(method="POST", path="/v1/chat/completions", headers={}, body=body)


def test_the_same_conversation_gets_the_same_answer() -> None:
    first, second, third = script({"a.py": b"one\n"}, {"a.py": b"two\n"})
    with Scripted((first, second, third)).running() as endpoint:
        task = {"role": "user", "content": "Mend it."}
        reply = {"role": "assistant", "content": "I look."}
        given_answers = []
        for request in (asked(task), asked(task), asked(task, reply), asked(*[reply] * 3)):
            endpoint.requests.append(request)
            given_answers.append(endpoint.answer())
    assert given_answers == [first, first, second, RUN_OUT]


def test_a_request_that_does_not_go_on_from_the_one_before_is_told() -> None:
    one, other = ({"role": "user", "content": text} for text in ("Mend it.", "Mend that."))
    endpoint = Scripted(())
    with endpoint.running():
        endpoint.requests += [asked(one), asked(one), asked(one, other), asked(other)]
        assert endpoint.breaks() == ["request 4 does not begin with the one before"]
        assert endpoint.breaks(since=3) == []
    assert json.loads(endpoint.requests[0].body)["messages"] == [one]
