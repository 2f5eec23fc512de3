"""The guards of the window's tests see what they are there for."""

from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer

from tests.desktop.conftest import going_on


def test_a_running_timer_is_seen(qapp: object) -> None:
    timer = QTimer()
    timer.setInterval(50)
    timer.start()
    assert going_on() == ["a timer of 50 ms that belongs to None"]
    timer.stop()
    assert going_on() == []


def test_a_running_thread_is_seen(qapp: object) -> None:
    thread = QThread()
    thread.start()
    assert len(going_on()) == 1
    thread.quit()
    thread.wait()
    assert going_on() == []


def test_a_warning_of_qt_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from PySide6.QtCore import qWarning

        @pytest.mark.qt_log_level_fail("WARNING")
        def test_warns():
            qWarning("a loose slot")
        """
    )
    done = pytester.runpytest_subprocess("-p", "pytestqt.plugin", "-p", "no:pytest-qt")
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(["*a loose slot*"])


def test_without_qt_the_tests_are_skipped_by_name(pytester: pytest.Pytester) -> None:
    broken = pytester.mkpydir("PySide6")
    (broken / "__init__.py").write_text("raise ImportError('libEGL.so.1: cannot open')\n")
    tests = pytester.mkpydir("window")
    ours = Path(__file__).with_name("conftest.py").read_text()
    (tests / "conftest.py").write_text(ours)
    (tests / "test_view.py").write_text("import PySide6\ndef test_it(): pass\n")
    done = pytester.runpytest_subprocess("-p", "no:pytest-qt", "-rs", "window")
    done.assert_outcomes(skipped=1)
    done.stdout.fnmatch_lines(["*test_view.py*Qt cannot be loaded: libEGL.so.1: cannot open*"])
