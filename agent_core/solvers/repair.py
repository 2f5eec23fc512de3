"""Repairs a red test suite by search: locate, try candidates, edit, run, finish.

Each turn is a function of the log alone, so a resumed session goes on where it was.
"""

from agent_core.counting import counted
from agent_core.decisions import verdict_of
from agent_core.history import History
from agent_core.judging import names
from agent_core.models.protocol import Turn
from agent_core.results import CandidatesTried, FaultLocated, FinishAsked, Suspect
from agent_core.solvers.repair_state import Applied, RepairState
from agent_core.solvers.turns import plan, turn
from agent_core.tools.candidates import TryCandidates
from agent_core.tools.edit import EditFile
from agent_core.tools.faults import LocateFault
from agent_core.tools.files import ReadFile
from agent_core.tools.plan import Finish, GiveUp
from agent_core.tools.tests import RunTests

SWEEPS = (250, 1_000, 4_000, 15_000, 60_000)
"""Candidates by call: the first ones answer soon, the later ones go deep."""
PAIRS = 3_000
"""Two-place candidates tried after all single ones."""
SHOWN = 12
"""Lines read above and below the first suspect."""

PHASES = (
    "Find the statements that the failing tests point to",
    "Try candidate patches against the failing tests",
    "Apply the best one and run the tests",
    "Prove it: every test, twice",
)


ABLE = "The built-in model looks for one or two small changes in the Python code that red tests run"
OUT_OF_REACH = (
    "The failing tests run no Python code of the project in their own process: what they test runs "
    "in other processes, is no Python, or is never reached"
)
NEVER_SHOWN = (
    "no candidate could be shown to the failing tests, as what they test runs in other processes"
)
FURTHER = "A language model can go further: --model openai:NAME --base-url URL."


def decide(history: History) -> Turn:
    """The next turn of a repair; what mends a part is judged before it gives up."""
    baseline = history.measured
    if not baseline.target:
        return _nothing_red()
    state = RepairState.of(baseline.target, history.done())
    following = _following(state, history)
    gives_up = following.calls[-1].tool == "give_up"
    if gives_up and state.kept and verdict_of(history, history.snapshot) is None:
        return turn(
            "No more than a part is mended. Have the gate say how far that goes.",
            ("finish", Finish(summary=" ".join(state.kept))),
        )
    return following


def _following(state: RepairState, history: History) -> Turn:
    if state.applied is not None:
        return _with_patch(state, state.applied, history)
    latest = history.this_stretch.results(CandidatesTried)
    out_of_time = bool(latest) and latest[-1].cut
    if state.located is None:
        if out_of_time:
            return _time_is_spent(state)
        return _locate_failed(state.hindrance) if state.hindrance else _locate(state)
    if not state.located.suspects and state.located.traced:
        return _out_of_reach(state)
    if state.sweeps == 0:
        return _first_look(state, state.located)
    return _search(state, state.located, out_of_time=out_of_time)


def _nothing_red() -> Turn:
    return turn(
        "There is no red test to mend. Without a language model only red tests can be worked on; "
        "the gate says what holds.",
        ("finish", Finish(summary="Nothing was changed.")),
    )


def _locate(state: RepairState) -> Turn:
    return turn(
        f"{len(state.red)} red: {names(state.red)}. Compare what failing and passing tests run.",
        plan(PHASES, 0),
        ("locate_fault", LocateFault(tests=state.red)),
    )


def _first_look(state: RepairState, located: FaultLocated) -> Turn:
    sweep = ("try_candidates", TryCandidates(tests=state.red, limit=SWEEPS[0]))
    if not located.suspects:
        return turn(
            "No statement of the project stands out; try what there is.", plan(PHASES, 1), sweep
        )
    first = located.suspects[0]
    around = ReadFile(path=first.file, first=max(1, first.line - SHOWN), last=first.line + SHOWN)
    return turn(
        f"Most suspicious: {first.file}:{first.line}, {first.reason}.",
        ("read_file", around),
        plan(PHASES, 1),
        sweep,
    )


def _search(state: RepairState, located: FaultLocated, *, out_of_time: bool) -> Turn:
    if state.queue:
        return _apply_best(state)
    if out_of_time:
        return _conclude(state, located, out_of_time=True)
    if not state.exhausted:
        limit = SWEEPS[min(state.sweeps, len(SWEEPS) - 1)]
        return turn(
            f"None of the first {state.start} candidates holds; widen the search.",
            ("try_candidates", TryCandidates(tests=state.red, start=state.start, limit=limit)),
        )
    if state.halves and not state.paired:
        return turn(
            f"All {state.start} single edits are tried; try two places together.",
            (
                "try_candidates",
                TryCandidates(tests=state.red, pairs=True, start=state.pair_start, limit=PAIRS),
            ),
        )
    return _conclude(state, located, out_of_time=False)


