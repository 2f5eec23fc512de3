"""Wrong ports for the parity gate to refuse, and a slow one for the benchmark gate to refuse.

`python -m benchmarks.wrong_ports FOLDER` converts the applications of `wrong_subjects.py`. Fourteen
ports are mutations, drawn by a seed, of the functions that come out; six are wrong by hand
(`wrong_by_hand.py`). All are judged as `journeyman parity` does it, the right ones as well. It
goes on where it was cut off.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks import records, table
from benchmarks.commands import end_children_on_sigterm
from benchmarks.rust_mutants import Mutant, draw
from benchmarks.wrong_by_hand import BY_HAND, SLOW
from benchmarks.wrong_run import MOST_REQUESTS, Bench, Crate, Outcome
from benchmarks.wrong_subjects import EQUIVALENT, SUBJECTS

DRAWN = 14
RIGHT = "right"
_SHOWN = 90
"""Characters of what is wrong that the table has room for."""


def report(results: Iterable[Outcome]) -> str:
    """The table, how each was told, what was drawn in vain, and the race."""
    judged = [each for each in results if not each.passed]
    wrong = [each for each in judged if each.port not in {RIGHT, SLOW.name}]
    passed = [each for each in results if each.passed]
    header = ("port", "application", "what is wrong", "verdict", "requests", "route", "seconds")
    asked = sorted({(each.seeds, each.compared) for each in judged})
    parts = [
        table.render(header, [_row(each) for each in judged]),
        "\n".join(f"{each.port}: {each.said}\n    {_told(each)}" for each in wrong),
        "\n".join(f"drawn in vain: {each.said}: {each.passed}" for each in passed),
        "\n".join(
            f"{each.port} ({each.subject}), faster by a factor: {each.speed.sentence()}"
            for each in judged
            if each.speed
        ),
        f"refused in at most {MOST_REQUESTS} requests, or by clients at once: "
        f"{table.percent(sum(each.refused for each in wrong), len(wrong))}; compared in "
        + ", ".join(f"{compared:,} requests of {seeds} seeds" for seeds, compared in asked),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(each: Outcome) -> list[str]:
    at_once = each.beside[0].partition(":")[0] if each.beside else "-"
    return [
        each.port,
        each.subject,
        each.said if len(each.said) <= _SHOWN else f"{each.said[: _SHOWN - 1]}…",
        each.state,
        str(each.requests) if each.requests else ("at once" if each.beside else "-"),
        each.route or at_once,
        f"{each.seconds:.0f}",
    ]


def _told(each: Outcome) -> str:
    """How the gate tells it from the original."""
    return each.shown or "; ".join(each.beside or each.reasons)


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.wrong_ports", description=__doc__)
    parser.add_argument("folder", type=Path, help="where everything is written")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    parser.add_argument("--seeds", type=int, default=3, help="corpora to compare with")
    parser.add_argument("--requests", type=int, default=1_000, help="of each corpus, at least")
    parser.add_argument("--mutants", type=int, default=40, help="for the ports that are right")
    parser.add_argument("--rounds", type=int, default=9, help="pairs of rounds of a race, at least")
    parser.add_argument("--results", type=Path, help="default: FOLDER/wrong.jsonl")
    return parser


class _Judging:
    """The ports judged so far, each added as it is done."""

    def __init__(self, bench: Bench, options: argparse.Namespace) -> None:
        found = records.read(options.results, Outcome)
        self.known = {(each.port, each.subject): each for each in found}
        self._bench = bench
        self._options = options

    def judge(
        self, port: Outcome, crate: Crate, *, right: bool = False, race: bool = False
    ) -> bool:
        """Judge a port, unless that is done; whether there was anything to judge."""
        name = port.port, port.subject
        if name not in self.known:
            mutants = self._options.mutants if right else 0
            done = port
            if not port.passed:
                done = self._bench.outcome(port, crate, mutants=mutants, race=race)
            records.append(self._options.results, done)
            self.known[name] = done
            print(f"{done.port}, {done.subject}: {done.passed or _told(done)}", flush=True)
        return not self.known[name].passed


def run(options: argparse.Namespace) -> list[Outcome]:
    """Judge everything."""
    bench = Bench(options)
    judging = _Judging(bench, options)
    right = {subject: bench.right(subject) for subject in SUBJECTS}
    left = DRAWN
    for number, mutant in enumerate(draw(_handlers(right), options.seed), start=1):
        if not left:
            break
        subject, _, file = mutant.file.partition("/")
        port = _drawn(number, subject, mutant)
        left -= judging.judge(port, {**right[subject], file: mutant.text})
    for hand in BY_HAND:
        port = Outcome(hand.name, hand.subject, hand.said)
        judging.judge(port, hand.of(right[hand.subject]))
    for subject, crate in right.items():
        port = Outcome(RIGHT, subject, "nothing")
        judging.judge(port, crate, right=True, race=subject == SLOW.subject)
    slow = Outcome(SLOW.name, SLOW.subject, SLOW.said)
    judging.judge(slow, SLOW.of(right[SLOW.subject]), right=True, race=True)
    return list(judging.known.values())


def _handlers(right: Mapping[str, Crate]) -> dict[str, str]:
    """Where the converted functions are: all but what puts them together."""
    return {
        f"{subject}/{path}": text
        for subject, crate in right.items()
        for path, text in crate.items()
        if path.startswith("src/") and path != "src/main.rs"
    }


def _drawn(number: int, subject: str, mutant: Mutant) -> Outcome:
    said = mutant.sentence()
    return Outcome(f"drawn {number}", subject, said, passed=EQUIVALENT.get((subject, said), ""))


def main() -> int:
    """Judge what the results file does not hold, and print all that it does."""
    end_children_on_sigterm()
    options = arguments().parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.results = options.results or options.folder / "wrong.jsonl"
    os.environ["JOURNEYMAN_HOME"] = str(options.folder / "home")
    results = run(options)
    print(f"\n{report(results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
