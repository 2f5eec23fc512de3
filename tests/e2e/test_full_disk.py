"""The disk with our data fills up in the middle of a session: one sentence, and nothing is lost."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from benchmarks.kills import fingerprint
from tests.agent_core.projects import shop
from tests.agent_core.terminal.command_line import Answer, journeyman

pytestmark = [
    pytest.mark.root_or_user,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk"),
]


class SmallDisk:
    """A disk of a few megabytes, and the file that fills it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.filler = folder / "filler"

    @contextmanager
    def kept_full(self) -> Iterator[None]:
        """Take every page that is or becomes free, and give all of them back at the end."""
        over = threading.Event()

        def fill() -> None:
            with self.filler.open("wb", buffering=0) as file:
                while True:
                    try:
                        file.write(bytes(4096))
                    except OSError:
                        if over.wait(0.001):
                            return

        filling = threading.Thread(target=fill)
        filling.start()
        try:
            yield
        finally:
            over.set()
            filling.join()
            self.filler.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"nothing may be mounted here: {mounted.stderr.decode().strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", folder], check=True)


def fix_until_full(disk: SmallDisk, origin: Path, event: str, env: dict[str, str]) -> Answer:
    """Run `fix --json` and leave no room on the disk from this event on."""
    command = [sys.executable, "-m", "agent_core.terminal.cli", "fix", str(origin), "--json"]
    with subprocess.Popen(
        [*command, "--python", sys.executable],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])} | env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in iter(process.stdout.readline, ""):
            lines.append(line)
            if f'"type":"{event}"' in line:
                break
        with disk.kept_full():
            out, err = process.communicate(timeout=60)
    return Answer(code=process.returncode, out="".join(lines) + out, err=err)


@pytest.mark.parametrize(
    "event",
    [
        "BaselineMeasured",
        pytest.param("WorkspaceReady", marks=pytest.mark.slow),
        pytest.param("StretchStarted", marks=pytest.mark.slow),
        pytest.param("ToolFinished", marks=pytest.mark.slow),
    ],
)
def test_a_full_disk_is_said_and_the_session_goes_on_when_there_is_room(
    tmp_path: Path, disk: SmallDisk, event: str
) -> None:
    origin = shop(tmp_path / "shop")
    before = fingerprint(origin)
    env = {"JOURNEYMAN_HOME": str(disk.folder / "home")}
    full = fix_until_full(disk, origin, event, env)
    assert (full.code, full.err.count("\n")) == (3, 1), full
    assert full.err.startswith("journeyman: ")
    assert "full" in full.err
    assert "Traceback" not in full.err
    assert fingerprint(origin) == before

    resumed = journeyman("resume", str(full.events[0]["session"]), "--json", env=env)
    assert (resumed.code, resumed.err) == (0, ""), resumed
    assert resumed.state == "fixed"
    assert fingerprint(origin) == before
