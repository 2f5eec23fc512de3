"""How long to wait before a request is sent again, and when to give up."""

import random
from collections.abc import Awaitable, Callable

from agent_core.models.openai_chat.faults import Passing
from agent_core.models.protocol import ModelFailed

Sleep = Callable[[float], Awaitable[None]]

LONGEST_S = 30.0
"""One wait, where the endpoint did not ask for more."""
JITTER = 0.25
"""Added to a wait at most, as a share of it: many sessions shall not come back at once."""


class Patience:
    """The waits of one turn: they grow, and end after `limit_s` seconds in all."""

    def __init__(self, *, limit_s: float, say: Callable[[str], None], sleep: Sleep) -> None:
        self._limit_s = limit_s
        self._say = say
        self._sleep = sleep
        self._waited = 0.0
        self._tries = 0
        self._random = random.SystemRandom()

    async def wait(self, passing: Passing) -> None:
        """Wait as this failure asks for.

        Raises:
            ModelFailed: there have been enough tries, or the wait would be too long.
        """
        self._tries += 1
        asked = min(LONGEST_S, 2.0 ** (self._tries - 1))
        if passing.after_s is not None:
            asked = max(asked, passing.after_s) if self._tries > 1 else passing.after_s
        delay = asked * (1 + self._random.uniform(0, JITTER))
        if self._waited + asked > self._limit_s:
            raise ModelFailed(
                f"The model could not be asked: {passing.why}; the next try would be in "
                f"{asked:.0f} s, after {self._waited:.0f} s of waiting. {passing.hint}"
            )
        if self._tries > passing.tries:
            raise ModelFailed(
                f"The model could not be asked: {passing.why}, {self._tries} times in a row. "
                f"{passing.hint}"
            )
        self._say(f"waiting {delay:.0f} s: {passing.why}")
        await self._sleep(delay)
        self._waited += delay
