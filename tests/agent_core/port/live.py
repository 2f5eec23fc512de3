"""A Flask application in this process as the original of a corpus."""

import ast
import io
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from werkzeug.routing import Rule as WerkzeugRule
from werkzeug.test import run_wsgi_app

from runners.http_replay.app import AppFacts, Function, Rule
from runners.http_replay.client import resolved
from runners.http_replay.cookies import Jar
from runners.http_replay.exchange import Request, Response

SOURCE = "app.py"


class FlaskLive:
    """Runs a source anew at each beginning; what it keeps in a file lies in `root`."""

    def __init__(self, root: Path, source: str) -> None:
        self.root = root
        self._source = source.replace('"blog.sqlite"', repr(str(root / "blog.sqlite")))
        (root / SOURCE).write_text(source, encoding="utf-8")
        self._code = compile(self._source, SOURCE, "exec")
        self.begin()

    def begin(self) -> None:
        (self.root / "blog.sqlite").unlink(missing_ok=True)
        module = types.ModuleType("app")
        exec(self._code, module.__dict__)  # noqa: S102 - the tests' own sources
        self.app: Any = module.__dict__["app"]
        self.app.logger.disabled = True
        self._jar = Jar()

    def send(self, request: Request, earlier: Sequence[Response]) -> Response:
        request = resolved(request, earlier)
        body, status, headers = run_wsgi_app(self.app, self._environ(request), buffered=True)
        response = Response(int(status.split()[0]), tuple(headers.items()), b"".join(body))
        self._jar.take(response)
        return response

    def _environ(self, request: Request) -> dict[str, object]:
        path, _, query = request.target.partition("?")
        environ: dict[str, object] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "REQUEST_URI": request.target,
            "QUERY_STRING": query,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(request.body),
            "wsgi.errors": io.StringIO(),
        }
        headers = dict(request.headers)
        cookies = [self._jar.header(request.target), headers.pop("Cookie", "")]
        environ["HTTP_COOKIE"] = "; ".join(filter(None, cookies))
        for name, value in headers.items():
            key = name.upper().replace("-", "_")
            wide = value.encode().decode("latin-1")
            environ["CONTENT_TYPE" if key == "CONTENT_TYPE" else f"HTTP_{key}"] = wide
        return environ

    def facts(self) -> AppFacts:
        """What importing the application tells."""
        tree = ast.parse(self._source)
        functions = {
            node.name: Function("app", node.name, SOURCE, node.lineno, node.end_lineno or 0)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.decorator_list
        }
        rules = (self._rule(rule, functions) for rule in self.app.url_map.iter_rules())
        return AppFacts(
            app="app:app",
            rules=tuple(rules),
            files=(SOURCE,),
            functions=tuple(functions.values()),
            session_cookie="session",
        )

    def _rule(self, rule: WerkzeugRule, functions: dict[str, Function]) -> Rule:
        kinds = {name: type(each).__name__ for name, each in rule._converters.items()}
        shown = {"UnicodeConverter": "string", "IntegerConverter": "int", "UUIDConverter": "uuid"}
        return Rule(
            rule=rule.rule,
            endpoint=rule.endpoint,
            methods=tuple(sorted(rule.methods or ())),
            converters={name: shown.get(kind, "path") for name, kind in kinds.items()},
            defaults={},
            strict_slashes=True,
            function=functions.get(rule.endpoint.rpartition(".")[2]),
        )
