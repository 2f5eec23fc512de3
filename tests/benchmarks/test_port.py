"""The list, the layout from real git repositories, the crate's folder and the tables; no cargo."""

import re
import subprocess
from pathlib import Path

import msgspec
import pytest

from agent_core.port.refusals import Refusal
from benchmarks import port, port_apps, port_run, records
from benchmarks.port_apps import App
from benchmarks.port_run import Parity, Result
from benchmarks.port_speed import Speed
from benchmarks.repository import commit_everything
from runners.benchmark import Ratio

ONE, TWO = "ada/one", "bob/two"
LISTED = port_apps.Listed(
    apps={
        ONE: App(commit="1" * 40, lines=20, route="GET /"),
        TWO: App(commit="2" * 40, lines=10, route="GET /"),
    },
    refused={"cy/arrays": App(commit="3" * 40, lines=5, construct="numpy")},
    tutorial=port_apps.Tutorial(version="1", sha256="", folder="", app=""),
)
SAME = Parity(
    requests=300,
    differences=0,
    state="fixed",
    reasons=("the same",),
    shown=(),
    beside=(),
    red=(),
    mutants=10,
    killed=9,
    branches=8,
    taken=7,
)
GOOD = Result(
    app=ONE,
    round=1,
    routes=("GET /", "POST /"),
    rust_lines=50,
    compiled=True,
    tidy=True,
    parity=SAME,
)


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=folder, check=True, capture_output=True, text=True, timeout=60
    )
    return done.stdout.strip()


