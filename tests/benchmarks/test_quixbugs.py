"""The layout and the comparison, on a small collection of the same shape with one program."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import quixbugs, quixbugs_inputs, quixbugs_oracle, quixbugs_right
from benchmarks.product import FixOutcome
from benchmarks.quixbugs import Result, lay_out, programs, report

RIGHT = "def gcd(a, b):\n    if b == 0:\n        return a\n    return gcd(b, a % b)\n"
WRONG = RIGHT.replace("gcd(b, a % b)", "gcd(a % b, b)")
SLOW = RIGHT.replace("    if", "    for _ in range(500):\n        pass\n    if")
TEST = """\
import pytest
from load_testdata import load_json_testcases

if pytest.use_correct:
    from correct_python_programs.gcd import gcd
else:
    from python_programs.gcd import gcd


testdata = load_json_testcases(gcd.__name__)


@pytest.mark.parametrize("input_data,expected", testdata)
def test_gcd(input_data, expected) -> None:
    assert gcd(*input_data) == expected
"""
LOADER = """\
import json
from pathlib import Path


def load_json_testcases(name: str) -> None:
    path = Path(__file__).parent.parent / "json_testcases" / (name + ".json")
    return [json.loads(line) for line in path.read_text().splitlines()]
"""
PATCH = """\
--- a/python_programs/gcd.py
+++ b/python_programs/gcd.py
@@ -1,4 +1,4 @@
 def gcd(a, b):
     if b == 0:
         return a
-    return gcd(a % b, b)
+    return gcd(b, a % b)
"""


def outcome(*, fixed: bool, patch: str = "") -> FixOutcome:
    return FixOutcome(
        state="fixed" if fixed else "failing",
        reason="verdict_holds" if fixed else "nothing_found",
        patch=patch,
        exit_code=0 if fixed else 1,
        candidates=7,
        wall_s=1.5,
        cpu_s=1.0,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    files = {
        "python_programs/gcd.py": WRONG,
        "correct_python_programs/gcd.py": RIGHT,
        "python_testcases/test_gcd.py": TEST,
        "python_testcases/load_testdata.py": LOADER,
        "json_testcases/gcd.json": "[[12, 18], 6]\n[[7, 0], 7]\n",
    }
    for name, text in files.items():
        path = tmp_path / "checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "checkout"


def test_the_layout_runs_and_knows_no_reference(checkout: Path, tmp_path: Path) -> None:
    assert programs(checkout) == ["gcd"]
    folder = tmp_path / "gcd"
    lay_out(checkout, "gcd", folder)
    texts = [path.read_text() for path in folder.rglob("*.*") if ".git" not in path.parts]
    assert not any("correct" in text for text in texts)
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(suite, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert "1 failed, 1 passed" in ran.stdout


def test_a_test_of_another_shape_is_refused(checkout: Path) -> None:
    (checkout / "python_testcases" / "test_gcd.py").write_text("from x import gcd\n")
    with pytest.raises(ValueError, match="gcd"):
        quixbugs.test_source(checkout, "gcd")


def test_the_patch_is_compared_with_the_reference(checkout: Path) -> None:
    assert quixbugs_right.judge(checkout, Result("gcd", outcome(fixed=True, patch=PATCH))).right
    unchanged = quixbugs_right.judge(checkout, Result("gcd", outcome(fixed=True, patch="nonsense")))
    assert not unchanged.right
    assert "does not apply" in unchanged.reason


def test_validation_tells_the_reference_from_the_bug(checkout: Path) -> None:
    assert "told apart: 1 of 1" in quixbugs_right.validate(checkout)


def compare(tmp_path: Path, candidate: str) -> quixbugs_oracle.Comparison:
    paths = [tmp_path / "right" / "gcd.py", tmp_path / "tried" / "gcd.py"]
    for path, text in zip(paths, [RIGHT, candidate], strict=True):
        path.parent.mkdir()
        path.write_text(text)
    return quixbugs_oracle.compare("gcd", *paths, inputs=40)


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        ("def gcd(a, b):\n    return a\n", "instead of"),
        ("def gcd(a, b):\n    raise KeyError\n", "KeyError"),
        ("def gcd(a, b):\n    while True:\n        pass\n", "times the lines"),
        ("def gcd(a, b)\n", "imported"),
        (SLOW, "times the lines"),
    ],
)
def test_wrong_slow_and_endless_programs_are_rejected(
    tmp_path: Path, candidate: str, reason: str
) -> None:
    comparison = compare(tmp_path, candidate)
    assert not comparison.right
    assert reason in comparison.reason


def test_another_right_program_is_right(tmp_path: Path) -> None:
    other = "def gcd(a, b):\n    while b:\n        a, b = b, a % b\n    return a\n"
    comparison = compare(tmp_path, other)
    assert comparison.right
    assert comparison.compared == 40


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1 + 0.2, 0.3),
        ([1, (2.0, "a")], [1, (2.0, "a")]),
        ({1: 2.0}, {1: 2.0}),
        (float("inf"), float("inf")),
    ],
)
def test_same(one: object, other: object) -> None:
    assert quixbugs_oracle.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [(1.0, 1.1), ([1], (1,)), ([1], [1, 2]), ([0.1], [0.2]), (None, 0)]
)
def test_not_the_same(one: object, other: object) -> None:
    assert not quixbugs_oracle.same(one, other)


def described(value: object) -> object:
    if isinstance(value, quixbugs_inputs.Node):
        edges = [node.value for node in value.successors]
        return [edges, quixbugs_oracle.plain(value)]
    if isinstance(value, dict):
        return [(described(key), described(item)) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [described(item) for item in value]
    return value


@pytest.mark.parametrize("program", sorted(quixbugs_inputs.GENERATORS))
def test_inputs_are_the_same_each_time_and_not_all_alike(program: str) -> None:
    first = [described(quixbugs_inputs.make(program, number)) for number in range(20)]
    again = [described(quixbugs_inputs.make(program, number)) for number in range(20)]
    assert first == again
    assert len({repr(value) for value in first}) > 5


def test_the_table_counts() -> None:
    text = report([Result("gcd", outcome(fixed=True)), Result("lis", outcome(fixed=False))])
    assert text.endswith("fixed: 1 of 2; 14 candidates in 3 s")
    assert "nothing_found" in text
