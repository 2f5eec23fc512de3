"""A sequence is made shorter and lighter while it still shows what it showed."""

import json

from hypothesis import given
from hypothesis import strategies as st

from runners.http_replay.exchange import Ref, Request, Sequence, mark
from runners.http_replay.shrink import shrink, without


def sequence(*requests: Request) -> Sequence:
    return Sequence("s", "session", requests)


@given(st.integers(2, 24), st.data())
def test_what_is_left_is_what_is_needed(count: int, data: st.DataObject) -> None:
    needed = data.draw(st.sets(st.integers(0, count - 2), max_size=3)) | {count - 1}
    whole = sequence(*(Request("GET", f"/{number}") for number in range(count)))
    targets = {f"/{number}" for number in needed}

    def shows(candidate: Sequence) -> bool:
        return targets <= {request.target for request in candidate.requests}

    short = shrink(whole, shows)
    assert [request.target for request in short.requests] == [f"/{n}" for n in sorted(needed)]


def test_a_request_that_others_refer_to_stays_and_references_follow() -> None:
    made = Request("POST", "/items")
    asked = Request("GET", f"/items/{mark(0)}", refs=(Ref(1, ("id",)),))
    whole = sequence(Request("GET", "/"), made, asked)
    assert without(whole, {1}) is None
    short = shrink(whole, lambda each: each.requests[-1].method == "GET" and len(each.requests) > 1)
    assert short.requests == (made, Request("GET", asked.target, refs=(Ref(0, ("id",)),)))


def test_bodies_and_queries_lose_what_nothing_needs() -> None:
    body = json.dumps({"title": "milk", "done": True, "note": "long"}).encode()
    whole = sequence(Request("POST", "/items?a=1&b=2", body=body))
    short = shrink(
        whole, lambda each: b"title" in each.requests[0].body and "b=2" in each.requests[0].target
    )
    assert short.requests == (Request("POST", "/items?b=2", body=b'{"title": "m"}'),)


def test_there_is_an_end_to_the_tries() -> None:
    asked = []
    whole = sequence(*(Request("GET", f"/{number}") for number in range(20)))

    def shows(candidate: Sequence) -> bool:
        asked.append(candidate)
        return False

    assert shrink(whole, shows, tries=7) == whole
    assert len(asked) == 7
