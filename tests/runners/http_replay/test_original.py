"""Serving an application again and again from the state it has after its import."""

import http.client
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from runners.http_replay.original import Original, facts
from runners.http_replay.serving import ServerFailed
from tests.guards import children
from tests.runners.http_replay.apps import BLOG, NOTES, ask, environment, project

CONNECTED = {
    "app.py": """
        import logging
        import sqlite3

        from flask import Flask

        app = Flask(__name__)
        logging.basicConfig(filename="/dev/stdout")
        connection = sqlite3.connect("visits.db", check_same_thread=False)
        connection.execute("CREATE TABLE IF NOT EXISTS visit (number INTEGER)")
        connection.execute("INSERT INTO visit VALUES (1)")
        connection.commit()


        @app.route("/")
        def visit():
            connection.execute("INSERT INTO visit VALUES (2)")
            connection.commit()
            return str(connection.execute("SELECT count(*) FROM visit").fetchone()[0])


        @app.route("/spin")
        def spin():
            while True:
                pass
        """
}
FORM = "application/x-www-form-urlencoded"
ODD = {
    "app.py": """
        import os
        import random
        import signal
        import socket
        import subprocess
        import sys
        import threading
        import time
        from pathlib import Path

        from flask import Flask, Response, request

        app = Flask(__name__)
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        random.seed(7)


        @app.route("/die")
        def die():
            os.kill(os.getpid(), signal.SIGKILL)


        @app.route("/write")
        def write():
            return str(Path(request.args["to"]).write_text("written"))


        @app.route("/connect")
        def connect():
            socket.create_connection((request.args["host"], int(request.args["port"])), 1).close()
            return "connected"


        @app.route("/start")
        def start():
            return subprocess.check_output([sys.executable, "-S", "-c", "print('out')"])


        @app.route("/random")
        def number():
            return str(random.random())


        @app.route("/stream", methods=["GET", "POST"])
        def stream():
            return Response(iter(["one,", "", "two"]))


        @app.route("/echo/<path:rest>", methods=["GET", "POST"])
        def echo(rest):
            return {"rest": rest, "query": request.query_string.decode(), "body": len(request.data)}


        @app.teardown_request
        def tidy(error):
            if request.path == "/echo/late":
                time.sleep(0.2)
                Path("late.txt").write_text("tidied")
        """
}


def serve(folder: Path, files: Mapping[str, str], *, guard: bool = True) -> Original:
    root = project(folder, files)
    return Original(sys.executable, root, environment(folder), guard=guard)


def test_globals_are_as_after_the_import_each_time(tmp_path: Path) -> None:
    with serve(tmp_path, NOTES) as original:
        for _ in range(2):
            original.begin()
            assert ask(original.port, "GET", "/notes/big/1")[0] == 404
            assert ask(original.port, "PUT", "/notes/big/1", '{"a": 1}') == (201, '{"a":1}\n')
            assert ask(original.port, "GET", "/notes/small/1") == (200, '{"a":1}\n')
            assert original.end() == ""
        assert original.threads == 0
    assert children() == set()


def test_files_are_as_after_the_import_each_time(tmp_path: Path) -> None:
    with serve(tmp_path, BLOG) as original:
        for _ in range(2):
            original.begin()
            assert ask(original.port, "GET", "/posts/") == (200, "[]\n")
            assert ask(original.port, "POST", "/posts/", "title=a", FORM)[0] == 204
            assert ask(original.port, "GET", "/posts/") == (200, '["a"]\n')
            assert ask(original.port, "GET", "/posts/seen") == (200, "1")
        assert original.end() == ""
        assert original.refused == ()


def test_a_connection_made_at_the_import_sees_the_first_state(tmp_path: Path) -> None:
    with serve(tmp_path, CONNECTED) as original:
        for _ in range(3):
            original.begin()
            assert [ask(original.port, "GET", "/")[1] for _ in range(2)] == ["2", "3"]
            assert original.end() == ""
        assert original.refused == ()


