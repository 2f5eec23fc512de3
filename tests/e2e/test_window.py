"""The whole story in a real window on a real X server: once with the mouse, once by keys alone."""

import ctypes
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from tests.agent_core.models.misbehaving import Answer, Misbehaving, calling, serving
from tests.e2e import xserver

ROOT = Path(__file__).parents[2]
SUBREAPER = 36
"""prctl's number: orphans become our children, and the guard of every test sees them."""

WRONG = b"if subtotal.cents > threshold.cents:"
RIGHT = b"if subtotal.cents >= threshold.cents:"
HUNKS = (
    ("by its size, and for", "by its value, and for"),
    (WRONG.decode(), RIGHT.decode()),
    ('ValueError("payment before the', 'ValueError("paid before the'),
)
README = "\nAn order that reaches an amount gets that amount's rate.\n"


def reason() -> str:
    if importlib.util.find_spec("PySide6") is None:
        return "Qt is not installed"
    return xserver.missing()


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(reason()), reason=reason() or "there is a screen"),
]


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with xserver.screen() as name:
        yield name


@pytest.fixture
def orphans_are_seen() -> Iterator[None]:
    libc = ctypes.CDLL(None)
    libc.prctl(SUBREAPER, 1, 0, 0, 0)
    yield
    libc.prctl(SUBREAPER, 0, 0, 0, 0)


@pytest.fixture
def endpoint() -> Iterator[Misbehaving]:
    three = [{"path": "invoices/discounts.py", "old": old, "new": new} for old, new in HUNKS]
    told = [{"path": "README.md", "old": "# ", "new": f"# {README}# "}]
    with serving(
        calling("read_file", json.dumps({"path": "invoices/discounts.py"})),
        editing(three, "An order that reaches a tier earns its rate."),
        Answer(end="hang"),  # the window is closed on this one
        editing(told, "The README tells it."),
        calling("finish", json.dumps({"summary": "It is one sentence."})),
    ) as running:
        yield running


def editing(edits: list[dict[str, str]], summary: str) -> Answer:
    asked = {"edits": edits, "finish_if_green": True, "summary": summary}
    return calling("edit_file", json.dumps(asked))


@pytest.mark.parametrize("hands", ["mouse", "keys"])
def test_from_the_first_page_to_the_follow_up(
    hands: str, display: str, endpoint: Misbehaving, orphans_are_seen: None, tmp_path: Path
) -> None:
    environ = user(tmp_path, display)
    told(environ, "work", hands, endpoint.url)
    (project,) = (tmp_path / "tmp").glob("*/invoices")
    assert endpoint.client_gone.wait(5)
    with_fault = (files("resources") / "samples/invoices/invoices/discounts.py").read_bytes()
    right = with_fault.replace(WRONG, RIGHT)
    assert (project / "invoices/discounts.py").read_bytes() == right
    assert len(endpoint.requests) == 3

    told(environ, "look", hands, endpoint.url, project)
    assert len(endpoint.requests) == 3

    told(environ, "go_on", hands, endpoint.url, project)
    assert len(endpoint.requests) == 5
    assert said(endpoint) == "Say it in one sentence."
    assert (project / "invoices/discounts.py").read_bytes() == right


def said(endpoint: Misbehaving) -> object:
    """What the user said last, as the model read it."""
    messages: list[dict[str, object]] = json.loads(endpoint.requests[-1].body)["messages"]
    return messages[-1]["content"]


def user(folder: Path, display: str) -> dict[str, str]:
    """The environment of somebody who starts the program for the first time."""
    places = {"HOME": "home", "TMPDIR": "tmp", "XDG_RUNTIME_DIR": "run", "JOURNEYMAN_HOME": "data"}
    for name in places.values():
        (folder / name).mkdir(mode=0o700)
    named = {key: str(folder / name) for key, name in places.items()}
    removed = {"WAYLAND_DISPLAY", "QT_SCALE_FACTOR", "OPENAI_API_KEY"}
    kept = {key: value for key, value in os.environ.items() if key not in removed}
    return kept | named | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}


def told(environ: dict[str, str], part: str, hands: str, url: str, *folder: Path) -> None:
    """Play one part: it holds, and nothing was written to the terminal."""
    command = [sys.executable, "-m", "tests.e2e.story", part, hands, url, *map(str, folder)]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=400, check=False
    )
    if done.stderr:
        pytest.fail(f"written to the terminal:\n{done.stderr}", pytrace=False)
    assert (done.returncode, done.stdout) == (0, "")
