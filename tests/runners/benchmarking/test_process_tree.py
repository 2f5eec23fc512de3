"""What a tree costs: children, those that ended, and those in sessions of their own."""

import os
import signal
import subprocess
import sys

from runners.benchmarking import process_tree

BURN = "end = time.process_time() + 0.15\nwhile time.process_time() < end: pass"
TREE = f"""
import os, time
if os.fork() == 0:
    exec({BURN!r})
    os._exit(0)
os.wait()
ready, write = os.pipe()
if os.fork() == 0:
    os.setsid()
    exec({BURN!r})
    os.write(write, b"x")
    time.sleep(60)
os.read(ready, 1)
print("ready", flush=True)
time.sleep(60)
"""


def test_a_tree_is_counted_whole() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", TREE], stdout=subprocess.PIPE, start_new_session=True
    ) as leader:
        assert leader.stdout is not None
        leader.stdout.readline()
        members = process_tree.members(leader.pid)
        cpu_s = process_tree.cpu_s(leader.pid)
        memory = process_tree.proportional_memory(leader.pid)
        for member in members:
            os.kill(member, signal.SIGKILL)
    assert len(members) == 2
    # Two burns of 0.15 s, of which one has ended; each is cut to steps of 10 ms.
    assert 0.27 <= cpu_s < 2
    assert memory > 1_000_000
    assert process_tree.members(leader.pid) == set()
