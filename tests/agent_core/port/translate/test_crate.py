"""What comes out of a whole project: functions, globals, routes, hooks, and what is left."""

from pathlib import Path

import pytest

from agent_core.port.translation import Translation
from tests.agent_core.port.apps import APPS
from tests.agent_core.port.translate.converting import converted, has

SHOP = '''
    """A shop."""
    import os
    from functools import wraps
    from flask import Flask, abort, jsonify, request
    from stock import ITEMS, LIMIT as MOST, find

    app = Flask(__name__)
    app.secret_key = os.environ.get("SHOP_KEY", "a fallback key")
    hits = 0

    class NoStock(Exception):
        """Nothing left."""
        def __init__(self, name):
            super().__init__(name)
            self.name = name

    def needs_key(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if request.headers.get("X-Token") != "tok-12345":
                abort(403)
            return view(*args, **kwargs)
        return wrapper

    @app.errorhandler(NoStock)
    def no_stock(error):
        return jsonify(error=error.name), 409

    @app.after_request
    def count(response):
        global hits
        hits += 1
        response.headers["X-Hits"] = str(hits)
        return response

    @app.get("/items/<int:number>")
    def itemDetails(number):
        """One item.

        By its number.
        """
        return find(number)

    @app.delete("/items/<int:number>")
    @needs_key
    def remove(number):
        if number not in ITEMS:
            raise NoStock(f"no {number}")
        del ITEMS[number]
        return "", 204

    @app.route("/most/", strict_slashes=False, defaults={"page": 1})
    def most(page, size=10):
        return {"most": MOST, "page": page, "size": size}
'''
STOCK = """
    ITEMS = {1: {"name": "tea", "price": 2.5, "tags": ("hot", None)}}
    LIMIT = 9

    def find(number, default=None):
        return ITEMS.get(number, default)
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Translation:
    return converted(tmp_path_factory.mktemp("shop"), SHOP, stock=STOCK)


def test_everything_is_converted(shop: Translation) -> None:
    assert shop.refusals == ()
    assert shop.left == ()
    assert set(shop.routes) == {
        "GET /items/<int:number>", "DELETE /items/<int:number>", "GET /most/",
    }  # fmt: skip
    assert {"Cargo.toml", "README.md", "src/main.rs", "src/app.rs", "src/stock.rs"} == set(
        shop.files
    )


def test_a_function_keeps_name_and_docstring(shop: Translation) -> None:
    head = "/// One item. /// /// By its number. pub fn item_details(number: Value) -> R {"
    assert has(shop, head)
    assert has(shop, "//! A shop.")


def test_names_lead_to_where_they_are_written(shop: Translation) -> None:
    assert has(shop, "stock::find(number, none())")
    assert has(shop, "if !contains(stock::ITEMS.get(), &number)?")
    assert has(shop, '"most" => stock::LIMIT.get()')
    assert has(shop, 'ITEMS.get().method("get", args![number, default])', "src/stock.rs")


def test_globals_begin_as_the_import_left_them(shop: Translation) -> None:
    assert has(shop, 'dict!{ "name" => "tea", "price" => 2.5, "tags" => tuple!["hot", none()] }',
               "src/stock.rs")  # fmt: skip
    assert has(shop, "HITS.set(iadd(HITS.get(), 1)?);")


def test_decorators_are_looked_through(shop: Translation) -> None:
    assert has(shop, "pub fn needs_key_wrapper(view: Value, args: Value, kwargs: Value) -> R {")
    assert has(shop, "view.call_spread(&args, &kwargs)")
    view = 'let view = func("remove", &["number"], vec![], |a| app::remove(a[0].clone()));'
    assert has(shop, view, "src/main.rs")
    call = "move |a| app::needs_key_wrapper(view.clone(), tuple![], a.all())"
    assert has(shop, call, "src/main.rs")


def test_routes_hooks_and_handlers_are_registered(shop: Translation) -> None:
    assert has(shop, 'app.route("/items/<int:number>", "itemDetails", &["GET", "HEAD", "OPTIONS"],'
                     '|a| app::item_details(a.get("number")));', "src/main.rs")  # fmt: skip
    assert has(shop, '.strict_slashes(false).defaults(kw!["page" => 1])', "src/main.rs")
    assert has(shop, 'app::most(a.get("page"), Value::from(10))', "src/main.rs")
    assert has(shop, "app.after_request(app::count);", "src/main.rs")
    handler = "app.errorhandler_class(app::NO_STOCK.get(), app::no_stock);"
    assert has(shop, handler, "src/main.rs")


def test_no_secret_is_written(shop: Translation) -> None:
    everything = "".join(shop.files.values())
    assert "fallback" not in everything
    assert "tok-12345" not in everything
    assert [each.name for each in shop.secrets] == ["SHOP_KEY", "WRAPPER_X_TOKEN"]
    assert has(shop, 'app.config("SECRET_KEY", secret("SHOP_KEY")?);', "src/main.rs")
    assert "`SHOP_KEY`" in shop.files["README.md"]


@pytest.mark.parametrize("name", ["todo", "calculator"])
def test_an_application_of_the_corpus(tmp_path: Path, name: str) -> None:
    found = converted(tmp_path, APPS[name].source)
    assert (found.left, found.refusals) == ((), ())
    python = len([line for line in APPS[name].source.splitlines() if line.strip()])
    rust = sum(len(text.splitlines()) for text in found.files.values())
    assert rust <= 3.5 * python


def test_one_that_cannot_be_imported(tmp_path: Path) -> None:
    found = converted(tmp_path, "import no_such_module\nfrom flask import Flask\napp = Flask('x')")
    assert "no_such_module" in found.problem
    assert found.files == {}
