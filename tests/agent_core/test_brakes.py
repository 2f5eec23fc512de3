import time

import pytest

from agent_core import brakes
from agent_core.events import (
    FORMAT,
    Event,
    SessionStarted,
    StretchStarted,
    ToolCall,
    ToolFinished,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from agent_core.history import History
from agent_core.results import EditApplied, FilesListed, ToolData
from agent_core.task import Budget, Task

LATER = float("inf")
LISTED = FilesListed(paths=(), total=0)
EDITED = EditApplied(paths=("m.py",), snapshot="s", diff="")


def log(*steps: tuple[str, ToolData] | None) -> History:
    """A history in which each step makes one call, or none."""
    events: list[Event] = [
        SessionStarted(format=FORMAT, session="s", origin="/", task=Task(goal="g")),
        StretchStarted(number=1, budget_minutes=5),
    ]
    for step, made in enumerate(steps, 1):
        call = ToolCall(tool="list_files", arguments=made[0] if made else "", id=f"s{step}-1")
        calls = (call,) if made else ()
        events += [
            TurnStarted(step=step),
            TurnEnded(step=step, reasoning="", text="", calls=calls),
        ]
        if made:
            events.append(ToolIntended(step=step, call=call, effect="reads"))
            events.append(
                ToolFinished(
                    step=step,
                    call_id=call.id,
                    tool=call.tool,
                    text="",
                    data=made[1],
                    duration_s=0,
                )
            )
    return History(events)


def stop(history: History, *, steps: int = 50, deadline: float = LATER) -> str | None:
    found = brakes.check(history, Budget(steps=steps), deadline=deadline)
    return found[0] if found else None


def test_nothing_stops_a_session_that_gets_on() -> None:
    assert stop(log(*((str(n), LISTED) for n in range(20)))) is None


def test_time_and_steps_are_spent() -> None:
    assert stop(log(("1", LISTED)), deadline=time.monotonic()) == "budget_spent"
    assert stop(log(("1", LISTED), ("2", LISTED)), steps=2) == "budget_spent"


@pytest.mark.parametrize(("times", "expected"), [(4, None), (5, "stuck"), (6, "stuck")])
def test_the_same_call_again_and_again_is_stuck(times: int, expected: str | None) -> None:
    assert stop(log(*[("{}", LISTED)] * times)) == expected


def test_what_was_stuck_may_go_on_when_it_is_resumed() -> None:
    stuck = log(*[("{}", LISTED)] * 5)
    resumed = History([*stuck.events, StretchStarted(number=2, budget_minutes=5)])
    assert stop(resumed) is None


def test_an_edit_between_the_same_calls_is_progress() -> None:
    assert stop(log(("{}", LISTED), ("{}", LISTED), ("e", EDITED), ("{}", LISTED))) is None


@pytest.mark.parametrize(("turns", "expected"), [(2, None), (3, "stuck")])
def test_turns_without_a_call_are_stuck(turns: int, expected: str | None) -> None:
    assert stop(log(("{}", LISTED), *[None] * turns)) == expected
