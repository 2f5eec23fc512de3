"""What a session has cost, added up turn by turn."""

from agent_core.events import Usage
from desktop.session_link import Spent


def test_tokens_and_money_add_up() -> None:
    spent = Spent().plus(Usage(100, 20, cost=0.25)).plus(Usage(5, 1, cost=0.5))
    assert (spent.tokens, spent.money) == (126, 0.75)


def test_one_turn_without_a_price_leaves_the_sum_unknown() -> None:
    spent = Spent().plus(Usage(100, 20, cost=None)).plus(Usage(5, 1, cost=0.5))
    assert (spent.tokens, spent.money) == (126, None)
