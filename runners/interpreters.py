"""Where interpreters can be: environments in a project, activated ones, version managers, PATH.

Only looks; whether what it finds works is for `runners.toolchains` to ask.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from runners import ourselves
from runners.problems import UserProblem

IN_PROJECT = (".venv", "venv")
IN_ENVIRONMENT = ("bin/python", "bin/python3", "Scripts/python.exe")
VERSION = re.compile(r"\d+(\.\d+){0,2}")


class Candidate(msgspec.Struct, frozen=True):
    """An interpreter worth asking. A *chosen* one must work: another would be a guess.

    `source` and `remedy` are words for the user: where it comes from, what would mend it.
    """

    path: Path
    source: str
    chosen: bool = False
    remedy: str = ""
    installer: Literal["pip", "uv", "uv pip", "poetry"] = "pip"


class Wish(msgspec.Struct, frozen=True):
    """A version that a file or variable asks for, and which one that is."""

    version: str
    origin: str


def named_by_user(named: Path, environ: Mapping[str, str]) -> Candidate:
    """What `--python` says: a file, the folder of an environment, or a command on PATH."""
    path = (
        Path.cwd() / named.expanduser()
    )  # not resolved: a link into an environment is its address
    if path.is_dir():
        path = executable_in(path) or path
    elif not path.exists() and named.name == str(named):
        path = Path(shutil.which(named.name, path=environ.get("PATH", "")) or path)
    if not path.exists() or path.is_dir():
        raise UserProblem(
            f"There is no interpreter at {named}",
            hint="--python takes a file, the folder of a virtual environment, or a command",
        )
    return Candidate(path=path, source="named by --python", chosen=True)


def executable_in(environment: Path) -> Path | None:
    """The interpreter's path in an environment, even when it is a link to nowhere."""
    paths = (environment / name for name in IN_ENVIRONMENT)
    return next((path for path in paths if os.path.lexists(path)), None)


def folders(project: Path) -> tuple[Path, ...]:
    """The project, and above it the folders of the same repository."""
    above = (project, *project.parents)
    for depth, folder in enumerate(above, start=1):
        if (folder / ".git").exists():
            return above[:depth]
    return (project,)


def in_project(project: Path, environ: Mapping[str, str]) -> Iterator[Candidate]:
    """The environment that lies in the project or the repository around it."""
    uv_folder = environ.get("UV_PROJECT_ENVIRONMENT")
    for folder in folders(project):
        named = (folder / uv_folder,) if uv_folder else ()
        for environment in (*named, *(folder / name for name in IN_PROJECT)):
            if looks_like_environment(environment):
                where = "of the project" if folder == project else f"of {folder}"
                yield environment_candidate(environment, f"{environment.name} {where}", folder)


def looks_like_environment(folder: Path) -> bool:
    """A package may be called `venv` too; `.venv` is never anything else."""
    marks = (folder / "pyvenv.cfg", folder / "conda-meta")
    if not folder.is_dir():
        return False
    return folder.name == ".venv" or any(map(Path.exists, marks)) or bool(executable_in(folder))


def activated(environ: Mapping[str, str]) -> Iterator[Candidate]:
    """VIRTUAL_ENV, unless that is the environment we run in ourselves."""
    value = environ.get("VIRTUAL_ENV")
    if value and not is_our_own(Path(value)):
        yield environment_candidate(Path(value), "VIRTUAL_ENV", None)


def is_our_own(environment: Path) -> bool:
    """Whether this folder is the environment of this program."""
    return environment.resolve() == Path(sys.prefix).resolve()


def environment_candidate(environment: Path, source: str, owner: Path | None) -> Candidate:
    """The interpreter of a virtual environment; UserProblem if the environment is broken."""
    config = read_config(environment)
    by_uv = "uv" in config
    remedy = remake_command(environment, owner, by_uv=by_uv)
    broken = why_broken(environment, config)
    if broken:
        raise UserProblem(
            f"The virtual environment {environment} is broken",
            why=broken,
            hint=f"make it again with `{remedy}`, or name another interpreter with --python",
        )
    path = executable_in(environment) or environment
    installer: Literal["pip", "uv", "uv pip", "poetry"] = "uv pip" if by_uv else "pip"
    if owner and (owner / "uv.lock").exists():
        installer, source = "uv", f"{source}, made by uv"
    elif owner and (owner / "poetry.lock").exists():
        installer, source = "poetry", f"{source}, made by poetry"
    return Candidate(
        path=path,
        source=source,
        chosen=True,
        remedy=f"make it again with `{remedy}`",
        installer=installer,
    )


def read_config(environment: Path) -> dict[str, str]:
    """The keys of pyvenv.cfg, empty if there is none."""
    try:
        lines = (environment / "pyvenv.cfg").read_text(errors="replace").splitlines()
    except OSError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {key.strip().lower(): value.strip() for key, _, value in pairs}


