"""What importing an application tells about it."""

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from runners.http_replay.app import AppFacts, Rule
from runners.http_replay.original import facts
from tests.runners.http_replay.apps import BLOG, NOTES, environment, project

HELLO = """
    from flask import Flask

    {name} = Flask(__name__)


    @{name}.route("/")
    def hello():
        return "hello"
    """
FACTORY = """
    from flask import Flask


    def create_app({parameters}):
        app = Flask("made")
        app.add_url_rule("/made", "made", lambda: "made")
        return app
    """


def told(folder: Path, files: Mapping[str, str], *, app: str | None = None) -> AppFacts:
    root = project(folder, files)
    env = environment(folder) | {"FLASK_DEBUG": "1"}
    return facts(sys.executable, root, env, app=app)


def rule_of(found: AppFacts, endpoint: str) -> Rule:
    return next(rule for rule in found.rules if rule.endpoint == endpoint)


def test_an_application_in_a_module_that_would_run_it(tmp_path: Path) -> None:
    found = told(tmp_path, NOTES)
    assert (found.problem, found.app, found.files) == ("", "app:app", ("app.py",))
    assert found.has_secret_key is found.debug is False
    assert found.session_cookie == "session"
    assert found.flask.count(".") == found.werkzeug.count(".") == 2
    assert "not for you" not in msgspec.json.encode(found).decode()
    roll = rule_of(found, "roll")
    assert (roll.rule, roll.methods) == ("/roll/", ("GET", "HEAD", "OPTIONS"))
    assert (roll.defaults, roll.converters, roll.strict_slashes) == ({"sides": "6"}, {}, True)
    assert rule_of(found, "static").function is None


def test_the_secret_key_goes_into_a_file_for_the_user_alone_and_nowhere_else(
    tmp_path: Path,
) -> None:
    root = project(tmp_path, BLOG)
    found = facts(sys.executable, root, environment(tmp_path), secrets="port.env")
    assert found.has_secret_key
    secret = (root / "port.env").read_text().removeprefix("SECRET_KEY=").strip()
    assert secret
    assert secret not in msgspec.json.encode(found).decode()
    assert (root / "port.env").stat().st_mode & 0o777 == 0o600


def test_functions_are_found_below_decorators_that_hide_them(tmp_path: Path) -> None:
    found = told(tmp_path, NOTES)
    lines = (tmp_path / "copy" / "app.py").read_text().splitlines()
    note = rule_of(found, "note")
    assert note.converters == {"size": "any(big,small)", "number": "int"}
    assert note.function is not None
    assert (note.function.module, note.function.name, note.function.file) == (
        "app",
        "note",
        "app.py",
    )
    assert lines[note.function.first - 1].startswith("@app.route")
    assert lines[note.function.last - 1] == "    return jsonify(NOTES[number])"
    assert [each.name for each in found.functions] == ["look", "missing", "note", "roll"]


def test_a_factory_in_a_package_with_blueprints_and_a_database(tmp_path: Path) -> None:
    found = told(tmp_path, BLOG)
    assert (found.problem, found.app) == ("", "blog:create_app()")
    assert found.files == ("blog/__init__.py", "blog/db.py", "blog/posts.py")
    assert found.has_secret_key
    assert found.databases == ("instance/blog.sqlite", "posts.data")
    posts = rule_of(found, "posts.all")
    assert posts.function is not None
    assert posts.function.name == "Posts"
    assert {"mark", "Posts.get", "Posts.post", "seen"} == {each.name for each in found.functions}
    text = msgspec.json.encode(found).decode()
    assert "sesame" not in text
    assert "pass@" not in text


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"hello.py": HELLO.format(name="site")}, "hello:site"),
        (
            {"wsgi.py": "from shop import create_app\n\napplication = create_app('x')\n"}
            | {"shop.py": FACTORY.format(parameters="name")},
            "wsgi:application",
        ),
        ({"app.py": "import os\n", "shop/__init__.py": HELLO.format(name="web")}, "shop:web"),
        ({"src/shop/web.py": HELLO.format(name="app"), "src/shop/__init__.py": ""}, "shop.web:app"),
        (
            {".flaskenv": "FLASK_APP=other.py:second\nFLASK_DEBUG=1\n"}
            | {"app.py": HELLO.format(name="app"), "other.py": HELLO.format(name="second")},
            "other:second",
        ),
        ({"test_app.py": HELLO.format(name="app"), "b.py": HELLO.format(name="app")}, "b:app"),
        ({"drop.py": "from b import app\n\n1 / 0\n", "b.py": HELLO.format(name="app")}, "b:app"),
        ({"shop.py": FACTORY.format(parameters="*, name='x'")}, "shop:create_app()"),
    ],
)
def test_where_it_is_found(tmp_path: Path, files: dict[str, str], found: str) -> None:
    answer = told(tmp_path, files)
    assert (answer.problem, answer.app) == ("", found)
    assert not answer.debug


@pytest.mark.parametrize("app", ["shop:create_app('x')", "shop.py:create_app(name='x')"])
def test_a_factory_is_called_as_it_was_named(tmp_path: Path, app: str) -> None:
    answer = told(tmp_path, {"shop.py": FACTORY.format(parameters="name")}, app=app)
    assert answer.problem == ""
    assert "/made" in {rule.rule for rule in answer.rules}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"app.py": "from flask_elsewhere import app\n"}, "no module named flask_elsewhere"),
        ({"app.py": "import os\n\napp = os.environ['NOT_SET']\n"}, "app.py, line 3: KeyError"),
        ({"app.py": "app = (\n"}, "app.py, line 1: SyntaxError"),
        ({"app.py": "import sys\n\napp = sys.exit(3)\n"}, "app.py, line 3: SystemExit: 3"),
        ({"app.py": "app = open('db://me:secret@host')\n"}, "db://…@host"),
        ({"shop.py": FACTORY.format(parameters="name")}, "shop.create_app cannot be called so"),
        ({"setup.py": "x = 1\n"}, "no Flask application was found"),
    ],
)
def test_why_it_cannot_be_imported(tmp_path: Path, files: dict[str, str], words: str) -> None:
    answer = told(tmp_path, files)
    assert words in answer.problem
    assert answer.rules == ()


def test_a_name_that_leads_nowhere(tmp_path: Path) -> None:
    assert told(tmp_path, NOTES, app="shop:app").problem == "the project has no module shop"
    again = told(tmp_path, NOTES, app="app:shop").problem
    assert again == "app:shop is no Flask application and makes none"


def test_an_import_that_never_ends_is_told(tmp_path: Path) -> None:
    root = project(tmp_path, {"app.py": "import time\n\nprint('waiting')\napp = time.sleep(60)\n"})
    env = environment(tmp_path) | {"PYTHONUNBUFFERED": "1"}
    answer = facts(sys.executable, root, env, deadline_s=1)
    assert answer.problem.startswith("the application took more than 1 s to be imported")
    assert answer.problem.endswith(": waiting")


def test_an_environment_without_flask(tmp_path: Path) -> None:
    root = project(tmp_path, NOTES | {"flask.py": "raise ImportError('broken')\n"})
    answer = facts(sys.executable, root, environment(tmp_path))
    assert answer.problem.startswith("Flask cannot be imported in this project's environment")


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    root = project(tmp_path, NOTES)
    answer = facts(str(tmp_path / "python"), root, environment(tmp_path))
    assert "does not start" in answer.problem
