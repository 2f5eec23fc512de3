import json
import subprocess
import sys
from pathlib import Path

import pytest

from runners import toolchains
from runners.problems import UserProblem
from runners.toolchain import Toolchain
from runners.toolchains import detect, install_hint

BASE = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
VERSION = ".".join(map(str, sys.version_info[:3]))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An empty home, and one python3 on PATH that belongs to nobody."""
    commands = tmp_path / "commands"
    link(commands / "python3")
    return {"PATH": str(commands), "HOME": str(tmp_path / "home")}


def link(path: Path) -> Path:
    """A way to start a Python that works, under another name."""
    path.parent.mkdir(parents=True)
    path.symlink_to(BASE)
    return path


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def too_old(path: Path) -> Path:
    """What a Python without importlib.metadata does to us."""
    return script(path, 'test "$1" = -c || exit 1; echo 3.7.16')


def virtual_environment(folder: Path) -> Path:
    command = [str(BASE), "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(command, check=True, timeout=60)
    return folder


def site_packages(environment: Path) -> Path:
    return next(environment.glob("lib/python*/site-packages"))


def install(environment: Path, name: str, version: str) -> Path:
    """Metadata of a distribution as pip leaves it."""
    folder = site_packages(environment) / f"{name}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    return folder


def refused(project: Path, environ: dict[str, str], named: Path | None = None) -> UserProblem:
    with pytest.raises(UserProblem) as caught:
        detect(project, named=named, environ=environ)
    assert "--python" in caught.value.hint
    return caught.value


class TestOrder:
    def test_environment_of_the_project(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        install(environment, "pytest", "8.3.4")
        toolchain = detect(project, environ=environ)
        assert toolchain == Toolchain(
            interpreter=str(environment / "bin" / "python"),
            version=VERSION,
            source=".venv of the project",
            prefix=str(environment),
            base_prefix=sys.base_prefix,
            pytest_version="8.3.4",
        )
        assert "pytest 8.3.4" in toolchain.sentence()

    def test_environment_called_venv(self, project: Path, environ: dict[str, str]) -> None:
        virtual_environment(project / "venv")
        assert detect(project, environ=environ).source == "venv of the project"

    def test_package_called_venv_is_none(self, project: Path, environ: dict[str, str]) -> None:
        (project / "venv").mkdir()
        (project / "venv" / "__init__.py").touch()
        assert detect(project, environ=environ).source == "python3 on PATH"

    def test_environment_of_the_repository_around(
        self, project: Path, environ: dict[str, str]
    ) -> None:
        part = project / "packages" / "part"
        part.mkdir(parents=True)
        environment = virtual_environment(project / ".venv")
        assert detect(part, environ=environ).source == "python3 on PATH"
        (project / ".git").mkdir()
        toolchain = detect(part, environ=environ)
        assert toolchain.prefix == str(environment)
        assert toolchain.source == f".venv of {project}"

    def test_project_before_activated(
        self, tmp_path: Path, project: Path, environ: dict[str, str]
    ) -> None:
        elsewhere = virtual_environment(tmp_path / "elsewhere")
        environ["VIRTUAL_ENV"] = str(elsewhere)
        assert detect(project, environ=environ).source == "VIRTUAL_ENV"
        virtual_environment(project / ".venv")
        assert detect(project, environ=environ).source == ".venv of the project"

    def test_named_before_all(self, tmp_path: Path, project: Path, environ: dict[str, str]) -> None:
        virtual_environment(project / ".venv")
        elsewhere = virtual_environment(tmp_path / "elsewhere")
        for named in (elsewhere, elsewhere / "bin" / "python"):
            toolchain = detect(project, named=named, environ=environ)
            assert (toolchain.prefix, toolchain.source) == (str(elsewhere), "named by --python")
        command = detect(project, named=Path("python3"), environ=environ)
        assert command.interpreter == str(Path(environ["PATH"]) / "python3")

    def test_named_relative_to_where_the_user_is(
        self, project: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        environment = virtual_environment(project / "mine")
        monkeypatch.chdir(project)
        toolchain = detect(project, named=Path("mine/bin/python"), environ=environ)
        assert toolchain.prefix == str(environment)

    def test_our_own_environment_is_never_taken_as_activated(
        self,
        tmp_path: Path,
        project: Path,
        environ: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        ours = virtual_environment(tmp_path / "ours")
        monkeypatch.setattr(sys, "prefix", str(ours))
        environ["VIRTUAL_ENV"] = str(ours)
        environ["PATH"] = f"{ours / 'bin'}:{environ['PATH']}"
        toolchain = detect(project, environ=environ)
        assert toolchain.source == "python3 on PATH"
        assert toolchain.prefix == sys.base_prefix

    def test_our_own_interpreter_is_the_last_resort_and_said(
        self, tmp_path: Path, project: Path, environ: dict[str, str]
    ) -> None:
        environ["PATH"] = str(tmp_path)
        toolchain = detect(project, environ=environ)
        assert toolchain.interpreter == sys.executable
        assert "Journeyman's own" in toolchain.source

    def test_the_bundle_has_none_of_its_own_and_says_what_to_do(
        self,
        tmp_path: Path,
        project: Path,
        environ: dict[str, str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        environ["PATH"] = str(tmp_path)
        problem = refused(project, environ)
        assert problem.what == "No usable Python was found"
        assert "install Python" in problem.hint

    def test_path_is_searched_on_when_the_first_is_no_good(
        self, tmp_path: Path, project: Path, environ: dict[str, str]
    ) -> None:
        too_old(tmp_path / "old" / "python3")
        script(tmp_path / "broken" / "python3", "exit 3")
        environ["PATH"] = f"{tmp_path / 'old'}:{tmp_path / 'broken'}:{environ['PATH']}"
        assert detect(project, environ=environ).version == VERSION

    def test_shim_on_path_is_seen_through(
        self, tmp_path: Path, project: Path, environ: dict[str, str]
    ) -> None:
        script(tmp_path / "shims" / "python3", f'exec {BASE} "$@"')
        environ["PATH"] = f"{tmp_path / 'shims'}:/bin:/usr/bin"
        assert detect(project, environ=environ).interpreter == str(BASE)


class TestVersionFiles:
    @pytest.mark.parametrize(
        ("text", "version"),
        [
            (".python-version|3.90.5\n", "3.90.5"),
            (".python-version|# ours\n\n3.90 # new\n", "3.90"),
            (".python-version|work-3\n", "work-3"),
            (".tool-versions|nodejs 20\npython 3.90.5\n", "3.90.5"),
        ],
    )
    def test_pyenv(self, project: Path, environ: dict[str, str], text: str, version: str) -> None:
        file, _, content = text.partition("|")
        store = project.parent / "pyenv" / "versions"
        for installed in ("3.9.1", "3.90.5", "work-3"):
            link(store / installed / "bin" / "python")
        environ["PYENV_ROOT"] = str(store.parent)
        (project / file).write_text(content)
        toolchain = detect(project, environ=environ)
        assert toolchain.source == f"{file}: {version} of pyenv"
        assert toolchain.interpreter.startswith(str(store / version))

    def test_newest_of_several_in_the_home_of_the_user(
        self, project: Path, environ: dict[str, str]
    ) -> None:
        store = Path(environ["HOME"]) / ".pyenv" / "versions"
        for version in ("3.90.9", "3.90.10", "3.90.2", "3.9.99", "3.90-dev"):
            link(store / version / "bin" / "python")
        (project / ".python-version").write_text("3.90")
        interpreter = detect(project, environ=environ).interpreter
        assert interpreter == str(store / "3.90.10" / "bin" / "python")

    @pytest.mark.parametrize(
        ("place", "manager"),
        [
            (".asdf/installs/python/3.90.5", "asdf"),
            (".local/share/mise/installs/python/3.90.5", "mise"),
            (".local/share/uv/python/cpython-3.90.5-linux-x86_64-gnu", "uv"),
        ],
    )
    def test_other_managers(
        self, project: Path, environ: dict[str, str], place: str, manager: str
    ) -> None:
        link(Path(environ["HOME"]) / place / "bin" / "python")
        (project / ".tool-versions").write_text("python 3.90.5")
        toolchain = detect(project, environ=environ)
        assert toolchain.source == f".tool-versions: 3.90.5 of {manager}"

    def test_command_of_that_version_on_path(self, project: Path, environ: dict[str, str]) -> None:
        (Path(environ["PATH"]) / "python3.90").symlink_to(BASE)
        (project / ".python-version").write_text("3.90")
        assert detect(project, environ=environ).source == ".python-version: python3.90 on PATH"

    def test_variable_before_file(self, project: Path, environ: dict[str, str]) -> None:
        for version in ("3.90.5", "3.91.0"):
            link(Path(environ["HOME"]) / ".pyenv" / "versions" / version / "bin" / "python")
        (project / ".python-version").write_text("3.90.5")
        environ["PYENV_VERSION"] = "3.91.0"
        assert detect(project, environ=environ).source == "PYENV_VERSION: 3.91.0 of pyenv"

    @pytest.mark.parametrize("version", ["3.90.5", "../../etc", "ghost"])
    def test_missing_version_is_said(
        self, project: Path, environ: dict[str, str], version: str
    ) -> None:
        (project / ".python-version").write_text(version)
        assert detect(project, environ=environ).source == (
            f"python3 on PATH; .python-version asks for {version}, which is not installed"
        )

    def test_system_is_no_wish(self, project: Path, environ: dict[str, str]) -> None:
        (project / ".python-version").write_text("system\n")
        assert detect(project, environ=environ).source == "python3 on PATH"


class TestRefused:
    def test_dangling_link(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        python = environment / "bin" / "python"
        python.unlink()
        python.symlink_to("/no/such/python")
        problem = refused(project, environ)
        assert str(environment) in problem.what
        assert "/no/such/python, which does not exist" in problem.why
        assert f"python3 -m venv --clear {environment}" in problem.hint

    def test_base_that_is_gone(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        (environment / "pyvenv.cfg").write_text("home = /no/such/place\n")
        assert "/no/such/place" in refused(project, environ).why

    def test_missing_configuration(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        (environment / "pyvenv.cfg").unlink()
        assert refused(project, environ).why == "its pyvenv.cfg is missing"

    def test_empty_folder(self, project: Path, environ: dict[str, str]) -> None:
        (project / ".venv").mkdir()
        assert refused(project, environ).why == "there is no interpreter in it"

    def test_activated_and_deleted(self, project: Path, environ: dict[str, str]) -> None:
        environ["VIRTUAL_ENV"] = "/no/such/environment"
        assert "/no/such/environment" in refused(project, environ).what

    def test_interpreter_that_dies(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        (environment / "bin" / "python").unlink()
        script(environment / "bin" / "python", "echo 'lib gone' >&2; exit 127")
        problem = refused(project, environ)
        assert "lib gone" in problem.why
        assert "venv --clear" in problem.hint

    @pytest.mark.parametrize(
        ("lock", "command"),
        [("uv.lock", "uv sync"), ("poetry.lock", "poetry install")],
    )
    def test_hint_fits_the_manager(
        self, project: Path, environ: dict[str, str], lock: str, command: str
    ) -> None:
        (project / ".venv").mkdir()
        (project / lock).touch()
        assert command in refused(project, environ).hint

    @pytest.mark.parametrize("named", ["/no/such/python", "/tmp", "no-such-command"])  # noqa: S108
    def test_named_that_is_none(self, project: Path, environ: dict[str, str], named: str) -> None:
        assert named in refused(project, environ, Path(named)).what

    def test_named_that_is_no_python(self, project: Path, environ: dict[str, str]) -> None:
        assert "does not answer" in refused(project, environ, Path("/bin/true")).why

    def test_named_that_cannot_be_executed(
        self, tmp_path: Path, project: Path, environ: dict[str, str]
    ) -> None:
        path = tmp_path / "python"
        path.write_text("no program")
        assert "could not be started" in refused(project, environ, path).why

    def test_named_too_old(self, tmp_path: Path, project: Path, environ: dict[str, str]) -> None:
        path = too_old(tmp_path / "python3.7")
        problem = refused(project, environ, path)
        assert str(path) in problem.what
        assert "3.7.16" in problem.why
        assert "3.8" in problem.why


class TestEditable:
    @pytest.fixture
    def environment(self, project: Path) -> Path:
        return virtual_environment(project / ".venv")

    def editable(self, project: Path, environ: dict[str, str]) -> tuple[str, ...]:
        return detect(project, environ=environ).editable

    def test_path_lines(
        self, project: Path, environment: Path, environ: dict[str, str], tmp_path: Path
    ) -> None:
        (project / "src").mkdir()
        (tmp_path / "other").mkdir()
        lines = f"{project / 'src'}\n{tmp_path / 'other'}\n"
        (site_packages(environment) / "__editable__.thing-1.0.pth").write_text(lines)
        assert self.editable(project, environ) == (str(project / "src"),)

    def test_import_hook_of_setuptools(
        self, project: Path, environment: Path, environ: dict[str, str]
    ) -> None:
        packages = site_packages(environment)
        mapping = {"thing": str(project / "lib" / "thing"), "far": "/far/away"}
        finder = "__editable___thing_1_0_finder"
        (packages / f"{finder}.py").write_text(
            f"MAPPING = {mapping!r}\nNAMESPACES = {{'space': [{str(project / 'ns')!r}]}}\n"
        )
        (packages / "__editable__.thing-1.0.pth").write_text(f"import {finder}\n")
        assert self.editable(project, environ) == (
            str(project / "lib" / "thing"),
            str(project / "ns"),
        )

    def test_what_only_the_installer_knows(
        self, project: Path, environment: Path, environ: dict[str, str]
    ) -> None:
        folder = install(environment, "thing", "1.0")
        origin = {"url": project.as_uri(), "dir_info": {"editable": True}}
        (folder / "direct_url.json").write_text(json.dumps(origin))
        assert self.editable(project, environ) == (str(project),)

    def test_ordinary_packages_and_the_environment_itself_are_none(
        self, project: Path, environment: Path, environ: dict[str, str]
    ) -> None:
        install(environment, "thing", "1.0")
        assert self.editable(project, environ) == ()


class TestProbe:
    def test_modules_of_the_project_are_not_imported(
        self, project: Path, environ: dict[str, str]
    ) -> None:
        for name in ("json", "os", "sitecustomize", "importlib"):
            (project / f"{name}.py").write_text("raise SystemExit('imported')")
        assert detect(project, environ=environ).version == VERSION

    def test_our_python_variables_have_no_say(
        self, project: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PYTHONPATH", str(project))
        monkeypatch.setenv("PYTHONHOME", "/no/such/home")
        assert detect(project, environ=environ).editable == ()

    def test_our_own_folder_is_on_nobodys_import_path(self, environ: dict[str, str]) -> None:
        ours = Path(toolchains.__file__).parent
        assert detect(ours, named=BASE, environ=environ).editable == ()

    def test_start_up_code_that_prints(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        line = "import sys; sys.stdout.write('welcome')\n"
        (site_packages(environment) / "welcome.pth").write_text(line)
        assert detect(project, environ=environ).version == VERSION


class TestInstallHint:
    def hint(self, project: Path, environ: dict[str, str]) -> str:
        toolchain = detect(project, environ=environ)
        assert toolchain.pytest_version is None
        return install_hint(toolchain)

    @pytest.mark.parametrize(
        ("lock", "command"),
        [
            ("uv.lock", "uv add --dev pytest"),
            ("poetry.lock", "poetry add -G dev pytest"),
        ],
    )
    def test_manager_of_the_project(
        self, project: Path, environ: dict[str, str], lock: str, command: str
    ) -> None:
        virtual_environment(project / ".venv")
        (project / lock).touch()
        assert self.hint(project, environ) == command

    def test_pip(self, project: Path, environ: dict[str, str]) -> None:
        python = virtual_environment(project / ".venv") / "bin" / "python"
        assert self.hint(project, environ) == f"{python} -m pip install pytest"

    def test_environment_by_uv_has_no_pip(self, project: Path, environ: dict[str, str]) -> None:
        environment = virtual_environment(project / ".venv")
        with (environment / "pyvenv.cfg").open("a") as stream:
            stream.write("uv = 0.5.1\n")
        python = environment / "bin" / "python"
        assert self.hint(project, environ) == f"uv pip install --python {python} pytest"

    def test_lock_without_environment_is_said(self, project: Path, environ: dict[str, str]) -> None:
        (project / "uv.lock").touch()
        assert "`uv sync`" in detect(project, environ=environ).source

    def test_distribution_keeps_pip_out(self, project: Path, environ: dict[str, str]) -> None:
        python = Path("/usr/bin/python3")
        if not list(Path("/usr/lib").glob("python3*/EXTERNALLY-MANAGED")):
            pytest.skip("this distribution lets pip into its own Python")
        toolchain = detect(project, named=python, environ=environ)
        assert toolchain.installer == "distribution"
        assert install_hint(toolchain) == (
            "/usr/bin/python3 -m venv .venv && .venv/bin/python -m pip install pytest"
        )
