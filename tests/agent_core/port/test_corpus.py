"""A corpus succeeds on every route, repeats itself, and tells changed applications apart."""

import collections.abc
import textwrap
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from agent_core.port.corpus import generate
from agent_core.port.guiding import LONGEST
from agent_core.port.mining import mine
from runners.http_replay.app import AppFacts
from runners.http_replay.cookies import parse, session_data
from runners.http_replay.exchange import Corpus, Request, Response, Sequence
from tests.agent_core.port.apps import APPS
from tests.agent_core.port.live import FlaskLive

REQUESTS = 1000
TOLD_APART = 0.85
"""Least share of changes that one seed shows; all seeds of a gate together show more."""
QUICK = ["todo", "calculator", "blog", pytest.param("login", marks=pytest.mark.slow)]
CHANGED = [
    "calculator",
    *(pytest.param(name, marks=pytest.mark.slow) for name in APPS if name != "calculator"),
]


def generated(source: str, *, seed: int = 1, requests: int = REQUESTS) -> Corpus:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        live = FlaskLive(root, source)
        facts = live.facts()
        return generate(facts, mine(root, facts), live, seed=seed, requests=requests)


@cache
def corpus(name: str) -> Corpus:
    return generated(APPS[name].source)


def replayed(live: FlaskLive, sequence: Sequence) -> list[Response]:
    live.begin()
    responses: list[Response] = []
    for request in sequence.requests:
        responses.append(live.send(request, responses))
    return responses


def shown(response: Response) -> tuple[object, ...]:
    """An answer without what changes with the time."""
    headers = [(n, v) for n, v in response.headers if n != "Set-Cookie"]
    cookies = []
    for cookie in map(parse, response.all("set-cookie")):
        kept = {name: value for name, value in cookie.attributes.items() if name != "expires"}
        cookies.append((cookie.name, session_data(cookie.value) or cookie.value, kept))
    return (response.status, headers, cookies, response.body)


@pytest.mark.parametrize("name", QUICK)
def test_has_the_size_and_shape_that_was_asked_for(name: str) -> None:
    made = corpus(name)
    probes = sum(len(each.requests) for each in made.sequences if each.kind == "probe")
    assert REQUESTS <= made.size < REQUESTS + LONGEST
    assert max(len(each.requests) for each in made.sequences) <= LONGEST
    assert 0.1 < probes / made.size <= 0.35
    for sequence in made.sequences:
        for place, request in enumerate(sequence.requests):
            assert request.target.replace("\N{LEFT WHITE SQUARE BRACKET}", "").isascii()
            assert all(ref.exchange < place for ref in request.refs)


@pytest.mark.parametrize("name", QUICK)
def test_every_route_succeeds_often(name: str, tmp_path: Path) -> None:
    live = FlaskLive(tmp_path, APPS[name].source)
    asked: dict[str, list[bool]] = {}
    for sequence in corpus(name).sequences:
        if sequence.kind == "session":
            for request, answer in zip(sequence.requests, replayed(live, sequence), strict=True):
                good = 0 < answer.status < 400
                asked.setdefault(f"{request.method} {request.route}", []).append(good)
    asked.pop("GET /static/<path:filename>")
    operations = {
        f"{method} {rule.rule}"
        for rule in live.facts().rules
        for method in rule.methods
        if method not in {"HEAD", "OPTIONS"} and rule.endpoint != "static"
    }
    assert set(asked) == operations
    assert {key: good for key, good in asked.items() if sum(good) / len(good) < 0.2} == {}


@pytest.mark.parametrize("name", CHANGED)
def test_tells_changed_applications_apart(name: str, tmp_path: Path) -> None:
    app = APPS[name]
    original = FlaskLive(tmp_path, app.source)
    wanted = [[*map(shown, replayed(original, each))] for each in corpus(name).sequences]
    told = [change for change in app.changes if _differs(app.source, change, name, wanted)]
    assert len(told) / len(app.changes) >= TOLD_APART


