"""What cargo says of a crate, from its JSON messages."""

from pathlib import Path

import msgspec

from runners.diagnostics import Diagnostic, read

MANIFEST = Path("/w/rust/Cargo.toml")


def line(**fields: object) -> bytes:
    return msgspec.json.encode(fields) + b"\n"


def message(level: str, text: str, *, manifest: Path = MANIFEST, **fields: object) -> bytes:
    spans = [{"file_name": "src/app.rs", "line_start": 7, "is_primary": True}]
    body = {"level": level, "message": text, "spans": spans, "rendered": f"{level}: {text}\n"}
    return line(reason="compiler-message", manifest_path=str(manifest), message=body | fields)


def test_an_error_has_its_code_and_place_below_the_tree() -> None:
    found = read(message("error", "mismatched types", code={"code": "E0308"}), MANIFEST)
    (error,) = found.of("error")
    assert error == Diagnostic(
        "error", "mismatched types", "E0308", "rust/src/app.rs", 7, "error: mismatched types\n"
    )
    assert error.sentence() == "rust/src/app.rs:7: E0308: mismatched types"


def test_only_the_crates_own_warnings_count_and_each_once() -> None:
    other = message("warning", "unused", manifest=Path("/registry/x/Cargo.toml"))
    counted = message("warning", "2 warnings emitted", spans=[])
    own = message("warning", "unused")
    found = read(own + own + other + counted, MANIFEST)
    assert [each.message for each in found.diagnostics] == ["unused"]


def test_an_error_without_a_place_counts_and_the_compilers_sum_of_errors_does_not() -> None:
    linker = message("error", "linking failed", spans=[])
    total = message("error", "aborting due to 1 previous error", spans=[])
    (error,) = read(linker + total, MANIFEST).diagnostics
    assert (error.file, error.line, error.sentence()) == ("", 0, "linking failed")


def test_the_program_is_the_last_that_was_built_and_other_output_is_passed_over() -> None:
    stdout = (
        b"a build script says hello\n"
        + line(reason="compiler-artifact", executable=None)
        + line(reason="compiler-artifact", executable="/t/release/flask-port")
        + line(reason="build-finished", success=True)
    )
    found = read(stdout, MANIFEST)
    assert (found.executable, found.finished) == ("/t/release/flask-port", True)
    assert not read(b"", MANIFEST).finished
