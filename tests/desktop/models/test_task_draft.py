"""What chips say, and what has to be said before a task can start."""

from pathlib import Path

from agent_core.facts import Facts, detect_facts
from agent_core.models.choice import ModelChoice
from agent_core.task import Budget, Check
from desktop.models.advice import in_window
from desktop.models.task_draft import (
    GOAL,
    TaskDraft,
    budget_words,
    check_words,
    toolchain_why,
    toolchain_words,
)
from tests.agent_core.projects import PYTHON, shop

SPEAKS = ModelChoice("openai:kimi", "http://127.0.0.1:1/v1")


def test_an_empty_goal_means_the_failing_tests() -> None:
    assert TaskDraft(goal="  ").task().goal == GOAL
    assert TaskDraft().objection() == ""


def test_a_language_model_needs_words_and_the_built_in_one_no_commands() -> None:
    assert "Say what" in TaskDraft(choice=SPEAKS).objection()
    assert "language model" in TaskDraft(check=Check(commands=("ruff check",))).objection()
    assert TaskDraft("Add it", Check(commands=("ruff check",)), choice=SPEAKS).objection() == ""


def test_chips_are_short() -> None:
    assert check_words(Check()) == "All tests"
    assert check_words(Check(tests=("a", "b"))) == "2 named tests"
    assert check_words(Check(commands=("ruff check .", "mypy"))) == "ruff and 1 more"
    assert check_words(Check(commands=("echo 'open",))) == "echo"
    assert budget_words(Budget(5, 300, 9000, 1.5), speaks=False) == "5 min"
    assert budget_words(Budget(5, 300, 9000, 1.5), speaks=True) == (
        "5 min · 300 steps · 9,000 tokens · $1.5"
    )


def test_facts_are_found_without_changing_the_folder(tmp_path: Path) -> None:
    folder = shop(tmp_path / "shop")
    before = sorted(folder.rglob("*"))
    facts = detect_facts(folder, python=PYTHON)
    assert sorted(folder.rglob("*")) == before
    assert facts.framework == "pytest"
    assert toolchain_words(facts, "").startswith("Python 3.")
    assert "tests run with pytest" in toolchain_why(facts)


def test_a_folder_without_tests_says_what_is_wrong(tmp_path: Path) -> None:
    facts = detect_facts(tmp_path, python=tmp_path / "nothing")
    assert facts.problem
    assert toolchain_words(facts, "") == "No usable Python"
    assert toolchain_why(facts) == in_window(facts.problem)
    assert "second chip" in in_window(facts.problem)
    assert toolchain_words(None, "") == "Looking for Python"
    assert toolchain_words(Facts("/x"), "/opt/python3.12") == "python3.12"
