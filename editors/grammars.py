"""The languages whose syntax is known: each one entry of a table, told by the name of a file.

A grammar that is not installed is a language not known.
"""

import importlib
from functools import cache
from typing import Final, Literal

import msgspec
from tree_sitter import Language

Kind = Literal["function", "class"]


class Grammar(msgspec.Struct, frozen=True):
    """One language: the package with its grammar, its files, and the nodes that define things.

    `definitions` maps node types to what they define; the name is the child in field `name`.
    entry: the package's function that gives the language. queries: files of `resources/queries`
    that say how it is coloured; none means the one named like the language. exact: whether what the
    grammar calls an error is one, so that an edit which makes one may be refused.
    """

    language: str
    package: str
    suffixes: tuple[str, ...]
    definitions: dict[str, Kind] = {}
    names: tuple[str, ...] = ()
    name_field: str = "name"
    wrappers: tuple[str, ...] = ()
    entry: str = "language"
    queries: tuple[str, ...] = ()
    exact: bool = False


_JAVASCRIPT: Final[dict[str, Kind]] = {
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "method_definition": "function",
    "class_declaration": "class",
}
_TYPESCRIPT: Final[dict[str, Kind]] = {
    **_JAVASCRIPT,
    "abstract_class_declaration": "class",
    "interface_declaration": "class",
    "enum_declaration": "class",
}
_RUST: Final[dict[str, Kind]] = {
    "function_item": "function",
    "struct_item": "class",
    "enum_item": "class",
    "trait_item": "class",
}

GRAMMARS: Final = (
    Grammar(
        language="python",
        package="tree_sitter_python",
        suffixes=(".py", ".pyi", ".pyw"),
        definitions={"function_definition": "function", "class_definition": "class"},
        names=("SConstruct", "SConscript"),
        wrappers=("decorated_definition",),
        exact=True,
    ),
    Grammar(
        language="javascript",
        package="tree_sitter_javascript",
        suffixes=(".js", ".mjs", ".cjs", ".jsx"),
        definitions=_JAVASCRIPT,
        queries=("ecmascript", "javascript", "jsx"),
    ),
    Grammar(
        language="typescript",
        package="tree_sitter_typescript",
        suffixes=(".ts", ".mts", ".cts"),
        definitions=_TYPESCRIPT,
        entry="language_typescript",
        queries=("ecmascript", "typescript"),
    ),
    Grammar(
        language="tsx",
        package="tree_sitter_typescript",
        suffixes=(".tsx",),
        definitions=_TYPESCRIPT,
        entry="language_tsx",
        queries=("ecmascript", "typescript", "jsx"),
    ),
    Grammar(
        language="json",
        package="tree_sitter_json",
        suffixes=(".json", ".jsonc", ".webmanifest", ".ipynb"),
        names=(".babelrc", ".prettierrc"),
    ),
    Grammar(
        language="html",
        package="tree_sitter_html",
        suffixes=(".html", ".htm", ".xhtml"),
    ),
    Grammar(language="css", package="tree_sitter_css", suffixes=(".css",)),
    Grammar(
        language="toml",
        package="tree_sitter_toml",
        suffixes=(".toml",),
        names=("poetry.lock", "uv.lock", "Cargo.lock", "Pipfile"),
    ),
    Grammar(
        language="yaml",
        package="tree_sitter_yaml",
        suffixes=(".yaml", ".yml"),
        names=(".clang-format", "CITATION.cff"),
    ),
    Grammar(
        language="markdown", package="tree_sitter_markdown", suffixes=(".md", ".markdown", ".mdx")
    ),
    Grammar(
        language="bash",
        package="tree_sitter_bash",
        suffixes=(".sh", ".bash", ".zsh"),
        definitions={"function_definition": "function"},
        names=(".bashrc", ".bash_profile", ".profile", "PKGBUILD"),
    ),
    Grammar(language="rust", package="tree_sitter_rust", suffixes=(".rs",), definitions=_RUST),
)


def grammar_of(path: str) -> Grammar | None:
    """The language of a file by its name, or None where it is none of ours."""
    name = path.rpartition("/")[2]
    for grammar in GRAMMARS:
        if name in grammar.names or name.endswith(grammar.suffixes):
            return grammar if _language(grammar.package, grammar.entry) else None
    return None


def language_of(grammar: Grammar) -> Language:
    """The grammar in tree-sitter's form; raises LookupError where it is not installed."""
    language = _language(grammar.package, grammar.entry)
    if language is None:
        raise LookupError(f"The grammar {grammar.package} is not installed.")
    return language


@cache
def _language(package: str, entry: str) -> Language | None:
    try:
        return Language(getattr(importlib.import_module(package), entry)())
    except ImportError:
        return None
