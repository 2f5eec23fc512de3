"""Values for what a function reads: healthy ones by what its code says, and twisted ones."""

import random
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from agent_core.port.mining import Mined
from agent_core.port.pools import LETTERS, Json, Pools
from agent_core.port.reads import FunctionReads, Read, Scalar

ANY_KIND = ("str", "int", "float", "bool", "list", "dict")
ANY_TEXT = ("str", "digits", "float")
HUGE = 2**63
DIGITS = "0123456789"
_NUMBERS = (0, 1, 2, 3, 4, 5, 7, 10, 12, 20, 25, 42, 100)
_FRACTIONS = (0.5, 1.5, 2.25, 9.99, 19.95, 33.3)
_FIRST_DAY = datetime(2019, 12, 30, 23, 58, 3, 250_000, tzinfo=UTC)
_TWIST_CONSTANTS = 8
_ONE_PART = 0.6
LONGEST = 5_000
_NAMED = (
    ("email", re.compile(r"mail$", re.IGNORECASE)),
    ("date", re.compile(r"date$|day$", re.IGNORECASE)),
    ("time", re.compile(r"time$", re.IGNORECASE)),
    ("phone", re.compile(r"phone|mobile", re.IGNORECASE)),
)
"""What the end of a name says of values."""


class Values:
    """Draws values by seed."""

    def __init__(self, rng: random.Random, pools: Pools, mined: Mined) -> None:
        self._rng = rng
        self._pools = pools
        self._mined = mined
        self._makers: dict[str, Callable[[Read, FunctionReads], Json]] = {
            "str": self._text,
            "int": self._whole,
            "float": self._fraction,
            "bool": lambda *_: rng.random() < 0.5,
            "list": lambda *_: rng.sample(pools.words, rng.randint(0, 3)),
            "dict": lambda *_: {rng.choice(pools.words): rng.choice(pools.words)},
            "uuid": lambda *_: str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            "email": lambda *_: f"{rng.choice(pools.words)}@{rng.choice(pools.words)}.org",
            "url": lambda *_: f"https://{rng.choice(pools.words)}.org/{rng.choice(pools.words)}",
            "digits": self._digits,
            "word": self._word,
            "date": lambda *_: self._moment("%Y-%m-%d"),
            "time": lambda *_: self._moment("%H:%M"),
            "phone": lambda *_: "".join(rng.choices(DIGITS, k=10)),
            "split": self._joined,
            "constant": lambda read, _: rng.choice(read.all("constant")),
            "pattern": lambda read, _: rng.choice(self._matches(read)),
            "format": lambda read, _: self._moment(rng.choice(read.words("format"))),
            "part": lambda read, _: self._with_parts(read),
        }

    def kinds(self, read: Read) -> tuple[str, ...]:
        """The kinds a value may have: as the code says, else as samples have it, else any."""
        constants = [value for value in read.all("constant") if value != ""]
        said = ["format"] if read.words("format") else []
        said += ["part"] if read.words("part") else []
        said += ["split"] if read.words("split") else []
        said += ["pattern"] if self._matches(read) else []
        said += ["constant"] if constants else []
        said += [kind for kind, ending in _NAMED if ending.search(read.origin.name)]
        # That it is any text says less than all else does.
        kinds = sorted(read.words("kind"), key=lambda kind: kind == "str")
        said += [kind for kind in kinds if kind in self._makers]
        said += [type(value).__name__ for value in constants]
        if not said:
            said += [type(value).__name__ for value in self._samples(read)]
        if "part" in said or (read.all("length") and "list" not in said):
            said.append("str")
        if not said:
            said += ANY_KIND if read.origin.source == "json" else ANY_TEXT
        return tuple(dict.fromkeys(said))

    def healthy(self, read: Read, kind: str, around: FunctionReads) -> Json:
        """A value of a kind that the function may well accept; `around` has its constants."""
        return self._makers[kind](read, around)

    def _samples(self, read: Read) -> tuple[Scalar, ...]:
        return self._mined.samples.get(read.origin.name, ())

    def _matches(self, read: Read) -> list[str]:
        return [m for p in read.words("pattern") for m in self._pools.matches.get(p, ())]

    def _text(self, read: Read, around: FunctionReads) -> str:
        lengths = [length for length in read.all("length") if isinstance(length, int)]
        if lengths and self._rng.random() < 0.5:
            wanted = self._rng.choice(lengths) + self._rng.choice((-1, 0, 0, 1))
            return self.long_text(max(0, min(wanted, LONGEST)))
        draw = self._rng.random()
        samples = [text for text in self._samples(read) if isinstance(text, str)]
        if samples and draw < 0.35:
            return self._rng.choice(samples)
        if around.strings and draw < 0.1:
            return self._rng.choice(around.strings)
        if draw < 0.2:
            return self._rng.choice(self._pools.odd)
        text = self._rng.choice(self._pools.words if draw < 0.7 else self._pools.phrases)
        return self._rng.choice((text, text, text.title(), text.upper()))

    def _digits(self, read: Read, around: FunctionReads) -> str:
        return self._sized(read, DIGITS) or str(self._whole(read, around))

    def _word(self, read: Read, _: FunctionReads) -> str:
        return self._sized(read, LETTERS) or self._rng.choice(self._pools.words)

    def _sized(self, read: Read, letters: str) -> str:
        """A text about as long as the code says, "" where it says nothing."""
        lengths = [n for n in read.all("length") if isinstance(n, int) and 0 < n < LONGEST]
        if not lengths:
            return ""
        wanted = self._rng.choice(lengths) + self._rng.choice((-1, 0, 0, 1))
        return "".join(self._rng.choices(letters, k=max(1, wanted)))

    def _with_parts(self, read: Read) -> str:
        """Words, or digits, with all parts between them or one; perhaps as long as it has to be."""
        parts, digits = read.words("part"), "digits" in read.words("kind")
        if len(parts) > 1 and self._rng.random() < _ONE_PART:
            parts = (self._rng.choice(parts),)
        words = (
            [str(self._rng.choice(_NUMBERS)) for _ in range(len(parts) + 1)]
            if digits
            else self._rng.sample(self._pools.words, len(parts) + 1)
        )
        text = (
            "".join(f"{word}{part}" for word, part in zip(words, parts, strict=False)) + words[-1]
        )
        # A part may be what the text must begin or end with.
        text = self._rng.choice(
            (text, *[text.removeprefix(words[0])] * 2, text.removesuffix(words[-1]))
        )
        return text + self._sized(read, DIGITS if digits else LETTERS)[len(text) :]

    def _joined(self, read: Read, around: FunctionReads) -> str:
        """Pieces as the function splits them: whole numbers if it counts with them."""
        numbers = {"int", "float"} & set(read.words("kind"))
        pieces = [
            str(abs(self._whole(read, around))) if numbers else self._rng.choice(self._pools.words)
            for _ in range(self._rng.choice((2, 2, 3)))
        ]
        return self._rng.choice(read.words("split")).join(pieces)

    def _moment(self, form: str) -> str:
        days, minutes = self._rng.randint(-15_000, 4_000), self._rng.randint(-1_438, 1)
        moment = _FIRST_DAY + timedelta(days=days, minutes=minutes)
        if form != "iso":
            return moment.strftime(form)
        return self._rng.choice(
            (moment.date().isoformat(), moment.replace(tzinfo=None).isoformat())
        )

    def long_text(self, length: int) -> str:
        """A text of a length."""
        return "".join(self._rng.choices(LETTERS, k=length))

    def _whole(self, read: Read, around: FunctionReads) -> int:
        near = [n for n in (*read.all("constant"), *around.numbers) if isinstance(n, int)]
        draw = self._rng.random()
        if near and draw < 0.3:
            return self._rng.choice(near) + self._rng.choice((-1, 0, 1))
        return self._rng.choice(_NUMBERS if draw < 0.8 else self._pools.numbers)

    def _fraction(self, read: Read, around: FunctionReads) -> float:
        if self._rng.random() < 0.4:
            return float(self._whole(read, around))
        return self._rng.choice((*_FRACTIONS, *self._pools.fractions))

    def twisted(self, read: Read, value: Json) -> Iterator[Json]:
        """Values that a view may not expect where a healthy one stands."""
        typed = read.origin.source == "json"
        yield from (" ", "0", "abc", self._rng.choice(self._pools.odd), "<b>&'\"</b>", "Grüße 漢🎉")
        yield from (-1, 0, 1, 1.5, HUGE, -7.25)
        yield self.long_text(self._rng.choice((65, 129, 256, LONGEST)))
        if isinstance(value, str):
            yield from (f" {value} ", value.upper(), value.lower(), f"{value}{value}")
        if typed:
            yield from (str(value),) if isinstance(value, int | float) else ()
            yield from (None, True, False, [], {}, [value], {"value": value}, 1e300, 10**25)
            yield self._rng.choice(self._pools.documents)
        else:
            yield from ("true", "1e3", "NaN", " 7 ", "+7", "0x10", "\uff11\uff12", "1_000")

    def borders(self, read: Read) -> Iterator[Json]:
        """Values at and beside what the code compares with."""
        if "str" in read.words("kind"):
            yield from (" ", " x Y ", "xY")
        constants = dict.fromkeys([*read.all("constant"), *read.all("default")])
        for constant in list(constants)[:_TWIST_CONSTANTS]:
            yield constant
            if isinstance(constant, str):
                yield from (constant.upper(), constant.title(), f"{constant}x")
            elif not isinstance(constant, bool):
                yield from (constant - 1, constant + 1, -constant)
        for mark in read.words("split"):
            for number in (n for n in constants if isinstance(n, int)):
                yield from (f"{n}{mark}{n}" for n in (number - 1, number, number + 1))
        for part in read.words("part"):
            yield from (f"ab{part}cd", f"{part}ab", f"ab{part}")
        for length in read.all("length"):
            if isinstance(length, int) and 0 <= length <= LONGEST:
                yield from (self.long_text(max(0, length + step)) for step in (-1, 0, 1))
                yield " " * length + "x"
