"""Settings: kept as chosen, and a damaged file costs only itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_core.models.choice import ModelChoice
from desktop import settings
from desktop.settings import DRAFTS, RECENT, Keeper, Settings


def test_what_was_saved_is_loaded() -> None:
    assert settings.load() == Settings()
    chosen = Settings(theme="light", font_scale=1.5, recent=("/a",), drafts={"/a": "do é\n"},
                      model=ModelChoice("openai:m", "http://localhost/v1"))  # fmt: skip
    settings.save(chosen)
    assert settings.load() == chosen


@pytest.mark.parametrize("text", ["", "{", "[]", '{"theme": "pink"}', '{"font_scale": 1e9}'])
def test_a_damaged_file_is_set_aside(journeyman_home: Path, text: str) -> None:
    journeyman_home.mkdir(parents=True)
    (journeyman_home / "settings.json").write_text(text)
    assert settings.load() == Settings()
    assert (journeyman_home / "settings.json.damaged").read_text() == text
    settings.save(Settings(theme="dark"))
    assert settings.load().theme == "dark"


def test_a_field_of_a_later_version_does_no_harm(journeyman_home: Path) -> None:
    journeyman_home.mkdir(parents=True)
    (journeyman_home / "settings.json").write_text('{"theme": "dark", "sound": "on"}')
    assert settings.load() == Settings(theme="dark")


def test_a_change_is_on_disk_at_once() -> None:
    keeper = Keeper(settings.load())
    keeper.change(theme="light")
    assert settings.load().theme == "light"


def test_a_disk_that_takes_nothing_costs_only_the_saving(
    journeyman_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journeyman_home.parent.mkdir(parents=True, exist_ok=True)
    journeyman_home.write_text("a file where the folder should be")
    keeper = Keeper(settings.load())
    keeper.change(theme="light")
    assert keeper.current.theme == "light"
    assert "not saved" in caplog.text


@given(st.lists(st.integers(0, 2 * RECENT)))
def test_recent_folders_are_few_and_the_newest_is_first(numbers: list[int]) -> None:
    keeper = Keeper(Settings())
    for number in numbers:
        keeper.remember_folder(Path(f"/{number}"))
    found = keeper.current.recent
    assert len(found) == len(set(found)) <= RECENT
    assert found[:1] == tuple(f"/{number}" for number in numbers[-1:])


def test_drafts_are_kept_each_for_itself_until_they_are_empty() -> None:
    keeper = Keeper(Settings())
    keeper.keep_draft("a", "one")
    keeper.keep_draft("b", "two")
    keeper.keep_draft("a", "  \n")
    assert settings.load().drafts == {"b": "two"}
    for number in range(DRAFTS + 5):
        keeper.keep_draft(str(number), "x")
    assert len(keeper.current.drafts) == DRAFTS
    assert "b" not in keeper.current.drafts
