"""Gunicorn as the baseline: what a Flask project is served by when it is in earnest.

Where the project's environment has none, it is put into a throw-away environment that is layered
on the project's; nothing is installed into that.
"""

import os
import shlex
from pathlib import Path

import msgspec

from runners.environment import child_environment
from runners.problems import UserProblem
from runners.process import ProcessOutcome
from runners.quick import run_quick

SETTINGS = {
    "worker_class": "gthread",
    "workers": 2,
    "threads": 8,
    "keepalive": 30,
    "graceful_timeout": 1,
    "loglevel": "warning",
    # No socket of its own beside the one that is measured, in the versions that have one.
    "control_socket_disable": True,
}
SENTENCE = "gunicorn {version}, 2 gthread workers of 8 threads, keep-alive 30 s"
INSTALL_S = 300.0
LAUNCH = Path(__file__).parents[1] / "inside" / "launch.py"
_QUESTION_S = 30.0
_LAST_WORDS = 800
_VERSION = "import gunicorn; print(gunicorn.__version__)"
_PACKAGES = """
import json, sys
print(json.dumps([p for p in sys.path if p.endswith(("site-packages", "dist-packages"))]))
"""
_OWN_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"
_OF_PIP = ("PIP_",)
_OF_THE_NETWORK = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"}
)


def version(interpreter: str) -> str:
    """Which gunicorn an interpreter has, "" if none."""
    asked = _ask(interpreter, "-c", _VERSION)
    return asked.stdout.decode().strip() if asked.exit_code == 0 else ""


def layered(interpreter: str, folder: Path) -> str:
    """Make the throw-away environment and fetch gunicorn into it; its interpreter.

    Raises UserProblem where that fails, CutOff.
    """
    _succeed(_ask(interpreter, "-m", "venv", "--without-pip", str(folder)), "venv")
    below = _succeed(_ask(interpreter, "-c", _PACKAGES), "sys.path")
    upper = str(folder / "bin" / "python")
    own = Path(_succeed(_ask(upper, "-c", _OWN_PACKAGES), "sysconfig").stdout.decode().strip())
    # Not plain paths: the project's own .pth files, editable installs among them, are to be read.
    lines = [
        f"import site; site.addsitedir({path!r})"
        for path in msgspec.json.decode(below.stdout, type=tuple[str, ...])
    ]
    (own / "journeyman_below.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if _ask(upper, "-m", "pip", "--version").exit_code != 0:
        _succeed(_ask(upper, "-m", "ensurepip"), "ensurepip")
    wanted = ("install", "--quiet", "--no-input", "--no-user", "gunicorn")
    _succeed(_ask(upper, "-m", "pip", *wanted, timeout_s=INSTALL_S), "pip")
    return upper


def command(interpreter: str, *, root: Path, origin: Path, scratch: Path, app: str) -> str:
    """A shell's command that serves the copy `root` of `origin` on the port in PORT.

    `app` says which application, "module:name", as parity's facts have it.
    """
    file = scratch / f"{root.name}.gunicorn.json"
    config = {
        "mode": "gunicorn",
        "root": str(root),
        "remap": [[str(origin), str(root)]],
        "scratch": str(scratch),
        "app": app,
        "gunicorn": SETTINGS,
    }
    file.write_bytes(msgspec.json.encode(config) + b"\n")
    return f"exec {shlex.join((interpreter, str(LAUNCH)))} < {shlex.quote(str(file))}"


def _ask(interpreter: str, *arguments: str, timeout_s: float = _QUESTION_S) -> ProcessOutcome:
    return run_quick(
        (interpreter, *arguments), cwd=Path("/"), env=_environment(), timeout_s=timeout_s
    )


def _environment() -> dict[str, str]:
    """Where pip fetches from, and through what, is the user's affair."""
    of_pip = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_OF_PIP) or name.upper() in _OF_THE_NETWORK
    }
    return child_environment(extra=of_pip)


def _succeed(outcome: ProcessOutcome, what: str) -> ProcessOutcome:
    if outcome.exit_code == 0:
        return outcome
    words = (outcome.stderr or outcome.stdout)[-_LAST_WORDS:].decode("utf-8", "replace").strip()
    raise UserProblem(
        "No environment with gunicorn could be made",
        why=f"{what}: {words or outcome.sentence()}",
        hint="install gunicorn into the project's environment; then nothing has to be fetched",
    )
