"""Trying candidates in a real session: generated ones, written ones, and calls that do not fit."""

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from agent_core.events import ToolCall
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import CandidatesTried, EditApplied, ToolFailure
from agent_core.session import Session
from agent_core.task import Budget, Check, Task
from agent_core.tools.survivors import JUDGED, UNJUDGED
from tests.agent_core.projects import FAULTY, PYTHON, RIGHT, TESTS, run_once, shop

LOCATE = call("locate_fault")
TRY = call("try_candidates")


def written(*changes: tuple[str, str], path: str = "shop/prices.py") -> dict[str, object]:
    """One alternative that replaces texts in a file."""
    edits = [{"path": path, "old": old, "new": new} for old, new in changes]
    return {"edits": edits, "why": "a guess"}


async def after(origin: Path, *calls: ToolCall) -> Session:
    """The session once each call was made in a turn of its own."""
    _, session = await run_once(origin, ScriptedModel([Turn(calls=(one,)) for one in calls]))
    return session


async def test_generated_candidates_find_the_wrong_operator_and_it_is_applied_as_tried(
    tmp_path: Path,
) -> None:
    session = await after(shop(tmp_path / "shop"), LOCATE, TRY)
    (tried,) = session.history.results(CandidatesTried)
    best = tried.survivors[0]
    (edit,) = best.patch.edits
    assert FAULTY[: edit.start] + edit.text + FAULTY[edit.end :] == RIGHT
    assert best.explanation
    assert 0 < tried.tried <= tried.available
    assert sum(tried.counts.values()) == tried.tried
    place = session.premises.workspace_folder / "shop/prices.py"
    assert place.read_text() == FAULTY
    apply = call("edit_file", patch=msgspec.to_builtins(best.patch.edits))
    await session.run(ScriptedModel([Turn(), Turn(), Turn(calls=(apply,))]))
    (applied,) = session.history.results(EditApplied)
    assert applied.paths == ("shop/prices.py",)
    assert place.read_text() == RIGHT
    session.close()


async def test_check_commands_are_no_tests_to_trace_or_to_try_against(tmp_path: Path) -> None:
    check = Check(
        tests=("tests/test_prices.py::test_total",),
        commands=("true", "grep -q '1 + rate' shop/prices.py"),
    )
    task = Task(goal="Add the tax.", check=check, budget=Budget(minutes=1.0))
    model = ScriptedModel([Turn(calls=(LOCATE, TRY))])
    origin = shop(tmp_path / "shop")
    with closing(Session.create(origin, task, choice=ModelChoice(), python=PYTHON)) as session:
        await session.run(model)
        (tried,) = session.history.results(CandidatesTried)
    assert tried.survivors


async def test_the_same_window_gives_the_same_result_and_the_next_goes_on_behind_it(
    tmp_path: Path,
) -> None:
    calls = [call("try_candidates", start=start, limit=7) for start in (0, 0, 7)]
    session = await after(shop(tmp_path / "shop"), LOCATE, *calls)
    first, again, following = session.history.results(CandidatesTried)
    assert (first.start, first.tried, following.start) == (0, 7, 7)
    assert (again.survivors, again.partial) == (first.survivors, first.partial)
    assert (again.counts, again.available) == (first.counts, first.available)
    assert {s.patch.id for s in first.survivors}.isdisjoint(s.patch.id for s in following.survivors)
    session.close()


async def test_places_and_families_narrow_the_search(tmp_path: Path) -> None:
    line = 1 + FAULTY.splitlines().index("    return round(result * (1 - rate), 2)")
    place = [f"shop/prices.py:{line}"]
    here = call("try_candidates", places=place, limit=80)
    only = call("try_candidates", places=place, families=["operator"], limit=80)
    session = await after(shop(tmp_path / "shop"), here, only)
    tried, fewer = session.history.results(CandidatesTried)
    assert {s.patch.line for s in tried.survivors} == {line}
    assert 0 < fewer.available < tried.available
    assert {s.patch.family for s in fewer.survivors} == {"operator"}
    session.close()


