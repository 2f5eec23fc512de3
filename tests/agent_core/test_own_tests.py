"""Tests written with a change prove it only if they are red without it."""

from pathlib import Path

import pytest

from agent_core.events import SessionStopped
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.own_tests import judge, lay_out
from agent_core.verdict import Verdict
from runners.reports import Health, TestCase, TestReport
from tests.agent_core.projects import RIGHT, git, run_once, shop

FINISH = call("finish", summary="done")
DEAREST = '\n\ndef dearest(prices):\n    """The highest price."""\n    return max(prices)\n'
NEW_TEST = (
    "from shop import prices\n\n\ndef test_dearest():\n    assert prices.dearest([3, 5]) == 5\n"
)
IDLE_TEST = "def test_nothing():\n    assert True\n"


async def verdict(folder: Path, *edits: dict[str, object]) -> SessionStopped:
    origin = shop(folder, **{"shop/prices.py": RIGHT})
    edit = call("edit_file", edits=list(edits))
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(edit, FINISH))]))
    session.close()
    return stopped


FEATURE: dict[str, object] = {
    "path": "shop/prices.py",
    "old": "    return min(prices, default=None)\n",
    "new": "    return min(prices, default=None)\n" + DEAREST,
}


async def test_a_feature_with_a_test_of_its_own_is_fixed(tmp_path: Path) -> None:
    stopped = await verdict(tmp_path / "p", FEATURE, {"path": "tests/test_new.py", "new": NEW_TEST})
    assert stopped.verdict.state == "fixed"
    assert stopped.verdict.own == ("tests/test_new.py::test_dearest",)
    assert "new test of the change itself" in stopped.verdict.reason


async def test_a_test_that_is_green_anyway_proves_nothing(tmp_path: Path) -> None:
    stopped = await verdict(
        tmp_path / "p", FEATURE, {"path": "tests/test_new.py", "new": IDLE_TEST}
    )
    assert stopped.verdict.state == "no_regression"


MODULE_TEST = (
    "import pytest\nfrom shop import dear\n\n\n{mark}def test_dearest():\n"
    "    assert dear.dearest([3, 5]) == 5\n"
)
MODULE: dict[str, object] = {"path": "shop/dear.py", "new": DEAREST.lstrip()}


async def test_a_test_that_cannot_be_imported_without_the_change_is_red_there(
    tmp_path: Path,
) -> None:
    new: dict[str, object] = {"path": "tests/test_new.py", "new": MODULE_TEST.format(mark="")}
    stopped = await verdict(tmp_path / "p", MODULE, new)
    assert stopped.verdict.state == "fixed"
    assert stopped.verdict.own == ("tests/test_new.py::test_dearest",)


async def test_a_file_that_can_be_imported_is_no_passed_test(tmp_path: Path) -> None:
    new: dict[str, object] = {
        "path": "tests/test_new.py",
        "new": MODULE_TEST.format(mark="@pytest.mark.skip\n"),
    }
    stopped = await verdict(tmp_path / "p", MODULE, new)
    assert stopped.verdict.state == "no_regression"


async def test_a_new_test_proves_nothing_beside_changes_to_what_judges(tmp_path: Path) -> None:
    fixture = "import pytest\n\n\n@pytest.fixture\ndef five():\n    return 5\n"
    uses = "def test_five(five):\n    assert five == 5\n"
    stopped = await verdict(
        tmp_path / "p",
        {"path": "conftest.py", "new": fixture},
        {"path": "tests/test_new.py", "new": uses},
    )
    assert stopped.verdict.state == "unknown"
    assert "conftest.py" in stopped.verdict.reason


async def test_new_tests_alone_prove_nothing(tmp_path: Path) -> None:
    wavers = (
        "from pathlib import Path\n\n\ndef test_new():\n"
        "    assert 'spare' not in Path(__file__).parts\n"
    )
    stopped = await verdict(tmp_path / "p", {"path": "tests/test_new.py", "new": wavers})
    assert stopped.verdict.state == "no_regression"


