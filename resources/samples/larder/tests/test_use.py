import pytest

from larder import Cache, Expiry, remember
from larder.memo import call_key
from larder.stats import Stats
from larder.storage import load, save


def test_statistics():
    cache = Cache()
    cache.put("a", 1)
    cache.get("a")
    cache.get("a")
    cache.get("a")
    cache.get("b")
    assert cache.stats.hit_rate == 0.75
    assert cache.stats.text() == "3 hits, 1 misses (75%), 0 evicted, 0 expired"


def test_hit_rate_of_an_unused_cache():
    assert Stats().hit_rate == 0.0


def test_expired_counts_as_a_miss(clock):
    cache = Cache(expiry=Expiry(1), clock=clock)
    cache.put("a", 1)
    clock.wait(2)
    cache.get("a")
    assert (cache.stats.hits, cache.stats.misses, cache.stats.expired) == (0, 1, 1)


def test_remember():
    calls = []

    @remember(Cache())
    def double(number, times=1):
        calls.append(number)
        return number * 2 * times

    assert [double(2), double(2), double(2, times=3), double(3)] == [4, 4, 12, 6]
    assert calls == [2, 2, 3]
    assert double.__name__ == "double"


def test_remember_none():
    calls = []

    @remember(Cache())
    def nothing():
        calls.append(1)

    nothing()
    nothing()
    assert len(calls) == 1


def test_two_functions_share_a_cache():
    cache = Cache()

    @remember(cache)
    def one(value):
        return value + 1

    @remember(cache)
    def two(value):
        return value + 2

    assert (one(1), two(1)) == (2, 3)


def test_call_key():
    assert call_key((1,), {"b": 2, "a": 1}) == call_key((1,), {"a": 1, "b": 2})
    assert call_key((1, 2), {}) != call_key((2, 1), {})


def test_save_and_load(tmp_path, clock):
    cache = Cache(expiry=Expiry(10), clock=clock)
    cache.put("old", 0)
    clock.wait(8)
    cache.put("a", [1, 2])
    cache.put("b", {"c": None})
    clock.wait(8)
    assert save(cache, tmp_path / "cache.json") == 2
    other = Cache()
    assert load(other, tmp_path / "cache.json") == 2
    assert other.keys() == ["a", "b"]
    assert other.get("b") == {"c": None}


def test_load_refuses_other_versions(tmp_path):
    path = tmp_path / "cache.json"
    path.write_text('{"version": 2, "entries": []}')
    with pytest.raises(ValueError, match="version"):
        load(Cache(), path)
