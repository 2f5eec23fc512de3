"""The conversion policy in a scripted world: what it asks for, given what came of it so far."""

import msgspec

from agent_core.results import EditApplied, GaveUp, ToolFailure
from tests.agent_core.solvers.world import World, judged

CONVERTED = EditApplied(paths=("rust/Cargo.toml",), snapshot="s", diff="")
GAVE_UP = GaveUp(tried="")


def world() -> World:
    return World(target=("$ cargo build", "$ journeyman parity"), port=True)


def test_the_straight_way() -> None:
    played = world().play(CONVERTED, judged("fixed"))
    assert played.tools == ["convert_flask", "finish"]
    assert "left out" not in str(played.asked[1][1]["summary"])


def test_what_was_left_out_is_counted_for_the_person_who_reviews() -> None:
    converted = msgspec.structs.replace(CONVERTED, notes=("not converted: a.py, line 3: numpy",))
    played = world().play(converted, judged("fixed"))
    assert "1 construct left out" in str(played.asked[1][1]["summary"])


def test_a_refused_conversion_ends_with_its_reasons() -> None:
    played = world().play(ToolFailure(kind="refused"), GAVE_UP)
    assert played.tools == ["convert_flask", "give_up"]
    assert played.asked[1][1]["tried"] == "said"


def test_a_port_that_does_not_hold_is_given_up_with_the_gates_reason() -> None:
    played = world().play(CONVERTED, judged("failing"), GAVE_UP)
    assert played.tools == ["convert_flask", "finish", "give_up"]
    assert "because" in str(played.asked[2][1]["tried"])
