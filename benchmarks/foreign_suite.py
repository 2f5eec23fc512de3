"""Runs a foreign project's suite with plain pytest in its own environment."""

import os
import tempfile
from collections.abc import Collection, Iterable
from pathlib import Path

import msgspec

from benchmarks.commands import CommandError, must, run
from benchmarks.foreign_projects import Place, Project

INSIDE = Path(__file__).resolve().parent / "inside"

Statuses = dict[str, str]
"""passed, failed, skipped or xfailed, by pytest's own id."""

GREEN = frozenset({"passed", "xfailed"})


class _Line(msgspec.Struct, frozen=True):
    test: str
    phase: str
    outcome: str


def run_tests(place: Place, *, timeout_s: float, limit_s: float = 0.0) -> Statuses:
    """One run of the whole suite as `work` has it; what a killed run did not reach is absent.

    limit_s: seconds after which a single test is made to fail; 0 for no limit.
    """
    with tempfile.TemporaryDirectory(prefix="outcomes-") as scratch:
        lines = Path(scratch) / "outcomes.jsonl"
        env = {
            **_environment(),
            "PYTHONPATH": str(INSIDE),
            "OUTCOMES_FILE": str(lines),
            "OUTCOMES_LIMIT": str(limit_s),
        }
        argv = [str(place.python), str(INSIDE / "steady.py"), str(place.python)]
        argv += ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "outcomes"]
        run(argv, cwd=place.work, timeout_s=timeout_s, env=env)
        text = lines.read_bytes() if lines.exists() else b""
    return _fold(msgspec.json.decode(line, type=_Line) for line in text.splitlines())


def not_green(wanted: Collection[str], seen: Statuses, *, apart: Collection[str] = ()) -> set[str]:
    """Wanted tests that a run does not show to be green.

    Some suites name the cases of a test anew in each run. Where names are gone, the test's cases
    are counted: as many green ones as wanted, and no failed one, under whatever names. Those
    `apart` count for nothing.
    """
    red = {test for test in wanted if seen.get(test) not in GREEN}
    for test in {_test_of(case) for case in red if case not in seen and "[" in case}:
        cases = [seen[case] for case in seen if _test_of(case) == test and case not in apart]
        needed = sum(_test_of(case) == test for case in wanted)
        if "failed" not in cases and sum(status in GREEN for status in cases) >= needed:
            red -= {case for case in red if _test_of(case) == test and case not in seen}
    return red


def _test_of(case: str) -> str:
    return case.partition("[")[0]


def covered_lines(place: Place, project: Project) -> dict[str, set[int]]:
    """First lines of executed statements by file below the project's sources.

    Raises:
        CommandError: coverage could not be measured.
    """
    with tempfile.TemporaryDirectory(prefix="coverage-") as scratch:
        data, report = Path(scratch) / "data", Path(scratch) / "report.json"
        coverage = [str(place.python), "-m", "coverage"]
        common = [f"--data-file={data}", f"--rcfile={os.devnull}"]
        sources = f"--source={','.join(project.sources)}"
        suite = ["-m", "pytest", "-q", "-p", "no:cacheprovider"]
        if any(name.startswith("pytest-cov") for name in project.requires):
            suite.append("--no-cov")  # it would take the place of this measurement
        argv = [*coverage, "run", *common, sources, *suite]
        run(argv, cwd=place.work, timeout_s=600, env=_environment())
        if not data.exists():
            raise CommandError(f"no coverage was measured in {place.work}")
        must([*coverage, "json", *common, "--quiet", "-o", str(report)], cwd=place.work)
        files = msgspec.json.decode(report.read_bytes())["files"]
    return {name: set(entry["executed_lines"]) for name, entry in files.items()}


def _environment() -> dict[str, str]:
    dropped = {"PYTHONPATH", "VIRTUAL_ENV", "PYTEST_ADDOPTS"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}


def _fold(lines: Iterable[_Line]) -> Statuses:
    """One status a test: a failed phase decides, else the call, else the set-up."""
    statuses: Statuses = {}
    for line in lines:
        before = statuses.get(line.test)
        if before == "failed":
            continue
        if line.outcome == "failed" or before is None or line.phase == "call":
            statuses[line.test] = line.outcome
    return statuses
