import json
from collections.abc import Mapping

from benchmarks.commands import Finished
from benchmarks.product import read_outcome

VERDICT = {
    "state": "fixed",
    "passed": 12,
    "fixed": ["tests/test_a.py::test_one"],
    "still_red": ["tests/test_a.py::test_old"],
    "wavering": ["tests/test_a.py::test_dice"],
}
TRIAL = {"type": "ToolFinished", "tool": "try_candidates", "data": {"tried": 20, "cpu_s": 2.5}}
STOPPED = {
    "type": "SessionStopped",
    "reason": "verdict_holds",
    "verdict": VERDICT,
    "snapshot": "abc",
    "patch": "--- a/x\n",
    "tried": 40,
}


def finished(
    *lines: str | Mapping[str, object], exit_code: int | None = 0, stderr: str = ""
) -> Finished:
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    return Finished(exit_code=exit_code, stdout=text, stderr=stderr, wall_s=3.0, cpu_s=2.0)


def test_the_last_event_decides() -> None:
    outcome = read_outcome(finished({"type": "StretchStarted"}, TRIAL, TRIAL, STOPPED))
    assert outcome.fixed
    assert (outcome.state, outcome.reason, outcome.patch) == ("fixed", "verdict_holds", "--- a/x\n")
    assert (outcome.candidates, outcome.candidate_cpu_s) == (40, 5.0)
    assert outcome.candidates_per_cpu_second == 8.0
    assert outcome.proven == ("tests/test_a.py::test_one",)
    assert outcome.set_apart == ("tests/test_a.py::test_old", "tests/test_a.py::test_dice")


def test_events_inside_records_are_found() -> None:
    outcome = read_outcome(finished({"seq": 1, "event": TRIAL}, {"seq": 2, "event": STOPPED}))
    assert outcome.fixed
    assert outcome.candidate_cpu_s == 2.5


def test_nothing_found() -> None:
    stopped = {**STOPPED, "reason": "nothing_found", "verdict": {"state": "failing"}, "patch": ""}
    outcome = read_outcome(finished(stopped, exit_code=1))
    assert not outcome.fixed
    assert outcome.reason == "nothing_found"
    assert outcome.candidates_per_cpu_second is None


def test_an_exit_code_of_success_counts_as_a_claim_even_without_a_verdict() -> None:
    assert read_outcome(finished("not JSON")).fixed


def test_a_refusal_keeps_its_words() -> None:
    outcome = read_outcome(finished(exit_code=2, stderr="There is no pytest.\n"))
    assert not outcome.fixed
    assert (outcome.reason, outcome.note) == ("no SessionStopped", "There is no pytest.")


def test_a_run_that_had_to_be_killed() -> None:
    outcome = read_outcome(finished(TRIAL, exit_code=None))
    assert (outcome.reason, outcome.candidates, outcome.fixed) == ("overran", 20, False)
