"""What paired rounds prove: the smallest ratio decides, void pairs count for nothing."""

from hypothesis import given
from hypothesis import strategies as st

from runners.benchmark import ROUNDS, Pair, Round, goes_on, judge, order, ratio

VOID = Pair(Round(1.0), Round(void="2 requests failed"))


def pairs(*ratios: float) -> tuple[Pair[Round], ...]:
    return tuple(Pair(Round(each), Round(1.0)) for each in ratios)


def test_who_goes_first_changes() -> None:
    assert [order(number) for number in range(3)] == [("A", "B"), ("B", "A"), ("A", "B")]


def test_the_ratio_has_median_and_range_of_all_sessions() -> None:
    found = ratio([(*pairs(4.0, 6.0), VOID), pairs(5.0)])
    assert found is not None
    assert (found.median, found.lowest, found.highest, found.pairs) == (5.0, 4.0, 6.0, 3)
    assert found.sentence() == "5 [4 to 6] of 3 pairs"


def test_without_a_pair_that_counts_nothing_is_known() -> None:
    assert ratio([(VOID,)]) is None
    answer = judge([(VOID,), (VOID,)], 2.0)
    assert answer.state == "unknown"
    assert "B: 2 requests failed" in answer.reason
    assert judge([], 2.0).state == "unknown"


@given(
    st.lists(st.floats(0.1, 100), min_size=ROUNDS, max_size=ROUNDS + 3),
    st.lists(st.floats(0.1, 100), min_size=ROUNDS, max_size=ROUNDS + 3),
    st.floats(0.1, 100),
)
def test_the_smallest_of_enough_pairs_decides(
    one: list[float], two: list[float], factor: float
) -> None:
    answer = judge([pairs(*one), (*pairs(*two), VOID)], factor)
    assert answer.state == ("holds" if min(one + two) >= factor else "fails")


def test_too_few_pairs_refute_but_prove_nothing() -> None:
    few, enough = pairs(*[5.0] * (ROUNDS - 1)), pairs(*[5.0] * ROUNDS)
    assert judge([enough, enough], 5.0).state == "holds"
    assert judge([enough, few], 5.0).state == "unknown"
    assert judge([enough, (*few, VOID)], 5.0).state == "unknown"
    assert judge([enough], 5.0).state == "unknown"
    assert judge([enough], 5.0, needed=1).state == "holds"
    assert judge([few], 5.1).state == "fails"


def test_what_spoils_a_race_is_said_before_any_ratio() -> None:
    answer = judge([pairs(*[5.0] * ROUNDS)] * 2, 2.0, spoiled="different results: 1 and 2")
    assert answer.sentence() == "unknown: different results: 1 and 2"


def test_a_session_goes_on_until_enough_count_or_it_is_hopeless() -> None:
    assert goes_on((), 1)
    assert goes_on((VOID, VOID), 1)
    assert not goes_on((VOID, *pairs(1.0)), 1)
    assert not goes_on((VOID, VOID, VOID), 1)
    mostly_void = (VOID, VOID, *pairs(1.0))
    assert goes_on(mostly_void * 20, 30)
    assert not goes_on(mostly_void * 21, 30)
