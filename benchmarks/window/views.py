"""What single views cost with much in them, in the real look, shown at the size they have.

`python -m benchmarks.window.views SIZES` (a `Sizes` as JSON) prints a `Views`.
"""

import itertools
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QAbstractScrollArea, QApplication

from agent_core import results
from agent_core.events import (
    Event,
    Record,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from benchmarks.window.opened import application
from desktop.appearance import Appearance
from desktop.views.editor_tabs import EditorTabs
from desktop.views.project_tree import ProjectTree
from desktop.views.review import ReviewPage
from desktop.views.text_page import TextPage
from desktop.views.timeline import Timeline
from editors.diff import FileDiff, diff_bytes

RIGHT = (860, 760)
"""Size of the tab area in a window of 1280 by 800."""
MIDDLE = (420, 640)
LEFT = (240, 500)
PATIENCE_S = 60.0
AFTER = ("", "", "# the end")


class Sizes(msgspec.Struct, frozen=True):
    """How much to show, and how often."""

    events: int = 100_000
    appends: int = 200
    file_lines: int = 20_000
    diff_lines: int = 20_000
    hunks: int = 400
    entries: int = 100_000
    rounds: int = 5


class Views(msgspec.Struct, frozen=True):
    """CPU seconds, one for each round.

    append_s: one step's events appended and painted. file_s: a file opened until its first paint,
    threads included. list_s, diff_s: a change handed over until the list of its files is painted,
    and until its hunks are. tree_s, tree_turn_s: a folder opened until its rows are painted, in the
    window's thread; and its longest turn.
    """

    append_s: list[float]
    file_s: list[float]
    list_s: list[float]
    diff_s: list[float]
    tree_s: list[float]
    tree_turn_s: list[float]


def views(sizes: Sizes) -> Views:
    """Measure all of them."""
    app, look = application()
    with tempfile.TemporaryDirectory(prefix="desktop-") as name:
        folder = Path(name)
        (folder / "long.py").write_text(source(sizes.file_lines), encoding="utf-8")
        many = folder / "project" / "many"
        many.mkdir(parents=True)
        for number in range(sizes.entries):
            (many / f"file_{number:06}.txt").touch()
        change = big_change(sizes.diff_lines, sizes.hunks)
        files, lists, diffs, trees = [], [], [], []
        for _ in range(sizes.rounds):  # in turn, so that a busy moment falls on all of them
            files.append(open_file(look, folder, "long.py"))
            listed, painted = show_change(look, change)
            lists.append(listed)
            diffs.append(painted)
            trees.append(open_folder(app, look, many))
        appends = append(app, look, sizes)
    return Views(
        append_s=appends,
        file_s=files,
        list_s=lists,
        diff_s=diffs,
        tree_s=[total for total, _ in trees],
        tree_turn_s=[longest for _, longest in trees],
    )


def append(app: QApplication, look: Appearance, sizes: Sizes) -> list[float]:
    """Seconds of each step appended to a long timeline that is read at its end."""
    timeline = Timeline(look)
    timeline.resize(*MIDDLE)
    timeline.show()
    records = steps()
    timeline.set_records(list(itertools.islice(records, sizes.events)))
    app.processEvents()
    costs = []
    for _ in range(sizes.appends):
        batch = tuple(itertools.islice(records, 4))
        began = time.thread_time()
        timeline.append(batch)
        app.processEvents()
        costs.append(time.thread_time() - began)
    timeline.close()
    return costs


def open_file(look: Appearance, folder: Path, name: str) -> float:
    """CPU seconds from asking for a file until it is painted."""
    tabs = EditorTabs(look)
    tabs.resize(*RIGHT)
    tabs.set_root(folder)
    tabs.show()
    QApplication.processEvents()
    began = time.process_time()
    tabs.open_file(name)
    page = tabs.currentWidget()
    if not isinstance(page, TextPage):
        raise TypeError(f"{name} was opened as {page}")
    _paint(page.editor)
    taken = time.process_time() - began
    tabs.shut_down()
    tabs.close()
    tabs.deleteLater()
    QApplication.processEvents()
    return taken


def show_change(look: Appearance, change: tuple[FileDiff, ...]) -> tuple[float, float]:
    """CPU seconds from handing a change over until its files are listed, and its hunks painted."""
    page = ReviewPage(look)
    page.resize(*RIGHT)
    page.show()
    QApplication.processEvents()
    began = time.process_time()
    page.set_change(change, {})
    page.files.viewport().repaint()
    listed = time.process_time() - began
    page.hunks.viewport().repaint()
    painted = time.process_time() - began
    page.close()
    page.deleteLater()
    QApplication.processEvents()
    return listed, painted


def open_folder(app: QApplication, look: Appearance, many: Path) -> tuple[float, float]:
    """CPU seconds of the window's thread to show a folder's entries: all turns, and the longest."""
    tree = ProjectTree(look)
    tree.resize(*LEFT)
    tree.show()
    tree.set_root(many.parent)
    wanted = sum(1 for _ in many.iterdir()) + 1
    _turns(app, lambda: tree.model.row_of(many.name) >= 0 and not tree.is_busy())
    began = time.thread_time()
    tree.model.expand(tree.model.row_of(many.name))
    opened = time.thread_time() - began
    turns = _turns(app, lambda: tree.model.rowCount() >= wanted)
    began = time.thread_time()
    _paint(tree.view)
    shown = time.thread_time() - began
    tree.shut_down()
    tree.close()
    tree.deleteLater()
    app.processEvents()
    return opened + sum(turns) + shown, max(opened, *turns, shown)


def _turns(app: QApplication, holds: Callable[[], bool]) -> list[float]:
    """CPU seconds of each turn of the event loop until something holds."""
    costs: list[float] = []
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE_S:.0f} s in vain")
        QThread.msleep(1)
        began = time.thread_time()
        app.processEvents()
        costs.append(time.thread_time() - began)
    return costs


