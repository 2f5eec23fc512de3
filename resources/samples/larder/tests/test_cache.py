import pytest

from larder import Cache


@pytest.fixture
def cache(clock):
    return Cache(max_entries=3, clock=clock)


def fill(cache, keys):
    for key in keys:
        cache.put(key, key.upper())


def test_get(cache):
    cache.put("a", 1)
    assert cache.get("a") == 1
    assert cache.get("b") is None
    assert cache.get("b", 0) == 0


def test_none_can_be_stored(cache):
    cache.put("a", None)
    assert cache.get("a", 5) is None
    assert "a" in cache


def test_the_oldest_goes(cache):
    fill(cache, "abcd")
    assert cache.keys() == ["b", "c", "d"]
    assert cache.stats.evicted == 1


def test_use_keeps_an_entry(cache):
    fill(cache, "abc")
    cache.get("a")
    cache.put("d", "D")
    assert cache.keys() == ["c", "a", "d"]


def test_looking_does_not_count_as_use(cache):
    fill(cache, "abc")
    assert "a" in cache
    cache.put("d", "D")
    assert "a" not in cache


def test_storing_again_replaces(cache):
    fill(cache, "abc")
    cache.put("a", "new")
    assert len(cache) == 3
    assert cache.get("a") == "new"
    assert cache.keys() == ["b", "c", "a"]


def test_discard(cache):
    fill(cache, "ab")
    assert cache.discard("a") is True
    assert cache.discard("a") is False
    assert cache.keys() == ["b"]
    assert cache.weight == 1


def test_clear(cache):
    fill(cache, "ab")
    cache.clear()
    assert len(cache) == 0
    assert cache.weight == 0


def test_size_must_be_positive():
    with pytest.raises(ValueError):
        Cache(max_entries=0)


@pytest.fixture
def heavy(clock):
    return Cache(max_weight=10, weigh=len, clock=clock)


def test_weight_is_summed(heavy):
    heavy.put("a", "xxxx")
    heavy.put("b", "yyy")
    assert heavy.weight == 7


def test_weight_limit(heavy):
    heavy.put("a", "xxxx")
    heavy.put("b", "yyy")
    heavy.put("c", "zzzz")
    assert heavy.keys() == ["b", "c"]
    assert heavy.weight == 7


def test_weight_limit_can_be_met_exactly(heavy):
    heavy.put("a", "x" * 6)
    heavy.put("b", "y" * 4)
    assert heavy.keys() == ["a", "b"]


def test_weight_of_a_replaced_value(heavy):
    heavy.put("a", "xxxx")
    heavy.put("a", "xx")
    assert heavy.weight == 2


def test_several_make_room_for_a_heavy_one(heavy):
    for key in "abcd":
        heavy.put(key, "xx")
    heavy.put("e", "y" * 7)
    assert heavy.keys() == ["d", "e"]
    assert heavy.stats.evicted == 3


def test_too_heavy(heavy):
    heavy.put("a", "x")
    with pytest.raises(ValueError):
        heavy.put("b", "y" * 11)
    assert heavy.keys() == ["a"]
