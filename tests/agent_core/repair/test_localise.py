"""Where the fault may be: spectrum, tracebacks, what is never suspected."""

import pytest

from agent_core.repair.localise import rank_places
from runners.observations import Observations, TestTrace
from runners.reports import Failure, Frame, Status, TestCase, TestReport


def case(test: str, status: Status, frames: tuple[Frame, ...] = ()) -> TestCase:
    failure = None
    if status in {"failed", "error"}:
        failure = Failure(phase="call", exception="ValueError", message="no", frames=frames)
    return TestCase(id=test, status=status, failure=failure)


def trace(test: str, status: Status, lines: tuple[int, ...], file: str = "shop.py") -> TestTrace:
    return TestTrace(test=test, status=status, lines={file: lines, "test_shop.py": (1, 2)})


def is_source(file: str) -> bool:
    return not file.startswith("test_")


def test_lines_of_failing_tests_alone_come_first() -> None:
    report = TestReport("ran", (case("a", "failed"), case("b", "passed"), case("c", "passed")))
    seen = Observations(
        traces=(
            trace("a", "failed", (1, 2, 3)),
            trace("b", "passed", (1, 2)),
            trace("c", "passed", (1,)),
        )
    )
    places = rank_places(report, seen, is_source)
    assert [place.line for place in places] == [3, 2, 1]
    assert places[0].suspicion == 1.0
    assert places[1].suspicion == pytest.approx(1 / 2**0.5)
    assert places[1].reason == "executed by 1 of 1 failing and 1 of 2 passing tests"


def test_files_that_are_no_source_are_never_suspected() -> None:
    frame = Frame("test_shop.py", 2, "test_a")
    report = TestReport("ran", (case("a", "failed", (frame,)),))
    seen = Observations(traces=(trace("a", "failed", (4,)),))
    assert {place.file for place in rank_places(report, seen, is_source)} == {"shop.py"}


def test_last_three_frames_in_the_code_are_raised() -> None:
    frames = tuple(Frame("shop.py", line, "f") for line in (10, 20, 30, 40))
    outside = Frame("", 7, "library")
    report = TestReport("ran", (case("a", "failed", (*frames, outside)),))
    places = rank_places(report, Observations(), is_source)
    assert [place.line for place in places] == [40, 30, 20]
    assert all(place.suspicion >= 0.9 for place in places)
    assert places[0].reason == "raised ValueError"
    assert places[1].reason == "called what raised ValueError"


def test_errors_while_importing_point_at_the_module() -> None:
    report = TestReport("ran", (case("a", "error", (Frame("shop.py", 3, "<module>"),)),))
    (place,) = rank_places(report, Observations(), is_source)
    assert place.line == 3
    assert "while the module was imported" in place.reason


def test_the_plain_run_wins_over_the_traced_one() -> None:
    report = TestReport("ran", (case("a", "failed"), case("b", "passed")))
    seen = Observations(traces=(trace("a", "passed", (1,)), trace("b", "failed", (2,))))
    assert [place.line for place in rank_places(report, seen, is_source)] == [1]


def test_ties_are_broken_by_file_and_line_and_the_number_is_bounded() -> None:
    report = TestReport("ran", (case("a", "failed"),))
    lines = {"z.py": tuple(range(1, 101)), "a.py": tuple(range(100, 0, -1))}
    seen = Observations(traces=(TestTrace(test="a", status="failed", lines=lines),))
    places = rank_places(report, seen, is_source)
    assert len(places) == 150
    assert [(place.file, place.line) for place in places[:2]] == [("a.py", 1), ("a.py", 2)]
