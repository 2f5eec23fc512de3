"""One fault a run: drawn by seed at a covered statement, kept with the tests that notice it."""

import ast
import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from benchmarks.commands import CommandError, run
from benchmarks.foreign_projects import Place, Project, lay_out, mutation_python
from benchmarks.foreign_suite import GREEN, Statuses, covered_lines, run_tests

TEST_LIMIT_S = 10.0
SUITE_LIMIT_S = 150.0
MUTANTS = Path(__file__).resolve().parent / "inside" / "mutants.py"


class Fault(msgspec.Struct, frozen=True):
    """A planted bug. `text` is the whole mutated file; withheld is a part of noticing."""

    project: str
    seed: int
    file: str
    line: int
    operator: str
    text: str
    noticing: tuple[str, ...]
    withheld: tuple[str, ...]
    draws: int


class Statement(msgspec.Struct, frozen=True, order=True):
    """A statement without the statements inside it: lines [first, last] of a file."""

    file: str
    first: int
    last: int


class Baseline(msgspec.Struct, frozen=True):
    """The project without a fault: tests green in two runs, and the covered statements.

    red: tests that failed in one of them. They tell nothing of a fault, and are always left out.
    """

    green: tuple[str, ...]
    statements: tuple[Statement, ...]
    red: tuple[str, ...]


class _Mutant(msgspec.Struct, frozen=True, array_like=True):
    operator: str
    occurrence: int
    first: int
    last: int


class Mutator:
    """Mutants of the project's files, from the mutation tool in its own environment."""

    def __init__(self, place: Place, tool_python: Path) -> None:
        self._place = place
        self._python = tool_python
        self._known: dict[str, list[_Mutant]] = {}

    def at(self, statement: Statement) -> list[_Mutant]:
        """Mutants that lie inside the statement, in a fixed order."""
        if statement.file not in self._known:
            answer = self._ask({"code": self.source(statement.file)})
            self._known[statement.file] = msgspec.json.decode(answer, type=list[_Mutant])
        return [
            mutant
            for mutant in self._known[statement.file]
            if statement.first <= mutant.first and mutant.last <= statement.last
        ]

    def text(self, file: str, mutant: _Mutant) -> str:
        """The whole file with the mutant in it."""
        request = {"operator": mutant.operator, "occurrence": mutant.occurrence}
        answer = self._ask({"code": self.source(file), **request})
        return str(msgspec.json.decode(answer)["code"])

    def source(self, file: str) -> str:
        """A file of the pristine project, its line ends as they are."""
        return (self._place.pristine / file).read_bytes().decode("utf-8")

    def _ask(self, request: dict[str, object]) -> str:
        done = run(
            [str(self._python), str(MUTANTS)],
            cwd=self._place.folder,
            timeout_s=120,
            stdin=msgspec.json.encode(request).decode(),
        )
        if done.exit_code != 0:
            raise CommandError(f"the mutation tool failed: {done.stderr[-1000:]}")
        return done.stdout


def measure(place: Place, project: Project) -> Baseline:
    """Run the suite without a fault, or read what an earlier call measured."""
    kept = place.folder / "baseline.json"
    with suppress(FileNotFoundError, msgspec.ValidationError):
        return msgspec.json.decode(kept.read_bytes(), type=Baseline)
    lay_out(place, files={}, withheld=())
    runs = [run_tests(place, timeout_s=600) for _ in range(2)]
    green = set.intersection(*map(_green, runs))
    red = {test for run in runs for test, status in run.items() if status == "failed"}
    lines = covered_lines(place, project)
    found = [
        statement
        for file, covered in sorted(lines.items())
        if not is_test_file(file)
        for statement in statements(file, (place.pristine / file).read_text(encoding="utf-8"))
        if statement.first in covered
    ]
    baseline = Baseline(tuple(sorted(green)), tuple(found), tuple(sorted(red)))
    kept.write_bytes(msgspec.json.encode(baseline))
    return baseline


def plant(name: str, place: Place, project: Project, seed: int) -> Fault:
    """The fault of this seed, drawn now or read from an earlier call.

    Raises:
        CommandError: a thousand draws found no fault that two tests notice.
    """
    kept = place.folder / f"fault-{seed}.json"
    if kept.exists():
        return msgspec.json.decode(kept.read_bytes(), type=Fault)
    baseline = measure(place, project)
    mutator = Mutator(place, mutation_python(place.folder.parent))
    dice = random.Random(f"{name} {seed}")
    for draw in range(1, 1001):
        fault = _draw(name, place, baseline, mutator, dice, seed=seed, draw=draw)
        if fault is not None:
            kept.write_bytes(msgspec.json.encode(fault))
            return fault
    raise CommandError(f"{name}, seed {seed}: no fault is noticed by two tests")


def _draw(
    name: str,
    place: Place,
    baseline: Baseline,
    mutator: Mutator,
    dice: random.Random,
    *,
    seed: int,
    draw: int,
) -> Fault | None:
    """One draw: a statement, then one of its mutants; None where fewer than two tests notice."""
    statement = dice.choice(baseline.statements)
    mutants = mutator.at(statement)
    if not mutants:
        return None
    mutant = dice.choice(mutants)
    text = mutator.text(statement.file, mutant)
    if not changes_the_program(mutator.source(statement.file), text):
        return None
    lay_out(place, files={statement.file: text}, withheld=())
    after = run_tests(place, timeout_s=SUITE_LIMIT_S, limit_s=TEST_LIMIT_S)
    noticing = [test for test in baseline.green if after.get(test) == "failed"]
    if len(noticing) < 2:
        return None
    withheld = dice.sample(noticing, len(noticing) // 2)
    return Fault(
        project=name,
        seed=seed,
        file=statement.file,
        line=mutant.first,
        operator=mutant.operator,
        text=text,
        noticing=tuple(noticing),
        withheld=tuple(sorted(withheld)),
        draws=draw,
    )


def statements(file: str, source: str) -> Iterator[Statement]:
    """All statements but docstrings; a compound one ends where its body begins."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not _is_text(node):
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            inside = [child.lineno for child in _body(node)]
            last = max(first, min(inside) - 1) if inside else node.end_lineno or first
            yield Statement(file, first, last)


def _body(node: ast.stmt) -> list[ast.stmt]:
    return [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def changes_the_program(before: str, after: str) -> bool:
    """Whether the mutant compiles and is another program than the original."""
    try:
        return ast.dump(ast.parse(before)) != ast.dump(ast.parse(after))
    except SyntaxError:
        return False


def is_test_file(file: str) -> bool:
    """Whether a file below the sources holds tests, to be judged by and not to be broken."""
    path = Path(file)
    in_tests = any(part in {"test", "tests"} for part in path.parts[:-1])
    return in_tests or path.name.startswith("test_") or path.name == "conftest.py"


def _green(statuses: Statuses) -> set[str]:
    return {test for test, status in statuses.items() if status in GREEN}
