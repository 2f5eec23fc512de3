"""Every command of the window with its menu, keys and help; the one place where they are named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.commands import Command, Registry
from desktop.settings import Theme
from desktop.text_commands import add_text_commands

if TYPE_CHECKING:
    from desktop.main_window import MainWindow
    from desktop.workspace_view import WorkspaceView

ZOOM: Final = 1.1
THEMES: Final[dict[Theme, str]] = {
    "system": "Theme of the &system",
    "dark": "&Dark theme",
    "light": "&Light theme",
}

FILE, EDIT, VIEW, GO, AGENT, HELP = "&File", "&Edit", "&View", "&Go", "&Agent", "&Help"


def register(registry: Registry, window: MainWindow) -> None:
    """Add all of them, menu by menu."""
    _add_file(registry, window)
    _add_edit(registry, window)
    _add_view(registry, window)
    _add_go(registry, window)
    _add_agent(registry, window)
    _add_help(registry, window)


def _add_file(registry: Registry, window: MainWindow) -> None:
    opened = partial(_has_folder, window)
    registry.add(
        Command("folder.open", "&Open folder…", FILE, ("Ctrl+O",), "Work on another project"),
        window.ask_folder,
    )
    registry.add(
        Command("sample.open", "Open &sample", FILE, (), "Try it on a copy of a small project"),
        partial(window.open_sample, "invoices"),
    )
    registry.add(
        Command("file.quick_open", "&Quick open…", FILE, ("Ctrl+P",), "Open a file by its name"),
        window.show_quick_open,
        enabled=opened,
    )
    registry.add(
        Command("file.save", "&Save", FILE, ("Ctrl+S",), "Save the file that is shown"),
        _in(window, lambda workspace: workspace.tabs.save_current()),
        enabled=partial(_has_file, window),
    )
    registry.add(
        Command("file.close", "&Close tab", FILE, ("Ctrl+W",), "Close the file that is shown"),
        _in(window, lambda workspace: workspace.tabs.close_current()),
        enabled=partial(_has_file, window),
    )
    registry.add(
        Command("folder.close", "Close &folder", FILE, (), "Stop what runs; go to the first page"),
        lambda: _drop(window.close_folder()),
        enabled=opened,
    )
    registry.add(
        Command("quit", "&Quit", FILE, ("Ctrl+Q",), "Stop what runs and leave; sessions are kept"),
        lambda: _drop(window.close()),
    )


def _add_edit(registry: Registry, window: MainWindow) -> None:
    in_file = partial(_has_file, window)
    add_text_commands(registry, window, EDIT)
    registry.add(
        Command("edit.find", "&Find", EDIT, ("Ctrl+F",), "Find in the file or in the timeline"),
        _in(window, _find),
        enabled=partial(_has_folder, window),
    )
    registry.add(
        Command("edit.replace", "&Replace", EDIT, ("Ctrl+H",), "Find and replace in the file"),
        _in(window, lambda workspace: workspace.tabs.find_in_file(replacing=True)),
        enabled=in_file,
    )
    registry.add(
        Command("edit.go_to_line", "Go to &line…", EDIT, ("Ctrl+G",), "Jump to a line of the file"),
        _in(window, lambda workspace: workspace.tabs.ask_line()),
        enabled=in_file,
    )


def _add_view(registry: Registry, window: MainWindow) -> None:
    look, keeper = window.look, window.keeper
    registry.add(
        Command("palette", "Command &palette…", VIEW, ("Ctrl+Shift+P", "F1"), "Find any command"),
        window.show_palette,
    )
    for choice, title in THEMES.items():
        registry.add(
            Command(f"theme.{choice}", title, VIEW, (), "Change the colours at once"),
            partial(_set_theme, window, choice),
            checked=partial(lambda named: look.choice == named, choice),
        )
    registry.add(
        Command("theme.switch", "S&witch theme", VIEW, ("Ctrl+Shift+L",), "Dark to light and back"),
        lambda: _set_theme(window, "light" if look.theme == "dark" else "dark"),
    )

    def zoom(factor: float) -> None:
        look.set_scale(look.scale * factor if factor else 1.0)
        keeper.change(font_scale=look.scale)

    def zoom_code(factor: float) -> None:
        look.set_code_scale(look.code_scale * factor if factor else 1.0)
        keeper.change(code_scale=look.code_scale)

    for name, factor, title, keys, code_title, code_keys in (
        ("in", ZOOM, "&Bigger", ("Ctrl++", "Ctrl+="), "Bigger code", ("Ctrl+Alt++", "Ctrl+Alt+=")),
        ("out", 1 / ZOOM, "S&maller", ("Ctrl+-",), "Smaller code", ("Ctrl+Alt+-",)),
        ("reset", 0.0, "&Normal size", ("Ctrl+0",), "Normal code", ("Ctrl+Alt+0",)),
    ):
        registry.add(
            Command(f"zoom.{name}", title, VIEW, keys, "Size of all but code"),
            partial(zoom, factor),
        )
        registry.add(
            Command(f"code_zoom.{name}", code_title, VIEW, code_keys, "Size of code alone"),
            partial(zoom_code, factor),
        )
    registry.add(
        Command("density", "&Relaxed rows", VIEW, (), "More room between rows"),
        partial(_switch_density, window),
        checked=lambda: look.density == "relaxed",
    )
    registry.add(
        Command("colour_blind", "Diffs in &blue and orange", VIEW, (), "In place of green and red"),
        partial(_switch_colours, window),
        checked=lambda: look.colour_blind,
    )


def _add_go(registry: Registry, window: MainWindow) -> None:
    places: tuple[tuple[str, str, Callable[[WorkspaceView], QWidget]], ...] = (
        ("tree", "Project &tree", lambda workspace: workspace.tree),
        ("timeline", "T&imeline", lambda workspace: workspace.timeline),
        ("composer", "&Composer", lambda workspace: workspace.composer),
        ("editor", "&Editor", _editor),
        ("review", "&Review", lambda workspace: workspace.review),
        ("tests", "Te&sts", lambda workspace: workspace.tests),
        ("candidates", "C&andidates", lambda workspace: workspace.candidates),
        ("sessions", "Sess&ions", lambda workspace: workspace.sessions),
        ("port", "&Port", lambda workspace: workspace.port),
    )
    for number, (name, title, find) in enumerate(places, 1):
        registry.add(
            Command(f"go.{name}", title, GO, (f"Ctrl+{number}",), "Put the keys there"),
            _in(window, partial(_go_to, find)),
            enabled=partial(_has_place, window, find),
        )


def _add_agent(registry: Registry, window: MainWindow) -> None:
    def when(*states: str) -> Callable[[], bool]:
        return lambda: window.workspace is not None and window.workspace.agent_state in states

    registry.add(
        Command("agent.start", "&Start", AGENT, ("Ctrl+Return", "F5"), "Start the task as written"),
        _in(window, lambda workspace: workspace.composer.send.click()),
        enabled=when("idle"),
    )
    registry.add(
        Command("agent.resume", "&Resume", AGENT, ("Shift+F5",), "Go on with the session shown"),
        _in(window, lambda workspace: workspace.link.resume()),
        enabled=when("stopped"),
    )
    registry.add(
        Command("agent.pause", "&Pause or go on", AGENT, ("F6",), "Hold before the next step"),
        _in(window, lambda workspace: workspace.link.pause_or_go_on()),
        enabled=when("running", "paused"),
    )
    registry.add(
        Command("agent.stop", "S&top", AGENT, ("Shift+F6",), "Stop now; the session is kept"),
        _in(window, lambda workspace: workspace.link.bridge.stop()),
        enabled=when("running", "paused"),
    )
    registry.add(
        Command("agent.new", "&New session", AGENT, ("Ctrl+N",), "Make room for another task"),
        _in(window, lambda workspace: workspace.new_session()),
        enabled=when("idle", "stopped", "done"),
    )
    registry.add(
        Command("agent.follow", "&Follow", AGENT, ("F7",), "Show what the agent reads and edits"),
        _in(window, lambda workspace: workspace.set_following(on=not workspace.following.on)),
        enabled=partial(_has_folder, window),
        checked=lambda: window.workspace is not None and window.workspace.following.on,
    )
    registry.add(
        Command(
            "candidates.try",
            "Tr&y this survivor",
            AGENT,
            ("Ctrl+Shift+Return",),
            "Have the chosen candidate proven in place of the change",
        ),
        _in(window, lambda workspace: workspace.candidates.try_chosen()),
        enabled=lambda: window.workspace is not None and window.workspace.candidates.can_try(),
    )
    for action, title, help_ in (
        ("accept", "&Accept hunk", "Write the current hunk of the review; A there"),
        ("reject", "Re&ject hunk", "Leave the current hunk of the review out; R there"),
        ("undo", "&Undo decision", "Let the current hunk wait again; U in the review"),
    ):
        registry.add(
            Command(f"review.{action}", title, AGENT, (), help_),
            _in(window, partial(_review, action)),
            enabled=partial(_can_review, window, action),
        )


def _add_help(registry: Registry, window: MainWindow) -> None:
    registry.add(
        Command("help.keys", "&Keys", HELP, ("Ctrl+K",), "All commands and their keys"),
        window.show_shortcuts,
    )
    registry.add(
        Command("help.about", "&About Journeyman", HELP, (), "Version and licence"),
        window.show_about,
    )


def _in(window: MainWindow, run: Callable[[WorkspaceView], object]) -> Callable[[], None]:
    """A command that works on the open folder, and does nothing without one."""

    def act() -> None:
        if window.workspace is not None:
            run(window.workspace)

    return act


def _has_folder(window: MainWindow) -> bool:
    return window.workspace is not None


def _has_file(window: MainWindow) -> bool:
    return window.workspace is not None and bool(window.workspace.tabs.current_file())


def _review(action: str, workspace: WorkspaceView) -> None:
    workspace.review.act(action)


def _can_review(window: MainWindow, action: str) -> bool:
    return window.workspace is not None and window.workspace.review.can(action)


def _find(workspace: WorkspaceView) -> None:
    if workspace.timeline.isAncestorOf(workspace.window().focusWidget() or workspace):
        workspace.timeline.show_find()
    else:
        workspace.tabs.find_in_file()


def _editor(workspace: WorkspaceView) -> QWidget:
    """The file that is shown, else the last one."""
    if not workspace.tabs.current_file() and (files := workspace.tabs.open_files()):
        workspace.tabs.open_file(files[-1])
    return workspace.tabs.currentWidget()


def _go_to(find: Callable[[WorkspaceView], QWidget], workspace: WorkspaceView) -> None:
    place = find(workspace)
    if workspace.tabs.indexOf(place) >= 0:
        workspace.tabs.setCurrentWidget(place)
    place.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _has_place(window: MainWindow, find: Callable[[WorkspaceView], QWidget]) -> bool:
    """Whether there is such a place now: not every session has every page."""
    workspace = window.workspace
    if workspace is None:
        return False
    tab = workspace.tabs.indexOf(find(workspace))
    return tab < 0 or workspace.tabs.isTabVisible(tab)


def _set_theme(window: MainWindow, choice: Theme) -> None:
    window.look.set_theme(choice)
    window.keeper.change(theme=choice)


def _switch_density(window: MainWindow) -> None:
    window.look.set_density("compact" if window.look.density == "relaxed" else "relaxed")
    window.keeper.change(density=window.look.density)


def _switch_colours(window: MainWindow) -> None:
    window.look.set_colour_blind(not window.look.colour_blind)
    window.keeper.change(colour_blind=window.look.colour_blind)


def _drop(_: object) -> None:
    """Take a command's result, which nobody asked for."""
