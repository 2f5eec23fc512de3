"""What the original's answers have taught: which choices go well, and how to reach an answer."""

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import INTERNAL_SERVER_ERROR, UNAUTHORIZED

import msgspec

from agent_core.port.drafts import Draft
from agent_core.port.mining import Mined
from agent_core.port.outcomes import Outcome
from agent_core.port.reads import FunctionReads
from agent_core.port.routes import Route
from agent_core.port.walks import LONGEST_RECIPE, READS, Choice, Walk

_MOST_RECIPES = 12
_FORM_AGAIN = 0.15
_TURNED_AWAY = 0.1
_NEWS = 0.3
"""What a sort of answer is worth when it is seen first: to be refused later is to get further."""
_GOOD = 0.5
"""What an answer has to be worth to count as a success."""


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
        return self.method not in READS

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
    """How a sort of answer was reached: drafts from the first state on, then the last one."""

    operation: Operation
    before: tuple[Draft, ...]
    draft: Draft
    reached: Outcome

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """All of them, in order."""
        return (*self.before, self.draft)

    def without(self, place: int) -> "Recipe | None":
        """The recipe without one of the drafts before the last; None if a later one needs it."""
        order = {n: n - (n > place) for n in range(len(self.drafts)) if n != place}
        rest = self.drafts[place + 1 :]
        if any(value.ref.exchange == place for draft in rest for _, value in draft.borrowed()):
            return None
        *before, last = (draft.renumbered(order) for draft in (*self.before[:place], *rest))
        return msgspec.structs.replace(self, before=tuple(before), draft=last)


