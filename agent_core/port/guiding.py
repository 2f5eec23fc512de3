"""Lead walks through the original: free ones, ones around an operation, ones that probe it."""

import random
from collections.abc import Iterator
from itertools import takewhile
from typing import cast
from urllib.parse import parse_qsl, unquote, urlsplit

from agent_core.port.composing import Kit, compose
from agent_core.port.drafts import Draft, Slot
from agent_core.port.encoding import Borrowed
from agent_core.port.lessons import Operation, Recipe, operations_of
from agent_core.port.outcomes import Outcome, Sorter
from agent_core.port.pools import Json
from agent_core.port.probes import options, probes, strangers
from agent_core.port.routes import Route
from agent_core.port.twists import Twister
from agent_core.port.walks import Choice, Live, Walk
from runners.http_replay.exchange import Ref

LONGEST = 25
"""Requests a walk; short sequences are read and shrunk sooner."""
_STROLL = 22
_VARIATIONS = 12
_PROBES_A_WALK = 12
_PILE = (7, 14)
_PATIENCE = 3
_ENTER_FIRST = 0.6
_SEEK_AGAIN = 0.7
_TRIES = 4
_FIELDS = frozenset({"json", "form", "args"})
_VARY = 0.1
"""How often a free walk varies what went well."""
_GO_ON = 0.8
"""How often a free walk goes on from where an earlier one got."""
_MOST_READS = 8
_SECONDS = 2


