"""A cache in a file: plain JSON, so keys are strings and values are what JSON can hold."""

import json


def save(cache, path):
    """Write the live entries, the longest unused first."""
    rows = [[key, cache.get(key)] for key in cache.keys() if key in cache]
    with open(str(path), "w", encoding="utf-8") as file:
        json.dump({"version": 1, "entries": rows}, file)
    return len(rows)


def load(cache, path):
    """Put what a file holds into the cache and say how many entries that were."""
    with open(str(path), encoding="utf-8") as file:
        data = json.load(file)
    if data.get("version") != 1:
        raise ValueError("unknown version: {}".format(data.get("version")))
    for key, value in data["entries"]:
        cache.put(key, value)
    return len(data["entries"])