@pytest.mark.parametrize("health", ["timed_out", "crashed", "broken"])
def test_a_run_that_was_cut_off_shows_nothing_red(health: Health) -> None:
    test = "tests/test_new.py::test_dearest"
    judged = judge(
        Verdict(state="no_regression", snapshot="s", reason=""),
        with_change=TestReport(health="ran", cases=(TestCase(test, "passed"),)),
        without=TestReport(health=health, cases=(TestCase(test, "error"),)),
    )
    assert judged.state == "no_regression"


IMPORTS = "from shop import dear\n\n\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (IMPORTS + "def test_dearest():\n    assert True\n", "no_regression"),
        ("import os\n\n\ndef test_dearest():\n    assert os.name\n", "no_regression"),
        (IMPORTS + "def test_dearest():\n    assert dear.dearest([3]) == 3\n", "fixed"),
        (
            IMPORTS + "BEST = dear.dearest([3])\n\n\n"
            "class TestIt:\n    def test_dearest(self):\n        assert BEST == 3\n",
            "fixed",
        ),
        (
            "from shop.dear import *\n\n\ndef test_dearest():\n    assert dearest([3]) == 3\n",
            "fixed",
        ),
        (
            IMPORTS + "import sys\n\n\ndef test_dearest():\n    dear.x = sys.modules\n",
            "unknown",
        ),
        (
            IMPORTS + "getattr(dear, 'it').runtest = print\n\n\n"
            "def test_dearest():\n    assert dear\n",
            "unknown",
        ),
    ],
)
def test_a_file_that_is_not_collected_proves_what_it_uses(text: str, state: str) -> None:
    judged = judge(
        Verdict(state="no_regression", snapshot="s", reason=""),
        with_change=TestReport(
            health="ran", cases=(TestCase("tests/test_new.py::test_dearest", "passed"),)
        ),
        without=TestReport(health="ran", cases=(TestCase("tests/test_new.py", "error"),)),
        texts={"tests/test_new.py": text},
    )
    assert judged.state == state


async def test_a_new_test_that_fails_is_no_end(tmp_path: Path) -> None:
    wrong = NEW_TEST.replace("== 5", "== 3")
    stopped = await verdict(tmp_path / "p", FEATURE, {"path": "tests/test_new.py", "new": wrong})
    assert stopped.verdict.state == "failing"
    assert "tests written with the change fail" in stopped.verdict.reason


async def test_a_new_test_cannot_turn_an_old_red_one_green(tmp_path: Path) -> None:
    cheat = (
        "from shop import prices\nprices.total = lambda p, r: 33.0 if p else 0\n\n\n"
        "def test_new():\n    assert prices.total([1], 0) == 33.0\n"
    )
    edit = call("edit_file", edits=[{"path": "tests/test_a.py", "new": cheat}])
    origin = shop(tmp_path / "p")
    stopped, session = await run_once(origin, ScriptedModel([Turn(calls=(edit, FINISH))]))
    session.close()
    assert stopped.verdict.state == "failing"


async def test_the_new_test_stays_in_the_change(tmp_path: Path) -> None:
    stopped = await verdict(tmp_path / "p", FEATURE, {"path": "tests/test_new.py", "new": NEW_TEST})
    assert "+++ b/tests/test_new.py" in stopped.patch
    assert git(tmp_path / "p", "status", "--porcelain") == ""


def test_tests_are_laid_out_byte_for_byte(tmp_path: Path) -> None:
    texts = {
        "tests/test_a.py": "# coding: latin-1\nNAME = 'é'\n".encode("latin-1"),
        "tests/deep/test_b.py": b"\xef\xbb\xbfdef test_b(): pass\r\n",
    }
    lay_out(tmp_path, texts)
    assert {path: (tmp_path / path).read_bytes() for path in texts} == texts
