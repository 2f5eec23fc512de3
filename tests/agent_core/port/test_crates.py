"""What a port is built on comes with it, locked."""

import tomllib

from agent_core.port import crates


def test_the_runtime_comes_with_its_sources_and_nothing_that_was_built() -> None:
    found = crates.runtime()
    assert {"Cargo.toml", "LICENSE", "Werkzeug-LICENSE.txt", "src/lib.rs"} <= found.keys()
    assert not any(path.startswith("target") for path in found)


def test_the_lock_of_a_port_is_the_runtimes_with_the_port_in_it() -> None:
    runtime = tomllib.loads(crates.runtime()["Cargo.lock"])
    locked = tomllib.loads(crates.lock("flask-port"))
    names = [package["name"] for package in locked["package"]]
    assert names == sorted(names)
    port = next(p for p in locked["package"] if p["name"] == "flask-port")
    assert port["dependencies"] == ["flask_runtime"]
    assert [p for p in locked["package"] if p["name"] != "flask-port"] == runtime["package"]
