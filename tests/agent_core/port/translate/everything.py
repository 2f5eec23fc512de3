"""An application with a function for each part of the language that is converted."""

APP = '''
"""Everything at once."""

import json
import random
import re
import threading
import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field, asdict
from datetime import datetime, timedelta
from functools import wraps
from flask import Flask, jsonify, request, session, g, abort, make_response, Response, url_for

app = Flask(__name__)
lock = threading.Lock()
counter = 0
LOG = []
stock = defaultdict(int)
PATTERN = re.compile(r"^(\\w+)-(\\d+)$", re.I)


class ApiError(Exception):
    """An error with a code."""

    status = 400

    def __init__(self, message, status=None, payload=None):
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status
        self.payload = payload

    def to_dict(self):
        rv = dict(self.payload or ())
        rv["message"] = self.message
        return rv


class Account:
    kind = "plain"

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(("in", amount))
        return self.balance

    @property
    def rich(self):
        return self.balance > 100

    @staticmethod
    def double(x):
        return x * 2

    @classmethod
    def make(cls, owner):
        return cls(owner, 5)

    def __repr__(self):
        return f"<Account {self.owner}>"


class Savings(Account):
    def __init__(self, owner):
        super().__init__(owner, 50)
        self.rate = 0.1

    def deposit(self, amount):
        total = super().deposit(amount)
        return round(total * (1 + self.rate), 2)


@dataclass
class Point:
    x: int
    y: int = 2
    tags: list = field(default_factory=list)

    def norm(self):
        return math.sqrt(self.x**2 + self.y**2)


bank = {"a": Account("ann")}


@app.errorhandler(ApiError)
def api_error(error):
    response = jsonify(error.to_dict())
    response.status_code = error.status
    return response


def audited(name):
    def decorator(f):
        @wraps(f)
        def inner(*args, **kwargs):
            LOG.append(name)
            result = f(*args, **kwargs)
            return result

        return inner

    return decorator


def loops(n):
    out = []
    for i in range(n):
        if i == 2:
            continue
        if i > 5:
            break
        out.append(i)
    else:
        out.append("done")
    total = 0
    while True:
        total += 1
        if total >= 3:
            break
    last = None
    for last in out:
        pass
    return out, total, last


def tries(value):
    result = "start"
    try:
        number = int(value)
        result = 10 / number
    except (ValueError, TypeError) as e:
        return f"bad ERR: {e}"
    except ZeroDivisionError:
        result = "zero"
    else:
        result = result + 1
    finally:
        LOG.append("finally")
    return result


def nested_tries(items):
    found = []
    for item in items:
        try:
            if item == "skip":
                continue
            if item == "stop":
                break
            found.append(int(item))
        except ValueError:
            found.append(None)
    return found


def comprehensions(data):
    squares = [x * x for x in data if x % 2]
    pairs = [(a, b) for a in data for b in data if a < b]
    mapping = {str(k): v for k, v in enumerate(data)}
    unique = sorted({x % 3 for x in data})
    flat = sum(x for x in data)
    anyone = any(x > 3 for x in data)
    everyone = all(isinstance(x, int) for x in data)
    first = next((x for x in data if x > 1), None)
    words = ", ".join(str(x) for x in data)
    return [squares, pairs, mapping, unique, flat, anyone, everyone, first, words]


def strings(s):
    a, *rest = s.split(",")
    b = s[::-1]
    c = "%s-%03d" % (a, len(rest))
    d = "{:>8}|{name}".format(a, name=b)
    e = f"{len(s):04d} {3.14159:.2f} {s!r} {{x}}"
    x, y = 1, 2
    x, y = y, x
    m = PATTERN.match(s)
    groups = m.groups() if m else None
    return [a, rest, b, c, d, e, x, y, groups, s.title(), s.replace(",", ";"), "a" < s < "z"]


def inner_functions(k):
    def add(n, m=1):
        return n + m + k

    items = sorted([3, 1, 2], key=lambda v: -v * k)
    return [
        add(1),
        add(1, 5),
        add(n=2),
        list(map(lambda v: v + k, items)),
        max(items, key=lambda v: (v % 2, v)),
    ]


def maybe_unbound(flag):
    if flag:
        value = 1
    return value


def spread(*args, sep="-", **kwargs):
    return (
        sep.join(str(a) for a in args) + "/" + ",".join(f"{k}={v}" for k, v in kwargs.items())
    )


def dicts():
    d = {"a": 1, "b": {"c": [1, 2, 3]}}
    d["b"]["c"][0] += 10
    d.setdefault("z", []).append(1)
    e = {**d, "a": 2}
    del e["z"]
    n, (p, q) = 1, (2, 3)
    d["k"] = d["l"] = 0
    popped = e.pop("nope", None)
    counts = Counter("abca")
    return [
        d,
        e,
        n,
        p,
        q,
        popped,
        counts.most_common(1),
        "a" in d,
        list(d),
        d.get("b", {}).get("c"),
    ]


def numbers(x):
    return [
        x // 3,
        x % 3,
        -x // 3,
        x**2,
        x / 4,
        round(x / 7, 3),
        abs(-x),
        min(x, 3),
        max([x, 9]),
        divmod(x, 5),
        bool(x),
        not x,
        x and 5,
        x or 7,
        1 if x else 0,
        2**70,
        0.1 + 0.2,
        int("12"),
        float("1e3"),
        x & 6,
        x | 1,
        x ^ 3,
        x << 2,
        ~x,
    ]


def classes():
    a = Account.make("bob")
    a.deposit(10)
    s = Savings("eve")
    v = s.deposit(100)
    p = Point(3, 4)
    p.tags.append("t")
    return [
        a.balance,
        a.rich,
        Account.double(4),
        v,
        s.balance,
        s.history,
        str(a),
        asdict(p),
        p.norm(),
        p == Point(3, 4, ["t"]),
        repr(p),
        isinstance(s, Account),
        s.kind,
        hasattr(a, "rate"),
        getattr(s, "rate", None),
    ]


def dates():
    d = datetime(2024, 2, 28, 12, 30)
    later = d + timedelta(days=2, hours=1)
    return [
        d.isoformat(),
        later.strftime("%Y-%m-%d %H:%M"),
        (later - d).total_seconds(),
        d < later,
        d.year,
        later.weekday(),
    ]


RUN = {
    "loops": lambda: loops(8),
    "loops2": lambda: loops(2),
    "tries": lambda: [tries("5"), tries("x"), tries("0"), tries(None)],
    "nested": lambda: nested_tries(["1", "skip", "x", "2", "stop", "3"]),
    "comprehensions": lambda: comprehensions([1, 2, 3, 4]),
    "strings": lambda: strings("ab-12"),
    "strings2": lambda: strings("x,y,z"),
    "inner": lambda: inner_functions(2),
    "dicts": dicts,
    "numbers": lambda: numbers(17),
    "zero": lambda: numbers(0),
    "classes": classes,
    "dates": dates,
    "spread": lambda: spread(1, 2, sep="+", a=3),
    "unbound": lambda: maybe_unbound(False),
    "bound": lambda: maybe_unbound(True),
}


@app.route("/run/<name>")
@audited("run")
def run(name):
    if name not in RUN:
        raise ApiError("no such thing", status=404, payload={"name": name})
    return jsonify(result=RUN[name](), log=LOG)


@app.route("/count", methods=["POST"])
def count():
    global counter
    with lock:
        counter += 1
        stock["x"] += 2
        value = counter
    g.value = value
    return {"counter": value, "stock": dict(stock), "g": g.value}


@app.route("/bank/<name>", methods=["GET", "POST"])
def account(name):
    found = bank.get(name)
    if found is None:
        found = Account(name)
        bank[name] = found
    if request.method == "POST":
        try:
            found.deposit(float(request.json["amount"]))
        except KeyError:
            abort(400, "amount is missing")
        except ValueError as error:
            return jsonify(error=str(error)), 422
    return jsonify(
        owner=found.owner, balance=found.balance, rich=found.rich, history=found.history
    )


@app.route("/text")
def text():
    response = make_response("<p>" + url_for("run", name="x", q=1) + "</p>")
    response.headers["X-A"] = "b"
    response.set_cookie("c", "d", httponly=True)
    return response
'''
RUNS = (
    "loops",
    "loops2",
    "tries",
    "nested",
    "comprehensions",
    "strings",
    "strings2",
    "inner",
    "dicts",
    "numbers",
    "zero",
    "classes",
    "dates",
    "spread",
    "unbound",
    "bound",
    "nothing",
)
