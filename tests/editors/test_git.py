import os
import subprocess
from pathlib import Path

import pytest

from editors.accept import accept, undo
from editors.checkout import checkout_at, questions, read_head
from editors.git import Git, GitFailed, read_config, subject_of
from editors.opening import open_project
from editors.snapshots import ShadowStore
from editors.workspace import Workspace
from tests.editors.repositories import everything, git, repository, write

HOOKS = ("post-index-change", "post-checkout", "pre-commit", "reference-transaction", "pre-auto-gc",
         "fsmonitor-watchman", "post-merge", "update", "pre-push")  # fmt: skip


def make_hostile(root: Path, canary: Path) -> None:
    """Have git run a program wherever a repository can ask for it."""
    trap = root / ".git/trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> "{canary}"\ncat\n')
    trap.chmod(0o755)
    for name in HOOKS:
        (root / ".git/hooks").mkdir(exist_ok=True)
        (root / ".git/hooks" / name).write_text(trap.read_text())
        (root / ".git/hooks" / name).chmod(0o755)
    included = root / ".git/included"
    included.write_text(f'[core]\n\tfsmonitor = {trap}\n[filter "more"]\n\tclean = {trap}\n')
    settings = {
        "core.fsmonitor": trap, "core.hooksPath": root / ".git/hooks", "core.sshCommand": trap,
        "core.pager": trap, "core.editor": trap, "core.askPass": trap, "core.gitProxy": trap,
        "core.alternateRefsCommand": trap, "diff.external": trap, "diff.evil.textconv": trap,
        "diff.evil.command": trap, "filter.evil.clean": trap, "filter.evil.smudge": trap,
        "filter.evil.process": trap, "filter.evil.required": "true", "merge.evil.driver": trap,
        "gpg.program": trap, "log.showSignature": "true", "credential.helper": f"!{trap}",
        "include.path": included, "alias.ls-files": f"!{trap}", "alias.status": f"!{trap}",
        "uploadpack.packObjectsHook": trap, "pager.ls-files": trap, "gc.auto": "1",
        "core.excludesFile": root / ".git/pipe-free", "trailer.x.command": trap,
        "remote.origin.url": f"ext::{trap}", "remote.origin.promisor": "true",
        "extensions.partialClone": "origin", "core.repositoryFormatVersion": "1",
        "submodule.sub.update": f"!{trap}", "core.untrackedCache": "true", "index.threads": "true",
    }  # fmt: skip
    with (root / ".git/config").open("a") as config:
        for key, value in settings.items():
            section, _, name = key.rpartition(".")
            head, _, sub = section.partition(".")
            config.write(f'[{head} "{sub}"]\n' if sub else f"[{head}]\n")
            quoted = str(value).replace('"', '\\"')
            config.write(f'\t{name} = "{quoted}"\n')
    write(root, {".gitattributes": "* filter=evil diff=evil merge=evil\n*.x filter=more\n"})


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    inner = repository(tmp_path / "inner", {"i.py": "i\n"})
    root = repository(tmp_path / "r", {"a.py": "a\n", "b.x": "b\n"})
    git(root, "submodule", "--quiet", "add", str(inner), "sub")
    git(root, "commit", "-qm", "second")
    repository(root / "nested", {"n.py": "n\n"})
    make_hostile(root / "nested", tmp_path / "canary")
    make_hostile(root, tmp_path / "canary")
    for name in ("a.py", "b.x", "sub/i.py", "nested/n.py"):
        (root / name).write_text("changed\n")
    return root


def test_a_hostile_repository_runs_nothing(hostile: Path, tmp_path: Path) -> None:
    before = everything(hostile)
    store = ShadowStore.open(tmp_path / "store")

    project = open_project(hostile)
    workspace = Workspace.create(hostile, tmp_path / "w", store)
    (workspace.root / "a.py").write_text("fixed\n")
    after = workspace.snapshot()
    spare = workspace.spare(tmp_path / "spare")
    workspace.restore(workspace.base)
    store.snapshot(hostile)

    assert (project.branch, project.subject, project.dirty) == ("main", "second", True)
    assert spare.snapshot() == after
    assert not (tmp_path / "canary").exists()
    assert everything(hostile) == before

    result = accept(hostile, store, base=workspace.base, target=after)
    assert result.undo is not None
    assert (hostile / "a.py").read_text() == "fixed\n"
    undo(hostile, store, result.undo)
    assert not (tmp_path / "canary").exists()
    assert everything(hostile).keys() == before.keys()


