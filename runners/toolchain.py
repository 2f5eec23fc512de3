"""The interpreter a project runs with, as `toolchains` finds it."""

from typing import Literal

import msgspec

Installer = Literal["pip", "uv", "uv pip", "poetry", "distribution"]


class Toolchain(msgspec.Struct, frozen=True):
    """The interpreter of the user's project; paths absolute, `source` in words for the user.

    `editable`: import paths that editable installs set below the user's folder. `installer`: what
    puts packages into this environment.
    """

    interpreter: str
    version: str
    source: str
    prefix: str
    base_prefix: str
    pytest_version: str | None
    editable: tuple[str, ...] = ()
    installer: Installer = "pip"

    def sentence(self) -> str:
        """The interpreter in one line, for a person."""
        pytest = f"pytest {self.pytest_version}" if self.pytest_version else "no pytest"
        return f"Python {self.version}, {pytest}: {self.interpreter} ({self.source})"
