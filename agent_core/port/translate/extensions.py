"""What extensions do to requests: cross-origin headers, and views behind a password."""

from collections.abc import Callable, Iterable

from agent_core.port.refusals import Refused
from agent_core.port.translate import names
from runners.http_replay.live import (
    AuthError,
    BasicAuth,
    Cors,
    CorsOptions,
    CorsResource,
    Guarded,
    Match,
    Thing,
)

_METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"
_ALL = (Match(".*", is_regex=True),)
Registered = Callable[[Thing, int, str], str]
"""A function of the project that is called with so many values; what it is for a message."""


def cors_calls(found: Cors) -> list[str]:
    """The calls that say which answers get cross-origin headers. Raises Refused."""
    return [f"cors(&app, {_options(each)});" for each in found.resources]


def _options(resource: CorsResource) -> str:
    options = resource.options
    if not options.always_send or options.allow_private_network:
        raise Refused("flask-cors with always_send or allow_private_network")
    fields = _changed(options)
    if resource.pattern.text not in {"/*", r"/.*"}:
        fields.append(f"resources: {_texts([resource.pattern.text])}")
    if not fields:
        return "CorsOptions::default()"
    return f"CorsOptions {{ {', '.join(fields)}, ..CorsOptions::default() }}"


def _changed(options: CorsOptions) -> list[str]:
    fields = []
    if options.origins != _ALL:
        fields.append(f"origins: {_texts(each.text for each in options.origins)}")
    if options.allow_headers != _ALL:
        fields.append(f"allow_headers: {_texts(each.text for each in options.allow_headers)}")
    if options.methods != _METHODS:
        fields.append(f"methods: {_texts(options.methods.split(', '))}")
    if options.expose_headers:
        fields.append(f"expose_headers: {_texts(options.expose_headers.split(', '))}")
    if options.max_age:
        fields.append(f"max_age: Some({int(options.max_age)})")
    flags = ("supports_credentials", "send_wildcard")
    fields += [f"{name}: true" for name in flags if getattr(options, name)]
    if not options.vary_header:
        fields.append("vary_header: false")
    return fields


def _texts(found: Iterable[str]) -> str:
    return f"vec![{', '.join(f'{names.quoted(each)}.into()' for each in found)}]"


def guard(found: Guarded, registered: Registered) -> str:
    """The `BasicAuth` of a guarded view. Raises Refused."""
    auth = found.auth
    if found.role is not None or auth.get_roles is not None:
        raise Refused("flask-httpauth with roles")
    if auth.header or auth.hash_password is not None:
        raise Refused("flask-httpauth with another header or hashed passwords")
    code = f"BasicAuth::new({_verifier(auth, registered)})"
    usual = auth.scheme == "Basic" and auth.realm == "Authentication Required"
    refuse = _refusing(auth, registered)
    if usual and refuse == "None":
        return code
    return f"{code}.with({names.quoted(auth.scheme)}, {names.quoted(auth.realm)}, {refuse})"


def _verifier(auth: BasicAuth, registered: Registered) -> str:
    if auth.verify is not None:
        return registered(auth.verify, 2, "a function that verifies passwords")
    if auth.get_password is None:
        return "|_, _| Ok(none())"
    get = registered(auth.get_password, 1, "a function that knows passwords")
    return (
        f"|name, password| {{ let known = {get}(name.clone())?; "
        "Ok(if !known.is_none() && known == password { name } else { none() }) }"
    )


def _refusing(auth: BasicAuth, registered: Registered) -> str:
    error = auth.on_error
    inner = error.inner if isinstance(error, AuthError) else None
    if inner is None:
        return "None"
    try:
        return f"Some(Box::new({registered(inner, 1, 'an error handler of flask-httpauth')}))"
    except Refused:
        function = registered(inner, 0, "an error handler of flask-httpauth")
        return f"Some(Box::new(|_| {function}()))"
