"""One application through everything: converted, compiled, compared with what it was."""

import os
import shlex
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec.structs import replace

from agent_core.port import crates, parity
from agent_core.port.judging import judge
from agent_core.port.refusals import Refusal
from agent_core.port.report import ParityReport, Shown
from agent_core.port.telling import answer
from agent_core.port.translation import TranslateOrder, Translation, translate
from benchmarks import port_speed
from benchmarks.commands import Finished, run
from benchmarks.port_speed import Race, Speed
from runners import pool
from runners.environment import child_environment
from runners.problems import JourneymanError

CONVERT_S = 120.0
BUILD_S = 900.0
PARITY_MINUTES = 30.0
PROGRAM = "flask-port"
_MESSAGES = ("--quiet", "--message-format=json")
_BODY = 200
"""Characters kept of an answer that differs."""


class Options(msgspec.Struct, frozen=True):
    """How each application is measured; everything is written below `folder`."""

    folder: Path
    python: Path
    seeds: int
    requests: int
    mutants: int
    release: bool
    round: int
    only_convert: bool = False
    race: Race | None = None


class Parity(msgspec.Struct, frozen=True):
    """What the gate says of a port.

    `reasons` stand behind its state; `shown` are the shortest sequences of what differs, in words;
    `beside` what goes wrong beyond single clients; `branches` and `taken` are of the original.
    """

    requests: int
    differences: int
    state: str
    reasons: tuple[str, ...]
    shown: tuple[str, ...]
    beside: tuple[str, ...]
    red: tuple[str, ...]
    mutants: int = 0
    killed: int = 0
    branches: int = 0
    taken: int = 0

    @property
    def equal(self) -> bool:
        """Whether nothing differed."""
        return not (self.differences or self.beside or self.red)


class Result(msgspec.Struct, frozen=True):
    """One application in one round; `problem` is what ended it early.

    `errors` are the compiler's; `warnings` counts its and clippy's, of the crate and its runtime;
    `tidy` is what rustfmt says of the crate, None where it was not asked. `check_s` is what
    `cargo check` takes once the runtime is checked.
    """

    app: str
    round: int
    routes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    rust_lines: int = 0
    compiled: bool = False
    errors: tuple[str, ...] = ()
    warnings: int = 0
    tidy: bool | None = None
    parity: Parity | None = None
    speed: Speed | None = None
    convert_s: float = 0.0
    check_s: float = 0.0
    build_s: float = 0.0
    wall_s: float = 0.0
    problem: str = ""

    @property
    def whole(self) -> bool:
        """Whether all of it was converted, and answers as the original does."""
        return not self.left and self.parity is not None and self.parity.equal


class Built(msgspec.Struct, frozen=True):
    """What cargo made of a crate; `tidy` is what rustfmt says."""

    binary: Path | None
    errors: tuple[str, ...] = ()
    warnings: int = 0
    tidy: bool = False


async def measure(name: str, origin: Path, app: str | None, options: Options) -> Result:
    """Convert `origin`, compile and compare what comes of it; a failure is part of the result."""
    result = Result(app=name, round=options.round)
    started = time.monotonic()
    try:
        translation = await convert(origin, app, options.python)
        result = _converted(result, translation, time.monotonic() - started)
        if translation.files and not options.only_convert:
            crate = write_crate(options.folder / "crate", translation.files)
            result = replace(result, check_s=check(crate, options))
            begun = time.monotonic()
            built = build(crate, options)
            kept = _kept(crate, built, options.folder / "ports" / str(options.round) / origin.name)
            result = _compiled(result, built, time.monotonic() - begun)
            if kept.exists():
                result = replace(result, parity=await compare(kept, origin, app, options))
            if kept.exists() and options.race:
                speed = await port_speed.measure(kept, origin, app, options.python, options.race)
                result = replace(result, speed=speed)
    except JourneymanError as problem:
        result = replace(result, problem=str(problem))
    return replace(result, wall_s=time.monotonic() - started)


def _converted(result: Result, translation: Translation, seconds: float) -> Result:
    return replace(
        result,
        problem=translation.problem,
        routes=translation.routes,
        left=translation.left,
        refusals=translation.refusals,
        rust_lines=rust_lines(translation.files),
        convert_s=seconds,
    )


def _compiled(result: Result, built: Built, seconds: float) -> Result:
    return replace(
        result,
        compiled=built.binary is not None,
        errors=built.errors,
        warnings=built.warnings,
        tidy=built.tidy if built.binary else None,
        build_s=seconds,
    )


async def convert(origin: Path, app: str | None, python: Path) -> Translation:
    """What the translator makes of a copy. Raises WorkerFailed, Interrupted."""
    with tempfile.TemporaryDirectory(prefix="port-") as scratch:
        root = Path(scratch, origin.name)
        shutil.copytree(origin, root, symlinks=True)
        order = TranslateOrder(
            root=str(root),
            origin=str(origin),
            interpreter=str(python),
            env=child_environment(),
            app=app,
        )
        return await pool.call(translate, order, result=Translation, timeout_s=CONVERT_S)


