"""An application's own tests, their client asking a server."""

import asyncio
import base64
import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from runners.http_replay.original import Original
from runners.reports import TestReport
from runners.suite import HttpTests, Suite
from runners.suite_runs import run_suite
from tests.runners.http_replay.apps import environment, project
from tests.runners.projects import statuses, toolchain

APP = {
    "app.py": """
        from flask import Flask, jsonify, redirect, request, session

        app = Flask(__name__)
        app.secret_key = "sesame"
        SEEN = []


        @app.route("/seen", methods=["GET", "POST"])
        def seen():
            SEEN.append(request.get_json(silent=True))
            return jsonify(SEEN), 200 if request.method == "GET" else 201


        @app.route("/login", methods=["POST"])
        def login():
            session["name"] = request.form["name"]
            return redirect("/me?as=%C3%A9")


        @app.route("/me")
        def me():
            return jsonify(name=session.get("name"), query=request.args.get("as"))


        @app.route("/upload", methods=["POST"])
        def upload():
            return request.files["file"].read()
        """
}
PYTEST = {
    "test_app.py": """
        import io

        import flask
        import pytest

        import app as module


        @pytest.fixture
        def client():
            module.SEEN.append("in the test process")
            with module.app.test_client() as client:
                yield client


        def test_first(client):
            answer = client.post("/seen", json={"a": "é"})
            assert (answer.status_code, answer.get_json()) == (201, [{"a": "é"}])
            assert len(client.get("/seen").get_json()) == 2


        def test_second_meets_a_fresh_server(client):
            assert client.get("/seen").get_json() == [None]


        def test_cookies_and_redirects(client):
            answer = client.post("/login", data={"name": "Ann"}, follow_redirects=True)
            assert answer.get_json() == {"name": "Ann", "query": "é"}
            assert client.head("/me").data == b""
            assert client.get("/nowhere").status == "404 NOT FOUND"


        def test_upload(client):
            data = {"file": (io.BytesIO(bytes(range(256))), "all.bin")}
            assert client.post("/upload", data=data).data == bytes(range(256))


        def test_without_a_request():
            assert module.app.secret_key == "sesame"


        def test_that_looks_into_the_process(client):
            client.post("/login", data={"name": "Ann"})
            assert flask.session["name"] == "Ann"
        """
}
UNITTEST = {
    "test_app.py": """
        import unittest

        from app import app


        class Seen(unittest.TestCase):
            def test_first(self):
                self.assertEqual(app.test_client().get("/seen").get_json(), [None])

            def test_second(self):
                self.assertEqual(app.test_client().get("/seen").get_json(), [None])

            def test_third_sends_nothing(self):
                self.assertEqual(app.name, "app")
        """
}


@contextmanager
def control(original: Original) -> Iterator[tuple[str, int]]:
    """Answers each reset with the port of the fresh server."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.readline() == b"reset\n"
            original.begin()
            self.wfile.write(b"%d\n" % original.port)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield "127.0.0.1", server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def run(suite: Suite, folder: Path, address: tuple[str, int]) -> tuple[TestReport, list[Any]]:
    """The report, and the lines of the record."""
    record = folder / "record.jsonl"
    http = HttpTests(control=address, record=str(record))
    report = asyncio.run(run_suite(suite, deadline_s=60, scratch=folder, http=http))
    return report, [json.loads(line) for line in record.read_text().splitlines()]


@pytest.fixture
def original(tmp_path: Path) -> Iterator[Original]:
    folder = tmp_path / "served"
    folder.mkdir()
    with Original(sys.executable, project(folder, APP), environment(folder)) as served:
        yield served


def test_pytest(tmp_path: Path, original: Original) -> None:
    root = str(project(tmp_path, APP | PYTEST))
    suite = Suite(toolchain=toolchain(), framework="pytest", root=root, origin=root)
    with control(original) as address:
        report, record = run(suite, tmp_path, address)
    found = statuses(report)
    assert found.pop("test_that_looks_into_the_process") == "failed"
    assert set(found.values()) == {"passed"}, report
    begun = [line["test"] for line in record if "method" not in line]
    sent = [line for line in record if "method" in line]
    assert [each.partition("::")[2] for each in begun] == list(statuses(report))
    assert "test_app.py::test_without_a_request" not in {line["test"] for line in sent}
    first, _, _, login, me, *_ = sent
    assert (first["method"], first["target"], first["status"]) == ("POST", "/seen", 201)
    assert ["Content-Type", "application/json"] in first["headers"]
    assert json.loads(base64.b64decode(first["body"])) == {"a": "é"}
    assert json.loads(base64.b64decode(first["answer_body"])) == [{"a": "é"}]
    assert "set-cookie" in {name.lower() for name, _ in login["answer_headers"]}
    assert (me["method"], me["target"]) == ("GET", "/me?as=%C3%A9")


def test_unittest(tmp_path: Path, original: Original) -> None:
    root = str(project(tmp_path, APP | UNITTEST))
    suite = Suite(toolchain=toolchain(), framework="unittest", root=root, origin=root)
    with control(original) as address:
        report, record = run(suite, tmp_path, address)
    assert set(statuses(report).values()) == {"passed"}, report
    assert [line["test"].rpartition("::")[2] for line in record] == [
        "test_first",
        "test_first",
        "test_second",
        "test_second",
        "test_third_sends_nothing",
    ]
