"""`./run` on small checkouts of its own, with a lock of one package that is made here."""

import base64
import contextlib
import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAUNCHER = ("run", "scripts/environment.sh", "scripts/environment.py", "scripts/journeyman.py")
MAIN = """
import json, os, sys
import pebble
def main():
    print(json.dumps({
        "arguments": sys.argv[1:], "folder": os.getcwd(), "pebble": pebble.WEIGHT,
        "prefix": sys.prefix, "bytecode": sys.pycache_prefix,
        "VIRTUAL_ENV": os.environ.get("VIRTUAL_ENV"), "PYTHONPATH": os.environ.get("PYTHONPATH"),
        "leaked": [entry for entry in sys.path if "leak" in entry],
    }))
    return 7
"""


def make_wheel(folder: Path) -> str:
    """A wheel of the package `pebble` in the folder; its SHA-256 digest."""
    folder.mkdir(parents=True)
    info = "pebble-1.0.dist-info"
    files = {
        "pebble.py": "WEIGHT = 3\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: pebble\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD,,\n"
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        record += f"{name},sha256={digest.rstrip('=')},{len(text)}\n"
    path = folder / "pebble-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in (*files.items(), (f"{info}/RECORD", record)):
            wheel.writestr(name, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Checkout:
    """A folder with the launcher, a lock, and a program that prints what it was given."""

    def __init__(self, folder: Path) -> None:
        self.wheels = folder / "wheels"
        self.home = folder / "home"
        self.home.mkdir()
        self.errors_to: int = subprocess.PIPE
        self.digest = make_wheel(self.wheels)
        self.root = folder / 'it\'s a "chéck out"'
        for name in LAUNCHER:
            target = self.root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target)
        (self.root / "desktop").mkdir()
        (self.root / "desktop" / "entry.py").write_text(MAIN)
        (self.root / "requirements").mkdir()
        self.lock(self.digest)

    def lock(self, digest: str) -> None:
        """Write the lock."""
        text = f"pebble==1.0 \\\n    --hash=sha256:{digest}\n"
        (self.root / "requirements" / "run.txt").write_text(text)

    @property
    def environment(self) -> Path:
        """Where the environment is made."""
        return self.root / ".journeyman" / "run"

    def start(self, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.Popen[str]:
        """Start `./run` the way a person would, who has no network but a folder of wheels."""
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": self.wheels.as_uri(),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }
        return subprocess.Popen(
            [str(self.root / "run"), *arguments],
            cwd=cwd or self.home,
            env=environ | more,
            stdout=subprocess.PIPE,
            stderr=self.errors_to,
            stdin=subprocess.DEVNULL,
            text=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None, **more: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one start."""
        with self.start(*arguments, cwd=cwd, **more) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, list[str]]:
    """A checkout after two starts at once over what an interrupted one left; what they said."""
    checkout = Checkout(tmp_path_factory.mktemp("launcher"))
    (checkout.environment / "bin").mkdir(parents=True)
    (checkout.environment / "bin" / "python").symlink_to("/bin/false")
    (checkout.environment / "checkout").write_bytes(os.fsencode(checkout.root) + b"\n")
    with checkout.start() as one, checkout.start() as other:
        said = [process.communicate(timeout=120)[1] for process in (one, other)]
    assert [one.returncode, other.returncode] == [7, 7], said
    return checkout, said


@pytest.mark.root_or_user
def test_two_first_starts_make_one_environment(ready: tuple[Checkout, list[str]]) -> None:
    _, said = ready
    assert sum("installing 1 package," in text for text in said) == 1
    assert sum("environment ready" in text for text in said) == 1


def test_arguments_folder_and_exit_code_are_the_callers(
    ready: tuple[Checkout, list[str]], tmp_path: Path
) -> None:
    checkout, _ = ready
    arguments = ["fix", "a b", "", "it's", '"*"', "$HOME"]
    code, out, err = checkout.run(*arguments, cwd=tmp_path)
    seen = json.loads(out)
    assert (code, err) == (7, "")
    assert (seen["arguments"], seen["folder"]) == (arguments, str(tmp_path))
    assert (seen["prefix"], seen["pebble"]) == (str(checkout.environment), 3)


def test_a_second_start_installs_nothing(ready: tuple[Checkout, list[str]]) -> None:
    checkout, _ = ready
    before = sorted(path.stat().st_mtime_ns for path in checkout.environment.rglob("*.py"))
    # Without any Python to be found, setting up would fail.
    tools = checkout.home / "tools"
    tools.mkdir()
    (tools / "cmp").symlink_to(shutil.which("cmp") or "")
    code, _, err = checkout.run(PATH=str(tools))
    assert (code, err) == (7, "")
    assert before == sorted(path.stat().st_mtime_ns for path in checkout.environment.rglob("*.py"))


def test_the_callers_python_settings_reach_the_product_but_not_its_interpreter(
    ready: tuple[Checkout, list[str]], tmp_path: Path
) -> None:
    checkout, _ = ready
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    _, out, err = checkout.run(
        cwd=tmp_path,
        PYTHONPATH=str(tmp_path / "leak"),
        PYTHONHOME="/nowhere",
        VIRTUAL_ENV="/their/own",
    )
    seen = json.loads(out)
    assert err == ""
    assert (seen["VIRTUAL_ENV"], seen["leaked"]) == ("/their/own", [])
    assert seen["PYTHONPATH"] == str(tmp_path / "leak")


def test_a_link_to_the_launcher_works(ready: tuple[Checkout, list[str]], tmp_path: Path) -> None:
    checkout, _ = ready
    link = tmp_path / "journeyman"
    link.symlink_to(checkout.root / "run")
    done = subprocess.run([link, "x"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert json.loads(done.stdout)["arguments"] == ["x"]


def test_a_first_start_says_little(ready: tuple[Checkout, list[str]]) -> None:
    checkout, said = ready
    assert max(text.count("\n") for text in said) == 3, said
    assert "\r" not in "".join(said)
    assert "Successfully installed pebble-1.0" in (
        checkout.root / ".journeyman" / "run.log"
    ).read_text(encoding="utf-8")


def test_a_terminal_sees_one_line_that_changes(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    try:
        mine, theirs = pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine gives nobody a terminal: {error}")
    checkout.errors_to = theirs
    with checkout.start(COLUMNS="60") as process:
        os.close(theirs)
        seen = b""
        # A terminal whose other side is closed says so by an error.
        with contextlib.suppress(OSError):
            while piece := os.read(mine, 4096):
                seen += piece
        process.communicate(timeout=120)
    os.close(mine)
    assert process.returncode == 7
    said = [line for line in re.split("[\r\n]+", seen.decode()) if line.startswith(" ")]
    assert said[0].strip().startswith("1/1 pebble 1.0")
    assert {len(line) for line in said} == {59}


def test_a_wrong_hash_is_refused_and_leaves_nothing_that_counts_as_ready(tmp_path: Path) -> None:
    checkout = Checkout(tmp_path)
    checkout.lock("0" * 64)
    code, out, err = checkout.run()
    assert (code, out) == (2, "")
    assert "could not install packages" in err
    log = checkout.root / ".journeyman" / "run.log"
    assert str(log) in err
    assert "DO NOT MATCH THE HASHES" in log.read_text()
    assert "0" * 64 in err
    assert not (checkout.environment / "locked.txt").exists()


@pytest.mark.root_or_user
def test_a_read_only_checkout_keeps_its_environment_in_the_data_folder(tmp_path: Path) -> None:
    if os.getuid() == 0:
        pytest.skip("root writes into read-only folders; the ordinary user's run tests this")
    checkout = Checkout(tmp_path)
    folders = [checkout.root, *(path for path in checkout.root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        data = tmp_path / "da ta"
        code, out, err = checkout.run(JOURNEYMAN_HOME=str(data))
        seen = json.loads(out)
        assert (code, seen["pebble"]) == (7, 3), err
        assert Path(seen["prefix"]).is_relative_to(data / "environments")
        assert Path(seen["bytecode"]) == data / "bytecode"
        assert checkout.run(JOURNEYMAN_HOME=str(data))[2] == ""
    finally:
        for folder in folders:
            folder.chmod(0o755)


def install_packages(folder: Path, *, uid: int, apt: str) -> tuple[int, str]:
    """What environment.sh does when packages lack, with stand-ins for id and apt-get."""
    for name, body in (("id", f"echo {uid}"), ("apt-get", apt)):
        if body:
            (folder / name).write_text(f"#!/bin/sh\n{body}\n")
            (folder / name).chmod(0o755)
    script = '. "$1"; install_packages "python3-venv git"'
    done = subprocess.run(
        ["/bin/sh", "-euc", script, "sh", str(ROOT / "scripts" / "environment.sh")],
        env={"PATH": str(folder)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_an_ordinary_user_is_told_which_packages_to_ask_for(tmp_path: Path) -> None:
    code, said = install_packages(tmp_path, uid=1000, apt="echo called")
    assert code == 2
    assert "apt-get install python3-venv git" in said
    assert "called" not in said


def test_root_installs_the_packages(tmp_path: Path) -> None:
    code, said = install_packages(tmp_path, uid=0, apt='echo "noise"; echo "called $*" >>calls')
    assert code == 0
    assert said.count("\n") == 1
    calls = (tmp_path / "calls").read_text()
    assert "called update" in calls
    assert calls.rstrip().endswith("python3-venv git")


def test_a_failing_package_manager_is_not_passed_over(tmp_path: Path) -> None:
    code, said = install_packages(tmp_path, uid=0, apt="echo the reason >&2; exit 100")
    assert code == 2
    assert "the reason" in said
    assert "could not install: python3-venv git" in said


def test_without_apt_the_needs_are_named(tmp_path: Path) -> None:
    code, said = install_packages(tmp_path, uid=0, apt="")
    assert code == 2
    assert "Python 3.11 or newer" in said