@pytest.fixture
def mirrors(tmp_path: Path) -> Path:
    """A repository with an application in a folder, and what is no source of it."""
    source = tmp_path / "source"
    for name in ("other.py", "web/app.py", "web/.venv/lib/big.py", "web/sub/__pycache__/a.pyc"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(f"NAME = '{name}'\n")
    commit_everything(source)
    (tmp_path / "mirrors").mkdir()
    git(tmp_path, "clone", "--quiet", "--bare", "source", "mirrors/ada+one")
    (source / "web" / "app.py").write_text("LATER = True\n")
    return tmp_path / "mirrors"


@pytest.mark.parametrize(
    ("folder", "expected"),
    [("web", ["app.py"]), ("", ["other.py", "web/app.py"])],
)
def test_an_application_is_laid_out_at_its_commit(
    tmp_path: Path, mirrors: Path, folder: str, expected: list[str]
) -> None:
    commit = git(mirrors / "ada+one", "rev-parse", "HEAD")
    place = tmp_path / "bench"
    place.mkdir()
    app = App(commit=commit, lines=1, folder=folder)
    target = port_apps.lay_out(place, ONE, app, mirrors)
    assert target == place / "apps" / "ada+one"
    assert git(target, "ls-files").splitlines() == expected
    assert git(target, "rev-list", "--count", "HEAD") == "1"
    assert git(target, "status", "--porcelain") == ""
    (target / "kept.txt").touch()
    port_apps.lay_out(place, ONE, app, mirrors)
    assert (target / "kept.txt").exists()


def test_the_named_applications_are_pinned() -> None:
    listed = port_apps.load()
    assert len(listed.apps) >= 14
    assert {app.construct for app in listed.apps.values()} == {""}
    assert {app.construct for app in listed.refused.values()} == {"generator", "numpy", "redis"}
    everything = {**listed.apps, **listed.refused}
    assert len({name.split("/")[0].lower() for name in everything}) == len(everything)
    for name, app in everything.items():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", name)
        assert re.fullmatch(r"[0-9a-f]{40}", app.commit)
    for app in listed.apps.values():
        assert re.fullmatch(r"(GET /\S*)?", app.route)


def test_a_crate_lies_alone_in_its_folder_and_what_is_the_same_stays(tmp_path: Path) -> None:
    port_run.write_crate(tmp_path, {"src/main.rs": "fn main() {}\n", "src/old.rs": ""})
    runtime = tmp_path / "flask_runtime" / "Cargo.toml"
    before = runtime.stat().st_mtime_ns
    port_run.write_crate(tmp_path, {"src/main.rs": "fn main() { run(); }\n"})
    assert (tmp_path / "src" / "main.rs").read_text() == "fn main() { run(); }\n"
    assert not (tmp_path / "src" / "old.rs").exists()
    assert runtime.stat().st_mtime_ns == before
    assert (tmp_path / "Cargo.lock").exists()


def test_lines_of_rust_are_counted_without_empty_ones() -> None:
    files = {"src/main.rs": "a\n\nb\n", "src/x.rs": "c\n", "README.md": "d\n"}
    assert port_run.rust_lines(files) == 3


def test_what_cargo_says() -> None:
    def message(level: str, text: str, line: int) -> str:
        span = {"file_name": "src/app.rs", "line_start": line, "is_primary": True, "text": []}
        told = {"message": text, "level": level, "spans": [span], "code": None}
        return msgspec.json.encode({"reason": "compiler-message", "message": told}).decode()

    total = '{"reason":"compiler-message","message":{"message":"1 warning","level":"warning"}}'
    built = '{"reason":"compiler-artifact","target":{"name":"p"},"executable":"/t/flask-port"}'
    failed = '{"reason":"build-finished","success":false}'
    good = port_run.read_messages("\n".join([message("warning", "unused", 3), total, built]))
    assert good == port_run.Built(Path("/t/flask-port"), (), 1)
    bad = port_run.read_messages("\n".join([message("error", "no method", 7), failed]))
    assert bad == port_run.Built(None, ("src/app.rs:7: no method",), 0)


def test_results_come_back_as_they_were_written(tmp_path: Path) -> None:
    refused = msgspec.structs.replace(GOOD, refusals=(Refusal("app.py", 3, "a generator"),))
    for result in (GOOD, refused):
        records.append(tmp_path / "results.jsonl", result)
    assert records.read(tmp_path / "results.jsonl", Result) == [GOOD, refused]


def test_a_port_that_answers_the_same() -> None:
    text = port.report([GOOD], LISTED)
    (row,) = [line for line in text.splitlines() if line.startswith(f"{ONE}  ")]
    words = ["2 of 2", "2.5", "yes", "300", "100.0 %", "fixed", "9 of 10", "7 of 8"]
    assert all(word in row for word in words)
    assert "converted as a whole and answering the same: 1 of 1 (100 %)" in text
    assert "without a warning, and as rustfmt writes: 1" in text


@pytest.mark.parametrize(
    "parity",
    [
        msgspec.structs.replace(SAME, differences=1, shown=("GET /x ; 404",)),
        msgspec.structs.replace(SAME, beside=("a cookie is not accepted",)),
        msgspec.structs.replace(SAME, red=("test_app.py::test_it",)),
    ],
)
def test_a_port_with_any_difference_is_not_the_same(parity: Parity) -> None:
    result = msgspec.structs.replace(GOOD, parity=parity)
    text = port.report([result, msgspec.structs.replace(GOOD, app=TWO, left=("PUT /",))], LISTED)
    assert "converted as a whole and answering the same: 0 of 2 (0 %)" in text
    assert "routes converted: 4 of 5 (80 %)" in text
    assert all(shown in text for shown in parity.shown)


@pytest.mark.parametrize(("lowest", "said"), [(15.0, "1 of 1 (100 %)"), (14.9, "0 of 1 (0 %)")])
def test_how_much_faster_a_port_is(lowest: float, said: str) -> None:
    fast = Speed(
        "GET /", Ratio(18.04, lowest, 21, 18), memory=4_700_000, original_memory=59_740_000
    )
    no_route = msgspec.structs.replace(GOOD, app=TWO, speed=Speed(problem="no JSON route"))
    quick = msgspec.structs.replace(GOOD, speed=fast, convert_s=1.5, check_s=8.6)
    text = port.report([quick, no_route], LISTED)
    assert f"18.0 [{lowest:.1f} to 21.0]" in text
    assert "4.7 of 59.7" in text
    assert re.search(rf"^{TWO} +- +- +no JSON route$", text, re.MULTILINE)
    assert f"never under 15 times as fast: {said}" in text
    assert "converted and checked in 10 s: 0 of 1 (0 %)" in text


def test_a_share_is_never_rounded_up_to_everything() -> None:
    parity = msgspec.structs.replace(SAME, requests=30_000, differences=1)
    text = port.report([msgspec.structs.replace(GOOD, parity=parity)], LISTED)
    assert "99.9 %" in text
    assert "100.0 %" not in text


def test_what_does_not_compile_says_why() -> None:
    errors = tuple(f"src/app.rs:{line}: no method" for line in range(9))
    broken = msgspec.structs.replace(
        GOOD,
        compiled=False,
        parity=None,
        errors=errors,
        refusals=(Refusal("app.py", 3, "a generator"),),
    )
    text = port.report([broken], LISTED)
    assert "compiled: 0 of 1 (0 %)" in text
    assert "app.py, line 3: a generator" in text
    assert text.count("no method") == port.SHOWN


@pytest.mark.parametrize(
    ("result", "word"),
    [
        (Result("cy/arrays", 1, refusals=(Refusal("m.py", 2, "numpy.array"),)), ": refused"),
        (Result("cy/arrays", 1, refusals=(Refusal("m.py", 2, "a lambda"),)), "NOT REFUSED"),
        (Result("cy/arrays", 1, problem="KeyError: numpy"), "NOT REFUSED"),
        (
            Result("cy/arrays", 1, routes=("GET /",), refusals=(Refusal("m.py", 2, "numpy"),)),
            "NOT REFUSED",
        ),
        (Result(port_apps.TUTORIAL, 1, refusals=(Refusal("db.py", 9, "sqlite3"),)), ": refused"),
        (Result(port_apps.TUTORIAL, 1, problem="it cannot be imported"), "NOT REFUSED"),
    ],
)
def test_what_must_be_refused(result: Result, word: str) -> None:
    assert word in port.report([GOOD, result], LISTED)


def test_the_command_line() -> None:
    parser = port.arguments([ONE, TWO])
    options = parser.parse_args(["somewhere", "--only", TWO, "--seeds", "1", "--mutants", "10"])
    assert (options.only, options.seeds, options.requests, options.round) == ([TWO], 1, 1_000, 1)
    with pytest.raises(SystemExit):
        parser.parse_args(["somewhere", "--only", "nobody/nothing"])
