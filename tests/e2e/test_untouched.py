"""Nothing of the user's changes without the user: bytes, modes and times, git's own files too."""

import os
import stat
import sys
from pathlib import Path

import pytest

from agent_core import places
from agent_core.terminal import cli
from tests.agent_core.projects import FAULTY, RIGHT, git, shop, write

State = dict[str, tuple[int, int, bytes]]

LONG_AGO_NS = 1_500_000_000_123_456_789


def state(folder: Path) -> State:
    """Mode, mtime in ns, and bytes (for a link where it leads) of everything, the folder too."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            body = os.fsencode(path.readlink())
        else:
            body = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
        name = str(path.relative_to(folder))
        found[name] = (status.st_mode, status.st_mtime_ns, body)
    return found


def aged(folder: Path) -> None:
    """Set times at which git would want to read its index anew, and write it."""
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS), follow_symlinks=False)


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    folder = shop(tmp_path / "shop", **{".gitignore": "*.log\n", "notes.txt": "one\n"})
    write(folder, {"notes.txt": "two\n", "new.txt": "not added\n", "run.log": "ignored\n"})
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o750)
    (folder / "link").symlink_to("notes.txt")
    git(folder, "add", "run.sh")
    (folder / "notes.txt").chmod(0o444)
    aged(folder)
    return folder


def test_a_session_that_ends_fixed_leaves_everything_and_accepting_changes_one_file(
    origin: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(origin)
    assert (".git/index" in before, before["shop/prices.py"][2]) == (True, FAULTY.encode())
    assert cli.main(["fix", str(origin), "--python", sys.executable]) == cli.FIXED
    assert "verdict: fixed" in capsys.readouterr().out
    assert state(origin) == before

    (session,) = places.sessions().iterdir()
    assert cli.main(["accept", session.name]) == cli.FIXED
    after = state(origin)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    # The folder notes that an entry was replaced; that is its time and nothing else.
    assert changed - {"shop"} == {"shop/prices.py"}
    assert after["shop"][0] == before["shop"][0]
    mode, _, body = after["shop/prices.py"]
    assert (mode, body) == (before["shop/prices.py"][0], RIGHT.encode())
