"""The forms behind the composer's chips: check, interpreter, model, budget."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QWidget,
)

from agent_core.models.choice import BUILT_IN, KEY, OPENAI, ModelChoice
from agent_core.task import Budget, Check
from desktop.appearance import Appearance
from desktop.views.chips import ChipEditor

NO_LIMIT = "no limit"


class CheckEditor(ChipEditor):
    """What must hold before the task is done."""

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(look, "Done when", parent)
        self.every = QRadioButton("all tests pass", self)
        self.some = QRadioButton("these tests pass, and nothing else breaks", self)
        self.tests = _lines(self, "Names of tests", "tests/test_shop.py::test_total")
        self.command = _field(self, "Test command", "found out by itself")
        self.commands = _lines(self, "Further commands", "ruff check .")
        for widget in (self.every, self.some, self.tests):
            self.column.addWidget(widget)
        self.column.addWidget(self.caption("Run the tests with", quiet=True))
        self.column.addWidget(self.command)
        self.column.addWidget(
            self.caption("Commands that succeed too, one a line (language models only)", quiet=True)
        )
        self.column.addWidget(self.commands)
        self.add_done()
        self.tests.textChanged.connect(self._name_some)

    def set_check(self, check: Check) -> None:
        """Show a check."""
        self.tests.setPlainText("\n".join(check.tests))
        (self.some if check.tests else self.every).setChecked(True)
        self.command.setText(check.test_command or "")
        self.commands.setPlainText("\n".join(check.commands))

    def check(self) -> Check:
        """The check as the form says it."""
        return Check(
            tests=_texts(self.tests) if self.some.isChecked() else (),
            test_command=self.command.text().strip() or None,
            commands=_texts(self.commands),
        )

    def _name_some(self) -> None:
        if self.tests.hasFocus():
            self.some.setChecked(True)


class ToolchainEditor(ChipEditor):
    """Which interpreter runs the project, and why that one."""

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(look, "Interpreter of the project", parent)
        self.why = self.caption("", quiet=True)
        self.field = _field(self, "Another interpreter", "path of another one")
        self.column.addWidget(self.why)
        self.column.addWidget(self.field)
        self.add_done()

    def set_toolchain(self, why: str, python: str) -> None:
        """Show what was found, and what was named instead."""
        self.why.setText(why)
        self.field.setText(python)

    def python(self) -> str:
        """The interpreter that was named, "" for the one found."""
        return self.field.text().strip()


class ModelEditor(ChipEditor):
    """What decides the next step."""

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(look, "Model", parent)
        self.built_in = QRadioButton("Built-in: searches for small changes", self)
        self.language = QRadioButton("A language model, OpenAI's protocol", self)
        self.name = _field(self, "Name of the model", "name, as its endpoint calls it")
        self.address = _field(self, "Address of the endpoint", "http://127.0.0.1:11434/v1")
        self.column.addWidget(self.built_in)
        self.column.addWidget(
            self.caption("Turns red tests green; needs no key and no network.", quiet=True)
        )
        for widget in (self.language, self.name, self.address):
            self.column.addWidget(widget)
        self.key = self.caption("", quiet=True)
        self.trust = self.caption("", quiet=True)
        self.column.addWidget(self.key)
        self.column.addWidget(self.trust)
        self.add_done()
        self.name.textEdited.connect(lambda: self.language.setChecked(True))
        self.address.textEdited.connect(lambda: self.language.setChecked(True))

    def set_choice(self, choice: ModelChoice) -> None:
        """Show a model."""
        (self.language if choice.speaks else self.built_in).setChecked(True)
        self.name.setText(choice.spec.removeprefix(OPENAI) if choice.speaks else "")
        self.address.setText(choice.base_url)

    def set_surroundings(self, environ: Mapping[str, str], *, trusted: bool) -> None:
        """Say where its key comes from, and what stands between it and the machine."""
        known = (
            "is set" if environ.get(KEY) else "is not set; an address on this machine needs none"
        )
        self.key.setText(f"Its key is read from {KEY}, which {known}. It is never kept.")
        asked = (
            "You have allowed it to run this repository's tests."
            if trusted
            else "You are asked once before it runs this repository's tests."
        )
        self.trust.setText(f"isolation: none. {asked}")

    def choice(self) -> ModelChoice:
        """The model as the form says it."""
        address, name = self.address.text().strip(), self.name.text().strip()
        if self.built_in.isChecked():
            return ModelChoice(spec=BUILT_IN, base_url=address)
        return ModelChoice(spec=f"{OPENAI}{name}", base_url=address)


class BudgetEditor(ChipEditor):
    """What one stretch of running may spend."""

    def __init__(self, look: Appearance, parent: QWidget) -> None:
        super().__init__(look, "Budget", parent)
        self.minutes = QDoubleSpinBox(self)
        self.minutes.setRange(0.1, 24 * 60)
        self.minutes.setDecimals(1)
        self.steps = QSpinBox(self)
        self.steps.setRange(1, 10_000)
        self.tokens = QSpinBox(self)
        self.tokens.setRange(0, 1_000_000_000)
        self.tokens.setSingleStep(10_000)
        self.tokens.setGroupSeparatorShown(True)
        self.money = QDoubleSpinBox(self)
        self.money.setRange(0, 10_000)
        self.money.setPrefix("$ ")
        form = QFormLayout()
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        rows = (("Minutes", self.minutes), ("Steps", self.steps), ("Tokens", self.tokens),
                ("Money", self.money))  # fmt: skip
        for name, box in rows:
            box.setAccessibleName(name)
            form.addRow(self.caption(name), box)
        for box in (self.tokens, self.money):
            box.setSpecialValueText(NO_LIMIT)
        self.column.addLayout(form)
        self.column.addWidget(
            self.caption("Steps, tokens and money are a language model's.", quiet=True)
        )
        self.add_done()

    def set_budget(self, budget: Budget) -> None:
        """Show a budget."""
        self.minutes.setValue(budget.minutes)
        self.steps.setValue(budget.steps)
        self.tokens.setValue(budget.tokens or 0)
        self.money.setValue(budget.money or 0.0)

    def budget(self) -> Budget:
        """The budget as the form says it."""
        return Budget(
            minutes=self.minutes.value(),
            steps=self.steps.value(),
            tokens=self.tokens.value() or None,
            money=self.money.value() or None,
        )


def _field(parent: QWidget, name: str, hint: str) -> QLineEdit:
    field = QLineEdit(parent)
    field.setAccessibleName(name)
    field.setPlaceholderText(hint)
    return field


def _lines(parent: QWidget, name: str, hint: str) -> QPlainTextEdit:
    lines = QPlainTextEdit(parent)
    lines.setProperty("tone", "field")
    lines.setAccessibleName(name)
    lines.setPlaceholderText(hint)
    lines.setTabChangesFocus(True)
    lines.setFixedHeight(3 * lines.fontMetrics().height() + 18)
    return lines


def _texts(lines: QPlainTextEdit) -> tuple[str, ...]:
    texts = (line.strip() for line in lines.toPlainText().splitlines())
    return tuple(text for text in texts if text)
