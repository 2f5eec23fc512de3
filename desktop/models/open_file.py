"""One file as it lies on the disk, ready to be shown: text, a picture, or why neither."""

from pathlib import Path
from typing import Final, Literal

import msgspec

from desktop.models.names import shown_name
from editors import textfile
from editors.files import read_file
from editors.paths import Folder
from editors.refusals import Refused
from editors.shown import as_shown, folded, why_read_only
from editors.textfile import TextFile, decode

PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".ico")

Kind = Literal["text", "picture", "notice", "gone"]


class Loaded(msgspec.Struct, frozen=True):
    """What was found: `file` and `text` of a text, `data` of a picture.

    notice: what to say where nothing can be shown, or why the text must not be edited.
    """

    kind: Kind
    notice: str = ""
    file: TextFile | None = None
    text: str = ""
    data: bytes = b""


class Stamp(msgspec.Struct, frozen=True):
    """What a file's status says without reading it; equal stamps mean an unchanged file."""

    size: int = -1
    mtime_ns: int = 0
    inode: int = 0


def load(root: Path, path: str) -> Loaded:
    """Read a file below a folder; nothing is raised for what cannot be shown."""
    try:
        with Folder(root) as folder:
            found = read_file(folder, path)
        if path.lower().endswith(PICTURES):
            return Loaded("picture", data=found.data)
        file = decode(path, found.data, mode=found.mode)
    except (FileNotFoundError, NotADirectoryError):
        return Loaded("gone", f"{shown_name(path)} does not exist any more.")
    except Refused as refused:
        return Loaded("notice", str(refused))
    except OSError as error:
        return Loaded("notice", f"{shown_name(path)} cannot be read: {error.strerror}.")
    reason = why_read_only(file)
    return Loaded("text", reason, file, folded(file) if reason else as_shown(file))


def save(root: Path, path: str, file: TextFile) -> None:
    """Write a file in one step, with the folders it needs; raises Refused."""
    with Folder(root) as folder:
        folder.make_folders(path)
        textfile.write(folder, path, file)


def stamp(root: Path, path: str) -> Stamp:
    """The stamp of a file now; of a missing one the empty stamp."""
    try:
        status = (root / path).lstat()
    except OSError:
        return Stamp()
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)
