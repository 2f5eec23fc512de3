"""Where variables are declared, what is mutable, what nobody reads."""

import ast
import textwrap

import pytest

from agent_core.port.translate.placement import Variables


def variables(source: str) -> Variables:
    function = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(function, ast.FunctionDef)
    return Variables(function, frozenset())


def test_declared_where_it_is_set() -> None:
    found = variables("def f(a):\n  x = a\n  return x")
    assert found.declared["x"].way == "inline"
    assert not found.declared["x"].mutable
    assert found.moved == {"a", "x"}


def test_set_again() -> None:
    found = variables("def f(a):\n  x = a\n  if a:\n    x = 1\n  return x, x")
    assert found.declared["x"].way == "inline"
    assert found.declared["x"].mutable


def test_set_on_both_ways() -> None:
    found = variables("def f(a):\n  if a:\n    x = 1\n  else:\n    x = 2\n  return x")
    assert found.declared["x"].way == "later"
    assert not found.declared["x"].mutable


def test_perhaps_not_set() -> None:
    found = variables("def f(a):\n  if a:\n    x = 1\n  return x")
    assert found.declared["x"].way == "option"


def test_what_nobody_reads_is_dead() -> None:
    found = variables("def f(a):\n  x = 0\n  if a:\n    x = 1\n  else:\n    x = 2\n  return x")
    assert found.declared["x"].way == "later"
    assert not found.declared["x"].mutable
    assert len([name for name, _ in found.facts.dead if name == "x"]) == 1


def test_the_variable_of_a_loop() -> None:
    found = variables("def f(a):\n  for x in a:\n    print(x)")
    assert found.declared["x"].way == "inline"
    assert not found.declared["x"].mutable


def test_the_variable_of_a_loop_that_is_read_after_it() -> None:
    found = variables("def f(a):\n  for x in a:\n    pass\n  return x")
    assert found.declared["x"].way == "option"


def test_what_lives_on_from_round_to_round_is_declared_outside() -> None:
    found = variables("def f(a):\n  for y in a:\n    if y:\n      print(x)\n    x = y")
    statement = found.declared["x"].statement
    assert isinstance(statement, ast.For)
    assert found.declared["x"].way == "option"


@pytest.mark.parametrize("after", ["return x", "print(x)\n  return x"])
def test_set_in_a_try(after: str) -> None:
    source = f"def f(a):\n  try:\n    x = int(a)\n  except ValueError:\n    x = 0\n  {after}"
    assert variables(source).declared["x"].way == "empty"


def test_set_and_read_in_a_try() -> None:
    source = "def f(a):\n  try:\n    x = int(a)\n    print(x)\n  except ValueError:\n    pass"
    assert variables(source).declared["x"].way == "inline"


def test_what_a_loop_reads_is_kept() -> None:
    found = variables("def f(a, b):\n  for x in a:\n    print(b, x)\n  while b:\n    pass")
    assert "b" not in found.moved
    assert {"a", "x"} <= found.moved


def test_what_an_inner_function_reads_is_kept() -> None:
    assert variables("def f(a):\n  return [x + a for x in (1, 2)]").moved == set()
