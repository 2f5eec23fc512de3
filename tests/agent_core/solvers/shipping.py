"""A project in which a search leaves more than one survivor: `<` and `<=` mend it alike."""

from pathlib import Path

from agent_core.models.builtin import BuiltinModel
from agent_core.models.protocol import Turn
from agent_core.models.scripted import ScriptedModel, call
from agent_core.results import CandidatesTried
from agent_core.session import Session
from tests.agent_core.projects import assign, git, write

FAULTY = '''\
"""What may be sent by post."""


def light(weight):
    """Whether it may go by post."""
    return weight > 30
'''
TESTS = """\
from shipping import light


def test_a_letter():
    assert light(1)


def test_a_piano():
    assert not light(500)
"""
STYLE = """\
from pathlib import Path


def test_style():
    assert "<=" not in Path(__file__).with_name("shipping.py").read_text()
"""
"""A test that reads the file, and so sees `<=` only once it stands there."""


def shipping(folder: Path, **files: str) -> Path:
    """The project, committed."""
    write(folder, {"shipping.py": FAULTY, "test_shipping.py": TESTS, **files})
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Shipping")
    return folder


def styled(folder: Path) -> Path:
    """The project with the test of its style."""
    return shipping(folder, **{"test_style.py": STYLE})


async def searched(origin: Path) -> Session:
    """A session whose change is the first of its survivors, found by a search of one family."""
    session = assign(origin)
    search = call("try_candidates", places=["shipping.py:6"], families=["comparison operator"])
    await session.run(ScriptedModel([Turn(calls=(search,))]))
    stopped = await session.run(BuiltinModel())
    (tried,) = session.history.results(CandidatesTried)
    assert (len(tried.survivors), stopped.verdict.state) == (2, "fixed")
    return session