def _differs(
    source: str, change: tuple[str, str], name: str, wanted: list[list[tuple[object, ...]]]
) -> bool:
    before, after = change
    assert before in source
    with TemporaryDirectory() as folder:
        changed = FlaskLive(Path(folder), source.replace(before, after, 1))
        for sequence, answers in zip(corpus(name).sequences, wanted, strict=True):
            changed.begin()
            responses: list[Response] = []
            for request, answer in zip(sequence.requests, answers, strict=True):
                responses.append(changed.send(request, responses))
                if shown(responses[-1]) != answer:
                    return True
    return False


def test_a_token_of_one_answer_opens_another_route(tmp_path: Path) -> None:
    source = """
import uuid
from flask import Flask, abort, jsonify, request

app = Flask(__name__)
tokens = {}

@app.post("/grants")
def grant():
    name = request.get_json()["name"]
    token = uuid.uuid5(uuid.NAMESPACE_DNS, str(name) + str(len(tokens))).hex
    tokens[token] = name
    return jsonify(value=token), 201

@app.get("/me")
def me():
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or token not in tokens:
        abort(401)
    return jsonify(name=tokens[token])
"""
    live = FlaskLive(tmp_path, source)
    opened = [
        request
        for sequence in generated(source, requests=200).sequences
        for request, answer in zip(sequence.requests, replayed(live, sequence), strict=True)
        if (request.method, request.target, answer.status) == ("GET", "/me", 200)
    ]
    assert len(opened) >= 10
    assert all(request.refs for request in opened)


DIARY = """
import itertools
from flask import Flask, abort, redirect, request, session

app = Flask(__name__)
app.secret_key = "k"
people, pages, tokens = {}, {}, map("t{}t".format, itertools.count(id(object())))

@app.before_request
def guarded():
    if request.method == "POST" and request.form.get("token") != session.pop("token", None):
        abort(400)

def form(fields, said=""):
    session["token"] = next(tokens)
    hidden = f"<input type=hidden name=token value={session['token']}>"
    return f"<p>{said}</p><form method=post>{hidden}{fields}<input type=submit></form>"

WHO = "<input name=who><input type=password name=key>"

@app.route("/join", methods=["GET", "POST"])
def join():
    if request.method == "GET":
        return form(WHO)
    if not request.form["who"] or request.form["who"] in people:
        return form(WHO, "Choose another")
    people[request.form["who"]] = request.form["key"]
    return redirect("/enter")

@app.route("/enter", methods=["GET", "POST"])
def enter():
    if request.method == "GET":
        return form(WHO)
    if people.get(request.form["who"], "") != request.form["key"]:
        return form(WHO, "Who are you?")
    session["who"] = request.form["who"]
    return redirect("/write")

@app.get("/leave")
def leave():
    session.clear()
    return redirect("/enter")

@app.route("/write", methods=["GET", "POST"])
def write():
    if "who" not in session:
        return redirect("/enter")
    if request.method == "POST":
        pages[len(pages) + 1] = session["who"]
        return redirect(f"/pages/{len(pages)}")
    return form("<textarea name=text></textarea>")

@app.get("/pages/<int:number>")
def page(number):
    if "who" not in session:
        return redirect("/enter")
    if number not in pages:
        abort(404)
    return "yours" if pages[number] == session["who"] else abort(403)
"""


def test_gets_behind_a_login_with_hidden_tokens_and_as_another_client(tmp_path: Path) -> None:
    live = FlaskLive(tmp_path, DIARY)
    answers = {
        (request.method, request.route, answer.status, answer.first("location")[:6])
        for sequence in generated(DIARY, requests=400).sequences
        for request, answer in zip(sequence.requests, replayed(live, sequence), strict=True)
    }
    assert {
        ("POST", "/join", 200, ""),
        ("POST", "/enter", 200, ""),
        ("POST", "/write", 302, "/pages"),
        ("GET", "/pages/<int:number>", 200, ""),
        ("GET", "/pages/<int:number>", 403, ""),
        ("GET", "/pages/<int:number>", 404, ""),
    } <= answers


