"""What works on this machine, and what to do where something does not."""

import os
import platform
import sys
import tempfile
from pathlib import Path

from agent_core import places
from agent_core.models import builtin
from editors.git import git_version
from editors.project import describe, refuse_unusable
from runners import toolchains
from runners.problems import UserProblem
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
        return True, git_version()
    except UserProblem as problem:
        return False, str(problem)


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
    return True, f"model: built-in. It can {builtin.CAN}. It cannot {builtin.CANNOT}."


def _project(project: Path) -> list[tuple[bool, str]]:
    try:
        refuse_unusable(project)
        chain = toolchains.detect(project.resolve(), named=None, environ=os.environ)
    except UserProblem as problem:
        return [(False, str(problem))]
    findings = [
        (True, describe(project.resolve()).sentence()),
        (True, f"Python {chain.version} at {chain.interpreter} ({chain.source})"),
    ]
    if chain.pytest_version:
        findings.append((True, f"pytest {chain.pytest_version}"))
    else:
        findings.append((True, f"no pytest there; unittest is used. For pytest: {install_hint(chain)}"))
    return findings
