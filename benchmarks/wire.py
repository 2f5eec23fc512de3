"""Sessions of a language model over a real connection to an endpoint that misbehaves.

`python -m benchmarks.wire` prints what the session did for each fault, then the growth of a long
session: CPU a step, and how often a request began with the bytes of the one before it.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec

from agent_core.events import (
    ConversationCut,
    Record,
    SessionStopped,
    ToolIntended,
    TurnEnded,
    TurnStarted,
)
from agent_core.models.choice import ModelChoice
from agent_core.session import Session
from agent_core.task import Budget, Task
from benchmarks import table
from tests.agent_core.models.misbehaving import (
    Answer,
    Misbehaving,
    calling,
    delta,
    failing,
    finish,
    part,
    saying,
    serving,
)
from tests.agent_core.projects import shop

STEPS = 300
EDGE = 50
"""Steps at either end of the long session that are compared."""

MEND = json.dumps(
    {
        "edits": [{"path": "shop/prices.py", "old": "1 - rate", "new": "1 + rate"}],
        "finish_if_green": True,
        "summary": "The tax was taken off instead of added.",
    }
)
GOOD = calling("edit_file", MEND)
LOOK = '{"path": "shop/prices.py"}'
HALF = (part(0, "edit_file", MEND[:40], "call_1"),)


def interleaved() -> Answer:
    """Two calls whose pieces come in turn, arguments before the name."""
    return Answer(
        (
            part(1, None, LOOK[:8]),
            part(0, None, LOOK[:5]),
            part(1, "read_file", LOOK[8:], "b"),
            part(0, "read_file", LOOK[5:], "a"),
            finish("tool_calls"),
        )
    )


FAULTS: dict[str, tuple[Answer, ...]] = {
    "none": (GOOD,),
    "stream cut in a call": (Answer(HALF, end="cut"), GOOD),
    "stream reset in a call": (Answer(HALF, end="reset"), GOOD),
    "stream without a finish reason, twice": (Answer(HALF), Answer(HALF), GOOD),
    "cut by the token limit in a call": (Answer((*HALF, finish("length"))), GOOD),
    "429 with Retry-After": (failing(429, {"error": {"message": "slow"}}, retry_after="0"), GOOD),
    "503": (failing(503, "busy", retry_after="0"), GOOD),
    "malformed arguments": (calling("edit_file", '{"edits": [{'), GOOD),
    "arguments of the wrong type": (calling("edit_file", '{"edits": "all"}'), GOOD),
    "a tool that does not exist": (calling("bash", '{"command": "rm -rf /"}'), GOOD),
    "interleaved calls, arguments before names": (interleaved(), GOOD),
    "empty reasoning beside a call": (
        Answer(
            (delta(reasoning_content=""), part(0, "read_file", LOOK, "a"), finish("tool_calls"))
        ),
        GOOD,
    ),
    "nothing but empty reasoning": (Answer((delta(reasoning_content=""), finish())), GOOD),
    "talk without a call": (saying("I will fix it."), GOOD),
    "the same call six times": (*(calling("read_file", LOOK) for _ in range(6)), GOOD),
    "call spoken as text": (
        saying(f'<tool_call>{{"name": "edit_file", "arguments": {MEND}}}</tool_call>'),
    ),
    "the conversation is too long": (
        calling("read_file", LOOK),
        calling("read_file", '{"path": "tests/test_prices.py"}'),
        failing(400, {"error": {"message": "maximum context length is 10"}}),
        GOOD,
    ),
    "wrong key": (failing(401, {"error": {"message": "bad key"}}),),
}  # fmt: skip


class Row(msgspec.Struct, frozen=True):
    """What one session did."""

    fault: str
    requests: int
    calls_run: int
    ran_twice: int
    ran_of_cut: int
    stop: str
    detail: str


def row(fault: str, answers: Sequence[Answer], home: Path) -> Row:
    """Run a session against these answers, on a project of its own."""
    with serving(*answers) as endpoint:
        session = run(shop(home / "shop"), endpoint, home, steps=12)
    with_log = session.history
    stopped = with_log.last(SessionStopped)
    if stopped is None:
        raise LookupError("a run ends in a stop")
    intended = [event.call for event in with_log.all(ToolIntended)]
    cut = {call.id for turn in with_log.all(TurnEnded) if turn.cut for call in turn.calls}
    edits = [call.arguments for call in intended if call.tool == "edit_file"]
    return Row(
        fault=fault,
        requests=len(endpoint.requests),
        calls_run=len(intended),
        ran_twice=len(edits) - len(set(edits)),
        ran_of_cut=len(cut & {call.id for call in intended}),
        stop=stopped.reason,
        detail=stopped.detail.partition("\n")[0],
    )


def run(
    origin: Path,
    endpoint: Misbehaving,
    home: Path,
    *,
    steps: int,
    listener: Callable[[Record], None] = lambda _: None,
) -> Session:
    """One stretch with the endpoint as the model; the session comes back closed."""
    os.environ["JOURNEYMAN_HOME"] = str(home / "data")
    choice = ModelChoice(spec="openai:scripted", base_url=endpoint.url)
    budget = Budget(minutes=10, steps=steps)
    task = Task(goal="Make the failing tests pass.", budget=budget)
    session = Session.create(origin, task, choice=choice, python=Path(sys.executable))
    session.log.listeners.append(listener)
    try:
        asyncio.run(session.run(choice.model({})))
    finally:
        session.close()
    return session


class Growth(msgspec.Struct, frozen=True):
    """A long session: CPU seconds a step at both ends, requests that kept the prefix, breaks.

    Of this process, the endpoint included; what waits for the disk or for neighbours is not in it.
    """

    steps: int
    early_s: float
    late_s: float
    kept: int
    requests: int
    cuts: int
    longest_bytes: int
    stop: str

    @property
    def ratio(self) -> float:
        """How much longer a step takes at the end."""
        return self.late_s / self.early_s


def growth(home: Path, *, steps: int = STEPS) -> Growth:
    """Run a session of so many different reading calls."""
    asked = [
        calling("search_text", json.dumps({"text": f"word {number}"})) for number in range(steps)
    ]
    begun: list[float] = []

    def listen(record: Record) -> None:
        if isinstance(record.event, TurnStarted):
            begun.append(time.process_time())

    with serving(*asked) as endpoint:
        session = run(shop(home / "shop"), endpoint, home, steps=steps, listener=listen)
    history = session.history
    taken = [later - earlier for earlier, later in pairwise(begun)]
    bodies = [_messages(request.fields) for request in endpoint.requests]
    stopped = history.last(SessionStopped)
    return Growth(
        steps=history.steps,
        early_s=statistics.median(taken[:EDGE]),
        late_s=statistics.median(taken[-EDGE:]),
        kept=sum(later.startswith(earlier) for earlier, later in pairwise(bodies)),
        requests=len(bodies),
        cuts=len(history.all(ConversationCut)),
        longest_bytes=max(map(len, bodies)),
        stop=stopped.detail if stopped else "",
    )


def _messages(fields: dict[str, object]) -> bytes:
    """The messages of a request without the bracket that closes them."""
    return msgspec.json.encode(fields["messages"])[:-1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=STEPS)
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="wire-") as name:
        folder = Path(name)
        rows = [
            row(fault, answers, folder / str(number))
            for number, (fault, answers) in enumerate(FAULTS.items())
        ]
        long = growth(folder / "long", steps=asked.steps)
    header = ("fault", "requests", "calls run", "edits run twice", "of a cut answer", "stop", "")
    print(table.render(header, [tuple(map(str, msgspec.structs.astuple(r))) for r in rows]))
    print(
        f"\n{long.steps} steps: {1000 * long.early_s:.1f} ms of CPU a step at the start, "
        f"{1000 * long.late_s:.1f} ms at the end: {long.ratio:.2f} times (aim: 1.3)\n"
        f"prefix kept: {table.percent(long.kept, long.requests - 1)} (aim: 99 %); "
        f"conversation cut {long.cuts} times, longest {long.longest_bytes} bytes; {long.stop}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