class Lessons:
    """Counts by choice, and recipes by operation and sort of answer.

    `doors` are the rules whose pages ask for a password, and the fields that take it; `walled` are
    the operations that have turned somebody away, `exits` those that have ended a session;
    `successes` counts by operation.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._tried: dict[Choice, int] = {}
        self._good: dict[Choice, float] = {}
        self._recipes: dict[tuple[str, str], dict[Outcome, Recipe]] = {}
        self._used: dict[tuple[tuple[str, str], Outcome], int] = {}
        self._led: dict[str, set[tuple[str, str]]] = {}
        self._long: dict[tuple[tuple[str, str], Outcome], Recipe] = {}
        self._seen: dict[tuple[tuple[str, str], Outcome], int] = {}
        self.doors: dict[str, frozenset[str]] = {}
        self.walled: set[tuple[str, str]] = set()
        self.exits: dict[tuple[str, str], Operation] = {}
        self.successes: dict[tuple[str, str], int] = {}

    def pick(self, options: Mapping[Choice, float]) -> Choice:
        """One of the choices: those that went well more often, those untried sometimes."""
        # What never went well is no reason to doubt what the code says.
        trust = 2.0 if any(self._good.get(each) for each in options) else 0.5
        weights = [
            prior * ((self._good.get(each, 0) + 1) / (self._tried.get(each, 0) + 2)) ** trust
            for each, prior in options.items()
        ]
        return self._rng.choices(list(options), weights)[0]

    def learn(self, operation: Operation, draft: Draft, choices: list[Choice], walk: Walk) -> None:
        """Take in how the last request of a walk was answered.

        What an earlier request made shows what it was worth when it is asked for.
        """
        reached = walk.reached
        for seen in walk.new_forms():
            if seen.form.secrets and operation.method == "GET":
                self.doors[operation.route.name] = seen.form.secrets
        if reached.location:
            self._led.setdefault(reached.location, set()).add(operation.key)
        if self._turned_away(draft, reached):
            self.walled.add(operation.key)
            walk.turned_away.add(len(walk) - 1)
        if walk.left:
            self.exits[operation.key] = operation
        worth = self._worth(draft, reached)
        walk.chosen[len(walk) - 1] = choices
        makers = {value.ref.exchange for _, value in draft.borrowed()}
        if worth or reached.status >= INTERNAL_SERVER_ERROR:
            choices = [*choices, *(each for n in makers for each in walk.chosen.get(n, ()))]
        sort = (operation.key, reached)
        self._seen[sort] = self._seen.get(sort, 0) + 1
        credit = max(worth, _NEWS / self._seen[sort])
        for choice in choices:
            self._tried[choice] = self._tried.get(choice, 0) + 1
            self._good[choice] = self._good.get(choice, 0) + credit
        if worth >= _GOOD:
            self.successes[operation.key] = self.successes.get(operation.key, 0) + 1
        if worth:
            self._keep(operation, draft, walk)

    def _keep(self, operation: Operation, draft: Draft, walk: Walk) -> None:
        known = self._recipes.setdefault(operation.key, {})
        if walk.reached not in known and len(known) >= _MOST_RECIPES:
            return
        made = walk.recipe(draft)
        if made is None:
            return
        before, numbered = made
        earlier = known.get(walk.reached)
        if len(before) <= LONGEST_RECIPE and (
            earlier is None
            or len(before) < len(earlier.before)
            or (len(before) == len(earlier.before) and self._rng.random() < 0.3)
        ):
            recipe = Recipe(operation, before, numbered, walk.reached)
            known[walk.reached] = recipe
            if earlier is None and before:
                self._long[operation.key, walk.reached] = recipe

    def _worth(self, draft: Draft, reached: Outcome) -> float:
        """How good a sort of answer is, 0 to 1, as far as that shows.

        A page with the very form that was sent took nothing; a redirection to a page that asks for
        a password turns away whoever has sent none. One that many operations give may do so too.
        """
        if not 0 < reached.status < 400:
            return 0.0
        if reached.again:
            return _FORM_AGAIN
        if reached.status < 300:
            return 1.0
        if self._turned_away(draft, reached):
            return _TURNED_AWAY
        return max(_GOOD, 1 / len(self._led.get(reached.location, "x")))

    def _turned_away(self, draft: Draft, reached: Outcome) -> bool:
        wanted = self.doors.get(reached.location, frozenset())
        sent = draft.parts.get("form", ())
        return reached.status == UNAUTHORIZED or bool(wanted and wanted.isdisjoint(sent))

    def good(self, operation: Operation, *, prepared: bool = False) -> list[Recipe]:
        """The ways to its successes, all or those that take some preparation."""
        return [
            recipe
            for recipe in self._recipes.get(operation.key, {}).values()
            if self._worth(recipe.draft, recipe.reached) >= _GOOD
            if recipe.before or not prepared
        ]

    def recipe(self, operation: Operation) -> Recipe | None:
        """A way to one of the answers that an operation has given."""
        return self.one_of(self._recipes.get(operation.key, {}).values())

    def start(self) -> Recipe | None:
        """A way to any state that something has changed, to go on from."""
        return self.one_of(self._all(lambda r: r.operation.writes))

    def way_in(self) -> Recipe | None:
        """A way to a session that holds something."""
        return self.one_of(self._all(lambda r: r.reached.enters and r.operation.writes))

    def way_out(self) -> Operation | None:
        """What ends a session."""
        return self._rng.choice(list(self.exits.values())) if self.exits else None

    def _all(self, wanted: Callable[[Recipe], bool]) -> Iterator[Recipe]:
        for known in self._recipes.values():
            yield from filter(wanted, known.values())

    def one_of(self, known: Iterable[Recipe]) -> Recipe | None:
        """One of the recipes: what takes more to reach shows more, what was used less too."""
        options = list(known)
        if not options:
            return None
        (chosen,) = self._rng.choices(options, [self._weight(each) for each in options])
        key = (chosen.operation.key, chosen.reached)
        self._used[key] = self._used.get(key, 0) + 1
        return chosen

    def _weight(self, recipe: Recipe) -> float:
        worth = self._worth(recipe.draft, recipe.reached)
        depth = 1 + len(recipe.before) if worth >= _GOOD else 1
        used = self._used.get((recipe.operation.key, recipe.reached), 0)
        return depth * worth / math.sqrt(1 + used)

    def long(self) -> Recipe | None:
        """A recipe of which nobody knows yet whether it needs all its requests."""
        while self._long:
            _, recipe = self._long.popitem()
            if self._worth(recipe.draft, recipe.reached) >= _GOOD:
                return recipe
        return None

    def shortened(self, recipe: Recipe) -> None:
        """Keep a recipe instead of the longer one for the same."""
        self._recipes[recipe.operation.key][recipe.reached] = recipe
