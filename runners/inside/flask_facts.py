"""What an imported Flask application is made of, as plain data; no value of its configuration."""

from __future__ import annotations

import ast
import dis
import inspect
import os
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from types import CodeType, FunctionType
from typing import Any
from urllib.parse import unquote

import flask
from werkzeug.routing import Rule

from . import failures
from .flask_load import Loaded

_HOOKS = (
    "before_request_funcs",
    "before_first_request_funcs",
    "after_request_funcs",
    "teardown_request_funcs",
    "teardown_appcontext_funcs",
    "url_value_preprocessors",
    "url_default_functions",
    "template_context_processors",
    "error_handler_spec",
)
_CONVERTERS = {
    "UnicodeConverter": "string",
    "IntegerConverter": "int",
    "FloatConverter": "float",
    "PathConverter": "path",
    "UUIDConverter": "uuid",
}
_DATABASE = re.compile(r"[^\s'\"?*<>|]+\.(?:db|db3|sqlite|sqlite3)$")
_URI = re.compile(r"sqlite(?:\+\w+)?:///")
_GOES_ON = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
DEPTH = 8
"""How many decorators, or layers of containers, are looked through."""


def versions() -> dict[str, str]:
    """The installed Flask and Werkzeug."""
    return {name: metadata.version(name) for name in ("flask", "werkzeug")}


def of(loaded: Loaded, root: str) -> dict[str, Any]:
    """All facts."""
    app = loaded.app
    files = _files(root)
    return {
        "app": loaded.target,
        "rules": [_rule(each, app, root) for each in app.url_map.iter_rules()],
        "files": files,
        "functions": _functions(app, root),
        "session_cookie": str(app.config.get("SESSION_COOKIE_NAME") or "session"),
        "has_secret_key": bool(app.secret_key),
        "databases": sorted(_databases(app, root, files)),
        "debug": bool(app.debug),
        **versions(),
    }


def _rule(rule: Rule, app: flask.Flask, root: str) -> dict[str, Any]:
    converters: dict[str, Any] = getattr(rule, "_converters", {})
    view = app.view_functions.get(rule.endpoint)
    return {
        "rule": rule.rule,
        "endpoint": str(rule.endpoint),
        "methods": sorted(rule.methods or ()),
        "converters": {name: converter_kind(each) for name, each in sorted(converters.items())},
        "defaults": {name: str(value) for name, value in sorted((rule.defaults or {}).items())},
        "strict_slashes": bool(rule.strict_slashes),
        "function": None if view is None else _function(view, root),
    }


def converter_kind(converter: Any) -> str:
    """The name by which facts know a converter of a rule."""
    name = type(converter).__name__
    if name == "AnyConverter":
        # Only the pattern holds the words in every version: "(?:a|b)".
        words = [re.sub(r"\\(.)", r"\1", each) for each in converter.regex[3:-1].split("|")]
        return "any({})".format(",".join(words))
    return _CONVERTERS.get(name, name)


# Functions: below their decorators, with their place.


def _function(view: Any, root: str) -> dict[str, Any] | None:
    """A view, hook or handler that the project wrote; None if it is somebody else's."""
    target = getattr(view, "view_class", None) or _unwrapped(view, root)
    if isinstance(target, type):
        return _class(target, root)
    code: CodeType | None = getattr(target, "__code__", None)
    file = "" if code is None else failures.relative(code.co_filename, root)
    if code is None or not file:
        return None
    return _placed(target, file, code.co_firstlineno, _last_line(code))


def _class(kind: type, root: str) -> dict[str, Any] | None:
    file = failures.relative(getattr(sys.modules.get(kind.__module__), "__file__", "") or "", root)
    if not file:
        return None
    try:
        lines, first = inspect.getsourcelines(kind)
    except (OSError, TypeError):
        return None
    return _placed(kind, file, first, first + len(lines) - 1)


