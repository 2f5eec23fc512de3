"""The texts of licences that packages themselves do not carry."""

from importlib.resources import files
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEADS = {
    "LGPL-3.0.txt": "GNU LESSER GENERAL PUBLIC LICENSE",
    "GPL-3.0.txt": "GNU GENERAL PUBLIC LICENSE",
}


def test_the_terms_of_qt_come_along_whole() -> None:
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    for name, head in HEADS.items():
        text = (files("resources") / "licences" / name).read_text(encoding="utf-8")
        assert text.split("\n", 1)[0].strip() == head
        assert "Version 3, 29 June 2007" in text
        assert name in notices
    lesser = (files("resources") / "licences" / "LGPL-3.0.txt").read_text(encoding="utf-8")
    assert "4. Combined Works." in lesser
    assert "Library." in lesser.rstrip()[-20:]
