"""Converts public Flask applications to Rust, compiles what comes out, and has the gate judge it.

`python -m benchmarks.port FOLDER` lays the applications of `port_apps.toml` out, each at its
commit, with one environment for all. It converts, compiles, compares and, with `--rounds`, races
each as it comes out of the translator; then it has those refused that must be. Each round is kept
apart from later ones, so that the first stays what it was. It goes on where it was cut off.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from agent_core.port.refusals import Refusal
from benchmarks import port_apps, records, table
from benchmarks.commands import end_children_on_sigterm
from benchmarks.port_apps import App, Listed
from benchmarks.port_run import Options, Result, measure
from benchmarks.port_speed import Race

CHECK_S = 10.0
FACTOR = 15.0
"""What a conversion with its check is to take at most, and what CPU is to be saved at least."""
SHOWN = 5
"""Refusals and errors named for one application."""


def report(results: Iterable[Result], listed: Listed) -> str:
    """One round: the table, what stands in the way of each application, and the totals."""
    by_name = {each.app: each for each in results}
    ported = [by_name[name] for name in listed.apps if name in by_name]
    refusable = [name for name in (*listed.refused, port_apps.TUTORIAL) if name in by_name]
    header = (
        *("application", "routes", "refused", "lines", "compiled", "warnings", "rustfmt"),
        *("answers", "equal", "state", "mutants", "branches", "check s", "seconds"),
    )
    parts = [table.render(header, [_row(each, _lines(listed, each)) for each in ported])]
    parts += [line for each in ported if (line := _obstacles(each))]
    if any(each.speed for each in ported):
        speed_header = ("application", "CPU, original over port", "memory, MB", "route")
        rows = [[each.app, *each.speed.cells()] for each in ported if each.speed]
        parts.append(table.render(speed_header, rows))
    parts.append(_totals(ported))
    if refusable:
        parts.append("\n".join(_refusal(by_name[name], listed) for name in refusable))
    return "\n\n".join(parts)


def _lines(listed: Listed, result: Result) -> int:
    return listed.apps[result.app].lines


def _row(result: Result, lines: int) -> list[str]:
    parity = result.parity
    return [
        result.app,
        f"{len(result.routes)} of {len(result.routes) + len(result.left)}",
        str(len(result.refusals)),
        f"{result.rust_lines / lines:.1f}",
        "yes" if result.compiled else "no",
        str(result.warnings) if result.compiled else "-",
        "-" if result.tidy is None else ("yes" if result.tidy else "no"),
        f"{parity.requests}" if parity else "-",
        f"{_share(parity.requests - parity.differences, parity.requests)}" if parity else "-",
        parity.state if parity else "not compared",
        f"{parity.killed} of {parity.mutants}" if parity and parity.mutants else "-",
        f"{parity.taken} of {parity.branches}" if parity and parity.branches else "-",
        f"{result.convert_s + result.check_s:.1f}" if result.check_s else "-",
        f"{result.wall_s:.0f}",
    ]


def _share(part: int, whole: int) -> str:
    # Never rounded up to what it is not.
    return f"{int(1000 * part / whole) / 10:.1f} %" if whole else "-"


def _obstacles(result: Result) -> str:
    lines = [result.problem] if result.problem else []
    lines += [_sentence(each) for each in result.refusals[:SHOWN]]
    lines += result.errors[:SHOWN]
    if result.parity is not None:
        lines += [*result.parity.reasons, *result.parity.shown]
    return "\n".join([f"{result.app}:", *(f"  {line}" for line in lines)]) if lines else ""


def _sentence(refusal: Refusal) -> str:
    return f"{refusal.file}, line {refusal.line}: {refusal.reason}"


def _totals(results: list[Result]) -> str:
    converted = sum(len(each.routes) for each in results)
    routes = converted + sum(len(each.left) for each in results)
    whole = [each for each in results if each.whole]
    checked = [each.convert_s + each.check_s for each in results if each.check_s]
    quick = table.percent(sum(each <= CHECK_S for each in checked), len(checked))
    lines = [
        f"compiled: {table.percent(sum(each.compiled for each in results), len(results))}",
        f"without a warning, and as rustfmt writes: {sum(map(_clean, results))}",
        f"routes converted: {table.percent(converted, routes)}",
        f"converted as a whole and answering the same: {table.percent(len(whole), len(results))}",
        f"converted and checked in {CHECK_S:g} s: {quick}",
    ]
    if ratios := [each.speed.ratio for each in results if each.speed and each.speed.ratio]:
        fast = sum(each.lowest >= FACTOR for each in ratios)
        lines.append(f"never under {FACTOR:g} times as fast: {table.percent(fast, len(ratios))}")
    return "\n".join(lines)


def _clean(result: Result) -> bool:
    return result.compiled and result.tidy is True and not result.warnings


def _refusal(result: Result, listed: Listed) -> str:
    refused = listed.refused.get(result.app)
    wanted = refused.construct if refused else ""
    said = [_sentence(each) for each in result.refusals]
    named = not result.problem and not result.routes and any(wanted in each for each in said)
    word = "refused" if named or (not wanted and said) else "NOT REFUSED AS IT SHOULD BE"
    shown = [result.problem] if result.problem else said
    return "\n".join([f"{result.app}: {word}", *(f"  {each}" for each in shown)])


def arguments(names: list[str]) -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.port", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the applications are laid out")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, default=names)
    parser.add_argument("--seeds", type=int, default=3, help="corpora to compare with")
    parser.add_argument("--requests", type=int, default=1_000, help="of each corpus, at least")
    parser.add_argument("--mutants", type=int, default=40)
    parser.add_argument("--round", type=int, default=1, help="1 is the untouched first run")
    parser.add_argument("--rounds", type=int, default=0, help="pairs of each session of a race")
    parser.add_argument("--round-seconds", type=float, default=3.0)
    parser.add_argument("--results", type=Path, help="default: FOLDER/results.jsonl")
    parser.add_argument("--mirrors", type=Path, help="git directories below OWNER+NAME")
    parser.add_argument("--prepare", action="store_true", help="lay out; convert nothing")
    return parser


def _runs(listed: Listed, options: argparse.Namespace, known: dict[str, Result]) -> None:
    python = port_apps.environment(options.folder)
    for name in options.only:
        origin, app = _laid_out(listed, name, options)
        if options.prepare or name in known:
            continue
        asked = Options(
            folder=options.folder,
            python=python,
            seeds=options.seeds,
            requests=options.requests,
            mutants=options.mutants,
            release=options.rounds > 0,
            round=options.round,
            only_convert=name not in listed.apps,
            race=_race(listed, name, options),
        )
        result = asyncio.run(measure(name, origin, app, asked))
        records.append(options.results, result)
        known[name] = result
        print(f"{name}: {_obstacles(result) or 'the same answers'}", flush=True)


def _race(listed: Listed, name: str, options: argparse.Namespace) -> Race | None:
    if not options.rounds or name not in listed.apps:
        return None
    return Race(options.rounds, options.round_seconds, listed.apps[name].route)


def _laid_out(listed: Listed, name: str, options: argparse.Namespace) -> tuple[Path, str | None]:
    if name == port_apps.TUTORIAL:
        return port_apps.lay_out_tutorial(options.folder, listed.tutorial), listed.tutorial.app
    app: App = {**listed.apps, **listed.refused}[name]
    return port_apps.lay_out(options.folder, name, app, options.mirrors), app.app


def main() -> int:
    """Run what the results file does not hold of this round, and print all rounds that it does."""
    end_children_on_sigterm()
    listed = port_apps.load()
    names = [*listed.apps, *listed.refused, port_apps.TUTORIAL]
    options = arguments(names).parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.results = options.results or options.folder / "results.jsonl"
    options.mirrors = options.mirrors or options.folder / "mirrors"
    os.environ["JOURNEYMAN_HOME"] = str(options.folder / "home")
    found = records.read(options.results, Result)
    known = {each.app: each for each in found if each.round == options.round}
    _runs(listed, options, known)
    if not options.prepare:
        found = records.read(options.results, Result)
        for number in sorted({1, max((each.round for each in found), default=1)}):
            title = "the untouched first run" if number == 1 else "the latest"
            print(f"\nRound {number}, {title}:\n")
            print(report([each for each in found if each.round == number], listed))
    return 0


if __name__ == "__main__":
    sys.exit(main())
