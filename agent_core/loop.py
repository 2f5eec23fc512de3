"""Think, act, observe, until the gate holds or there is a reason to stop."""

from collections.abc import Callable

import msgspec

from agent_core import brakes, conversation
from agent_core.clock import Clock
from agent_core.control import Control
from agent_core.events import (
    ConversationCut,
    Paused,
    Steered,
    StopReason,
    SurvivorChosen,
    ToolFinished,
    TurnEnded,
    TurnStarted,
    Unpaused,
)
from agent_core.history import History
from agent_core.models.protocol import ContextOverflow, Model
from agent_core.results import FinishAsked, GaveUp, parts
from agent_core.store import EventLog
from agent_core.task import Budget
from agent_core.tools.dispatch import Dispatch


class Going(msgspec.Struct, frozen=True):
    """The next step may follow."""


class Stopped(msgspec.Struct, frozen=True):
    """Why the loop ended."""

    reason: StopReason
    detail: str


StepOutcome = Going | Stopped


class Loop:
    """One stretch of steps. Everything it knows, it reads from the log."""

    def __init__(
        self,
        *,
        model: Model,
        dispatch: Dispatch,
        log: EventLog,
        budget: Budget,
        clock: Clock,
        control: Control,
        on_delta: Callable[[str], None],
    ) -> None:
        self.model = model
        self.dispatch = dispatch
        self.log = log
        self.budget = budget
        self.clock = clock
        self.control = control
        self.on_delta = on_delta

    @property
    def history(self) -> History:
        """Everything that has happened so far."""
        return History(self.log.events)

    async def run(self) -> Stopped:
        """Take steps until one of them stops."""
        outcome = await self._answer_rest()
        while isinstance(outcome, Going):
            outcome = await self.step()
        return outcome

    async def step(self) -> StepOutcome:
        """One turn and its calls."""
        await self._wait_while_paused()
        if brake := brakes.check(self.history, self.budget, deadline=self.clock.deadline):
            return Stopped(*brake)
        if conversation.is_long(self.history, self.model.context_tokens):
            self._shorten(keep=conversation.KEPT_STEPS)
        return await self.act(await self.think())

    async def think(self) -> TurnEnded:
        """Ask the model for its next turn, of a shorter conversation if it must be."""
        try:
            return await self._ask()
        except ContextOverflow:
            if not self._shorten(keep=1):
                raise
            return await self._ask()

    def _shorten(self, *, keep: int) -> bool:
        """Leave older results out of what the model is shown; False if there are none."""
        step = conversation.cut_step(self.history, keep=keep)
        if step is not None:
            self.log.append(ConversationCut(step=step))
        return step is not None

    async def _ask(self) -> TurnEnded:
        step = self.history.step + 1
        self.log.append(TurnStarted(step=step))
        turn = await self.model.next_turn(self.history, self.dispatch.specs, self.on_delta)
        calls = tuple(
            msgspec.structs.replace(call, id=f"s{step}-{number}")
            for number, call in enumerate(turn.calls, 1)
        )
        ended = TurnEnded(
            step=step,
            reasoning=turn.reasoning,
            text=turn.text,
            calls=calls,
            usage=turn.usage,
            cut=turn.cut,
            reasoning_field=turn.reasoning_field,
            reasoning_raw=turn.reasoning_raw,
        )
        self.log.append(ended)
        return ended

    async def act(self, turn: TurnEnded, *, skip: frozenset[str] = frozenset()) -> StepOutcome:
        """Run the turn's calls in order, up to one that ends the stretch."""
        for call in turn.calls:
            if call.id not in skip:
                outcome = self.observe(await self.dispatch.run(turn.step, call))
                if isinstance(outcome, Stopped):
                    return outcome
        return Going()

    def observe(self, finished: ToolFinished) -> StepOutcome:
        """What a result means for the stretch."""
        data = parts(finished.data)[-1]
        if isinstance(data, FinishAsked):
            if data.verdict.holds and data.verdict.snapshot == self.history.snapshot:
                return Stopped("verdict_holds", data.summary)
            if data.verdict.state == "no_regression":
                return Stopped("nothing_found", data.verdict.reason)
        if isinstance(data, GaveUp):
            return Stopped("budget_spent" if data.out_of_time else "nothing_found", data.tried)
        return Going()

    async def _answer_rest(self) -> StepOutcome:
        """Run what an earlier stretch left of its last turn, or end as it was about to."""
        history = self.history
        heard = ToolFinished, Steered, SurvivorChosen
        last = next((e for e in reversed(history.events) if isinstance(e, heard)), None)
        outcome = self.observe(last) if isinstance(last, ToolFinished) else Going()
        if isinstance(outcome, Stopped) and outcome.reason != "budget_spent":
            return outcome
        turn = history.unanswered
        if turn is None:
            return Going()
        done = frozenset(event.call_id for event in history.all(ToolFinished))
        return await self.act(turn, skip=done)

    async def _wait_while_paused(self) -> None:
        if not self.control.paused:
            return
        self.log.append(Paused())
        with self.clock.held():
            await self.control.unpaused()
        self.log.append(Unpaused())
