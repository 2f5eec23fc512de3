"""The desktop benchmark with little in it: that it measures what it says, not how long it took."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)

from benchmarks import desktop
from benchmarks.commands import run
from benchmarks.window import standing
from benchmarks.window.screen import name_of, screen
from benchmarks.window.session import Idle, Watched
from benchmarks.window.views import Sizes, big_change, source, steps


@pytest.fixture
def environ() -> Iterator[Mapping[str, str]]:
    with screen(offscreen=True) as given:
        yield given


@pytest.mark.slow
def test_a_session_and_the_idle_time_after_it(environ: Mapping[str, str]) -> None:
    watched = desktop.session(environ, idle_seconds=0.5)
    assert watched.verdict == "fixed"
    assert len(watched.turns_s) > 20
    assert watched.painted > 0, "paints would not be seen"
    assert watched.idle.paints == 0


def test_each_view_is_measured_each_round(environ: Mapping[str, str]) -> None:
    sizes = Sizes(
        events=400, appends=3, file_lines=300, diff_lines=500, hunks=10, entries=50, rounds=2
    )
    found = desktop.views(environ, sizes)
    rounds = (found.file_s, found.list_s, found.diff_s, found.tree_s, found.tree_turn_s)
    assert [len(costs) for costs in rounds] == [2, 2, 2, 2, 2]
    assert len(found.append_s) == 3
    assert all(cost > 0 for costs in (*rounds, found.append_s) for cost in costs)
    assert all(a < b for a, b in zip(found.list_s, found.diff_s, strict=True))


def test_a_window_is_seen_to_rest_and_is_ended(environ: Mapping[str, str]) -> None:
    stood = standing.stand(standing.bare(), environ)
    assert 0.01 < stood.cpu_s < 10
    assert 10 * 2**20 < stood.pss <= stood.rss


def test_a_program_that_dies_is_said(environ: Mapping[str, str]) -> None:
    with pytest.raises(ChildProcessError, match="ended with 3"):
        standing.stand(("python3", "-c", "raise SystemExit(3)"), environ)


def test_the_screen_is_shut_again(tmp_path: Path) -> None:
    with screen() as given:
        shown = run([*standing.bare()[:2], SHOWN], cwd=tmp_path, timeout_s=60, env=given)
    assert shown.stdout.strip() == given["QT_QPA_PLATFORM"]
    assert name_of(given) in {"Xvfb", "no screen (offscreen)"}


SHOWN = "from PySide6.QtGui import QGuiApplication as A; A([]); print(A.platformName())"


def test_what_is_shown_has_the_size_that_is_said() -> None:
    change = big_change(20_000, 400)
    hunks = [hunk for diff in change for hunk in diff.hunks]
    assert len(hunks) == 400
    assert 19_000 <= sum(len(hunk.lines) for hunk in hunks) <= 21_000
    assert source(1234).count("\n") == 1234
    records = [record for record, _ in zip(steps(), range(9), strict=False)]
    assert [record.seq for record in records] == [1, *range(4, 12)]


def test_the_cpu_of_another_process_is_read() -> None:
    before = standing.cpu_seconds(0)
    while standing.cpu_seconds(0) < before + 0.01:
        pass
    assert standing.cpu_seconds(0) <= time.process_time() + 0.01


def test_the_table_says_what_is_not_held() -> None:
    idle = Idle(seconds=60, paints=3, timers=0, cpu_s=0.5)
    turns = (0.001,) * 198 + (0.010, 0.060)
    rows = desktop.session_rows(Watched("fixed", (0.1, 0.02), turns, 9, idle))
    held = {row.what: row.cells()[4] for row in rows}
    assert held["turn in a session, p99"] == "yes"
    assert held["turn in a session, longest"] == "NO"
    assert held["paints while idle"] == "NO"
    assert held["opening the folder, longest turn"] == "NO"


def test_starts_are_compared_with_the_bare_window() -> None:
    def stands(cpu_s: float) -> list[standing.Standing]:
        return [standing.Standing(cpu_s, 100 * 2**20, 50 * 2**20)]

    found = desktop.Starts(stands(0.1), stands(0.2), stands(0.4), stands(0.9))
    cpu = [row for row in desktop.start_rows(found) if "CPU" in row.what]
    assert [round(row.figure, 6) for row in cpu] == [2, 4, 9]
    assert [row.cells()[4] for row in cpu] == ["yes", "NO", ""]


def test_percentiles_are_values_that_were_seen() -> None:
    assert desktop.percentile([1.0, 2.0, 3.0, 4.0], 50) == 2.0
    assert desktop.percentile([float(n) for n in range(1, 101)], 99) == 99.0
    assert desktop.percentile([5.0], 99) == 5.0
