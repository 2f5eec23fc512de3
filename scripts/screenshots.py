"""Takes the pictures of docs/screenshots: the real program on a real X server, driven by clicks.

python -m scripts.screenshots [FOLDER]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from PySide6.QtGui import QImage

from tests.agent_core.models.misbehaving import (
    Answer,
    Misbehaving,
    delta,
    finish,
    part,
    serving,
)
from tests.e2e import story, xserver
from tests.e2e.driver import Driver, play
from tests.e2e.hands import Mouse

ROOT: Final = Path(__file__).resolve().parent.parent
FOLDER: Final = ROOT / "docs" / "screenshots"
FILE: Final = "invoices/discounts.py"
GOAL: Final = "Orders that reach a tier get the wrong discount. Fix it, and name things by value."
EDITS: Final = (
    ("Discounts on the whole order: by its size, and", "Discounts on the order: by value, and"),
    ("if subtotal.cents > threshold.cents:", "if subtotal.cents >= threshold.cents:"),
    ('raise ValueError("payment before the invoice date")',
     'raise ValueError(f"paid {-days_until_payment} days before the invoice")'),
)  # fmt: skip
COLOURS: Final = 256
EXACT: Final = 64
"""So many of a picture's most frequent colours stay as they are."""
MINE: Final = 'raise ValueError("that is before the invoice was written")'