def test_a_request_that_never_ends_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with serve(tmp_path, CONNECTED) as original:
        original.begin()
        with socket.create_connection(("127.0.0.1", original.port)) as connection:
            connection.sendall(b"GET /spin HTTP/1.1\r\nHost: a\r\n\r\n")
            # Accepted one after the other: when this one is answered, that one runs.
            assert ask(original.port, "GET", "/") == (200, "2")
            assert original.end() == ""
        original.begin()
        assert ask(original.port, "GET", "/") == (200, "2")


def test_a_seed_set_at_the_import_is_kept_and_none_is_invented(tmp_path: Path) -> None:
    def drawn(original: Original, target: str) -> set[str]:
        numbers = set()
        for _ in range(2):
            original.begin()
            numbers.add(ask(original.port, "GET", target)[1])
        return numbers

    (tmp_path / "seeded").mkdir()
    with serve(tmp_path / "seeded", ODD) as original:
        assert len(drawn(original, "/random")) == 1
    with serve(tmp_path, NOTES) as original:
        assert len(drawn(original, "/roll/")) == 2


def test_the_end_of_a_server_that_died_says_how(tmp_path: Path) -> None:
    with serve(tmp_path, ODD) as original:
        assert original.end() == ""
        original.begin()
        with pytest.raises((http.client.HTTPException, OSError)):
            ask(original.port, "GET", "/die")
        assert original.end() == "killed by signal 9"
        original.begin()
        assert ask(original.port, "GET", "/stream") == (200, "one,two")
        assert original.threads == 1


def test_what_is_done_after_the_answer_is_waited_for(tmp_path: Path) -> None:
    with serve(tmp_path, ODD) as original:
        original.begin()
        assert ask(original.port, "GET", "/echo/late")[0] == 200
        assert original.end() == ""
        assert (original.root / "late.txt").read_text() == "tidied"
        original.begin()
        assert not (original.root / "late.txt").exists()


