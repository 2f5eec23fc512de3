"""The colours: what can be told from its ground, by everybody."""

import itertools

import pytest

from desktop import themes

NAMES = ("dark", "light")
BACKGROUNDS = ("window", "surface", "raised")
DEUTERANOPIA = (  # Machado, Oliveira and Fernandes 2009, severity 1, on linear light
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)


def contrast(one: str, other: str) -> float:
    """By WCAG 2: 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def times(matrix: tuple[tuple[float, ...], ...], vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def lab(light: tuple[float, ...]) -> tuple[float, float, float]:
    def root(part: float) -> float:
        return part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116

    x, y, z = (root(a / b) for a, b in zip(times(XYZ, light), WHITE, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def seen_apart(one: str, other: str) -> float:
    """Delta E (1976) of two colours as a deuteranope sees them."""
    seen = [
        lab(tuple(min(max(part, 0.0), 1.0) for part in times(DEUTERANOPIA, linear(colour))))
        for colour in (one, other)
    ]
    return float(sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("token", "least"),
    [
        ("text", 11),
        ("text2", 6.4),
        ("text3", 4.5),
        ("accent", 4.5),
        ("good", 4.5),
        ("bad", 4.5),
        ("warning", 4.5),
        ("border", 3.0),
        ("heat", 3.0),
    ],
)
def test_it_stands_out_from_every_background(name: str, token: str, least: float) -> None:
    theme = themes.load(name)
    found = min(contrast(theme.colour(token), theme.colour(ground)) for ground in BACKGROUNDS)
    assert found >= least


@pytest.mark.parametrize("name", NAMES)
def test_words_are_read_on_every_tint(name: str) -> None:
    theme = themes.load(name)
    for ground, blind in itertools.product(("added", "removed"), (False, True)):
        tint = theme.colour(ground, colour_blind=blind)
        assert contrast(theme.colour("text"), tint) >= 7
        strong = theme.colour(f"{ground}_strong", colour_blind=blind)
        assert contrast(theme.colour("text"), strong) >= 4.5
    for ground in ("selection", "hover"):
        assert contrast(theme.colour("text2"), theme.colour(ground)) >= 4.5
    assert contrast(theme.colour("on_accent"), theme.colour("accent")) >= 4.5


@pytest.mark.parametrize("name", NAMES)
def test_code_is_read_on_its_ground_and_in_diffs(name: str) -> None:
    theme = themes.load(name)
    poor = [
        (capture, ground, round(found, 2))
        for capture in theme.syntax
        for ground, blind in [("surface", False), *itertools.product(("added", "removed"), (0, 1))]
        if (
            found := contrast(
                theme.colour(f"syntax.{capture}"), theme.colour(ground, colour_blind=bool(blind))
            )
        )
        < 4.5
    ]
    assert poor == []


@pytest.mark.parametrize("name", NAMES)
def test_the_second_palette_is_told_apart_without_red_and_green(name: str) -> None:
    theme = themes.load(name)
    for kind in ("", "_strong"):
        added = theme.colour(f"added{kind}", colour_blind=True)
        removed = theme.colour(f"removed{kind}", colour_blind=True)
        assert seen_apart(added, removed) >= 15


def test_both_themes_have_the_same_tokens() -> None:
    dark, light = themes.load("dark"), themes.load("light")
    assert set(dark.colours) == set(light.colours)
    assert set(dark.syntax) == set(light.syntax)
    assert set(dark.colour_blind) == set(light.colour_blind) <= set(dark.colours)


def test_a_capture_falls_back_to_the_shorter_one_and_then_to_the_text() -> None:
    theme = themes.load("dark")
    assert theme.colour("syntax.function.method") == theme.syntax["function"]
    assert theme.colour("syntax.never.heard.of") == theme.colours["text"]
    with pytest.raises(KeyError):
        theme.colour("no_such_token")
