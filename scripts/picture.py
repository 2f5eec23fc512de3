"""Draws the picture of the README: a real run on the bundled sample, as an SVG.

python scripts/picture.py docs/terminal.svg
"""

import os
import re
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COLUMNS = 112
LINE, CHARACTER, MARGIN = 19, 7.85, 20
BACKGROUND, TEXT, DIM, GOOD, BAD, ACCENT = (
    "#16181d", "#e6e8ec", "#8f97a6", "#63d297", "#ff8b91", "#7fb0ff",
)  # fmt: skip


def run() -> str:
    """What `journeyman` prints without arguments, with paths as a user would see them."""
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [sys.executable, "-m", "agent_core.terminal.cli"],
            cwd=ROOT,
            env=os.environ | {"JOURNEYMAN_HOME": home, "JOURNEYMAN_AS": "./run"},
            capture_output=True,
            text=True,
            check=True,
        )
    text = re.sub(r"\S*/journeyman-sample-\w+/", "~/", done.stdout)
    text = re.sub(r"--python \S+", "--python python", text)
    return re.sub(r": \S+/bin/python\S*", "", text)


def wrapped(text: str) -> list[str]:
    """Lines of at most COLUMNS characters; a continuation is indented like its event."""
    lines = []
    for line in text.rstrip().split("\n"):
        rest = line
        while len(rest) > COLUMNS:
            cut = rest.rfind(" ", 20, COLUMNS)
            cut = cut if cut > 0 else COLUMNS
            lines.append(rest[:cut])
            rest = " " * 10 + rest[cut:].strip()
        lines.append(rest)
    return lines


def colour(line: str) -> str:
    """The colour a line is drawn in, by what it says."""
    if line.startswith(("+", "Written")) or " fixed" in line:
        return GOOD
    if line.startswith("-") or " failed in " in line:
        return BAD
    if line.startswith(("$", "@@")):
        return ACCENT
    return DIM if re.match(r" +[\d.]+ s  (update_plan|read_file)", line) else TEXT


def drawing(lines: list[str]) -> str:
    """The SVG."""
    width, height = int(COLUMNS * CHARACTER + 2 * MARGIN), len(lines) * LINE + 2 * MARGIN
    rows = "\n".join(
        f'<text x="{MARGIN}" y="{MARGIN + LINE * n + 14}" fill="{colour(line)}">'
        f"{escape(line)}</text>"
        for n, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" font-family="JetBrains Mono, DejaVu Sans Mono, monospace" '
        f'font-size="13" xml:space="preserve">\n'
        f'<rect width="100%" height="100%" rx="6" fill="{BACKGROUND}"/>\n{rows}\n</svg>\n'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(drawing(["$ ./run", *wrapped(run())]), encoding="utf-8")
