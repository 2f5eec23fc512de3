"""States that are odd and worked with; each is said."""

from pathlib import Path

from tests.agent_core.projects import FAULTY, TESTS, git, shop, write
from tests.agent_core.terminal.command_line import Answer, fix


def event(answer: Answer, kind: str) -> dict[str, object]:
    found = [event for event in answer.events if event["type"] == kind]
    assert found, answer
    return found[-1]


def baseline(answer: Answer) -> dict[str, object]:
    found = event(answer, "BaselineMeasured")["baseline"]
    assert isinstance(found, dict)
    return found


def test_code_that_only_other_processes_run_is_out_of_reach_and_said(tmp_path: Path) -> None:
    test = (
        "import subprocess, sys\n\n\ndef test_prints():\n"
        "    done = subprocess.run([sys.executable, 'm.py'], capture_output=True, text=True)\n"
        "    assert done.stdout == '3\\n'\n"
    )
    answer = fix(write(tmp_path / "p", {"m.py": "print(1 + 1)\n", "test_m.py": test}))
    assert (answer.code, answer.state) == (1, "failing")
    assert answer.events[-1]["reason"] == "nothing_found"
    assert "in other processes" in str(answer.events[-1]["detail"])
    assert "--model" in str(answer.events[-1]["detail"])


def test_green_already(tmp_path: Path) -> None:
    answer = fix(shop(tmp_path / "p", **{"shop/prices.py": FAULTY.replace("1 - r", "1 + r")}))
    assert (answer.code, answer.state) == (1, "no_regression")
    assert answer.events[-1]["reason"] == "nothing_found"


def test_uncommitted_changes_are_worked_on_and_stay_uncommitted(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    write(folder, {"shop/prices.py": "# my note\n" + FAULTY, "shop/new.py": "x = 1\n"})
    status = git(folder, "status", "--porcelain")
    answer = fix(folder)
    assert (answer.code, answer.state) == (0, "fixed")
    assert event(answer, "WorkspaceReady")["project"]["dirty"] is True  # type: ignore[index]
    assert git(folder, "status", "--porcelain") == status
    assert "+++ b/shop/prices.py" in str(answer.events[-1]["patch"])
    assert "my note" not in "".join(
        line for line in str(answer.events[-1]["patch"]).splitlines() if line.startswith("+")
    )


def test_a_merge_in_progress_is_said(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    git(folder, "checkout", "-qb", "other")
    write(folder, {"notes.txt": "theirs\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "theirs")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-commit", "--no-ff", "other")
    answer = fix(folder)
    assert (answer.code, answer.state) == (0, "fixed")
    assert event(answer, "WorkspaceReady")["project"]["unfinished"] == "merge"  # type: ignore[index]


def test_no_repository(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "p", {"prices.py": FAULTY, "test_p.py": TESTS.replace("from shop ", "")}
    )
    answer = fix(folder)
    assert (answer.code, answer.state) == (0, "fixed")
    assert not (folder / ".git").exists()


def test_windows_line_ends_a_mark_and_latin_1_are_kept(tmp_path: Path) -> None:
    folder = shop(tmp_path / "p")
    faulty = "# -*- coding: latin-1 -*-\n# caf\xe9\n" + FAULTY
    (folder / "shop/prices.py").write_bytes(faulty.replace("\n", "\r\n").encode("latin-1"))
    (folder / "shop/__init__.py").write_bytes(b"\xef\xbb\xbf")
    answer = fix(folder, "--accept")
    assert (answer.code, answer.state) == (0, "fixed")
    right = faulty.replace("1 - rate", "1 + rate").replace("\n", "\r\n").encode("latin-1")
    assert (folder / "shop/prices.py").read_bytes() == right


def test_a_wavering_test_is_named_and_set_apart(tmp_path: Path) -> None:
    wavers = (
        "import pathlib, tempfile\n\n\ndef test_wavers():\n"
        f"    mark = pathlib.Path({str(tmp_path / 'mark')!r})\n"
        "    seen = mark.exists()\n    mark.touch()\n    assert seen\n"
    )
    answer = fix(shop(tmp_path / "p", **{"tests/test_w.py": wavers}))
    assert baseline(answer)["wavering"] == ["tests/test_w.py::test_wavers"]
    assert (answer.code, answer.state) == (0, "fixed")


def test_a_suite_that_depends_on_order_is_said(tmp_path: Path) -> None:
    first = "import shop\n\n\ndef test_sets():\n    shop.ready = True\n"
    second = "import shop\n\n\ndef test_needs():\n    assert shop.ready\n"
    folder = shop(tmp_path / "p", **{"tests/test_a.py": first, "tests/test_b.py": second})
    answer = fix(folder)
    assert baseline(answer)["order_dependent"] == ["tests/test_b.py::test_needs"]
    assert (answer.code, answer.state) == (0, "fixed")


def test_a_test_that_hangs_is_named(tmp_path: Path) -> None:
    hangs = "import time\n\n\ndef test_hangs():\n    time.sleep(600)\n"
    folder = shop(tmp_path / "p", **{"tests/test_h.py": hangs})
    answer = fix(folder, "--budget-minutes", "0.7", "--tests", "tests/test_prices.py")
    assert "tests/test_h.py::test_hangs" in baseline(answer)["still_red"]  # type: ignore[operator]
    assert (answer.code, answer.state) == (0, "fixed")


def test_a_submodule_comes_along(tmp_path: Path) -> None:
    inner = write(tmp_path / "inner", {"__init__.py": "RATE = 0.1\n"})
    git(inner, "init", "-q")
    git(inner, "add", "-A")
    git(inner, "commit", "-qm", "inner")
    folder = shop(
        tmp_path / "p",
        **{
            "tests/test_prices.py": TESTS
            + "\n\ndef test_inner():\n    import inner\n    assert inner.RATE\n"
        },
    )
    git(
        folder,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        str(inner),
        "inner",
    )
    git(folder, "commit", "-qm", "with a submodule")
    answer = fix(folder)
    assert (answer.code, answer.state) == (0, "fixed")


def test_red_for_other_reasons_is_counted(tmp_path: Path) -> None:
    other = "def test_network():\n    raise OSError('no network here')\n"
    folder = shop(tmp_path / "p", **{"tests/test_net.py": other})
    answer = fix(folder, "--tests", "tests/test_prices.py::test_total")
    assert (answer.code, answer.state) == (0, "fixed")
    assert answer.events[-1]["verdict"]["still_red"] == ["tests/test_net.py::test_network"]  # type: ignore[index]
