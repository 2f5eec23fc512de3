"""The command line: what is asked, and the exit code that answers.

0 fixed; 1 not solved; 2 wrong use or bad input; 3 something broke. Heavy imports wait until a
command needs them, so that `--help` answers at once.
"""

import argparse
import math
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

from agent_core import places

FIXED, NOT_SOLVED, BAD_INPUT, BROKE = 0, 1, 2, 3

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog=places.command(),
        description="A coding agent that works in a private copy until a test run proves the task "
        "done. Without a command: open the window, on a folder if one is named; where there is no "
        "display, try it on a bundled sample.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="say which version this is")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_fix(commands)
    _add_do(commands)
    _add_resume(commands)
    _add_looks(commands)
    _add_accept(commands)
    _add_port(commands)
    _add_parity(commands)
    _add_benchmark(commands)
    top.set_defaults(commands=tuple(commands.choices))
    return top


class _Version(argparse.Action):
    """Says the version, which is looked up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from agent_core.version import NAME, version  # noqa: PLC0415  (only looked up here)

        print(f"{NAME} {version()}")
        parser.exit()


def _add_fix(commands: Commands) -> None:
    fix = commands.add_parser("fix", help="make the red tests of a project green")
    fix.add_argument("path", type=Path, help="the project's folder")
    fix.set_defaults(goal="Make the failing tests pass.")
    _add_task(fix)


def _add_do(commands: Commands) -> None:
    do = commands.add_parser(
        "do", help="reach a goal in words, with a language model, or convert Flask to Rust without"
    )
    do.add_argument("path", type=Path, help="the project's folder")
    do.add_argument("goal", help="what is to be done, in your words")
    do.add_argument(
        "--check",
        action="append",
        default=[],
        metavar="CMD",
        help="a command that must succeed at the end; may be given several times",
    )
    _add_task(do)


def _add_port(commands: Commands) -> None:
    port = commands.add_parser("port", help="convert a Flask project to Rust, in rust/ beside it")
    port.add_argument("path", type=Path, help="the Flask project's folder")
    port.add_argument(
        "--fetch",
        action="store_true",
        help="let cargo download what ports are built on, once, and pip what measures the speed",
    )
    port.add_argument(
        "--faster-by",
        type=_factor,
        metavar="FACTOR",
        help="check as well that a request costs so many times less CPU time",
    )
    port.add_argument("--page", type=Path, metavar="FILE", help="write the certificate here, too")
    port.set_defaults(goal="Convert this Flask project to Rust.")
    _add_task(port)


def _add_task(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--tests", nargs="+", default=[], metavar="ID", help="only these red tests"
    )
    command.add_argument(
        "--test-command", metavar="CMD", help='how the tests run, e.g. "pytest -x t"'
    )
    command.add_argument("--python", type=Path, metavar="PATH", help="the project's interpreter")
    command.add_argument("--accept", action="store_true", help="write the change when it is proved")
    command.set_defaults(page=None)
    _add_running(command)


def _add_resume(commands: Commands) -> None:
    resume = commands.add_parser("resume", help="go on with a session that stopped or was killed")
    _add_session(resume)
    resume.add_argument(
        "words", nargs="?", default="", help="what else the model should know or do"
    )
    resume.add_argument(
        "--survivor",
        type=_count,
        metavar="N",
        help="have this survivor of the search proven in place of the change (see `show`)",
    )
    _add_running(resume)


def _add_session(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "session", help="its id, or the beginning or end of it; `last` is the newest"
    )


def _add_running(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model", metavar="NAME", help="openai:NAME, or built-in (which needs nothing)"
    )
    command.add_argument(
        "--base-url", metavar="URL", help="where the model answers; its key is in OPENAI_API_KEY"
    )
    command.add_argument(
        "--trust",
        action="store_true",
        help="let a language model run this project's tests, from now on (there is no isolation)",
    )
    command.add_argument(
        "--budget-minutes", type=_minutes, default=None, metavar="N", help="time to spend (5)"
    )
    command.add_argument("--budget-steps", type=_count, metavar="N", help="steps to spend (300)")
    command.add_argument("--budget-tokens", type=_count, metavar="N", help="tokens to spend")
    command.add_argument("--budget-money", type=_money, metavar="USD", help="dollars to spend")
    command.add_argument("--json", action="store_true", help="print events, one JSON object a line")


def _minutes(text: str) -> float:
    return _above_0(text, "number of minutes", below=60 * 24 * 7)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def _money(text: str) -> float:
    return _above_0(text, "amount")


def _above_0(text: str, what: str, *, below: float = math.inf) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < below:
        raise argparse.ArgumentTypeError(f"{text!r} is no {what} above 0")
    return value


def _add_looks(commands: Commands) -> None:
    sessions = commands.add_parser("sessions", help="list the sessions")
    sessions.add_argument("--json", action="store_true")
    show = commands.add_parser("show", help="a session's timeline and change")
    _add_session(show)
    show.add_argument("--json", action="store_true")
    doctor = commands.add_parser("doctor", help="what works on this machine")
    doctor.add_argument("path", type=Path, nargs="?", help="a project to look at as well")


def _add_accept(commands: Commands) -> None:
    accept = commands.add_parser("accept", help="write a session's change to your files")
    _add_session(accept)
    what = accept.add_mutually_exclusive_group()
    what.add_argument("--hunks", nargs="+", metavar="ID", help="only these (see `show`)")
    what.add_argument("--undo", action="store_true", help="take back what was accepted last")
    accept.add_argument("--force", action="store_true", help="also what is not proved to be fixed")


def _add_parity(commands: Commands) -> None:
    parity = commands.add_parser(
        "parity", help="whether a server gives the same HTTP answers as a Flask project"
    )
    parity.add_argument("path", type=Path, help="the Flask project's folder")
    _add_server(parity)
    parity.add_argument("--python", type=Path, metavar="PATH", help="the project's interpreter")
    parity.add_argument("--seeds", type=_count, default=3, metavar="N", help="corpora to draw (3)")
    parity.add_argument(
        "--requests", type=_count, default=1_000, metavar="N", help="requests in each (1000)"
    )
    parity.add_argument(
        "--mutants", type=_count, default=40, metavar="N", help="wrong copies to try (40)"
    )
    parity.add_argument("--budget-minutes", type=_minutes, metavar="N", help="time to spend (30)")
    parity.add_argument("--page", type=Path, metavar="FILE", help="write the report as HTML, too")
    parity.add_argument("--json", action="store_true", help="print the report as JSON")


def _add_server(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--against",
        required=True,
        metavar="CMD",
        help="starts the server, in a copy of the project, on the port in PORT (or {port})",
    )
    command.add_argument(
        "--folder", type=Path, metavar="PATH", help="start it in a copy of this folder instead"
    )
    command.add_argument(
        "--setup", default="", metavar="CMD", help="run first in every copy, to make a database"
    )
    command.add_argument("--app", metavar="MODULE:NAME", help="where the application is")


def _add_benchmark(commands: Commands) -> None:
    benchmark = commands.add_parser(
        "benchmark", help="whether B is faster than A, and how many times"
    )
    kinds = benchmark.add_subparsers(dest="kind", metavar="KIND", required=True)
    servers = kinds.add_parser(
        "servers", help="a Flask project under gunicorn (A) and another server (B)"
    )
    servers.add_argument("path", type=Path, help="the Flask project's folder")
    _add_servers(servers)
    two = kinds.add_parser("commands", help="two commands, each in a copy of this folder")
    two.add_argument("a", metavar="A", help="the command that is to be beaten")
    two.add_argument("b", metavar="B", help="the command that is to be faster")
    function = kinds.add_parser("function", help="a Python function at two revisions")
    function.add_argument("function", metavar="MODULE:NAME")
    function.add_argument(
        "--revisions",
        nargs=2,
        required=True,
        metavar=("A", "B"),
        help="commits, branches or tags; . is the files as they are now",
    )
    function.add_argument(
        "--args",
        nargs="*",
        default=[],
        metavar="EXPR",
        help="Python expressions for its arguments, made anew for each call",
    )
    for kind in (two, function):
        kind.add_argument("--path", type=Path, default=Path(), help="the folder (this one)")
    for kind in (servers, function):
        kind.add_argument("--seconds", type=_seconds, metavar="N", help="length of a round")
    for kind in (servers, two, function):
        _add_rounds(kind)


def _add_servers(servers: argparse.ArgumentParser) -> None:
    _add_server(servers)
    load = servers.add_mutually_exclusive_group(required=True)
    load.add_argument("--route", metavar="RULE", help="GETs of this rule, as in /items/<int:id>")
    load.add_argument("--get", nargs="+", metavar="TARGET", help="GETs of these paths")
    load.add_argument(
        "--requests",
        type=Path,
        metavar="FILE",
        help="a JSON list of objects with target, and method, headers, body where wanted",
    )
    servers.add_argument(
        "--connections", type=_count, default=16, metavar="N", help="clients at once (16)"
    )
    servers.add_argument(
        "--fetch",
        action="store_true",
        help="let pip fetch gunicorn into a throw-away environment if the project has none",
    )


def _add_rounds(kind: argparse.ArgumentParser) -> None:
    kind.add_argument("--rounds", type=_count, default=9, metavar="N", help="pairs of rounds (9)")
    kind.add_argument(
        "--faster-by",
        type=_factor,
        metavar="FACTOR",
        help="check that A costs so many times the CPU time of B, by the smallest ratio",
    )
    kind.add_argument("--python", type=Path, metavar="PATH", help="the project's interpreter")
    kind.add_argument("--budget-minutes", type=_minutes, metavar="N", help="time to spend (30)")
    kind.add_argument("--json", action="store_true", help="print the report as JSON")


def _seconds(text: str) -> float:
    return _above_0(text, "number of seconds", below=3600)


def _factor(text: str) -> float:
    return _above_0(text, "factor")


def _no_command(word: str) -> str:
    """What is said of a first word that is no command."""
    if Path(word).is_dir():
        hint = f"a command comes first: {shlex.join((places.command(), 'fix', word))}"
    else:
        hint = f"`{places.command()} --help` lists the commands."
    what = f"There is no command and no folder {word!r}"
    return f"journeyman: {what}\nhint: {hint}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    top = parser()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given and not given[0].startswith("-") and given[0] not in top.get_default("commands"):
        print(_no_command(given[0]), file=sys.stderr)
        return BAD_INPUT
    asked = top.parse_args(given)
    from agent_core.terminal import commands  # noqa: PLC0415  (kept out of --help's way)

    return commands.run(asked)


if __name__ == "__main__":
    sys.exit(main())