def test_git_inside_the_copy_of_a_hostile_repository_runs_nothing(
    hostile: Path, tmp_path: Path
) -> None:
    store = ShadowStore.open(tmp_path / "store")
    workspace = Workspace.create(hostile, tmp_path / "w", store)
    git(workspace.root, "status")
    git(workspace.root, "log", "-p", "--show-signature")
    git(workspace.root, "diff")
    assert not (tmp_path / "canary").exists()
    assert git(workspace.root, "remote") == ""
    assert not (workspace.root / ".git/hooks").exists()


def test_the_trap_works(hostile: Path, tmp_path: Path) -> None:
    """Ordinary git falls into it, so the tests above can fail."""
    subprocess.run(["git", "status"], cwd=hostile, capture_output=True, check=False)
    assert (tmp_path / "canary").exists()


def test_configuration_is_read_as_data_without_what_it_includes(tmp_path: Path) -> None:
    write(
        tmp_path, {"more": "[a]\n\tb = 1\n", "config": "[include]\n\tpath = more\n[C]\n\tD = 2\n"}
    )
    assert read_config(tmp_path / "config") == {"include.path": "more", "c.d": "2"}
    write(tmp_path, {"broken": "[a\n"})
    assert read_config(tmp_path / "broken") == {}
    assert read_config(tmp_path / "missing") == {}
    assert read_config(tmp_path) == {}


def test_a_failing_command_says_what_git_said(tmp_path: Path) -> None:
    with pytest.raises(GitFailed, match="cat-file failed"):
        Git.create(tmp_path / "g").run("cat-file", "-p", "0" * 40)


def test_head_is_read_from_loose_and_packed_names_and_when_detached(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "a"})
    commit = git(root, "rev-parse", "HEAD")
    checkout = checkout_at(root)
    assert checkout is not None
    for arguments, branch in (
        (("status",), "refs/heads/main"),
        (("pack-refs", "--all"), "refs/heads/main"),
        (("checkout", "-q", "--detach"), ""),
    ):
        git(root, *arguments)
        head = read_head(checkout)
        assert (head.branch, head.commit) == (branch, commit)


def test_a_subject_is_read_from_loose_and_packed_objects(tmp_path: Path) -> None:
    """That no process is left behind is what every test here is held to."""
    root = repository(tmp_path / "r", {"a": "a"})
    commit = git(root, "rev-parse", "HEAD")
    checkout = checkout_at(root)
    assert checkout is not None
    with questions(checkout) as ours:
        assert subject_of(ours, commit) == "first"
        assert subject_of(ours, "1" * 40) == ""
    git(root, "gc", "-q")
    with questions(checkout) as ours:
        assert subject_of(ours, commit) == "first"


@pytest.mark.parametrize(
    "head",
    ["--output=canary", "ref: --output=canary", "ref: refs/../canary", "ref: /etc/passwd", ""],
)
def test_a_head_that_is_none_never_reaches_git(tmp_path: Path, head: str) -> None:
    root = repository(tmp_path / "r", {"a": "a"})
    write(root, {".git/HEAD": head, ".git/canary": "--output=canary"})
    write(root, {"a": "b"})
    before = everything(root)
    store = ShadowStore.open(tmp_path / "store")
    assert open_project(root).commit == ""
    assert Workspace.create(root, tmp_path / "w", store).history == "none"
    assert everything(root) == before


@pytest.mark.root_or_user
def test_a_repository_of_another_user_is_read(tmp_path: Path) -> None:
    root = repository(tmp_path / "r", {"a": "a"})
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    for file in [root, *root.rglob("*")]:
        os.chown(file, 12345, 12345)
    store = ShadowStore.open(tmp_path / "store")
    assert open_project(root).subject == "first"
    assert Workspace.create(root, tmp_path / "w", store).history == "whole"


@pytest.mark.parametrize("content", ["", "gitdir: nowhere\n", "gitdir: ../r\n", "rubbish"])
def test_a_broken_git_file_is_no_repository(tmp_path: Path, content: str) -> None:
    write(tmp_path / "r", {".git": content})
    assert checkout_at(tmp_path / "r") is None
