"""A check command finds this program, whatever else is called so."""

import subprocess
from pathlib import Path

from agent_core.shim import with_ourselves
from runners.cargo import TARGET
from runners.environment import child_environment


def test_a_check_can_call_this_program(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "journeyman").write_text("#!/bin/sh\nexit 7\n")
    (other / "journeyman").chmod(0o755)
    env = child_environment(extra={"PATH": f"{other}:/usr/bin:/bin", "PYTHONPATH": "/nowhere"})
    env = with_ourselves(env, scratch=tmp_path / "it's scratch", target=tmp_path / "cache")
    ran = subprocess.run(
        ("/bin/sh", "-c", "journeyman sessions && echo $PYTHONPATH"),
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[0].startswith("No sessions yet")
    assert ran.stdout.splitlines()[1] == "/nowhere"
    assert env[TARGET].startswith(str(tmp_path / "cache"))
