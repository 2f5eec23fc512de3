"""One folder with a real agent: a run from Enter to review, and a window closed in the middle."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from agent_core import overview
from desktop.appearance import Appearance
from desktop.workspace_view import WorkspaceView
from tests.desktop.windows import opened, project, window
from tests.guards import children

LONG_MS = 60_000


def begin(qtbot: QtBot, workspace: WorkspaceView) -> None:
    """Start the task with the keys alone, once the project was looked at."""
    chip = workspace.composer.toolchain_chip
    qtbot.waitUntil(lambda: "Python 3." in chip.text(), timeout=LONG_MS)
    QTest.keyClick(workspace.composer.text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: workspace.agent_state == "running", timeout=LONG_MS)


def test_a_run_shows_in_every_part_and_writes_when_accepted(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        begin(qtbot, workspace)
        assert workspace.status.spinner.turning()
        qtbot.waitUntil(lambda: listed(workspace) == ["running"], timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        assert "fixed" in workspace.status.words()
        assert not workspace.status.spinner.turning()
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert "a - b" in (folder / "adding.py").read_text()
        workspace.show_page(workspace.review)
        workspace.review.accept_all()
        qtbot.waitUntil(lambda: workspace.review.review.open == 0, timeout=LONG_MS)
        assert "a + b" in (folder / "adding.py").read_text()
        qtbot.waitUntil(lambda: listed(workspace) == ["accepted"], timeout=LONG_MS)
        strip = workspace.review.strip
        qtbot.waitUntil(lambda: "1/1 green" in strip.words(), timeout=LONG_MS)
        hunk = workspace.review.review.hunks[0].hunk.id
        workspace.review.undo_asked.emit((hunk,))
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert "a - b" in (folder / "adding.py").read_text()
        qtbot.waitUntil(lambda: listed(workspace) == ["ready"], timeout=LONG_MS)
        workspace.review.reject_all()
        qtbot.waitUntil(lambda: "All reviewed" in workspace.review.review.headline())
        workspace.review.why_asked.emit(hunk)
        assert workspace.timeline.isAncestorOf(made.focusWidget() or made)


def test_a_run_hands_its_change_to_the_keys_unless_the_user_is_writing(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        begin(qtbot, workspace)
        assert workspace.composer.text.hasFocus()
        qtbot.waitUntil(lambda: not workspace.review.keys.live)
        qtbot.waitUntil(workspace.review.hunks.hasFocus, timeout=LONG_MS)
        assert workspace.state == "idle"
        assert workspace.review.keys.live
        made.registry.run("agent.new")
        begin(qtbot, workspace)
        QTest.keyClicks(workspace.composer.text, "and")
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert workspace.composer.text.hasFocus()
        assert workspace.composer.draft() == "and"


def test_a_run_that_has_tried_everything_does_not_urge_to_go_on(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    (folder / "adding.py").write_text("def add(a, b):\n    raise NotImplementedError\n")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        begin(qtbot, workspace)
        qtbot.waitUntil(lambda: workspace.agent_state == "stopped", timeout=LONG_MS)
        assert workspace.link.history.exhausted
        assert workspace.composer.resume.isVisible()
        assert not workspace.composer.resume.isDefault()


def test_a_place_the_user_has_changed_is_left_and_can_be_taken_over(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        begin(qtbot, workspace)
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        mine = "def add(a, b):\n    return b - a\n"
        (folder / "adding.py").write_text(mine)
        workspace.show_page(workspace.review)
        QTest.keyClicks(workspace.review.hunks, "a")
        qtbot.waitUntil(lambda: workspace.review.review.number["conflict"] == 1, timeout=LONG_MS)
        assert (folder / "adding.py").read_text() == mine
        QTest.keyClicks(workspace.review.hunks, "t")
        qtbot.waitUntil(lambda: workspace.review.review.open == 0, timeout=LONG_MS)
        assert "a + b" in (folder / "adding.py").read_text()
        QTest.keyClicks(workspace.review.hunks, "u")
        qtbot.waitUntil(lambda: workspace.review.review.open == 1, timeout=LONG_MS)
        assert (folder / "adding.py").read_text() == mine
        assert workspace.review.strip.words() == "Nothing of this session is in your files."


def test_a_window_closed_in_the_middle_is_offered_to_resume(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    before = children()
    with window(look, qtbot) as made:
        begin(qtbot, opened(made, folder))
        made.close()
        assert children() == before
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        qtbot.waitUntil(lambda: bool(listed(workspace)), timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.agent_state == "stopped", timeout=LONG_MS)
        assert workspace.state == "idle"
        made.registry.run("agent.resume")
        qtbot.waitUntil(lambda: workspace.agent_state == "running", timeout=LONG_MS)
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        assert "fixed" in workspace.status.words()


def test_the_list_of_sessions_follows_a_pause(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        begin(qtbot, workspace)
        workspace.link.bridge.pause()
        qtbot.waitUntil(lambda: words(workspace) == ["paused"], timeout=LONG_MS)
        workspace.link.bridge.stop()
        qtbot.waitUntil(lambda: workspace.state == "idle", timeout=LONG_MS)
        qtbot.waitUntil(lambda: listed(workspace) == ["stopped"], timeout=LONG_MS)


def test_words_come_back_where_nothing_came_of_them(
    look: Appearance, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = project(tmp_path / "sums")
    with window(look, qtbot) as made:
        workspace = opened(made, folder)
        workspace.composer.set_draft("Mend the sums.")
        (folder / "test_adding.py").unlink()
        workspace.composer.start_asked.emit(workspace.composer.task_draft())
        workspace.composer.text.clear()
        qtbot.waitUntil(workspace.notice.isVisible, timeout=LONG_MS)
        assert workspace.composer.draft() == "Mend the sums."
        assert workspace.agent_state == "idle"


def listed(workspace: WorkspaceView) -> list[overview.State]:
    return [row.state for row in workspace.sessions.rows()]


def words(workspace: WorkspaceView) -> list[str]:
    return [row.words for row in workspace.sessions.rows()]
