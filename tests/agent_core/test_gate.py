"""The gate on real projects: what proves nothing is set apart, and what is proved is said."""

from pathlib import Path

from agent_core.events import BaselineMeasured, SessionStopped
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.verdict import Baseline
from tests.agent_core.projects import FAULTY, TESTS, run_once, shop

FINISH = call("finish", summary="done")
TOTAL = "tests/test_prices.py::test_total"


def replace(old: str, new: str, path: str = "shop/prices.py") -> ScriptedModel:
    """A model that replaces one text and asks to finish."""
    edit = {"path": path, "old": old, "new": new}
    return ScriptedModel([Turn(calls=(call("edit_file", edits=[edit]), FINISH))])


async def judged(origin: Path, model: ScriptedModel) -> tuple[Baseline, SessionStopped]:
    """What was measured before, and how the session ended."""
    stopped, session = await run_once(origin, model)
    measured = session.history.last(BaselineMeasured)
    session.close()
    assert measured is not None
    return measured.baseline, stopped


async def test_what_depends_on_the_order_of_files_is_set_apart(tmp_path: Path) -> None:
    first = "import shop\n\n\ndef test_sets():\n    shop.ready = True\n"
    second = "import shop\n\n\ndef test_needs():\n    assert shop.ready\n"
    origin = shop(tmp_path / "p", **{"tests/test_a.py": first, "tests/test_b.py": second})
    baseline, stopped = await judged(origin, replace("1 - rate", "1 + rate"))
    assert baseline.order_dependent == ("tests/test_b.py::test_needs",)
    assert (baseline.target, baseline.reversed_run) == ((TOTAL,), True)
    assert stopped.verdict.state == "fixed"
    assert stopped.verdict.order_dependent == baseline.order_dependent


async def test_red_in_the_suite_and_green_alone_depends_on_order_and_is_no_target(
    tmp_path: Path,
) -> None:
    spoils = "import shop\n\n\ndef test_spoils():\n    shop.spoilt = True\n"
    minds = "import shop\n\n\ndef test_minds():\n    assert not hasattr(shop, 'spoilt')\n"
    origin = shop(tmp_path / "p", **{"tests/test_a.py": spoils, "tests/test_b.py": minds})
    baseline, stopped = await judged(origin, replace("1 - rate", "1 + rate"))
    assert baseline.order_dependent == ("tests/test_b.py::test_minds",)
    assert baseline.target == (TOTAL,)
    assert stopped.verdict.state == "fixed"


async def test_what_wavers_is_set_apart_and_cannot_break_a_fix(tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("")
    wavers = (
        f"import pathlib\n\nCOUNT = pathlib.Path({str(count)!r})\n\n\n"
        "def test_wavers():\n"
        "    COUNT.write_text(COUNT.read_text() + 'x')\n"
        "    assert len(COUNT.read_text()) in {2, 3}\n"
    )
    origin = shop(tmp_path / "p", **{"tests/test_w.py": wavers})
    baseline, stopped = await judged(origin, replace("1 - rate", "1 + rate"))
    assert baseline.wavering == ("tests/test_w.py::test_wavers",)
    assert baseline.target == (TOTAL,)
    assert len(count.read_text()) > 3  # so it was red again when the change was judged
    assert (stopped.verdict.state, stopped.verdict.newly_broken) == ("fixed", ())


async def test_tests_that_cannot_be_collected_for_the_sources_fault_are_mended(
    tmp_path: Path,
) -> None:
    broken = FAULTY.replace("1 - rate", "1 + rate").replace(
        '"""Prices."""\n', '"""Prices."""\n\nRATE = UNKNOWN\n'
    )
    origin = shop(tmp_path / "p", **{"shop/prices.py": broken})
    baseline, stopped = await judged(origin, replace("UNKNOWN", "0.1"))
    assert baseline.target == ("tests/test_prices.py",)
    assert (stopped.reason, stopped.verdict.state) == ("verdict_holds", "fixed")
    assert stopped.verdict.passed == 3


async def test_a_package_loaded_from_elsewhere_proves_nothing(tmp_path: Path) -> None:
    installed = shop(tmp_path / "site-packages")
    steers = f"import sys\n\nsys.path.insert(0, {str(installed)!r})\n"
    mends_there = TESTS.replace("prices.total([10", "mended([10") + (
        "\n\ndef mended(*args):\n"
        "    import pathlib\n"
        "    here = pathlib.Path(__file__).parents[1] / 'shop/prices.py'\n"
        "    assert '1 + rate' in here.read_text()\n"
        "    return 33.0\n"
    )
    origin = shop(
        tmp_path / "p", **{"tests/conftest.py": steers, "tests/test_prices.py": mends_there}
    )
    baseline, stopped = await judged(origin, replace("1 - rate", "1 + rate"))
    assert baseline.target == (TOTAL,)
    assert (stopped.verdict.state, stopped.reason) != ("fixed", "verdict_holds")
    assert stopped.verdict.state == "unknown"
    assert str(installed / "shop") in stopped.verdict.reason


async def test_a_fix_that_holds_in_one_order_only_is_none(tmp_path: Path) -> None:
    later = "from shop import prices\n\n\ndef test_later():\n    assert prices.cheapest([1]) == 1\n"
    origin = shop(tmp_path / "p", **{"tests/test_z.py": later})
    changes = [
        ("1 - rate", "1 + rate"),
        ("    result = 0\n", "    result = 100 if 'seen' in globals() else 0\n"),
        ("    return min(", "    globals()['seen'] = True\n    return min("),
    ]
    edits = [{"path": "shop/prices.py", "old": old, "new": new} for old, new in changes]
    model = ScriptedModel([Turn(calls=(call("edit_file", edits=edits), FINISH))])
    baseline, stopped = await judged(origin, model)
    assert baseline.order_dependent == ()
    assert stopped.verdict.state == "failing"
