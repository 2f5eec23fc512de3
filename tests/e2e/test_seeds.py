"""The outcome is the same whatever order our own sets and hashes come in."""

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from tests.agent_core.projects import shop
from tests.agent_core.terminal.command_line import Event, fix

SEEDS = ("0", "1", "4711")


def outcome(origin: Path, home: Path, seed: str) -> dict[str, object]:
    """What one run came to, without its times and names."""
    answer = fix(origin, env={"PYTHONHASHSEED": seed, "JOURNEYMAN_HOME": str(home)})
    events: list[Event] = answer.events
    last = events[-1]
    verdict = last["verdict"]
    assert isinstance(verdict, dict)
    return {
        "code": answer.code,
        "kinds": [event["type"] for event in events],
        "calls": [event["call"] for event in events if "call" in event],
        # The report names a run with its times.
        "verdict": {key: value for key, value in verdict.items() if key != "report"},
        **{key: last[key] for key in ("patch", "tried", "detail")},
    }


def outcomes(origin: Path, folder: Path) -> list[dict[str, object]]:
    with ThreadPoolExecutor(len(SEEDS)) as pool:
        homes = [folder / f"home-{seed}" for seed in SEEDS]
        return list(pool.map(outcome, [origin] * len(SEEDS), homes, SEEDS))


def check_alike(first: dict[str, object], *others: dict[str, object]) -> None:
    assert first["code"] == 0
    for other in others:
        assert other == first


def test_a_small_project(tmp_path: Path) -> None:
    check_alike(*outcomes(shop(tmp_path / "shop"), tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["almanac", "invoices", "larder"])
def test_a_bundled_sample(tmp_path: Path, name: str) -> None:
    with as_file(files("resources") / "samples" / name) as bundled:
        check_alike(*outcomes(bundled, tmp_path))
