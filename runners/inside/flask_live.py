"""What an imported application holds, as plain data: names by identity, values, hooks, settings.

No secret leaves: a text whose name, or whose own value, says that it is one is told by name alone.
"""

from __future__ import annotations

import ast
import collections
import datetime as dt
import decimal
import logging
import os
import re
import sys
import threading
import types
import uuid
from typing import Any, Callable

import flask
from werkzeug.local import LocalProxy

from . import failures, flask_extensions, flask_names, flask_settings
from .flask_classes import class_facts
from .flask_load import Loaded
from .flask_secrets import LEAST, is_secret, literals, told_by_use

MOST = 20_000
"""How many values of containers are told."""
_SCALARS = (type(None), bool, int, float, str, bytes)
_OTHER_DATA = (uuid.UUID, dt.datetime, dt.date, dt.time, dt.timedelta, decimal.Decimal)
_CONTAINERS = (
    list, tuple, set, frozenset, dict,
    collections.OrderedDict, collections.defaultdict, collections.deque, collections.Counter,
)  # fmt: skip
_LOCKS = (type(threading.Lock()), type(threading.RLock()))
_PATTERN = type(re.compile(""))


def of(loaded: Loaded, root: str) -> dict[str, Any]:
    """All that a translation needs to know."""
    return Live(loaded.app, root).told()


def keep_secrets(loaded: Loaded, root: str, path: str) -> None:
    """Write each secret that is one line as NAME=value into a file that only the user can read."""
    live = Live(loaded.app, root)
    live.told()
    lines = [
        "{}={}\n".format(name, text)
        for name, value in live.secrets.items()
        for text in [value.decode("latin-1") if isinstance(value, bytes) else value]
        if text and len(text.splitlines()) == 1
    ]
    if lines:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(lines)


