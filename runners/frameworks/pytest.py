"""pytest: what a project that uses it looks like, and why a run of it may not get to its tests."""

import configparser
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from runners.reports import Failure

USAGE_ERROR = 4
NO_TESTS = 5

TEST_FILES = ("test_*.py", "*_test.py")

PLUGIN_OF_OPTION = {
    "--asyncio-mode": "pytest-asyncio",
    "--benchmark": "pytest-benchmark",
    "--black": "pytest-black",
    "--cov": "pytest-cov",
    "--dist": "pytest-xdist",
    "--doctest-plus": "pytest-doctestplus",
    "--ds": "pytest-django",
    "--flake8": "pytest-flake8",
    "--forked": "pytest-forked",
    "--html": "pytest-html",
    "--hypothesis": "hypothesis",
    "--isort": "pytest-isort",
    "--mpl": "pytest-mpl",
    "--mypy": "pytest-mypy",
    "--no-cov": "pytest-cov",
    "--numprocesses": "pytest-xdist",
    "--randomly": "pytest-randomly",
    "--random-order": "pytest-random-order",
    "--reruns": "pytest-rerunfailures",
    "--ruff": "pytest-ruff",
    "--timeout": "pytest-timeout",
    "-n": "pytest-xdist",
}
"""Options often found in a project's addopts, and the package that brings them."""

MODULE_OF_PACKAGE = {"xdist": "pytest-xdist"}


_EXCEPTION = re.compile(r"(?:\w+\.)*\w*(?:Error|Exception|Warning|Exit|Interrupt|Failure)\b")


def configured(root: Path) -> str:
    """The file in `root` that configures pytest, "" where none does."""
    for name in ("pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"):
        if (root / name).is_file():
            return name
    if _pyproject_names_pytest(root / "pyproject.toml"):
        return "pyproject.toml"
    for name, section in (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        if _ini_has(root / name, section):
            return name
    return "conftest.py" if (root / "conftest.py").is_file() else ""


def _pyproject_names_pytest(path: Path) -> bool:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    tool = table.get("tool")
    return isinstance(tool, dict) and "pytest" in tool


def _ini_has(path: Path, section: str) -> bool:
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path, encoding="utf-8")
    except (OSError, ValueError, configparser.Error):
        return False
    return parser.has_section(section)


def why_nothing_ran(output: str, root: str) -> str:
    """The cause, and what to try, from what pytest printed before it gave up; "" if unclear."""
    for find in (_missing_option, _missing_plugin, _broken_conftest, _bad_configuration):
        cause = find(output, root)
        if cause:
            return cause
    return _last_words(output)


def _missing_option(output: str, _root: str) -> str:
    found = re.search(r"error: unrecognized arguments: (.+)", output)
    if found is None:
        return ""
    given = found.group(1).split()
    packages = sorted({name for option in given if (name := package_of_option(option))})
    asked = f"pytest does not know {' '.join(given)}, which its configuration or command asks for"
    if packages:
        return f"{asked}; install {' and '.join(packages)} where the tests run"
    return f"{asked}; install the plugin that brings it, or take it out of addopts"


def package_of_option(option: str) -> str:
    """The package that brings a command-line option, "" if it is not a well-known one."""
    name = option.partition("=")[0]
    if re.fullmatch(r"-n(\d+|auto|logical)", name):
        name = "-n"
    known = (key for key in PLUGIN_OF_OPTION if name == key or name.startswith(f"{key}-"))
    return PLUGIN_OF_OPTION[key] if (key := next(known, "")) else ""


def _missing_plugin(output: str, _root: str) -> str:
    found = re.search(r"Missing required plugins: (.+)", output)
    if found:
        names = found.group(1).strip()
        return f"pytest's configuration requires plugins that are not installed; install {names}"
    found = re.search(r'Error importing plugin "([^"]+)": (.+)', output)
    if found:
        name, why = found.groups()
        package = MODULE_OF_PACKAGE.get(name, name.partition(".")[0].replace("_", "-"))
        return (
            f"the pytest plugin {name} cannot be imported ({why.strip()}); install {package}, "
            f"or take `-p {name}` out of addopts or pytest_plugins"
        )
    return ""


def _broken_conftest(output: str, root: str) -> str:
    found = re.search(r"ImportError while loading conftest '([^']+)'", output)
    if found is None:
        return ""
    path = found.group(1).removeprefix(root).lstrip("/\\")
    reasons = re.findall(r"^E\s+(.+)$", output, re.MULTILINE)
    return f"{path} cannot be imported: {reasons[-1] if reasons else 'see the output'}"


def internal_error(failure: Failure, *, early: bool) -> str:
    """What an exception outside every test means; `early`: before any test was collected."""
    text = f"{failure.exception}: {failure.message}" if failure.message else failure.exception
    if early and failure.exception.endswith("Warning"):
        return _warning_in_configure(text)
    where = f" at {failure.file}:{failure.line}" if failure.file else ""
    return f"pytest stopped with an internal error{where} ({text})"


def _warning_in_configure(warning: str) -> str:
    return (
        f"pytest stopped in configure: a plugin's warning ({warning}) is an error by this "
        "project's filterwarnings; not caused by the code under test; "
        "try --test-command 'pytest -W default'"
    )


def _bad_configuration(output: str, _root: str) -> str:
    warnings = re.findall(r"^(?:\w+\.)*(Pytest\w*Warning: .+)$", output, re.MULTILINE)
    if warnings:
        return _warning_in_configure(warnings[-1])
    errors = re.findall(r"^(?:ERROR|pytest: error|\S*: error): (.+)$", output, re.MULTILINE)
    return str(errors[-1]) if errors else ""


def _last_words(output: str) -> str:
    lines = [line for line in output.splitlines() if _EXCEPTION.match(line)]
    return lines[-1] if lines else ""


def without_program(words: Sequence[str]) -> tuple[str, ...] | None:
    """The arguments of `pytest …`; None if this command line does not start pytest."""
    if words and Path(words[0]).name in {"pytest", "py.test"}:
        return tuple(words[1:])
    return None
