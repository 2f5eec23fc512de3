"""The applications, the ports that are wrong by hand, and the table; nothing is compiled."""

import asyncio
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from agent_core.port import crates
from agent_core.port.report import CorpusNote, OwnTests, ParityReport, Shown
from benchmarks import wrong_ports, wrong_run
from benchmarks.commands import CommandError
from benchmarks.port_run import convert
from benchmarks.rust_mutants import draw
from benchmarks.wrong_by_hand import BY_HAND, SLOW, ByHand, Change
from benchmarks.wrong_run import Outcome
from benchmarks.wrong_subjects import EQUIVALENT, SUBJECTS
from runners.benchmark import Faster
from runners.http_replay.compare import Difference
from runners.http_replay.exchange import Request, Response, Sequence

REPORT = ParityReport(
    corpora=(CorpusNote(0, "", 3, 1_000),) * 3,
    routes=(),
    shown=(),
    differences=0,
    tests=OwnTests(),
    beside=(),
    strength=None,
    isolation="none",
)
WRONG = Outcome("drawn 1", "todo", "show (status): `404` became `400`", state="failing")


def shown(count: int) -> Shown:
    requests = tuple(Request("GET", f"/items/{n}", route="/items/<n>") for n in range(count))
    difference = Difference("s", count - 1, "/items/<n>", "status", "404", "400")
    return Shown(difference, Sequence("s", "probe", requests), Response(404), Response(400))


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    """The right ports, without the runtime."""
    found = {}
    for subject, source in SUBJECTS.items():
        folder = tmp_path_factory.mktemp(subject)
        (folder / "app.py").write_text(source)
        made = asyncio.run(convert(folder, None, Path(sys.executable)))
        assert (made.problem, made.left, made.refusals) == ("", (), ())
        found[subject] = made.files
    return found


def test_every_change_by_hand_fits_what_the_translator_writes(
    converted: Mapping[str, Mapping[str, str]],
) -> None:
    if shutil.which("rustfmt") is None:
        pytest.skip("no rustfmt at hand: what the changes look for is laid out by it")
    runtime = {f"{crates.RUNTIME}/{path}": text for path, text in crates.runtime().items()}
    for hand in (*BY_HAND, SLOW):
        right = {**runtime, **converted[hand.subject]}
        wrong = hand.of(right)
        assert {path for path in wrong if wrong[path] != right[path]} == {
            change.file for change in hand.changes
        }


def test_each_mutant_called_equivalent_can_be_drawn(
    converted: Mapping[str, Mapping[str, str]],
) -> None:
    sources = {subject: files["src/app.rs"] for subject, files in converted.items()}
    mutants = list(draw(sources, 0))
    assert EQUIVALENT.keys() <= {(each.file, each.sentence()) for each in mutants}
    assert len(mutants) > 10 * wrong_ports.DRAWN


def test_a_change_that_does_not_fit_is_no_port() -> None:
    hand = ByHand("x", "todo", "", (Change("src/app.rs", "LIMIT", "MOST"),))
    assert hand.of({"src/app.rs": "a LIMIT"}) == {"src/app.rs": "a MOST"}
    for text in ("nothing", "LIMIT, LIMIT"):
        with pytest.raises(CommandError, match=r"x: src/app\.rs has not once 'LIMIT'"):
            hand.of({"src/app.rs": text})


def test_the_shortest_sequence_counts() -> None:
    found = wrong_run.with_report(
        WRONG, msgspec.structs.replace(REPORT, differences=2, shown=(shown(4), shown(2)))
    )
    assert (found.state, found.requests, found.route) == ("failing", 2, "GET /items/<n>")
    assert found.shown == "GET /items/0 ; GET /items/1: status: the original 404, the port 400"
    assert found.refused


@pytest.mark.parametrize(
    ("outcome", "refused"),
    [
        (msgspec.structs.replace(WRONG, requests=5), True),
        (msgspec.structs.replace(WRONG, requests=6), False),
        (msgspec.structs.replace(WRONG, beside=("POST /items: updates are lost",)), True),
        (msgspec.structs.replace(WRONG, state="unknown"), False),
        (WRONG, False),
    ],
)
def test_what_counts_as_refused(outcome: Outcome, *, refused: bool) -> None:
    assert outcome.refused is refused


def test_a_right_port_is_not_refused() -> None:
    found = wrong_run.with_report(WRONG, REPORT)
    assert (found.state, found.requests, found.refused) == ("unknown", 0, False)
    assert found.compared == 3_000


def test_the_table() -> None:
    seen = wrong_run.with_report(
        WRONG, msgspec.structs.replace(REPORT, differences=1, shown=(shown(2),))
    )
    at_once = msgspec.structs.replace(
        wrong_run.with_report(
            WRONG, msgspec.structs.replace(REPORT, beside=("POST /items: lost",))
        ),
        port="lost update",
    )
    missed = msgspec.structs.replace(wrong_run.with_report(WRONG, REPORT), port="drawn 3")
    vain = Outcome("drawn 2", "todo", "a removed line", passed="it does not compile")
    right = wrong_run.with_report(Outcome("right", "todo", "nothing"), REPORT)
    slow = msgspec.structs.replace(
        right, port="slow", speed=Faster("fails", "the smallest of 6 paired ratios is 2")
    )
    text = wrong_ports.report([seen, vain, missed, at_once, right, slow])
    rows = [line.split() for line in text.splitlines()]
    assert [row[:2] for row in rows[2:5]] == [["drawn", "1"], ["drawn", "3"], ["lost", "update"]]
    assert "drawn in vain: a removed line: it does not compile" in text
    assert "slow (todo), faster by a factor: fails: the smallest of 6 paired ratios is 2" in text
    assert "2 of 3 (67 %); compared in 3,000 requests of 3 seeds" in text
    assert "at once" in text


def test_the_command_line() -> None:
    asked = wrong_ports.arguments().parse_args(["somewhere", "--requests", "300"])
    assert (asked.seed, asked.seeds, asked.requests, asked.mutants) == (0, 3, 300, 40)
