"""A port is *fixed* only when everything was asked, everything was the same, and it would show."""

import msgspec
import pytest

from agent_core.port.coverage import Coverage
from agent_core.port.judging import judge
from agent_core.port.report import CorpusNote, OwnTests, ParityReport
from agent_core.port.strength import Strength
from agent_core.proofs import RouteResult, RouteState

STRENGTH = Strength(
    mutants=40,
    killed=38,
    survivors=(),
    equivalents=(),
    coverage=Coverage(total=20, taken=19, uncovered=(), lines={}),
    successes={"/": (3, 3)},
)
HOLDS = ParityReport(
    corpora=tuple(CorpusNote(seed, "d" * 64, 50, 1_000) for seed in range(3)),
    routes=(RouteResult("/", "equivalent", 2_000, 1_500), RouteResult("/a", "equivalent", 900, 1)),
    shown=(),
    differences=0,
    tests=OwnTests(green=("t",)),
    beside=(),
    strength=STRENGTH,
    isolation="none",
)


def with_route(state: RouteState) -> ParityReport:
    routes = (HOLDS.routes[0], RouteResult("/a", state, 900, 1, differences=2))
    return msgspec.structs.replace(HOLDS, routes=routes, differences=2 * (state == "differs"))


def test_all_of_it_together_holds() -> None:
    verdict = judge(HOLDS)
    assert verdict.state == "fixed"
    assert "3,000 requests" in verdict.sentence()


def test_where_there_are_fewer_wrong_copies_all_of_them_do() -> None:
    strength = msgspec.structs.replace(STRENGTH, mutants=9, killed=9, every=True)
    assert judge(msgspec.structs.replace(HOLDS, strength=strength)).state == "fixed"
    weak = msgspec.structs.replace(strength, killed=8)
    assert judge(msgspec.structs.replace(HOLDS, strength=weak)).state == "unknown"


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("differs", "mostly the same (1 of 2 routes): 2 answers differ on /a"),
        ("original crashed", "the original crashed on /a"),
        ("nondeterministic", "nondeterministic, so nothing is proved: /a"),
    ],
)
def test_a_route_that_is_not_the_same_is_named(state: RouteState, reason: str) -> None:
    verdict = judge(with_route(state))
    assert (verdict.state, verdict.reasons) == ("failing", (reason,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"tests": OwnTests(green=("t",), red=("u", "v"))}, "2 of its own tests fail, first u"),
        ({"beside": ("POST /: lost",)}, "POST /: lost"),
        ({"differences": 1}, "1 answer differs"),
    ],
)
def test_whatever_else_differs_fails(changes: dict[str, object], reason: str) -> None:
    verdict = judge(msgspec.structs.replace(HOLDS, **changes))
    assert (verdict.state, verdict.reasons) == ("failing", (reason,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"corpora": HOLDS.corpora[:2]}, "fewer than 3 times 1,000 requests"),
        ({"strength": None}, "was not measured"),
        ({"strength": msgspec.structs.replace(STRENGTH, killed=35)}, "35 of 40 wrong copies"),
        ({"strength": msgspec.structs.replace(STRENGTH, mutants=39)}, "only 39 wrong copies"),
        (
            {"strength": msgspec.structs.replace(STRENGTH, coverage=Coverage(20, 17, (), {}))},
            "17 of 20 branches",
        ),
        ({"routes": (RouteResult("/", "not reached", 0, 0),)}, "no request reached /"),
    ],
)
def test_too_little_asked_is_unknown(changes: dict[str, object], reason: str) -> None:
    verdict = judge(msgspec.structs.replace(HOLDS, **changes))
    assert verdict.state == "unknown"
    assert reason in verdict.sentence()
