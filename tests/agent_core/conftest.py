"""Coroutine tests run in an event loop of their own; a session to review is run once."""

import asyncio
import contextlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_core.review import change_set
from agent_core.session import Session
from editors.hunks import Hunk
from tests.agent_core.reviewed import Reviewed


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an `async def` test to its end."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(scope="session")
def _run_once(tmp_path_factory: pytest.TempPathFactory) -> Reviewed:
    found = Reviewed(tmp_path_factory.mktemp("reviewed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEYMAN_HOME", str(found.home))
        found.run()
    return found


@pytest.fixture
def reviewed(
    _run_once: Reviewed, journeyman_home: Path, monkeypatch: pytest.MonkeyPatch
) -> Reviewed:
    """A stopped session with two hunks, as it was when it had stopped."""
    monkeypatch.setenv("JOURNEYMAN_HOME", str(_run_once.home))
    _run_once.again()
    return _run_once


@pytest.fixture
def session(reviewed: Reviewed) -> Iterator[Session]:
    """That session, open to go on."""
    with contextlib.closing(reviewed.open()) as session:
        yield session


@pytest.fixture
def tax(session: Session) -> Hunk:
    """Its first hunk: the fault mended."""
    return change_set(session)[0].hunks[0]


@pytest.fixture
def name(session: Session) -> Hunk:
    """Its second hunk, far below: another docstring."""
    return change_set(session)[0].hunks[1]
