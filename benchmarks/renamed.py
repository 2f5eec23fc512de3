"""Does a port depend on what things are called? Three applications, with all their names changed.

`python -m benchmarks.renamed FOLDER` takes three of `port_apps.toml`, renames every function, route
and key of JSON, and converts, compiles and compares each with its own names and with the others.
The programs are then asked on a machine without Python. It goes on where it was cut off.
"""

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks import bare_machine, port_apps, port_run, records, renaming, table
from benchmarks.commands import CommandError, end_children_on_sigterm
from benchmarks.port_run import Options, Result
from benchmarks.repository import commit_everything

NAMES = (
    "BeatrizImgaertchen/Masterblog_API",
    "Yohannes90/flask-crud-challenge",
    "nyu-devops/lab-flask-apikey",
)
Writing = Callable[[Mapping[str, str]], dict[str, str]]
ROUNDS: dict[int, tuple[str, Writing]] = {
    1: ("own names", renaming.plain),
    2: ("renamed", renaming.renamed),
}
"""How an application is written in each round, by the round's number."""


class Figures(msgspec.Struct, frozen=True):
    """What must not depend on names."""

    routes: int
    left: int
    refusals: int
    lines: int
    compiled: bool
    warnings: int
    differences: int | None


def figures(result: Result) -> Figures:
    """The figures of one application with one set of names."""
    return Figures(
        routes=len(result.routes),
        left=len(result.left),
        refusals=len(result.refusals),
        lines=result.rust_lines,
        compiled=result.compiled,
        warnings=result.warnings,
        differences=result.parity.differences if result.parity else None,
    )


def report(results: Sequence[Result]) -> str:
    """The table, what went wrong, and whether any figure changed."""
    header = (
        *("application", "names", "routes", "refused", "lines", "compiled", "warnings"),
        *("requests", "differences"),
    )
    results = sorted(results, key=lambda each: (each.app, each.round))
    by_app: dict[str, set[Figures]] = {}
    for each in results:
        by_app.setdefault(each.app, set()).add(figures(each))
    unlike = [app for app, found in by_app.items() if len(found) > 1]
    parts = [
        table.render(header, [_row(each) for each in results]),
        "\n".join(f"{each.app}: {each.problem}" for each in results if each.problem),
        f"figures that a name changes: {', '.join(unlike) or 'none'}",
    ]
    return "\n\n".join(part for part in parts if part)


def _row(result: Result) -> list[str]:
    found = figures(result)
    parity = result.parity
    return [
        result.app,
        ROUNDS[result.round][0],
        f"{found.routes} of {found.routes + found.left}",
        str(found.refusals),
        str(found.lines),
        "yes" if found.compiled else "no",
        str(found.warnings),
        str(parity.requests) if parity else "-",
        str(parity.differences) if parity else "-",
    ]


def write(source: Path, target: Path, writing: Writing) -> Path:
    """A copy of an application with its modules written anew, as a repository; made once."""
    if not target.exists():
        half_done = target.with_name(f"{target.name}.partly")
        shutil.rmtree(half_done, ignore_errors=True)
        shutil.copytree(source, half_done, ignore=shutil.ignore_patterns(".git"))
        modules = {str(path.relative_to(source)): path for path in source.rglob("*.py")}
        texts = {name: path.read_text("utf-8") for name, path in modules.items()}
        for name, text in writing(texts).items():
            (half_done / name).write_text(text, encoding="utf-8")
        commit_everything(half_done)
        half_done.rename(target)
    return target


def arguments() -> argparse.ArgumentParser:
    """What the command understands."""
    parser = argparse.ArgumentParser(prog="benchmarks.renamed", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the applications are laid out")
    parser.add_argument("--seeds", type=int, default=1, help="corpora to compare with")
    parser.add_argument("--requests", type=int, default=300, help="of each corpus, at least")
    parser.add_argument("--results", type=Path, help="default: FOLDER/renamed.jsonl")
    parser.add_argument("--mirrors", type=Path, help="git directories below OWNER+NAME")
    return parser


def _run(options: argparse.Namespace) -> list[Result]:
    listed = port_apps.load()
    python = port_apps.environment(options.folder)
    known = {(each.app, each.round) for each in records.read(options.results, Result)}
    for name in NAMES:
        app = listed.apps[name]
        source = port_apps.lay_out(options.folder, name, app, options.mirrors)
        for number, (folder, writing) in ROUNDS.items():
            if (name, number) in known:
                continue
            origin = write(source, options.folder / folder.replace(" ", "-") / source.name, writing)
            asked = Options(
                folder=options.folder,
                python=python,
                seeds=options.seeds,
                requests=options.requests,
                mutants=0,
                release=False,
                round=number,
            )
            result = asyncio.run(port_run.measure(name, origin, app.app, asked))
            records.append(options.results, result)
            print(f"{name}, {folder}: {figures(result)}", flush=True)
    return records.read(options.results, Result)


def _without_python(folder: Path, results: Sequence[Result]) -> str:
    """What each program with its own names answers where it is alone."""
    said = []
    listed = port_apps.load()
    for each in results:
        program = folder / "ports" / "1" / port_apps.place(folder, each.app).name / port_run.PROGRAM
        method, _, target = listed.apps[each.app].route.partition(" ")
        if each.round == 1 and each.compiled and method == "GET":
            try:
                files, (response,) = bare_machine.answers(program, [target])
            except CommandError as error:
                said.append(f"{each.app}: not asked without Python: {error}")
                continue
            beside = ", ".join(Path(path).name for path in files)
            answer = f"{response.status} {response.body[:60].decode('utf-8', 'replace').strip()}"
            said.append(f"{each.app}, GET {target} on a machine with {beside} alone: {answer}")
    return "\n".join(said)


def main() -> int:
    """Measure what the results file does not hold, and print all that it does."""
    end_children_on_sigterm()
    options = arguments().parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    options.results = options.results or options.folder / "renamed.jsonl"
    options.mirrors = options.mirrors or options.folder / "mirrors"
    os.environ["JOURNEYMAN_HOME"] = str(options.folder / "home")
    results = _run(options)
    print(f"\n{report(results)}\n\n{_without_python(options.folder, results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