class Guide:
    """Leads walks; counts how often each operation was asked, so that each gets its share."""

    def __init__(
        self,
        live: Live,
        routes: tuple[Route, ...],
        sorter: Sorter,
        kit: Kit,
        twister: Twister,
    ) -> None:
        self.operations = operations_of(routes, kit.mined)
        self._live = live
        self._sorter = sorter
        self._kit = kit
        self._rng: random.Random = kit.rng
        self._twister = twister
        self._asked: dict[tuple[str, str], int] = {}
        self._silent: dict[tuple[str, str], int] = {}
        self._probed: dict[tuple[str, str], int] = {}
        self._blanked: set[tuple[str, str]] = set()
        self._trespassed: dict[tuple[str, str], int] = {}
        self._pages: dict[tuple[str, str], Operation] = {}
        self._strangers = list(strangers(routes))
        self._unasked = {each.route.name: each for each in self.operations}

    def forget_counts(self) -> None:
        """Count anew, after walks that are not kept."""
        self._asked.clear()

    def neediest(self) -> Operation:
        """The operation that is furthest behind its share."""
        return min(self.operations, key=lambda o: (self._asked.get(o.key, 0) + 1) / _share(o))

    def survey(self) -> Walk:
        """A look at every page that needs nothing: forms and doors are known from then on."""
        walk = self._new()
        for operation in self.operations:
            plain = operation.method == "GET" and not operation.route.rule.converters
            if plain and len(walk) < LONGEST and not walk.ended:
                self._ask(walk, operation)
        return walk

    def stroll(self) -> Walk:
        """A free walk: what writes first, then what can use the finds, with looks between."""
        walk = self._new()
        lessons = self._kit.lessons
        wanted = self._rng.random() < 0.4
        recipe = lessons.recipe(self.neediest()) if wanted else lessons.start()
        if recipe and self._rng.random() < _GO_ON:
            walk.repeat(recipe.drafts)
        length = min(len(walk) + self._rng.randint(_STROLL // 2, _STROLL), LONGEST - 3)
        while len(walk) < length and not walk.ended:
            operation = self._next(walk)
            draft = self._ask(walk, operation)
            if operation.writes and walk.reached.accepted and self._rng.random() < _VARY:
                self._vary(walk, operation, draft, walk.reached)
            elif operation.writes and self._rng.random() < 0.6:
                self._look(walk, operation, draft)
        return walk

    def focus(self, operation: Operation) -> Walk:
        """A walk that reaches an operation as it was reached before, and asks it in variations."""
        recipe = self._kit.lessons.recipe(operation)
        if recipe is None or (
            not self._kit.lessons.good(operation) and self._rng.random() < _SEEK_AGAIN
        ):
            return self.seek(operation)
        walk = self._new()
        walk.repeat(recipe.before)
        draft = self._send(walk, operation, recipe.draft, [])
        reached = walk.reached
        self._look(walk, operation, draft)
        for _ in range(self._rng.randint(3, _VARIATIONS)):
            if len(walk) > LONGEST - 4 or walk.ended:
                break
            self._vary(walk, operation, draft, reached)
        return walk

    def seek(self, operation: Operation) -> Walk:
        """A walk that prepares for an operation that has not gone well yet, and tries it."""
        walk = self._new()
        if maker := self._maker(operation):
            walk.repeat(maker.drafts)
            self._look(walk, maker.operation, maker.draft)
        for _ in range(self._rng.randint(2, _TRIES)):
            if not walk.ended and len(walk) < LONGEST - 4:
                draft = self._ask(walk, operation)
                self._look(walk, operation, draft)
        return walk

    def unlearned(self) -> Operation:
        """The operation that has gone well least often."""
        successes = self._kit.lessons.successes
        least = min(successes.get(each.key, 0) for each in self.operations)
        fewest = [each for each in self.operations if successes.get(each.key, 0) == least]
        # What makes things goes before what needs them.
        weights = [
            3.0 if each.writes and not each.route.rule.converters else 1.0 for each in fewest
        ]
        return self._rng.choices(fewest, weights)[0]

    def _maker(self, operation: Operation) -> Recipe | None:
        """A way to something that an operation can be asked for, or else into a session."""
        lessons = self._kit.lessons
        arguments = operation.route.rule.converters
        makers = [
            (each, good)
            for each in self.operations
            if each.method == "POST" and len(each.route.rule.converters) < len(arguments)
            if (good := lessons.good(each))
        ]
        if not makers:
            return lessons.way_in() if operation.key in lessons.walled else None
        weights = [2.0 ** _near(each, operation) for each, _ in makers]
        ((_, good),) = self._rng.choices(makers, weights)
        return lessons.one_of(good)

    def pile(self, operation: Operation) -> Walk:
        """A walk that asks the same so often that lists grow long, and then looks around."""
        walk = self._new()
        for _ in range(self._rng.randint(*_PILE)):
            if not walk.ended:
                self._ask(walk, operation)
        readers = [o for o in self.operations if not o.writes and not o.route.is_static]
        for reader in self._rng.sample(readers, min(len(readers), max(0, LONGEST - len(walk)))):
            if not walk.ended:
                self._ask(walk, reader)
        return walk

    def paced(self) -> Iterator[Walk]:
        """Walks that write the same sort of thing in several seconds, and then look around."""
        lessons = self._kit.lessons
        readers = [o for o in self.operations if not o.writes and not o.route.is_static]
        readers = [o for o in readers if o.key not in lessons.exits]
        for recipe in self._makers_of_things():
            operation = recipe.operation
            walk = self._new()
            walk.repeat(recipe.drafts)
            for _ in range(_SECONDS):
                if not walk.ended:
                    walk.pause()
                    self._ask(walk, operation)
            for reader in readers[: LONGEST - len(walk)]:
                if not walk.ended:
                    self._ask(walk, reader)
            yield walk

    def _makers_of_things(self) -> list[Recipe]:
        """A way to each success of a POST that is no door, what takes most preparation first."""
        lessons = self._kit.lessons
        ways = [
            good
            for each in self.operations
            if each.method == "POST" and each.key not in lessons.exits
            if (goods := lessons.good(each)) and not any(way.reached.enters for way in goods)
            if (good := lessons.one_of(goods))
        ]
        return sorted(ways, key=lambda way: -len(way.before))

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

    def blanks(self) -> Walk | None:
        """A walk that leaves out what an operation takes, each in turn, and then says it twice.

        Each operation that has gone well has one such walk; None once all have had theirs.
        """
        lessons = self._kit.lessons
        for operation in self.operations:
            recipe = lessons.one_of(lessons.good(operation))
            if recipe is None or operation.key in self._blanked:
                continue
            self._blanked.add(operation.key)
            slots = [s for s in recipe.draft.slots() if s.part in _FIELDS and len(s.path) == 1]
            if not slots:
                continue
            walk = self._new()
            walk.repeat(recipe.before)
            for slot in slots:
                for draft in (recipe.draft.put(slot, ""), recipe.draft.without(slot)):
                    if len(walk) < LONGEST - 3 and not walk.ended:
                        self._send(walk, operation, draft, [])
            for _ in range(2):
                if not walk.ended:
                    self._send(walk, operation, recipe.draft, [])
            self._look(walk, operation, recipe.draft)
            return walk
        return None

    @property
    def trespassed(self) -> int:
        """How often a client has asked for what is another one's."""
        return sum(self._trespassed.values())

    def trespass(self) -> Walk | None:
        """A walk in which one client makes something, and another one asks for it.

        None where nothing is made, or nobody logs in.
        """
        lessons = self._kit.lessons
        places = [
            each
            for each in self.operations
            if each.route.rule.converters and lessons.good(each, prepared=True)
        ]
        other = lessons.way_in()
        if not places or other is None:
            return None
        operation = min(places, key=lambda each: self._trespassed.get(each.key, 0))
        self._trespassed[operation.key] = self._trespassed.get(operation.key, 0) + 1
        goods = lessons.good(operation, prepared=True)
        shown = [good for good in goods if good.reached.status < 300]
        recipe = cast("Recipe", lessons.one_of(shown or goods))
        walk = self._new()
        walk.repeat(recipe.before)
        if out := lessons.way_out():
            self._ask(walk, out)
        walk.repeat([draft.of_another() for draft in other.drafts])
        for again in (operation, *self._like(operation)):
            if not walk.ended:
                draft = (
                    recipe.draft if again is operation else self._alike(walk, again, recipe.draft)
                )
                self._send(walk, again, draft, [])
        return walk

    def shorten(self) -> int:
        """Find out which requests a new recipe needs; how many were asked for that."""
        recipe = self._kit.lessons.long()
        if recipe is None:
            return 0
        asked = 0
        for place in reversed(range(len(recipe.before))):
            if shorter := recipe.without(place):
                walk = self._new()
                walk.repeat(shorter.drafts)
                asked += len(walk)
                recipe = shorter if walk.reached == recipe.reached else recipe
        self._kit.lessons.shortened(recipe)
        return asked

    def probe(self) -> Walk:
        """A walk of probes at the operation that had the fewest."""
        walk = self._new()
        if self._unasked:
            return self._options(walk)
        operation = min(
            self.operations,
            key=lambda o: self._probed.get(o.key, 0) * (5 if o.route.is_static else 1),
        )
        recipe = self._kit.lessons.recipe(operation)
        if recipe:
            walk.repeat(recipe.before)
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

    def _options(self, walk: Walk) -> Walk:
        """Ask which methods each of the next rules takes."""
        while self._unasked and len(walk) < LONGEST and not walk.ended:
            _, operation = self._unasked.popitem()
            draft, _ = compose(self._kit, operation, walk)
            walk.send(options(draft))
        return walk

    def _new(self) -> Walk:
        return Walk(self._live, self._sorter)

    def _ask(self, walk: Walk, operation: Operation) -> Draft:
        """Ask as well as possible, after a look at the page with the form for it if that helps."""
        looked: list[Choice] = []
        if self._shut(walk, operation) and self._rng.random() < _ENTER_FIRST:
            self._enter(walk)
        page = self._pages.get(operation.key)
        if page and not walk.form_for(operation.route, operation.method):
            yes: Choice = (*operation.key, "look first", True)
            no: Choice = (*operation.key, "look first", False)
            looked.append(self._kit.lessons.pick({yes: 1.0, no: 1.0}))
            if looked == [yes]:
                self._ask(walk, page)
        if walk.ended:
            return Draft(operation.route, operation.method, {})
        draft, choices = compose(self._kit, operation, walk)
        return self._send(walk, operation, draft, looked + choices)

    def _shut(self, walk: Walk, operation: Operation) -> bool:
        """Whether an operation may be asked only within a session."""
        return not walk.inside and operation.key in self._kit.lessons.walled

    def _enter(self, walk: Walk) -> None:
        way_in = self._kit.lessons.way_in()
        if way_in and len(walk) + len(way_in.drafts) < LONGEST:
            walk.repeat(way_in.drafts)

    def _send(self, walk: Walk, operation: Operation, draft: Draft, choices: list[Choice]) -> Draft:
        answer = walk.try_out(draft)
        self._asked[operation.key] = self._asked.get(operation.key, 0) + 1
        if answer.problem:
            self._give_up(operation)
        self._kit.lessons.learn(operation, draft, choices, walk)
        for seen in walk.new_forms():
            if operation.method == "GET" and seen.form.method != "GET":
                self._pages[seen.form.method, seen.route.name] = operation
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
            first = 3 if early and operation.method == "POST" else 1
            return (
                behind * first * (1 if apt else 0.2) * (0.5 if self._shut(walk, operation) else 1)
            )

        weights = [weight(operation) for operation in self.operations]
        return self._rng.choices(self.operations, weights)[0]

    def _look(self, walk: Walk, operation: Operation, draft: Draft) -> None:
        """See what a request has changed: the same thing again, then what is near it."""
        exits = self._kit.lessons.exits
        readers = [
            each
            for each in self.operations
            if not each.writes and not each.route.is_static and each.key not in exits
        ]
        if not readers or walk.ended:
            return
        if self._rng.random() < 0.5 and self._follow(walk):
            return
        same = [each for each in self._like(operation) if not each.writes]
        if same and self._rng.random() < 0.5:
            reader = max(same, key=lambda each: _near(each, operation))
            self._send(walk, reader, self._alike(walk, reader, draft), [])
        else:
            weights = [2.0 ** _near(each, operation) for each in readers]
            self._ask(walk, self._rng.choices(readers, weights)[0])

    def _like(self, operation: Operation) -> list[Operation]:
        """The other operations that are asked with the same arguments."""
        names = set(operation.route.rule.converters)
        return [
            each
            for each in self.operations
            if names and each.key != operation.key and set(each.route.rule.converters) == names
        ]

    def _alike(self, walk: Walk, operation: Operation, draft: Draft) -> Draft:
        """A draft for an operation with the arguments of another's."""
        again, _ = compose(self._kit, operation, walk)
        for name in operation.route.rule.converters:
            again = again.put(Slot("argument", (name,)), draft.parts["argument"][name])
        return again

    def _follow(self, walk: Walk) -> bool:
        """Go where the last answer leads, if it leads to a page of the application."""
        link = walk.responses[-1].first("location")
        found = self._sorter.route("GET", link) if link else None
        reader = found and self._operation("GET", found[0])
        if not found or not reader:
            return False
        last = Ref(len(walk) - 1, ("location",))
        segment = unquote(urlsplit(link).path.rstrip("/").rpartition("/")[2])
        arguments: Json = {
            name: Borrowed(last, value) if value == segment and not value.isdecimal() else value
            for name, value in found[1].items()
        }
        query: Json = dict(parse_qsl(urlsplit(link).query))
        self._send(walk, reader, Draft(found[0], "GET", {"argument": arguments, "args": query}), [])
        return True

    def _operation(self, method: str, route: Route) -> Operation | None:
        return next((o for o in self.operations if o.key == (method, route.name)), None)


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
