"""The guards see what is left behind, and leave clean tests alone."""

import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tests.guards import Watch, children

SLEEPER = "import time; print(flush=True); time.sleep(60)"
ROOT = Path(__file__).parents[1]


def test_a_clean_stretch_has_no_complaints() -> None:
    watch = Watch()
    thread = threading.Thread(target=int)
    thread.start()
    subprocess.run([sys.executable, "-I", "-S", "-c", ""], check=True)
    logging.getLogger("journeyman").info("fine")
    thread.join()
    assert watch.complaints(grace_s=0) == []


def test_what_is_on_its_way_out_is_given_time() -> None:
    watch = Watch()
    leaving = threading.Event()
    thread = threading.Thread(target=leaving.wait, args=(0.05,))
    thread.start()
    assert watch.complaints() == []


def test_a_running_thread_is_named_with_its_place() -> None:
    watch = Watch()
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="forgotten")
    thread.start()
    try:
        (complaint,) = watch.complaints(grace_s=0)
    finally:
        done.set()
        thread.join()
    assert "'forgotten'" in complaint
    assert "threading.py" in complaint


def test_a_running_child_is_named_and_killed() -> None:
    watch = Watch()
    command = [sys.executable, "-I", "-S", "-c", SLEEPER]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in children()
        (complaint,) = watch.complaints(grace_s=0)
    assert "time.sleep(60)" in complaint
    assert child.pid not in children()


def test_a_child_that_nobody_waited_for_is_named() -> None:
    watch = Watch()
    pid = os.fork()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    (complaint,) = watch.complaints(grace_s=0)
    assert f"{pid}, which has ended" in complaint


def test_a_warning_in_the_log_is_named_with_its_line(caplog: pytest.LogCaptureFixture) -> None:
    watch = Watch()
    logging.getLogger("journeyman.test").warning("disk %s is nearly full", "sda")
    (complaint,) = watch.complaints()
    assert f"{__file__}:" in complaint
    assert "disk sda is nearly full" in complaint
    assert [record.name for record in caplog.records] == ["journeyman.test"]


def test_a_test_that_leaves_something_behind_fails(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            """
            import logging, os, pytest

            def test_loud():
                logging.error("alarm")

            def test_asserted(caplog):
                logging.error("alarm")
                assert caplog.messages == ["alarm"]

            def test_home(journeyman_home):
                assert os.environ["JOURNEYMAN_HOME"] == str(journeyman_home)
                assert not journeyman_home.exists()

            @pytest.mark.slow
            def test_patience():
                assert False
            """
        )
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow\naddopts = -p no:pytest-qt\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-rE"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ERROR test_it.py::test_loud" in done.stdout
    assert "3 passed, 1 deselected, 1 error" in done.stdout