def test_writes_stay_in_the_copy(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    with serve(tmp_path, ODD) as original:
        original.begin()
        assert ask(original.port, "GET", "/write?to=inside.txt") == (200, "7")
        assert ask(original.port, "GET", f"/write?to={tmp_path}/temporary/t.txt") == (200, "7")
        assert ask(original.port, "GET", f"/write?to={outside}")[0] == 500
        assert original.end() == ""
        assert original.refused == (f"open {outside}",)
    assert not outside.exists()


def test_connections_stay_on_this_machine(tmp_path: Path) -> None:
    with serve(tmp_path, ODD) as original, socket.create_server(("127.0.0.1", 0)) as listener:
        original.begin()
        port = listener.getsockname()[1]
        assert ask(original.port, "GET", f"/connect?host=127.0.0.1&port={port}")[0] == 200
        assert ask(original.port, "GET", "/connect?host=192.0.2.1&port=9")[0] == 500
        assert ask(original.port, "GET", "/connect?host=example.org&port=9")[0] == 500
        assert ask(original.port, "GET", "/start") == (200, "out\n")
        assert original.end() == ""
        assert original.refused == (
            "socket.getaddrinfo 192.0.2.1",
            "socket.getaddrinfo example.org",
        )
        assert original.started == (os.path.basename(sys.executable),)  # noqa: PTH119


def test_without_the_guard_nothing_is_refused(tmp_path: Path) -> None:
    with serve(tmp_path, ODD, guard=False) as original:
        original.begin()
        assert ask(original.port, "GET", f"/write?to={tmp_path}/outside.txt") == (200, "7")
        original.end()
        assert original.refused == original.started == ()


def test_requests_of_one_connection(tmp_path: Path) -> None:
    with serve(tmp_path, ODD) as original:
        original.begin()
        connection = http.client.HTTPConnection("127.0.0.1", original.port, timeout=10)
        connection.connect()
        kept = connection.sock
        for method, target, body, expected in (
            ("GET", "/echo/a%20b/%C3%A9?x=%41&y", None, ("a b/é", "x=%41&y", 0)),
            ("POST", "/echo/x", b"12345", ("x", "", 5)),
            ("GET", "/echo/after", None, ("after", "", 0)),
        ):
            connection.request(method, target, body)
            answer = json.loads(connection.getresponse().read())
            assert (answer["rest"], answer["query"], answer["body"]) == expected
        connection.request("HEAD", "/stream")
        assert connection.getresponse().read() == b""
        connection.request("POST", "/stream", b"unread")
        answered = connection.getresponse()
        assert answered.getheader("Transfer-Encoding") == "chunked"
        assert answered.read() == b"one,two"
        connection.request("GET", "/nowhere")
        assert b"<title>404 Not Found" in connection.getresponse().read()
        assert connection.sock is kept
        connection.close()


def raw(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        with connection.makefile("rb") as stream:
            return stream.read()


def test_requests_that_only_a_socket_sends(tmp_path: Path) -> None:
    with serve(tmp_path, ODD) as original:
        original.begin()
        for sent, answered in (
            (b"GET //echo/x HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 "),
            (b"GET http://a/echo/x HTTP/1.1\r\nHost: b\r\n\r\n", b"HTTP/1.1 200 "),
            (b"GET /stream HTTP/1.0\r\n\r\n", b"HTTP/1.1 200 "),
            (b"POST /stream HTTP/1.1\r\nContent-Length: many\r\n\r\n", b"HTTP/1.1 400 "),
            (b"POST /stream HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"HTTP/1.1 411 "),
            (b"nonsense\r\n\r\n", b"<!DOCTYPE HTML"),
            (b"GET /" + b"x" * 70_000, b"HTTP/1.1 414 "),
        ):
            assert raw(original.port, sent).startswith(answered), sent
            assert ask(original.port, "GET", "/stream") == (200, "one,two")
        assert original.end() == ""


def test_the_lines_that_followed_each_other_are_written_down(tmp_path: Path) -> None:
    root, env = project(tmp_path, NOTES), environment(tmp_path)
    coverage = tmp_path / "arcs.jsonl"
    files = facts(sys.executable, root, env).files
    lines = (root / "app.py").read_text().splitlines()
    ask_twice = lines.index("    if number not in NOTES:") + 1
    with Original(sys.executable, root, env, coverage=coverage, files=files) as original:
        for method in ("GET", "PUT"):
            original.begin()
            ask(original.port, method, "/notes/big/1", "" if method == "GET" else "{}")
            assert original.end() == ""
    first, second = [json.loads(line) for line in coverage.read_text().splitlines()]
    assert first["file"] == second["file"] == "app.py"
    assert [ask_twice - 2, ask_twice] not in first["arcs"]
    assert [ask_twice - 3, ask_twice] in first["arcs"]
    assert [ask_twice, ask_twice + 1] in first["arcs"]
    entered = [-(lines.index("@told") - 0), ask_twice - 3]
    assert entered in first["arcs"]
    assert entered in second["arcs"]
    assert [ask_twice - 1, entered[0]] in second["arcs"]
    # The view left by an exception: that is no arc.
    assert [ask_twice + 1, entered[0]] not in first["arcs"]


def test_one_that_cannot_be_imported(tmp_path: Path) -> None:
    with pytest.raises(ServerFailed, match=r"app\.py, line 1: ZeroDivisionError"):
        serve(tmp_path, {"app.py": "app = 1 / 0\n"})


def test_what_the_import_must_not_do(tmp_path: Path) -> None:
    text = f"from pathlib import Path\n\napp = Path('{tmp_path}/outside').mkdir()\n"
    with pytest.raises(ServerFailed, match="refused while answers are compared"):
        serve(tmp_path, {"app.py": text})
    assert not (tmp_path / "outside").exists()
