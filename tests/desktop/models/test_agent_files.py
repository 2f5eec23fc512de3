"""What a log says of files."""

from agent_core.events import Event, ToolFinished
from agent_core.results import EditApplied, FaultLocated, Suspect, ToolData
from desktop.models.agent_files import agent_files, suspicion


def finished(data: ToolData) -> Event:
    return ToolFinished(step=1, call_id="1", tool="t", text="", data=data, duration_s=0.0)


def edit(before: str, after: str) -> Event:
    path = (before if after == "/dev/null" else after).partition("/")[2]
    return finished(EditApplied((path,), "s", f"--- {before}\n+++ {after}\n@@ -1 +1 @@\n-a\n+b\n"))


NEW = edit("/dev/null", "b/new.py")
CHANGED = edit("a/old.py", "b/old.py")
GONE = edit("a/old.py", "/dev/null")


def test_the_fate_of_each_file_is_known() -> None:
    assert agent_files([NEW, CHANGED]) == {"new.py": "added", "old.py": "changed"}
    assert agent_files([CHANGED, GONE]) == {"old.py": "deleted"}


def test_a_new_file_stays_new_and_one_taken_away_again_never_was() -> None:
    assert agent_files([NEW, edit("a/new.py", "b/new.py")]) == {"new.py": "added"}
    assert agent_files([NEW, edit("a/new.py", "/dev/null")]) == {}


def test_the_newest_suspects_count() -> None:
    old = FaultLocated((Suspect("a.py", 1, 0.9, ""),), "", 1)
    new = FaultLocated((Suspect("b.py", 2, 0.2, ""), Suspect("b.py", 2, 0.7, "")), "", 1)
    assert suspicion([finished(old), finished(new)]) == {"b.py": {2: 0.7}}
    assert suspicion([]) == {}
