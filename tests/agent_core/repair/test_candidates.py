import itertools
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from agent_core.repair.candidates import PACE, Candidates, Wanted, candidates, paced
from agent_core.repair.generate import GenerateRequest, generate
from agent_core.repair.localise import Place
from runners.observations import Observations
from runners.patches import Patch
from runners.pool import call

SHOP = "def total(price, rate):\n    # für jeden\n    return price - rate\n"


def request(observations: Observations | None = None) -> GenerateRequest:
    return GenerateRequest(
        sources={"shop.py": SHOP},
        places=(Place(file="shop.py", line=3, suspicion=1.0, reason="named"),),
        observations=observations or Observations(),
    )


def wanted(folder: Path) -> Wanted:
    (folder / "shop.py").write_text(SHOP, encoding="utf-8")
    return Wanted(request(), str(folder))


async def test_a_worker_brings_what_was_generated_in_its_order(tmp_path: Path) -> None:
    asked = wanted(tmp_path)
    found = await call(candidates, asked, result=Candidates, timeout_s=60)
    assert found.every() == generate(asked.request).patches
    assert len(found.patches) > 20
    assert found == await call(candidates, asked, result=Candidates, timeout_s=60)


def test_some_are_a_slice_of_all(tmp_path: Path) -> None:
    found = candidates(wanted(tmp_path))
    assert found.some(3, 5) == found.every()[3:8]
    assert found.some(len(found.patches), 5) == ()


def test_only_what_is_asked_for_is_decoded(tmp_path: Path) -> None:
    found = candidates(wanted(tmp_path))
    broken = msgspec.structs.replace(found, patches=(*found.patches, msgspec.Raw(b"\xc1")))
    assert broken.some(0, len(found.patches)) == found.every()


def test_edits_are_counted_in_bytes_of_the_stored_file(tmp_path: Path) -> None:
    plain = candidates(wanted(tmp_path)).every()
    coded = "# coding: latin-1\n"
    data = (tmp_path / "shop.py").read_bytes()
    assert {data[p.edits[0].start : p.edits[0].end] for p in plain} >= {b"price - rate"}
    asked = Wanted(
        msgspec.structs.replace(
            request(),
            sources={"shop.py": coded + SHOP},
            places=(Place(file="shop.py", line=4, suspicion=1.0, reason="named"),),
        ),
        str(tmp_path),
    )
    (tmp_path / "shop.py").write_bytes((coded + SHOP).encode("latin-1"))
    data = (tmp_path / "shop.py").read_bytes()
    moved = candidates(asked).every()
    assert {data[p.edits[0].start : p.edits[0].end] for p in moved} >= {b"price - rate"}


def test_what_only_an_import_runs_is_marked(tmp_path: Path) -> None:
    wanted(tmp_path)
    seen = Observations(imported={"shop.py": (3,)})
    found = candidates(Wanted(request(seen), str(tmp_path))).every()
    assert {patch.line for patch in found if patch.at_import} == {3}
    assert 3 not in {patch.line for patch in found if not patch.at_import}
    assert not any(patch.at_import for patch in candidates(wanted(tmp_path)).every())


def of(name: str, *, at_import: bool) -> Patch:
    return Patch(id=name, edits=(), family="f", line=1, score=0.0, summary="", at_import=at_import)


@given(st.lists(st.booleans(), max_size=300))
def test_patches_that_need_a_new_start_are_spread_out(kinds: list[bool]) -> None:
    patches = [of(str(n), at_import=at_import) for n, at_import in enumerate(kinds)]
    spread = list(paced(patches))
    assert sorted(p.id for p in spread) == sorted(p.id for p in patches)
    for wanted in (False, True):
        assert [p for p in spread if p.at_import is wanted] == [
            p for p in patches if p.at_import is wanted
        ]
    last = max((n for n, p in enumerate(spread) if not p.at_import), default=0)
    slow = [n for n, p in enumerate(spread) if p.at_import and n < last]
    assert all(later - sooner > PACE for sooner, later in itertools.pairwise(slow))


def test_where_nothing_is_quick_the_order_stays() -> None:
    patches = [of(str(n), at_import=True) for n in range(3)]
    assert list(paced(patches)) == patches
