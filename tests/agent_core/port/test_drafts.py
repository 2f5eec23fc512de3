"""Drafts become requests byte by byte, and references pass through every quoting."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request as WerkzeugRequest

from agent_core.port.drafts import Draft, Slot
from agent_core.port.encoding import Borrowed, References, Upload, urlencoded
from agent_core.port.pages import Field, read
from agent_core.port.probes import probes
from agent_core.port.routes import Route, matching, routes_of, segment
from runners.http_replay.app import AppFacts, Rule
from runners.http_replay.client import resolved, value_of
from runners.http_replay.exchange import Ref, Response

TEXT = st.text(st.characters(codec="utf-8"), min_size=1)


def routes(*rules: str, **converters: str) -> tuple[Route, ...]:
    made = [
        Rule(
            rule=rule,
            endpoint="view",
            methods=("GET", "POST"),
            converters={name: kind for name, kind in converters.items() if name in rule},
            defaults={},
            strict_slashes=True,
            function=None,
        )
        for rule in rules
    ]
    return routes_of(AppFacts(rules=tuple(made)))


(ITEM,) = routes("/items/<int:number>", number="int")
NUMBER = Borrowed(Ref(0, ("id",)), 7)
WORD = Borrowed(Ref(0, ("token",)), "ab", "Bearer ")
EARLIER = [Response(200, (), b'{"id": 31, "token": "q.w-e"}')]


def test_references_pass_through_path_query_headers_and_json() -> None:
    draft = Draft(
        ITEM,
        "POST",
        {
            "argument": {"number": NUMBER},
            "args": {"like": NUMBER, "q": "ä &"},
            "headers": {"Authorization": WORD},
            "json": {"id": NUMBER, "all": [{"word": Borrowed(Ref(0, ("token",)), "ab")}]},
        },
        "json",
    )
    sent = resolved(draft.request(), EARLIER)
    assert sent.target == "/items/31?like=31&q=%C3%A4+%26"
    assert dict(sent.headers)["Authorization"] == "Bearer q.w-e"
    assert json.loads(sent.body) == {"id": 31, "all": [{"word": "q.w-e"}]}


def test_a_draft_changes_in_one_place_and_can_be_counted_anew() -> None:
    draft = Draft(
        ITEM, "POST", {"argument": {"number": NUMBER}, "json": {"a": [1, {"b": 2}]}}, "json"
    )
    place = Slot("json", ("a", 1, "b"))
    assert place in set(draft.slots())
    assert draft.put(place, "x").parts["json"] == {"a": [1, {"b": "x"}]}
    assert draft.without(place).parts["json"] == {"a": [1, {}]}
    assert draft.parts["json"] == {"a": [1, {"b": 2}]}
    assert [each.ref.exchange for _, each in draft.renumbered({0: 4}).borrowed()] == [4]


def test_a_form_with_files_reads_as_one() -> None:
    sent = Draft(
        ITEM,
        "POST",
        {
            "argument": {"number": 1},
            "form": {"a": "x y", "n": 3},
            "files": {"f": Upload("ü.txt", "in it\n")},
        },
        "files",
    ).request()
    kind = dict(sent.headers)["Content-Type"]
    builder = EnvironBuilder(method="POST", data=sent.body, content_type=kind)
    request = WerkzeugRequest(builder.get_environ())
    assert request.form.to_dict() == {"a": "x y", "n": "3"}
    upload = request.files["f"]
    assert (upload.filename, upload.read()) == ("ü.txt", b"in it\n")
    builder.close()
    upload.close()


@given(st.dictionaries(TEXT, st.lists(TEXT, min_size=1, max_size=3), max_size=4))
def test_a_query_reads_back_as_it_was(fields: dict[str, list[str]]) -> None:
    assert parse_qs(urlencoded(fields, References().plain)) == fields


@given(TEXT)
def test_a_path_reads_back_as_it_was(text: str) -> None:
    named, below = routes("/named/<name>", "/below/<path:rest>", name="string", rest="path")
    path = named.path({"name": segment(text, "string")})
    assert path.isascii()
    assert matching((below, named), "GET", path) == (named, {"name": text})
    assert named.arguments(f"{path}/more") is None


def test_probes_are_ascii_differ_and_ask_what_the_rule_does_not_take() -> None:
    draft = Draft(ITEM, "POST", {"argument": {"number": NUMBER}, "json": {"a": 1}}, "json")
    found = probes(draft)
    assert len(set(found)) == len(found) > 30
    assert {"PUT", "DELETE", "HEAD", "OPTIONS"} <= {each.method for each in found}
    for probe in found:
        sent = resolved(probe, EARLIER)
        assert sent.target.isascii()
        assert urlsplit(sent.target).path


def test_a_page_offers_links_and_forms() -> None:
    page = read(
        b'<a href="/items/3">x</a><form method=post action=/go><input name=who value=ada>'
        b"<select name=colour><option value=red><option value=blue></select>"
        b"<textarea name=text></textarea><input type=submit name=go></form><p class=flash>"
    )
    (form,) = page.forms
    assert page.links == ("/items/3",)
    assert (form.method, form.action) == ("POST", "/go")
    assert form.fields == {
        "who": Field("text", ("ada",)),
        "colour": Field("select", ("red", "blue")),
        "text": Field("textarea"),
    }
    assert "p.flash" in page.outline


PAGE = b"""<a href="/items/new">+</a><a href="/items/ab%20c/edit">x</a>
<form method=post><input type=hidden name=token value=q.w-e></form>"""


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("link", "/items/", "/edit"), "ab c"),
        (("link", "/items/", ""), "new"),
        (("link", "/posts/", ""), ""),
        (("field", "token"), "q.w-e"),
        (("field", "other"), ""),
    ],
)
def test_references_lead_into_pages(path: tuple[str, ...], value: str) -> None:
    answer = Response(200, (("Content-Type", "text/html"),), PAGE)
    assert value_of(Ref(0, path), [answer]) == value


def test_another_client_says_something_else_where_this_one_spoke() -> None:
    draft = Draft(
        ITEM, "POST", {"argument": {"number": 3}, "form": {"a": "x", "n": "7", "t": WORD}}, "form"
    )
    parts = draft.of_another().parts
    assert parts == {"argument": {"number": 3}, "form": {"a": "zx", "n": "97", "t": WORD}}
