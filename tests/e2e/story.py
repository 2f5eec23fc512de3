"""What a user does in three starts of the program; run as `python -m tests.e2e.story PART HANDS`.

`work`: the built-in solver on a sample, a language model's hunks reviewed, a third session begun
and the window closed on it. `look`: what a user finds who opens the folder again. `go_on`: that
session resumed, and a follow-up.
"""

import sys
import time

from desktop.views.chip_editors import ModelEditor
from desktop.views.composer_trust import TrustQuestion
from desktop.views.text_page import TextPage
from tests.e2e.driver import Driver, play
from tests.e2e.hands import Hands, Keys, Mouse

SAMPLE = "invoices"
GOALS = ("Make the failing tests pass, and tidy the words.", "Tell in the README how rates work.")
FOLLOW_UP = "Say it in one sentence."
RUN_S = 240.0
"""How long a run may take on a busy machine."""
IDLE_S = 1.0
"""So long nobody touches the window, to see that nothing begins by itself."""


def work(driver: Driver, hands: Hands, url: str) -> None:
    """From the first page to the third session."""
    hands.use(driver.button(SAMPLE))
    solve(driver, hands)
    begin_model_session(driver, hands, url, GOALS[0])
    ended(driver, "done")
    review(driver, hands)
    begin_another(driver, hands, GOALS[1])
    driver.until(lambda: driver.workspace.link.history.step == 1)
    hands.leave()


def look(driver: Driver, hands: Hands, _: str) -> None:
    """The interrupted session is offered, and waits."""
    driver.until(lambda: driver.workspace.agent_state == "stopped")
    driver.button("Resume", within=lambda: driver.workspace.composer)
    time.sleep(IDLE_S)
    assert driver.ask(lambda: driver.workspace.agent_state) == "stopped"
    hands.leave()


def go_on(driver: Driver, hands: Hands, _: str) -> None:
    """Resume it; when it is done, say something more."""
    driver.until(lambda: driver.workspace.agent_state == "stopped")
    hands.use(driver.button("Resume", within=lambda: driver.workspace.composer))
    driver.until(lambda: driver.workspace.link.history.step == 2)
    ended(driver, "stopped", "done")
    hands.write(driver.workspace.composer.text, FOLLOW_UP)
    hands.use(driver.button("Follow up"))
    driver.until(lambda: driver.workspace.link.history.step == 3)
    ended(driver, "stopped", "done")
    hands.leave()


def solve(driver: Driver, hands: Hands) -> None:
    """Start the built-in solver, go to the line that fails while it works, and see it fixed."""
    hands.use(driver.button("Start"))
    driver.until(lambda: driver.workspace.link.history.baseline)
    rows = driver.workspace.timeline.view
    before = driver.ask(lambda: len(rows.rows))
    jump(driver, hands)
    driver.until(lambda: len(rows.rows) > before)
    assert driver.ask(lambda: driver.workspace.agent_state) == "running"
    ended(driver, "done")
    assert driver.ask(lambda: "fixed" in driver.workspace.status.words())


def jump(driver: Driver, hands: Hands) -> None:
    """Look at the failing test, and open its line in the editor."""
    hands.show("tests")
    page, tabs = driver.workspace.tests, driver.workspace.tabs
    lines = page.failure.frames
    driver.until(lambda: lines.count() > 0)
    place = driver.ask(lambda: lines.item(lines.count() - 1).text())
    hands.choose_last(lines)

    def at() -> str:
        shown = tabs.currentWidget()
        line = shown.editor.textCursor().blockNumber() + 1 if isinstance(shown, TextPage) else 0
        return f"{tabs.current_file()}:{line}"

    driver.until(lambda: place.startswith(f"{at()} "))


def begin_model_session(
    driver: Driver, hands: Hands, url: str, goal: str, model: str = "scripted"
) -> None:
    """Choose a language model through its chip, say what is wanted, and allow the tests."""
    hands.use(driver.button("New session"))
    composer = driver.workspace.composer
    hands.use(composer.model_chip)
    form = driver.until(lambda: composer.findChild(ModelEditor))
    assert form is not None
    for field, text in ((form.name, model), (form.address, url)):
        hands.write(field, text)
    hands.use(driver.button("Done", within=lambda: form))
    start(driver, hands, goal)
    question = driver.until(lambda: composer.findChild(TrustQuestion))
    assert question is not None
    hands.use(question.allow)


def begin_another(driver: Driver, hands: Hands, goal: str) -> None:
    """A further session with the same model."""
    hands.use(driver.button("New session"))
    start(driver, hands, goal)


def start(driver: Driver, hands: Hands, goal: str) -> None:
    """Write a goal and start."""
    hands.write(driver.workspace.composer.text, goal)
    hands.use(driver.button("Start"))


def ended(driver: Driver, *states: str) -> None:
    """Wait until the agent has come to its end, in one of these states."""
    driver.until(lambda: driver.workspace.agent_state in {"done", "stopped"}, RUN_S)
    state = driver.ask(lambda: driver.workspace.agent_state)
    assert state in states, f"the session is {state}"


def review(driver: Driver, hands: Hands) -> None:
    """Accept two hunks, reject the third, undo the first; the rest is judged green."""
    hands.show("review")
    page = driver.workspace.review
    driver.until(lambda: len(page.review.hunks) == 3)
    for hunk, action, status in (
        (0, "accept", "accepted"),
        (1, "accept", "accepted"),
        (2, "reject", "rejected"),
        (0, "undo", "pending"),
    ):
        hands.decide(hunk, action)
        become(driver, hunk, status)
    driver.until(lambda: "green" in page.strip.words())


def become(driver: Driver, hunk: int, status: str) -> None:
    """Wait until a hunk is decided like this."""
    driver.until(lambda: driver.workspace.review.review.hunks[hunk].status == status)


def main() -> int:
    """Play one part: PART mouse|keys URL [FOLDER]."""
    part, way, url, *folder = sys.argv[1:]
    parts = {"work": work, "look": look, "go_on": go_on}
    ways: dict[str, type[Mouse | Keys]] = {"mouse": Mouse, "keys": Keys}
    return play(lambda driver: parts[part](driver, ways[way](driver), url), *folder)


if __name__ == "__main__":
    sys.exit(main())
