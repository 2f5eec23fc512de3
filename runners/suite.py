"""One test suite, as `suite_runs` finds it."""

from typing import Literal

import msgspec

from runners.toolchain import Toolchain


class HttpTests(msgspec.Struct, frozen=True):
    """Where tests of a web application find the server that their client asks instead.

    `control` answers the line "reset" with the port of a fresh server; `record` is a file to which
    all requests and answers go, see `inside/flask_http.py`.
    """

    control: tuple[str, int]
    record: str


class Suite(msgspec.Struct, frozen=True):
    """How a project's tests run.

    `root` is the workspace, where they run; `origin` the user's folder it copies; `arguments` the
    user's own for the framework.
    """

    toolchain: Toolchain
    framework: Literal["pytest", "unittest"]
    root: str
    origin: str
    arguments: tuple[str, ...] = ()
