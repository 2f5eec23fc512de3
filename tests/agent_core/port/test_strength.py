"""What stands beside a percentage."""

from pathlib import Path

from agent_core.port.coverage import covered
from agent_core.port.mutants import draw
from agent_core.port.strength import Strength

TEXT = """def f(a):
    if a:
        time.sleep(3)
        return 5


def g():
    return 6
"""


def test_everything_missed_is_named(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(TEXT)
    coverage = covered({"app.py": {(-1, 2), (2, 3), (3, 4), (4, -1)}}, {"app.py": TEXT})
    mutants = draw(tmp_path, coverage.lines, seed=3, count=100)
    survivor = next(m for m in mutants if m.after.strip() == "return 4")
    sleep = next(m for m in mutants if m.after.strip() == "time.sleep(4)")
    strength = Strength(
        mutants=4,
        killed=3,
        survivors=(survivor,),
        equivalents=((sleep, "only how long the answer takes is changed"),),
        coverage=coverage,
        successes={"/b": (7, 9), "/a": (0, 2)},
    )
    assert strength.sentence() == (
        "3 of 4 wrong copies noticed (75%); 1 of 2 branches taken (50%); "
        "1 of 2 routes answered with success"
    )
    assert list(strength.sentences()) == [
        f"{strength.sentence()}.",
        "not noticed: app.py, line 4 (number): `return 5` became `return 4`",
        f"left out, only how long the answer takes is changed: {sleep.sentence()}",
        "not taken: app.py, line 2, in f: `if a` held each time",
        "never ran: app.py: g",
        "never succeeded: /a (2 answers)",
    ]


def test_nothing_tried_is_said() -> None:
    strength = Strength(
        mutants=0,
        killed=0,
        survivors=(),
        equivalents=(),
        coverage=covered({}, {}),
        successes={},
    )
    assert strength.sentence() == (
        "no wrong copy of the original was tried; the code that ran has no branches; "
        "0 of 0 routes answered with success"
    )
