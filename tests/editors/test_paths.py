"""Paths that stay inside a folder, and the many that do not (faults 31-37)."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from editors import paths
from editors.edits import Create, Delete, Move, Replace, apply_edits
from editors.files import read_file, write_file
from editors.paths import Folder, check_new_name, components
from editors.refusals import Refused, UnsafePath


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../../x",
        "a/..",
        "..\\x",
        "a\\..\\..\\x",
        "/etc/passwd",
        "\\\\server\\share\\x",
        "\\x",
        "C:x",
        "c:/x",
        "C:\\x",
        "",
        ".",
        "./x",
        "a//b",
        "a/",
        "a\0b",
        ".git/config",
        ".git",
        "sub/.git/hooks/pre-commit",
        ".GIT/config",
        ".git./config",
        ".git /config",
        "git~1/config",
        ".git::$INDEX_ALLOCATION/config",
        ".g\u200cit/config",
        "a\\.git\\config",
    ],
)
def test_what_leads_out_or_into_git_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UnsafePath):
        components(path)
    before = sorted(tmp_path.rglob("*"))
    (tmp_path / "here").write_text("x")
    for edit in (
        Create(path=path, text="x"),
        Replace(path=path, old="a", new="b"),
        Delete(path=path),
        Move(path="here", to=path),
        Move(path=path, to="there"),
    ):
        with pytest.raises(UnsafePath, match="Nothing was changed"):
            apply_edits(tmp_path, [edit])
    (tmp_path / "here").unlink()
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", [".gitignore", "x.git/y", ".github/a", "..a", "a..b", "a b/c"])
def test_names_that_only_look_odd_are_fine(path: str) -> None:
    assert "/".join(components(path)) == path
    check_new_name(path)


@pytest.mark.parametrize(
    "path",
    [
        "aux",
        "con.py",
        "d/NUL.txt",
        "COM1",
        "lpt9.c",
        "com¹",
        "ab:c",
        "x.txt:stream",
        "a\\b",
        "x.",
        "y ",
    ],
)
def test_names_windows_cannot_hold_are_not_created(tmp_path: Path, path: str) -> None:
    (tmp_path / "here").write_text("x")
    for edit in (Create(path=path, text="x"), Move(path="here", to=path)):
        with pytest.raises(UnsafePath, match="Windows"):
            apply_edits(tmp_path, [edit])


@pytest.mark.parametrize(
    "name",
    ["new\nline", 'qu"ote', "-rf", "sp ace", "tab\t", "bad\udcff\udcfe", "ü", "~", "$(x)", "*"],
)
def test_odd_names_work_everywhere(tmp_path: Path, name: str) -> None:
    apply_edits(tmp_path, [Create(path=f"d/{name}", text="one\n")])
    apply_edits(tmp_path, [Replace(path=f"d/{name}", old="one", new="two")])
    assert (tmp_path / "d" / name).read_bytes() == b"two\n"
    apply_edits(tmp_path, [Move(path=f"d/{name}", to=f"e{name}")])
    applied = apply_edits(tmp_path, [Delete(path=f"e{name}")])
    assert applied.diffs()[0].status == "deleted"
    assert not any(entry.is_file() for entry in tmp_path.rglob("*"))
    with pytest.raises(Refused) as caught:
        apply_edits(tmp_path, [Delete(path=f"e{name}")])
    assert str(caught.value).encode("utf-8")


def test_twins_are_kept_apart_and_told(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("upper\n")
    composed, decomposed = "\u00e9.txt", "e\u0301.txt"
    applied = apply_edits(
        tmp_path,
        [
            Create(path="readme", text="lower\n"),
            Create(path=composed, text="1\n"),
            Create(path=decomposed, text="2\n"),
        ],
    )
    assert "readme and README are one file on some disks." in applied.notes
    assert f"{composed} and {decomposed} are one file on some disks." in applied.notes
    assert (tmp_path / "README").read_text() == "upper\n"
    assert (tmp_path / composed).read_text() == "1\n"
    assert (tmp_path / decomposed).read_text() == "2\n"


def test_long_paths_work_and_too_long_ones_are_told(tmp_path: Path) -> None:
    deep = "/".join(["d" * 200] * 7) + "/f"
    apply_edits(tmp_path, [Create(path=deep, text="x\n")])
    apply_edits(tmp_path, [Replace(path=deep, old="x", new="y")])
    deeper = "/".join(["d" * 200] * 22) + "/f"
    apply_edits(tmp_path, [Create(path=deeper, text="deep\n")])
    with Folder(tmp_path) as folder:
        assert read_file(folder, deep).data == b"y\n"
        assert read_file(folder, deeper).data == b"deep\n"
    with pytest.raises(UnsafePath, match="longer than this disk allows"):
        apply_edits(tmp_path, [Create(path="n" * 300, text="x")])


def test_links_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "f").write_text("secret")
    (root / "folder").symlink_to(outside)
    (root / "file").symlink_to(outside / "f")
    (root / "inner").symlink_to("real")
    (root / "real").mkdir()
    for path in ("folder/f", "file", "folder/new/x", "inner/x"):
        with Folder(root) as folder, pytest.raises(UnsafePath, match="symbolic link"):
            read_file(folder, path)
        with pytest.raises(UnsafePath, match="symbolic link"):
            apply_edits(root, [Create(path=path, text="x")])
    assert [entry.name for entry in outside.iterdir()] == ["f"]
    assert (outside / "f").read_text() == "secret"


def test_the_slow_way_refuses_links_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "f").write_text("x")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "l").symlink_to("f")
    root = os.open(tmp_path, os.O_RDONLY)
    try:
        os.close(paths._open_step_by_step(root, ("real", "f"), os.O_RDONLY, 0))
        for parts in (("link", "f"), ("real", "l")):
            with pytest.raises(OSError, match="symbolic") as caught:
                paths._open_step_by_step(root, parts, os.O_RDONLY, 0)
            assert caught.value.errno == errno.ELOOP
    finally:
        os.close(root)


SWAPPER = """
import os, sys
folder, kept, link = sys.argv[1:]
print("ready", flush=True)
while True:
    os.rename(folder, kept)
    os.rename(link, folder)
    os.rename(folder, link)
    os.rename(kept, folder)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the race is run on Linux")
