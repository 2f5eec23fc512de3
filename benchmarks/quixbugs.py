"""Runs the product on the 40 Python programs of the public collection jkoppel/QuixBugs.

Each program lies in a fresh repository with its tests, without the reference programs and without
history. `python -m benchmarks.quixbugs --checkout DIR` goes on where it was cut off.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks import product, records, table
from benchmarks.commands import end_children_on_sigterm
from benchmarks.repository import commit_everything

MINUTES = 5.0

_CHOICE_OF_PROGRAM = re.compile(
    r"^if pytest\.use_correct:\n    from correct_python_programs\.\w+ import \w+\n"
    r"else:\n    (from python_programs\.\w+ import \w+)\n",
    re.MULTILINE,
)

SETTINGS = "[pytest]\npythonpath = . python_testcases\n"
CONFTEST = "import pytest\n\n\ndef pytest_configure():\n    pytest.run_slow = False\n"


class Result(msgspec.Struct, frozen=True):
    """What became of one program."""

    program: str
    outcome: product.FixOutcome


def programs(checkout: Path) -> list[str]:
    """Names of all programs that have a test, in alphabetical order."""
    tests = (checkout / "python_testcases").glob("test_*.py")
    return sorted(path.stem.removeprefix("test_") for path in tests)


def test_source(checkout: Path, program: str) -> str:
    """The program's test without the branch that would import the reference program."""
    text = (checkout / "python_testcases" / f"test_{program}.py").read_text(encoding="utf-8")
    stripped, count = _CHOICE_OF_PROGRAM.subn(r"\1\n", text)
    if count != 1 or "correct_python_programs" in stripped:
        raise ValueError(f"the test of {program} does not choose its program in the known way")
    return stripped if "pytest." in stripped else stripped.removeprefix("import pytest\n")


def lay_out(checkout: Path, program: str, folder: Path) -> None:
    """Write a repository with the program, its test and what that test reads, and nothing else."""
    source, tests = folder / "python_programs", folder / "python_testcases"
    source.mkdir(parents=True)
    tests.mkdir()
    shutil.copyfile(checkout / "python_programs" / f"{program}.py", source / f"{program}.py")
    test = test_source(checkout, program)
    (tests / f"test_{program}.py").write_text(test, encoding="utf-8")
    for helper in ("load_testdata", "node"):
        if re.search(rf"^from {helper} import", test, re.MULTILINE):
            shutil.copyfile(checkout / "python_testcases" / f"{helper}.py", tests / f"{helper}.py")
    data = checkout / "json_testcases" / f"{program}.json"
    if data.exists():
        (folder / "json_testcases").mkdir()
        shutil.copyfile(data, folder / "json_testcases" / data.name)
    (folder / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    commit_everything(folder)


def run_one(checkout: Path, program: str, python: str) -> Result:
    """Lay one program out and let the product fix it."""
    with tempfile.TemporaryDirectory(prefix="quixbugs-") as scratch:
        folder = Path(scratch) / program
        lay_out(checkout, program, folder)
        outcome = product.fix(
            folder,
            home=Path(scratch) / "home",
            budget_minutes=MINUTES,
            arguments=("--python", python),
        )
    return Result(program, outcome)


def report(results: list[Result]) -> str:
    """The table and its totals."""
    rows = [
        [
            result.program,
            "fixed" if result.outcome.fixed else result.outcome.reason,
            str(result.outcome.candidates),
            f"{result.outcome.wall_s:.1f}",
        ]
        for result in results
    ]
    fixed = sum(result.outcome.fixed for result in results)
    seconds = sum(result.outcome.wall_s for result in results)
    candidates = sum(result.outcome.candidates for result in results)
    totals = f"fixed: {fixed} of {len(results)}; {candidates} candidates in {seconds:.0f} s"
    return f"{table.render(['program', 'result', 'candidates', 'seconds'], rows)}\n\n{totals}"


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.quixbugs", description=__doc__)
    parser.add_argument("--checkout", type=Path, required=True, help="where the collection lies")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs alone")
    parser.add_argument("--results", type=Path, default=Path("quixbugs.jsonl"))
    parser.add_argument("--python", default=sys.executable, help="interpreter with pytest")
    return parser


def main() -> int:
    """Run what is not yet in the results file, and print everything that is."""
    end_children_on_sigterm()
    options = arguments().parse_args()
    checkout = options.checkout.resolve()
    names = programs(checkout)
    wanted = [name for name in names if not options.only or name in options.only]
    if not wanted:
        print(f"no such program in {checkout}; there are {len(names)}: {', '.join(names)}")
        return 2
    known = {result.program: result for result in records.read(options.results, Result)}
    for name in wanted:
        if name not in known:
            known[name] = run_one(checkout, name, options.python)
            records.append(options.results, known[name])
            outcome = known[name].outcome
            print(f"{name}: {outcome.state}, {outcome.reason}, {outcome.wall_s:.1f} s", flush=True)
    print(report([known[name] for name in wanted]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
