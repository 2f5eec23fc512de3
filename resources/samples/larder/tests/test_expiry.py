import pytest

from larder import Cache, Expiry


def test_for_ever(clock):
    cache = Cache(clock=clock)
    cache.put("a", 1)
    clock.wait(10 ** 9)
    assert cache.get("a") == 1


@pytest.mark.parametrize("seconds, found", [(0, 1), (59, 1), (60, None), (61, None)])
def test_life(clock, seconds, found):
    cache = Cache(expiry=Expiry(60), clock=clock)
    cache.put("a", 1)
    clock.wait(seconds)
    assert cache.get("a") == found
    assert ("a" in cache) is (found is not None)


def test_use_does_not_prolong_a_fixed_life(clock):
    cache = Cache(expiry=Expiry(60), clock=clock)
    cache.put("a", 1)
    clock.wait(40)
    cache.get("a")
    clock.wait(40)
    assert cache.get("a") is None


def test_use_prolongs_a_sliding_life(clock):
    cache = Cache(expiry=Expiry(60, sliding=True), clock=clock)
    cache.put("a", 1)
    for _ in range(3):
        clock.wait(40)
        assert cache.get("a") == 1
    clock.wait(60)
    assert cache.get("a") is None


def test_sliding_life_ends_without_use(clock):
    cache = Cache(expiry=Expiry(60, sliding=True), clock=clock)
    cache.put("a", 1)
    clock.wait(60)
    assert cache.get("a") is None


def test_only_the_used_one_lives_on(clock):
    cache = Cache(expiry=Expiry(60, sliding=True), clock=clock)
    cache.put("a", 1)
    cache.put("b", 2)
    clock.wait(30)
    cache.get("b")
    clock.wait(45)
    assert cache.sweep() == 1
    assert cache.keys() == ["b"]


def test_storing_again_starts_anew(clock):
    cache = Cache(expiry=Expiry(60), clock=clock)
    cache.put("a", 1)
    clock.wait(40)
    cache.put("a", 2)
    clock.wait(40)
    assert cache.get("a") == 2


def test_sweep(clock):
    cache = Cache(expiry=Expiry(10), clock=clock)
    cache.put("a", 1)
    clock.wait(6)
    cache.put("b", 2)
    clock.wait(6)
    assert cache.sweep() == 1
    assert cache.keys() == ["b"]
    assert cache.stats.expired == 1


def test_the_expired_go_before_the_unused(clock):
    cache = Cache(max_entries=2, expiry=Expiry(10, sliding=False), clock=clock)
    cache.put("old", 1)
    clock.wait(6)
    cache.put("young", 2)
    cache.get("old")
    clock.wait(6)
    cache.put("new", 3)
    assert cache.keys() == ["young", "new"]
    assert cache.stats.evicted == 0


def test_ages(clock):
    cache = Cache(clock=clock)
    cache.put("a", 1)
    clock.wait(5)
    cache.put("b", 2)
    assert cache.ages() == {"a": 5, "b": 0}


@pytest.mark.parametrize("seconds", [0, -1])
def test_no_life_at_all(seconds):
    with pytest.raises(ValueError):
        Expiry(seconds)
