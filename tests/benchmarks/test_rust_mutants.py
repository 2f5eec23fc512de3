"""Faults in Rust as the translator writes it: where they are looked for, and that each is one."""

import pytest

from benchmarks.rust_mutants import Mutant, draw

SOURCE = """\
use flask_runtime::prelude::*;

globals! {
    pub LIMIT = 40;
}

/// A docstring with 404 in it.
pub fn show(number: Value) -> R {
    // 1 is no number of a handler
    if !contains(ITEMS.get(), &number)? {
        return Err(abort_with(404, args![], kw!["description" => "no such item"]));
    }
    let kept = list_of(&ITEMS.get(), |item| {
        Ok(if lt(item.item("size")?, 7)? { Some(item) } else { None })
    })?;
    let word = request().attr("args")?.method("get", args!["word", ""])?.method("lower", args![])?;
    let key = lambda(&["a"], |a| Ok(a[0].clone()));
    kept.method_kw("sort", args![], kw!["key" => key, "reverse" => true])?;
    ITEMS.get().set_item("seen", add(len(&kept)?, 1)?)?;
    if number == "é" && isinstance(&word, Type::Int)? || word.truth() {
        LAST.set(number.clone());
    }
    jsonify(args![], kw!["kept" => &kept, "text" => format!("word {word}")])
}
"""


def mutants(seed: int = 0) -> list[Mutant]:
    return list(draw({"src/app.rs": SOURCE}, seed))


def change(mutant: Mutant) -> tuple[str, str]:
    """Before and after, without what they begin and end with alike."""
    one, two = mutant.before, mutant.after
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return one, two


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("status", {("4", "0")}),
        ("off by one", {("7", "8"), ("7", "6"), ("1", "2"), ("1", "0")}),
        ("operation", {("t", "e"), ("add", "sub")}),
        ("comparison", {("=", "!")}),
        ("and/or", {("&&", "||"), ("||", "&&")}),
        ("truth", {("tru", "fals")}),
        ("type", {("In", "Floa")}),
        ("method", {("low", "upp")}),
        ("key", {("", "_")}),
        ("text", {("m", ""), ("é", ""), ("", "?")}),
    ],
)
def test_an_operator_changes_a_token(operator: str, expected: set[tuple[str, str]]) -> None:
    assert {change(each) for each in mutants() if each.operator == operator} == expected


@pytest.mark.parametrize(
    ("operator", "lines"),
    [
        ("negation", ['if number == "é"', "if !contains(", "Ok(if lt("]),
        ("check removed", ['if number == "é"', "if !contains("]),
        ("statement removed", ["ITEMS.get().set_item(", "LAST.set(", "kept.method_kw("]),
    ],
)
def test_conditions_and_statements(operator: str, lines: list[str]) -> None:
    changed = [each.before.strip() for each in mutants() if each.operator == operator]
    assert len(changed) == len(lines)
    assert all(any(text.startswith(line) for text in changed) for line in lines)


def test_each_key_that_is_read_or_written_is_changed_once() -> None:
    keys = ["size_", "word_", "seen_", "kept_", "text_"]
    changed = [each for each in mutants() if each.operator == "key"]
    assert len(changed) == len(keys)
    assert all(any(f'"{key}"' in each.text for each in changed) for key in keys)


def test_names_of_the_runtime_and_what_is_no_handler_stay() -> None:
    kept = (
        '"get"',
        '"args"',
        '"description"',
        '"sort"',
        '"reverse"',
        '&["a"]',
        "a[0]",
        "LIMIT = 40",
    )
    for each in mutants():
        assert all(text in each.text or text in each.before for text in kept)
        assert "/// A docstring with 404 in it.\n" in each.text
        assert "// 1 is no number of a handler\n" in each.text


def test_a_draw_is_repeatable_and_comes_to_all() -> None:
    texts = [each.text for each in mutants()]
    assert texts == [each.text for each in mutants()]
    assert texts != [each.text for each in mutants(seed=1)]
    assert sorted(texts) == sorted(each.text for each in mutants(seed=1))
    assert len(set(texts)) == len(texts)
    assert SOURCE not in texts


def test_a_mutant_says_what_it_is() -> None:
    (status,) = (each for each in mutants() if each.operator == "status")
    assert (status.file, status.function) == ("src/app.rs", "show")
    assert status.sentence().startswith("show (status): `return Err(abort_with(404, ")
    assert status.text == SOURCE.replace("abort_with(404", "abort_with(400")