def _placed(target: Any, file: str, first: int, last: int) -> dict[str, Any]:
    name, module = target.__qualname__, target.__module__
    return {"module": module, "name": name, "file": file, "first": first, "last": last}


def _last_line(code: CodeType) -> int:
    inner = [_last_line(each) for each in code.co_consts if isinstance(each, CodeType)]
    lines = [line for _, line in dis.findlinestarts(code) if line is not None]
    return max([code.co_firstlineno, *lines, *inner])


def _unwrapped(view: Any, root: str) -> Any:
    """The function below decorators, those that forgot `functools.wraps` included."""
    for _ in range(DEPTH):
        inner = getattr(view, "__wrapped__", None) or getattr(view, "func", None)
        inner = getattr(view, "__func__", None) if inner is None else inner
        if inner is None:
            inner = _passed_on_to(view, root)
        if inner is None:
            break
        view = inner
    return view


def _passed_on_to(view: Any, root: str) -> Any:
    """The function of the project that a closure with open arguments hands its call to."""
    if not isinstance(view, FunctionType) or not view.__code__.co_flags & _GOES_ON:
        return None
    for cell in view.__closure__ or ():
        try:
            content = cell.cell_contents
        except ValueError:
            # Not filled yet.
            continue
        if isinstance(content, FunctionType):
            if failures.relative(content.__code__.co_filename, root):
                return content
    return None


def _functions(app: flask.Flask, root: str) -> list[dict[str, Any]]:
    """Views, hooks and error handlers, methods of views that are classes; in order of place."""
    found = {}
    for view in [*app.view_functions.values(), *_hooks(app)]:
        kind = getattr(view, "view_class", None)
        methods = vars(kind).values() if kind is not None else [view]
        for each in methods:
            function = _function(each, root) if callable(each) else None
            if function is not None:
                found[function["file"], function["first"], function["name"]] = function
    return [function for _, function in sorted(found.items())]


def _hooks(app: flask.Flask) -> Iterator[Any]:
    for name in _HOOKS:
        yield from _callables(getattr(app, name, None), DEPTH)


def _callables(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)) and depth:
        for each in value:
            yield from _callables(each, depth - 1)
    elif callable(value):
        yield value


# Files.


def _files(root: str) -> list[str]:
    """The project's own sources that are imported."""
    environment = os.path.realpath(sys.prefix) + os.sep
    found = set()
    for module in sys.modules.copy().values():
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py"):
            place = failures.relative(file, root)
            if place and not os.path.realpath(file).startswith(environment):
                found.add(place)
    return sorted(found)


def _databases(app: flask.Flask, root: str, files: Iterable[str]) -> set[str]:
    settings = [value for value in app.config.values() if isinstance(value, str)]
    found = {_place(path, app, root) for path in map(_database_path, settings) if path}
    known = {os.path.basename(path) for path in found}
    for file in files:
        for path in map(_database_path, _texts(os.path.join(root, file))):
            # A bare name is often a part of what the configuration names whole.
            if path and path not in known:
                found.add(_place(path, app, root))
    return found - {""}


def _texts(path: str) -> Iterator[str]:
    with open(path, "rb") as stream:
        tree = ast.parse(stream.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _database_path(text: str) -> str:
    """The path that a setting or a text of the sources names; "" if it is no SQLite file."""
    uri = _URI.match(text)
    if uri:
        path = unquote(text[uri.end() :].partition("?")[0])
        return "" if path == ":memory:" else path
    return text if _DATABASE.match(text) else ""


def _place(path: str, app: flask.Flask, root: str) -> str:
    """The path relative to the project, where the file is if there is one; "" outside of it."""
    if os.path.isabs(path):
        return failures.relative(path, root)
    for folder in (root, app.instance_path, app.root_path):
        if os.path.exists(os.path.join(folder, path)):
            return failures.relative(os.path.join(folder, path), root)
    return failures.relative(os.path.join(root, path), root)
