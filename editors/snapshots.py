"""The shadow store: whole source trees, kept in a repository of our own.

A snapshot is the id of a tree. The user's `.git` is never written, and nothing is converted on the
way: blobs are the bytes on the disk. A snapshot of a folder taken before is quick, because what is
known of its files is remembered (see `editors.scan`).
"""

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from editors.diff import FileDiff, diff_bytes
from editors.files import sweep_strays
from editors.git import Git, GitFailed
from editors.ignored import new_ignored, printable
from editors.paths import Folder
from editors.pipes import remove_pipes
from editors.restore import put_back
from editors.scan import Entry, Parts, blob_id, present, scan
from editors.sources import list_sources
from editors.trees import Change, StoredFile
from editors.untouched import Signature, signature
from runners.problems import UserProblem

EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The snapshot of a folder without files; git knows it without storing it."""

_BATCH_BYTES: Final = 32_000_000
_BATCH_BLOBS: Final = 1_000
_RENAME_LIMIT: Final = 400
_STALE_S: Final = 3600.0
_ATTRIBUTES: Final = "* -text -filter -ident -eol -diff -working-tree-encoding\n"


class SnapshotDamaged(UserProblem):
    """A snapshot, or something it needs, is not in the store or cannot be read there."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "This session's snapshots are damaged, so its files cannot be read or restored",
            why=why,
            hint="Its change is in the log still, see the last event's patch: "
            "`show SESSION --json`. A new session on the project keeps everything anew.",
        )


class _Memory(msgspec.Struct, frozen=True):
    """What the last snapshot of a folder found."""

    tree: str
    commit: str
    entries: dict[bytes, Entry]


def _known(memory: _Memory | None) -> dict[str, Entry]:
    entries = memory.entries if memory else {}
    return {os.fsdecode(path): entry for path, entry in entries.items()}


def _holds(entry: Entry | None, file: StoredFile) -> bool:
    return entry is not None and (entry.mode, entry.blob) == (file.mode, file.blob)


def _forget(_blob: str, _parts: Parts) -> None:
    return None


