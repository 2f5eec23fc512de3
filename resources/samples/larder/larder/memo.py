"""Function results from a cache."""

import functools

_MISSING = object()


def call_key(args, kwargs):
    """One hashable key for a call; keyword order does not matter."""
    return args, tuple(sorted(kwargs.items()))


def remember(cache):
    """Decorate a function so that its results come from `cache`."""

    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            key = (function.__qualname__, call_key(args, kwargs))
            found = cache.get(key, _MISSING)
            if found is not _MISSING:
                return found
            result = function(*args, **kwargs)
            cache.put(key, result)
            return result

        return call

    return decorate