def main() -> int:
    """Take all pictures, in three starts of the program."""
    arguments = argparse.ArgumentParser(description=__doc__, add_help=True)
    arguments.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    arguments.add_argument("--play", choices=sorted(PARTS), help=argparse.SUPPRESS)
    arguments.add_argument("--project", default="", help=argparse.SUPPRESS)
    arguments.add_argument("--url", default="", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    folder: Path = given.folder.absolute()
    if given.play:
        opened = [given.project] if given.project else []
        return play(lambda driver: PARTS[given.play](driver, given.url), *opened, pictures=folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, serving(*answers()) as endpoint:
        take(folder, Path(place), endpoint)
    for path in folder.glob("*.png"):
        slim(path)
    return 0


def take(folder: Path, place: Path, endpoint: Misbehaving) -> None:
    """Play the parts one after the other, as a user whose home is `place`."""
    environ = user(place)
    project = place / "home" / "projects" / "invoices"
    with as_file(files("resources") / "samples" / "invoices") as sample:
        shutil.copytree(sample, project, ignore=shutil.ignore_patterns("__pycache__"))
    for name, opened, scale in (("work", project, 1), ("welcome", "", 1), ("large", project, 2)):
        with xserver.screen(1400 * scale, 900 * scale) as display:
            shown = {"DISPLAY": display, "QT_SCALE_FACTOR": str(scale)}
            command = [sys.executable, "-m", "scripts.screenshots", str(folder), "--play", name]
            more = ["--url", endpoint.url, "--project", str(opened)]
            subprocess.run([*command, *more], cwd=ROOT, env=environ | shown, check=True)


def slim(path: Path) -> None:
    """Write a picture again with a table of 256 colours, chosen so that nobody sees it."""
    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = memoryview(image.constBits()).cast("I")
    counted = Counter(pixels)
    frequent = [colour for colour, _ in counted.most_common()]
    alike: dict[int, int] = {}
    for colour in frequent[EXACT:]:  # of those that are alike the most frequent stands for all
        alike.setdefault(colour & 0xF0F0F0, colour)
    table = (frequent[:EXACT] + list(alike.values()))[:COLOURS]
    number = {colour: at for at, colour in enumerate(table)}
    nearest = {colour: number[min(table, key=partial(_apart, colour))] for colour in counted}
    width = image.width()
    data = bytes(map(nearest.__getitem__, pixels))
    packed = QImage(data, width, image.height(), width, QImage.Format.Format_Indexed8)
    packed.setColorTable(table)
    packed.save(str(path), quality=0)


def _apart(one: int, other: int) -> int:
    """How far two colours are from each other."""
    return sum(((one >> shift & 255) - (other >> shift & 255)) ** 2 for shift in (0, 8, 16))


def user(place: Path) -> dict[str, str]:
    """The environment of somebody with a home of their own."""
    folders = {"HOME": "home", "TMPDIR": "tmp", "XDG_RUNTIME_DIR": "run", "JOURNEYMAN_HOME": "data"}
    for name in folders.values():
        (place / name).mkdir(mode=0o700)
    (place / "data" / "settings.json").write_text('{"theme": "dark"}')
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    named = {name: str(place / folder) for name, folder in folders.items()}
    return os.environ | named | {"PATH": path, "QT_QPA_PLATFORM": "xcb"}


def answers() -> tuple[Answer, ...]:
    """What the language model says."""
    asked = {
        "edits": [{"path": FILE, "old": old, "new": new} for old, new in EDITS],
        "finish_if_green": True,
        "summary": "An order that reaches a tier earns its rate; two texts say what they mean.",
    }
    thought = (
        "The three red tests ask for the rate of an order of exactly 100.00, 500.00 and so on. "
        "order_rate compares with >, so an order that just reaches a tier misses it."
    )
    edit = part(0, "edit_file", json.dumps(asked), "call_1")
    words = delta(reasoning_content=thought), delta(content="The comparison leaves out equality.")
    look = part(0, "read_file", json.dumps({"path": FILE}), "call_1")
    first = delta(content="First the code that finds the rate.")
    return (
        Answer((first, look, finish("tool_calls"))),
        Answer((*words, edit, finish("tool_calls"))),
    )


def both(driver: Driver, name: str) -> None:
    """Keep what is shown in both themes; dark is shown again in the end."""
    for _ in range(2):
        theme = driver.ask(lambda: driver.window.look.theme)
        driver.picture(f"{name}-{theme}")
        driver.fingers.press("Ctrl+Shift+L")
        driver.changed(lambda: driver.window.look.theme, theme)


def found(driver: Driver) -> None:
    """Wait until the project's interpreter is known."""
    driver.until(lambda: "Python 3" in driver.workspace.composer.toolchain_chip.text())


def work(driver: Driver, url: str) -> None:
    """From the composer to what was accepted."""
    hands = Mouse(driver)
    workspace = driver.workspace
    found(driver)
    both(driver, "composer")
    solve(driver, hands)
    story.begin_model_session(driver, hands, url, GOAL, model="local-model")
    story.ended(driver, "done")
    driver.ask(lambda: workspace.timeline.show_step(2))
    both(driver, "model-session")
    review(driver, hands)
    hands.leave()


def solve(driver: Driver, hands: Mouse) -> None:
    """The built-in solver at work, and what it leaves."""
    workspace = driver.workspace
    hands.use(driver.button("Start"))
    driver.until(lambda: workspace.link.history.step == 2)
    driver.until(lambda: " of " in workspace.status.words())
    both(driver, "running")
    hands.show("tests")
    driver.until(lambda: workspace.tests.failure.frames.count() > 0)
    both(driver, "failing-test")
    story.ended(driver, "done")
    hands.show("candidates")
    both(driver, "candidates")
    tried = workspace.candidates.tried
    hands.use(tried)
    driver.fingers.press("Home")
    driver.fingers.press("Return")
    driver.until(lambda: workspace.tabs.current_file() == FILE)
    both(driver, "heat-map")


def review(driver: Driver, hands: Mouse) -> None:
    """Three hunks, one of which meets what the user wrote."""
    workspace = driver.workspace
    page = workspace.review
    hands.show("review")
    driver.until(lambda: len(page.review.hunks) == len(EDITS))
    both(driver, "review")
    file = workspace.folder / FILE
    file.write_text(file.read_text().replace(EDITS[2][0], MINE))
    hands.decide(2, "accept")
    story.become(driver, 2, "conflict")
    both(driver, "conflict")
    hands.decide(2, "reject")
    for hunk in (0, 1):
        hands.decide(hunk, "accept")
        story.become(driver, hunk, "accepted")
    driver.until(lambda: "green" in page.strip.words())
    both(driver, "accepted")


def welcome(driver: Driver, _: str) -> None:
    """The first page of somebody who has worked before."""
    driver.button("invoices, ~")
    both(driver, "welcome")
    Mouse(driver).leave()


def large(driver: Driver, _: str) -> None:
    """The same at twice the scale."""
    driver.until(lambda: len(driver.workspace.sessions.rows()) == 2)
    for keys in ("Ctrl+8", "Home", "Return"):
        driver.fingers.press(keys)
    Mouse(driver).show("review")
    driver.until(lambda: len(driver.workspace.review.review.hunks) == len(EDITS))
    found(driver)
    for hunk in (0, 1):
        Mouse(driver).decide(hunk, "show")
    both(driver, "review-scale-2")
    Mouse(driver).leave()


PARTS: Final[dict[str, Callable[[Driver, str], None]]] = {
    "work": work,
    "welcome": welcome,
    "large": large,
}

if __name__ == "__main__":
    sys.exit(main())
