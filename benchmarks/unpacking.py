"""Archives of others, unpacked on every Python from 3.11 on."""

import tarfile
from collections.abc import Iterable
from pathlib import Path

_KINDS = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)


def unpack(
    tar: tarfile.TarFile, folder: Path, members: Iterable[tarfile.TarInfo] | None = None
) -> None:
    """Unpack files and folders that stay inside; links and the like are left out.

    Python 3.11.2, which Debian 12 has, knows no filters; where there are some they apply too.
    """
    if hasattr(tarfile, "data_filter"):
        tar.extraction_filter = tarfile.data_filter
    inside = [each for each in (tar if members is None else members) if _stays(each)]
    tar.extractall(folder, members=inside)  # noqa: S202  (those alone that stay inside)


def _stays(member: tarfile.TarInfo) -> bool:
    path = Path(member.name)
    return member.type in _KINDS and not path.is_absolute() and ".." not in path.parts
