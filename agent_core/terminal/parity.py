"""`journeyman parity`: whether a server answers as a Flask project does."""

import argparse
import asyncio
import shlex
import sys

import msgspec

from agent_core import places, words
from agent_core.events import Progress
from agent_core.port import parity
from agent_core.port.certificate import page
from agent_core.port.judging import judge
from agent_core.port.telling import tell
from agent_core.terminal.cli import FIXED, NOT_SOLVED
from agent_core.terminal.live import Live
from editors.opening import open_project
from runners.problems import UserProblem

MINUTES = 30.0


def run(asked: argparse.Namespace) -> int:
    """Compare, print the report, and answer whether the port holds."""
    if not asked.path.is_dir():
        raise UserProblem(
            f"There is no folder {asked.path}", hint="Name the Flask project's folder."
        )
    if asked.folder and not asked.folder.is_dir():
        raise UserProblem(f"There is no folder {asked.folder}", hint="Name the port's folder.")
    task = parity.ParityTask(
        command=asked.against,
        folder=asked.folder and asked.folder.resolve(),
        setup=asked.setup,
        app=asked.app,
        python=asked.python,
        seeds=tuple(range(asked.seeds)),
        requests=asked.requests,
        mutants=asked.mutants,
        minutes=asked.budget_minutes or MINUTES,
    )
    live = Live(sys.stderr)

    def say(text: str) -> None:
        live.progress(Progress(call_id="", text=text))

    origin = asked.path.resolve()
    open_project(origin)  # refuses what no task may be given
    report = asyncio.run(parity.compare(origin, task, say=say))
    verdict = judge(report)
    live.end()
    if asked.page:
        title = f"Does it answer as {origin.name} does?"
        text = page(
            report, verdict, title=title, repeat=shlex.join([places.command(), *sys.argv[1:]])
        )
        asked.page.write_text(text, encoding="utf-8")
    if asked.json:
        print(msgspec.json.encode({"verdict": verdict, "report": report}).decode())
    else:
        for line in tell(report, verdict):
            print(words.printable(line))
    return FIXED if verdict.state == "fixed" else NOT_SOLVED
