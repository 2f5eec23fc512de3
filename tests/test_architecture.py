"""The shape of the house: layers, sizes, quiet imports, what runs where, what may be shipped."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import notices

ROOT = Path(__file__).parents[1]
LAYERS = ("runners", "editors", "agent_core", "desktop")  # each may import those before it
SHIPPED = (*LAYERS, "resources")
LONGEST_MODULE = 600
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Imported where they are used: each costs what the whole start may cost.
HEAVY = ("git", "httpx", "numpy", "onnxruntime", "PySide6")
# Run by the user's interpreter, or by ours without its packages.
BARE = [*sorted((ROOT / "runners" / "inside").rglob("*.py")), ROOT / "runners" / "guardian.py"]
OLDEST, NEWEST = 8, 14  # minor versions of the Pythons that the user's project may run with

LINTER = "from importlinter.cli import lint_imports_command as check; check()"
# Imports the modules named as arguments under an audit hook and prints what they did besides.
IMPORTER = """
import importlib, os, sys
effects = []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[2], int):
        if arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            effects.append(f"opened {arguments[0]} for writing")
    elif event in ("os.mkdir", "os.rename", "os.remove", "socket.connect"):
        effects.append(f"{event} {arguments}")
sys.addaudithook(hook)
for name in sys.argv[1:]:
    importlib.import_module(name)
import threading
effects += [f"started thread {thread.name}" for thread in threading.enumerate()[1:]]
print("effects:", effects)
print("modules:", *sorted(sys.modules))
"""


def sources(*folders: str) -> list[Path]:
    """Every Python file below the folders, samples left out: they are data."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.is_relative_to(ROOT / "resources" / "samples")
    ]


