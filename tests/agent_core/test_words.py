"""The line of each decision, and counts in words."""

import pytest

from agent_core import words
from agent_core.counting import counted
from agent_core.events import (
    AcceptIntended,
    DecisionsUndone,
    Event,
    HunksAccepted,
    HunksJudged,
    HunksRejected,
)
from agent_core.verdict import Verdict
from editors.accepted import AcceptResult, NotAccepted
from editors.held import Held

CLASH = NotAccepted("shop.py", ("b",), "the place was changed")
GREEN = Verdict(state="fixed", snapshot="s", reason="1 red test is green")


def test_one_is_one_and_the_rest_are_many() -> None:
    assert [counted(n, "hunk") for n in (0, 1, 2, 12_000)] == [
        "0 hunks", "1 hunk", "2 hunks", "12,000 hunks"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (AcceptIntended("s", ("a",)), "accepting 1 hunk"),
        (
            HunksAccepted(AcceptResult(accepted=("a", "b"), written=("shop.py",))),
            "accepted 2 hunks in shop.py",
        ),
        (
            HunksAccepted(AcceptResult(("a",), (CLASH,), written=("shop.py",))),
            "accepted 1 hunk in shop.py, 1 hunk in conflict",
        ),
        (HunksAccepted(AcceptResult(conflicts=(CLASH,))), "nothing written: 1 hunk in conflict"),
        (HunksRejected(("a", "b")), "rejected 2 hunks"),
        (HunksRejected(("a:1-2", "a:5")), "rejected 1 hunk"),
        (DecisionsUndone(("a",)), "undecided again: 1 hunk"),
        (
            DecisionsUndone(("a",), AcceptResult(written=("shop.py",))),
            "undecided again: 1 hunk, taken out of shop.py",
        ),
        (
            HunksJudged((Held("s", ("a",)),), GREEN),
            "with 1 hunk accepted: fixed: 1 red test is green",
        ),
    ],
)
def test_every_decision_says_what_it_decided(event: Event, line: str) -> None:
    assert words.line(event) == line