class Live:
    """Walks from modules, views and hooks to everything they reach, each object once."""

    def __init__(self, app: flask.Flask, root: str) -> None:
        self.secrets: dict[str, str | bytes] = {}
        self._app = app
        self._root = root
        self._names = flask_names.Names()
        self._kept: list[Any] = []  # what was numbered must live, or its number is given again
        self._numbers: dict[int, int] = {}
        self._functions: list[dict[str, Any]] = []
        self._classes: list[dict[str, Any]] = []
        self._objects: dict[str, dict[str, Any]] = {}
        self._left = MOST
        self._environment = flask_names.read_from_environment(root)
        self._values = self._secret_values()
        self._told_by_use: set[str] = set()

    def told(self) -> dict[str, Any]:
        """The facts as data."""
        found = flask_names.modules(self._root)
        files = [failures.relative(each.__file__ or "", self._root) for each in found]
        self._told_by_use.update(*(told_by_use(self._tree(file)) for file in files))
        facts = flask_settings.of(self._app, self._root, self.thing)
        modules = [self._module(each) for each in found]
        return {
            "modules": modules,
            **facts,
            "functions": self._functions,
            "classes": self._classes,
            "objects": self._objects,
            "literals": [each for module in modules for each in self._literals(module["file"])],
        }

    def _literals(self, file: str) -> list[dict[str, Any]]:
        """The secrets in the code of a file."""
        return [
            {
                "name": self._distinct(name, node.value),
                "file": file,
                "line": node.lineno,
                "column": node.col_offset,
            }
            for node, name in literals(self._tree(file))
        ]

    def _tree(self, file: str) -> ast.Module:
        with open(os.path.join(self._root, file), "rb") as stream:
            return ast.parse(stream.read())

    def _distinct(self, wanted: str, value: Any) -> str:
        """A name for a secret that no other one has."""
        name, number = wanted, 1
        while self.secrets.setdefault(name, value) != value:
            number += 1
            name = "{}_{}".format(wanted, number)
        return name

    def _secret_values(self) -> set[Any]:
        named = list(os.environ.items()) + list(self._app.config.items())
        values = [value for name, value in named if is_secret(str(name))]
        values.append(self._app.secret_key)
        return {each for each in values if isinstance(each, (str, bytes)) and len(each) >= LEAST}

    def _module(self, module: types.ModuleType) -> dict[str, Any]:
        names = {
            name: self.thing(value, module.__name__ + "." + name)
            for name, value in list(vars(module).items())
            if name == "__name__" or not name.startswith("__")
        }
        file = failures.relative(module.__file__ or "", self._root)
        return {"name": module.__name__, "file": file, "globals": names}

    def thing(self, value: Any, path: str) -> dict[str, Any]:
        """What a value is; `path` names it for a person, and tells whether it is a secret."""
        kind = type(value)
        if kind in _SCALARS:
            return self._scalar(value, path)
        known = self._names.of(value)
        if known:
            return {"is": "library", "name": known}
        if kind in _OTHER_DATA:
            return {"is": "data", "type": kind.__name__, "text": _text(value)}
        tell = self._container if kind in _CONTAINERS else self._object
        return tell(value, path)

    def _scalar(self, value: Any, path: str) -> dict[str, Any]:
        kind, last = type(value).__name__, path.rpartition(".")[2]
        if isinstance(value, (str, bytes)) and self._is_kept_back(value, path):
            name = self._distinct(self._environment.get(last, "") or _name(path), value)
            return {"is": "secret", "name": name, "path": path, "type": kind}
        text = value.hex() if isinstance(value, bytes) else _text(value)
        return {"is": "data", "type": kind, "text": text}

    def _is_kept_back(self, value: str | bytes, path: str) -> bool:
        named = any(is_secret(each) or each in self._told_by_use for each in path.split(".")[1:])
        return bool(value) and (named or value in self._values)

    def _object(self, value: Any, path: str) -> dict[str, Any]:
        """Functions, classes, and objects of kinds that have a meaning of their own."""
        # Not isinstance for proxies: to ask what one is would ask for what it stands for.
        kind = type(value)
        if kind is LocalProxy:
            return _other(value)
        for kinds, tell in self._tellers():
            if issubclass(kind, kinds):
                return tell(value, path)
        if self._is_ours(kind):
            return self._instance(value, path)
        return _other(value)

    def _tellers(self) -> list[tuple[Any, Callable[[Any, str], dict[str, Any]]]]:
        return [
            (types.FunctionType, self._function),
            (type, self._class),
            (types.ModuleType, lambda value, _: {"is": "module", "name": value.__name__}),
            (flask.Flask, lambda _, __: {"is": "app"}),
            (flask.Blueprint, lambda value, _: {"is": "blueprint", "name": value.name}),
            (logging.Logger, lambda _, __: {"is": "logger"}),
            (_PATTERN, lambda value, _: _pattern(value)),
            (_LOCKS, lambda _, __: {"is": "lock"}),
            (types.MethodType, self._method),
        ]

    def _method(self, value: types.MethodType, path: str) -> dict[str, Any]:
        function = self.thing(value.__func__, path)
        return {"is": "method", "function": function, "owner": self.thing(value.__self__, path)}

    # Objects with an identity, numbered where they are met first.

    def _number(self, value: Any) -> tuple[int, bool]:
        known = self._numbers.get(id(value))
        if known is not None:
            return known, False
        self._kept.append(value)
        self._numbers[id(value)] = len(self._numbers)
        return self._numbers[id(value)], True

    def _container(self, value: Any, path: str) -> dict[str, Any]:
        place, new = self._number(value)
        if new:
            self._left -= len(value)
            if self._left < 0:
                return {"is": "other", "type": "more values than can be taken over"}
            told: dict[str, Any] = {"type": type(value).__name__, "path": path}
            self._objects[str(place)] = told
            # The keys of a table of tokens are the tokens.
            outer = path if is_secret(path.rpartition(".")[2]) else ""
            if isinstance(value, dict):
                told["items"] = [
                    [
                        self.thing(key, outer),
                        self.thing(each, "{}.{}".format(path, number if outer else key)),
                    ]
                    for number, (key, each) in enumerate(list(value.items()))
                ]
            else:
                told["items"] = [
                    [self.thing(each, "{}.{}".format(path, number))]
                    for number, each in enumerate(_ordered(value))
                ]
            told["extra"] = self._extra(value, path)
        return {"is": "object", "id": place}

    def _extra(self, value: Any, path: str) -> dict[str, Any] | None:
        if isinstance(value, collections.defaultdict):
            return self.thing(value.default_factory, path)
        if isinstance(value, collections.deque):
            return self.thing(value.maxlen, path)
        return None

    def _instance(self, value: Any, path: str) -> dict[str, Any]:
        number, new = self._number(value)
        if new:
            attributes = list(getattr(value, "__dict__", {}).items())
            told: dict[str, Any] = {"type": "instance", "path": path}
            self._objects[str(number)] = told
            told["extra"] = self.thing(type(value), path)
            told["items"] = [
                [self.thing(name, ""), self.thing(each, "{}.{}".format(path, name))]
                for name, each in attributes
            ]
        return {"is": "object", "id": number}

    def _function(self, value: types.FunctionType, path: str) -> dict[str, Any]:
        file = failures.relative(value.__code__.co_filename, self._root)
        if not file:
            return flask_extensions.function(value, path, self.thing) or _other(value)
        number, new = self._number(value)
        if new:
            told: dict[str, Any] = {"id": number}
            self._functions.append(told)
            told.update(
                module=str(value.__globals__.get("__name__")),
                name=_written_name(value),
                file=file,
                line=value.__code__.co_firstlineno,
                begins=_begins(value.__code__),
                cells=self._cells(value, path),
                defaults=[self.thing(each, path) for each in value.__defaults__ or ()],
                keywords={
                    name: self.thing(each, path)
                    for name, each in (value.__kwdefaults__ or {}).items()
                },
            )
        return {"is": "function", "id": number}

    def _cells(self, value: types.FunctionType, path: str) -> dict[str, Any]:
        return {
            name: self.thing(content, "{}.{}".format(path, name))
            for name, content in flask_extensions.cells(value).items()
        }

    def _is_ours(self, kind: type) -> bool:
        module = sys.modules.get(kind.__module__)
        return bool(failures.relative(getattr(module, "__file__", None) or "", self._root))

    def _class(self, value: type, path: str) -> dict[str, Any]:
        if not self._is_ours(value):
            return _other(value)
        number, new = self._number(value)
        if new:
            told: dict[str, Any] = {"id": number}
            self._classes.append(told)
            file = failures.relative(sys.modules[value.__module__].__file__ or "", self._root)
            told.update(class_facts(value, path, self.thing), file=file)
        return {"is": "class", "id": number}


