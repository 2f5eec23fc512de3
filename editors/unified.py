"""A change as text that people read and `git apply` understands."""

import ast
import re
import stat
import zlib
from base64 import b85encode
from hashlib import sha1

import msgspec

from editors.alignment import split
from editors.diff import FileDiff, diff_bytes
from editors.hunks import Hunk, Line, renumbered
from editors.textfile import is_binary

_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_NO_BLOB = "0" * 40
_PLAIN = re.compile(rb"[ !#-\[\]-~]+")


def unified(diff: FileDiff) -> str:
    """The change for reading; bytes that are no UTF-8 show as U+FFFD (see `patch`)."""
    return patch(diff).decode("utf-8", "replace")


def patch(diff: FileDiff) -> bytes:
    """The change exactly, as `git apply` reads it; b"" where nothing differs."""
    if diff.status == "unchanged":
        return b""
    if _changes_type(diff):
        return b"".join(patch(part) for part in _gone_and_new(diff))
    content = [hunk for hunk in diff.hunks if hunk.kind in {"lines", "whole"}]
    head = _header(diff)
    if content and is_binary(b"".join(content[0].old_lines + content[0].new_lines)):
        return head + _binary(content[0], diff)
    content = [_as_text(hunk) if hunk.kind == "whole" else hunk for hunk in content]
    if not any(hunk.lines for hunk in content):
        return head
    old = b"/dev/null" if diff.status == "created" else _name("a/", diff.old_path or diff.path)
    new = b"/dev/null" if diff.status == "deleted" else _name("b/", diff.path)
    body = b"".join(_hunk(hunk) for hunk in renumbered(content))
    return head + b"--- " + old + b"\n+++ " + new + b"\n" + body


def paths(text: str) -> tuple[str, ...]:
    """The files that a change's text is about, by the names they have after it.

    Bytes that are no UTF-8 show as U+FFFD.
    """
    found: list[str] = []
    for line in text.split("\n"):
        if line.startswith("diff --git "):
            names = line.removeprefix("diff --git ")
            found.append(_unquoted(names[len(names) // 2 + 1 :]).removeprefix("b/"))
        elif line.startswith("rename to "):
            found[-1] = _unquoted(line.removeprefix("rename to "))
    return tuple(dict.fromkeys(found))


def _unquoted(name: str) -> str:
    """The path that `quoted` made this of; its escapes are those of Python's bytes."""
    if not name.startswith('"'):
        return name
    raw: bytes = ast.literal_eval(f"b{name}")
    return raw.decode("utf-8", "replace")


def quoted(path: str) -> str:
    """A path as git prints it: in quotes with escapes where it holds an odd character."""
    raw = path.encode("utf-8", "surrogateescape")
    if _PLAIN.fullmatch(raw):
        return path
    return '"' + "".join(_escaped(byte) for byte in raw) + '"'


def _escaped(byte: int) -> str:
    if byte in _ESCAPES:
        return "\\" + _ESCAPES[byte]
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"


def _name(side: str, path: str) -> bytes:
    """A path of the `---` and `+++` lines, where a tab ends a name with spaces."""
    name = quoted(side + path)
    return name.encode() + (b"\t" if " " in path and not name.startswith('"') else b"")


def _header(diff: FileDiff) -> bytes:
    old, new = diff.old_path or diff.path, diff.path
    lines = [f"diff --git {quoted('a/' + old)} {quoted('b/' + new)}"]
    if diff.status == "created":
        lines.append(f"new file mode {diff.new_mode:o}")
    elif diff.status == "deleted":
        lines.append(f"deleted file mode {diff.old_mode:o}")
    elif diff.old_mode != diff.new_mode:
        lines += [f"old mode {diff.old_mode:o}", f"new mode {diff.new_mode:o}"]
    if diff.old_path is not None:
        lines += [f"rename from {quoted(old)}", f"rename to {quoted(new)}"]
    return "".join(f"{line}\n" for line in lines).encode()


def _hunk(hunk: Hunk) -> bytes:
    old = _range(hunk.old_start, len(hunk.old_lines))
    new = _range(hunk.new_start, len(hunk.new_lines))
    return f"@@ -{old} +{new} @@\n".encode() + b"".join(_line(line) for line in hunk.lines)


def _range(start: int, count: int) -> str:
    if count == 1:
        return str(start)
    return f"{start if count else start - 1},{count}"


def _line(line: Line) -> bytes:
    text = line.op.encode() + line.text
    return text if text.endswith(b"\n") else text + b"\n\\ No newline at end of file\n"


def _binary(hunk: Hunk, diff: FileDiff) -> bytes:
    old, new = b"".join(hunk.old_lines), b"".join(hunk.new_lines)
    old_id = _NO_BLOB if diff.status == "created" else _blob_id(old)
    new_id = _NO_BLOB if diff.status == "deleted" else _blob_id(new)
    head = f"index {old_id}..{new_id}\nGIT binary patch\n".encode()
    return head + _literal(new) + _literal(old)


def _blob_id(data: bytes) -> str:
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _literal(data: bytes) -> bytes:
    packed = zlib.compress(data)
    lines = [f"literal {len(data)}\n".encode()]
    for start in range(0, len(packed), 52):
        piece = packed[start : start + 52]
        length = len(piece) + (64 if len(piece) <= 26 else 70)  # A-Z for 1-26, a-z for 27-52
        lines.append(bytes([length]) + b85encode(piece, pad=True) + b"\n")
    return b"".join(lines) + b"\n"


def _as_text(hunk: Hunk) -> Hunk:
    """A content taken whole that is text after all, a link's target for one, line by line."""
    old = [Line("-", text) for line in hunk.old_lines for text in split(line)]
    new = [Line("+", text) for line in hunk.new_lines for text in split(line)]
    return msgspec.structs.replace(hunk, kind="lines", lines=(*old, *new))


def _changes_type(diff: FileDiff) -> bool:
    old, new = diff.old_mode, diff.new_mode
    return old is not None and new is not None and stat.S_IFMT(old) != stat.S_IFMT(new)


def _gone_and_new(diff: FileDiff) -> tuple[FileDiff, FileDiff]:
    """A file that becomes a link, or back, as git tells it: one goes, another comes."""
    hunks = [hunk for hunk in diff.hunks if hunk.kind == "whole"]
    old = b"".join(text for hunk in hunks for text in hunk.old_lines)
    new = b"".join(text for hunk in hunks for text in hunk.new_lines)
    return (
        diff_bytes(diff.old_path or diff.path, old, None, diff.old_mode),
        diff_bytes(diff.path, None, new, None, diff.new_mode),
    )
