"""Trying Journeyman on a bundled sample: the real path, on a copy the user may look at."""

import shutil
import sys
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

SAMPLE = "invoices"


def try_it() -> int:
    """Copy the sample, fix it, and accept the change on the copy."""
    from agent_core.terminal import cli  # noqa: PLC0415  (the command line is what is shown)

    folder = Path(tempfile.mkdtemp(prefix="journeyman-sample-")) / SAMPLE
    with as_file(files("resources") / "samples" / SAMPLE) as bundled:
        shutil.copytree(bundled, folder)
    print("Here is a bundled sample in the terminal.")
    print(f"It is a small package with a red test suite, copied to {folder}.")
    # Ours has pytest; the machine's own Python may have none, and the sample needs nothing else.
    command = ["fix", str(folder), "--python", sys.executable, "--accept"]
    print(f"This runs: journeyman {' '.join(command)}\n", flush=True)
    return cli.main(command)
