"""Two commands are raced in folders that each run finds as they were."""

import asyncio
import shlex
import sys
from pathlib import Path

from runners.benchmark import ratio
from runners.benchmarking.commands import CommandRace, Runner, race
from tests.runners.benchmarking.servers import ENV


def burning(seconds: float) -> str:
    code = f"import time\nwhile time.process_time() < {seconds}: pass"
    return f"{shlex.quote(sys.executable)} -S -c '{code}'"


def raced(folder: Path, a: str, b: str, *, rounds: int = 2) -> CommandRace:
    runners = []
    for side, command in (("a", a), ("b", b)):
        root = folder / side
        root.mkdir()
        (root / "data.txt").write_text("first")
        runners.append(Runner(command, root, ENV))
    return asyncio.run(race(*runners, rounds=rounds, deadline_s=30, say=lambda _: None))


def test_cpu_of_the_whole_tree_is_compared(tmp_path: Path) -> None:
    found = raced(tmp_path, f"({burning(0.3)}) & ({burning(0.3)}); wait", burning(0.15))
    measured = ratio([found.pairs])
    assert measured is not None
    assert 2.5 < measured.median < 4.5
    for each in (found.pairs[0].a, found.pairs[0].b):
        assert 0.1 < each.wall_s < 30
        assert 1_000_000 < each.memory < 500_000_000
    assert found.same_output


def test_each_run_finds_the_folder_as_it_was(tmp_path: Path) -> None:
    found = raced(tmp_path, "cat data.txt; echo more >> data.txt; echo > new", "cat data.txt")
    assert {pair.a.output for pair in found.pairs} == {b"first"}
    assert found.same_output


def test_a_run_that_fails_is_void_and_says_why(tmp_path: Path) -> None:
    found = raced(tmp_path, f"{burning(0.02)}; echo one", "echo broken >&2; exit 3", rounds=5)
    assert len(found.pairs) == 3
    assert "exit code 3" in found.pairs[0].void
    assert "broken" in found.pairs[0].void
    assert ratio([found.pairs]) is None


def test_memory_is_that_of_the_largest_process(tmp_path: Path) -> None:
    code = 'x = b"x" * 80_000_000'
    found = raced(
        tmp_path, f"{shlex.quote(sys.executable)} -S -c '{code}'", burning(0.02), rounds=1
    )
    assert 80_000_000 < found.pairs[0].a.memory < 200_000_000
    assert found.pairs[0].b.memory < 60_000_000
