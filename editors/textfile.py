"""Text of a file, and the way back to exactly its bytes.

Decoding is kept only where encoding gives the same bytes again; newlines stay as they are, line
by line. So an edit changes the bytes of the lines it touches and no others.
"""

import codecs
import re
from typing import Final

import msgspec

from editors.files import TEXT_LIMIT, read_file, write_file
from editors.paths import Folder
from editors.refusals import NotText

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK_OR_COMMENT = re.compile(rb"^[ \t\f]*(?:#.*)?\r?$")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class TextFile(msgspec.Struct, frozen=True):
    """A file's text with its own newlines in it, and what is needed to write it back.

    encoding: a codec name, without the mark. bom: the byte order mark, or b"".
    newline: the commonest line ending of the file, "\\n" where it has none.
    mode: permission bits.
    """

    text: str
    encoding: str = "utf-8"
    bom: bytes = b""
    newline: str = "\n"
    mode: int = 0o644


def split_lines(text: str) -> list[str]:
    """Lines with their endings: "\\r\\n", "\\n" or a lone "\\r", and nothing else ends a line."""
    return _LINE.findall(text)


def ending(line: str) -> str:
    """The line ending of one line, "" for a last line that has none."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1] if line.endswith(("\n", "\r")) else ""


def commonest_newline(text: str) -> str:
    """The line ending most lines of a text have; the earlier of two equally common ones."""
    windows = text.count("\r\n")
    counts = {"\n": text.count("\n") - windows, "\r\n": windows, "\r": text.count("\r") - windows}
    return max(counts, key=counts.__getitem__)


def decode(path: str, data: bytes, *, mode: int = 0o644) -> TextFile:
    """Bytes to text; raises NotText for what is binary or too large to edit."""
    if len(data) > TEXT_LIMIT:
        raise NotText(path, f"{path} has {len(data):,} bytes; {TEXT_LIMIT:,} can be edited.")
    for bom, encoding in _BOMS:
        text = _same_both_ways(data[len(bom) :], encoding) if data.startswith(bom) else None
        if text is not None and "\0" not in text:
            return TextFile(text, encoding, bom, commonest_newline(text), mode)
    if is_binary(data):
        raise NotText(path, f"{path} is a binary file. It cannot be edited as text.")
    for encoding in _likely_encodings(path, data):
        text = _same_both_ways(data, encoding)
        if text is not None:
            return TextFile(text, encoding, b"", commonest_newline(text), mode)
    text = data.decode("latin-1")
    return TextFile(text, "latin-1", b"", commonest_newline(text), mode)


def encode(path: str, file: TextFile) -> bytes:
    """Text to bytes; raises NotText where the file's encoding cannot say it."""
    try:
        data = file.bom + file.text.encode(file.encoding)
    except UnicodeEncodeError as error:
        letter = file.text[error.start]
        raise NotText(
            path, f"{path} is stored as {file.encoding}, which has no {letter!r}. Write it escaped."
        ) from error
    if decode(path, data).text != file.text:
        raise NotText(path, f"{path} would not read back as the same text; its encoding changed.")
    return data


def is_binary(data: bytes) -> bool:
    """Whether bytes that start with no byte order mark are something else than text."""
    return b"\0" in data


def read(folder: Folder, path: str) -> TextFile:
    """Read a text file; raises Refused, or FileNotFoundError where there is none."""
    found = read_file(folder, path)
    return decode(path, found.data, mode=found.mode)


def write(folder: Folder, path: str, file: TextFile) -> None:
    """Write a text file as one atomic step; raises Refused, and then the old content is kept."""
    write_file(folder, path, encode(path, file), mode=file.mode)


def _likely_encodings(path: str, data: bytes) -> list[str]:
    encodings = ["utf-8"]
    if path.endswith((".py", ".pyi", ".pyw")):
        named = _declared_encoding(data)
        if named:
            encodings.insert(0, named)
    return encodings


def _declared_encoding(data: bytes) -> str | None:
    """The coding comment of PEP 263: in the first line, or the second after a bare first."""
    for line in data.split(b"\n", 2)[:2]:
        found = _COOKIE.match(line)
        if found:
            return found.group(1).decode("ascii", "replace")
        if not _BLANK_OR_COMMENT.match(line):
            return None
    return None


def _same_both_ways(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
        return text if text.encode(encoding) == data else None
    except (LookupError, ValueError):  # no such text encoding, or these bytes are not in it
        return None
