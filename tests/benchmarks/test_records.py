from pathlib import Path

import msgspec

from benchmarks import records, table


class Row(msgspec.Struct, frozen=True):
    name: str
    seconds: float


def test_what_was_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "new" / "rows.jsonl"
    assert records.read(file, Row) == []
    rows = [Row("a", 1.0), Row("ü\n", 2.5)]
    for row in rows:
        records.append(file, row)
    assert records.read(file, Row) == rows


def test_a_line_cut_by_a_kill_is_passed_over_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    records.append(file, Row("a", 1.0))
    with file.open("ab") as open_file:
        open_file.write(b'{"name":"half')
    assert records.read(file, Row) == [Row("a", 1.0)]
    records.append(file, Row("b", 2.0))
    assert records.read(file, Row) == [Row("a", 1.0), Row("b", 2.0)]


def test_numbers_stand_right_and_words_left() -> None:
    text = table.render(["name", "seconds"], [["gcd", "1.5"], ["bitcount", "100.0"]])
    assert text.splitlines() == [
        "name      seconds",
        "--------  -------",
        "gcd           1.5",
        "bitcount    100.0",
    ]


def test_a_table_without_rows() -> None:
    assert table.render(["name"], []) == "name\n----"


def test_percent_of_nothing() -> None:
    assert table.percent(1, 4) == "1 of 4 (25 %)"
    assert table.percent(0, 0) == "0 of 0"
