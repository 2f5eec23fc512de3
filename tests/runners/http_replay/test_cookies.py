"""Cookies are kept and sent as a browser does, and a signed session can be read."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runners.http_replay.cookies import Jar, parse, session_data
from runners.http_replay.exchange import Response


def setting(*lines: str) -> Response:
    return Response(200, tuple(("Set-Cookie", line) for line in lines))


def test_what_is_set_is_sent_where_its_path_covers_and_the_longer_path_goes_first() -> None:
    jar = Jar()
    jar.take(setting("a=1; Path=/", "b=2; Path=/shop; HttpOnly"))
    assert jar.header("/") == "a=1"
    assert jar.header("/shop/cart?x=1") == "b=2; a=1"
    assert jar.header("/shopping") == "a=1"


@pytest.mark.parametrize(
    "line", ["a=; Max-Age=0", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=gone; Max-Age=-1"]
)
def test_what_expires_in_the_past_is_forgotten(line: str) -> None:
    jar = Jar()
    jar.take(setting("a=1; Path=/"))
    jar.take(setting(f"{line}; Path=/"))
    assert jar.header("/") == ""


def test_a_copy_goes_its_own_way() -> None:
    jar = Jar()
    jar.take(setting("a=1"))
    other = jar.copy()
    other.take(setting("a=2"))
    assert (jar.header("/"), other.header("/")) == ("a=1", "a=2")


def test_odd_lines_are_read_as_far_as_they_go() -> None:
    odd = parse("plain;;Secure; SameSite = Lax ;Expires=never")
    assert (odd.name, odd.value) == ("plain", "")
    assert odd.attributes == {"secure": "", "samesite": "Lax", "expires": "never"}
    assert odd.expires is None


def signed(payload: bytes, *, squeezed: bool) -> str:
    text = base64.urlsafe_b64encode(zlib.compress(payload) if squeezed else payload)
    return f"{'.' if squeezed else ''}{text.decode().rstrip('=')}.Zx1y2z.c2lnbmF0dXJl"


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.none())))
def test_a_signed_session_is_read_with_and_without_compression(
    data: dict[str, object],
) -> None:
    payload = json.dumps(data).encode()
    assert session_data(signed(payload, squeezed=False)) == data
    assert session_data(signed(payload, squeezed=True)) == data


@pytest.mark.parametrize("value", ["", "a.b", "a.b.c", "....", "plain text", ".eJw.b.c"])
def test_other_cookies_are_no_session(value: str) -> None:
    assert session_data(value) is None
