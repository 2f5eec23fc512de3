"""Trying Journeyman on a bundled sample: the real path, on a copy the user may look at."""

import shlex

from agent_core import places, samples

SAMPLE = "invoices"


def try_it() -> int:
    """Copy the sample, fix it, and accept the change on the copy."""
    from agent_core.terminal import cli  # noqa: PLC0415  (the command line is what is shown)

    folder = samples.copy(SAMPLE)
    print("Here is a bundled sample in the terminal.")
    print(f"It is a small package with a red test suite, copied to {folder}.")
    # Ours has pytest; the machine's own Python may have none, and the sample needs nothing else.
    python = samples.python_of(folder)
    named = ("--python", str(python)) if python else ()
    command = ("fix", str(folder), *named, "--accept")
    print(f"This runs: {places.command()} {shlex.join(command)}\n", flush=True)
    return cli.main(command)
