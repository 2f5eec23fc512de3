"""A session's certificate: the page on the port it judged last, from its log."""

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from agent_core import places
from agent_core.history import History
from agent_core.port.certificate import Beside, page
from agent_core.port.judging import ParityVerdict
from agent_core.port.report import ParityReport
from agent_core.results import EditApplied
from agent_core.verdict import Verdict


def certificate(history: History, verdict: Verdict, blob: Callable[[str], bytes]) -> str:
    """The page as HTML; the whole reports behind the verdict are read with `blob`."""
    proofs = verdict.proofs
    report = None
    if proofs.compared is not None and proofs.compared.report:
        report = msgspec.json.decode(blob(proofs.compared.report), type=ParityReport)
    edits = history.results(EditApplied)
    return page(
        report,
        ParityVerdict(verdict.state, tuple(_reasons(verdict))),
        title=f"{Path(history.started.origin).name} in Rust",
        repeat=_repeat(history),
        beside=Beside(proofs.compiled, proofs.timed, edits[0].notes if edits else ()),
    )


def _reasons(verdict: Verdict) -> Iterator[str]:
    yield from (proof.sentence() for proof in verdict.proofs.all)
    if verdict.newly_broken or verdict.vanished:
        yield verdict.reason


def _repeat(history: History) -> str:
    started, faster = history.started, history.task.check.faster
    words = [places.command(), "port", started.origin]
    words += ["--python", started.python] if started.python else []
    words += ["--faster-by", f"{faster.factor:g}"] if faster and faster.factor else []
    return shlex.join(words)
