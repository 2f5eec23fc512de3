"""What holds for every test of the window: no screen, the installed look, nothing left behind."""

import gc
import importlib
import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop.appearance import Appearance

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Said by the platform without a screen each time a window is shown there.
HARMLESS = "This plugin does not support (propagateSizeHints|raise|grabbing the keyboard)"


def missing() -> str:
    """Why there can be no window here; "" if there can."""
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as error:
        return f"Qt cannot be loaded: {error}"
    return ""


class _Skipped(pytest.Module):
    """A module of tests that need Qt, where there is none: skipped by its name."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        pytest.skip(f"{self.path.name}: {missing()}", allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Import no test module where Qt cannot be loaded."""
    return _Skipped.from_parent(parent, path=module_path) if missing() else None


def pytest_itemcollected(item: pytest.Item) -> None:
    """A warning of Qt's fails the test."""
    item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
    item.add_marker(pytest.mark.qt_log_ignore(HARMLESS))


@pytest.fixture(autouse=True)
def python_with_pytest(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sessions in the window look for an interpreter on PATH: let it have pytest on any machine."""
    program = tmp_path_factory.mktemp("bin") / "python3"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)


@pytest.fixture(scope="session")
def _installed(qapp: "QApplication") -> "Appearance":
    from desktop import appearance  # noqa: PLC0415  (PySide6 may be missing)
    from desktop.settings import Settings  # noqa: PLC0415

    return appearance.install(qapp, Settings(theme="dark"))


@pytest.fixture
def look(_installed: "Appearance") -> Iterator["Appearance"]:
    """The look of the application: dark, unscaled, compact again after each test."""
    yield _installed
    as_new = ("dark", 1.0, 1.0, "compact", False)
    look = _installed
    if as_new != (look.choice, look.scale, look.code_scale, look.density, look.colour_blind):
        look.set_scale(1.0)
        look.set_code_scale(1.0)
        look.set_density("compact")
        look.set_colour_blind(False)
        look.set_theme("dark")


@pytest.fixture(autouse=True)
def nothing_of_qt_goes_on() -> Iterator[None]:
    """Fail a test after which a timer still fires or a thread of Qt's still runs."""
    yield
    left = going_on()
    if left:
        pytest.fail("left running: " + "; ".join(left), pytrace=False)


def going_on() -> list[str]:
    """Timers that fire and threads that run, in words; what Python does not hold is not seen."""
    from PySide6.QtCore import QCoreApplication, QEvent, QThread, QTimer  # noqa: PLC0415
    from shiboken6 import isValid  # noqa: PLC0415

    # What a test closed is gone once its deletion was handled.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = [thing for thing in gc.get_objects() if isinstance(thing, QTimer | QThread)]
    words = []
    for thing in filter(isValid, found):
        if isinstance(thing, QTimer) and thing.isActive():
            words.append(f"a timer of {thing.interval()} ms that belongs to {thing.parent()}")
        elif isinstance(thing, QThread) and thing.isRunning() and not _is_main(thing):
            words.append(f"the thread {thing}")
    return words


def _is_main(thread: object) -> bool:
    from PySide6.QtCore import QCoreApplication  # noqa: PLC0415

    app = QCoreApplication.instance()
    return app is not None and app.thread() is thread
