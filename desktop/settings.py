"""What the user has chosen, kept in `settings.json` of the data folder."""

import contextlib
import logging
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from agent_core import places
from agent_core.models.choice import ModelChoice
from editors.files import write_file
from editors.paths import Folder
from editors.refusals import Refused

_log = logging.getLogger(__name__)

NAME: Final = "settings.json"
RECENT: Final = 12
"""Folders that are remembered."""
DRAFTS: Final = 100
"""Drafts that are remembered, the newest."""

Scale = Annotated[float, msgspec.Meta(ge=0.5, le=4)]
Theme = Literal["system", "dark", "light"]
Density = Literal["compact", "relaxed"]


class Settings(msgspec.Struct, frozen=True):
    """All settings; a field that a file does not name has its default."""

    theme: Theme = "system"
    font_scale: Scale = 1.0
    code_scale: Scale = 1.0
    density: Density = "compact"
    colour_blind: bool = False
    follow: bool = False
    recent: tuple[str, ...] = ()
    drafts: dict[str, str] = {}
    model: ModelChoice = ModelChoice()
    geometry: str = ""
    """The window's place, as Qt writes it, in base 64."""
    columns: tuple[int, ...] = ()
    """Widths of the window's first two columns, in pixels."""


def load() -> Settings:
    """The settings as last saved; those of a damaged file are set aside as `.damaged`."""
    path = places.home() / NAME
    try:
        return msgspec.json.decode(path.read_bytes(), type=Settings)
    except OSError:  # none yet, or none that can be read: the defaults serve
        return Settings()
    except msgspec.MsgspecError:
        with contextlib.suppress(OSError):  # a folder we cannot write: nothing is lost there
            path.replace(path.with_name(NAME + ".damaged"))
        return Settings()


def save(settings: Settings) -> None:
    """Write them in one step.

    Raises:
        Refused, OSError: the data folder cannot be written.
    """
    home = places.home()
    home.mkdir(parents=True, exist_ok=True)
    text = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    with Folder(home) as folder:
        write_file(folder, NAME, text + b"\n", mode=0o600)


class Keeper:
    """The settings of the running program; each change is saved at once."""

    def __init__(self, settings: Settings) -> None:
        self.current = settings

    def change(self, **fields: object) -> None:
        """Replace some fields and save, if anything differs."""
        changed = msgspec.structs.replace(self.current, **fields)
        if changed != self.current:
            self.current = changed
            try:
                save(changed)
            except (Refused, OSError) as error:  # a full disk is no reason to stop working
                _log.warning("the settings were not saved: %s", error)

    def remember_folder(self, folder: Path) -> None:
        """Put a folder first among the recent ones."""
        others = [name for name in self.current.recent if name != str(folder)]
        self.change(recent=(str(folder), *others)[:RECENT])

    def forget_folder(self, folder: Path) -> None:
        """Take a folder off the recent ones."""
        self.change(recent=tuple(n for n in self.current.recent if n != str(folder)))

    def keep_draft(self, key: str, text: str) -> None:
        """Keep what was typed for a session or folder; nothing is kept of an empty text."""
        drafts = {name: kept for name, kept in self.current.drafts.items() if name != key}
        if text.strip():
            drafts[key] = text
        self.change(drafts=dict(list(drafts.items())[-DRAFTS:]))
