"""Names and literals as Rust wants them."""

import ast
import re

from hypothesis import given
from hypothesis import strategies as st

from agent_core.port.translate import data, names
from runners.http_replay.live import Data


def test_snake_case() -> None:
    assert names.snake("getUserById") == "get_user_by_id"
    assert names.snake("HTTPServer") == "http_server"
    assert names.snake("__private") == "_private"
    assert names.snake("type") == "r#type"
    assert names.snake("self") == "self_"
    assert names.screaming("nextId") == "NEXT_ID"


def test_a_variable_hides_no_function_of_the_runtime() -> None:
    assert names.local("list", ()) == "list_"
    assert names.local("user", {"user"}) == "user_2"


@given(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True))
def test_any_name_becomes_an_identifier(name: str) -> None:
    assert re.fullmatch(r"(r#)?[a-z_][a-z0-9_]*", names.snake(name))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_keeps_its_letters(text: str) -> None:
    quoted = names.quoted(text)
    assert all(letter.isprintable() for letter in quoted)
    python = re.sub(r"\\u\{([0-9a-f]+)\}", lambda m: f"\\U{int(m[1], 16):08x}", quoted)
    assert ast.literal_eval(python.replace("\\0", "\\x00")) == text


def test_numbers() -> None:
    assert data.literal(3).plain == "3"
    assert data.literal(2**40).plain == f"{2**40}_i64"
    assert str(2**70) in data.literal(2**70).plain
    assert data.literal(2.5).plain == "2.5"
    assert data.literal(float("inf")).plain == "f64::INFINITY"
    # Clippy would take it for the constant.
    assert "float" in data.literal(3.14).plain


def test_live_values() -> None:
    assert data.scalar(Data("bool", "True")).plain == "true"
    assert data.scalar(Data("timedelta", "1,2,3")).plain.endswith("args![1, 2, 3], kw![])?")
    assert "fromisoformat" in data.scalar(Data("date", "2024-01-02")).plain
