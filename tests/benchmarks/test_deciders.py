"""Both deciders on a small project, and that the comparison can tell when something is wrong."""

import sys
from pathlib import Path

import msgspec
import pytest

from agent_core.events import Record, SessionStopped, ToolIntended
from benchmarks import deciders, observed
from benchmarks.decider import scripted
from benchmarks.deciders import Row
from benchmarks.observed import Seen, Subject
from tests.agent_core.projects import FAULTY, RIGHT, shop


def subject(folder: Path, **files: str) -> Subject:
    """The shop as a subject below a folder."""
    source = shop(folder / "sources" / "shop", **files)
    return Subject("shop", folder / "shop", source, Path(sys.executable))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A session of the scripted model; JOURNEYMAN_HOME is put back, as it is the test's."""
    folder = tmp_path_factory.mktemp("deciders")
    before, after = ({"shop/prices.py": text.encode()} for text in (FAULTY, RIGHT))
    with pytest.MonkeyPatch.context() as patch, scripted(before, after) as decider:
        patch.setenv("JOURNEYMAN_HOME", str(folder / "none"))
        return observed.observe(subject(folder), decider, folder / "home")


def test_a_session_seen_through_the_command_line(seen: Seen) -> None:
    assert (seen.verdict, seen.complaints) == ("fixed", ())
    assert seen.written == {"shop/prices.py": RIGHT.encode()}
    assert seen.places == ("shop/prices.py:9 -1 +1",)
    assert (seen.kinds["ToolFinished"], seen.kinds["HunksTakenBack"]) == (3, 1)


@pytest.mark.slow
def test_both_go_the_same_way_and_go_on_after_kills(tmp_path: Path) -> None:
    rows = deciders.examine(subject(tmp_path), tmp_path, draws=2, seed=2)
    assert [row.decider for row in rows] == ["built-in", "scripted"]
    assert [(row.seen.verdict, row.complaints) for row in rows] == [("fixed", ()), ("fixed", ())]
    assert [len(row.killed) for row in rows] == [2, 2]


def test_what_does_not_hold_is_in_the_table(seen: Seen) -> None:
    row = Row(project="shop", decider="built-in", seen=seen, killed=(), complaints=())
    assert "WRONG" not in deciders.report([row])
    wrong = observed.Complaint("review", "other lines")
    told = deciders.report([row, msgspec.structs.replace(row, complaints=(wrong,))])
    assert told.count("WRONG") == 1
    assert "shop, built-in, review: other lines" in told
    assert "2 rows, 1 complaints" in told


def test_differences_are_told(seen: Seen) -> None:
    assert list(observed.compare(seen, seen)) == []
    nothing = msgspec.structs.replace(
        seen,
        records=tuple(each for each in seen.records if not isinstance(each.event, ToolIntended)),
        hunks=(),
        written={"shop/prices.py": FAULTY.encode()},
    )
    assert [complaint.aspect for complaint in observed.compare(seen, nothing)] == [
        "events",
        "review",
        "accept",
    ]


def test_a_log_out_of_order_and_a_timeline_with_a_gap_are_told(seen: Seen) -> None:
    records = seen.records
    stop = next(record for record in records if isinstance(record.event, SessionStopped))
    (broken,) = observed.log_complaints([*records, Record(len(records) + 1, 0.0, stop.event)])
    assert "SessionStopped after HunksTakenBack" in broken.text
    missing = list(observed.timeline_complaints(records, ""))
    assert len(missing) > 10
    assert "step 1" in "".join(complaint.text for complaint in missing)


@pytest.mark.slow
def test_a_project_that_the_built_in_model_does_not_fix_has_no_rows(tmp_path: Path) -> None:
    green = subject(tmp_path, **{"shop/prices.py": RIGHT})
    assert deciders.examine(green, tmp_path, draws=1, seed=0) == []
