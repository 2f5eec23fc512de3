"""What holds for every test: private data, plain git settings, guards, and slow tests on demand."""

import importlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.guards import Watch

# On a busy machine a deadline measures the neighbours. In CI the same examples are drawn each time.
hypothesis.settings.register_profile(
    "journeyman", deadline=None, database=None, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("journeyman")

_numbers = itertools.count()

try:
    importlib.import_module("PySide6.QtWidgets")
except ImportError:  # the tests of the window are skipped then, and say so
    pytest_plugins = ["pytester"]
else:
    pytest_plugins = ["pytester", "pytestqt.plugin"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--slow`."""
    parser.addoption("--slow", action="store_true", help="also run the tests marked slow")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow tests out unless they were asked for, by option or by marker."""
    if config.getoption("--slow") or "slow" in config.getoption("-m"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


@pytest.fixture(autouse=True)
def guards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves threads or children behind, or logs a warning nobody asserts."""
    watch = Watch()
    yield
    complaints = watch.complaints(judge_logs="caplog" not in request.fixturenames)
    if complaints:
        pytest.fail("\n\n".join(complaints), pytrace=False)


@pytest.fixture(autouse=True)
def journeyman_home(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Journeyman's data folder for this test alone; it does not exist yet."""
    home = tmp_path_factory.getbasetemp() / "homes" / str(next(_numbers))
    monkeypatch.setenv("JOURNEYMAN_HOME", str(home))
    return home


@pytest.fixture(autouse=True, scope="session")
def plain_git(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Git as on a machine where somebody said who they are and nothing else."""
    settings = tmp_path_factory.mktemp("git") / "config"
    settings.write_text(
        "[user]\n\tname = Tester\n\temail = tester@example.org\n[init]\n\tdefaultBranch = main\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(settings))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield
