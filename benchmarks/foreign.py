"""Plants one bug a run in foreign projects and lets the product fix it.

`python -m benchmarks.foreign FOLDER` downloads the projects of `foreign_projects.toml` from the
package index, gives each its own environment with an editable install, and for each seed: plants
one bug with a published mutation tool's operators at a covered statement drawn uniformly (drawn
again only if fewer than two tests notice), leaves out the tests that are red without it, withholds
half of the noticing ones, and gives the product two minutes. An independent run judges each
*fixed*. It goes on where it was cut off.
"""

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

import msgspec

from benchmarks import product, records, table
from benchmarks.commands import CommandError, end_children_on_sigterm
from benchmarks.foreign_faults import Baseline, Fault, measure, plant
from benchmarks.foreign_projects import WITHHELD, Place, Project, lay_out, load, prepare
from benchmarks.foreign_suite import not_green, run_tests
from benchmarks.repository import apply_patch

MINUTES = 2.0

TEST_S = 60.0
SUITE_S = 300.0
"""When a judging run is ended: what hangs is not green."""


class Judgement(msgspec.Struct, frozen=True):
    """What runs of our own say of a *fixed*: tests red in them that the verdict says are not.

    applied: whether the patch applies to the files as the product got them.
    """

    applied: bool
    visible_red: tuple[str, ...] = ()
    withheld_red: tuple[str, ...] = ()

    @property
    def honest(self) -> bool:
        """Whether the visible suite is as green as the verdict says."""
        return self.applied and not self.visible_red

    @property
    def right(self) -> bool:
        """Whether the tests that the product never saw pass as well."""
        return self.applied and not self.withheld_red


class Result(msgspec.Struct, frozen=True):
    """One run; `judgement` is there where the product says *fixed*."""

    project: str
    seed: int
    file: str
    line: int
    operator: str
    noticing: int
    withheld: int
    outcome: product.FixOutcome
    judgement: Judgement | None = None


def run_one(place: Place, fault: Fault, without: Baseline) -> Result:
    """Lay the faulty project out, let the product fix it, and judge what it says."""
    _lay_out(place, fault, without)
    with tempfile.TemporaryDirectory(prefix="foreign-") as home:
        outcome = product.fix(
            place.work,
            home=Path(home),
            budget_minutes=MINUTES,
            arguments=("--python", str(place.python)),
        )
    return Result(
        project=fault.project,
        seed=fault.seed,
        file=fault.file,
        line=fault.line,
        operator=fault.operator,
        noticing=len(fault.noticing),
        withheld=len(fault.withheld),
        outcome=outcome,
        judgement=judge(place, fault, outcome, without) if outcome.fixed else None,
    )


def _lay_out(place: Place, fault: Fault, without: Baseline) -> None:
    left_out = (*fault.withheld, *without.red)
    lay_out(place, files={fault.file: fault.text}, withheld=left_out)


def judge(place: Place, fault: Fault, outcome: product.FixOutcome, without: Baseline) -> Judgement:
    """Lay everything out afresh, apply the patch, and run the visible and the withheld tests.

    What the verdict itself sets apart may be red. Every other test that was green without the
    fault, and every test that the verdict calls fixed, has to be green.
    """
    _lay_out(place, fault, without)
    try:
        apply_patch(place.work, outcome.patch)
    except CommandError:
        return Judgement(applied=False)
    visible = run_tests(place, timeout_s=SUITE_S, limit_s=TEST_S)
    green, apart = set(without.green), set(outcome.set_apart)
    expected = green - set(fault.withheld) - apart | set(outcome.proven)
    (place.work / WITHHELD).write_text("", encoding="utf-8")
    everything = run_tests(place, timeout_s=SUITE_S, limit_s=TEST_S)
    failed = {test for test, status in visible.items() if status == "failed"}
    missing = not_green(expected, visible, apart=apart)
    withheld = not_green(green | set(fault.withheld), everything) & set(fault.withheld)
    return Judgement(
        applied=True,
        visible_red=tuple(sorted(missing | (failed & green - apart))),
        withheld_red=tuple(sorted(withheld)),
    )