async def test_written_patches_are_tried_and_those_that_break_a_passing_test_are_not_kept(
    tmp_path: Path,
) -> None:
    alternatives = [
        written(("1 - rate", "1 - 2 * rate")),
        written(("1 - rate", "1 + rate")),
        written(("1 - rate", "1 + rate"), ("min(", "max(")),
    ]
    session = await after(shop(tmp_path / "shop"), call("try_candidates", patches=alternatives))
    (tried,) = session.history.results(CandidatesTried)
    assert (tried.tried, tried.available) == (3, 3)
    assert tried.counts == {"failed": 1, "survivor": 2}
    (survivor,) = tried.survivors
    assert [edit.text for edit in survivor.patch.edits] == ["1 + rate"]
    assert survivor.patch.summary == "a guess"
    session.close()


async def test_every_survivor_is_kept_and_those_not_held_against_the_passing_tests_come_last(
    tmp_path: Path,
) -> None:
    ways = ["1 + rate", "rate + 1", "1 + rate * 1", "1 + 1 * rate", "1 - -rate", "1 + rate - 0"]
    alternatives = [written(("1 - rate", way)) for way in [*ways, "0 + 1 + rate + 0"]]
    session = await after(shop(tmp_path / "shop"), call("try_candidates", patches=alternatives))
    (tried,) = session.history.results(CandidatesTried)
    assert tried.counts == {"survivor": len(alternatives)}
    assert len(tried.survivors) == len(alternatives)
    unjudged = [UNJUDGED in survivor.reasons for survivor in tried.survivors]
    assert unjudged == [False] * JUDGED + [True] * (len(alternatives) - JUDGED)
    session.close()


@pytest.mark.parametrize(
    ("alternative", "said"),
    [
        (written(("result", "total")), "stands 3 times in shop/prices.py"),
        (written(("rates", "rate")), "stands 0 times in shop/prices.py"),
        (written(("a", "b"), path="missing.py"), "missing.py"),
        (written(("a", "b"), path="../outside.py"), "outside"),
    ],
)
async def test_a_written_patch_that_does_not_fit_is_refused_and_nothing_is_tried(
    tmp_path: Path, alternative: dict[str, object], said: str
) -> None:
    patches = [written(("1 - rate", "1 + rate")), alternative]
    session = await after(shop(tmp_path / "shop"), call("try_candidates", patches=patches))
    (failure,) = session.history.results(ToolFailure)
    assert failure.kind == "refused"
    assert said in session.history.done()[-1].finished.text
    assert not session.history.results(CandidatesTried)
    session.close()


async def test_a_green_suite_gives_nothing_to_try_against(tmp_path: Path) -> None:
    session = await after(shop(tmp_path / "shop", **{"shop/prices.py": RIGHT}), TRY)
    (failure,) = session.history.results(ToolFailure)
    assert failure.kind == "refused"
    assert "nothing to try against" in session.history.done()[-1].finished.text
    session.close()


async def test_a_test_that_passes_when_it_runs_alone_is_answered(tmp_path: Path) -> None:
    session = await after(
        shop(tmp_path / "shop"),
        call("try_candidates", tests=["tests/test_prices.py::test_cheapest"]),
    )
    (tried,) = session.history.results(CandidatesTried)
    assert (tried.tried, tried.survivors) == (0, ())
    assert "pass when they run alone" in tried.note
    assert session.history.done()[-1].finished.text == tried.note
    session.close()


@pytest.mark.slow
async def test_two_faults_are_found_as_a_pair_of_partial_patches(tmp_path: Path) -> None:
    twice = FAULTY.replace("min(prices", "max(prices")
    origin = shop(tmp_path / "shop", **{"shop/prices.py": twice, "tests/test_prices.py": TESTS})
    session = await after(origin, LOCATE, TRY, call("try_candidates", pairs=True))
    single, pair = session.history.results(CandidatesTried)
    assert (single.survivors, pair.pairs) == ((), True)
    assert {fixed for _, fixed in single.partial} == {
        ("tests/test_prices.py::test_total",),
        ("tests/test_prices.py::test_cheapest",),
    }
    assert {edit.text for edit in pair.survivors[0].patch.edits} >= {"min"}
    session.close()
