"""What works on this machine, and what to do where something does not."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from agent_core import places, words
from agent_core.models import reach
from editors.opening import open_project
from runners import toolchains
from runners.environment import child_environment
from runners.problems import UserProblem
from runners.process import CannotStart
from runners.quick import run_quick
from runners.toolchains import install_hint


def report(project: Path | None) -> int:
    """Print one line a finding; 0 when everything that is needed works, else 1."""
    findings = [_python(), _git(), _data_folder(), _model()]
    if project is not None:
        findings += _project(project)
    for works, text in findings:
        print(f"{'ok ' if works else 'NO '} {text}")
    return 0 if all(works for works, _ in findings) else 1


def _python() -> tuple[bool, str]:
    return True, f"Python {platform.python_version()} at {sys.executable}"


def _git() -> tuple[bool, str]:
    try:
        outcome = run_quick(("git", "--version"), cwd=Path.cwd(), env=child_environment())
    except CannotStart:
        return False, "git is not installed; on Debian: apt-get install git"
    return outcome.exit_code == 0, outcome.stdout.decode(errors="replace").strip()


def _data_folder() -> tuple[bool, str]:
    folder = places.home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return False, f"the data folder {folder} cannot be written: {error.strerror}"
    space = os.statvfs(folder)
    free = space.f_bavail * space.f_frsize / 1e9
    return True, f"data folder {folder}, {free:.0f} GB free"


def _model() -> tuple[bool, str]:
    return True, f"model: built-in. It can {reach.CAN}. It cannot {reach.CANNOT}."


def _project(project: Path) -> list[tuple[bool, str]]:
    try:
        found = open_project(project)
        chain = toolchains.detect(Path(found.root), environ=os.environ)
    except UserProblem as problem:
        return [(False, str(problem))]
    findings = [
        (True, words.folder(found)),
        (True, chain.sentence()),
    ]
    if not chain.pytest_version:
        findings.append(
            (True, f"no pytest there; unittest is used. For pytest: {install_hint(chain)}")
        )
    return findings
