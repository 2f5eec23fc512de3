"""Small Flask applications, written to a folder, and what asks them."""

import http.client
from collections.abc import Mapping
from pathlib import Path

from runners.environment import child_environment
from tests.runners.projects import write

NOTES = {
    "app.py": """
        import random

        from flask import Flask, abort, jsonify, request

        app = Flask(__name__)
        app.config["PRICE"] = "not for you"
        NOTES = {}


        def told(view):
            def inner(*args, **kwargs):
                return view(*args, **kwargs)

            inner.__name__ = view.__name__
            return inner


        @app.before_request
        def look():
            app.looked = True


        @app.errorhandler(404)
        def missing(error):
            return {"error": "no such note"}, 404


        @app.route("/notes/<any(big, small):size>/<int:number>", methods=["GET", "PUT"])
        @told
        def note(size, number):
            if request.method == "PUT":
                NOTES[number] = request.get_json()
                return jsonify(NOTES[number]), 201
            if number not in NOTES:
                abort(404)
            return jsonify(NOTES[number])


        @app.route("/roll/", defaults={"sides": 6})
        def roll(sides):
            return str(random.random())


        print("imported")
        app.run(debug=True)
        """
}

BLOG = {
    "blog/__init__.py": """
        import os

        from flask import Flask


        def create_app(test_config=None):
            app = Flask(__name__, instance_relative_config=True)
            app.config.from_mapping(
                SECRET_KEY="sesame", DATABASE=os.path.join(app.instance_path, "blog.sqlite")
            )
            app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///posts.data"
            app.config["OTHER_URI"] = "postgresql://blog:pass@example.org/blog"
            os.makedirs(app.instance_path, exist_ok=True)

            from . import db, posts

            db.init(app)
            app.register_blueprint(posts.bp, url_prefix="/posts")
            return app
        """,
    "blog/db.py": """
        import sqlite3

        from flask import current_app


        def connect():
            return sqlite3.connect(current_app.config["DATABASE"])


        def init(app):
            with app.app_context():
                connection = connect()
                connection.execute("CREATE TABLE IF NOT EXISTS post (title TEXT)")
                connection.commit()
                connection.close()
        """,
    "blog/posts.py": """
        import functools

        from flask import Blueprint, jsonify, request, session
        from flask.views import MethodView

        from blog.db import connect

        bp = Blueprint("posts", __name__)


        def counted(view):
            @functools.wraps(view)
            def inner(*args, **kwargs):
                session["seen"] = session.get("seen", 0) + 1
                return view(*args, **kwargs)

            return inner


        @bp.after_request
        def mark(response):
            response.headers["X-Blog"] = "1"
            return response


        class Posts(MethodView):
            def get(self):
                return jsonify([row[0] for row in connect().execute("SELECT title FROM post")])

            def post(self):
                connection = connect()
                connection.execute("INSERT INTO post VALUES (?)", (request.form["title"],))
                connection.commit()
                connection.close()
                return "", 204


        bp.add_url_rule("/", view_func=Posts.as_view("all"))


        @bp.route("/seen")
        @counted
        def seen():
            return str(session["seen"])
        """,
}


def project(folder: Path, files: Mapping[str, str]) -> Path:
    """The copy of a project below `folder`."""
    return write(folder / "copy", files)


def environment(folder: Path) -> dict[str, str]:
    """The environment of an application, its temporary folder below `folder`."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    return child_environment(extra={"TMPDIR": str(temporary)})


def ask(
    port: int, method: str, target: str, body: str = "", kind: str = "application/json"
) -> tuple[int, str]:
    """Status and body of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, target, body, {"Content-Type": kind} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
