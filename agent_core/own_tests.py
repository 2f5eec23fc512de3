"""Tests a model wrote with its change: what they prove, and that they judge nothing else.

They prove something only if they are red without the change and green with it.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from agent_core.judging import names, touched
from agent_core.source_reading import running, uses_imports
from agent_core.verdict import Verdict
from editors.paths import Folder
from editors.transaction import FileChange, write_changes
from runners.reports import RED, TestReport


def judge(
    verdict: Verdict,
    *,
    with_change: TestReport,
    without: TestReport,
    texts: Mapping[str, str] | None = None,
    tampering: Collection[str] = (),
) -> Verdict:
    """The verdict of the other tests, once the new ones have run on both trees.

    `texts` are the new files by their paths, where these are known. A whole file that cannot be
    imported without the change is red there: all its tests are, if they use what it imports. A
    change with `tampering`, files that judge it, is not proved by its own tests either.
    """
    red = with_change.red
    if with_change.health != "ran" or red:
        why = names(red) if red else with_change.problem
        return msgspec.structs.replace(
            verdict, state="failing", reason=f"tests written with the change fail: {why}"
        )
    own = _proving(with_change, without, texts)
    verdict = msgspec.structs.replace(verdict, own=own)
    if verdict.state != "no_regression" or not own:
        return verdict
    if tampering:
        return msgspec.structs.replace(verdict, state="unknown", reason=touched(tampering))
    if words := frozenset[str]().union(*map(running, (texts or {}).values())):
        return msgspec.structs.replace(
            verdict,
            state="unknown",
            reason=f"tests written with the change name {names(words)}: how tests are run",
        )
    noun = "test" if len(own) == 1 else "tests"
    return msgspec.structs.replace(
        verdict,
        state="fixed",
        reason=f"{len(own)} new {noun} of the change itself, red without it, green with it; "
        "nothing else broke",
    )


def _proving(
    with_change: TestReport, without: TestReport, texts: Mapping[str, str] | None
) -> tuple[str, ...]:
    """The tests that are red without the change and pass with it.

    A run that was cut off shows nothing, and that a file could be collected is no passed test.
    """
    if without.health != "ran":
        return ()
    was_red = {case.id for case in without.cases if case.status in RED}
    files = {test for test in was_red if "::" not in test}
    if texts is not None:
        files = {test for test in files if uses_imports(texts.get(test, ""))}
    return tuple(
        test
        for test in with_change.with_status(frozenset({"passed"}))
        if "::" in test and (test in was_red or test.partition("::")[0] in files)
    )


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    """Put the files below another folder, byte for byte: a test may be in any encoding."""
    with Folder(root) as folder:
        write_changes(
            folder, [FileChange(path, None, data, mode_after=0o644) for path, data in files.items()]
        )
