"""What an app's tests send becomes sequences that hold on another server, too."""

import base64
import json

import msgspec

from agent_core.port.app_tests import Ran, Recorded, compared, sequences
from agent_core.port.routes import routes_of
from runners.http_replay.app import AppFacts, Rule
from runners.http_replay.exchange import Ref, mark
from runners.reports import TestReport

TOKEN = "0b1c2d3e-1111-4111-8111-111111111111"
RULES = (
    Rule("/items", "create", ("POST",), {}, {}, strict_slashes=True, function=None),
    Rule(
        "/items/<key>", "one", ("GET",), {"key": "string"}, {}, strict_slashes=True, function=None
    ),
)


def line(method: str, target: str, answer: object, **more: object) -> Recorded:
    body = base64.b64encode(json.dumps(answer).encode()).decode()
    known = {"test": "t", "method": method, "target": target, "status": 200, "answer_body": body}
    return msgspec.convert({**known, **more}, Recorded)


def report(**statuses: str) -> TestReport:
    cases = [{"id": test, "status": status} for test, status in statuses.items()]
    return msgspec.convert({"health": "ran", "cases": cases}, TestReport)


def test_values_that_the_server_made_up_are_taken_from_its_own_answers() -> None:
    made = line("POST", "/items", {"key": TOKEN, "title": "apples"}, body=_encoded("apples"))
    asked = line("GET", f"/items/{TOKEN}", {}, body=_encoded(f'{{"again": "{TOKEN}"}}'))
    [found] = sequences(Ran(report(t="passed"), (made, asked)), routes_of(AppFacts(rules=RULES)))
    assert found.kind == "test"
    assert found.requests[0].body == b"apples"
    request = found.requests[1]
    assert request.target == f"/items/{mark(0)}"
    assert request.body == f'{{"again": "{mark(0)}"}}'.encode()
    assert request.refs == (Ref(0, ("key",)),)
    assert request.route == "/items/<key>"


def test_what_the_test_said_first_stays_its_own() -> None:
    made = line("POST", "/items", {"title": "apples"}, body=_encoded('{"title": "apples"}'))
    asked = line("GET", "/items/apples", {})
    [found] = sequences(Ran(report(t="passed"), (made, asked)), ())
    assert found.requests[1].target == "/items/apples"


def test_cookies_of_the_server_come_from_the_jar_and_those_of_the_test_stay() -> None:
    made = line("POST", "/items", {}, answer_headers=(("Set-Cookie", "session=a.b.c; Path=/"),))
    asked = line("GET", "/items/1", {}, headers=(("Cookie", "session=a.b.c; theme=dark"),))
    [found] = sequences(Ran(report(t="passed"), (made, asked)), ())
    assert found.requests[1].headers == (("Cookie", "theme=dark"),)


def test_only_tests_that_ask_and_pass_on_the_original_say_something() -> None:
    lines = tuple(Recorded(test=test, method="GET", target="/") for test in ("a", "b", "c", "d"))
    original = Ran(report(a="passed", b="passed", c="failed", d="passed", e="passed"), lines)
    port = Ran(report(a="passed", b="failed", c="passed", e="failed"), lines)
    told = compared(original, port)
    assert (told.green, told.red, told.apart) == (("a",), ("b", "d"), ("c", "e"))


def test_tests_that_cannot_run_over_http_say_why() -> None:
    broken = Ran(TestReport(health="broken", cases=(), problem="no module named x"), ())
    assert compared(broken, broken).problem == "no module named x"


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
