"""Small projects on disk and runs of them, for the tests of suites."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from runners.reports import TestCase, TestReport
from runners.suite import Suite
from runners.suite_runs import detect_suite, run_suite
from runners.toolchain import Toolchain


def toolchain(interpreter: str = sys.executable, *, with_pytest: bool = True) -> Toolchain:
    """The interpreter that runs these tests, as if it were the user's."""
    return Toolchain(
        interpreter=interpreter,
        version="3",
        source="of the tests",
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        pytest_version=pytest.__version__ if with_pytest else None,
        editable=(),
    )


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Lay out files with dedented text."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


class Project:
    """A project in a folder of its own, and the scratch folder of its runs."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        self.root.mkdir()
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.seen: list[TestCase] = []

    def suite(self, *, command: str | None = None, origin: Path | None = None) -> Suite:
        """The suite as detected, or as the command says."""
        return detect_suite(self.root, origin or self.root, toolchain(), test_command=command)

    def run(
        self,
        files: Mapping[str, str],
        *,
        command: str | None = None,
        tests: Sequence[str] | None = None,
        reverse_files: bool = False,
        deadline_s: float = 60,
        test_limit_s: float | None = None,
    ) -> TestReport:
        """Write the files and run them."""
        write(self.root, files)
        return asyncio.run(
            run_suite(
                self.suite(command=command),
                tests=tests,
                reverse_files=reverse_files,
                deadline_s=deadline_s,
                scratch=self.scratch,
                test_limit_s=test_limit_s,
                on_case=self.seen.append,
            )
        )

    def files(self) -> set[str]:
        """Every file below the project's folder."""
        return {
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file()
        }


def statuses(report: TestReport) -> dict[str, str]:
    """Status by id without the file."""
    return {case.id.partition("::")[2] or case.id: case.status for case in report.cases}
