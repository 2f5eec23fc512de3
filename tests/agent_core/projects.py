"""Small real projects for sessions to work in."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from agent_core.events import Record, SessionStopped
from agent_core.models.choice import ModelChoice
from agent_core.models.protocol import Model
from agent_core.session import Session
from agent_core.task import Budget, Check, Task

PYTHON = Path(sys.executable)

FAULTY = '''\
"""Prices."""


def total(prices, rate):
    """The sum with tax."""
    result = 0
    for price in prices:
        result += price
    return round(result * (1 - rate), 2)


def cheapest(prices):
    """The lowest price, None without any."""
    return min(prices, default=None)
'''
RIGHT = FAULTY.replace("1 - rate", "1 + rate")
TESTS = """\
from shop import prices


def test_total():
    assert prices.total([10, 20], 0.1) == 33.0


def test_nothing():
    assert prices.total([], 0.1) == 0


def test_cheapest():
    assert prices.cheapest([3, 2, 5]) == 2
"""


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it printed."""
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def write(folder: Path, files: dict[str, str]) -> Path:
    """Lay files out below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def shop(folder: Path, **files: str) -> Path:
    """A committed project with one wrong operator and one red test."""
    everything = {
        "shop/__init__.py": "",
        "shop/prices.py": FAULTY,
        "tests/test_prices.py": TESTS,
        **files,
    }
    write(folder, everything)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "A shop")
    return folder


def assign(
    origin: Path, *, minutes: float = 1.0, steps: int = 50, tests: tuple[str, ...] = ()
) -> Session:
    """A session on a project, tested with our own interpreter."""
    task = Task(
        goal="Make the failing tests pass.",
        check=Check(tests=tests),
        budget=Budget(minutes=minutes, steps=steps),
    )
    return Session.create(origin, task, choice=ModelChoice(), python=PYTHON)


async def until(session: Session, holds: Callable[[], bool]) -> None:
    """Return once something holds of a session that runs beside; looked at after each event."""
    changed = asyncio.Event()

    def on_record(_: Record) -> None:
        changed.set()

    session.log.listeners.append(on_record)
    while not holds():
        changed.clear()
        await asyncio.wait_for(changed.wait(), 60)
    session.log.listeners.remove(on_record)


async def run_once(origin: Path, model: Model) -> tuple[SessionStopped, Session]:
    """Assign and run; the session stays open."""
    session = assign(origin)
    return await session.run(model), session
