"""The files of the crate: modules, the manifest, what a reader must know, and the runtime."""

import ast
import os
import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from agent_core.port.refusals import Refusal
from agent_core.port.translate.functions import documented
from agent_core.port.translate.pieces import Piece
from agent_core.port.translate.world import World
from runners.quick import run_quick

EDITION = "2024"


def module_source(
    world: World, module: str, pieces: Iterable[Piece], cells: Sequence[Piece]
) -> str:
    """One module: what it uses, its globals, its functions in the order of the source."""
    functions = [each for each in pieces if each.key[0] == "function"]
    functions.sort(key=lambda each: (each.line, each.code))
    every = [*functions, *cells]
    lines = [*documented(ast.get_docstring(world.tree(module)), "//!"), ""]
    by_path = any(each.needs.by_path for each in every)
    prelude = "{self as rt, *}" if by_path else "*"
    others = sorted({world.labels.modules[name] for each in every for name in each.needs.modules})
    lines += [f"use crate::{each};" for each in others]
    lines.append(f"use flask_runtime::prelude::{prelude};")
    if cells:
        lines += ["", "globals! {", *(_cell(world, each) for each in cells), "}"]
    for each in functions:
        lines += ["", each.code]
    return "\n".join(lines) + "\n"


def _cell(world: World, piece: Piece) -> str:
    kind, module, which = piece.key
    name = (
        world.labels.classes[int(which)]
        if kind == "class"
        else world.labels.globals[module, str(which)]
    )
    code = piece.code.replace("\n", "\n    ")
    return f"    pub {name} = {code};"


def cargo() -> str:
    """The manifest; every port is called the same, so that its binary is found."""
    return (
        f'[package]\nname = "flask-port"\nversion = "0.1.0"\nedition = "{EDITION}"\n\n'
        '[dependencies]\nflask_runtime = { path = "flask_runtime" }\n\n'
        "[profile.release]\ncodegen-units = 1\n\n"
        '[workspace]\nexclude = ["flask_runtime"]\n'
    )


def readme(
    world: World, converted: Sequence[str], refusals: Sequence[Refusal], secrets: Sequence[str]
) -> str:
    """What a reader must know to build and start it."""
    name = world.live.settings.name
    lines = [
        f"# {name} in Rust", "",
        "Built with `cargo build --release`, started with `PORT=5000 target/release/flask-port`.",
    ]  # fmt: skip
    if secrets:
        lines += ["", "Read from the environment, or from lines `NAME=value` in `port.env`:", ""]
        lines += [f"- `{each}`" for each in secrets]
    lines += ["", "Routes:", "", *(f"- `{each}`" for each in converted)]
    if refusals:
        lines += ["", "Not converted:", ""]
        lines += [f"- `{each.file}`, line {each.line}: {each.reason}" for each in refusals]
    return "\n".join(lines) + "\n"


def layout(code: str) -> str:
    """The code as rustfmt lays it out; as it is where there is no rustfmt."""
    program = shutil.which("rustfmt")
    if program is None:
        return code
    argv = (program, "--edition", EDITION, "--emit", "stdout", "--quiet")
    done = run_quick(argv, cwd=Path.cwd(), env=os.environ, stdin=[code.encode()])
    return indented(done.stdout.decode()) if done.exit_code == 0 else code


_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|\'.\'')


def indented(code: str) -> str:
    """Set in what stands in `dict!{…}` and `kw![…]`, which rustfmt leaves as it was."""
    lines: list[str] = []
    ends: list[tuple[int, int]] = []  # the depth at which a macro ends, and its indentation
    depth = 0
    for line in code.split("\n"):
        plain = _TEXT.sub("", line)
        change = sum(map(plain.count, "([{")) - sum(map(plain.count, ")]}"))
        text = line.strip()
        if ends:
            closing = depth + change <= ends[-1][0] or text[:1] in ")]}"
            inside = depth - ends[-1][0] - (1 if text[:1] in ")]}" else 0)
            line = " " * (ends[-1][1] + 4 * max(inside, 0)) + text  # noqa: PLW2901
            if closing and depth + change <= ends[-1][0]:
                ends.pop()
        elif plain.rstrip().endswith(("dict!{", "kw![")):
            ends.append((depth, len(line) - len(line.lstrip())))
        depth += change
        lines.append(line.rstrip())
    return "\n".join(lines)
