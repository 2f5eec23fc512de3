"""What a model is told before its first turn."""

from pathlib import Path

from agent_core.briefing import LINES, briefing
from agent_core.events import BaselineMeasured
from agent_core.models.protocol import ModelFailed
from agent_core.models.scripted import ScriptedModel
from runners.reports import Failure, Frame, TestCase, TestReport
from tests.agent_core.projects import run_once, shop

SOURCE = 'def half(n):\n    """Half."""\n    return n / 2\n\n\ndef other():\n    return 1\n'
TEST = "from pkg.calc import half\n\n\ndef test_half():\n    assert half(4) == 3\n"
FILES = {"pkg/calc.py": SOURCE, "tests/test_calc.py": TEST}


def told(*cases: TestCase, files: dict[str, str] = FILES) -> str:
    report = TestReport(health="ran", cases=cases, wall_s=0.1)
    return briefing(report, report.red, files=tuple(files), read=files.get)


def red(test: str, *frames: Frame, message: str = "assert 2.0 == 3") -> TestCase:
    last = frames[-1]
    failure = Failure(
        phase="call",
        exception="AssertionError",
        message=message,
        file=last.file,
        line=last.line,
        frames=frames,
    )
    return TestCase(id=f"tests/test_calc.py::{test}", status="failed", failure=failure)


IN_TEST = Frame(file="tests/test_calc.py", line=5, function="test_half")
IN_SOURCE = Frame(file="pkg/calc.py", line=3, function="half")


def test_a_comparison_shows_the_test_and_the_function_it_names() -> None:
    text = told(red("test_half", IN_TEST))
    assert "AssertionError: assert 2.0 == 3" in text
    assert "tests/test_calc.py\n4 def test_half():\n5     assert half(4) == 3" in text
    assert "pkg/calc.py\n1 def half(n):" in text
    assert "other" not in text


def test_an_error_below_the_test_shows_only_the_function_that_raised() -> None:
    text = told(red("test_half", IN_TEST, IN_SOURCE))
    assert "pkg/calc.py\n1 def half(n):" in text
    assert "4 def test_half" not in text


def test_the_same_failure_is_told_once_with_its_number() -> None:
    text = told(*(red(f"test_half[{n}]", IN_TEST) for n in range(5)))
    assert text.count("AssertionError") == 1
    assert "test_half[0] and 4 more like it" in text


def test_a_long_function_is_shown_around_the_line_that_matters() -> None:
    body = "".join(f"    x = {n}\n" for n in range(500))
    files = {**FILES, "pkg/calc.py": f"def half(n):\n{body}    return n\n"}
    text = told(red("test_half", Frame(file="pkg/calc.py", line=250, function="half")), files=files)
    assert "250     x = 248" in text
    assert text.count("    x = ") <= LINES


def test_a_long_message_is_cut_and_says_so() -> None:
    text = told(red("test_half", IN_TEST, message="\n".join("x" * 900 for _ in range(60))))
    assert len(text) < 7000
    assert "46 more lines" in text


def test_without_a_failure_the_files_are_listed() -> None:
    text = told(TestCase(id="tests/test_calc.py::test_half", status="passed"))
    assert "Files:\npkg/calc.py\ntests/test_calc.py" in text


async def test_a_session_measures_and_briefs_before_the_first_turn(tmp_path: Path) -> None:
    _, session = await run_once(shop(tmp_path / "p"), ScriptedModel([ModelFailed("no more")]))
    measured = session.history.last(BaselineMeasured)
    assert measured is not None
    assert "return round(result * (1 - rate), 2)" in measured.briefing
    session.close()
