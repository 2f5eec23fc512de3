"""From what the gate's own checks showed to cases of a report and a verdict: pure rules."""

from collections.abc import Iterator

import msgspec

from agent_core.proofs import OUTCOME_WORDS, Proof, Proofs
from agent_core.task import Check
from agent_core.verdict import State, Verdict
from runners.reports import Failure, TestCase, TestReport


def deciding(check: Check, proofs: Proofs) -> Iterator[tuple[str, Proof]]:
    """The proofs that decide, in order, by the ids of their checks."""
    by_id = {
        check.compiles and check.compiles.id: proofs.compiled,
        check.answers and check.answers.id: proofs.compared,
        check.faster and check.faster.id: proofs.timed,
    }
    for each in check.proofs:
        if (proof := by_id[each.id]) is not None:
            yield each.id, proof


def with_cases(report: TestReport, check: Check, proofs: Proofs) -> TestReport:
    """The report with one more case for each check that decides."""
    cases = [_case(case, proof) for case, proof in deciding(check, proofs)]
    return msgspec.structs.replace(report, cases=(*report.cases, *cases)) if cases else report


def _case(case: str, proof: Proof) -> TestCase:
    if proof.outcome == "holds":
        return TestCase(id=case, status="passed")
    said = "\n".join(proof.lines())
    failure = Failure(phase="call", exception=OUTCOME_WORDS[proof.outcome], message=said)
    return TestCase(id=case, status="failed", failure=failure)


def settled(verdict: Verdict, check: Check, proofs: Proofs) -> Verdict:
    """The verdict in the words of the proofs, where these are what it depends on.

    *unknown* where a check could neither be shown to hold nor to fail, or was not run.
    """
    if not proofs.all:
        return verdict
    verdict = msgspec.structs.replace(verdict, proofs=proofs)
    found = dict(deciding(check, proofs))
    if verdict.state == "failing":
        open_ = [found.get(case) for case in verdict.still_failing]
        first = open_[0] if open_ and all(open_) else None
        if first is None or verdict.newly_broken or verdict.vanished:
            return verdict
        state: State = "failing" if first.outcome == "fails" else "unknown"
        return msgspec.structs.replace(verdict, state=state, reason=first.sentence())
    if verdict.state == "fixed" and set(verdict.fixed) <= found.keys():
        said = [proof.sentence() for proof in proofs.all]
        return msgspec.structs.replace(verdict, reason="; ".join((*said, "nothing else broke")))
    return verdict
