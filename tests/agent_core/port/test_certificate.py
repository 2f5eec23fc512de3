"""The page says what the report says, whatever characters are in it."""

from html.parser import HTMLParser

import msgspec
import pytest

from agent_core.port.certificate import Beside, page
from agent_core.port.judging import ParityVerdict, judge
from agent_core.port.report import OwnTests, ParityReport, Shown
from agent_core.proofs import Compiled, RouteResult, Timed
from runners.diagnostics import Diagnostic
from runners.http_replay.compare import Difference
from runners.http_replay.exchange import Request, Response, Sequence
from tests.agent_core.port.test_judging import HOLDS

DIFFERENT = msgspec.structs.replace(
    HOLDS,
    routes=(RouteResult("/<name>", "differs", 10, 5, differences=1),),
    differences=1,
    shown=(
        Shown(
            Difference("s", 0, "/<name>", "body word 1", '"<b>"', '"&"'),
            Sequence("s", "session", (Request("GET", "/<script>alert(1)</script>"),)),
            Response(200, (("Content-Type", "text/html"),), b"<script>evil()</script>"),
            Response(problem="no answer: <none>"),
        ),
    ),
)


class Reader(HTMLParser):
    """Collects texts, and complains of what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  (its signature)
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def read(report: ParityReport) -> Reader:
    reader = Reader()
    reader.feed(page(report, judge(report), title="Is <this> one?", repeat="journeyman parity ."))
    assert reader.open == []
    return reader


@pytest.mark.parametrize("report", [HOLDS, DIFFERENT], ids=["holds", "different"])
def test_the_page_is_whole_and_loads_nothing(report: ParityReport) -> None:
    reader = read(report)
    assert reader.tags.isdisjoint({"script", "link", "img", "b", "name"})
    text = " ".join(reader.texts)
    assert "Is <this> one?" in text
    assert "journeyman parity ." in text
    assert "38 of 40 wrong copies noticed" in text


def test_a_difference_is_shown_with_its_requests_and_both_answers() -> None:
    text = " ".join(read(DIFFERENT).texts)
    assert "GET /<script>alert(1)</script>" in text
    assert "<script>evil()</script>" in text
    assert "no answer: <none>" in text
    assert "/<name>" in text


def test_tests_that_could_not_run_say_why() -> None:
    report = msgspec.structs.replace(HOLDS, tests=OwnTests(problem="no module <x>"))
    assert "no module <x>" in " ".join(read(report).texts)


def test_what_a_session_knows_beside_is_told_even_where_nothing_was_compared() -> None:
    error = Diagnostic("error", "mismatched", "E0308", "rust/src/app.rs", 3, "drawn <here>")
    figures = (("CPU a request", "800 µs", "38 µs"),)
    beside = Beside(
        Compiled("fails", (error,)),
        Timed("holds", "21 times less", load="GET /", baseline="gunicorn 1", figures=figures),
        ("not converted: app.py, line 3: numpy",),
    )
    reader = Reader()
    verdict = ParityVerdict("failing", ("it does not compile",))
    reader.feed(page(None, verdict, title="t", repeat="r", beside=beside))
    text = " ".join(reader.texts)
    for said in ("drawn <here>", "800 µs", "gunicorn 1", "app.py, line 3: numpy"):
        assert said in text
    assert "Routes" not in text
