"""Four small Flask applications, each with changes that a good corpus tells from it."""

import textwrap

import msgspec


class App(msgspec.Struct, frozen=True):
    """A source, and changes to it: text that occurs once, and what stands there instead."""

    source: str
    changes: tuple[tuple[str, str], ...]


def _app(source: str, changes: str) -> App:
    lines = textwrap.dedent(changes).strip().splitlines()
    pairs = [line.replace("\\n", "\n").split(" => ") for line in lines]
    return App(textwrap.dedent(source), tuple((before, after) for before, after in pairs))


TODO = _app(
    '''
    """A list of things to do, kept in memory."""
    import uuid
    from flask import Flask, abort, jsonify, request

    app = Flask(__name__)
    STATES = ("open", "doing", "done")
    LIMIT = 40
    items = {1: {"id": 1, "title": "Milk", "state": "open", "priority": 2, "tags": ["shop"]}}
    notes = {}

    def checked(data):
        for key in ("title", "priority"):
            if key not in data:
                abort(400, description=f"missing {key}")
        title = data["title"]
        if not isinstance(title, str) or not title.strip():
            abort(400, description="title must be text")
        if len(title) > LIMIT:
            abort(422, description="title too long")
        if isinstance(data["priority"], bool) or not isinstance(data["priority"], int):
            abort(400, description="priority must be a number")
        if not 1 <= data["priority"] <= 5:
            abort(422, description="priority out of range")
        if data.get("state", "open") not in STATES:
            abort(422, description="unknown state")
        return data

    @app.errorhandler(400)
    @app.errorhandler(404)
    @app.errorhandler(422)
    def problem(error):
        return jsonify(error=error.description), error.code

    @app.get("/items")
    def index():
        found = list(items.values())
        state = request.args.get("state")
        if state:
            found = [item for item in found if item["state"] == state]
        least = request.args.get("least", 0, type=int)
        found = [item for item in found if item["priority"] >= least]
        if request.args.get("sort") == "priority":
            found.sort(key=lambda item: (-item["priority"], item["id"]))
        return jsonify(items=found, total=len(found))

    @app.post("/items")
    def create():
        data = checked(request.get_json())
        number = max(items, default=0) + 1
        items[number] = {
            "id": number,
            "title": data["title"].strip(),
            "state": data.get("state", "open"),
            "priority": data["priority"],
            "tags": sorted(set(data.get("tags", []))),
        }
        return jsonify(items[number]), 201, {"Location": f"/items/{number}"}

    @app.get("/items/<int:number>")
    def show(number):
        if number not in items:
            abort(404, description="no such item")
        return jsonify(items[number])

    @app.put("/items/<int:number>")
    def change(number):
        if number not in items:
            abort(404, description="no such item")
        data = checked(request.get_json())
        items[number].update(title=data["title"], priority=data["priority"])
        if "state" in data:
            items[number]["state"] = data["state"]
        return jsonify(items[number])

    @app.delete("/items/<int:number>")
    def remove(number):
        if items.pop(number, None) is None:
            abort(404, description="nothing to remove")
        return "", 204

    @app.post("/items/<int:number>/notes")
    def annotate(number):
        if number not in items:
            abort(404, description="no such item")
        text = request.get_json().get("text", "")
        if not text:
            return jsonify(error="empty"), 400
        key = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{number}{text}{len(notes)}"))
        notes[key] = {"item": number, "text": text}
        return jsonify(key=key), 201

    @app.get("/notes/<uuid:key>")
    def note(key):
        if str(key) not in notes:
            abort(404, description="no such note")
        return jsonify(notes[str(key)])
    ''',
    """
    LIMIT = 40 => LIMIT = 41
    len(title) > LIMIT => len(title) >= LIMIT
    if not 1 <= data["priority"] <= 5 => if not 0 <= data["priority"] <= 5
    1 <= data["priority"] <= 5: => 1 <= data["priority"] <= 6:
    1 <= data["priority"] <= 5: => 1 <= data["priority"] < 5:
    isinstance(data["priority"], bool) or => False or
    not isinstance(title, str) or not title.strip() => not isinstance(title, str) or not title
    not isinstance(title, str) or not title.strip() => not str(title).strip()
    if key not in data: => if key not in data and key != "priority":
    "missing {key}" => "missing"
    data.get("state", "open") not in STATES => False
    ("open", "doing", "done") => ("open", "done")
    if state: => if state and state != "doing":
    item["state"] == state => item["state"] != state
    "least", 0 => "least", 2
    "least", 0, type=int => "least", 0, type=float
    item["priority"] >= least => item["priority"] > least
    (-item["priority"], item["id"]) => (item["priority"], item["id"])
    (-item["priority"], item["id"]) => -item["id"]
    get("sort") == "priority" => get("sort")
    total=len(found) => total=len(items)
    max(items, default=0) + 1 => len(items) + 1
    max(items, default=0) + 1 => max(items, default=1) + 1
    data["title"].strip(), => data["title"],
    data.get("state", "open"), => "open",
    sorted(set(data.get("tags", []))) => sorted(data.get("tags", []))
    sorted(set(data.get("tags", []))) => list(data.get("tags", []))
    201, {"Location" => 200, {"Location"
    f"/items/{number}" => f"/item/{number}"
    title=data["title"], priority=data["priority"] => title=data["title"]
    if "state" in data: => if "state" not in data:
    items[number]["state"] = data["state"] => items[number]["state"] = "done"
    items.pop(number, None) is None => items.get(number) is None
    return "", 204 => return "", 200
    if not text: => if text is None:
    "item": number, "text" => "item": 1, "text"
    if str(key) not in notes: => if not notes:
    """,
)
LOGIN = _app(
    '''
    """Accounts with forms, sessions and flashed messages."""
    from functools import wraps
    from flask import Flask, flash, get_flashed_messages, redirect, render_template_string
    from flask import request, session, url_for

    app = Flask(__name__)
    app.config["SECRET_KEY"] = "not for the corpus"
    accounts = {"ada": {"password": "lovelace", "visits": 3}}
    PAGE = """<!doctype html><title>{{ title }}</title>
    {% for message in get_flashed_messages() %}<p class=flash>{{ message }}</p>{% endfor %}
    {% if fields %}<form method=post>{% for field in fields %}<input name={{ field }}>{% endfor %}
    <input type=submit></form>{% endif %}
    <p>{{ text }}</p><a href="{{ url_for('home') }}">home</a>"""

    def page(title, text="", fields=()):
        return render_template_string(PAGE, title=title, text=text, fields=fields)

    def needs_login(view):
        @wraps(view)
        def wrapper(*args, **kwargs):
            if "user" not in session:
                flash("Please log in")
                return redirect(url_for("login", next=request.path))
            return view(*args, **kwargs)
        return wrapper

    @app.route("/")
    def home():
        name = session.get("user", "stranger")
        return page("Home", f"Hello {name}")

    @app.route("/register", methods=["GET", "POST"])
    def register():
        if request.method == "POST":
            name = request.form["username"].strip()
            password = request.form["password"]
            if not name:
                flash("A name is needed")
            elif len(password) < 6:
                flash("The password is too short")
            elif password != request.form.get("repeated"):
                flash("The passwords differ")
            elif name.lower() in accounts:
                flash(f"{name} is taken")
            else:
                accounts[name.lower()] = {"password": password, "visits": 0}
                return redirect(url_for("login"))
        return page("Register", fields=("username", "password", "repeated"))

    @app.route("/login", methods=["GET", "POST"])
    def login():
        if request.method == "POST":
            name = request.form["username"].strip().lower()
            account = accounts.get(name)
            if account is None:
                flash("Unknown name")
            elif account["password"] != request.form["password"]:
                flash("Wrong password")
            else:
                session.clear()
                session["user"] = name
                account["visits"] += 1
                return redirect(request.args.get("next") or url_for("home"))
        return page("Log in", fields=("username", "password"))

    @app.route("/logout")
    def logout():
        session.pop("user", None)
        return redirect(url_for("home"))

    @app.route("/profile")
    @needs_login
    def profile():
        account = accounts[session["user"]]
        colour = session.get("colour", "grey")
        return page("Profile", f"visits: {account['visits']}, colour: {colour}")

    @app.route("/profile/colour", methods=["POST"])
    @needs_login
    def choose():
        colour = request.form.get("colour", "")
        if colour not in {"red", "green", "blue"}:
            return page("Colour", "No such colour"), 400
        session["colour"] = colour
        flash("Colour changed")
        return redirect(url_for("profile"), code=303)

    @app.errorhandler(404)
    def missing(error):
        return page("Missing", request.path), 404
    ''',
    """
    if "user" not in session: => if False:
    flash("Please log in") => pass
    next=request.path) => next="/")
    session.get("user", "stranger") => session.get("user", "guest")
    session.get("user", "stranger") => "stranger"
    request.form["username"].strip()\\n => request.form["username"]\\n
    if not name: => if name is None:
    len(password) < 6 => len(password) < 7
    len(password) < 6 => len(password) <= 4
    password != request.form.get("repeated") => False
    password != request.form.get("repeated") => password == request.form.get("repeated")
    elif name.lower() in accounts => elif name in accounts
    elif name.lower() in accounts => elif False
    "{name} is taken" => "{name} is  taken"
    accounts[name.lower()] = => accounts[name] =
    "visits": 0} => "visits": 1}
    return redirect(url_for("login"))\\n    return => return redirect(url_for("home"))\\n    return
    .strip().lower() => .strip()
    if account is None: => if not name:
    account["password"] != request.form["password"] => False
    session.clear() => session.pop("user", None)
    account["visits"] += 1 => account["visits"] += 2
    account["visits"] += 1 => pass
    request.args.get("next") or url_for("home") => url_for("home")
    session.pop("user", None)\\n    return => return
    session.get("colour", "grey") => session.get("colour", "gray")
    session.get("colour", "grey") => "grey"
    {"red", "green", "blue"} => {"red", "green", "blue", ""}
    {"red", "green", "blue"} => {"red", "green"}
    "No such colour"), 400 => "No such colour"), 200
    flash("Colour changed") => pass
    url_for("profile"), code=303 => url_for("profile"), code=302
    page("Missing", request.path), 404 => page("Missing", request.path), 200
    page("Missing", request.path), 404 => page("Missing", request.url), 404
    """,
)
CALCULATOR = _app(
    '''
    """Sums over the query, with errors as JSON and a key for the history."""
    import re
    from datetime import datetime
    from flask import Flask, abort, jsonify, make_response, request

    app = Flask(__name__)
    OPERATIONS = {
        "add": lambda a, b: a + b,
        "sub": lambda a, b: a - b,
        "mul": lambda a, b: a * b,
        "div": lambda a, b: a / b,
    }
    RATES = {"EUR": 1.0, "USD": 1.25, "GBP": 0.8}
    history = []

    @app.before_request
    def count():
        app.config["ASKED"] = app.config.get("ASKED", 0) + 1

    @app.after_request
    def name_us(response):
        response.headers["X-Calculator"] = "1.2"
        return response

    @app.errorhandler(ZeroDivisionError)
    def by_zero(error):
        return jsonify(error="division by zero"), 400

    @app.errorhandler(400)
    def bad(error):
        return jsonify(error=str(error.description)), 400

    @app.get("/calculate/<operation>")
    def calculate(operation):
        if operation not in OPERATIONS:
            abort(404)
        a = request.args.get("a", type=float)
        b = request.args.get("b", 1, type=float)
        if a is None:
            abort(400, "a is missing")
        result = OPERATIONS[operation](a, b)
        history.append(f"{operation} {a} {b}")
        places = request.args.get("places", 2, type=int)
        return jsonify(result=round(result, places))

    @app.get("/history")
    def past():
        if request.headers.get("X-Key") != "k-123":
            abort(401)
        limit = min(request.args.get("limit", 5, type=int), 10)
        response = make_response(jsonify(history[-limit:]))
        response.set_cookie("seen", str(len(history)), max_age=60)
        return response

    @app.get("/power/<int:base>/<int:exponent>")
    def power(base, exponent):
        if exponent > 64:
            abort(400, "exponent too large")
        return {"result": base ** exponent, "even": base % 2 == 0}

    @app.post("/convert")
    def convert():
        amount = float(request.form["amount"])
        source = request.form.get("from", "EUR").upper()
        target = request.form["to"]
        if source not in RATES or target not in RATES:
            return jsonify(error="currency"), 400
        if amount < 0:
            return jsonify(error="negative"), 400
        return jsonify(amount=round(amount / RATES[source] * RATES[target], 2), unit=target)

    @app.get("/age")
    def age():
        born = request.args["born"]
        if not re.match(r"\\d{4}-\\d{2}-\\d{2}$", born):
            abort(400, "not a date")
        day = datetime.strptime(born, "%Y-%m-%d")
        years = 2025 - day.year - (day.month > 6)
        return jsonify(years=years, adult=years >= 18, weekday=day.strftime("%A"))
    ''',
    """
    lambda a, b: a + b => lambda a, b: a + b + 0.01
    lambda a, b: a - b => lambda a, b: b - a
    lambda a, b: a * b => lambda a, b: a + b
    "div": lambda a, b: a / b => "div": lambda a, b: a // b
    "USD": 1.25 => "USD": 1.2
    "GBP": 0.8 => "GBP": 0.7
    "X-Calculator"] = "1.2" => "X-Calculator"] = "1.3"
    jsonify(error="division by zero"), 400 => jsonify(error="division by zero"), 500
    error=str(error.description) => error="bad"
    abort(404) => abort(400)
    "a", type=float => "a", 0, type=float
    "b", 1, type=float => "b", 2, type=float
    if a is None => if not a
    f"{operation} {a} {b}" => f"{operation} {b} {a}"
    "places", 2 => "places", 3
    round(result, places) => round(result, 2)
    get("X-Key") != "k-123" => get("X-Key") is None
    abort(401) => abort(403)
    "limit", 5 => "limit", 4
    type=int), 10) => type=int), 9)
    history[-limit:] => history[:limit]
    max_age=60 => max_age=61
    exponent > 64 => exponent >= 64
    exponent > 64 => exponent > 65
    base % 2 == 0 => base % 2 == 1
    base ** exponent => base * exponent
    get("from", "EUR") => get("from", "USD")
    "EUR").upper() => "EUR")
    source not in RATES or => source not in RATES and
    if amount < 0 => if amount <= 0
    if amount < 0 => if amount < 1
    RATES[source] * RATES[target], 2) => RATES[source] * RATES[target], 1)
    RATES[source] * RATES[target] => RATES[target] * RATES[source]
    (day.month > 6) => (day.month > 7)
    years >= 18 => years > 18
    "%A" => "%a"
    abort(400, "not a date") => abort(404)
    """,
)
BLOG = _app(
    '''
    """Posts and comments in sqlite, in two blueprints, with Basic authentication to write."""
    import sqlite3
    from flask import Blueprint, Flask, Response, g, jsonify, redirect, request, url_for

    DATABASE = "blog.sqlite"
    EDITORS = {"editor": "ink"}
    posts = Blueprint("posts", __name__, url_prefix="/posts")
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    def database():
        if "database" not in g:
            g.database = sqlite3.connect(DATABASE)
            g.database.row_factory = sqlite3.Row
            g.database.execute("PRAGMA synchronous = OFF")
        return g.database

    def allowed():
        login = request.authorization
        return login and EDITORS.get(login.username) == login.password

    def refuse():
        return Response("Log in", 401, {"WWW-Authenticate": 'Basic realm="Blog"'})

    @posts.get("/")
    def index():
        page = max(request.args.get("page", 1, type=int), 1)
        rows = database().execute(
            "SELECT id, title FROM post ORDER BY id DESC LIMIT 3 OFFSET ?", ((page - 1) * 3,)
        ).fetchall()
        links = [f"<a href='{url_for('posts.show', post=r['id'])}'>{r['title']}</a>" for r in rows]
        return f"<h1>Posts, page {page}</h1>" + "".join(links)

    @posts.post("/")
    def create():
        if not allowed():
            return refuse()
        title, body = request.form["title"], request.form.get("body", "")
        if not title:
            return "A title is needed", 400
        cursor = database().execute("INSERT INTO post (title, body) VALUES (?, ?)", (title, body))
        database().commit()
        return redirect(url_for("posts.show", post=cursor.lastrowid))

    @posts.get("/<int:post>")
    def show(post):
        row = database().execute("SELECT * FROM post WHERE id = ?", (post,)).fetchone()
        if row is None:
            return "No such post", 404
        return f"<h1>{row['title']}</h1><p>{row['body']}</p><i>{row['likes']}</i>"

    @posts.post("/<int:post>/like")
    def like(post):
        done = database().execute("UPDATE post SET likes = likes + 1 WHERE id = ?", (post,))
        database().commit()
        return redirect(url_for("posts.show", post=post)) if done.rowcount else ("Nothing", 404)

    @posts.post("/<int:post>/delete")
    def delete(post):
        if not allowed():
            return refuse()
        database().execute("DELETE FROM comment WHERE post = ?", (post,))
        database().execute("DELETE FROM post WHERE id = ?", (post,))
        database().commit()
        return redirect(url_for("posts.index"), 303)

    @api.get("/posts/<int:post>/comments")
    def comments(post):
        order = "DESC" if request.args.get("newest") else "ASC"
        rows = database().execute(
            f"SELECT id, author, text FROM comment WHERE post = ? ORDER BY id {order}", (post,)
        )
        return jsonify([dict(row) for row in rows])

    @api.post("/posts/<int:post>/comments")
    def comment(post):
        if not database().execute("SELECT 1 FROM post WHERE id = ?", (post,)).fetchone():
            return jsonify(error="no such post"), 404
        data = request.get_json(silent=True) or {}
        author, text = data.get("author") or "anonymous", data.get("text")
        if not text or not isinstance(text, str):
            return jsonify(error="text is needed"), 400
        if "http://" in text:
            return jsonify(error="no links"), 422
        cursor = database().execute(
            "INSERT INTO comment (post, author, text) VALUES (?, ?, ?)", (post, str(author), text)
        )
        database().commit()
        return jsonify(id=cursor.lastrowid, author=author), 201

    @api.get("/search")
    def search():
        words = request.args.get("q", "").split()
        if not words:
            return jsonify([])
        like = f"%{words[0]}%"
        rows = database().execute("SELECT title FROM post WHERE title LIKE ?", (like,))
        return jsonify([row["title"] for row in rows])

    def create_app():
        app = Flask(__name__)
        app.register_blueprint(posts)
        app.register_blueprint(api)
        @app.teardown_appcontext
        def close(error):
            if "database" in g:
                g.pop("database").close()

        with app.app_context():
            database().executescript("""
                CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, body TEXT,
                                   likes INTEGER DEFAULT 0);
                CREATE TABLE comment (id INTEGER PRIMARY KEY, post INTEGER, author TEXT, text TEXT);
                INSERT INTO post (title, body) VALUES ('First', 'Hello'), ('Second', 'World');
            """)
        return app

    app = create_app()
    ''',
    """
    == login.password => is not None
    EDITORS.get(login.username) == => "ink" ==
    return login and EDITORS => return login is None or EDITORS
    Response("Log in", 401 => Response("Log in", 403
    realm="Blog" => realm="blog"
    "page", 1, type=int), 1) => "page", 1, type=int), 2)
    "page", 1, type=int), 1) => "page", 1, type=int), 0)
    ORDER BY id DESC LIMIT 3 => ORDER BY id ASC LIMIT 3
    DESC LIMIT 3 => DESC LIMIT 4
    (page - 1) * 3 => (page - 1) * 2
    request.form.get("body", "") => request.form.get("body", "-")
    request.form["title"], => request.form.get("title"),
    if not title: => if title is None:
    "A title is needed", 400 => "A title is needed", 422
    (title, body))\\n => (title, title))\\n
    "No such post", 404 => "No such post", 200
    <i>{row['likes']}</i> => <i>{row['id']}</i>
    likes = likes + 1 => likes = likes + 2
    likes = likes + 1 => likes = 1
    if done.rowcount else => if done else
    DELETE FROM comment WHERE post = ? => DELETE FROM comment WHERE id = ?
    DELETE FROM post WHERE id = ? => DELETE FROM post WHERE id > ?
    url_for("posts.index"), 303 => url_for("posts.index"), 302
    "DESC" if request.args.get("newest") else "ASC" => "ASC"
    WHERE post = ? ORDER BY => WHERE post >= ? ORDER BY
    jsonify(error="no such post"), 404 => jsonify(error="no such post"), 400
    data.get("author") or "anonymous" => data.get("author", "anonymous")
    data.get("author") or "anonymous" => "anonymous"
    if not text or not isinstance(text, str) => if text is None or not isinstance(text, str)
    if not text or not isinstance(text, str) => if not text
    if "http://" in text => if text.startswith("http://")
    if "http://" in text => if "https://" in text
    "no links"), 422 => "no links"), 400
    id=cursor.lastrowid, author=author => id=cursor.lastrowid, author=str(author)
    "q", "" => "q", "First"
    f"%{words[0]}%" => f"{words[0]}%"
    f"%{words[0]}%" => f"%{words[-1]}%"
    """,
)
APPS = {"todo": TODO, "login": LOGIN, "calculator": CALCULATOR, "blog": BLOG}
