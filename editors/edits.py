"""One set of edits over several files: worked out in full first, then written as one step."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from editors import syntax
from editors.diff import FileDiff, diff_bytes, git_mode
from editors.files import read_file
from editors.locate import find_places, replaced
from editors.mismatch import no_such_place, several_places, which
from editors.paths import Folder, check_new_name, name_twins
from editors.refusals import (
    AlreadyThere,
    ChangedMeanwhile,
    NewSyntaxErrors,
    NoSuchPlace,
    NotText,
    Refused,
)
from editors.textfile import TextFile, decode, encode
from editors.transaction import FileChange, write_changes


class Create(msgspec.Struct, frozen=True, tag="create", kw_only=True):
    """A new UTF-8 file, its mode as the user's umask has it; folders above it are made."""

    path: str
    text: str
    executable: bool = False


class Replace(msgspec.Struct, frozen=True, tag="replace", kw_only=True):
    """`old` becomes `new` where it stands; in several places only with `all_places`."""

    path: str
    old: str
    new: str
    all_places: bool = False
    sha256_before: str | None = None


class Splice(msgspec.Struct, frozen=True, tag="splice", kw_only=True):
    """Bytes [start, end) of the file as it is on disk become `text`.

    Several splices of one file all count from the same bytes and must not overlap.
    """

    path: str
    start: int
    end: int
    text: str
    sha256_before: str


class Delete(msgspec.Struct, frozen=True, tag="delete", kw_only=True):
    """The file goes."""

    path: str
    sha256_before: str | None = None


class Move(msgspec.Struct, frozen=True, tag="move", kw_only=True):
    """The file gets another name, its content and mode with it."""

    path: str
    to: str
    sha256_before: str | None = None


Edit = Create | Replace | Splice | Delete | Move


class AppliedEdits(msgspec.Struct, frozen=True):
    """What a set of edits did; `notes` are sentences on what was overlooked or is worth a look."""

    changes: tuple[FileChange, ...]
    notes: tuple[str, ...] = ()

    def diffs(self) -> tuple[FileDiff, ...]:
        """The changes as hunks, a moved file as one change."""
        moved = {change.moved_from: change for change in self.changes if change.moved_from}
        gone = {c.path: c for c in self.changes if c.after is None}
        return tuple(
            _diff(change, gone.get(change.moved_from or ""))
            for change in self.changes
            if not (change.after is None and change.path in moved)
        )


def apply_edits(root: Path, edits: Sequence[Edit]) -> AppliedEdits:
    """Make all edits below a folder or none; raises Refused with what to do about it."""
    with Folder(root) as folder:
        applied = plan_edits(folder, edits)
        try:
            write_changes(folder, applied.changes)
        except Refused as error:
            raise type(error)(error.path, f"Nothing was changed: {error}") from error
        return applied


def plan_edits(folder: Folder, edits: Sequence[Edit]) -> AppliedEdits:
    """Work out what a set of edits makes of the files, and write nothing."""
    drafts = _Drafts(folder, edits)
    for number, edit in enumerate(edits, 1):
        try:
            drafts.take(number, edit)
        except Refused as error:
            if str(error).startswith("Nothing was changed"):
                raise
            said = f"Nothing was changed: {which(number, len(edits))}: {error}"
            raise type(error)(error.path, said) from error
    return drafts.result()


class _Draft:
    """One file while edits are worked out."""

    def __init__(self, before: bytes | None, mode: int | None) -> None:
        self.before = before
        self.mode_before = mode
        self.now = before
        self.mode = mode
        self.moved_from: str | None = None
        self.parsed_from: bytes = before or b""

    @property
    def changed(self) -> bool:
        """Whether the file ends up other than it was."""
        gone = self.now is None and self.before is None
        return not gone and (self.now, self.mode) != (self.before, self.mode_before)


