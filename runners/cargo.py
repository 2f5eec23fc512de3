"""cargo as a toolchain: compile a crate and look at it with clippy, without the network."""

import os
import shutil
from pathlib import Path

import msgspec

from runners import process
from runners.cutoff import in_thread
from runners.diagnostics import Diagnostic, read
from runners.environment import child_environment

TARGET = "CARGO_TARGET_DIR"
NO_CLIPPY = "clippy is not installed, so its lints were skipped (`rustup component add clippy`)"
_OPTIONS = ("--release", "--locked", "--offline", "--message-format=json")
_OUTPUT = 64_000_000
_WORDS = 800


class Built(msgspec.Struct, frozen=True):
    """What became of a crate: `program` is the executable, "" if there is none.

    `problem` says why cargo could not begin or end, where no error of the compiler does; `notes`
    are sentences on what was left out.
    """

    program: str = ""
    errors: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    problem: str = ""
    notes: tuple[str, ...] = ()


def find() -> str | None:
    """Where cargo is: on PATH, or where its installer puts it."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    return shutil.which("cargo") or shutil.which("cargo", path=str(home / "bin"))


async def build(cargo: str, manifest: Path, *, target: Path, keep: Path, timeout_s: float) -> Built:
    """Compile for release and run the lints; what cargo builds stays in the folder `target`.

    The program is copied to the file `keep` at once: another build may replace it there. Warnings
    are those of the crate itself, its dependencies' left out. Raises what `process.run` does.
    """
    compiled = await _run(cargo, "build", manifest, target=target, timeout_s=timeout_s)
    messages = read(compiled.stdout, manifest)
    errors = messages.of("error")
    if compiled.exit_code != 0 or not messages.executable:
        said = compiled.stderr[-_WORDS:].decode("utf-8", "replace").strip()
        problem = "" if errors else said or "no program came of it"
        return Built(errors=errors, warnings=messages.of("warning"), problem=problem)
    await in_thread(shutil.copy2, messages.executable, keep)
    left = timeout_s - compiled.wall_s
    linted = await _run(cargo, "clippy", manifest, "--no-deps", target=target, timeout_s=left)
    found = read(linted.stdout, manifest)
    if found.finished:
        # Lints that are errors by themselves do not keep a program from being built.
        return Built(str(keep), warnings=found.diagnostics)
    return Built(str(keep), warnings=messages.of("warning"), notes=(NO_CLIPPY,))


async def _run(
    cargo: str, verb: str, manifest: Path, *options: str, target: Path, timeout_s: float
) -> process.ProcessOutcome:
    return await process.run(
        process.Command(
            argv=(cargo, verb, *_OPTIONS, *options, "--manifest-path", str(manifest)),
            cwd=str(manifest.parent),
            env=child_environment(extra={TARGET: str(target)}),
            timeout_s=max(0.1, timeout_s),
            output_limit=_OUTPUT,
        )
    )
