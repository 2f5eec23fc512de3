"""The load client, built from its sources by cargo into a folder of ours."""

from pathlib import Path

from runners import cargo
from runners.environment import child_environment
from runners.problems import JourneymanError
from runners.process import CannotStart
from runners.quick import run_quick

NAME = "load_client"
BUILD_S = 300.0
_LAST_WORDS = 500


class NotBuilt(JourneymanError):  # noqa: N818  (says what happened)
    """There is no load client; the text says why."""


def build(sources: Path, target: Path) -> Path:
    """The program, as new as its sources, without the network. Raises NotBuilt, CutOff."""
    program = cargo.find()
    if program is None:
        raise NotBuilt("cargo was not found")
    manifest = str(sources / "Cargo.toml")
    asked = (program, "build", "--release", "--locked", "--offline", "--manifest-path", manifest)
    target.mkdir(parents=True, exist_ok=True)
    try:
        built = run_quick(
            (*asked, "--target-dir", str(target)),
            cwd=target,
            env=child_environment(),
            timeout_s=BUILD_S,
        )
    except CannotStart as error:
        raise NotBuilt(str(error)) from error
    if built.exit_code != 0:
        words = built.stderr[-_LAST_WORDS:].decode("utf-8", "replace").strip()
        raise NotBuilt(f"cargo could not build it: {words or built.sentence()}")
    return target / "release" / NAME
