"""Imports the user's Flask application as a production server would: never run, never debugged."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import os
import random
import re
import sys
from types import ModuleType
from typing import Any, NamedTuple

import flask
import flask.cli
import werkzeug.serving

from . import failures
from .flask_find import FACTORIES, INSTANCES, Candidate, candidates, named

_SETTINGS = (".env", ".flaskenv")
_DEVELOPMENT = ("FLASK_DEBUG", "FLASK_ENV")
_APP_SETTING = re.compile(r"^\s*(?:export\s+)?FLASK_APP\s*=\s*['\"]?([^'\"#\n]+)", re.MULTILINE)
_CREDENTIALS = re.compile(r"://[^/\s@]*@")
_CALL = re.compile(r"\w+\s*\(.*\)$", re.DOTALL)


class CannotLoad(Exception):  # noqa: N818  (says what happened)
    """Why there is no application, in words for the user."""


class NeedsArguments(CannotLoad):
    """There is a function that makes an application, and nobody knows with what."""


class Loaded(NamedTuple):
    """An application, and how it was found: "module:name"."""

    app: flask.Flask
    target: str


def load(root: str, wish: str | None) -> Loaded:
    """Import the application that is named, or find it. Raises CannotLoad."""
    setting = _read_settings(root)
    _keep_from_running()
    seed = _Seed()
    try:
        found = _load(root, wish or setting)
    finally:
        seed.end()
    return found


def _load(root: str, wish: str) -> Loaded:
    if wish:
        place, _, attribute = wish.partition(":")
        is_path = place.endswith(".py") or os.sep in place
        candidate = named(os.path.join(root, place)) if is_path else Candidate(place, root)
        found = _app_of(_import(candidate, root), attribute, root)
        if found is None:
            raise CannotLoad("{} is no Flask application and makes none".format(wish))
        return found
    problem = CannotLoad(
        "no Flask application was found: name it with --app MODULE:NAME, "
        "such as --app package.module:app or --app 'package:create_app()'"
    )
    for candidate in candidates(root):
        try:
            found = _app_of(_import(candidate, root), "", root)
        except NeedsArguments as error:
            # Another module may call it.
            found, problem = None, error
        if found is not None:
            return found
    raise problem


def _read_settings(root: str) -> str:
    """Take over .env and .flaskenv as `flask run` does; what they give for FLASK_APP, or ""."""
    setting = os.environ.get("FLASK_APP", "")
    for name in _SETTINGS:
        path = os.path.join(root, name)
        if os.path.isfile(path):
            flask.cli.load_dotenv(path)
            with open(path, encoding="utf-8", errors="replace") as stream:
                match = _APP_SETTING.search(stream.read())
            if match and not setting:
                setting = match.group(1).strip()
    for name in _DEVELOPMENT:
        # What is served is no development server.
        os.environ.pop(name, None)
    return setting


def _keep_from_running() -> None:
    """A module that starts its server when it is imported goes on instead."""

    def started(*_: object, **__: object) -> None:
        sys.stderr.write("not started: the application is served by journeyman\n")

    vars_of_flask: Any = flask.Flask
    vars_of_flask.run = started
    serving: Any = werkzeug.serving
    serving.run_simple = started


class _Seed:
    """Notes whether the application seeds `random`, which forgets its seed in forked copies."""

    def __init__(self) -> None:
        self._module = vars(random)
        self._original = random.seed
        self._is_set = False
        self._module["seed"] = self._seed

    def _seed(self, a: Any = None, version: int = 2) -> None:
        self._is_set = a is not None
        self._original(a, version)

    def end(self) -> None:
        """From now on, forked copies go on from the state that `random` has."""
        self._module["seed"] = self._original
        if self._is_set:
            state = functools.partial(random.setstate, random.getstate())
            os.register_at_fork(after_in_child=state)


def _import(candidate: Candidate, root: str) -> ModuleType:
    if candidate.folder not in map(os.path.realpath, sys.path):
        sys.path.insert(0, candidate.folder)
    sys.argv[:] = [candidate.module]
    try:
        return importlib.import_module(candidate.module)
    except ModuleNotFoundError as error:
        if (candidate.module + ".").startswith(str(error.name) + "."):
            raise CannotLoad("the project has no module {}".format(error.name)) from None
        raise CannotLoad(_sentence(error, root)) from error
    except BaseException as error:
        # The user's module may raise anything, SystemExit included.
        raise CannotLoad(_sentence(error, root)) from error


def _app_of(module: ModuleType, attribute: str, root: str) -> Loaded | None:
    """The application of a module; None if it has none."""
    if attribute:
        return _from_attribute(module, attribute, root)
    content = dict(vars(module))
    instances = [name for name, value in content.items() if _is_app(value)]
    for name in [name for name in INSTANCES if name in instances] or instances:
        return Loaded(content[name], "{}:{}".format(module.__name__, name))
    for name in FACTORIES:
        if inspect.isfunction(content.get(name)):
            return _made(module, name, [], {}, root)
    return None


def _from_attribute(module: ModuleType, text: str, root: str) -> Loaded | None:
    """What "name" or "name('argument', key=value)" stands for."""
    name, arguments, named_ones = text, [], {}
    if _CALL.match(text):
        try:
            call: Any = ast.parse(text.strip(), mode="eval").body
            name = call.func.id
            arguments = [ast.literal_eval(each) for each in call.args]
            named_ones = {each.arg: ast.literal_eval(each.value) for each in call.keywords}
        except (SyntaxError, ValueError, AttributeError):
            raise CannotLoad("{} is no call with plain values".format(text)) from None
    value: Any = getattr(module, name, None)
    if _is_app(value):
        return Loaded(value, "{}:{}".format(module.__name__, name))
    return _made(module, name, arguments, named_ones, root) if inspect.isfunction(value) else None


def _made(
    module: ModuleType, name: str, arguments: list[Any], named_ones: dict[str, Any], root: str
) -> Loaded | None:
    factory: Any = getattr(module, name)
    try:
        inspect.signature(factory).bind(*arguments, **named_ones)
    except TypeError as error:
        raise NeedsArguments(
            "{0}.{1} cannot be called so ({2}): name it with its arguments, "
            "--app \"{0}:{1}('...')\"".format(module.__name__, name, error)
        ) from None
    try:
        app = factory(*arguments, **named_ones)
    except BaseException as error:
        # As above.
        raise CannotLoad(_sentence(error, root)) from error
    return Loaded(app, "{}:{}()".format(module.__name__, name)) if _is_app(app) else None


def _is_app(value: Any) -> bool:
    # Not isinstance: a proxy such as `current_app` would ask for what it stands for.
    return issubclass(type(value), flask.Flask)


def _sentence(error: BaseException, root: str) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        top = error.name.partition(".")[0]
        return "no module named {}: install it into the project's environment".format(top)
    failure = failures.describe(error, "import", root)
    place = "{}, line {}: ".format(failure["file"], failure["line"]) if failure["file"] else ""
    message = _CREDENTIALS.sub("://…@", failure["message"])
    return "{}{}: {}".format(place, failure["exception"], message).rstrip(": ")