def _conclude(state: RepairState, located: FaultLocated, *, out_of_time: bool) -> Turn:
    """Keep what mends a part, if there is such a patch; without time only the best one is tried."""
    part = state.best_part()
    if part is not None and not (out_of_time and state.part_refused):
        rest = "as no time is left for the rest" if out_of_time else "then search for the rest"
        return turn(
            f"No patch mends everything. This one mends {len(part[1])} of {len(state.red)} tests; "
            f"keep it if nothing else breaks, {rest}.",
            ("edit_file", EditFile(patch=part[0].edits)),
            ("run_tests", RunTests()),
        )
    why = "the time for searching is spent" if out_of_time else "every candidate is tried"
    return _give_up(state, located, why, out_of_time=out_of_time)


def _apply_best(state: RepairState) -> Turn:
    best = state.queue[0]
    doubts = f" Against it: {'; '.join(best.reasons)}." if best.reasons else ""
    others = f" Other patches that survived: {len(state.queue) - 1}." if state.queue[1:] else ""
    return turn(
        f"{best.explanation}{doubts}{others}",
        plan(PHASES, 2),
        ("edit_file", EditFile(patch=best.patch.edits)),
        ("run_tests", RunTests(tests=state.red)),
    )


def _with_patch(state: RepairState, applied: Applied, history: History) -> Turn:
    take_back = ("edit_file", EditFile(take_back=True))
    if applied.tests is None:
        # What mends a part is kept only if no other test breaks, and no gate is asked in between.
        tests = RunTests(tests=state.red if applied.whole else ())
        return turn("See what the tests say of it.", ("run_tests", tests))
    if applied.tests.delta.still_failing or applied.tests.delta.newly_broken:
        return turn("Run afresh, the tests are not green. Take it back.", take_back)
    if (refused := _refusal(history)) is not None:
        return turn(f"The gate refuses: {refused}. Take it back.", take_back)
    summary = " ".join([*state.kept, applied.explanation])
    return turn(
        "The failing tests are green now.", plan(PHASES, 3), ("finish", Finish(summary=summary))
    )


def _refusal(history: History) -> str | None:
    """Why the gate refused, if that was the last thing that happened."""
    last = history.done()[-1].finished.data
    if isinstance(last, FinishAsked) and not last.verdict.holds:
        return last.verdict.reason
    return None


def _give_up(state: RepairState, located: FaultLocated, why: str, *, out_of_time: bool) -> Turn:
    reasons = [why, *([] if state.shown or not state.start else [NEVER_SHOWN]), *state.notes]
    pairs = f" and {counted(state.pair_start, 'pair')}" if state.pair_start else ""
    tried = (
        f"{counted(state.start, 'single edit')}{pairs} at "
        f"{counted(len({(s.file, s.line) for s in located.suspects}), 'statement')}: none turned "
        f"{names(state.red)} green without breaking another test; {'; '.join(reasons)}."
    )
    if state.kept:
        tried = f"Kept: {' '.join(state.kept)} Then {tried}"
    parts = [tried, _suspects(located.suspects), "" if out_of_time else f"{ABLE}. {FURTHER}"]
    return turn(
        "Nothing holds; say so, and where the fault is suspected.",
        ("give_up", GiveUp(tried=" ".join(filter(None, parts)), out_of_time=out_of_time)),
    )


def _time_is_spent(state: RepairState) -> Turn:
    tried = (
        f"Kept: {' '.join(state.kept)} Then the time for searching was spent. "
        f"Still red: {names(state.red)}."
    )
    return turn(
        "There is no time to search for the rest.",
        ("give_up", GiveUp(tried=tried, out_of_time=True)),
    )


def _out_of_reach(state: RepairState) -> Turn:
    kept = f" Kept: {' '.join(state.kept)}" if state.kept else ""
    tried = f"{OUT_OF_REACH}. {ABLE}, so nothing was tried.{kept} {FURTHER}"
    return turn("What the failing tests test is out of reach.", ("give_up", GiveUp(tried=tried)))


def _locate_failed(why: str) -> Turn:
    tried = f"Where the fault lies could not be measured: {why} {FURTHER}"
    return turn("Without suspects there is nothing to try.", ("give_up", GiveUp(tried=tried)))


def _suspects(suspects: tuple[Suspect, ...]) -> str:
    first = ", ".join(f"{s.file}:{s.line} ({s.reason})" for s in suspects[:3])
    return f"Suspected: {first}." if first else ""
