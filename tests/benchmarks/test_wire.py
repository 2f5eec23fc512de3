"""No fault of the wire runs a tool twice, runs a cut answer, or ends a session without a reason."""

from pathlib import Path

import pytest

from benchmarks import wire

ENDS = {
    "the same call six times": "stuck",
    "wrong key": "model_failed",
}


@pytest.mark.parametrize("fault", wire.FAULTS)
def test_a_session_outlives_the_fault(fault: str, tmp_path: Path) -> None:
    row = wire.row(fault, wire.FAULTS[fault], tmp_path)
    assert row.stop == ENDS.get(fault, "verdict_holds")
    assert (row.ran_twice, row.ran_of_cut) == (0, 0)


def test_each_request_of_a_long_session_begins_with_the_one_before(tmp_path: Path) -> None:
    long = wire.growth(tmp_path, steps=60)
    assert long.kept == long.requests - 1 == 59
    assert long.cuts == 0
