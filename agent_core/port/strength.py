"""How much a corpus would have noticed: what stands beside every percentage."""

from collections.abc import Iterator

import msgspec

from agent_core.counting import counted
from agent_core.port.coverage import Coverage
from agent_core.port.mutants import Mutant


class Strength(msgspec.Struct, frozen=True):
    """Wrong copies of the original that were noticed, branches taken, successes by route.

    `mutants` counts without the `equivalents`, each of which has its reason; `successes` maps each
    route to its answers below 400 and to all its answers. `every`: there are no further mutants.
    """

    mutants: int
    killed: int
    survivors: tuple[Mutant, ...]
    equivalents: tuple[tuple[Mutant, str], ...]
    coverage: Coverage
    successes: dict[str, tuple[int, int]]
    every: bool = False

    def sentence(self) -> str:
        """All three in one line."""
        return f"{self._mutants()}; {self.coverage.sentence()}; {self._routes()}"

    def sentences(self) -> Iterator[str]:
        """The line, then everything behind it that was missed or left out, by name."""
        yield f"{self.sentence()}."
        for mutant in self.survivors:
            yield f"not noticed: {mutant.sentence()}"
        for mutant, reason in self.equivalents:
            yield f"left out, {reason}: {mutant.sentence()}"
        for branch in self.coverage.uncovered:
            yield f"not taken: {branch.sentence()}"
        for name in self.coverage.unreached:
            yield f"never ran: {name}"
        for route, (good, every) in sorted(self.successes.items()):
            if not good:
                yield f"never succeeded: {route} ({counted(every, 'answer')})"

    def _mutants(self) -> str:
        if not self.mutants:
            return "no wrong copy of the original was tried"
        share = f"{self.killed / self.mutants:.0%}"
        return f"{self.killed:,} of {self.mutants:,} wrong copies noticed ({share})"

    def _routes(self) -> str:
        good = sum(1 for answered, _ in self.successes.values() if answered)
        return f"{good:,} of {counted(len(self.successes), 'route')} answered with success"
