import os
import subprocess
import sys

from benchmarks import overhead


def test_memory_is_that_of_the_whole_tree() -> None:
    before = overhead.tree_bytes(os.getpid())
    code = "held = b'x' * 60_000_000; print('held', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with_child = overhead.tree_bytes(os.getpid())
        child.communicate("\n", timeout=30)
    assert with_child - before > 50_000_000


def test_no_two_calls_of_the_script_are_alike() -> None:
    calls = [call for turn in overhead.script(5) for call in turn.calls]
    assert len(calls) == 20
    assert len({(call.tool, call.arguments) for call in calls}) == 20


def test_differences_are_in_milliseconds() -> None:
    steps = overhead.Steps({"read_file": [0.002, 0.004], "edit_file": [0.03]}, [0.001, 0.003])
    assert round(steps.mean_s, 6) == 0.012
    assert round(steps.difference_ms, 6) == 10.0
    assert overhead.Startup(program_s=0.75, floor_s=0.5).ratio == 1.5
