"""What real git makes of a patch."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from editors.diff import EXECUTABLE, LINK, REGULAR, FileDiff, diff_bytes, narrowed
from editors.hunks import apply_hunks
from editors.unified import patch, paths, quoted, unified
from tests.editors.versions import contents, texts

GIT = shutil.which("git") or "git"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("applied")
    subprocess.run([GIT, "init", "-q", folder], check=True)
    return folder


def applied_by_git(folder: Path, diff: FileDiff, old: bytes | None) -> tuple[bytes | None, int]:
    """What `git apply` makes of a file: its content and git mode afterwards."""
    before, after = folder / (diff.old_path or diff.path), folder / diff.path
    after.unlink(missing_ok=True)
    if old is not None:
        before.parent.mkdir(parents=True, exist_ok=True)
        before.unlink(missing_ok=True)
        if diff.old_mode == LINK:
            before.symlink_to(old.decode())
        else:
            before.write_bytes(old)
            before.chmod(0o755 if diff.old_mode == EXECUTABLE else 0o644)
    done = subprocess.run(
        [GIT, "apply", "--whitespace=nowarn", "-"],
        check=False,
        cwd=folder,
        input=patch(diff),
        capture_output=True,
    )
    assert done.returncode == 0, (done.stderr, patch(diff))
    if after.is_symlink():
        return str(after.readlink()).encode(), LINK
    if not after.exists():
        return None, 0
    return after.read_bytes(), EXECUTABLE if after.stat().st_mode & 0o100 else REGULAR


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=st.none() | contents, new=st.none() | contents)
@example(old=None, new=b"")
@example(old=b"", new=None)
@example(old=b"\0\1", new=b"\0\2" * 200)
@example(old=b"\0", new=None)
@example(old=None, new=b"no end")
def test_git_applies_the_patch(repository: Path, old: bytes | None, new: bytes | None) -> None:
    diff = diff_bytes("d/f.txt", old, new)
    if old != new:
        assert applied_by_git(repository, diff, old)[0] == new


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(old=texts, new=texts, data=st.data())
def test_git_applies_a_subset(
    repository: Path, old: bytes, new: bytes, data: st.DataObject
) -> None:
    whole = diff_bytes("f", old, new)
    chosen = [hunk for hunk in whole.hunks if data.draw(st.booleans())]
    if chosen:
        expected = apply_hunks(old, chosen)
        assert applied_by_git(repository, narrowed(whole, chosen), old)[0] == expected


@pytest.mark.parametrize(
    "name",
    [
        "with space.txt",
        'quo"te.txt',
        "new\nline.txt",
        "-leading.txt",
        "tab\tbed.txt",
        "back\\slash.txt",
        "käse.txt",
        "bad\udcff.txt",
    ],
)
def test_git_understands_odd_names(repository: Path, name: str) -> None:
    diff = diff_bytes(name, b"a\nb\n", b"a\nc\n")
    assert applied_by_git(repository, diff, b"a\nb\n")[0] == b"a\nc\n"
    listed = subprocess.run(
        [GIT, "ls-files", "--others", "--", f":(literal){name}"],
        check=True,
        cwd=repository,
        capture_output=True,
    )
    assert listed.stdout.decode().rstrip("\n") == quoted(name)
    assert paths(unified(diff)) == (
        name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
    )


def test_git_understands_modes_renames_and_links(repository: Path) -> None:
    mode = diff_bytes("m", b"x\n", b"x\n", REGULAR, EXECUTABLE)
    assert applied_by_git(repository, mode, b"x\n") == (b"x\n", EXECUTABLE)
    assert [hunk.kind for hunk in mode.hunks] == ["mode"]
    moved = diff_bytes("new name", b"x\ny\n", b"x\nz\n", old_path="old name")
    assert moved.status == "renamed"
    assert applied_by_git(repository, moved, b"x\ny\n")[0] == b"x\nz\n"
    assert not (repository / "old name").exists()
    link = diff_bytes("l", b"text\n", b"m", REGULAR, LINK)
    assert applied_by_git(repository, link, b"text\n") == (b"m", LINK)
    back = diff_bytes("l", b"m", b"text\n", LINK, REGULAR)
    assert applied_by_git(repository, back, b"m") == (b"text\n", REGULAR)


def test_a_change_names_its_files_whatever_their_text_says() -> None:
    header = b"diff --git a/other b/other\nrename to elsewhere\n"
    changes = [
        diff_bytes("d b/f.py", b"a\n", header),
        diff_bytes("new name", b"x\ny\n", b"x\nz\n", old_path="old name"),
        diff_bytes("k\u00e4se", b"x\ny\n", b"x\nz\n", old_path="old name"),
        diff_bytes("mode", b"x\n", b"x\n", REGULAR, EXECUTABLE),
        diff_bytes("binary", b"\0", b"\0\1"),
        diff_bytes("gone", b"x\n", None),
        diff_bytes("link", b"text\n", b"m", REGULAR, LINK),
    ]
    assert paths("".join(map(unified, changes))) == tuple(diff.path for diff in changes)
    assert paths("") == ()
