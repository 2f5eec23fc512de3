"""What a review knows, without Qt: hunks with what was decided, counts, and what a button takes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal, get_args

import msgspec

from agent_core.counting import counted, listed
from agent_core.verdict import Verdict
from editors.collisions import Collision
from editors.diff import FileDiff
from editors.held import parse_reference, reference
from editors.hunks import Hunk

Decision = Literal["accepted", "rejected"]
Status = Literal["pending", "asked", "conflict", "accepted", "rejected"]

STATUSES: tuple[Status, ...] = get_args(Status)
OPEN: frozenset[Status] = frozenset({"pending", "asked", "conflict"})
"""What still waits for the user, or for the disk."""


def changed_words(counts: tuple[int, int]) -> str:
    """Lines added and removed, with a real minus sign: `+3 -1`; "" where there are none."""
    signs = zip("+\N{MINUS SIGN}", counts, strict=True)
    return " ".join(f"{sign}{count:,}" for sign, count in signs if count)


def file_words(diff: FileDiff) -> str:
    """The size of a file's change in a word or two."""
    if diff.binary:
        return "binary"
    return changed_words(diff.counts) or ("mode" if diff.status == "modified" else "")


class Strip(msgspec.Struct, frozen=True):
    """What is known of exactly the hunks that were accepted so far.

    earlier: how many of them were accepted before another survivor took the change's place; the
    later ones may lie over them.
    """

    state: Literal["nothing", "undone", "unchecked", "checking", "checked"] = "nothing"
    hunks: int = 0
    verdict: Verdict | None = None
    earlier: int = 0

    def sentence(self) -> str:
        """The strip in words."""
        so_far = f"Accepted so far: {counted(self.hunks - self.earlier, 'hunk')}"
        if self.earlier:
            so_far += f" of this change, {self.earlier:,} of one before it"
        if self.state == "nothing":
            return "Nothing accepted yet."
        if self.state == "undone":
            return "Nothing of this session is in your files."
        if self.state == "checked" and self.verdict is not None:
            return f"{so_far} · {verdict_words(self.verdict)}"
        return f"{so_far} · {'checking…' if self.state == 'checking' else 'not yet checked'}"


def verdict_words(verdict: Verdict) -> str:
    """A verdict as a button carries it."""
    ratio = f"{verdict.passed}/{verdict.total}"
    failing = (*verdict.still_failing, *verdict.newly_broken, *verdict.vanished)
    if verdict.state == "fixed":
        return f"{ratio} green"
    if verdict.state == "failing" and failing:
        return f"{ratio} green, fails {listed([*map(short_test, failing)], most=1)}"
    if verdict.state == "no_regression":
        return f"{ratio} green, goal unchecked"
    return verdict.reason if verdict.state == "failing" else "not yet checked"


def short_test(test: str) -> str:
    """The last part of a test's id, its parameters cut to a few letters."""
    name = test.rpartition("::")[2]
    return name if len(name) <= 40 else f"{name[:39]}…"


class HunkReview(msgspec.Struct, frozen=True, dict=True):
    """One hunk and what was decided of its lines; `decided` maps references to decisions."""

    number: int
    file: int
    hunk: Hunk
    decided: Mapping[str, Decision]
    asked: bool = False
    collisions: tuple[Collision, ...] = ()

    @cached_property
    def lines(self) -> Mapping[int, Decision]:
        """The changed lines that are decided, by their index in the hunk."""
        found: dict[int, Decision] = {}
        for text, decision in self.decided.items():
            _, chosen = parse_reference(text)
            found.update(dict.fromkeys(self.changed if chosen is None else chosen, decision))
        return found

    @cached_property
    def changed(self) -> tuple[int, ...]:
        """Indices of the lines that go or come."""
        return tuple(index for index, line in enumerate(self.hunk.lines) if line.op != " ")

    @cached_property
    def status(self) -> Status:
        """Where the hunk stands; one accepted in part is accepted once the rest is rejected."""
        if self.hunk.id in self.decided or (self.changed and len(self.lines) == len(self.changed)):
            return "accepted" if "accepted" in self.decided.values() else "rejected"
        if self.asked:
            return "asked"
        return "conflict" if self.collisions else "pending"

    @cached_property
    def counts(self) -> tuple[int, int]:
        """Lines added and removed."""
        ops = [line.op for line in self.hunk.lines] if self.hunk.kind == "lines" else []
        return ops.count("+"), ops.count("-")

    def undecided(self) -> str:
        """The reference to what is left to decide."""
        return reference(self.hunk, set(self.changed) - set(self.lines) or None)

    def place(self) -> str:
        """Where the hunk is, in words."""
        hunk = self.hunk
        if hunk.kind == "whole":
            return "Whole content"
        if hunk.kind == "mode":
            return "Executable bit"
        if hunk.kind == "rename":
            return "New name"
        if hunk.fate != "kept":
            return f"{hunk.fate.capitalize()} file"
        added, _ = self.counts
        start, lines = (
            (hunk.new_start, hunk.new_lines) if added else (hunk.old_start, hunk.old_lines)
        )
        first = start + (self.changed[0] if self.changed else 0)
        below = len(hunk.lines) - 1 - self.changed[-1] if self.changed else 0
        last = max(first, start + len(lines) - 1 - below)
        return f"Line {first}" if first == last else f"Lines {first} to {last}"


