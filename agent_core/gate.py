"""The gate: measures what is red before, and says of a snapshot whether the task is done."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent_core import own_tests
from agent_core.bench import Bench
from agent_core.history import History
from agent_core.judging import apart_by_order, check_runnable, hangs, judge, names, patient, wanted
from agent_core.proofs import Proofs
from agent_core.proving import settled, with_cases
from agent_core.tampering import Trees
from agent_core.task import Check
from agent_core.verdict import Baseline, Verdict
from editors.ignored import printable
from runners.cutoff import in_thread
from runners.reports import GREEN, TestCase, TestReport

if TYPE_CHECKING:
    from agent_core.port.prover import Prover

REVERSE_SHARE = 0.1
"""A suite that takes up to this part of the budget is measured in reverse at the start as well; a
longer one when it matters."""
LIMIT_SHARE = 0.01
SHORTEST_LIMIT_S, LONGEST_LIMIT_S = 2.0, 30.0
"""What one test may take in the first run, as a part of the budget, before it counts as hanging."""
PATIENCE = 3.0
"""How many times as long it may take when it is looked at again, and after a change."""

OnCase = Callable[[TestCase], None]
Say = Callable[[str], None]


class Gate:
    """Judges snapshots of one workspace against what was so before."""

    def __init__(self, bench: Bench, *, spare: Path) -> None:
        self.bench = bench
        self._spare = spare

    def expected_s(self, history: History) -> float:
        """How long a verdict will take, from the baseline's run: twice, once more, and slack."""
        baseline = history.baseline
        return 2.5 * baseline.run.wall_s + 1.0 if baseline else 0.0

    @functools.cached_property
    def prover(self) -> "Prover":
        """What runs those checks."""
        from agent_core.port.prover import Prover  # noqa: PLC0415  (half of it all, for ports alone)

        return Prover(self.bench, spare=self._spare)

    async def baseline(
        self,
        check: Check,
        *,
        budget_s: float,
        deadline: float,
        on_case: OnCase,
        say: Say = lambda _: None,
    ) -> Baseline:
        """Run everything, confirm what is red, and set apart what proves nothing.

        Raises:
            UserProblem: there is nothing to start from.
        """
        snapshot = await in_thread(self.bench.workspace.snapshot)
        limit = min(max(LIMIT_SHARE * budget_s, SHORTEST_LIMIT_S), LONGEST_LIMIT_S)
        patience = PATIENCE * limit
        first = await self.bench.run(deadline=deadline, test_limit_s=limit, on_case=on_case)
        check_runnable(first)
        first, wavering, ordered = await self._confirmed(first, patience, deadline=deadline)
        proofs = await self._proofs(snapshot, deadline=deadline, say=say)
        first = with_cases(first, check, proofs)
        target = wanted(first.red, check, (case.id for case in first.cases))
        hanging = set(hangs(first))
        reverse = first.wall_s <= REVERSE_SHARE * budget_s or not target
        if reverse:
            quick = [case.id for case in first.cases if case.id not in hanging]
            other = await self.bench.run(
                deadline=deadline,
                tests=quick if hanging else None,
                test_limit_s=patience,
                reverse_files=True,
            )
            ordered |= set(apart_by_order(first, other)) - wavering
        apart = wavering | ordered
        return Baseline(
            snapshot=snapshot,
            run=self.bench.summary(first),
            target=tuple(t for t in target if t not in apart),
            still_red=tuple(t for t in first.red if t not in target and t not in apart),
            wavering=tuple(sorted(wavering)),
            order_dependent=tuple(sorted(ordered)),
            hanging=tuple(sorted(hanging - apart)),
            reversed_run=reverse,
            # Hangs that are not to be mended would cost the longer time at every verdict.
            test_limit_s=limit if hanging - set(target) - apart else patience,
        )

    async def _confirmed(
        self, first: TestReport, patience: float, *, deadline: float
    ) -> tuple[TestReport, set[str], set[str]]:
        """The first run after a second look at what was red, and which red tests it found green.

        A test that only wanted more time takes its second result. Others that are green now waver
        if they are green in the whole suite as well; else they depend on the tests before them.
        """
        if not first.red:
            return first, set(), set()
        alone = await self.bench.run(deadline=deadline, tests=first.red, test_limit_s=patience)
        first = patient(first, alone)
        doubtful = {case.id for case in alone.cases if case.status in GREEN} & set(first.red)
        if not doubtful:
            return first, set(), set()
        again = await self.bench.run(deadline=deadline, test_limit_s=patience)
        green = {t for t in doubtful if (case := again.case(t)) and case.status in GREEN}
        return first, green, doubtful - green

    async def evaluate(
        self, baseline: Baseline, *, deadline: float, on_case: OnCase, say: Say = lambda _: None
    ) -> Verdict:
        """Run all checks on the workspace as it stands, tests and commands twice, and judge.

        Tests that are new with the change are not there while the suite runs; they are looked at
        after it. Nothing is run beside files that git has come to ignore: no patch has them.
        """
        workspace = self.bench.workspace
        snapshot = await in_thread(workspace.snapshot)
        if hidden := await in_thread(workspace.new_ignored):
            return _hidden(snapshot, baseline, hidden)
        trees = await in_thread(self._trees, baseline, snapshot)
        tampering = await in_thread(trees.tampering, self.bench.report(baseline.run))
        new = trees.own_tests
        verdict = await self._judged(
            baseline, trees, tampering, deadline=deadline, on_case=on_case, say=say
        )
        if new and verdict.state in {"fixed", "no_regression"}:
            limit = baseline.test_limit_s
            with_change = await self.bench.run(deadline=deadline, tests=new, test_limit_s=limit)
            without = with_change  # the same tree, where nothing but the tests is new
            texts = trees.texts(new)
            if set(trees.changed) != set(new):
                async with self.bench.at(baseline.snapshot, self._spare) as bench:
                    await in_thread(own_tests.lay_out, bench.workspace.root, trees.files(new))
                    without = await bench.run(deadline=deadline, tests=new, test_limit_s=limit)
            verdict = own_tests.judge(
                verdict,
                with_change=with_change,
                without=without,
                texts=texts,
                tampering=tampering,
            )
        return verdict

    def tampering(self, baseline: Baseline, snapshot: str) -> tuple[str, ...]:
        """What a tree has changed that judges it: with any of it no verdict can be *fixed*."""
        return self._trees(baseline, snapshot).tampering(self.bench.report(baseline.run))

    def _trees(self, baseline: Baseline, snapshot: str) -> Trees:
        arguments = self.bench.suite.arguments if self.bench.suite else ()
        return Trees(self.bench.workspace, baseline.snapshot, snapshot, arguments=arguments)

    async def _judged(
        self,
        baseline: Baseline,
        trees: Trees,
        tampering: Sequence[str],
        *,
        deadline: float,
        on_case: OnCase,
        say: Say,
    ) -> Verdict:
        """The verdict of the checks that were there before.

        The second run turns the order of the files round, and is left out when the first decides.
        What the gate checks itself minds no order: both runs have the same answer.
        """
        check = self.bench.check
        before = self.bench.report(baseline.run)
        run = functools.partial(
            self.bench.run,
            deadline=deadline,
            test_limit_s=baseline.test_limit_s,
            without=trees.own_tests,
        )
        forward = await run(on_case=on_case)
        proofs = await self._proofs(baseline.snapshot, deadline=deadline, say=say)
        forward = with_cases(forward, check, proofs)
        kept = self.bench.summary(forward).blob

        def verdict(baseline: Baseline, runs: Sequence[TestReport]) -> Verdict:
            judged = judge(
                baseline=baseline,
                runs=runs,
                snapshot=trees.after,
                before=before,
                changed=trees.changed,
                tampering=tampering,
            )
            return msgspec.structs.replace(settled(judged, check, proofs), report=kept)

        first = verdict(baseline, [forward])
        if not first.holds and first.state != "no_regression":
            return first
        reverse = with_cases(await run(reverse_files=True), check, proofs)
        second = verdict(baseline, [forward, reverse])
        if second.newly_broken and not baseline.reversed_run:
            baseline = await self._with_reverse(baseline, before, deadline=deadline)
            second = verdict(baseline, [forward, reverse])
        return second

    async def _proofs(self, original: str, *, deadline: float, say: Say) -> Proofs:
        """What the checks show that the gate makes itself, with the project as it was there."""
        if not self.bench.check.proofs:
            return Proofs()
        return await self.prover.prove(original, deadline=deadline, say=say)

    async def _with_reverse(
        self, baseline: Baseline, before: TestReport, *, deadline: float
    ) -> Baseline:
        """The baseline with its own reversed run."""
        async with self.bench.at(baseline.snapshot, self._spare) as bench:
            other = await bench.run(
                deadline=deadline, test_limit_s=baseline.test_limit_s, reverse_files=True
            )
        ordered = set(apart_by_order(before, other)) - set(baseline.target)
        return msgspec.structs.replace(
            baseline,
            order_dependent=tuple(sorted(set(baseline.order_dependent) | ordered)),
            reversed_run=True,
        )


def _hidden(snapshot: str, baseline: Baseline, paths: Sequence[str]) -> Verdict:
    said = names([printable(path) for path in paths])
    are = "is ignored by git, so it is" if len(paths) == 1 else "are ignored by git, so they are"
    return Verdict(
        state="unknown",
        snapshot=snapshot,
        reason=f"{said} {are} no part of the change",
        still_red=baseline.still_red,
        wavering=baseline.wavering,
        order_dependent=baseline.order_dependent,
    )
