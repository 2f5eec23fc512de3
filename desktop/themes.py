"""Colours by name, without Qt: the themes of `resources/themes` and their fallbacks."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

import msgspec


class Theme(msgspec.Struct, frozen=True):
    """One theme: token -> "#rrggbb". `colour_blind` replaces some of `colours`."""

    colours: Mapping[str, str]
    colour_blind: Mapping[str, str]
    syntax: Mapping[str, str]

    def colour(self, token: str, *, colour_blind: bool = False) -> str:
        """The colour of a token; `syntax.a.b` falls back to `syntax.a`, then to the text.

        Raises:
            KeyError: the theme has no such token.
        """
        if token.startswith("syntax."):
            return self._capture(token.removeprefix("syntax."))
        if colour_blind and token in self.colour_blind:
            return self.colour_blind[token]
        return self.colours[token]

    def _capture(self, name: str) -> str:
        while name:
            if name in self.syntax:
                return self.syntax[name]
            name = name.rpartition(".")[0]
        return self.colours["text"]


def load(name: str) -> Theme:
    """The theme "dark" or "light"."""
    text = (files("resources") / "themes" / f"{name}.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Theme)
