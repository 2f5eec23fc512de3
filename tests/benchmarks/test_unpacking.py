"""An archive of somebody else writes nothing outside the folder it is unpacked into."""

import io
import tarfile
from pathlib import Path

from benchmarks.unpacking import unpack


def test_only_files_and_folders_that_stay_inside_are_unpacked(tmp_path: Path) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        for name in ("top/kept.py", "../escaped.py", f"{tmp_path}/absolute.py"):
            member = tarfile.TarInfo(name)
            member.size = 2
            tar.addfile(member, io.BytesIO(b"1\n"))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(link)
    made.seek(0)
    with tarfile.open(fileobj=made) as tar:
        unpack(tar, tmp_path / "into")
    found = [path for path in sorted(tmp_path.rglob("*")) if not path.is_dir()]
    assert found == [tmp_path / "into/top/kept.py"]
