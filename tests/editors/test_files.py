"""Replacing a file loses nothing of it, and a full disk costs nothing (faults 5-13, 38)."""

import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from editors.edits import Create, Delete, Replace, apply_edits
from editors.files import is_stray_name, read_file, stray_name, sweep_strays, write_file
from editors.paths import Folder
from editors.refusals import DiskFull, NotText, Refused, Unpreservable, WriteFailed

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


def entries(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.mark.parametrize("mode", [0o644, 0o755, 0o600, 0o2751, 0o666])
def test_mode_bits_are_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "f"
    path.write_text("old\n")
    path.chmod(mode)
    kept = stat.S_IMODE(path.stat().st_mode)  # an ordinary user may not set every bit
    apply_edits(tmp_path, [Replace(path="f", old="old", new="new")])
    assert path.read_text() == "new\n"
    assert stat.S_IMODE(path.stat().st_mode) == kept


@pytest.mark.root_or_user
def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old\n")
    path.chmod(0o444)
    for edit in (Replace(path="f", old="old", new="new"), Delete(path="f")):
        with pytest.raises(Unpreservable, match="read-only"):
            apply_edits(tmp_path, [edit])
    assert path.read_text() == "old\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert entries(tmp_path) == ["f"]


def test_a_hard_linked_file_is_refused(tmp_path: Path, folder: Folder) -> None:
    (tmp_path / "f").write_text("old\n")
    (tmp_path / "g").hardlink_to(tmp_path / "f")
    with pytest.raises(Unpreservable, match="2 hard links"):
        apply_edits(tmp_path, [Replace(path="f", old="old", new="new")])
    with pytest.raises(Unpreservable, match="2 hard links"):
        write_file(folder, "f", b"new\n", mode=0o644)
    assert (tmp_path / "f").samefile(tmp_path / "g")
    assert entries(tmp_path) == ["f", "g"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_owner_and_group_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text("old\n")
    os.chown(path, 1234, 2345)
    path.chmod(0o4755)
    apply_edits(tmp_path, [Replace(path="f", old="old", new="new")])
    status = path.stat()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 2345, 0o4755)


AS_A_USER = """
import os, sys
from pathlib import Path
from editors.edits import Replace, apply_edits
from editors.refusals import Unpreservable
os.setgroups([])
os.setgid(4321)
os.setuid(4321)
try:
    apply_edits(Path(sys.argv[1]), [Replace(path="f", old="old", new="new")])
except Unpreservable as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    path = tmp_path / "f"
    path.write_text("old\n")
    path.chmod(0o666)
    for above in tmp_path.parents[: len(tmp_path.parents) - 2]:
        above.chmod(above.stat().st_mode | 0o111)
    done = subprocess.run(
        [sys.executable, "-c", AS_A_USER, str(tmp_path)],
        check=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "belongs to another user" in done.stdout
    assert path.read_text() == "old\n"
    assert entries(tmp_path) == ["f"]


def extended_attributes_work(folder: Path) -> bool:
    probe = folder / "probe"
    probe.touch()
    try:
        os.setxattr(probe, "user.journeyman", b"1")
    except OSError:
        return False
    finally:
        probe.unlink()
    return True


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    if not extended_attributes_work(tmp_path):
        pytest.skip("this disk has no extended attributes")
    path = tmp_path / "f"
    path.write_text("old\n")
    os.setxattr(path, "user.colour", b"blue\0")
    apply_edits(tmp_path, [Replace(path="f", old="old", new="new")])
    assert path.read_text() == "new\n"
    assert os.getxattr(path, "user.colour") == b"blue\0"


def test_an_access_list_is_kept(tmp_path: Path) -> None:
    """The list is set as the kernel stores it: the owner, user 1, group, mask and others."""
    path = tmp_path / "f"
    path.write_text("old\n")
    everyone = 0xFFFFFFFF
    rows = [(1, 6, everyone), (2, 4, 1), (4, 4, everyone), (16, 4, everyone), (32, 0, everyone)]
    packed = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little") + bits.to_bytes(2, "little") + who.to_bytes(4, "little")
        for tag, bits, who in rows
    )
    try:
        os.setxattr(path, "system.posix_acl_access", packed)
    except OSError:
        pytest.skip("this disk has no access lists")
    apply_edits(tmp_path, [Replace(path="f", old="old", new="new")])
    assert path.read_text() == "new\n"
    assert os.getxattr(path, "system.posix_acl_access") == packed


def test_pipes_sockets_and_devices_do_not_block(tmp_path: Path, folder: Folder) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    listener = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(tmp_path)  # a socket's path is short
    listener.bind("socket")
    os.chdir(here)
    with listener:
        for name in ("pipe", "socket", "folder"):
            with pytest.raises(NotText, match=r"is a (pipe|folder)"):
                read_file(folder, name)
            with pytest.raises(Refused, match="Nothing was changed"):
                apply_edits(tmp_path, [Replace(path=name, old="a", new="b")])
            with pytest.raises(Refused, match="Nothing was changed"):
                apply_edits(tmp_path, [Create(path=name, text="b")])
    with Folder(Path("/dev")) as devices, pytest.raises(NotText, match="device"):
        read_file(devices, "null")


FULL_DISK = """
import sys
from pathlib import Path
from editors.edits import Create, Replace, apply_edits
from editors.refusals import DiskFull
root = Path(sys.argv[1])
(root / "a.txt").write_text("old\\n")
(root / "b.txt").write_text("old\\n")
try:
    apply_edits(root, [
        Replace(path="a.txt", old="old", new="new"),
        Create(path="deep/er/c.txt", text="c"),
        Replace(path="b.txt", old="old", new="new" * 100_000),
    ])
except DiskFull as error:
    print(error)
print(sorted(str(p.relative_to(root)) for p in root.rglob("*")), (root / "a.txt").read_text())
"""


def test_a_full_disk_keeps_the_old_content(tmp_path: Path) -> None:
    """On a small disk of its own, in a mount namespace that ends with the process."""
    small = tmp_path / "small"
    small.mkdir()
    script = (
        f'mount -t tmpfs -o size=64k none "$0" || exit 77\nexec "{sys.executable}" -c "$1" "$0"\n'
    )
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare to make a small disk with")
    done = subprocess.run(
        [unshare, "--mount", "--map-root-user", "sh", "-c", script, str(small), FULL_DISK],
        check=False,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if done.returncode == 77 or "unshare failed" in done.stderr:
        pytest.skip("this machine lets nobody mount a small disk")
    assert done.stderr == ""
    message, state = done.stdout.split("\n", 1)
    assert message.startswith("Nothing was changed: No room to write b.txt")
    assert state == "['a.txt', 'b.txt'] old\n\n"


def test_a_failed_write_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old\n")
    (tmp_path / "b").write_text("old\n")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(WriteFailed, match="too large") as caught:
            apply_edits(
                tmp_path,
                [
                    Replace(path="a", old="old", new="new"),
                    Create(path="new/c", text="c"),
                    Replace(path="b", old="old", new="x" * 20_000),
                ],
            )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not isinstance(caught.value, DiskFull)
    assert entries(tmp_path) == ["a", "b"]
    assert (tmp_path / "a").read_text() == (tmp_path / "b").read_text() == "old\n"


KILLED = """
import os, signal, sys
from pathlib import Path
from editors.files import stage
from editors.paths import Folder
with Folder(Path(sys.argv[1])) as folder:
    stage(folder, "sub/f", b"half", mode=0o644, like=None)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_strays_of_killed_processes_are_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, cwd=ROOT)
    (stray,) = entries(tmp_path / "sub")
    assert is_stray_name(stray)
    (tmp_path / ".git" / stray).touch()
    kept = ["f.tmp", ".journeyman-1.tmp", ".journeyman-x-0123456789abcdef.tmp", stray_name()]
    for name in kept:
        (tmp_path / name).write_text("the user's, or being written")
    assert sweep_strays(tmp_path) == (f"sub/{stray}",)
    assert entries(tmp_path) == sorted([*kept, ".git", "sub"])
    assert entries(tmp_path / ".git") == [stray]
