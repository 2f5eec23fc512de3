"""What is known of a Flask application from importing it: data, and none of its secrets."""

import msgspec


class Function(msgspec.Struct, frozen=True):
    """A function or class of the project; `file` relative to it, lines from 1, `last` included."""

    module: str
    name: str
    file: str
    first: int
    last: int


class Rule(msgspec.Struct, frozen=True):
    """One rule of the URL map.

    `converters` maps each argument to "string", "int", "float", "path", "uuid", "any(a,b)" or the
    name of a class. `function` is the view below its decorators, None if it is not the project's.
    """

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    converters: dict[str, str]
    defaults: dict[str, str]
    strict_slashes: bool
    function: Function | None


class AppFacts(msgspec.Struct, frozen=True):
    """An application after its import, or the `problem` that kept it from being imported.

    `app` is how it was found, as in "module:name"; `files` are the project's imported sources,
    `functions` its views, hooks and error handlers, `databases` the SQLite files that configuration
    or source name; all paths relative to the project.
    """

    app: str = ""
    rules: tuple[Rule, ...] = ()
    files: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    session_cookie: str = ""
    has_secret_key: bool = False
    flask: str = ""
    werkzeug: str = ""
    databases: tuple[str, ...] = ()
    debug: bool = False
    problem: str = ""
