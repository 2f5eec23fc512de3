"""Where the failing tests stop: the lines their tracebacks lead through."""

from collections.abc import Iterable, Mapping

from desktop.models.tests_rows import TestRow


def failing_lines(rows: Iterable[TestRow]) -> Mapping[str, frozenset[int]]:
    """Path -> lines of the project that tests which are red now stopped in."""
    lines: dict[str, set[int]] = {}
    for row in rows:
        failure = row.failure if row.red else None
        if failure is None:
            continue
        places = [(frame.file, frame.line) for frame in failure.frames]
        for file, line in [*places, (failure.file, failure.line)]:
            if file and line:
                lines.setdefault(file, set()).add(line)
    return {file: frozenset(found) for file, found in lines.items()}
