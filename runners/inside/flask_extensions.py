"""What extensions put around views and answers, told by what lies in their closures."""

from __future__ import annotations

import dataclasses
import re
import types
from typing import Any, Callable

Thing = Callable[[Any, str], Any]
_PATTERN = type(re.compile(""))
_AUTH = ("scheme", "realm", "header")
_CALLBACKS = {
    "verify": "verify_password_callback",
    "get_password": "get_password_callback",
    "hash_password": "hash_password_callback",
    "on_error": "auth_error_callback",
    "get_roles": "get_user_roles_callback",
}


def cells(function: types.FunctionType) -> dict[str, Any]:
    """What a function closes over, as far as it is filled."""
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or ()):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            # Not filled yet.
            continue
    return found


def function(value: types.FunctionType, path: str, thing: Thing) -> dict[str, Any] | None:
    """A function that an extension made; None if it is not known what it does."""
    name = getattr(value.__code__, "co_qualname", value.__code__.co_name)
    module = str(value.__globals__.get("__name__"))
    if module.startswith("flask_cors") and name.endswith("cors_after_request"):
        return {"is": "cors", "resources": _resources(cells(value).get("resources") or ())}
    if module == "flask_httpauth" and "login_required" in name:
        return _guarded(value, path, thing)
    if module == "flask_httpauth" and "error_handler" in name:
        inner = cells(value).get("f")
        ours = inner is not None and not str(inner.__module__).startswith("flask_httpauth")
        return {"is": "auth_error", "inner": thing(inner, path) if ours else None}
    return None


def _resources(resources: Any) -> list[dict[str, Any]]:
    return [
        {"pattern": _pattern(pattern), "options": _options(options)}
        for pattern, options in resources
    ]


def _options(options: Any) -> dict[str, Any]:
    known = dataclasses.asdict(options) if dataclasses.is_dataclass(options) else dict(options)  # type: ignore[arg-type]
    return {
        "origins": [_pattern(each) for each in known.get("origins") or ()],
        "allow_headers": [_pattern(each) for each in known.get("allow_headers") or ()],
        "methods": _joined(known.get("methods")),
        "expose_headers": _joined(known.get("expose_headers")),
        "max_age": str(known["max_age"]) if known.get("max_age") is not None else "",
        "supports_credentials": bool(known.get("supports_credentials")),
        "send_wildcard": bool(known.get("send_wildcard")),
        "vary_header": bool(known.get("vary_header")),
        "always_send": bool(known.get("always_send")),
        "intercept_exceptions": bool(known.get("intercept_exceptions")),
        "allow_private_network": bool(known.get("allow_private_network")),
    }


def _pattern(value: Any) -> dict[str, Any]:
    """A text that is compared, or a regular expression."""
    is_regex = isinstance(value, _PATTERN)
    return {"text": value.pattern if is_regex else str(value), "is_regex": is_regex}


def _joined(value: Any) -> str:
    return ", ".join(sorted(value)) if isinstance(value, (list, tuple, set)) else str(value or "")


def _guarded(value: types.FunctionType, path: str, thing: Thing) -> dict[str, Any] | None:
    found = cells(value)
    auth, inner = found.get("self"), found.get("f") or getattr(value, "__wrapped__", None)
    if type(auth).__name__ != "HTTPBasicAuth" or inner is None:
        return None
    told: dict[str, Any] = {name: getattr(auth, name, None) or "" for name in _AUTH}
    for name, attribute in _CALLBACKS.items():
        callback = getattr(auth, attribute, None)
        foreign = callback is None or (
            name != "on_error" and str(callback.__module__).startswith("flask_httpauth")
        )
        told[name] = None if foreign else thing(callback, path)
    return {
        "is": "guarded",
        "inner": thing(inner, path),
        "optional": bool(found.get("optional")),
        "role": None if found.get("role") is None else thing(found["role"], path),
        "auth": told,
    }
