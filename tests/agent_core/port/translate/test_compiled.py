"""A port is compiled without a warning, and answers as the original does."""

import json
import os
import shutil
import socket
import subprocess
import time
import types
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from agent_core.port.translate.supported import RUNTIME
from tests.agent_core.port.translate.converting import converted
from tests.agent_core.port.translate.everything import APP, RUNS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if shutil.which("cargo") is None:
        pytest.skip("no cargo at hand: nothing was compiled")
    folder = tmp_path_factory.mktemp("everything")
    found = converted(folder, APP)
    assert (found.left, found.refusals) == ((), ())
    crate = folder / "rust"
    shutil.copytree(RUNTIME, crate / "flask_runtime", ignore=shutil.ignore_patterns("target"))
    shutil.copy2(RUNTIME / "Cargo.lock", crate / "Cargo.lock")
    for path, text in found.files.items():
        (crate / path).parent.mkdir(parents=True, exist_ok=True)
        (crate / path).write_text(text, encoding="utf-8")
    target = crate / "target"
    env = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_BUILD_JOBS": "1"}
    argv = ["cargo", "build", "--offline", "--quiet"]
    done = subprocess.run(argv, cwd=crate, env=env, capture_output=True, text=True, check=False)
    if "no matching package named" in done.stderr:
        pytest.skip("the crates were never fetched: nothing was compiled")
    assert done.returncode == 0, done.stderr
    assert "src/app.rs" not in done.stderr, "warnings"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    server = subprocess.Popen(
        [target / "debug" / "flask-port"], cwd=folder, env={**env, "PORT": str(number)}
    )
    try:
        yield number
    finally:
        server.kill()
        server.wait()


@pytest.fixture(scope="module")
def original() -> Any:
    module = types.ModuleType("app")
    exec(APP, module.__dict__)  # noqa: S102  (the tests' own source)
    app: Any = module.__dict__["app"]
    app.logger.disabled = True
    return app.test_client()


@pytest.mark.parametrize("name", RUNS)
def test_a_run_has_the_same_result(port: int, original: Any, name: str) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    for _ in range(100):
        try:
            connection.request("GET", f"/run/{name}")
            break
        except ConnectionRefusedError:
            connection.close()
            time.sleep(0.05)
    answer = connection.getresponse()
    expected = original.get(f"/run/{name}")
    assert answer.status == expected.status_code
    body = answer.read()
    connection.close()
    if answer.status == 200:
        assert json.loads(body)["result"] == expected.get_json()["result"]