class Silent(FlaskLive):
    """Gives no answer for one path."""

    def send(self, request: Request, earlier: collections.abc.Sequence[Response]) -> Response:
        if request.target.startswith("/age"):
            return Response(problem="no answer within 10 s")
        return super().send(request, earlier)


def test_what_never_answers_ends_a_sequence_and_is_soon_left_alone(tmp_path: Path) -> None:
    live = Silent(tmp_path, APPS["calculator"].source)
    facts = live.facts()
    made = generate(facts, mine(tmp_path, facts), live, seed=1, requests=300)
    silent = [
        len(sequence.requests) - place - 1
        for sequence in made.sequences
        for place, request in enumerate(sequence.requests)
        if request.target.startswith("/age")
    ]
    assert 0 <= len(silent) <= 10
    assert made.size >= 300
    assert sum(silent) == 0


def test_the_same_seed_gives_the_same_corpus_and_another_one_does_not() -> None:
    source = APPS["todo"].source
    first = generated(source, requests=100)
    assert generated(source, requests=100).digest == first.digest
    assert generated(source, seed=2, requests=100).digest != first.digest


def test_new_names_change_no_figure() -> None:
    source = APPS["todo"].source
    renamed = source
    for number, name in enumerate(("items", "title", "priority", "state", "notes", "least")):
        renamed = renamed.replace(name, f"q{number}x")
    live_share = []
    for text in (source, renamed):
        with TemporaryDirectory() as folder:
            live = FlaskLive(Path(folder), text)
            answers = [
                answer
                for each in generated(text, requests=400).sequences
                for answer in replayed(live, each)
            ]
            live_share.append(sum(0 < a.status < 400 for a in answers) / len(answers))
    assert live_share[0] == pytest.approx(live_share[1], abs=0.12)


def test_progress_is_told_and_an_application_without_routes_has_an_empty_corpus(
    tmp_path: Path,
) -> None:
    live = FlaskLive(tmp_path, APPS["calculator"].source)
    facts, seen = live.facts(), list[int]()
    made = generate(
        facts, mine(tmp_path, facts), live, seed=3, requests=60, on_progress=seen.append
    )
    assert seen == sorted(seen)
    assert seen[-1] == made.size
    empty = AppFacts(app="app:app")
    assert generate(empty, mine(tmp_path, empty), live, seed=3, requests=60).sequences == ()


TICKETS = """
    from datetime import datetime
    from flask import Flask, request

    app = Flask(__name__)
    tickets = {}

    @app.post("/enter")
    def enter():
        number = len(tickets) + 1
        tickets[number] = (request.args.get("plate"), datetime.now())
        return f"your ticket ID is: {number}. Welcome!"

    @app.post("/leave")
    def leave():
        ticket = int(request.args.get("ticketId"))
        if ticket not in tickets:
            return "unknown"
        plate, _ = tickets.pop(ticket)
        return f"good bye, {plate}"
"""


def test_numbers_in_a_text_are_used_and_time_goes_by_between_writes(tmp_path: Path) -> None:
    source = textwrap.dedent(TICKETS)
    live = FlaskLive(tmp_path, source)
    made = generated(source, requests=150)
    answers = [each.body for sequence in made.sequences for each in replayed(live, sequence)]
    assert sum(body.startswith(b"good bye") for body in answers) >= 10
    paced = [sequence for sequence in made.sequences if sequence.kind == "paced"]
    assert paced == list(made.sequences[-len(paced) :])
    assert all(sum(each.after_s > 1 for each in sequence.requests) == 2 for sequence in paced)


def test_every_route_is_asked_for_its_methods(tmp_path: Path) -> None:
    live = FlaskLive(tmp_path, APPS["todo"].source)
    asked = {
        request.route
        for sequence in generated(APPS["todo"].source, requests=60).sequences
        for request in sequence.requests
        if request.method == "OPTIONS"
    }
    assert asked == {rule.rule for rule in live.facts().rules}
