"""A session that has come to its end with two hunks to review; run once, copied for each test."""

import asyncio
import shutil
from pathlib import Path

from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.session import Session
from tests.agent_core.projects import FAULTY, run_once, shop

TAX = ("1 - rate", "1 + rate")
NAME = ("lowest price, None without any", "lowest price or None")
_PAD = "\n\n".join(f"def filler_{number}():\n    return {number}\n" for number in range(4))
SOURCE = FAULTY.replace("\n\ndef cheapest", f"\n\n{_PAD}\n\ndef cheapest")


def edit(old: str, new: str) -> dict[str, str]:
    """One replacement in the file of the shop."""
    return {"path": "shop/prices.py", "old": old, "new": new}


class Reviewed:
    """The user's folder and the data folder as they were when the session had stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.origin = folder / "now" / "shop-project"
        self.home = folder / "now" / "home"
        self._name = ""

    def run(self) -> None:
        """Make the change in two steps, the second of which mends the fault."""
        shop(self.origin, **{"shop/prices.py": SOURCE})
        script = [
            Turn(calls=(call("edit_file", edits=[edit(*NAME)]),)),
            Turn(calls=(call("edit_file", edits=[edit(*TAX)]), call("finish", summary="done"))),
        ]
        stopped, session = asyncio.run(run_once(self.origin, ScriptedModel(script)))
        session.close()
        assert stopped.verdict.state == "fixed"
        self._name = session.folder.name
        shutil.copytree(self.folder / "now", self.folder / "then", symlinks=True)

    def again(self) -> None:
        """Put everything back as it was at the end of the run."""
        shutil.rmtree(self.folder / "now")
        shutil.copytree(self.folder / "then", self.folder / "now", symlinks=True)

    def open(self) -> Session:
        """The session, opened to go on."""
        return Session.open(self._name, write=True)
