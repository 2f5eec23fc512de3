"""Answers are the same when every piece is; what the original wavers in is compared by kind."""

import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from runners.http_replay.compare import Difference, Noise, differences, general, kind, learn
from runners.http_replay.exchange import Headers, Kind, Request, Response, Run, Sequence

HTML = ("Content-Type", "text/html; charset=utf-8")
JSON = ("Content-Type", "application/json")


def answer(body: object, *headers: tuple[str, str], status: int = 200) -> Response:
    return Response(status, (JSON, *headers), json.dumps(body).encode())


def page(text: str, *headers: tuple[str, str]) -> Response:
    return Response(200, (HTML, *headers), text.encode())


def one(*responses: Response) -> tuple[Sequence, Run]:
    requests = tuple(Request("GET", "/x", route="/x") for _ in responses)
    return Sequence("s", "session", requests), Run(responses)


QUIET = Noise()


def unlike(a: Response, b: Response, noise: Noise = QUIET) -> list[str]:
    sequence, run = one(a)
    return [d.path for d in differences(sequence, run, Run((b,)), noise)]


@pytest.mark.parametrize(
    ("a", "b", "paths"),
    [
        (answer({"a": 1}), answer({"a": 1}), []),
        (answer({"a": 1}), answer({"a": "1"}), ["body.a"]),
        (answer({"a": 1}), answer({"a": 1.0}), ["body.a"]),
        (answer({"a": [1, 2]}), answer({"a": [1]}), ["body.a", "body.a[1]"]),
        (answer({"a": 1, "b": 2}), answer({"b": 2, "a": 1}), ["body layout"]),
        (answer({}), answer({}, status=201), ["status"]),
        (answer({}), Response(problem="no answer"), ["status"]),
        (page("<b>one</b>"), page("<b>two</b>"), ["body word 1"]),
        (page("<b>one</b>"), page("<b> one</b>"), ["body layout"]),
        (page("a"), answer("a"), ["header content-type"]),
        (page("", ("Location", "/a")), page("", ("Location", "/b")), ["header location"]),
        (page("", ("Allow", "GET, POST")), page("", ("Allow", "POST,GET")), []),
        (page("", ("Vary", "Cookie")), page(""), ["header vary"]),
        (page("", ("Server", "a"), ("Date", "now")), page("", ("Server", "b")), []),
        (
            page("", ("Set-Cookie", "a=1; HttpOnly")),
            page("", ("Set-Cookie", "a=1")),
            ["cookie a httponly"],
        ),
    ],
    ids=range(15),
)
def test_every_piece_of_an_answer_counts(a: Response, b: Response, paths: list[str]) -> None:
    found = unlike(a, b)
    assert set(paths) <= set(found)
    assert bool(paths) == bool(found)


def test_bytes_that_are_no_text_are_compared_whole() -> None:
    headers: Headers = (("Content-Type", "image/png"),)
    a, b = Response(200, headers, b"\xff\x00"), Response(200, headers, b"\xff\x01")
    assert unlike(a, b) == ["body"]
    assert unlike(a, a) == []


def test_nothing_is_compared_after_the_states_have_parted() -> None:
    sequence, run = one(answer({}, status=201), answer({"count": 1}))
    port = Run((answer({}, status=400), answer({"count": 0})))
    assert [d.exchange for d in differences(sequence, run, port, Noise())] == [0]


def test_what_the_original_wavers_in_is_compared_by_its_kind_wherever_it_lies_in_a_list() -> None:
    first, second = (
        answer([{"id": f"{digit * 8}-1111-4111-8111-111111111111", "n": 1}]) for digit in "ab"
    )
    sequence, run = one(first)
    noise = learn([sequence], [[run], [Run((second,))]])
    assert noise.paths == {"GET /x": frozenset({"body[*].id"})}
    third = answer([{"id": "c" * 8 + "-2222-4222-8222-222222222222", "n": 1}])
    assert unlike(first, third, noise) == []
    assert unlike(first, answer([{"id": "7", "n": 1}]), noise) == ["body[0].id"]
    assert unlike(first, answer([{"id": None, "n": 1}]), noise) == ["body[0].id"]
    assert unlike(first, answer([{"id": "c" * 8 + "-2222-4222-8222-222222222222", "n": 2}]), noise)


def test_an_answer_that_wavers_as_a_whole_drowns() -> None:
    sequence, run = one(page("<p>a b</p>"))
    noise = learn([sequence], [[run], [Run((page("<p>a</p>"),))]])
    assert noise.drowns("GET /x")
    assert unlike(page("<p>a b</p>"), page("<p>a b c d</p>"), noise) == []


def test_databases_are_part_of_what_is_the_same() -> None:
    sequence, run = one(page(""))
    left = Run(run.responses, {"app.db": {"posts": ('[1, "a"]',)}})
    right = Run(run.responses, {"app.db": {"posts": ('[1, "b"]',)}})
    assert differences(sequence, left, right, Noise()) == [
        Difference("s", 0, "", "database.app.db posts[0][1]", '"a"', '"b"')
    ]


def test_a_path_without_its_indices() -> None:
    assert general("body.items[12].tags[0]") == "body.items[*].tags[*]"
    assert general("body word 17") == "body word *"


@pytest.mark.parametrize(
    ("value", "sort"),
    [
        ('"0b1c2d3e-1111-4111-8111-111111111111"', "a UUID"),
        ('"2024-05-06T07:08:09"', "a time"),
        ('"12.5"', "a number"),
        ('"deadbeef01"', "hexadecimal"),
        ('"hello"', "text"),
        ("12", "int"),
        ("1.5", "float"),
        ("null", "NoneType"),
        ("[3]", "["),
        ("absent", "NoneType"),
    ],
)
def test_kinds(value: str, sort: str) -> None:
    assert kind(value) == sort


@pytest.mark.parametrize(("kind", "told"), [("session", False), ("paced", True)])
def test_where_time_goes_by_the_order_of_what_was_sent_is_no_noise(
    kind: Kind, *, told: bool
) -> None:
    request = Request("POST", "/x?title=new+thing", body=b"title=old", route="/x")
    sequence = Sequence("s", kind, (request,))
    noise = Noise({"POST /x": frozenset({"body word *"})})
    one, other = (Run((page(text),)) for text in ("thing old 12", "old thing 13"))
    found = [each.path for each in differences(sequence, one, other, noise)]
    assert found == (["body word 0", "body word 1"] if told else [])


def test_when_a_cookie_expires_counts_from_its_answer() -> None:
    early = page("", ("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 00:02:00 GMT"))
    later = page("", ("Set-Cookie", "a=1; Expires=Thu, 01 Jan 2026 01:02:00 GMT"))
    start = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    early, later = replace(early, at=start), replace(later, at=start + 3_600)
    assert unlike(early, later) == []
    assert unlike(early, replace(later, at=start)) == ["cookie a expires"]
