"""What the program answers where no window can open."""

import sys
from pathlib import Path

import pytest

from agent_core.terminal import cli
from desktop import entry


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="there is always a display")
def test_without_a_display_the_command_to_use_is_named_as_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for named in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(named, raising=False)
    monkeypatch.setenv("JOURNEYMAN_AS", "./run")
    folder = tmp_path / "my project"
    folder.mkdir()
    assert entry.main([str(folder)]) == cli.BAD_INPUT
    assert f"hint: without a window: ./run fix '{folder}'\n" in capsys.readouterr().err