class FileReview(msgspec.Struct, frozen=True):
    """One file of the change; its hunks are `review.hunks[first:last]`."""

    diff: FileDiff
    first: int
    last: int


class Bulk(msgspec.Struct, frozen=True):
    """What a button would take, and whether the tree's verdict is about exactly the outcome."""

    hunks: tuple[str, ...]
    number: int
    covered: bool

    def accept_words(self, verdict: Verdict | None) -> str:
        """The button that accepts, with the verdict of exactly this set."""
        return f"Accept {counted(self.number, 'hunk')} · {self.verdict_words(verdict)}"

    def proved(self, verdict: Verdict | None) -> bool:
        """Whether the tree that accepting this set leads to is proved."""
        return self.covered and verdict is not None and verdict.holds

    def verdict_words(self, verdict: Verdict | None) -> str:
        """What is known of the tree that accepting this set leads to."""
        if not self.covered or verdict is None or verdict.state == "unknown":
            return "not yet checked"
        return f"{verdict_words(verdict)} on this tree"

    def stop_words(self) -> str:
        """The button that accepts while the agent is at work."""
        return f"Stop and accept {counted(self.number, 'hunk')}"

    def reject_words(self) -> str:
        """The button that rejects."""
        return f"Reject {counted(self.number, 'hunk')}"


class Review:
    """A change under review. Never changed: a new decision makes a new one."""

    def __init__(
        self,
        change: Sequence[FileDiff] = (),
        decisions: Mapping[str, Decision] | None = None,
        *,
        collisions: Iterable[Collision] = (),
        asked: Iterable[str] = (),
    ) -> None:
        by_hunk: dict[str, dict[str, Decision]] = {}
        for text, decision in (decisions or {}).items():
            by_hunk.setdefault(text.partition(":")[0], {})[text] = decision
        colliding: dict[str, list[Collision]] = {}
        for collision in collisions:
            for name in {text.partition(":")[0] for text in collision.hunks}:
                colliding.setdefault(name, []).append(collision)
        waiting = {text.partition(":")[0] for text in asked}
        hunks: list[HunkReview] = []
        files: list[FileReview] = []
        for diff in change:
            first = len(hunks)
            for hunk in diff.hunks:
                hunks.append(
                    HunkReview(
                        number=len(hunks),
                        file=len(files),
                        hunk=hunk,
                        decided=by_hunk.get(hunk.id, {}),
                        asked=hunk.id in waiting,
                        collisions=tuple(colliding.get(hunk.id, ())),
                    )
                )
            files.append(FileReview(diff, first, len(hunks)))
        self.files = tuple(files)
        self.hunks = tuple(hunks)

    def of_file(self, file: FileReview) -> tuple[HunkReview, ...]:
        """The hunks of one file."""
        return self.hunks[file.first : file.last]

    @cached_property
    def number(self) -> Mapping[Status, int]:
        """How many hunks stand where."""
        found: dict[Status, int] = dict.fromkeys(
            ("pending", "asked", "conflict", "accepted", "rejected"), 0
        )
        for hunk in self.hunks:
            found[hunk.status] += 1
        return found

    @property
    def open(self) -> int:
        """Hunks that are not decided."""
        return sum(self.number[status] for status in OPEN)

    def headline(self) -> str:
        """The state of the review in one line."""
        accepted, rejected = self.number["accepted"], self.number["rejected"]
        done = f"{accepted:,} accepted, {rejected:,} rejected"
        if not self.hunks:
            return "Nothing to review"
        if not self.open:
            return f"All reviewed: {done}"
        of = "" if self.open == len(self.hunks) else f"{self.open:,} of "
        left = f"{of}{counted(len(self.hunks), 'hunk')} to review"
        if conflicts := self.number["conflict"]:
            left += f" · {counted(conflicts, 'conflict')}"
        return f"{left} · {done}" if accepted or rejected else left

    def bulk(self, file: FileReview | None = None) -> Bulk:
        """What accepting all that is pending takes, of one file or of all."""
        among = self.hunks if file is None else self.of_file(file)
        chosen = [hunk for hunk in among if hunk.status == "pending"]
        numbers = {hunk.number for hunk in chosen}
        rejected = any("rejected" in hunk.decided.values() for hunk in self.hunks)
        covered = not rejected and all(
            hunk.number in numbers or hunk.status == "accepted" for hunk in self.hunks
        )
        return Bulk(tuple(hunk.undecided() for hunk in chosen), len(chosen), covered)

    def next_open(self, after: int) -> int | None:
        """The next hunk that waits for the user, from the start again after the end."""
        count = len(self.hunks)
        for step in range(1, count + 1):
            hunk = self.hunks[(after + step) % count]
            if hunk.status in {"pending", "conflict"}:
                return hunk.number
        return None
