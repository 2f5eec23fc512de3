"""What `scripts/build` made, on a machine with nothing of ours: its window, and a repair."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from agent_core.terminal import cli
from editors.grammars import GRAMMARS, Grammar
from runners.worker import Answer, Job

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "dist" / "journeyman" / "journeyman"
SAMPLE = ROOT / "resources" / "samples" / "invoices"
SOURCES = ("agent_core", "desktop", "editors", "resources", "runners", "build.spec", "requirements")

COLOURS = 500
"""Fewer are on an empty screen; text alone shows as many shades."""
START_S = 60.0
STAYS_S = 3.0
END_S = 10.0


def newest_source() -> Path:
    """The file of those the bundle is made of that was changed last."""
    files = (path for name in SOURCES for path in (ROOT / name, *(ROOT / name).rglob("*")))
    made_of = (path for path in files if path.is_file() and path.suffix != ".pyc")
    return max(made_of, key=lambda path: path.stat().st_mtime)


def why_not() -> str:
    """Why there is no bundle to judge; empty if there is one."""
    if not PROGRAM.exists():
        return "there is no bundle: run scripts/build"
    newest = newest_source()
    if newest.stat().st_mtime > PROGRAM.stat().st_mtime:
        return f"the bundle is older than {newest.relative_to(ROOT)}: run scripts/build"
    return ""


@pytest.fixture
def bundle() -> Path:
    """The bundle's executable."""
    if reason := why_not():
        pytest.skip(reason)
    return PROGRAM


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An empty home, and a search path with git and no Python."""
    home, programs = tmp_path / "home", tmp_path / "programs"
    home.mkdir()
    programs.mkdir()
    git = shutil.which("git")
    assert git is not None
    (programs / "git").symlink_to(git)
    return {"HOME": str(home), "PATH": str(programs), "LANG": "C.UTF-8"}


class Screen:
    """A display of Xvfb's, whose pixels lie in a file."""

    def __init__(self, number: int, pixels: Path) -> None:
        self.name = f":{number}"
        self._pixels = pixels

    def colours(self) -> int:
        """How many there are on it, its own header and palette included."""
        return len(set(memoryview(self._pixels.read_bytes()).cast("I")))


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """A display of its own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no Xvfb here")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-fbdir", tmp_path],
        pass_fds=(writing,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = int(said.readline())
        yield Screen(number, tmp_path / "Xvfb_screen0")
    finally:
        server.terminate()
        server.wait()


@pytest.mark.slow
def test_its_window_opens_stays_and_closes_when_asked(
    bundle: Path, environ: dict[str, str], screen: Screen
) -> None:
    assert screen.colours() < COLOURS
    with subprocess.Popen(
        [bundle], env=environ | {"DISPLAY": screen.name}, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
    ) as program:  # fmt: skip
        try:
            deadline = time.monotonic() + START_S
            while screen.colours() < COLOURS and program.poll() is None:
                assert time.monotonic() < deadline, "no window was drawn"
                time.sleep(0.1)
            time.sleep(STAYS_S)
            program.send_signal(signal.SIGTERM)
            said, _ = program.communicate(timeout=END_S)
        finally:
            program.kill()
    assert (said, program.returncode) == ("", 0)


@pytest.mark.slow
def test_it_repairs_a_sample_with_the_python_of_the_machine(
    bundle: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    # Ours is the only one that surely has pytest.
    python = tmp_path / "programs" / "python3"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    folder = shutil.copytree(SAMPLE, tmp_path / "invoices")
    done = subprocess.run(
        [bundle, "fix", folder, "--accept"],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (cli.FIXED, ""), done.stdout
    assert "verdict: fixed" in done.stdout
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    assert subprocess.run(suite, cwd=folder, capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_it_says_what_to_do_where_there_is_no_python(
    bundle: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    folder = shutil.copytree(SAMPLE, tmp_path / "invoices")
    done = subprocess.run(
        [bundle, "fix", folder],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == cli.BAD_INPUT
    assert "No usable Python was found" in done.stderr
    assert "install Python" in done.stderr


@pytest.mark.slow
def test_it_brings_every_grammar(bundle: Path, environ: dict[str, str]) -> None:
    for grammar in GRAMMARS:
        path = msgspec.msgpack.encode(f"a{grammar.suffixes[0]}")
        job = Job(module="editors.grammars", function="grammar_of", payload=path)
        done = subprocess.run(
            [bundle, "--worker"],
            input=msgspec.msgpack.encode(job),
            env=environ,
            capture_output=True,
            check=True,
        )
        answer = msgspec.msgpack.decode(done.stdout, type=Answer)
        assert answer.error == ""
        assert msgspec.msgpack.decode(answer.result, type=Grammar | None) == grammar
