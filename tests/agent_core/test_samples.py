"""The bundled samples: each says what it is, each copy is the user's own."""

import sys
import tempfile
from pathlib import Path

import pytest

from agent_core import samples


def test_each_sample_says_what_it_is() -> None:
    assert len(samples.names()) == 3
    for name in samples.names():
        assert len(samples.description(name)) > 20


def test_a_copy_is_fresh_and_runs_with_our_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    first, second = samples.copy("larder"), samples.copy("larder")
    assert first != second
    assert (first / "larder" / "cache.py").read_text() == (second / "larder/cache.py").read_text()
    assert samples.python_of(first) == Path(sys.executable)
    assert samples.python_of(tmp_path) is None