class ShadowStore:
    """Snapshots of one project's folders: the user's, and every workspace of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._git = Git(path)
        self._memories = path / "remembered"
        self._restored: dict[Path, tuple[str, frozenset[str] | None, Signature]] = {}

    @classmethod
    def open(cls, path: Path) -> "ShadowStore":
        """Open the store in a folder, laying it out where there is none yet."""
        try:
            if not (path / "config").is_file():
                Git.create(path)
                (path / "info" / "attributes").write_text(_ATTRIBUTES)
            (path / "remembered").mkdir(exist_ok=True)
        except OSError as error:
            raise UserProblem(
                f"the snapshot store {str(path)!r} cannot be made",
                why=error.strerror or str(error),
                hint="free some space, or name another folder with JOURNEYMAN_HOME",
            ) from error
        _remove_stale(path)
        return cls(path)

    def snapshot(self, root: Path) -> str:
        """Keep the source files of a folder as they are now; returns the snapshot's id."""
        files = list_sources(root).files
        memory = self._recall(root)
        try:
            return self._snapshot(root, files, memory)
        except GitFailed:
            if memory is None:
                raise
        # What was remembered is in a damaged part of the store: keep every file again.
        return self._snapshot(root, files, None)

    def _snapshot(self, root: Path, files: Sequence[str], memory: _Memory | None) -> str:
        known = _known(memory)
        blobs = _Blobs(self._git)
        found = scan(root, files, known, blobs.add)
        gone = known.keys() - found.keys()
        changed = {
            path: StoredFile(entry.mode, entry.blob)
            for path, entry in found.items()
            if not _holds(known.get(path), StoredFile(entry.mode, entry.blob))
        }
        if memory is not None and not gone and not changed:
            tree, commit = memory.tree, memory.commit
        else:
            base = memory.commit if memory else ""
            tree, commit = (
                _commit(blobs, base, sorted(gone), changed) if found else (EMPTY_TREE, "")
            )
        if memory is None or found != known:
            entries = {os.fsencode(path): entry for path, entry in found.items()}
            self._remember(root, _Memory(tree, commit, entries))
        return tree

    def keep(self, files: Mapping[str, tuple[int, bytes]]) -> str:
        """Keep these files alone (path to git's mode and bytes); returns the snapshot's id.

        When this returns they have reached the disk.
        """
        blobs = _Blobs(self._git, durable=True)
        stored = {}
        for path, (mode, data) in files.items():
            stored[path] = StoredFile(mode, blob_id(data))
            blobs.add(stored[path].blob, (data,))
        return _commit(blobs, "", (), stored)[0] if stored else EMPTY_TREE

    def files(self, snapshot: str) -> dict[str, StoredFile]:
        """Return every file of a snapshot by its path."""
        output = self._ask("ls-tree", "-r", "-z", "--full-tree", snapshot)
        files = {}
        for record in output.split(b"\0")[:-1]:
            mode, _, blob, path = record.replace(b"\t", b" ", 1).split(b" ", 3)
            files[os.fsdecode(path)] = StoredFile(int(mode, 8), blob.decode())
        return files

    def read(self, snapshot: str, path: str) -> bytes:
        """Return the bytes of a file, or of a link's target; FileNotFoundError if it has none."""
        return self.blobs([self._stored(snapshot, path).blob])[0]

    def _stored(self, snapshot: str, path: str) -> StoredFile:
        output = self._ask("ls-tree", "-z", "--full-tree", snapshot, "--", f":(literal){path}")
        if not output:
            raise FileNotFoundError(path)
        mode, _, blob = output.partition(b"\t")[0].split(b" ")
        return StoredFile(int(mode, 8), blob.decode())

    def changes(self, old: str, new: str, *, renames: bool = False) -> tuple[Change, ...]:
        """Return what differs between two snapshots, ordered by path."""
        how = ("-M", f"-l{_RENAME_LIMIT}") if renames else ("--no-renames",)
        output = self._ask("diff-tree", "-r", "-z", "--raw", "--no-abbrev", *how, old, new)
        fields = iter(output.split(b"\0")[:-1])
        return tuple(sorted(_changes(fields), key=lambda change: change.path))

    def diff(self, old: str, new: str) -> tuple[FileDiff, ...]:
        """Return what changed from one snapshot to another, file by file, ordered by path."""
        changes = self.changes(old, new, renames=True)
        stored = [file for change in changes for file in (change.old, change.new) if file]
        contents = dict(
            zip(
                (file.blob for file in stored),
                self.blobs([file.blob for file in stored]),
                strict=True,
            )
        )
        return tuple(
            diff_bytes(
                change.path,
                contents[change.old.blob] if change.old else None,
                contents[change.new.blob] if change.new else None,
                change.old.mode if change.old else None,
                change.new.mode if change.new else None,
                old_path=change.old_path,
            )
            for change in changes
        )

    def restore(self, snapshot: str, root: Path, *, ignored: Collection[str] | None = None) -> None:
        """Make the source files of a folder those of a snapshot.

        Of the files git ignores those recorded as `ignored` stay, or all where none were recorded.
        What else the folder held is gone: not kept, and not even read where it is no part of the
        snapshot. For workspaces: a user's folder is written by `editors.accept` alone. Nothing
        touched since a time when there was nothing to do: this takes one walk over the folder.
        """
        before = signature(root)
        if before is None:
            self._restore(snapshot, root, ignored)
            return
        as_asked = (snapshot, None if ignored is None else frozenset(ignored), before)
        if self._restored.get(root) == as_asked:
            return
        self._restore(snapshot, root, ignored)
        # Only what was so before and after was seen in between: a process may still be writing.
        if signature(root) == before:
            self._restored[root] = as_asked

    def _restore(self, snapshot: str, root: Path, ignored: Collection[str] | None) -> None:
        sweep_strays(root)
        remove_pipes(root)
        wanted = self.files(snapshot)
        kept = frozenset(ignored or ())
        sources = list_sources(root)
        new = () if ignored is None else new_ignored(root, kept, nested=sources.nested)
        there = present(root, sources.files)
        found = scan(root, [p for p in there if p in wanted], _known(self._recall(root)), _forget)
        with Folder(root) as folder:
            put_back(
                folder,
                gone=[*new, *(p for p in there if p not in wanted and printable(p) not in kept)],
                wanted={p: file for p, file in wanted.items() if not _holds(found.get(p), file)},
                contents=self.blobs,
            )

    def blobs(self, ids: Sequence[str]) -> list[bytes]:
        """Return the bytes of these blobs, in order; raises SnapshotDamaged."""
        contents: dict[str, bytes] = {}
        wanted = list(dict.fromkeys(ids))
        for start in range(0, len(wanted), _BATCH_BLOBS):
            batch = wanted[start : start + _BATCH_BLOBS]
            asked = [f"{blob}\n".encode() for blob in batch]
            contents.update(_parse_batch(self._ask("cat-file", "--batch", stdin=asked), batch))
        return [contents[blob] for blob in ids]

    def _ask(self, *arguments: str, stdin: Iterable[bytes] = ()) -> bytes:
        try:
            return self._git.run(*arguments, stdin=stdin)
        except GitFailed as error:
            raise SnapshotDamaged(f"the store cannot be read: {error}") from error

    def _recall(self, root: Path) -> _Memory | None:
        with suppress(FileNotFoundError, msgspec.MsgspecError):
            return msgspec.msgpack.decode(self._memory_file(root).read_bytes(), type=_Memory)
        return None

    def _remember(self, root: Path, memory: _Memory) -> None:
        file = self._memory_file(root)
        fresh = file.with_suffix(f".{secrets.token_hex(4)}.tmp")
        try:
            fresh.write_bytes(msgspec.msgpack.encode(memory))
            fresh.replace(file)
        except OSError:  # a full disk: the snapshot is whole, the next one is slower
            fresh.unlink(missing_ok=True)

    def _memory_file(self, root: Path) -> Path:
        name = hashlib.sha256(os.fsencode(root)).hexdigest()[:32]
        return self._memories / f"{name}.msgpack"