def _pattern(value: Any) -> dict[str, Any]:
    if isinstance(value.pattern, bytes):
        return _other(value)
    return {"is": "regex", "pattern": value.pattern, "flags": int(value.flags)}


def _name(path: str) -> str:
    """The environment variable for the secret at a path, without the module it stands in."""
    parts = [part for part in path.split(".") if part.isidentifier()]
    return re.sub("_+", "_", "_".join(parts[1:] or parts)).strip("_").upper()


def _written_name(function: types.FunctionType) -> str:
    """Its qualified name as the source has it, which `functools.wraps` writes over."""
    code = function.__code__
    known = getattr(code, "co_qualname", None)
    if isinstance(known, str):
        return known
    last = function.__qualname__.rpartition(".")[2]
    return function.__qualname__ if last == code.co_name else code.co_name


def _begins(code: types.CodeType) -> list[int] | None:
    """Line and column at which the body begins, where this Python knows them."""
    positions: Any = getattr(code, "co_positions", None)
    if positions is None:
        return None
    # The first instructions only prepare, and have no column of their own.
    known = [(each[0], each[2]) for each in positions() if each[0] and each[2]]
    return list(min(known)) if known else None


def _ordered(value: Any) -> list[Any]:
    """Items; those of a set in an order that does not change from run to run."""
    return sorted(value, key=repr) if isinstance(value, (set, frozenset)) else list(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dt.timedelta):
        return "{},{},{}".format(value.days, value.seconds, value.microseconds)
    return str(value.isoformat()) if hasattr(value, "isoformat") else repr(value)


def _other(value: Any) -> dict[str, Any]:
    kind = value if isinstance(value, (type, types.FunctionType)) else type(value)
    return {"is": "other", "type": "{}.{}".format(kind.__module__, kind.__qualname__)}
