"""The command line: what is asked, and the exit code that answers.

0 fixed; 1 not solved; 2 wrong use or bad input; 3 something broke. Heavy imports wait until a
command needs them, so that `--help` answers at once.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

FIXED, NOT_SOLVED, BAD_INPUT, BROKE = 0, 1, 2, 3


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    top = argparse.ArgumentParser(
        prog="journeyman",
        description="A coding agent that works in a private copy until a test run proves the task "
        "done. Without arguments: try it on a bundled sample.",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    _add_fix(commands)
    _add_resume(commands)
    _add_looks(commands)
    _add_accept(commands)
    return top


def _add_fix(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    fix = commands.add_parser("fix", help="make the red tests of a project green")
    fix.add_argument("path", type=Path, help="the project's folder")
    fix.add_argument("--tests", nargs="+", default=[], metavar="ID", help="only these red tests")
    fix.add_argument("--test-command", metavar="CMD", help='how the tests run, e.g. "pytest -x t"')
    fix.add_argument("--python", type=Path, metavar="PATH", help="the project's interpreter")
    fix.add_argument("--accept", action="store_true", help="write the change when it is proved")
    _add_running(fix)


def _add_resume(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    resume = commands.add_parser("resume", help="go on with a session that stopped or was killed")
    resume.add_argument("session")
    _add_running(resume)


def _add_running(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--budget-minutes", type=_minutes, default=None, metavar="N", help="time to spend (5)"
    )
    command.add_argument("--json", action="store_true", help="print events, one JSON object a line")


def _minutes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 60 * 24 * 7:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes above 0")
    return value


def _add_looks(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sessions = commands.add_parser("sessions", help="list the sessions")
    sessions.add_argument("--json", action="store_true")
    show = commands.add_parser("show", help="a session's timeline and change")
    show.add_argument("session")
    show.add_argument("--json", action="store_true")
    doctor = commands.add_parser("doctor", help="what works on this machine")
    doctor.add_argument("path", type=Path, nargs="?", help="a project to look at as well")


def _add_accept(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    accept = commands.add_parser("accept", help="write a session's change to your files")
    accept.add_argument("session")
    accept.add_argument("--hunks", nargs="+", metavar="ID", help="only these (see `show`)")
    accept.add_argument("--force", action="store_true", help="also when the verdict is not *fixed*")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = parser().parse_args(arguments)
    from agent_core.terminal import commands  # noqa: PLC0415  (kept out of --help's way)

    return commands.run(asked)


if __name__ == "__main__":
    sys.exit(main())
