"""What the original's answers have taught: which choices go well, and how to reach an answer."""

import random
from collections.abc import Hashable, Mapping

import msgspec

from agent_core.port.drafts import Draft
from agent_core.port.mining import Mined
from agent_core.port.pools import Json
from agent_core.port.reads import FunctionReads
from agent_core.port.routes import Route
from agent_core.port.walks import Outcome, Walk, outcome
from runners.http_replay.exchange import Request, Response

Choice = tuple[Hashable, ...]
_MOST_RECIPES = 10
_FORM_AGAIN = 0.25
LONGEST_RECIPE = 10


class Operation(msgspec.Struct, frozen=True):
    """A route asked with one method, and what its view reads."""

    route: Route
    method: str
    reads: FunctionReads

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from all others."""
        return self.method, self.route.name

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def sources(self) -> set[str]:
        """The parts of a request that its view reads."""
        return {read.origin.source for read in self.reads.reads}


def operations_of(routes: tuple[Route, ...], mined: Mined) -> tuple[Operation, ...]:
    """Every method of every route."""
    return tuple(
        Operation(route, method, mined.of(route.rule.function))
        for route in routes
        for method in route.methods
    )


class Recipe(msgspec.Struct, frozen=True):
    """How a sort of answer was reached: requests from the first state on, then the draft."""

    before: tuple[Request, ...]
    draft: Draft
    reached: Outcome
    said: dict[str, Json]


class Lessons:
    """Counts by choice, and recipes by operation and sort of answer."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._tried: dict[Choice, int] = {}
        self._good: dict[Choice, float] = {}
        self._recipes: dict[tuple[str, str], dict[Outcome, Recipe]] = {}
        self._reached: dict[Outcome, set[tuple[str, str]]] = {}
        self.successes: dict[tuple[str, str], float] = {}

    def pick(self, options: Mapping[Choice, float]) -> Choice:
        """One of the choices: those that went well more often, those untried sometimes."""
        weights = [
            prior * ((self._good.get(each, 0) + 1) / (self._tried.get(each, 0) + 2)) ** 2
            for each, prior in options.items()
        ]
        return self._rng.choices(list(options), weights)[0]

    def learn(
        self,
        operation: Operation,
        draft: Draft,
        choices: list[Choice],
        walk: Walk,
        answer: Response,
    ) -> None:
        """Take in how the last request of a walk was answered."""
        reached = outcome(answer)
        self._reached.setdefault(reached, set()).add(operation.key)
        good = self._worth(operation, reached)
        for choice in choices:
            self._tried[choice] = self._tried.get(choice, 0) + 1
            self._good[choice] = self._good.get(choice, 0) + good
        if not good:
            return
        self.successes[operation.key] = self.successes.get(operation.key, 0) + 1
        known = self._recipes.setdefault(operation.key, {})
        if reached not in known and len(known) >= _MOST_RECIPES:
            return
        before, numbered = walk.recipe(draft)
        earlier = known.get(reached)
        if len(before) <= LONGEST_RECIPE and (
            earlier is None
            or len(before) < len(earlier.before)
            or (len(before) == len(earlier.before) and self._rng.random() < 0.3)
        ):
            known[reached] = Recipe(before, numbered, reached, dict(walk.said))

    def _worth(self, operation: Operation, reached: Outcome) -> float:
        """How good a sort of answer is, 0 to 1, as far as that shows.

        Where a view writes, a page says less than a redirection: it may be its form again. A
        redirection that many operations give may be the way to a login.
        """
        status, *rest = reached
        if not isinstance(status, int) or not 0 < status < 400:
            return 0.0
        if status >= 300:
            return 1 / len(self._reached[reached])
        return _FORM_AGAIN if operation.writes and status == 200 and len(rest) > 2 else 1.0

    def recipe(self, operation: Operation) -> Recipe | None:
        """A way to one of the answers that an operation has given.

        What takes more to reach shows more.
        """
        known = list(self._recipes.get(operation.key, {}).values())
        weights = [(1 + len(each.before)) * self._worth(operation, each.reached) for each in known]
        return self._rng.choices(known, weights)[0] if known else None
