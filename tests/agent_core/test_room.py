"""A full disk is known by whatever name it comes."""

import errno
import os
from pathlib import Path

import pytest

from agent_core.room import check_room, out_of_room
from agent_core.store import StoreFull
from editors.refusals import DiskFull, Refused
from runners.problems import UserProblem


def caused(by: Exception) -> UserProblem:
    """A problem raised from another error."""
    problem = UserProblem("no copy can be made")
    problem.__cause__ = by
    return problem


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), True),
        (DiskFull("m.py", "no room"), True),
        (StoreFull(Path("s")), True),
        (caused(OSError(errno.ENOSPC, "No space left on device")), True),
        (caused(caused(StoreFull(Path("s")))), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (Refused("m.py", "no"), False),
        (caused(ValueError("x")), False),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception, full: bool) -> None:  # noqa: FBT001
    assert out_of_room(error) is full


def test_a_disk_with_room_is_left_as_it_was(tmp_path: Path) -> None:
    check_room(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_ended_for_lack_of_room_is_worth_nothing_although_there_is_some_again(
    tmp_path: Path,
) -> None:
    said = f"no test ran: OSError: [Errno 28] {os.strerror(errno.ENOSPC)}"
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)) as caught:
        check_room(tmp_path, problem=said)
    assert out_of_room(caught.value)