class _Drafts:
    def __init__(self, folder: Folder, edits: Sequence[Edit]) -> None:
        self._folder = folder
        self._count = len(edits)
        self._splices: dict[str, list[Splice]] = {}
        for edit in edits:
            if isinstance(edit, Splice):
                self._splices.setdefault(edit.path, []).append(edit)
        self._files: dict[str, _Draft] = {}
        self._notes: list[str] = []

    def take(self, number: int, edit: Edit) -> None:
        """Work one edit into the drafts."""
        match edit:
            case Create():
                self._create(edit)
            case Replace():
                self._replace(number, edit)
            case Splice():
                self._splice(edit)
            case Delete():
                self._existing(edit.path, edit.sha256_before).now = None
            case Move():
                self._move(edit)

    def result(self) -> AppliedEdits:
        """All changes in the order the files were first named."""
        changes = []
        for path, draft in self._files.items():
            if not draft.changed:
                continue
            _refuse_new_errors(path, draft)
            mode = None if draft.now is None else draft.mode
            changes.append(
                FileChange(path, draft.before, draft.now, draft.mode_before, mode, draft.moved_from)
            )
        created = [change.path for change in changes if change.before is None]
        self._notes += name_twins(self._folder, created)
        return AppliedEdits(tuple(changes), tuple(self._notes))

    def _file(self, path: str) -> _Draft:
        if path not in self._files:
            try:
                found = read_file(self._folder, path)
                self._files[path] = _Draft(found.data, found.mode)
            except (FileNotFoundError, NotADirectoryError):
                self._files[path] = _Draft(None, None)
            except OSError as error:
                raise Refused(path, f"{path} cannot be read: {error.strerror}.") from error
        return self._files[path]

    def _existing(self, path: str, sha256_before: str | None) -> _Draft:
        draft = self._file(path)
        if sha256_before is not None and _digest(draft.before) != sha256_before:
            raise ChangedMeanwhile(path, f"{path} was changed meanwhile. Read it again.")
        if draft.now is None:
            raise NoSuchPlace(path, f"there is no file {path}.")
        return draft

    def _create(self, edit: Create) -> None:
        draft = self._absent(edit.path)
        mode = 0o777 if edit.executable else 0o666
        draft.now = encode(edit.path, TextFile(edit.text, mode=mode))
        draft.mode = mode

    def _absent(self, path: str) -> _Draft:
        check_new_name(path)
        draft = self._file(path)
        if draft.now is not None:
            raise AlreadyThere(path, f"{path} exists already. Replace text in it, or delete it.")
        return draft

    def _move(self, edit: Move) -> None:
        source = self._existing(edit.path, edit.sha256_before)
        target = self._absent(edit.to)
        target.now, target.mode = source.now, source.mode
        target.parsed_from = source.parsed_from
        target.moved_from = edit.path if source.before is not None else source.moved_from
        source.now = None

    def _replace(self, number: int, edit: Replace) -> None:
        draft = self._existing(edit.path, edit.sha256_before)
        file = decode(edit.path, draft.now or b"")
        if not edit.old:
            raise NoSuchPlace(edit.path, "the text to look for is empty.")
        places = find_places(file.text, edit.old, edit.new)
        if not places.spots:
            raise no_such_place(
                edit.path, file.text, edit.old, edit.new, edit=number, of=self._count
            )
        if len(places.spots) > 1 and not edit.all_places:
            raise several_places(edit.path, file.text, places, edit=number, of=self._count)
        if places.how != "exact":
            lines = ", ".join(f"{first}-{last}" for first, last in places.lines)
            self._notes.append(f"{edit.path}: lines {lines} matched but for {places.how}.")
        text = replaced(file.text, places.spots)
        if text == file.text:
            raise NoSuchPlace(edit.path, "the new text is the old one.")
        draft.now = encode(edit.path, msgspec.structs.replace(file, text=text))

    def _splice(self, edit: Splice) -> None:
        draft = self._existing(edit.path, edit.sha256_before)
        splices = self._splices.pop(edit.path, None)
        if splices is None:
            return  # done together with the first one of this file
        if draft.now != draft.before or any(
            other.sha256_before != edit.sha256_before for other in splices
        ):
            raise ChangedMeanwhile(edit.path, f"splices of {edit.path} must count from one state.")
        draft.now = _spliced(edit.path, draft.now or b"", splices)


def _spliced(path: str, data: bytes, splices: Iterable[Splice]) -> bytes:
    file = decode(path, data)
    pieces: list[bytes] = []
    at = 0
    for splice in sorted(splices, key=lambda splice: (splice.start, splice.end)):
        if not at <= splice.start <= splice.end <= len(data):
            span = f"bytes {splice.start}-{splice.end}"
            raise NoSuchPlace(path, f"{span} of {path} overlap others or lie outside.")
        text = splice.text
        if file.newline != "\n" and "\r" not in text:
            text = text.replace("\n", file.newline)
        try:
            pieces += [data[at : splice.start], text.encode(file.encoding)]
        except UnicodeEncodeError as error:
            raise NotText(path, f"{path} is stored as {file.encoding}: {error}.") from error
        at = splice.end
    result = b"".join([*pieces, data[at:]])
    try:
        text = result.removeprefix(file.bom).decode(file.encoding)
    except UnicodeDecodeError as error:
        raise NotText(path, f"the bytes given for {path} part a character.") from error
    return encode(path, msgspec.structs.replace(file, text=text))


def _refuse_new_errors(path: str, draft: _Draft) -> None:
    grammar = syntax.grammar_of(path)
    if grammar is None or not grammar.exact:
        return
    if draft.now is None or draft.now == draft.parsed_from:
        return
    if syntax.errors(syntax.parse(grammar, _as_utf8(path, draft.parsed_from))):
        return
    broken = syntax.errors(syntax.parse(grammar, _as_utf8(path, draft.now)))
    if broken:
        first = broken[0]
        raise NewSyntaxErrors(
            path,
            f"Nothing was changed: {path} would not parse any more: {first.message} at line "
            f"{first.line}, column {first.column} of the new text:\n"
            f"  {_line_of(path, draft.now, first.line)}\nSend the edits again.",
        )


def _as_utf8(path: str, data: bytes) -> bytes:
    return decode(path, data).text.encode()


def _line_of(path: str, data: bytes, line: int) -> str:
    lines = decode(path, data).text.split("\n")
    return lines[line - 1].rstrip("\r") if line <= len(lines) else ""


def _digest(data: bytes | None) -> str | None:
    return None if data is None else sha256(data).hexdigest()


def _diff(change: FileChange, source: FileChange | None) -> FileDiff:
    origin = source if source is not None else change
    mode = origin.mode_before
    return diff_bytes(
        change.path,
        origin.before,
        change.after,
        None if mode is None else git_mode(mode),
        None if change.mode_after is None else git_mode(change.mode_after),
        old_path=origin.path,
    )
