"""cargo on small real crates, with whatever toolchain is at hand."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from runners import cargo
from runners.cargo import Built

CARGO = cargo.find()
pytestmark = pytest.mark.skipif(CARGO is None, reason="no cargo at hand")
MANIFEST = '[package]\nname = "small"\nversion = "0.1.0"\nedition = "2021"\n'
LOCK = 'version = 3\n\n[[package]]\nname = "small"\nversion = "0.1.0"\n'


def built(folder: Path, source: str, *, lock: str = LOCK, program: str = CARGO or "") -> Built:
    crate = folder / "rust"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text(MANIFEST)
    (crate / "Cargo.lock").write_text(lock)
    (crate / "src" / "main.rs").write_text(source)
    manifest = crate / "Cargo.toml"
    target, keep = folder / "target", folder / "kept"
    return asyncio.run(cargo.build(program, manifest, target=target, keep=keep, timeout_s=120))


def test_what_compiles_is_a_program_outside_of_the_tree(tmp_path: Path) -> None:
    found = built(tmp_path, 'fn main() {\n    println!("hello");\n}\n')
    assert (found.errors, found.warnings, found.problem) == ((), (), "")
    said = subprocess.run([found.program], capture_output=True, check=True)
    assert said.stdout == b"hello\n"
    assert not (tmp_path / "rust" / "target").exists()


def test_an_error_of_the_compiler_is_told_with_its_place(tmp_path: Path) -> None:
    found = built(tmp_path, 'fn main() {\n    let x: i64 = "a";\n}\n')
    assert (found.program, found.problem) == ("", "")
    (error,) = found.errors
    assert (error.code, error.file, error.line) == ("E0308", "rust/src/main.rs", 2)
    assert "mismatched types" in error.rendered


def test_a_lint_is_a_warning_and_the_program_is_there(tmp_path: Path) -> None:
    source = "fn main() {\n    let x = 1;\n    std::process::exit(x + 0);\n}\n"
    found = built(tmp_path, source)
    if found.notes:
        pytest.skip("no clippy at hand")
    assert found.program == str(tmp_path / "kept")
    assert "clippy::identity_op" in {each.code for each in found.warnings}


def test_without_clippy_the_compilers_warnings_count_and_that_is_said(tmp_path: Path) -> None:
    program = tmp_path / "cargo"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = clippy ] && echo "error: no such command: clippy" >&2 && exit 101\n'
        f'exec "{CARGO}" "$@"\n'
    )
    program.chmod(0o755)
    found = built(tmp_path, "fn main() {\n    let x = 1;\n}\n", program=str(program))
    assert found.notes == (cargo.NO_CLIPPY,)
    assert [each.code for each in found.warnings] == ["unused_variables"]


def test_what_cargo_cannot_begin_with_is_a_problem(tmp_path: Path) -> None:
    found = built(tmp_path, "fn main() {}\n", lock="version = 99\n")
    assert found.program == ""
    assert "lock" in found.problem.lower()
