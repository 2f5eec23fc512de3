"""Where Journeyman keeps its data: one folder for everything, moved by JOURNEYMAN_HOME."""

import hashlib
import os
import re
import secrets
import time
from pathlib import Path

SESSION_ID = re.compile(r"\d{8}-[0-9a-f]{6}")


def home() -> Path:
    """The data folder; not created."""
    if named := os.environ.get("JOURNEYMAN_HOME"):
        return Path(named).expanduser().absolute()
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "journeyman"


def command() -> str:
    """How the user starts this program, for hints that name a command."""
    return os.environ.get("JOURNEYMAN_AS") or "journeyman"


def sessions() -> Path:
    """The folder that has one folder a session."""
    return home() / "sessions"


def session_folder(session: str) -> Path:
    """The folder of one session."""
    return sessions() / session


def certificate(session: str) -> Path:
    """The page on the port that a session judged last; not there where it judged none."""
    return session_folder(session) / "certificate.html"


def cargo_target() -> Path:
    """What cargo builds, outside of every tree: a second build takes up where one ended."""
    return home() / "cargo-target"


def project_folder(origin: Path) -> Path:
    """What is kept of one project, by the place it lies at."""
    digest = hashlib.sha256(os.fsencode(origin)).hexdigest()[:12]
    return home() / "projects" / f"{digest}-{_plain(origin.name)}"


def project_store(origin: Path) -> Path:
    """The shadow store of one project."""
    return project_folder(origin) / "snapshots.git"


def new_session_id() -> str:
    """A short id that sorts by day."""
    return f"{time.strftime('%Y%m%d')}-{secrets.token_hex(3)}"


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[:40] or "project"
