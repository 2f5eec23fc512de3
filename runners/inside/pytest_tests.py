"""The collected tests of a pytest session, run one by one inside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from . import pytest_run, signatures

Finished = Callable[[str, str, "tuple[Any, ...]"], None]
"""Called with a test's id, its status and the place of its failure."""


class Listener:
    """A plugin that tells how each test ended."""

    def __init__(self, root: str, selection: pytest_run.Selection) -> None:
        self._root = root
        self._selection = selection
        self._reports: list[pytest.TestReport] = []
        self._place: tuple[Any, ...] = ()
        self.begun: Callable[[str], None] = _nothing
        self.finished: Finished = _nothing

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._reports, self._place = [], ()
        self.begun(self._selection.ids.of(nodeid))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, call: pytest.CallInfo[None]) -> Iterator[None]:
        outcome: Any = yield
        if outcome.get_result().failed and not self._place and call.excinfo is not None:
            self._place = signatures.place_of(call.excinfo.value, self._root)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._reports.append(report)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        status, _ = pytest_run.folded(self._reports)
        self.finished(self._selection.ids.of(nodeid), status, self._place)


def _nothing(*_ignored: object) -> None:
    pass


class DirectCall:
    """One test whose set-up is done once and whose body is then called many times."""

    def __init__(self, item: pytest.Function) -> None:
        self._item = item

    def prepare(self) -> None:
        """Fill the fixtures. Raises whatever they raise."""
        self._item.ihook.pytest_runtest_setup(item=self._item)

    def call(self) -> BaseException | None:
        """Run the body; what it raised."""
        try:
            self._item.runtest()
        except BaseException as error:  # the candidate's code may raise anything
            return error
        return None

    def roots(self) -> list[Any]:
        """Objects that the test gets from outside."""
        return [self._item.funcargs, getattr(self._item.instance, "__dict__", None)]


class PytestTests:
    """The tests of one session by workspace-relative id."""

    def __init__(
        self, session: pytest.Session, listener: Listener, selection: pytest_run.Selection
    ) -> None:
        self._session = session
        self._listener = listener
        self._items = {selection.ids.of(item.nodeid): item for item in session.items}

    @property
    def ids(self) -> list[str]:
        """All tests in the order they were collected."""
        return list(self._items)

    def protocol(
        self, ids: Sequence[str], finished: Finished, begun: Callable[[str], None] = _nothing
    ) -> None:
        """Run these tests in order with everything pytest does around a test."""
        self._listener.begun, self._listener.finished = begun, finished
        items = [self._items[test] for test in ids]
        followers: list[pytest.Item | None] = [*items[1:], None]
        for item, follower in zip(items, followers):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=follower)

    def direct(self, test: str) -> DirectCall | None:
        """The test for direct calls; None for a kind whose call is more than its body."""
        item = self._items[test]
        # Skips and expected failures are judged outside the body.
        marked = any(item.iter_markers("xfail"))
        return DirectCall(item) if type(item) is pytest.Function and not marked else None