def why_broken(environment: Path, config: Mapping[str, str]) -> str:
    """What is wrong with an environment, as far as one sees without running it; else empty."""
    path = executable_in(environment)
    if path is None:
        return "there is no interpreter in it"
    if not path.exists():
        return f"{path} leads to {path.resolve()}, which does not exist"
    if (environment / "conda-meta").exists():
        return ""
    if not config:
        return "its pyvenv.cfg is missing"
    home = config.get("home", "")
    if home and not Path(home).is_dir():
        return f"it was made from the Python in {home}, which does not exist"
    return ""


def remake_command(environment: Path, owner: Path | None, *, by_uv: bool) -> str:
    """The command that makes this environment anew."""
    place = shlex.quote(str(environment))
    if owner and (owner / "uv.lock").exists():
        return f"uv venv --clear {place} && uv sync"
    if owner and (owner / "poetry.lock").exists():
        return f"rm -r {place} && poetry install"
    return f"uv venv --clear {place}" if by_uv else f"python3 -m venv --clear {place}"


def wishes(project: Path, environ: Mapping[str, str]) -> tuple[Wish, ...]:
    """Versions asked for: PYENV_VERSION, else `.python-version`, else `.tool-versions`."""
    if environ.get("PYENV_VERSION"):
        return (Wish(version=environ["PYENV_VERSION"].split(":")[0], origin="PYENV_VERSION"),)
    for folder in folders(project):
        for name, read in ((".python-version", _first_word), (".tool-versions", _python_line)):
            version = read(folder / name)
            if version and version != "system":
                return (Wish(version=version, origin=name),)
    return ()


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(errors="replace").splitlines()
    except OSError:
        return []
    return [line.partition("#")[0].strip() for line in lines]


def _first_word(path: Path) -> str:
    return next((line.split()[0] for line in _lines(path) if line), "")


def _python_line(path: Path) -> str:
    words = (line.split() for line in _lines(path))
    return next((line[1] for line in words if len(line) > 1 and line[0] == "python"), "")


def of_version(wish: Wish, environ: Mapping[str, str]) -> Candidate | None:
    """The interpreter a version manager keeps under this name, or pythonX.Y on PATH."""
    version = wish.version.removeprefix("cpython-").removeprefix("python-")
    for manager, store in _stores(environ):
        folder = _best_match(store, version)
        if folder is not None:
            path = executable_in(folder)
            if path is not None and path.exists():
                return Candidate(path=path, source=f"{wish.origin}: {version} of {manager}")
    short = ".".join(version.split(".")[:2])
    on_path = shutil.which(f"python{short}", path=environ.get("PATH", ""))
    if on_path and version == short and not _belongs_to_us(Path(on_path)):
        return Candidate(path=Path(on_path), source=f"{wish.origin}: python{short} on PATH")
    return None


def _stores(environ: Mapping[str, str]) -> tuple[tuple[str, Path], ...]:
    """Folders of version managers whose entries are named by version."""
    home = Path(environ.get("HOME") or Path.home())
    data = Path(environ.get("XDG_DATA_HOME") or home / ".local/share")
    asdf = Path(environ.get("ASDF_DATA_DIR") or home / ".asdf")
    mise = Path(environ.get("MISE_DATA_DIR") or data / "mise")
    return (
        ("pyenv", Path(environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"),
        ("asdf", asdf / "installs/python"),
        ("mise", mise / "installs/python"),
        ("uv", Path(environ.get("UV_PYTHON_INSTALL_DIR") or data / "uv/python")),
    )


def _best_match(store: Path, version: str) -> Path | None:
    """The entry of this name, else the newest release of the version it begins."""
    if "/" in version or not store.is_dir():
        return None
    if (store / version).is_dir():
        return store / version
    if not VERSION.fullmatch(version):
        return None
    found = []
    for folder in store.iterdir():
        match = re.fullmatch(r"(?:cpython-)?(\d+(?:\.\d+)*)(?:-.*)?", folder.name)
        if match and f"{match[1]}.".startswith(f"{version}."):
            found.append((tuple(map(int, match[1].split("."))), folder.name))
    return store / max(found)[1] if found else None


def environment_not_made(project: Path) -> list[str]:
    """Why a locked project has no environment of its own to run in."""
    if (project / "uv.lock").exists():
        return ["there is a uv.lock but no .venv: `uv sync` would make it"]
    if (project / "poetry.lock").exists():
        return ["there is a poetry.lock but no .venv in the project"]
    return []


def on_path(environ: Mapping[str, str], remark: str) -> Iterator[Candidate]:
    """Every python3, then every python on PATH that is not our own."""
    for name in ("python3", "python"):
        for entry in environ.get("PATH", os.defpath).split(os.pathsep):
            found = shutil.which(name, path=entry) if entry else None
            if found and not _belongs_to_us(Path(found)):
                yield Candidate(path=Path(found), source=f"{name} on PATH{remark}")


def _belongs_to_us(path: Path) -> bool:
    return sys.prefix != sys.base_prefix and is_our_own(path.parent.parent)


def our_own(remark: str) -> Iterator[Candidate]:
    """The interpreter this program runs on, if there is one."""
    path = ourselves.interpreter()
    if path is not None:
        source = f"Journeyman's own interpreter, because no other Python was found{remark}"
        yield Candidate(path=path, source=source)
