"""Lead walks through the original: free ones, ones around an operation, ones that probe it."""

import random
from itertools import takewhile

from agent_core.port.composing import Kit, compose
from agent_core.port.drafts import Draft, Slot
from agent_core.port.lessons import Choice, Operation, operations_of
from agent_core.port.probes import probes, strangers
from agent_core.port.routes import Route
from agent_core.port.twists import Twister
from agent_core.port.walks import Live, Outcome, Walk, outcome

LONGEST = 25
"""Requests a walk; short sequences are read and shrunk sooner."""
_STROLL = 16
_VARIATIONS = 8
_PROBES_A_WALK = 12
_PILE = (7, 14)
_PATIENCE = 3
_MOST_READS = 8


class Guide:
    """Leads walks; counts how often each operation was asked, so that each gets its share."""

    def __init__(self, live: Live, routes: tuple[Route, ...], kit: Kit, twister: Twister) -> None:
        self.operations = operations_of(routes, kit.mined)
        self._live = live
        self._routes = routes
        self._kit = kit
        self._rng: random.Random = kit.rng
        self._twister = twister
        self._asked: dict[tuple[str, str], int] = {}
        self._silent: dict[tuple[str, str], int] = {}
        self._probed: dict[tuple[str, str], int] = {}
        self._strangers = list(strangers(routes))

    def forget_counts(self) -> None:
        """Count anew, after walks that are not kept."""
        self._asked.clear()

    def neediest(self) -> Operation:
        """The operation that is furthest behind its share."""
        return min(self.operations, key=lambda o: (self._asked.get(o.key, 0) + 1) / _share(o))

    def stroll(self) -> Walk:
        """A free walk: what writes first, then what can use the finds, with looks between."""
        walk = self._new()
        recipe = self._kit.lessons.recipe(self.neediest())
        if recipe and self._rng.random() < 0.4:
            walk.repeat(recipe.before, recipe.said)
        length = len(walk) + self._rng.randint(_STROLL // 2, _STROLL - 2)
        while len(walk) < length and not walk.ended:
            operation = self._next(walk)
            draft = self._ask(walk, operation)
            if operation.writes and self._rng.random() < 0.6:
                self._look(walk, operation, draft)
        return walk

    def focus(self, operation: Operation) -> Walk:
        """A walk that reaches an operation as it was reached before, and asks it in variations."""
        walk = self._new()
        recipe = self._kit.lessons.recipe(operation)
        if recipe is None:
            self._prepare(walk, operation)
            draft = self._ask(walk, operation)
        else:
            walk.repeat(recipe.before, recipe.said)
            draft = self._send(walk, operation, recipe.draft, [])
        reached = outcome(walk.responses[-1])
        self._look(walk, operation, draft)
        for _ in range(self._rng.randint(3, _VARIATIONS)):
            if len(walk) > LONGEST - 4 or walk.ended:
                break
            self._vary(walk, operation, draft, reached)
        return walk

    def pile(self, operation: Operation) -> Walk:
        """A walk that asks the same so often that lists grow long, and then looks around."""
        walk = self._new()
        for _ in range(self._rng.randint(*_PILE)):
            if not walk.ended:
                self._ask(walk, operation)
        readers = [o for o in self.operations if not o.writes and not o.route.is_static]
        for reader in self._rng.sample(readers, min(len(readers), LONGEST - len(walk))):
            if not walk.ended:
                self._ask(walk, reader)
        return walk

    def _vary(self, walk: Walk, operation: Operation, draft: Draft, reached: Outcome) -> None:
        """Ask again: as well as possible, the very same, or with one thing changed."""
        luck = self._rng.random()
        if luck < 0.25:
            draft = self._ask(walk, operation)
        elif luck < 0.3:
            draft = self._send(walk, operation, draft, [])
        elif twisted := self._twister.twisted(operation, draft, reached):
            draft = self._send(walk, operation, twisted, [])
        else:
            draft = self._ask(walk, operation)
        if operation.writes and self._rng.random() < 0.5:
            self._look(walk, operation, draft)

    def probe(self) -> Walk:
        """A walk of probes at the operation that had the fewest."""
        walk = self._new()
        operation = min(
            self.operations,
            key=lambda o: self._probed.get(o.key, 0) * (5 if o.route.is_static else 1),
        )
        recipe = self._kit.lessons.recipe(operation)
        if recipe:
            walk.repeat(recipe.before, recipe.said)
            draft = recipe.draft
        else:
            draft, _ = compose(self._kit, operation, walk)
        visits = self._probed.get(operation.key, 0)
        self._probed[operation.key] = visits + 1
        waiting = probes(draft)
        every = -(-len(waiting) // _PROBES_A_WALK)
        for request in waiting[visits % every :: every]:
            if not walk.ended:
                walk.send(request)
        if self._strangers and not walk.ended:
            walk.send(self._strangers.pop())
        return walk

    def _new(self) -> Walk:
        return Walk(self._live, self._routes)

    def _ask(self, walk: Walk, operation: Operation) -> Draft:
        draft, choices = compose(self._kit, operation, walk)
        return self._send(walk, operation, draft, choices)

    def _send(self, walk: Walk, operation: Operation, draft: Draft, choices: list[Choice]) -> Draft:
        answer = walk.try_out(draft)
        self._asked[operation.key] = self._asked.get(operation.key, 0) + 1
        if answer.problem:
            self._give_up(operation)
        self._kit.lessons.learn(operation, draft, choices, walk, answer)
        return draft

    def _give_up(self, operation: Operation) -> None:
        """Ask no more for what gives no answer, time and again: each time costs a long wait."""
        self._silent[operation.key] = self._silent.get(operation.key, 0) + 1
        others = tuple(each for each in self.operations if each.key != operation.key)
        if others and self._silent[operation.key] >= _PATIENCE:
            self.operations = others

    def _next(self, walk: Walk) -> Operation:
        """What to ask on a free walk: early on what writes, always what is behind its share."""
        early = len(walk) < 4

        def weight(operation: Operation) -> float:
            behind = _share(operation) / (self._asked.get(operation.key, 0) + 1)
            apt = bool(walk.finds) or not operation.route.rule.converters
            return behind * (3 if early and operation.method == "POST" else 1) * (1 if apt else 0.2)

        weights = [weight(operation) for operation in self.operations]
        return self._rng.choices(self.operations, weights)[0]

    def _prepare(self, walk: Walk, operation: Operation) -> None:
        """Look at the route's page, or make something that it can be asked for."""
        if "GET" in operation.route.methods and operation.writes:
            same = [o for o in self.operations if o.key == ("GET", operation.route.name)]
            self._ask(walk, same[0])
        elif operation.route.rule.converters:
            makers = [each for each in self.operations if each.method == "POST"]
            if makers:
                self._ask(walk, max(makers, key=lambda each: (_near(each, operation), each.key)))

    def _look(self, walk: Walk, operation: Operation, draft: Draft) -> None:
        """See what a request has changed: the same thing again, then what is near it."""
        readers = [each for each in self.operations if not each.writes and not each.route.is_static]
        if not readers or walk.ended:
            return
        names = set(operation.route.rule.converters)
        same = [o for o in readers if names and set(o.route.rule.converters) == names]
        if same and self._rng.random() < 0.5:
            reader = max(same, key=lambda each: _near(each, operation))
            again, _ = compose(self._kit, reader, walk)
            for name in names:
                again = again.put(Slot("argument", (name,)), draft.parts["argument"][name])
            self._send(walk, reader, again, [])
        else:
            weights = [2.0 ** _near(each, operation) for each in readers]
            self._ask(walk, self._rng.choices(readers, weights)[0])


def _near(one: Operation, other: Operation) -> int:
    """How far two rules begin alike, in segments."""
    mine, its = one.route.name.split("/"), other.route.name.split("/")
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(mine, its, strict=False))
    return len(list(alike)) + (mine == its)


def _share(operation: Operation) -> float:
    """How much of the corpus an operation gets: the more it reads, the more."""
    if operation.route.is_static:
        return 0.3
    reads = operation.reads.reads
    told = sum(1 + 0.3 * len(read.hints) for read in reads)
    return 1 + 0.5 * min(told, _MOST_READS) + 0.5 * len(operation.route.rule.converters)