def rust_lines(files: Mapping[str, str]) -> int:
    """Lines of Rust without empty ones, the runtime not counted."""
    texts = [text for path, text in files.items() if path.endswith(".rs")]
    return sum(bool(line.strip()) for text in texts for line in text.splitlines())


def write_crate(folder: Path, files: Mapping[str, str]) -> Path:
    """The crate with its runtime in `folder`, and nothing else there.

    What is there already with the same text is left alone, so that cargo compiles the runtime once.
    """
    runtime = {f"{crates.RUNTIME}/{path}": text for path, text in crates.runtime().items()}
    lock = {"Cargo.lock": runtime[f"{crates.RUNTIME}/Cargo.lock"]}
    wanted = {folder / path: text for path, text in {**lock, **runtime, **files}.items()}
    for path in [path for path in folder.rglob("*") if path.is_file() and path not in wanted]:
        path.unlink()
    for path, text in wanted.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return folder


def check(crate: Path, options: Options) -> float:
    """Seconds of `cargo check` as it is after a conversion: of everything else it is done."""
    _cargo(crate, ("check", "--quiet", "--package", crates.RUNTIME), options)
    return _cargo(crate, ("check", "--quiet"), options).wall_s


def build(crate: Path, options: Options) -> Built:
    """Compile a crate, and look at it with clippy and rustfmt; all of it is part of the answer."""
    profile = ("--release",) if options.release else ()
    compiling = _cargo(crate, ("build", *profile, *_MESSAGES), options)
    built = read_messages(compiling.stdout)
    if built.binary is None:
        said = compiling.stderr.strip() or "it was not done in time"
        return built if built.errors else replace(built, errors=(said,))
    looking = _cargo(crate, ("clippy", *_MESSAGES), options)
    tidy = _cargo(crate, ("fmt", "--check"), options).exit_code == 0
    return replace(built, warnings=read_messages(looking.stdout).warnings, tidy=tidy)


def _cargo(crate: Path, words: tuple[str, ...], options: Options) -> Finished:
    env = {"CARGO_TARGET_DIR": str(options.folder / "target"), **os.environ}
    return run(["cargo", *words], cwd=crate, timeout_s=BUILD_S, env=env)


class _Span(msgspec.Struct, frozen=True):
    file_name: str
    line_start: int
    is_primary: bool


class _Text(msgspec.Struct, frozen=True):
    message: str
    level: str
    spans: tuple[_Span, ...] = ()


class _Message(msgspec.Struct, frozen=True):
    reason: str
    message: _Text | None = None
    executable: str | None = None


def read_messages(stdout: str) -> Built:
    """The program, the errors with their places, and the number of warnings cargo tells of."""
    binary, errors, warnings = None, [], 0
    for line in stdout.splitlines():
        told = msgspec.json.decode(line, type=_Message)
        if told.executable:
            binary = Path(told.executable)
        if told.message is not None and told.message.spans:
            place = next(span for span in told.message.spans if span.is_primary)
            where = f"{place.file_name}:{place.line_start}"
            errors += [f"{where}: {told.message.message}"] if told.message.level == "error" else []
            warnings += told.message.level == "warning"
    return Built(binary, tuple(errors), warnings)


def _kept(crate: Path, built: Built, place: Path) -> Path:
    """The sources without the runtime and the program, where nothing later replaces them."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(crate, place, ignore=shutil.ignore_patterns(crates.RUNTIME))
    program = place / PROGRAM
    if built.binary is not None:
        shutil.copy2(built.binary, program)
    return program


async def compare(program: Path, origin: Path, app: str | None, options: Options) -> Parity:
    """What the gate says. Raises UserProblem, WorkerFailed, Interrupted."""
    task = parity.ParityTask(
        command=shlex.quote(str(program)),
        app=app,
        python=options.python,
        seeds=tuple(range(options.seeds)),
        requests=options.requests,
        mutants=options.mutants,
        minutes=PARITY_MINUTES,
    )
    return summary(await parity.compare(origin, task, say=lambda _text: None))


def summary(report: ParityReport) -> Parity:
    """A report, as much of it as the table needs and a mending hand can use."""
    verdict, strength = judge(report), report.strength
    return Parity(
        requests=report.requests,
        differences=report.differences,
        state=verdict.state,
        reasons=verdict.reasons,
        shown=tuple(map(_sequence, report.shown)),
        beside=report.beside,
        red=report.tests.red,
        mutants=strength.mutants if strength else 0,
        killed=strength.killed if strength else 0,
        branches=strength.coverage.total if strength else 0,
        taken=strength.coverage.taken if strength else 0,
    )


def _sequence(shown: Shown) -> str:
    """The shortest requests that differ, and both answers to the last."""
    asked = " ; ".join(request.sentence() for request in shown.sequence.requests)
    one, two = (answer(each)[:_BODY] for each in (shown.original, shown.port))
    return f"{asked}\n    original {one}\n    port     {two}\n    {shown.difference.sentence()}"
