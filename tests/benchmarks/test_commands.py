import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.commands import CommandError, must, run
from benchmarks.repository import apply_patch, commit_everything

ROOT = Path(__file__).resolve().parents[2]

PATCH = """\
--- a/greeting.txt
+++ b/greeting.txt
@@ -1 +1 @@
-hello
+good morning
"""


def test_output_and_exit_code(tmp_path: Path) -> None:
    code = "import sys; print(sys.stdin.read()); print('é', file=sys.stderr); sys.exit(3)"
    done = run([sys.executable, "-c", code], cwd=tmp_path, timeout_s=30, stdin="given")
    assert (done.exit_code, done.stdout, done.stderr) == (3, "given\n", "é\n")
    assert done.cpu_s > 0


def test_the_deadline_ends_children_too(tmp_path: Path) -> None:
    mark = tmp_path / "still-alive"
    child = f"import time; time.sleep(1.5); open({str(mark)!r}, 'w')"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    done = run([sys.executable, "-c", code], cwd=tmp_path, timeout_s=0.5)
    assert done.exit_code is None
    assert done.wall_s < 1.5
    time.sleep(1.5)
    assert not mark.exists()


def test_sigterm_ends_what_is_running(tmp_path: Path) -> None:
    child = "import time; open('begun', 'w'); time.sleep(60)"
    code = f"""if True:
        import sys
        from pathlib import Path
        from benchmarks.commands import end_children_on_sigterm, run
        end_children_on_sigterm()
        run([sys.executable, "-c", {child!r}], cwd=Path({str(tmp_path)!r}), timeout_s=60)
    """
    benchmark = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    while not (tmp_path / "begun").exists():
        time.sleep(0.05)
    (pid,) = children_of(benchmark.pid)
    benchmark.terminate()
    assert benchmark.wait(timeout=30) == 143
    assert not Path(f"/proc/{pid}").exists()


def children_of(pid: int) -> list[int]:
    listing = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listing.read_text().split()]


def test_a_failed_preparation_says_what_it_printed(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such luck"):
        must([sys.executable, "-c", "raise SystemExit('no such luck')"], cwd=tmp_path)


def test_a_repository_holds_ignored_files_too(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.dat\n")
    (tmp_path / "a.dat").write_text("x")
    commit_everything(tmp_path)
    assert must(["git", "ls-files"], cwd=tmp_path).split() == [".gitignore", "a.dat"]
    assert must(["git", "status", "--porcelain"], cwd=tmp_path) == ""


def test_a_patch_is_applied_or_refused(tmp_path: Path) -> None:
    (tmp_path / "greeting.txt").write_text("hello\n")
    commit_everything(tmp_path)
    apply_patch(tmp_path, PATCH)
    assert (tmp_path / "greeting.txt").read_text() == "good morning\n"
    with pytest.raises(CommandError, match="does not apply"):
        apply_patch(tmp_path, PATCH)
