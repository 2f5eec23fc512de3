"""Compares each patch that `benchmarks.quixbugs` found with the reference on random inputs.

`python -m benchmarks.quixbugs_right --checkout DIR --results FILE` prints *right* beside *fixed*.
With --validate it shows instead that the comparison can tell: the references are right, the
programs as they are in the collection are not.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks import records, table
from benchmarks.commands import CommandError, run
from benchmarks.quixbugs import Result, lay_out, programs
from benchmarks.quixbugs_oracle import Comparison
from benchmarks.repository import apply_patch

TIMEOUT_S = 120


def compare(checkout: Path, program: str, candidate: Path) -> Comparison:
    """Compare in a process of its own, which is ended when it does not come back."""
    reference = checkout / "correct_python_programs" / f"{program}.py"
    module = "benchmarks.quixbugs_oracle"
    argv = [sys.executable, "-m", module, program, str(reference), str(candidate)]
    root = Path(__file__).resolve().parent.parent
    done = run(argv, cwd=root, timeout_s=TIMEOUT_S)
    if done.exit_code is None:
        return Comparison(program, right=False, reason=f"not done after {TIMEOUT_S} s")
    if done.exit_code != 0:
        return Comparison(program, right=False, reason=f"died: {done.stderr[-200:].strip()}")
    return msgspec.json.decode(done.stdout, type=Comparison)


def judge(checkout: Path, result: Result) -> Comparison:
    """Apply a patch to a fresh copy of its program and compare that with the reference."""
    with tempfile.TemporaryDirectory(prefix="quixbugs-") as scratch:
        folder = Path(scratch) / result.program
        lay_out(checkout, result.program, folder)
        try:
            apply_patch(folder, result.outcome.patch)
        except CommandError as problem:
            return Comparison(result.program, right=False, reason=str(problem))
        return compare(
            checkout, result.program, folder / "python_programs" / f"{result.program}.py"
        )


def report(results: list[Result], comparisons: dict[str, Comparison]) -> str:
    """The table and its totals."""
    rows = []
    for result in results:
        found = comparisons.get(result.program)
        word = "" if found is None else ("right" if found.right else "wrong")
        fixed = "fixed" if result.outcome.fixed else result.outcome.reason
        rows.append([result.program, fixed, word, "" if found is None else found.reason])
    right = sum(found.right for found in comparisons.values())
    totals = f"fixed: {table.percent(len(comparisons), len(results))}; right: {right}"
    return f"{table.render(['program', 'result', 'right', 'why not'], rows)}\n\n{totals}"


def validate(checkout: Path) -> str:
    """Compare the references with themselves, and the unfixed programs with the references."""
    rows = []
    for program in programs(checkout):
        good = compare(checkout, program, checkout / "correct_python_programs" / f"{program}.py")
        bad = compare(checkout, program, checkout / "python_programs" / f"{program}.py")
        words = ["right" if each.right else "wrong" for each in (good, bad)]
        rows.append([program, *words, good.reason or bad.reason])
    told = sum(row[1:3] == ["right", "wrong"] for row in rows)
    header = ["program", "reference", "unfixed", "why not"]
    return f"{table.render(header, rows)}\n\ntold apart: {told} of {len(rows)}"


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.quixbugs_right", description=__doc__)
    parser.add_argument("--checkout", type=Path, required=True, help="where the collection lies")
    parser.add_argument("--results", type=Path, default=Path("quixbugs.jsonl"))
    parser.add_argument("--validate", action="store_true", help="test the comparison itself")
    return parser


def main() -> int:
    """Print what the comparison says of each result."""
    options = arguments().parse_args()
    checkout = options.checkout.resolve()
    if options.validate:
        print(validate(checkout))
        return 0
    results = records.read(options.results, Result)
    fixed = [result for result in results if result.outcome.fixed]
    print(report(results, {result.program: judge(checkout, result) for result in fixed}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
