"""Candidates fit the bytes of the file on disk, and know what the failing tests speak of."""

import codecs
from pathlib import Path

import pytest

from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import CandidatesTried
from agent_core.tools.generating import failing_literals
from tests.agent_core.projects import FAULTY, run_once, shop, write

HERE = "tests/test_m.py"
SAYS = """\
import pytest


@pytest.mark.parametrize("n", [4711])
def test_one(n):
    assert f(n) == "one"


class TestMore:
    def test_two(self):
        assert f(2) == [1, 2]


def test_other():
    assert f(99) == -1
"""


@pytest.mark.parametrize(
    ("tests", "there", "absent"),
    [
        ((f"{HERE}::test_one[4711]",), {"'one'", "4711"}, {"[1, 2]", "99"}),
        ((f"{HERE}::TestMore::test_two",), {"2", "[1, 2]"}, {"'one'", "99"}),
        ((f"{HERE}::test_other", f"{HERE}::TestMore::test_two"), {"-1", "99", "[1, 2]"}, {"'one'"}),
        ((HERE,), {"'one'", "99", "[1, 2]"}, set()),
    ],
)
def test_the_literals_of_the_failing_tests(
    tmp_path: Path, tests: tuple[str, ...], there: set[str], absent: set[str]
) -> None:
    write(tmp_path, {HERE: SAYS})
    found = failing_literals(tmp_path, tests)
    assert there <= set(found)
    assert absent.isdisjoint(found)
    assert len(found) == len(set(found))


def test_a_test_that_is_no_readable_file_speaks_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\xff\x00\x01")
    write(tmp_path, {HERE: SAYS})
    tests = ("gone.py::test_a", "binary.py::test_b", "../x.py::test_c", f"{HERE}::test_other")
    assert set(failing_literals(tmp_path, tests)) == {"99", "-1", "1"}


@pytest.mark.parametrize(
    ("mark", "cookie", "encoding"),
    [
        (codecs.BOM_UTF8, "", "utf-8"),
        (b"", "# -*- coding: latin-1 -*-\n", "latin-1"),
        (b"", "# \N{EURO SIGN}\n", "utf-8"),
    ],
)
async def test_candidates_count_in_the_bytes_of_the_file(
    tmp_path: Path, mark: bytes, cookie: str, encoding: str
) -> None:
    origin = shop(tmp_path / "shop")
    stored = mark + f"{cookie}# caf\xe9 \xfc\xf6\xe4\n{FAULTY}".encode(encoding)
    (origin / "shop/prices.py").write_bytes(stored)
    line = 1 + stored[: stored.index(b"1 - rate")].count(b"\n")
    here = call("try_candidates", places=[f"shop/prices.py:{line}"], limit=40)
    model = ScriptedModel([Turn(calls=(here,))])
    _, session = await run_once(origin, model)
    (tried,) = session.history.results(CandidatesTried)
    (edit,) = tried.survivors[0].patch.edits
    mended = stored[: edit.start] + edit.text.encode() + stored[edit.end :]
    assert mended == stored.replace(b"1 - rate", b"1 + rate")
    session.close()
