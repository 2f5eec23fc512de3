"""The shortest sequence that still shows a difference: requests first, then what they carry."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from runners.http_replay.exchange import MARK, Ref, Request, Sequence, mark

TRIES = 80
Shows = Callable[[Sequence], bool]


def shrink(sequence: Sequence, shows: Shows, *, tries: int = TRIES) -> Sequence:
    """Make a sequence that `shows` something smaller while it still does; greedy, bounded."""
    left = tries

    def still_shows(candidate: Sequence) -> bool:
        nonlocal left
        left -= 1
        return left >= 0 and shows(candidate)

    before = None
    while sequence != before and left > 0:
        before = sequence
        sequence = _lighter_one(_shorter_one(sequence, still_shows), still_shows)
    return sequence


def _shorter_one(sequence: Sequence, shows: Shows) -> Sequence:
    """Without stretches of requests, long stretches first; the last request stays."""
    size = len(sequence.requests) - 1
    while size >= 1:
        start = 0
        while start + size < len(sequence.requests):
            kept = without(sequence, set(range(start, start + size)))
            if kept is not None and shows(kept):
                sequence = kept
            else:
                start += size
        size //= 2
    return sequence


def without(sequence: Sequence, dropped: set[int]) -> Sequence | None:
    """The sequence without these requests; None if one that stays refers to one of them."""
    places: dict[int, int] = {}
    requests: list[Request] = []
    for number, request in enumerate(sequence.requests):
        if number in dropped:
            continue
        if any(ref.exchange not in places for ref in request.refs):
            return None
        refs = tuple(Ref(places[ref.exchange], ref.path) for ref in request.refs)
        places[number] = len(requests)
        requests.append(msgspec.structs.replace(request, refs=refs))
    return msgspec.structs.replace(sequence, requests=tuple(requests))


def _lighter_one(sequence: Sequence, shows: Shows) -> Sequence:
    """With requests that carry less."""
    number = 0
    while number < len(sequence.requests):
        before, after = sequence.requests[:number], sequence.requests[number + 1 :]
        candidates = (
            msgspec.structs.replace(sequence, requests=(*before, less, *after))
            for less in _lighter(sequence.requests[number])
        )
        smaller = next(filter(shows, candidates), None)
        number += smaller is None
        sequence = smaller or sequence
    return sequence


def _lighter(request: Request) -> Iterator[Request]:
    path, _, query = request.target.partition("?")
    parts = query.split("&") if query else []
    for index in range(len(parts)):
        rest = "&".join(parts[:index] + parts[index + 1 :])
        yield msgspec.structs.replace(request, target=f"{path}?{rest}" if rest else path)
    for body in _lighter_bodies(request):
        yield msgspec.structs.replace(request, body=body)


def _lighter_bodies(request: Request) -> Iterator[bytes]:
    try:
        value: Any = json.loads(request.body)
    except ValueError:
        return
    if not isinstance(value, dict) or any(_in_quotes(request, n) for n in range(len(request.refs))):
        return
    for key in value:
        yield json.dumps({k: v for k, v in value.items() if k != key}).encode()
    for key, inner in value.items():
        if isinstance(inner, str) and len(inner) > 1 and MARK not in inner:
            yield json.dumps({**value, key: inner[:1]}).encode()


def _in_quotes(request: Request, number: int) -> bool:
    """Whether the value of a reference stands in the body, which is no JSON then."""
    return mark(number).encode() in request.body
