"""Text comes back as the bytes it was, whatever its encoding, newlines or ending (faults 25-30)."""

import codecs
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from editors.edits import Replace, apply_edits
from editors.files import TEXT_LIMIT
from editors.paths import Folder
from editors.refusals import NotText
from editors.textfile import (
    TextFile,
    commonest_newline,
    decode,
    encode,
    ending,
    read,
    split_lines,
    write,
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Folder(tmp_path) as opened:
        yield opened


@given(st.binary(max_size=200))
@example(codecs.BOM_UTF8 + b"x\r\n")
@example(codecs.BOM_UTF16_LE + b"x\0")
@example(codecs.BOM_UTF16_LE + b"odd")
@example(b"# coding: no-such-codec\n\xe9")
@example(b"# coding: rot13\nx")
@example(b"# coding: utf-16\nx")
@example(b"# coding: cp1252\n\x81")
def test_bytes_come_back_or_are_refused(data: bytes) -> None:
    for path in ("f.py", "f.txt"):
        try:
            file = decode(path, data)
        except NotText:
            assert b"\0" in data
        else:
            assert encode(path, file) == data


@given(st.text(st.sampled_from("ab\r\n\x0b\x0c\x85\u2028 "), max_size=40))
def test_only_newlines_end_lines(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all("\n" not in line[:-2] for line in lines)
    assert all(ending(line) for line in lines[:-1])
    assert "\x0c" not in {ending(line) for line in lines}


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("é\n".encode(), "utf-8", "é\n"),
        (b"\xe9\n", "latin-1", "é\n"),
        (codecs.BOM_UTF8 + "é".encode(), "utf-8", "é"),
        (codecs.BOM_UTF16_LE + "é\r\n".encode("utf-16-le"), "utf-16-le", "é\r\n"),
        (codecs.BOM_UTF16_BE + "é".encode("utf-16-be"), "utf-16-be", "é"),
        (codecs.BOM_UTF32_LE + "é".encode("utf-32-le"), "utf-32-le", "é"),
        (b"#!/bin/py\n# -*- coding: cp1251 -*-\n\xe9\n", "cp1251", None),
        (b"x = 1\n# coding: cp1251\n\xe9\n", "latin-1", None),
    ],
)
def test_encodings_are_found(data: bytes, encoding: str, text: str | None) -> None:
    file = decode("f.py", data)
    assert file.encoding == encoding
    assert text is None or file.text == text
    assert encode("f.py", file) == data


def test_the_coding_comment_counts_in_python_files_alone() -> None:
    assert decode("f.txt", b"# coding: cp1251\n\xe9").encoding == "latin-1"


@pytest.mark.parametrize(
    ("text", "newline"), [("", "\n"), ("a\r\nb\r\nc\n", "\r\n"), ("a\rb\rc", "\r"), ("a\n\r", "\n")]
)
def test_the_commonest_newline(text: str, newline: str) -> None:
    assert commonest_newline(text) == newline


@pytest.mark.parametrize(
    "data",
    [
        b"one\r\ntwo\r\nthree\r\n",
        b"one\ntwo\r\nthree\rfour",
        b"one\rtwo\rthree",
        codecs.BOM_UTF8 + b"one\r\ntwo\n",
        codecs.BOM_UTF16_LE + "é one\r\ntwo\n".encode("utf-16-le"),
        b"caf\xe9 one\ntwo",
    ],
)
def test_an_edit_changes_its_own_bytes_alone(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f.txt").write_bytes(data)
    apply_edits(tmp_path, [Replace(path="f.txt", old="two", new="2")])
    file = decode("f.txt", data)
    wanted = "2".encode(file.encoding)
    assert (tmp_path / "f.txt").read_bytes() == data.replace("two".encode(file.encoding), wanted)


def test_read_and_write_keep_everything(tmp_path: Path, folder: Folder) -> None:
    path = tmp_path / "run.sh"
    path.write_bytes(b"#!/bin/sh\necho caf\xe9")
    path.chmod(0o751)
    file = read(folder, "run.sh")
    write(folder, "run.sh", msgspec.structs.replace(file, text=file.text + "!"))
    assert path.read_bytes() == b"#!/bin/sh\necho caf\xe9!"
    assert path.stat().st_mode & 0o777 == 0o751
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.sh"]


def test_what_the_encoding_lacks_is_refused() -> None:
    with pytest.raises(NotText, match="latin-1, which has no '→'"):
        encode("f.txt", TextFile("é→", "latin-1"))


def test_a_changed_coding_comment_is_refused() -> None:
    file = decode("f.py", "# coding: utf-8\né\n".encode())
    changed = msgspec.structs.replace(file, text=file.text.replace("utf-8", "cp1251"))
    with pytest.raises(NotText, match="encoding changed"):
        encode("f.py", changed)


def test_binary_is_no_text() -> None:
    with pytest.raises(NotText, match="binary"):
        decode("f.bin", b"PK\3\4\0\0")
    with pytest.raises(NotText, match="binary"):
        encode("f.txt", TextFile("a\0b"))


def test_files_over_the_limit_are_refused_and_long_lines_are_not(
    tmp_path: Path, folder: Folder
) -> None:
    with (tmp_path / "big").open("wb") as stream:
        stream.truncate(TEXT_LIMIT + 1)
    with pytest.raises(NotText, match="52,428,800"):
        read(folder, "big")
    (tmp_path / "long").write_bytes(b"x" * 10_000_000)
    assert len(read(folder, "long").text) == 10_000_000
