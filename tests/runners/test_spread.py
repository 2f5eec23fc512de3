from runners.inside.spread import kind_of, spread


def test_kinds_are_told_by_the_exception_and_the_innermost_line() -> None:
    place = ("KeyError", (("test_a.py", 3), ("a.py", 7)))
    assert kind_of(place) == kind_of(["KeyError", [["test_b.py", 9], ["a.py", 7]]])
    assert kind_of(place) != kind_of(("ValueError", place[1]))
    assert kind_of(place) != kind_of(("KeyError", (("a.py", 8),)))
    assert kind_of(()) == ""
    assert kind_of(("RecursionError", ())) != ""


def test_one_of_each_kind_comes_before_a_second_of_any() -> None:
    tests = [("lone", "x"), ("other", "y"), ("quick", "z"), ("a", "core"), ("b", "core")]
    assert spread(tests, 3) == ["lone", "other", "a"]
    assert spread(tests, 1) == ["a"]
    assert spread(tests[3:], 3) == ["a", "b"]
    assert spread([], 3) == []
