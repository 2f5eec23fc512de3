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
    smaller = True
    while smaller:
        smaller = False
        for candidate in (*_shorter(sequence), *_simpler(sequence)):
            if left == 0:
                return sequence
            left -= 1
            if shows(candidate):
                sequence, smaller = candidate, True
                break
    return sequence


def _shorter(sequence: Sequence) -> Iterator[Sequence]:
    """Without a stretch of requests, long stretches first; the last request stays."""
    count = len(sequence.requests)
    size = count - 1
    while size >= 1:
        for start in range(0, count - size, size):
            kept = without(sequence, set(range(start, start + size)))
            if kept is not None:
                yield kept
        size //= 2


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


def _simpler(sequence: Sequence) -> Iterator[Sequence]:
    """With one request that carries less."""
    for number, request in enumerate(sequence.requests):
        for less in _lighter(request):
            requests = (*sequence.requests[:number], less, *sequence.requests[number + 1 :])
            yield msgspec.structs.replace(sequence, requests=requests)


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
