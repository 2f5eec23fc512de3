"""Projects that several tests of this folder screen patches on."""

from pathlib import Path

import pytest

from tests.runners.planted import write_project


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def counting(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "counting",
        {
            "counting.py": """
                def total(numbers):
                    result = 0
                    for number in numbers:
                        result = number
                    return result


                def half(number):
                    return number / 2
                """,
            "test_counting.py": """
                from counting import half, total


                def test_two():
                    assert total([1, 2]) == 3


                def test_none():
                    assert total([]) == 0


                def test_half():
                    assert half(total([2, 4])) == 3
                """,
        },
    )