class _Blobs:
    """Blobs on their way into the store, written many at a time."""

    def __init__(self, git: Git, *, durable: bool = False) -> None:
        self._git = git
        self._durable = durable
        self._waiting: dict[str, Parts] = {}
        self._size = 0

    def add(self, blob: str, parts: Parts) -> None:
        """Take one blob; it is in the store after the next flush at the latest."""
        self._waiting[blob] = parts
        self._size += sum(map(len, parts))
        if self._size >= _BATCH_BYTES:
            self.flush()

    def flush(self, commands: bytes = b"") -> bytes:
        """Write what waits, run these commands of `fast-import` after it, return their output."""
        stream: list[bytes] = []
        for parts in self._waiting.values():
            stream += (b"blob\ndata %d\n" % sum(map(len, parts)), *parts, b"\n")
        stream += (commands, b"done\n")
        output = self._git.run(
            "fast-import", "--quiet", "--done", stdin=stream, durable=self._durable, timeout_s=600
        )
        self._waiting.clear()
        self._size = 0
        return output


def _commit(
    blobs: _Blobs, base: str, gone: Iterable[str], changed: Mapping[str, StoredFile]
) -> tuple[str, str]:
    """Write a tree on top of an earlier commit ("" for none); returns its id and its commit."""
    # A name of its own: a lock that a killed snapshot left behind blocks no later one.
    name = f"refs/snapshots/{time.time_ns()}-{secrets.token_hex(4)}"
    now = int(time.time())
    lines = [f"commit {name}\nmark :1\ncommitter Journeyman <> {now} +0000\ndata 0\n"]
    if base:
        lines.append(f"from {base}\n")
    lines += [f"D {_quoted(path)}\n" for path in gone]
    lines += [f"M {file.mode:o} {file.blob} {_quoted(path)}\n" for path, file in changed.items()]
    lines.append('\nls :1 ""\nget-mark :1\n')
    output = blobs.flush(os.fsencode("".join(lines))).split()
    return output[2].decode(), output[-1].decode()


def _changes(fields: Iterator[bytes]) -> Iterator[Change]:
    """Read the records of `diff-tree --raw -z`."""
    for record in fields:
        old_mode, new_mode, old_blob, new_blob, status = record[1:].decode().split(" ")
        first = os.fsdecode(next(fields))
        renamed = status.startswith("R")
        yield Change(
            os.fsdecode(next(fields)) if renamed else first,
            StoredFile(int(old_mode, 8), old_blob) if int(old_mode, 8) else None,
            StoredFile(int(new_mode, 8), new_blob) if int(new_mode, 8) else None,
            first if renamed else None,
        )


def _parse_batch(output: bytes, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Read what `cat-file --batch` says about blobs, in the order they were asked for."""
    at = 0
    for blob in ids:
        end = output.find(b"\n", at)
        header = output[at:end].split(b" ")
        if end < 0 or len(header) != 3 or header[1] != b"blob":
            raise SnapshotDamaged(f"the store has lost {blob}")
        size = int(header[2])
        yield blob, output[end + 1 : end + 1 + size]
        at = end + 1 + size + 1


def _quoted(path: str) -> str:
    """Quote a path for git's fast-import stream."""
    if not path.startswith('"') and "\n" not in path:
        return path
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _remove_stale(path: Path) -> None:
    """Remove what a killed process left half-written; what is young may be in use."""
    limit = time.time() - _STALE_S
    for pattern in ("objects/pack/tmp_*", "objects/tmp_*", "objects/??/tmp_*", "remembered/*.tmp"):
        for file in path.glob(pattern):
            with suppress(OSError):  # somebody else was faster
                if file.stat().st_mtime < limit:
                    file.unlink()
