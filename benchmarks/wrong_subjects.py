"""The applications that the wrong ports are ports of, each in one file without dependencies."""

from tests.agent_core.port.apps import TODO

LENDING = '''\
"""A lending library: books in memory, readers who log in, and pages made of forms."""

from functools import wraps

from flask import Flask, abort, jsonify, make_response, redirect, request, session, url_for

app = Flask(__name__)
app.config["SECRET_KEY"] = "said to nobody"
GENRES = ("essay", "novel", "poetry")
MOST = 3
books = {
    1: {"id": 1, "title": "Middlemarch", "genre": "novel", "price": 12.5, "copies": 2},
    2: {"id": 2, "title": "Poésies", "genre": "poetry", "price": 8, "copies": 1},
}
lent = {}
readers = {"ada": {"name": "Ada", "visits": 0}}


@app.errorhandler(400)
@app.errorhandler(401)
@app.errorhandler(404)
@app.errorhandler(409)
def problem(error):
    return jsonify(error=error.description, code=error.code), error.code


def needs_reader(view):
    @wraps(view)
    def wrapper(*args, **kwargs):
        if session.get("reader") not in readers:
            abort(401, description="log in first")
        return view(*args, **kwargs)

    return wrapper


def found(number):
    if number not in books:
        abort(404, description=f"no book {number}")
    return books[number]


def checked(data):
    """The fields of a book, or an answer that says which is wrong."""
    title = str(data.get("title", "")).strip()
    if not title or len(title) > 60:
        abort(400, description="title: 1 to 60 characters")
    if data.get("genre", "novel") not in GENRES:
        abort(400, description="genre: one of " + ", ".join(GENRES))
    price = data.get("price", 0)
    if isinstance(price, bool) or not isinstance(price, (int, float)) or price < 0:
        abort(400, description="price: a number, not below 0")
    copies = data.get("copies", 1)
    if not isinstance(copies, int) or not 1 <= copies <= 99:
        abort(400, description="copies: 1 to 99")
    genre = data.get("genre", "novel")
    return {"title": title, "genre": genre, "price": price, "copies": copies}


@app.get("/")
def home():
    return redirect(url_for("shelf"))


@app.get("/books/")
def shelf():
    chosen = list(books.values())
    genre = request.args.get("genre")
    if genre:
        chosen = [book for book in chosen if book["genre"] == genre.lower()]
    dearest = request.args.get("dearest", type=float)
    if dearest is not None:
        chosen = [book for book in chosen if book["price"] <= dearest]
    if request.args.get("sort") == "price":
        chosen.sort(key=lambda book: (book["price"], -book["id"]))
    worth = sum(book["price"] * book["copies"] for book in chosen)
    return jsonify(books=chosen, count=len(chosen), worth=worth)


@app.post("/books/")
def add():
    data = request.get_json()
    if not isinstance(data, dict):
        abort(400, description="a book is an object")
    number = max(books, default=0) + 1
    books[number] = {"id": number, **checked(data)}
    return jsonify(books[number]), 201, {"Location": url_for("show", number=number)}


@app.get("/books/<int:number>")
def show(number):
    book = found(number)
    out = sum(1 for held in lent.values() if number in held)
    return jsonify({**book, "free": book["copies"] - out})


@app.delete("/books/<int:number>")
def remove(number):
    found(number)
    if any(number in held for held in lent.values()):
        abort(409, description="it is lent")
    del books[number]
    return "", 204


@app.post("/books/<int:number>/loan")
@needs_reader
def borrow(number):
    book = found(number)
    held = lent.setdefault(session["reader"], [])
    out = sum(1 for each in lent.values() if number in each)
    if number in held:
        abort(409, description="you have it")
    if out >= book["copies"] or len(held) >= MOST:
        abort(409, description="none left for you")
    held.append(number)
    return jsonify(reader=session["reader"], books=sorted(held)), 201


@app.delete("/books/<int:number>/loan")
@needs_reader
def give_back(number):
    held = lent.get(session["reader"], [])
    if number not in held:
        abort(404, description="you do not have it")
    held.remove(number)
    return jsonify(reader=session["reader"], books=sorted(held))


@app.post("/login")
def login():
    name = request.form.get("name", "").strip()
    if not name.isalpha():
        return jsonify(error="a name is made of letters"), 400
    reader = readers.setdefault(name.lower(), {"name": name, "visits": 0})
    reader["visits"] += 1
    session["reader"] = name.lower()
    return redirect(url_for("me"), code=303)


@app.get("/me")
@needs_reader
def me():
    reader = readers[session["reader"]]
    colour = request.cookies.get("colour", "grey")
    return f"<p>{reader['name']}: visit {reader['visits']}, in {colour}</p>"


@app.post("/colour")
def choose():
    colour = request.form.get("colour", "")
    if colour not in {"red", "green", "blue"}:
        return jsonify(error="no such colour"), 400
    response = make_response(jsonify(colour=colour))
    response.set_cookie("colour", colour, max_age=3600, httponly=True, samesite="Lax")
    return response


@app.post("/logout")
def logout():
    session.pop("reader", None)
    return redirect(url_for("shelf"))
'''
SUBJECTS = {"lending": LENDING, "todo": TODO.source}
"""The source of `app.py` by the name of the application."""
EQUIVALENT = {
    (
        "lending",
        'remove (text): `Ok(tuple!["", 204])` became `Ok(tuple!["?", 204])`',
    ): "an answer of status 204 has no body",
}
"""Mutants that no request can tell from the right port, with the reason."""
