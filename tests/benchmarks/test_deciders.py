"""Both deciders on a small project, and that the comparison can tell when something is wrong."""

import sys
from pathlib import Path

import msgspec
import pytest

from agent_core.events import Record, SessionStopped, ToolIntended
from benchmarks import deciders, observed
from benchmarks.decider import BUILT_IN
from benchmarks.deciders import Row
from benchmarks.observed import Subject
from tests.agent_core.projects import FAULTY, RIGHT, shop


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """One kill of each decider; JOURNEYMAN_HOME is put back, as it is the test's."""
    folder = tmp_path_factory.mktemp("deciders")
    source = shop(folder / "sources" / "shop")
    subject = Subject("shop", folder / "shop", source, Path(sys.executable))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYMAN_HOME", str(folder / "none"))
        return deciders.examine(subject, folder, draws=1, seed=2)


def test_both_go_the_same_way(rows: list[Row]) -> None:
    assert [row.decider for row in rows] == ["built-in", "scripted"]
    assert [(row.seen.verdict, row.complaints) for row in rows] == [("fixed", ()), ("fixed", ())]
    assert [row.seen.written for row in rows] == [{"shop/prices.py": RIGHT.encode()}] * 2
    assert [row.seen.places for row in rows] == [("shop/prices.py:9 -1 +1",)] * 2
    assert [len(row.killed) for row in rows] == [1, 1]


def test_the_table_has_a_row_for_each(rows: list[Row]) -> None:
    text = deciders.report(rows)
    assert text.count("holds") == 2 * len(deciders.ASPECTS)
    assert "2 rows, 0 complaints" in text
    wrong = observed.Complaint("review", "other lines")
    told = deciders.report([msgspec.structs.replace(rows[0], complaints=(wrong,))])
    assert "WRONG" in told
    assert "shop, built-in, review: other lines" in told


def test_differences_are_told(rows: list[Row]) -> None:
    seen = rows[0].seen
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


def test_a_log_out_of_order_and_a_timeline_with_a_gap_are_told(rows: list[Row]) -> None:
    records = rows[0].seen.records
    stop = next(record for record in records if isinstance(record.event, SessionStopped))
    (broken,) = observed.log_complaints([*records, Record(len(records) + 1, 0.0, stop.event)])
    assert "SessionStopped after HunksTakenBack" in broken.text
    missing = list(observed.timeline_complaints(records, ""))
    assert len(missing) > 10
    assert "step 1" in "".join(complaint.text for complaint in missing)


def test_a_project_that_the_built_in_model_does_not_fix_has_no_rows(tmp_path: Path) -> None:
    test = "from shop import prices\n\n\ndef test_more():\n    assert prices.dearest([1]) == 1\n"
    source = shop(
        tmp_path / "sources" / "shop",
        **{"shop/prices.py": RIGHT, "tests/test_more.py": test},
    )
    subject = Subject("shop", tmp_path / "shop", source, Path(sys.executable))
    assert deciders.examine(subject, tmp_path, draws=1, seed=0) == []
    assert BUILT_IN.arguments == ()