def imported(path: Path) -> Iterator[str]:
    """Dotted names of all modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def import_fresh(folder: Path, *modules: str) -> tuple[str, set[str]]:
    """Import modules in a new interpreter; all that was said or done, and what got loaded."""
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "JOURNEYMAN_HOME": str(folder / "data"),
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", IMPORTER, *modules],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *said, effects, loaded = done.stdout.splitlines()
    return "\n".join([*said, done.stderr, effects]).strip(), set(loaded.split())


@pytest.mark.parametrize("package", LAYERS)
def test_imports_run_downward(package: str) -> None:
    above = LAYERS[LAYERS.index(package) + 1 :]
    upward = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(package)
        for name in imported(path)
        if name.split(".")[0] in (*above, "tests", "benchmarks", "scripts")
    ]
    assert upward == []


def test_the_import_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINTER, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_modules_stay_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(*SHIPPED, "benchmarks", "scripts", "tests")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert long == {}, f"split these along their jobs; {LONGEST_MODULE} lines is the limit"


def test_every_package_says_what_lives_there() -> None:
    folders = {path.parent for path in sources(*SHIPPED)}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
        or not ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    ]
    assert silent == [], "each needs an __init__.py whose docstring says what lives there"


@pytest.mark.parametrize("package", SHIPPED)
def test_importing_has_no_effect(package: str, tmp_path: Path) -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sources(package)
        if path not in BARE or path.name == "__init__.py"
    ]
    effects, loaded = import_fresh(tmp_path, *names)
    assert effects == "effects: []"
    assert package == "desktop" or "PySide6" not in loaded
    assert list(tmp_path.iterdir()) == []


def test_the_terminal_starts_light(tmp_path: Path) -> None:
    effects, loaded = import_fresh(tmp_path, *SHIPPED, "agent_core.terminal.cli")
    assert effects == "effects: []"
    assert loaded.isdisjoint(HEAVY)


def test_the_first_page_loads_nothing_that_runs_a_session(tmp_path: Path) -> None:
    _, loaded = import_fresh(tmp_path, "desktop.first_page")
    running = {"ssl", "agent_core.loop", "editors.snapshots", "runners.process"}
    assert loaded.isdisjoint(running), "a start waits for it"


@pytest.mark.parametrize("path", BARE, ids=lambda path: path.name)
def test_what_runs_bare_needs_the_standard_library_alone(path: Path) -> None:
    # A driver of the user's own framework is loaded only where that is installed. Siblings are
    # named relatively, or as the launcher loads them: by path, under private names.
    allowed = {*sys.stdlib_module_names, "pytest", "_pytest", ""}
    if path.name.startswith("flask_"):
        allowed |= {"flask", "werkzeug"}
    foreign = [
        name
        for name in imported(path)
        if name.split(".")[0] not in allowed and not name.startswith("_journeyman_")
    ]
    assert foreign == []


def interpreter(minor: int) -> str | None:
    """A Python 3.MINOR of this machine: this one, one on PATH, or one that pyenv keeps."""
    if sys.version_info.minor == minor:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    kept = sorted(pyenv.glob(f"3.{minor}.*/bin/python"))
    found = [str(kept[-1])] if kept else []
    found += [path] if (path := shutil.which(f"python3.{minor}")) else []
    for candidate in found:
        asked = [candidate, "-I", "-S", "-c", "import sys; print(sys.version_info[1])"]
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
        if answer.stdout.strip() == str(minor):
            return candidate
    return None


@pytest.mark.parametrize("minor", range(OLDEST, NEWEST + 1), ids=lambda minor: f"3.{minor}")
def test_what_runs_bare_compiles_everywhere(minor: int) -> None:
    python = interpreter(minor)
    if python is None:
        # The grammar is the newest's; what an older one lacks is refused here too.
        for path in BARE:
            ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, minor))
        pytest.skip(f"no Python 3.{minor} at hand; only parsed as its grammar")
    program = (
        "import sys\n"
        "for path in sys.argv[1:]:\n"
        "    compile(open(path, encoding='utf-8').read(), path, 'exec', dont_inherit=True)\n"
    )
    done = subprocess.run(
        [python, "-I", "-S", "-W", "error", "-c", program, *map(str, BARE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def locked(path: Path) -> list[Requirement]:
    """What a lock file names."""
    return [
        Requirement(line.removesuffix("\\").strip())
        for line in path.read_text(encoding="utf-8").splitlines()
        if line[:1].isalnum()
    ]


def project() -> dict[str, list[str]]:
    """Direct dependencies by lock: those to run, and each optional part with them."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = table["optional-dependencies"].items()
    return {
        "run.txt": table["dependencies"],
        **{f"{name}.txt": table["dependencies"] + extra for name, extra in extras},
    }


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_name_exact_versions_with_hashes_and_no_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=sha256:[0-9a-f]{64})", text, re.MULTILINE)
    blocks = re.split(r"\n(?=\w)", text)
    assert [block for block in blocks if "==" not in block or "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_satisfy_the_project(path: Path) -> None:
    versions = {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in locked(path)
    }
    for wanted in map(Requirement, project()[path.name]):
        version = versions.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted} is not in {path.name}: run scripts/lock.py"
        assert wanted.specifier.contains(version), f"{wanted}, locked {version}"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_locks_agree_with_what_is_run(path: Path) -> None:
    run, other = (
        {f"{one.name}{one.specifier}" for one in locked(lock)}
        for lock in (ROOT / "requirements" / "run.txt", path)
    )
    assert run <= other


LIBRARIES = {"pyside6-essentials", "shiboken6"}
"""Under the LGPL, which leaves a program that loads them unchanged its own licence."""


def test_no_dependency_is_under_a_gpl() -> None:
    judged = 0
    for one in locked(ROOT / "requirements" / "dev.txt"):
        if one.marker is not None and not one.marker.evaluate():
            continue
        said = metadata.metadata(one.name)
        fields = ("License-Expression", "License", "Classifier")
        terms = [text for field in fields for text in said.get_all(field) or []]
        licences = "\n".join(text for text in terms if "::" not in text or "License ::" in text)
        assert licences, f"{one.name} names no licence"
        if one.name in LIBRARIES:
            assert "LGPL" in licences, one.name
        else:
            assert not re.search(r"\b[AL]?GPL|General Public License", licences), one.name
        judged += 1
    assert judged > 0


def test_the_notices_name_what_is_locked() -> None:
    assert notices.main(["--check"]) == 0


def test_tests_are_not_shipped() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = {
        name.removesuffix("*")
        for name in table["tool"]["setuptools"]["packages"]["find"]["include"]
    }
    assert shipped == set(SHIPPED)