def _paint(area: QAbstractScrollArea) -> None:
    """Lay out and paint what is due."""
    QApplication.processEvents()
    area.viewport().repaint()


def source(lines: int) -> str:
    """Python of a module that people wrote, again and again up to so many lines."""
    text = Path(results.__file__).read_text(encoding="utf-8").splitlines()
    return "\n".join(itertools.islice(itertools.cycle(text), lines)) + "\n"


def big_change(lines: int, hunks: int) -> tuple[FileDiff, ...]:
    """So many changed and unchanged lines in so many hunks, ten to a file."""
    each = (lines // hunks - 6) // 2  # three lines before and three after are shown as well
    change = []
    for number in range(hunks // 10):
        old: list[str] = []
        new: list[str] = []
        for hunk in range(10):
            same = [f"    keep_{number}_{hunk}_{line} = call(alpha)" for line in range(12)]
            old += [*same, *(f"    v_{hunk}_{i} = compute(alpha) * {i}" for i in range(each))]
            new += [*same, *(f"    v_{hunk}_{i} = compute(beta) + {i}" for i in range(each))]
        before, after = ("\n".join([*text, *AFTER]).encode() for text in (old, new))
        change.append(diff_bytes(f"package/module_{number}.py", before, after))
    return tuple(change)


def steps() -> "itertools.chain[Record]":
    """A session's records without end: steps of four events, each with one call."""
    first = Record(seq=1, at=0.0, event=StretchStarted(number=1, budget_minutes=5.0))
    return itertools.chain([first], itertools.chain.from_iterable(map(_step, itertools.count(1))))


def _step(step: int) -> list[Record]:
    call = ToolCall(tool="list_files", arguments='{"pattern": "*"}', id=f"c{step}")
    events: tuple[Event, ...] = (
        TurnStarted(step=step),
        TurnEnded(step=step, reasoning=f"Look once more ({step}).", text="", calls=(call,)),
        ToolIntended(step=step, call=call, effect="reads"),
        ToolFinished(step, call.id, call.tool, "a.py", results.FilesListed(("a.py",), 1), 0.01),
    )
    return [Record(seq=4 * step + i, at=1.0 * step, event=event) for i, event in enumerate(events)]


if __name__ == "__main__":
    measured = views(msgspec.json.decode(sys.argv[1], type=Sizes))
    print(msgspec.json.encode(measured).decode())
