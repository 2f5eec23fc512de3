"""Follow: off by default, one command switches it; the file comes, the keys stay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from agent_core.results import EditApplied, FileRead
from desktop.appearance import Appearance
from desktop.following import newest_place
from tests.desktop.story import DIFF, Story
from tests.desktop.test_workspace_view import LONG_MS, begin
from tests.desktop.windows import opened, project, window


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    yield story
    story.store.close()


def test_it_goes_where_the_agent_was_last(story: Story) -> None:
    assert newest_place(story.records) is None
    story.turn("Read.", ("read_file", "", FileRead("cart.py", 5, 9, 20)))
    assert newest_place(story.records) == ("cart.py", 5)
    story.turn("Edit.", ("edit_file", DIFF, EditApplied(("shop.py",), "two", DIFF)))
    assert newest_place(story.records) == ("shop.py", 2)


@pytest.mark.parametrize("on", [False, True])
def test_files_open_only_while_it_is_on_and_the_keys_stay(
    look: Appearance, qtbot: QtBot, tmp_path: Path, *, on: bool
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        assert not made.registry.is_checked("agent.follow")
        if on:
            made.registry.run("agent.follow")
        assert made.registry.is_checked("agent.follow") is on
        begin(qtbot, workspace)
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert workspace.tabs.open_files() == (("adding.py",) if on else ())
        keys = workspace.composer if on else workspace.review
        assert keys.isAncestorOf(made.focusWidget() or made)
        assert made.keeper.current.follow is on
