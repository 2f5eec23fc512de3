"""Real repositories for tests, made by git itself with nobody's configuration."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

GIT = shutil.which("git") or "git"
IDENTITY = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


def git(folder: Path, *arguments: str) -> str:
    """Run git as the user would and return what it prints."""
    settings = ("-c", "protocol.file.allow=always", "-c", "gc.auto=0")
    done = subprocess.run(
        [GIT, *settings, *arguments], cwd=folder, env=os.environ | IDENTITY, check=True,
        capture_output=True,
    )  # fmt: skip
    return os.fsdecode(done.stdout).rstrip("\n")


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder, making the folders they need."""
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)


def repository(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Make a repository with one commit of these files, tagged v1.0."""
    root.mkdir(parents=True, exist_ok=True)
    git(root, "init", "-q", "-b", "main")
    write(root, files)
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "--allow-empty", "-m", "first")
    git(root, "tag", "-a", "v1.0", "-m", "one")
    return root


def everything(root: Path) -> dict[str, tuple[int, int, int, bytes]]:
    """Mode, times and bytes of everything below a folder, `.git` included."""
    found = {}
    for above, folders, names in os.walk(root):
        for name in [*folders, *names, "."]:
            path = Path(above, name)
            status = path.lstat()
            content = b""
            if path.is_symlink():
                content = os.fsencode(path.readlink())
            elif path.is_file():
                content = path.read_bytes()
            found[str(path)] = (status.st_mode, status.st_mtime_ns, status.st_ino, content)
    return found
