"""Small projects written to disk for tests, the suite that runs them, and patches for them."""

import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Literal

import pytest

from runners.patches import Patch, TextEdit
from runners.suite import Suite
from runners.toolchain import Toolchain


def write_project(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode()
        path.write_bytes(raw)
    return root


def own_suite(root: Path, framework: Literal["pytest", "unittest"] = "pytest") -> Suite:
    version = ".".join(str(part) for part in sys.version_info[:3])
    toolchain = Toolchain(
        interpreter=sys.executable,
        version=version,
        source="the interpreter of these tests",
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        pytest_version=pytest.__version__,
    )
    return Suite(toolchain=toolchain, framework=framework, root=str(root), origin=str(root))


def replacing(root: Path, file: str, old: str, new: str, *, name: str = "") -> Patch:
    """A patch that replaces the only place of `old` in a file."""
    raw = (root / file).read_bytes()
    wanted = old.encode()
    assert raw.count(wanted) == 1, (file, old)
    start = raw.index(wanted)
    edit = TextEdit(file=file, start=start, end=start + len(wanted), text=new)
    return Patch(id=name or new, edits=(edit,), family="test", line=1, score=0.0)
