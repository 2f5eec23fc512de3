"""Each sample is red for one bug, which a small change mends."""

import re
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

import pytest

BUGS = {
    "almanac": ("src/almanac/rules.py", "current.day)", "first.day)", 2),
    "invoices": ("invoices/discounts.py", "cents > threshold", "cents >= threshold", 3),
    "larder": ("larder/cache.py", "deadline(entry.stored)", "deadline(now)", 2),
}


def counts(folder: Path) -> tuple[int, int]:
    suite = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(suite, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    words = re.findall(r"(\d+) (failed|passed)", ran.stdout)
    found = {word: int(number) for number, word in words}
    return found.get("failed", 0), found["passed"]


@pytest.mark.parametrize("name", sorted(BUGS))
def test_a_sample_is_red_and_one_change_mends_it(name: str, tmp_path: Path) -> None:
    file, wrong, right, red = BUGS[name]
    with as_file(files("resources") / "samples" / name) as bundled:
        shutil.copytree(bundled, tmp_path / name)
    failed, passed = counts(tmp_path / name)
    assert failed == red
    source = tmp_path / name / file
    text = source.read_text(encoding="utf-8")
    assert text.count(wrong) == 1
    source.write_text(text.replace(wrong, right), encoding="utf-8")
    assert counts(tmp_path / name) == (0, failed + passed)


def test_all_samples_are_known() -> None:
    names = [entry.name for entry in (files("resources") / "samples").iterdir() if entry.is_dir()]
    assert sorted(names) == sorted(BUGS)
