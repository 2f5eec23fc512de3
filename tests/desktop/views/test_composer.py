"""The composer on real widgets: what Enter does in each state, chips, and the one question."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from agent_core import approvals
from agent_core.facts import Facts
from agent_core.models.choice import KEY, ModelChoice
from agent_core.task import Budget, Check
from desktop.appearance import Appearance
from desktop.models.task_draft import WORDLESS
from desktop.views.chip_editors import BudgetEditor, CheckEditor, ModelEditor, ToolchainEditor
from desktop.views.chips import Chip
from desktop.views.composer import EXHAUSTED, SENT, Composer
from desktop.views.composer_trust import TrustQuestion
from runners.toolchain import Toolchain

SPEAKS = ModelChoice("openai:kimi", "http://127.0.0.1:1/v1")
STATES = ("idle", "running", "paused", "stopping", "stopped", "done", "read_only")


@pytest.fixture
def composer(qtbot: QtBot, look: Appearance, tmp_path: Path) -> Composer:
    composer = Composer(look)
    qtbot.addWidget(composer)
    composer.resize(420, 200)
    composer.show()
    composer.set_origin(tmp_path)
    return composer


def enter(qtbot: QtBot, composer: Composer) -> None:
    QTest.keyClick(composer.text, Qt.Key.Key_Return)


def test_enter_starts_with_what_text_and_chips_say(qtbot: QtBot, composer: Composer) -> None:
    composer.set_draft("Make the failing tests pass.")
    with qtbot.waitSignal(composer.start_asked) as asked:
        enter(qtbot, composer)
    draft = asked.args[0]
    assert draft.task().goal == "Make the failing tests pass."
    assert draft.budget == Budget()
    assert composer.draft() == ""


def test_shift_enter_begins_a_line_and_the_box_grows(qtbot: QtBot, composer: Composer) -> None:
    small = composer.text.height()
    for _ in range(5):
        QTest.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert composer.draft() == "\n" * 5
    assert composer.text.height() > small


def test_enter_while_an_input_method_composes_sends_nothing(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    approvals.trust(tmp_path)
    composer.set_choice(SPEAKS)
    QApplication.sendEvent(composer.text, QInputMethodEvent("にほ", []))
    with qtbot.assertNotEmitted(composer.start_asked):
        enter(qtbot, composer)
    done = QInputMethodEvent("", [])
    done.setCommitString("日本")
    QApplication.sendEvent(composer.text, done)
    with qtbot.waitSignal(composer.start_asked) as asked:
        enter(qtbot, composer)
    assert asked.args[0].goal == "日本"


def test_the_same_box_steers_a_running_session_and_follows_up_a_stopped_one(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    approvals.trust(tmp_path)
    composer.set_choice(SPEAKS)
    composer.set_state("running")
    QTest.keyClicks(composer.text, "not there")
    with qtbot.waitSignal(composer.steer_asked) as asked:
        enter(qtbot, composer)
    assert (asked.args, composer.hint.text()) == (["not there"], SENT)
    composer.set_state("stopped")
    with qtbot.assertNotEmitted(composer.resume_asked):
        enter(qtbot, composer)
    with qtbot.waitSignal(composer.resume_asked):
        composer.resume.click()
    QTest.keyClicks(composer.text, "one more")
    with qtbot.waitSignal(composer.follow_up_asked) as asked:
        enter(qtbot, composer)
    assert asked.args == ["one more"]


def test_words_the_built_in_model_does_not_read_start_nothing(
    qtbot: QtBot, composer: Composer
) -> None:
    QTest.keyClicks(composer.text, "Add a cache")
    with qtbot.assertNotEmitted(composer.start_asked):
        enter(qtbot, composer)
    assert (composer.hint.text(), composer.hint.property("tone")) == (WORDLESS, "warning")
    assert composer.draft() == "Add a cache"
    composer.set_draft("")
    assert composer.hint.property("tone") == "caption"
    with qtbot.waitSignal(composer.start_asked):
        enter(qtbot, composer)


def test_words_for_a_port_start_one_even_where_there_are_no_tests(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    composer.set_facts(Facts(str(tmp_path), None, problem="No tests were found"))
    assert composer.check_chip.text() == "All tests"
    QTest.keyClicks(composer.text, "Convert this Flask project to Rust")
    assert composer.check_chip.text() == "Compiles, same answers"
    assert composer.budget_chip.text() == "30 min"
    with qtbot.waitSignal(composer.start_asked) as asked:
        enter(qtbot, composer)
    task = asked.args[0].task()
    assert (task.port, len(task.check.proofs)) == (True, 2)


def test_a_folder_without_tests_says_what_to_do_in_the_window(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    chain = Toolchain("/usr/bin/python3", "3.11.17", "on PATH", "/usr", "/usr", "8.3.0")
    problem = "No tests were found\nhint: name the command: --test-command 'pytest x.py'"
    composer.set_facts(Facts(str(tmp_path), chain, problem=problem))
    with qtbot.assertNotEmitted(composer.start_asked):
        enter(qtbot, composer)
    assert "“Run the tests with”" in composer.hint.text()
    assert "--" not in composer.hint.text()
    assert composer.hint.property("tone") == "warning"


def test_the_built_in_model_is_not_talked_to(qtbot: QtBot, composer: Composer) -> None:
    composer.set_state("running")
    QTest.keyClicks(composer.text, "hello")
    with qtbot.assertNotEmitted(composer.steer_asked):
        enter(qtbot, composer)
    assert "reads no words" in composer.hint.text()
    assert composer.draft() == "hello"


@pytest.mark.parametrize(
    ("state", "seen"),
    [
        ("idle", {"Start"}),
        ("running", {"Pause", "Stop"}),
        ("paused", {"Go on", "Stop"}),
        ("stopping", {"Stop"}),
        ("stopped", {"Resume"}),
        ("done", set()),
        ("read_only", set()),
    ],
)
def test_each_state_offers_what_can_be_done(composer: Composer, state: str, seen: set[str]) -> None:
    composer.set_state(state)  # type: ignore[arg-type]  # the names come from the table above
    buttons = (composer.resume, composer.pause, composer.stop, composer.send)
    assert {button.text() for button in buttons if button.isVisible()} == seen


def test_where_going_on_finds_no_more_resume_is_not_urged(composer: Composer) -> None:
    composer.set_state("stopped")
    assert composer.resume.isDefault()
    assert composer.text.placeholderText() == "A follow-up in words needs a language model"
    composer.set_exhausted(on=True)
    assert (composer.resume.isVisible(), composer.resume.isDefault()) == (True, False)
    assert composer.hint.text() == EXHAUSTED
    composer.set_choice(SPEAKS)
    assert composer.resume.isDefault()
    assert composer.hint.text() == "Resume goes on with it"
    assert composer.text.placeholderText() == "Say what is to be done next"


def test_a_remark_begins_with_its_line_below_what_is_written(composer: Composer) -> None:
    composer.mention("shop.py", 3)
    assert composer.draft() == "shop.py:3: "
    QTest.keyClicks(composer.text, "why?")
    composer.mention("cart.py", 7)
    QTest.keyClicks(composer.text, "no")
    assert composer.draft() == "shop.py:3: why?\ncart.py:7: no"
    assert composer.text.hasFocus()


def test_four_chips_fit_one_row_of_the_column(composer: Composer, tmp_path: Path) -> None:
    chain = Toolchain("/usr/bin/python3", "3.11.17", "on PATH", "/usr", "/usr", "8.3.0")
    composer.set_facts(Facts(str(tmp_path), chain, "pytest"))
    QApplication.processEvents()
    assert {chip.y() for chip in composer.chips.findChildren(Chip)} == {0}


def test_the_form_of_the_model_says_where_the_key_comes_from(
    qtbot: QtBot, look: Appearance, composer: Composer
) -> None:
    form = ModelEditor(look, composer)
    qtbot.addWidget(form)
    form.set_surroundings({KEY: "secret"}, trusted=False)
    assert f"{KEY}, which is set." in form.key.text()
    assert "isolation: none. You are asked" in form.trust.text()
    form.set_surroundings({}, trusted=True)
    assert "is not set" in form.key.text()
    assert "allowed" in form.trust.text()
    assert "secret" not in form.key.text()


def test_pause_and_stop_are_asked_for(qtbot: QtBot, composer: Composer) -> None:
    composer.set_state("running")
    with qtbot.waitSignal(composer.pause_asked):
        composer.pause.click()
    with qtbot.waitSignal(composer.stop_asked):
        composer.stop.click()
    composer.set_state("paused")
    with qtbot.waitSignal(composer.unpause_asked):
        composer.pause.click()


def test_nothing_starts_without_a_folder_or_with_tests_that_cannot_run(
    qtbot: QtBot, composer: Composer, tmp_path: Path
) -> None:
    composer.set_facts(Facts(str(tmp_path), problem="No tests were found\nhint: write one"))
    with qtbot.assertNotEmitted(composer.start_asked):
        enter(qtbot, composer)
    assert composer.hint.text() == "No tests were found\nhint: write one"
    composer.set_origin(None)
    with qtbot.assertNotEmitted(composer.start_asked):
        enter(qtbot, composer)


def test_facts_of_another_folder_are_dropped(composer: Composer) -> None:
    composer.set_facts(Facts("/elsewhere", problem="No tests"))
    assert composer.toolchain_chip.text() == "Looking for Python"


@pytest.mark.parametrize("allows", [True, False])
def test_a_language_model_may_run_tests_after_one_question(
    qtbot: QtBot, composer: Composer, tmp_path: Path, *, allows: bool
) -> None:
    composer.set_choice(SPEAKS)
    assert composer.isolation.isVisible()
    composer.set_draft("Add a flag")
    asked: list[object] = []
    composer.start_asked.connect(asked.append)

    def answer() -> None:
        question = QApplication.activeModalWidget()
        assert isinstance(question, TrustQuestion)
        assert question.refuse.isDefault()
        (question.allow if allows else question.refuse).click()

    QTimer.singleShot(0, answer)
    enter(qtbot, composer)
    assert (bool(asked), approvals.trusted(tmp_path)) == (allows, allows)
    if allows:
        composer.set_draft("And another")
        enter(qtbot, composer)
        assert len(asked) == 2
    else:
        assert composer.draft() == "Add a flag"


def test_chips_wrap_and_every_control_has_a_name(composer: Composer) -> None:
    composer.resize(260, 300)
    QApplication.processEvents()
    chips = [composer.check_chip, composer.toolchain_chip, composer.model_chip]
    assert len({chip.y() for chip in chips}) > 1
    assert all(chip.geometry().right() <= composer.chips.width() for chip in chips)
    assert all(
        button.accessibleName() or button.text() for button in composer.findChildren(QPushButton)
    )
    assert composer.toolchain_chip.accessibleName() == "Interpreter: Looking for Python"


def test_a_chip_opens_its_form_by_keyboard_and_takes_what_it_says(
    qtbot: QtBot, composer: Composer
) -> None:
    composer.budget_chip.setFocus()
    QTest.keyClick(composer.budget_chip, Qt.Key.Key_Space)
    form = QApplication.activePopupWidget()
    assert isinstance(form, BudgetEditor)
    form.minutes.setValue(12)
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert composer.budget_chip.text() == "12 min"
    QTest.keyClick(composer.budget_chip, Qt.Key.Key_Space)
    form = QApplication.activePopupWidget()
    assert isinstance(form, BudgetEditor)
    form.minutes.setValue(99)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    assert composer.budget().minutes == 12


def test_another_interpreter_is_looked_at_anew(qtbot: QtBot, composer: Composer) -> None:
    composer.toolchain_chip.click()
    form = QApplication.activePopupWidget()
    assert isinstance(form, ToolchainEditor)
    form.field.setText("/opt/python3.12")
    with qtbot.waitSignal(composer.detect_asked) as asked:
        form.accept()
    assert asked.args == ["/opt/python3.12", ""]
    assert composer.toolchain_chip.text() == "python3.12"


def test_forms_say_back_what_they_were_given(
    qtbot: QtBot, look: Appearance, composer: Composer
) -> None:
    check = CheckEditor(look, composer)
    for each in (Check(), Check(("a::b",), "pytest -x", ("ruff check .", "mypy"))):
        check.set_check(each)
        assert check.check() == each
    model = ModelEditor(look, composer)
    for choice in (ModelChoice(), SPEAKS):
        model.set_choice(choice)
        assert model.choice() == choice
    budget = BudgetEditor(look, composer)
    for spent in (Budget(), Budget(2.5, 7, 1000, 0.25)):
        budget.set_budget(spent)
        assert budget.budget() == spent


@pytest.mark.parametrize("state", STATES)
def test_no_button_is_cut_in_a_narrow_column(composer: Composer, state: str) -> None:
    composer.resize(300, 300)
    composer.set_draft("words")
    composer.set_state(state)  # type: ignore[arg-type]  # the names come from the list above
    QApplication.processEvents()
    for button in composer.findChildren(QPushButton):
        if button.isVisible():
            assert button.width() >= button.sizeHint().width()
