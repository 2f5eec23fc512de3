"""Which words ask for a port."""

import pytest

from agent_core.port.asked import asks_for_port, port_check, port_task
from agent_core.task import Budget


@pytest.mark.parametrize(
    "goal",
    [
        "convert this Flask project to Rust",
        "Convert this Flask project to Rust.",
        "Please port my Flask app to Rust!",
        "could you rewrite the whole flask application in rust",
        "Translate this small web service from Flask to Rust",
        "migrate this Flask API into Rust please",
    ],
)
def test_words_for_a_port(goal: str) -> None:
    assert asks_for_port(goal)


@pytest.mark.parametrize(
    "goal",
    [
        "",
        "Make the failing tests pass.",
        "convert this project to Rust",
        "convert this Django project to Rust",
        "convert this Rust project to Flask",
        "explain how to convert this Flask project to Rust",
        "do not convert this Flask project to Rust",
        "convert only the login of this Flask project to Rust",
        "convert this Flask project to Rust and add a search page",
        "convert this Flask project to Rust, using actix",
        "flask to rust",
    ],
)
def test_other_words_and_further_wishes_are_none(goal: str) -> None:
    assert not asks_for_port(goal)


def test_a_port_has_to_compile_and_answer_the_same_and_be_fast_where_that_is_asked() -> None:
    task = port_task("g", port_check(), None)
    assert task.port
    assert task.budget.minutes == 30
    assert len(task.check.proofs) == 2
    asked = port_task("g", port_check(factor=5.0), Budget(minutes=2))
    assert asked.budget.minutes == 2
    assert asked.check.proofs[-1].sentence() == "it is faster by 5"
