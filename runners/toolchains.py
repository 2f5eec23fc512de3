"""Which interpreter runs this project: look, ask it about itself, say where it came from.

`detect` takes the first of these that exists. What the user names comes first, as it is the only
wish beyond doubt. An environment in the project comes before VIRTUAL_ENV: it was made for this
project, while VIRTUAL_ENV often only tells from which shell we were started. A version the project
asks for comes before what happens to be on PATH. Our own interpreter comes last: it holds our
packages, not the user's.
"""

import os
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from runners import interpreters
from runners.environment import child_environment
from runners.interpreters import Candidate
from runners.problems import UserProblem
from runners.process import CannotStart, ProcessOutcome
from runners.quick import run_quick
from runners.toolchain import Installer, Toolchain

OLDEST = (3, 8)
PROBE = Path(__file__).parent / "inside" / "probe.py"
PROBE_S = 30.0
OVERRIDE = "name another interpreter with --python"


class Answer(msgspec.Struct, frozen=True):
    """What `runners/inside/probe.py` prints."""

    version: str
    executable: str
    prefix: str
    base_prefix: str
    pytest_version: str | None
    editable: tuple[str, ...]
    distribution_owned: bool


class Unusable(Exception):  # noqa: N818  (says what the candidate is)
    """A candidate that is no interpreter we can work with; the text says why."""


def detect(project: Path, *, named: Path | None = None, environ: Mapping[str, str]) -> Toolchain:
    """Find the project's interpreter. Raises UserProblem when the one it should be is no good."""
    project = project.resolve()
    for candidate in _candidates(project, named, environ):
        try:
            return _ask(candidate, project, environ)
        except Unusable as unusable:
            if candidate.chosen:
                raise _problem(candidate, str(unusable)) from unusable
    raise UserProblem(
        "No usable Python was found",
        why="none in the project, in VIRTUAL_ENV or on PATH that is 3.8 or newer",
        hint="install Python with pytest, or name an interpreter with --python",
    )


def _candidates(
    project: Path, named: Path | None, environ: Mapping[str, str]
) -> Iterator[Candidate]:
    if named is not None:
        yield interpreters.named_by_user(named, environ)
        return
    yield from interpreters.in_project(project, environ)
    yield from interpreters.activated(environ)
    missing = []
    for wish in interpreters.wishes(project, environ):
        found = interpreters.of_version(wish, environ)
        if found is None:
            missing.append(f"{wish.origin} asks for {wish.version}, which is not installed")
        else:
            yield found
    if not missing:
        missing = interpreters.environment_not_made(project)
    remark = "".join(f"; {sentence}" for sentence in missing)
    yield from interpreters.on_path(environ, remark)
    yield from interpreters.our_own(remark)


def _ask(candidate: Candidate, project: Path, environ: Mapping[str, str]) -> Toolchain:
    # The search path and home that the search went by, which need not be this process's.
    env = child_environment(extra={k: environ[k] for k in ("PATH", "HOME") if k in environ})
    answer = _probe(candidate.path, project, env)
    installer: Installer = candidate.installer
    if answer.distribution_owned:
        installer = "distribution"
    return Toolchain(
        # A shim on PATH says here which interpreter it really stands for.
        interpreter=answer.executable or str(candidate.path),
        version=answer.version,
        source=candidate.source,
        prefix=answer.prefix,
        base_prefix=answer.base_prefix,
        pytest_version=answer.pytest_version,
        editable=answer.editable,
        installer=installer,
    )


def _probe(interpreter: Path, project: Path, env: Mapping[str, str]) -> Answer:
    outcome = _run(interpreter, [str(PROBE), str(project)], project, env)
    lines = outcome.stdout.splitlines()
    try:
        answer = msgspec.json.decode(lines[-1] if lines else b"", type=Answer)
    except msgspec.DecodeError:
        raise Unusable(_why_no_answer(interpreter, project, env, outcome)) from None
    if _numbers(answer.version) < OLDEST:
        raise Unusable(_too_old(answer.version))
    return answer


def _why_no_answer(
    interpreter: Path, project: Path, env: Mapping[str, str], outcome: ProcessOutcome
) -> str:
    """Tell a Python that is too old for the probe from something that does not work at all."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
    version = _run(interpreter, ["-c", code], project, env).stdout.decode(errors="replace").strip()
    if version[:1].isdigit() and _numbers(version) < OLDEST:
        return _too_old(version)
    words = outcome.stderr.decode(errors="replace").strip().splitlines()
    return f"it does not answer as Python does: {words[-1] if words else outcome.sentence()}"


def _run(
    interpreter: Path, arguments: list[str], project: Path, env: Mapping[str, str]
) -> ProcessOutcome:
    argv = [str(interpreter), *arguments]
    try:
        return run_quick(argv, cwd=project, env=env, timeout_s=PROBE_S)
    except CannotStart as error:
        raise Unusable(str(error)) from error


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _too_old(version: str) -> str:
    return f"it is Python {version}, and {OLDEST[0]}.{OLDEST[1]} is the oldest that works"


def _problem(candidate: Candidate, why: str) -> UserProblem:
    hint = f"{candidate.remedy}, or {OVERRIDE}" if candidate.remedy else OVERRIDE
    return UserProblem(
        f"{candidate.path} ({candidate.source}) cannot run this project", why=why, hint=hint
    )


def activated(toolchain: Toolchain) -> dict[str, str]:
    """The environment of processes, as in a shell in which this toolchain has been activated."""
    passed = child_environment()
    scripts = str(Path(toolchain.interpreter).parent)
    path = os.pathsep.join(part for part in (scripts, passed.get("PATH", "")) if part)
    own = toolchain.prefix != toolchain.base_prefix
    return passed | {"PATH": path} | ({"VIRTUAL_ENV": toolchain.prefix} if own else {})


def install_hint(toolchain: Toolchain) -> str:
    """The command that would install pytest where this toolchain finds it."""
    interpreter = shlex.quote(toolchain.interpreter)
    commands: dict[Installer, str] = {
        "uv": "uv add --dev pytest",
        "uv pip": f"uv pip install --python {interpreter} pytest",
        "poetry": "poetry add -G dev pytest",
        "pip": f"{interpreter} -m pip install pytest",
        # The distribution keeps pip out of its own interpreter.
        "distribution": f"{interpreter} -m venv .venv && .venv/bin/python -m pip install pytest",
    }
    return commands[toolchain.installer]
