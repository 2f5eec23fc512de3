"""Routes, hooks, error handlers and settings of an application, in the order in which it acts."""

from __future__ import annotations

from typing import Any, Callable

import flask
import flask.views
from werkzeug.routing import Rule

from . import failures
from .flask_extensions import cells
from .flask_facts import converter_kind, versions

Thing = Callable[[Any, str], Any]
_HOOKS = (
    "before_first_request_funcs", "before_request_funcs", "after_request_funcs",
    "teardown_request_funcs", "url_value_preprocessors", "url_default_functions",
)  # fmt: skip
_APP_HOOKS = ("before_first_request_funcs", "teardown_appcontext_funcs")
_JSON = ("ensure_ascii", "sort_keys", "compact", "mimetype")
_OLD_JSON = {
    "ensure_ascii": "JSON_AS_ASCII",
    "sort_keys": "JSON_SORT_KEYS",
    "mimetype": "JSONIFY_MIMETYPE",
}


def of(app: flask.Flask, root: str, thing: Thing) -> dict[str, Any]:
    """All of it; functions as `thing` tells them."""
    usual = app.default_config
    return {
        "routes": [_route(each, app, root, thing) for each in app.url_map.iter_rules()],
        "hooks": _hooks(app, thing),
        "errors": _errors(app, thing),
        "config": [
            [str(name), thing(value, "config." + str(name))]
            for name, value in app.config.items()
            if name not in usual or (usual[name] != value and (value or usual[name]))
        ],
        "settings": _settings(app),
    }


def _route(rule: Rule, app: flask.Flask, root: str, thing: Thing) -> dict[str, Any]:
    converters: dict[str, Any] = getattr(rule, "_converters", {})
    view = app.view_functions.get(rule.endpoint)
    target = _view_class(view) or view
    methods = sorted(rule.methods or ())
    return {
        "rule": rule.rule,
        "endpoint": str(rule.endpoint),
        "methods": methods,
        "automatic_options": bool(getattr(rule, "provide_automatic_options", True)),
        "converters": {name: _converter(each) for name, each in sorted(converters.items())},
        "defaults": {
            name: thing(value, "defaults." + name)
            for name, value in sorted((rule.defaults or {}).items())
        },
        "strict_slashes": bool(rule.strict_slashes),
        "host": str(rule.host or rule.subdomain or ""),
        "folder": _folder(rule, app, root),
        "view": None if target is None else thing(target, "view " + str(rule.endpoint)),
        "is_class": target is not view,
    }


def _view_class(view: Any) -> Any:
    """The class of a view, if nothing is put around it and it gets no arguments of its own."""
    made = getattr(getattr(view, "__code__", None), "co_filename", "") == flask.views.__file__
    held = cells(view) if made else {}
    plain = not held.get("class_args") and not held.get("class_kwargs")
    return getattr(view, "view_class", None) if made and plain else None


def _folder(rule: Rule, app: flask.Flask, root: str) -> str:
    """The folder below `root` of which a rule serves the files as they are; "" for other rules."""
    owner, _, name = str(rule.endpoint).rpartition(".")
    if name != "static" or "filename" not in rule.arguments:
        return ""
    folder = (app.blueprints[owner] if owner else app).static_folder
    return failures.relative(folder or "", root)


def _converter(converter: Any) -> str:
    """Its kind, with what limits it: "int(min=1)"."""
    kind = converter_kind(converter)
    limits = [
        "{}={!r}".format(name, getattr(converter, name, None))
        for name in ("min", "max", "signed", "fixed_digits")
        if getattr(converter, name, None)
    ]
    if kind == "string" and converter.regex not in ("[^/]+", "[^/]{1,}"):
        limits.append("regex={!r}".format(converter.regex))
    return kind + "({})".format(",".join(limits)) if limits else kind


def _hooks(app: flask.Flask, thing: Thing) -> dict[str, list[list[Any]]]:
    """By kind: pairs of a blueprint, "" for the application, and a function."""
    found: dict[str, list[list[Any]]] = {}
    for name in _HOOKS:
        by_owner = getattr(app, name, None)
        if isinstance(by_owner, dict):
            found[name] = [
                [owner or "", thing(each, name)] for owner in by_owner for each in by_owner[owner]
            ]
    for name in _APP_HOOKS:
        functions = getattr(app, name, None)
        if isinstance(functions, list):
            found[name] = [["", thing(each, name)] for each in functions]
    processors = app.template_context_processors
    found["template_context_processors"] = [
        [owner or "", thing(each, "context")] for owner in processors for each in processors[owner]
    ]
    return found


def _errors(app: flask.Flask, thing: Thing) -> list[dict[str, Any]]:
    return [
        {
            "blueprint": owner or "",
            "code": code,
            "kind": thing(kind, "errors"),
            "handler": thing(handler, "errors"),
        }
        for owner, by_code in app.error_handler_spec.items()
        for code, handlers in by_code.items()
        for kind, handler in handlers.items()
    ]


def _settings(app: flask.Flask) -> dict[str, Any]:
    config = app.config
    provider = getattr(app, "json", None)
    has_provider = hasattr(provider, "sort_keys")
    json: dict[str, Any] = {
        name: getattr(provider, name) if has_provider else config.get(_OLD_JSON.get(name, ""))
        for name in _JSON
    }
    if json["mimetype"] is None:
        json["mimetype"] = "application/json"
    return {
        "name": app.name,
        "debug": bool(app.debug),
        "testing": bool(app.testing),
        "json": json,
        "json_provider": type(provider).__name__ if has_provider else "DefaultJSONProvider",
        "pretty": bool(config.get("JSONIFY_PRETTYPRINT_REGULAR")),
        "session_interface": type(app.session_interface).__name__,
        "response_class": app.response_class.__name__,
        "request_class": app.request_class.__name__,
        "has_secret_key": bool(app.secret_key),
        "strict_slashes": bool(app.url_map.strict_slashes),
        "merge_slashes": bool(getattr(app.url_map, "merge_slashes", True)),
        "host_matching": bool(app.url_map.host_matching),
        "extensions": sorted(getattr(app, "extensions", {})),
        "wsgi_app": type(app.wsgi_app).__name__,
        "versions": versions(),
    }