def validate(place: Place, fault: Fault, without: Baseline) -> str:
    """Whether the judge takes the bug's own reversal for right, and an empty patch for false."""
    original = (place.pristine / fault.file).read_bytes().decode("utf-8")
    faulty, mended = (text.splitlines(keepends=True) for text in (fault.text, original))
    reversal = "".join(difflib.unified_diff(faulty, mended, f"a/{fault.file}", f"b/{fault.file}"))
    visible = tuple(test for test in fault.noticing if test not in fault.withheld)
    claim = product.FixOutcome(
        state="fixed",
        reason="verdict_holds",
        patch=reversal,
        exit_code=0,
        candidates=0,
        wall_s=0.0,
        cpu_s=0.0,
        proven=visible,
    )
    good = judge(place, fault, claim, without)
    bad = judge(place, fault, msgspec.structs.replace(claim, patch=""), without)
    told = good.honest and good.right and not bad.honest and not bad.right
    return "told apart" if told else f"NOT told apart: {good}, {bad}"


def report(results: list[Result]) -> str:
    """The table and the totals the issue asks for."""
    header = [
        "project",
        "seed",
        "result",
        "withheld",
        "seconds",
        "candidates",
        "per CPU s",
        "fault",
    ]
    return f"{table.render(header, [_row(result) for result in results])}\n\n{_totals(results)}"


def _row(result: Result) -> list[str]:
    rate = result.outcome.candidates_per_cpu_second
    return [
        result.project,
        str(result.seed),
        _word(result),
        "" if result.judgement is None else ("right" if result.judgement.right else "wrong"),
        f"{result.outcome.wall_s:.1f}",
        str(result.outcome.candidates),
        "-" if rate is None else f"{rate:.0f}",
        f"{result.file}:{result.line} {result.operator}",
    ]


def _word(result: Result) -> str:
    if result.judgement is None:
        return result.outcome.reason
    return "fixed" if result.judgement.honest else "FALSE FIXED"


def _totals(results: list[Result]) -> str:
    judged = [result.judgement for result in results if result.judgement is not None]
    outcomes = [result.outcome for result in results]
    trying = sum(outcome.candidate_cpu_s or 0.0 for outcome in outcomes)
    whole = sum(outcome.cpu_s for outcome in outcomes)
    candidates = sum(outcome.candidates for outcome in outcomes)
    nothing = sum(outcome.reason == "nothing_found" for outcome in outcomes)
    lines = [
        f"fixed: {table.percent(len(judged), len(results))}",
        "fixed and right on the withheld: "
        + table.percent(sum(each.right for each in judged), len(judged)),
        f"nothing found: {nothing}",
        f"false fixed: {sum(not each.honest for each in judged)}",
        f"{candidates} candidates in {sum(outcome.wall_s for outcome in outcomes):.0f} s",
        f"candidates a CPU second of trying: {_rate(candidates, trying)}",
        f"candidates a CPU second of the whole runs: {_rate(candidates, whole)}",
    ]
    return "\n".join(lines)


def _rate(candidates: int, cpu_s: float) -> str:
    return f"{candidates / cpu_s:.1f}" if cpu_s else "not reported"


def arguments(names: list[str]) -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.foreign", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the projects are laid out")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, default=names)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--results", type=Path, help="default: FOLDER/results.jsonl")
    parser.add_argument("--validate", action="store_true", help="test the judge itself")
    parser.add_argument("--prepare", action="store_true", help="lay out and draw; run nothing")
    return parser


def _runs(
    place: Place,
    project: Project,
    options: argparse.Namespace,
    known: dict[tuple[str, int], Result],
) -> None:
    prepare(place, project)
    for seed in options.seeds:
        fault = plant(place.name, place, project, seed)
        where = f"{place.name} {seed}: {fault.file}:{fault.line} {fault.operator}"
        print(f"{where}, {len(fault.noticing)} tests notice, {fault.draws} draws", flush=True)
        if options.validate:
            print(f"  {validate(place, fault, measure(place, project))}", flush=True)
        if options.prepare or options.validate or (place.name, seed) in known:
            continue
        result = run_one(place, fault, measure(place, project))
        records.append(options.results, result)
        known[place.name, seed] = result
        print(f"  {_word(result)} after {result.outcome.wall_s:.1f} s", flush=True)


def main() -> int:
    """Run what is not yet in the results file, and print everything asked for that is."""
    end_children_on_sigterm()
    projects = load()
    options = arguments(list(projects)).parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.results = options.results or options.folder / "results.jsonl"
    known = {(each.project, each.seed): each for each in records.read(options.results, Result)}
    for name in options.only:
        _runs(Place(name, options.folder / name), projects[name], options, known)
    wanted = [(name, seed) for name in options.only for seed in options.seeds]
    if not options.prepare and not options.validate:
        print(report([known[key] for key in wanted]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
