"""What is known of models by name."""

import pytest

from agent_core.models.catalogue import CatalogueEntry, catalogue, find

MOONSHOT = "api.moonshot.ai"


def test_the_catalogue_is_plausible() -> None:
    known = catalogue().models
    assert len({entry.id for entry in known}) == len(known)
    for entry in known:
        assert entry.id == entry.id.lower()
        assert entry.context >= catalogue().unknown.context
        if entry.host:
            assert 0 < (entry.price_cached or 0) < (entry.price_in or 0) < (entry.price_out or 0)


@pytest.mark.parametrize(
    "name", ["kimi-k2-thinking", "moonshotai/Kimi-K2-Thinking", "kimi-k2-thinking-2025-11-06"]
)
def test_a_name_is_found_with_vendor_and_date(name: str) -> None:
    assert find(name, host=MOONSHOT).id == "kimi-k2-thinking"
    assert find(name, host=MOONSHOT).price_out is not None


def test_prices_hold_at_their_host_alone() -> None:
    elsewhere = find("kimi-k2-thinking", host="localhost")
    assert elsewhere.context == find("kimi-k2-thinking", host=MOONSHOT).context
    assert elsewhere.cost(prompt=1, cached=0, completion=1) is None


def test_an_unknown_name_gets_what_is_safe() -> None:
    unknown = find("my-own-model", host=MOONSHOT)
    assert unknown == catalogue().unknown
    assert unknown.answer_limit == 0
    assert unknown.cost(prompt=1, cached=0, completion=1) is None


def test_cached_tokens_are_part_of_the_prompt() -> None:
    entry = CatalogueEntry(id="x", context=1, price_in=2.0, price_cached=0.5, price_out=8.0)
    assert entry.cost(prompt=1000, cached=400, completion=100) == pytest.approx(0.0022)
    plain = CatalogueEntry(id="x", context=1, price_in=2.0, price_out=8.0)
    assert plain.cost(prompt=1000, cached=400, completion=100) == pytest.approx(0.0028)
