"""Where a task is written, started, steered and stopped."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from agent_core import approvals
from agent_core.facts import Facts
from agent_core.models.choice import ModelChoice
from agent_core.task import Budget
from desktop.appearance import Appearance
from desktop.models.advice import in_window
from desktop.models.task_draft import (
    TaskDraft,
    budget_words,
    check_words,
    toolchain_why,
    toolchain_words,
)
from desktop.views.buttons import IconButton
from desktop.views.chip_editors import BudgetEditor, CheckEditor, ModelEditor, ToolchainEditor
from desktop.views.chips import Chip, ChipBar, ChipEditor
from desktop.views.composer_text import ComposerText
from desktop.views.composer_trust import TrustQuestion
from desktop.views.labels import label, set_tone

State = Literal["idle", "running", "paused", "stopping", "stopped", "done", "read_only"]

PLACEHOLDERS: Final[dict[State, str]] = {
    "idle": "What is to be done? Left empty: make the failing tests pass.",
    "running": "Say something to the agent",
    "paused": "Say something to the agent",
    "stopping": "Stopping",
    "stopped": "Say what is to be done next",
    "done": "Say what is to be done next",
    "read_only": "This can only be looked at",
}
WORDLESS: Final[dict[State, str]] = {
    "running": "The built-in model takes no words",
    "paused": "The built-in model takes no words",
    "stopped": "A follow-up in words needs a language model",
    "done": "A follow-up in words needs a language model",
}
"""What stands there instead for a model that reads no words."""
HINTS: Final[dict[State, str]] = {
    "idle": "Enter starts, Shift+Enter begins a new line",
    "running": "Enter sends it before the next turn",
    "paused": "Held before its next step",
    "stopping": "What is under way is taken back",
    "stopped": "Resume goes on with it",
    "done": "Enter follows up; a new session begins another task",
    "read_only": "Another Journeyman works on this project",
}
MUTE_HINTS: Final[dict[State, str]] = {
    "paused": HINTS["paused"],
    "stopped": HINTS["stopped"],
    "done": "It is done; a new session begins another task",
}
EXHAUSTED: Final = "All that the built-in model can try is tried; a language model goes further"
SENT: Final = "Sent to the agent before its next turn"
DEAF: Final = "The built-in model reads no words; choose a language model for that"


class Composer(QWidget):
    """The goal, its chips, and the buttons that the state of the session allows."""

    start_asked = Signal(object)
    steer_asked = Signal(str)
    follow_up_asked = Signal(str)
    pause_asked = Signal()
    unpause_asked = Signal()
    stop_asked = Signal()
    resume_asked = Signal()
    draft_changed = Signal(str)
    choice_changed = Signal(object)
    """Another ModelChoice."""
    detect_asked = Signal(str, str)
    """Another interpreter or test command was named: facts are to be found anew with them."""

    def __init__(self, look: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._origin: Path | None = None
        self._facts: Facts | None = None
        self._state: State = "idle"
        self._exhausted = False
        self._task = TaskDraft()
        self.text = ComposerText(self)
        self.chips = ChipBar(look, self)
        self.check_chip = self._chip("Done when", "circle-check", self._edit_check)
        self.toolchain_chip = self._chip("Interpreter", "terminal", self._edit_toolchain)
        self.model_chip = self._chip("Model", "cpu", self._edit_model)
        self.budget_chip = self._chip("Budget", "timer", self._edit_budget)
        self.isolation = label("isolation: none", tone="caption")
        self.hint = label("", tone="caption", wrap=True)
        self.resume = self._button("Resume", self.resume_asked.emit)
        self.pause = self._button("Pause", self._pause)
        self.stop = self._button("Stop", self.stop_asked.emit)
        self.send = self._button("Start", self._enter)
        self._lay_out()
        self.text.entered.connect(self._enter)
        self.text.textChanged.connect(self._changed)
        look.changed.connect(self._restyle)
        self._restyle()
        self._show_state()

    def set_origin(self, origin: Path | None) -> None:
        """Say which folder a task would be about; what was found of another one is forgotten."""
        self._origin, self._facts = origin, None
        self._task = msgspec.structs.replace(self._task, python="")
        self._show_state()

    def set_facts(self, facts: Facts) -> None:
        """Show what was found of the folder; of another one it is dropped."""
        if self._origin is not None and facts.origin == str(self._origin):
            self._facts = facts
            self._show_state()

    def set_choice(self, choice: ModelChoice) -> None:
        """Choose the model."""
        self._take(choice=choice)

    def set_state(self, state: State) -> None:
        """Offer what can be done now."""
        self._state = state
        self._show_state()

    def set_exhausted(self, *, on: bool) -> None:
        """Whether the built-in model would find no more by going on."""
        if on != self._exhausted:
            self._exhausted = on
            self._show_state()

    def choice(self) -> ModelChoice:
        """The model that is chosen."""
        return self._task.choice

    def budget(self) -> Budget:
        """The budget that is chosen."""
        return self._task.budget

    def draft(self) -> str:
        """What stands in the text."""
        return self.text.toPlainText()

    def set_draft(self, text: str) -> None:
        """Put a kept text in."""
        if text != self.draft():
            self.text.setPlainText(text)

    def mention(self, path: str, line: int) -> None:
        """Begin a remark on a line of a file, below what is written already."""
        before = self.draft().rstrip()
        self.text.setPlainText(f"{before}\n{path}:{line}: ".lstrip())
        self.text.moveCursor(QTextCursor.MoveOperation.End)
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def task_draft(self) -> TaskDraft:
        """The task as text and chips say it."""
        return msgspec.structs.replace(self._task, goal=self.draft())

    def _enter(self) -> None:
        said = self.draft().strip()
        match self._state:
            case "idle":
                self._start()
            case "running" | "paused" if said:
                self._speak(self.steer_asked.emit, said, SENT)
            case "stopped" | "done" if said:
                self._speak(self.follow_up_asked.emit, said, "")
            case _:
                return  # an empty box says nothing, not even to go on

    def _speak(self, send: Callable[[str], None], said: str, told: str) -> None:
        if not self._task.choice.speaks:
            self._tell(DEAF, tone="warning")
        elif self._allowed():
            self.text.clear()
            send(said)
            if told:
                self._tell(told)

    def _start(self) -> None:
        draft = self.task_draft()
        objection = draft.objection()
        if self._origin is None:
            objection = "Open a folder first."
        elif self._facts is not None and self._facts.problem and not draft.task().check.beside:
            objection = in_window(self._facts.problem)
        if objection:
            self._tell(objection, tone="warning")
        elif self._allowed():
            self.text.clear()
            self.start_asked.emit(draft)

    def _tell(self, words: str, *, tone: str = "caption") -> None:
        set_tone(self.hint, tone)
        self.hint.setText(words)

    def _allowed(self) -> bool:
        """Whether tests may be run for this model; asks once a repository."""
        origin = self._origin
        if origin is None or not self._task.choice.speaks or approvals.trusted(origin):
            return True
        if not TrustQuestion(self._look, origin, self).exec():
            return False
        approvals.trust(origin)
        return True

    def _pause(self) -> None:
        (self.unpause_asked if self._state == "paused" else self.pause_asked).emit()

    def _changed(self) -> None:
        self.draft_changed.emit(self.draft())
        self._show_promise()
        self._show_hint()
        self._show_buttons()

    def _edit_check(self) -> None:
        form = CheckEditor(self._look, self)
        form.set_check(self._task.check)
        form.changed.connect(lambda: self._take(check=form.check()))
        self._open(form, self.check_chip)

    def _edit_toolchain(self) -> None:
        form = ToolchainEditor(self._look, self)
        form.set_toolchain(toolchain_why(self._facts), self._task.python)
        form.changed.connect(lambda: self._take(python=form.python()))
        self._open(form, self.toolchain_chip)

    def _edit_model(self) -> None:
        form = ModelEditor(self._look, self)
        form.set_choice(self._task.choice)
        trusted = self._origin is not None and approvals.trusted(self._origin)
        form.set_surroundings(os.environ, trusted=trusted)
        form.changed.connect(lambda: self._take(choice=form.choice()))
        self._open(form, self.model_chip)

    def _edit_budget(self) -> None:
        form = BudgetEditor(self._look, self)
        form.set_budget(self._task.budget)
        form.changed.connect(lambda: self._take(budget=form.budget()))
        self._open(form, self.budget_chip)

    def _open(self, form: ChipEditor, chip: Chip) -> None:
        form.finished.connect(form.deleteLater)
        form.finished.connect(lambda _: chip.setFocus(Qt.FocusReason.PopupFocusReason))
        form.open_at(chip)

    def _take(self, **fields: object) -> None:
        before = self._task
        self._task = msgspec.structs.replace(before, **fields)
        command = self._task.check.test_command
        if (before.python, before.check.test_command) != (self._task.python, command):
            self._facts = None
            self.detect_asked.emit(self._task.python, command or "")
        if before.choice != self._task.choice:
            self.choice_changed.emit(self._task.choice)
        self._show_state()

    def _show_state(self) -> None:
        task, facts = self._task, self._facts
        self._show_promise()
        self.toolchain_chip.say(
            toolchain_words(facts, task.python),
            why=toolchain_why(facts),
            warns=bool(facts and facts.problem),
        )
        self.model_chip.say(task.choice.shown, why=task.choice.base_url)
        fresh = self._state == "idle"
        for chip in (self.check_chip, self.toolchain_chip):
            chip.setEnabled(fresh)
        for chip in (self.model_chip, self.budget_chip):
            chip.setEnabled(self._state in {"idle", "stopped", "done"})
        self.isolation.setVisible(task.choice.speaks)
        self.chips.place()
        words = WORDLESS if self._mute else PLACEHOLDERS
        self.text.setPlaceholderText(words[self._state])
        self.text.setReadOnly(self._state in {"read_only", "stopping"})
        self._show_hint()
        self._show_buttons()

    def _show_promise(self) -> None:
        """What has to hold and may be spent, which depends on what stands in the text."""
        task, speaks = self.task_draft().task(), self._task.choice.speaks
        self.check_chip.say(check_words(task.check), why=task.check.sentence())
        self.budget_chip.say(budget_words(task.budget, speaks=speaks))
        self.chips.place()

    @property
    def _mute(self) -> bool:
        """Whether nothing that is typed now would be read."""
        return not self._task.choice.speaks and self._state in WORDLESS

    @property
    def _in_vain(self) -> bool:
        """Whether going on could find nothing."""
        return self._exhausted and self._state == "stopped" and not self._task.choice.speaks

    def _show_hint(self) -> None:
        if self._in_vain:
            self._tell(EXHAUSTED)
        else:
            self._tell(MUTE_HINTS.get(self._state, "") if self._mute else HINTS[self._state])

    def _show_buttons(self) -> None:
        state, said = self._state, bool(self.draft().strip())
        working = state in {"running", "paused"}
        follow = {"stopped": "Follow up", "done": "Follow up"}
        names = {"idle": "Start", "running": "Send", "paused": "Send", **follow}
        self.send.setText(names.get(state, "Start"))
        self.send.setVisible(state == "idle" or (said and state != "read_only"))
        self.send.setEnabled(self._origin is not None and state != "stopping")
        self.pause.setVisible(working)
        self.pause.setText("Go on" if state == "paused" else "Pause")
        self.stop.setVisible(working or state == "stopping")
        self.stop.setEnabled(working)
        self.resume.setVisible(state == "stopped" and not said)
        # One accented button: what is most likely to come next.
        self.send.setDefault(self.send.isVisibleTo(self))
        self.resume.setDefault(self.resume.isVisibleTo(self) and not self._in_vain)
        ink = "on_accent" if self.resume.isDefault() else "text2"
        self.resume.setIcon(self._look.icon("play", ink))

    def _lay_out(self) -> None:
        for chip in (self.check_chip, self.toolchain_chip, self.model_chip, self.budget_chip):
            self.chips.add(chip)
        self.chips.add(self.isolation)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.hint, 1)
        for button in (self.resume, self.pause, self.stop, self.send):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.text)
        column.addWidget(self.chips)
        column.addLayout(buttons)
        self.setFocusProxy(self.text)

    def _chip(self, about: str, icon: str, edit: object) -> Chip:
        chip = Chip(self._look, about, icon, self)
        chip.clicked.connect(edit)
        return chip

    def _button(self, name: str, run: object) -> IconButton:
        button = IconButton(self._look, name, self)
        button.clicked.connect(run)
        return button

    def _restyle(self) -> None:
        look = self._look
        self.text.restyle()
        icons = ((self.send, "play", "on_accent"), (self.pause, "pause", "text2"),
                 (self.stop, "square", "text2"))  # fmt: skip
        for button, icon, ink in icons:
            button.setIcon(look.icon(icon, ink))
        self._show_buttons()
        self.chips.place()
