"""The collected tests of a pytest session, run one by one inside it."""

from __future__ import annotations

import unittest
from collections.abc import Iterator, Sequence
from typing import Any, Callable

import pytest

from . import pytest_run, pytest_selection, signatures

Finished = Callable[[str, str, "tuple[Any, ...]"], None]
"""Called with a test's id, its status and the place of its failure."""


class Listener:
    """A plugin that tells how each test ended."""

    def __init__(self, root: str, selection: pytest_selection.Selection) -> None:
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
        except BaseException as error:  # noqa: BLE001  (the candidate's code may raise anything)
            return error
        # A unittest case does not raise: it tells the item, which keeps it for the report.
        told: list[Any] | None = vars(self._item).pop("_excinfo", None)
        return told[0].value if told else None

    def roots(self) -> list[Any]:
        """Objects that the test gets from outside."""
        return [self._item.funcargs, getattr(self._item.instance, "__dict__", None)]


class PytestTests:
    """The tests of one session by workspace-relative id."""

    def __init__(
        self, session: pytest.Session, listener: Listener, selection: pytest_selection.Selection
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
        if any(item.iter_markers("xfail")) or not isinstance(item, pytest.Function):
            return None
        of_case = item.cls is not None and issubclass(item.cls, unittest.TestCase)
        return DirectCall(item) if of_case or type(item) is pytest.Function else None


class Selection(pytest_selection.FileSelection):
    """Takes a wanted file for all tests in it: the id of one that could not be collected."""

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if self._wanted is not None:
            ids = [self.ids.of(item.nodeid) for item in items]
            self._wanted.update(
                test for test in ids if pytest_selection.file_of(test) in self._wanted
            )
        super().pytest_collection_modifyitems(config, items)


class Takeover:
    """A plugin that hands the collected tests over in place of running them."""

    def __init__(
        self, listener: Listener, selection: Selection, use: Callable[[PytestTests], None]
    ) -> None:
        self._listener = listener
        self._selection = selection
        self._use = use

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        # Nobody reads the reports, and the long style parses whole test files for each.
        session.config.option.tbstyle = "native"
        factory = getattr(session.config, "_tmp_path_factory", None)
        if factory is not None:
            # Made once here, or every fork would make and clean up a numbered one.
            factory.getbasetemp()
        self._use(PytestTests(session, self._listener, self._selection))
        return True


def collect(config: dict[str, Any], use: Callable[[PytestTests], None]) -> int:
    """Collect the wanted tests and call `use` with them inside the session."""
    selection = Selection(config)
    listener = Listener(config["root"], selection)
    return pytest_run.run(config, [selection, listener, Takeover(listener, selection, use)])
