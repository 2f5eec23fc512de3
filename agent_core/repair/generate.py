"""Candidate patches for suspicious places, best first."""

import ast
import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec

from agent_core.repair.alike import Candidate, together
from agent_core.repair.explain import summarise
from agent_core.repair.families.base import Change, Family, is_value
from agent_core.repair.families.registry import families_for
from agent_core.repair.ingredients import read_literals
from agent_core.repair.localise import Place
from agent_core.repair.order import score
from agent_core.repair.scopes import Function
from agent_core.repair.sites import Site, Surroundings, choose_sites
from agent_core.repair.source import Source, Unparsable
from agent_core.repair.types import Types
from runners.observations import Observations
from runners.patches import Patch, TextEdit
from runners.reports import Failure


class GenerateRequest(msgspec.Struct, frozen=True):
    """What to generate from. `sources` maps files to their text, `families` empty means all.

    `literals` are those of the failing tests, as Python writes them; `limit` counts patches.
    """

    sources: dict[str, str]
    places: tuple[Place, ...]
    observations: Observations
    families: tuple[str, ...] = ()
    literals: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    limit: int = 20000


class GenerateResult(msgspec.Struct, frozen=True):
    """Patches best first; files Python cannot parse; how many patches each family gave."""

    patches: tuple[Patch, ...]
    unparsed: tuple[str, ...] = ()
    families: dict[str, int] = {}
    cut: int = 0


def generate(request: GenerateRequest) -> GenerateResult:
    """All patches of the chosen families at the places, the most promising `limit` of them."""
    sources: dict[str, Source] = {}
    unparsed = []
    for file in sorted({place.file for place in request.places} & request.sources.keys()):
        try:
            sources[file] = Source(file, request.sources[file])
        except Unparsable:
            unparsed.append(file)
    best = _candidates(request, sources)
    ordered = sorted(best.values(), key=_rank)
    patches = tuple(_patch(c, sources) for c in ordered[: request.limit])
    counts: dict[str, int] = {}
    for patch in patches:
        counts[patch.family] = counts.get(patch.family, 0) + 1
    return GenerateResult(
        patches, tuple(unparsed), dict(sorted(counts.items())), len(ordered) - len(patches)
    )


def _rank(candidate: Candidate) -> tuple[float, int, tuple[TextEdit, ...]]:
    size = sum(edit.end - edit.start + len(edit.text) for edit in candidate.edits)
    return (-round(candidate.score, 6), size, candidate.edits)


def _patch(candidate: Candidate, sources: dict[str, Source]) -> Patch:
    first = candidate.edits[0]
    digest = hashlib.blake2b(repr(candidate.edits).encode("utf-8", "surrogatepass"), digest_size=8)
    return Patch(
        id=digest.hexdigest(),
        edits=candidate.edits,
        family=candidate.family,
        line=candidate.line,
        score=candidate.score,
        summary=summarise(candidate.edits, sources[first.file].data),
    )


def _candidates(
    request: GenerateRequest, sources: dict[str, Source]
) -> dict[tuple[TextEdit, ...], Candidate]:
    types = Types(request.observations)
    literals = read_literals(request.literals, request.failures)
    functions = _signatures(request.sources, sources)
    chosen = frozenset(request.families)
    best: dict[tuple[TextEdit, ...], Candidate] = {}
    for file, source in sources.items():
        around = Surroundings(source, types, literals, request.failures, functions)
        places = [place for place in request.places if place.file == file]
        for site in choose_sites(around, places):
            for candidate in _at_site(site, chosen):
                known = best.get(candidate.edits)
                if known is None or candidate.score > known.score:
                    best[candidate.edits] = candidate
    for candidate in together(best.values(), sources):
        best.setdefault(candidate.edits, candidate)
    return best


def _at_site(site: Site, chosen: frozenset[str]) -> Iterator[Candidate]:
    for node in (site.statement, *site.nodes):
        value = not isinstance(node, ast.expr) or is_value(site, node)
        text = _inside_text(site, node)
        for family in families_for(node):
            if (chosen and family.name not in chosen) or (family.values and not value):
                continue
            yield from _of_family(site, node, family, inside_text=text)


def _of_family(
    site: Site, node: ast.AST, family: Family[Any], *, inside_text: bool
) -> Iterator[Candidate]:
    changes = [c for c in family.rule(site, node) if _useful(site, c, inside_text=inside_text)]
    for change in changes:
        yield Candidate(
            tuple(sorted(change.edits)),
            score(site.suspicion, family.weight, change.weight, len(changes)),
            family.name,
            site.statement.lineno,
        )


def _useful(site: Site, change: Change, *, inside_text: bool) -> bool:
    if not change.edits:
        return False
    if inside_text and any(set(edit.text) & set("\"'\\{}#\n") for edit in change.edits):
        return False
    data = site.source.data
    return any(
        data[e.start : e.end] != e.text.encode("utf-8", "surrogatepass") for e in change.edits
    )


def _inside_text(site: Site, node: ast.AST) -> bool:
    """Whether an expression stands in an f-string, where quotes may not be nested before 3.12."""
    here: ast.AST | None = site.source.parents.get(node)
    while here is not None and not isinstance(here, ast.stmt):
        if isinstance(here, ast.JoinedStr):
            return True
        here = site.source.parents.get(here)
    return False


def _signatures(texts: dict[str, str], parsed: dict[str, Source]) -> dict[str, ast.arguments]:
    """Parameters by function name, a class by its `__init__`, over all sources given."""
    found: dict[str, ast.arguments] = {}
    for file in sorted(texts):
        source = parsed.get(file)
        if source is None:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, Function):
                found.setdefault(node.name, node.args)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, Function) and inner.name == "__init__":
                        found[node.name] = inner.args
    return found