def test_a_folder_swapped_for_a_link_never_leads_out(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (root / "d").mkdir(parents=True)
    outside.mkdir()
    (root / "d" / "f").write_text("inside")
    (outside / "f").write_text("outside")
    (root / "link").symlink_to(outside)
    arguments = [str(root / "d"), str(root / "kept"), str(root / "link")]
    swapper = subprocess.Popen([sys.executable, "-c", SWAPPER, *arguments], stdout=subprocess.PIPE)
    assert swapper.stdout is not None
    swapper.stdout.readline()
    lost_naively = escapes = reached = 0
    try:
        with Folder(root) as folder:
            for _ in range(40_000):
                lost_naively += _naive_read(root, root / "d" / "f") == "outside"
                for way in (_kernel_read, _walking_read):
                    found = way(folder)
                    escapes += found == b"outside"
                    reached += found == b"inside"
                if lost_naively >= 5 and reached >= 4_000:
                    break
    finally:
        swapper.kill()
        swapper.communicate()
    assert escapes == 0
    assert reached > 0
    assert lost_naively > 0


def _naive_read(root: Path, path: Path) -> str | None:
    try:
        if path.resolve().is_relative_to(root):
            return path.read_text()
    except OSError:
        pass
    return None


def _kernel_read(folder: Folder) -> bytes | None:
    try:
        fd = folder.open("d/f", os.O_RDONLY)
    except (OSError, UnsafePath):
        return None
    with os.fdopen(fd, "rb") as stream:
        return stream.read()


def _walking_read(folder: Folder) -> bytes | None:
    try:
        fd = paths._open_step_by_step(folder._fd, ("d", "f"), os.O_RDONLY, 0)
    except OSError:
        return None
    with os.fdopen(fd, "rb") as stream:
        return stream.read()


def test_writes_do_not_follow_a_swapped_folder_either(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    (root / "d").mkdir(parents=True)
    outside.mkdir()
    with Folder(root) as folder:
        (root / "d").rename(root / "kept")
        (root / "d").symlink_to(outside)
        with pytest.raises(UnsafePath):
            write_file(folder, "d/f", b"x", mode=0o644)
    assert list(outside.iterdir()) == []
