"""Editable installs that point at the user's folder test the workspace."""

import asyncio
import site
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from runners.reports import TestReport
from runners.suite import Suite
from runners.suite_runs import run_suite
from tests.runners.projects import toolchain, write

FINDER = """
import sys
from importlib.util import spec_from_file_location
from pathlib import Path

MAPPING = {mapping!r}

class Finder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            init = Path(MAPPING[name], "__init__.py")
            folders = [str(init.parent)]
            return spec_from_file_location(name, init, submodule_search_locations=folders)

def install():
    sys.meta_path.append(Finder)
"""

PROGRAM = """
    from {name} import WHERE
    print(WHERE)
"""

TESTS = """
    import subprocess
    import sys
    from importlib import metadata

    import pytest

    def test_metadata():
        assert metadata.version("by_path") == "1.5"

    NAMES = ["by_path", "by_finder", "renamed"]

    @pytest.mark.parametrize("name", NAMES)
    def test_import(name):
        assert __import__(name).WHERE == "workspace"

    @pytest.mark.parametrize("name", NAMES)
    def test_grandchild(name, tmp_path):
        command = [sys.executable, "-m", name]
        assert subprocess.check_output(command, cwd=tmp_path, text=True).strip() == "workspace"
"""


def package(name: str, where: str) -> dict[str, str]:
    return {
        "__init__.py": f"WHERE = {where!r}\n",
        "__main__.py": PROGRAM.format(name=name),
    }


def lay_out(root: Path, where: str) -> Path:
    places = {"by_path": "src/by_path", "by_finder": "by_finder", "renamed": "lib"}
    for name, place in places.items():
        write(root / place, package(name, where))
    return write(root, {"tests/test_it.py": TESTS})


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """A virtual environment inside the user's folder, with editable installs of three kinds."""
    folder = tmp_path_factory.mktemp("installed")
    origin = lay_out(folder / "origin", "origin")
    workspace = lay_out(folder / "workspace", "workspace")
    # Beside the sources, as older tools leave it, and ignored by git.
    write(
        origin / "src" / "by_path.egg-info",
        {"PKG-INFO": "Metadata-Version: 2.1\nName: by_path\nVersion: 1.5\n"},
    )
    environment = origin / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = environment / "lib" / version / "site-packages"
    mapping = {"by_finder": str(origin / "by_finder"), "renamed": str(origin / "lib")}
    write(
        packages,
        {
            "_finder.py": FINDER.format(mapping=mapping),
            "finder.pth": "import _finder; _finder.install()\n",
            "path.pth": f"{origin / 'src'}\n",
            "pytest.pth": "\n".join(site.getsitepackages()),
        },
    )
    interpreter = environment / "bin" / "python"
    chain = msgspec.structs.replace(toolchain(str(interpreter)), prefix=str(environment))
    return Suite(chain, "pytest", str(workspace), str(origin))


def run(suite: Suite, folder: Path) -> TestReport:
    scratch = folder / "scratch"
    scratch.mkdir()
    return asyncio.run(run_suite(suite, deadline_s=60, scratch=scratch))


def test_the_workspace_is_tested_also_by_grandchildren(installed: Suite, tmp_path: Path) -> None:
    report = run(installed, tmp_path)
    assert report.red == (), report.output_tail
    assert len(report.green) == 7
    inside = {module.name: module.inside for module in report.modules}
    assert inside["by_path"]
    assert inside["by_finder"]
    assert inside["renamed"]


def test_what_still_comes_from_the_users_folder_is_reported(
    installed: Suite, tmp_path: Path
) -> None:
    # Nothing is remapped, as the folder that the installs point at is taken for another one.
    elsewhere = msgspec.structs.replace(installed, origin=str(tmp_path))
    report = run(elsewhere, tmp_path)
    # The folder in which the tests run comes first on sys.path, for them alone.
    assert report.green == (
        "tests/test_it.py::test_metadata",
        "tests/test_it.py::test_import[by_finder]",
    )
    outside = {module.name for module in report.modules if not module.inside}
    assert "by_path" in outside
