//! The answers of an application under Flask 3.1 (`tests/golden/answers.jsonl`), and of the same
//! application here.

use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};

use crate::prelude::*;
use crate::web::request::Request;
use crate::web::{context, signing};

const CASES: &str = include_str!("../../tests/golden/answers.jsonl");
const KEY: &str = "a key for tests";
const KEPT: [&str; 10] = [
    "content-type",
    "content-length",
    "location",
    "allow",
    "vary",
    "set-cookie",
    "x-mark",
    "x-a",
    "x-b",
    "www-authenticate",
];

globals! {
    REFUSED = class("Refused", vec![exception("Exception")])
        .method("__init__", func("__init__", &["self", "message", "status_code"], vec![410.into()], |a| {
            super_method(&REFUSED.get(), &a[0], "__init__", args![], kw![])?;
            a[0].set_attr("message", &a[1])?;
            a[0].set_attr("status_code", &a[2])?;
            Ok(none())
        }))
        .build();
}

fn arg(name: &str) -> R {
    request().attr("args")?.method("get", args![String::from(name)])
}

fn conflict(error: Value) -> R {
    let text = str(&error);
    let body =
        dict! { "code" => error.attr("code")?, "name" => error.attr("name")?, "text" => text };
    Ok(tuple![body, 409])
}

fn form() -> R {
    let form = request().attr("form")?;
    jsonify(
        args![],
        kw![
            "a" => form.item("a")?,
            "all" => form.method("getlist", args!["a"])?,
            "every" => form.method("to_dict", args![])?,
            "data" => request().attr("data")?.method("decode", args![])?
        ],
    )
}

fn query() -> R {
    let args = request().attr("args")?;
    let int = || kw!["type" => Type::Int];
    jsonify(
        args![],
        kw![
            "n" => args.method_kw("get", args!["n", 7], int())?,
            "all" => &args,
            "many" => args.method_kw("getlist", args!["n"], int())?,
            "url" => request().attr("url")?,
            "base" => request().attr("base_url")?,
            "full" => request().attr("full_path")?,
            "query" => request().attr("query_string")?.method("decode", args![])?,
            "path" => request().attr("path")?
        ],
    )
}

fn headers() -> R {
    let headers = request().attr("headers")?;
    let authorization = request().attr("authorization")?;
    jsonify(
        args![],
        kw![
            "agent" => headers.method("get", args!["User-Agent"])?,
            "x" => headers.method("get", args!["X-None", "no"])?,
            "host" => request().attr("host")?,
            "cookie" => request().attr("cookies")?.method("get", args!["c"])?,
            "auth" => and(&authorization, || authorization.attr("username"))?
        ],
    )
}

fn fail(kind: &Value) -> R {
    if *kind == "key" {
        return dict! {}.item("missing");
    }
    if *kind == "refused" {
        return Err(raise_made(REFUSED.get().call(args!["gone away"])));
    }
    if *kind == "response" {
        return Err(abort(make_response(args!["as it is", 418])?));
    }
    Ok(none())
}

fn shapes(kind: &Value) -> R {
    let made = |year: i64| lib("datetime.datetime", args![year, 1, 1], kw![]);
    let zone = || {
        lib(
            "datetime.timezone",
            args![lib("datetime.timedelta", args![], kw!["hours" => 2])?],
            kw![],
        )
    };
    Ok(match kind.to_string().as_str() {
        "text" => "é <b>".into(),
        "bytes" => bytes(b"\x00\xff"),
        "dict" => dict! { "b" => 1, "a" => list![1.0, none()] },
        "list" => list![1, "é"],
        "status" => tuple!["made", 201],
        "headers" => tuple!["x", dict! { "X-A" => "1", "Content-Type" => "text/plain" }],
        "three" => tuple![dict! { "a" => 1 }, 202, list![tuple!["X-B", "2"], tuple!["X-B", "3"]]],
        "words" => tuple!["x", "299 Fine"],
        "empty" => tuple!["", 204],
        "dates" => dict! {
            "at" => lib("datetime.datetime", args![2024, 2, 29, 12, 30, 5], kw![])?,
            "zone" => made(2024)?.method_kw("replace", args![], kw!["tzinfo" => zone()?])?,
            "day" => lib("datetime.date", args![2020, 1, 2], kw![])?,
            "id" => lib("uuid.UUID", args![], kw!["int" => 5])?
        },
        "redirect" => redirect("/ü?a=b&c=<d>", 302)?,
        "moved" => redirect("http://example.com/", 301)?,
        "four" => tuple!["a", 1, dict! {}, 2],
        "number" => 5.into(),
        _ => return dict! {}.item(kind),
    })
}

fn cookies() -> R {
    let response = make_response(args!["cookies"])?;
    response.method("set_cookie", args!["plain", "v1"])?;
    response.method_kw(
        "set_cookie",
        args!["odd", "a \"b\"; c\\ é,"],
        kw!["max_age" => 60, "path" => "/x y", "httponly" => true, "samesite" => "lax", "secure" => true],
    )?;
    response.method_kw(
        "delete_cookie",
        args!["gone"],
        kw!["path" => "/z", "domain" => "example.com"],
    )?;
    Ok(response)
}

fn sessions(action: &Value) -> R {
    match action.to_string().as_str() {
        "set" => {
            let n = add(session().method("get", args!["n", 0])?, 1)?;
            session().set_item("n", n)?;
            let id = lib("uuid.UUID", args![], kw!["int" => 1])?;
            session().set_item("t", tuple![1, list![bytes(b"x")], id])?;
        }
        "pop" => {
            session().method("pop", args!["nothing", none()])?;
        }
        "clear" => {
            session().method("clear", args![])?;
        }
        "permanent" => {
            session().set_attr("permanent", true)?;
            session().set_item("p", mul("x", 300)?)?;
        }
        "flash" => {
            flash("Hello", "info")?;
            return Ok("flashed".into());
        }
        "flashes" => return jsonify(args![get_flashed_messages(true, none())?], kw![]),
        "none" => return Ok("none".into()),
        _ => {}
    }
    jsonify(args![], kw!["session" => lib("builtins.dict", args![session()], kw![])?])
}

fn build() -> R<Rc<App>> {
    let app = App::new("app");
    init_globals()?;
    app.config("SECRET_KEY", KEY);
    app.config("PERMANENT_SESSION_LIFETIME", lib("datetime.timedelta", args![36_500], kw![])?);
    app.errorhandler_class(REFUSED.get(), |error| {
        Ok(tuple![
            jsonify(args![], kw!["message" => error.attr("message")?])?,
            error.attr("status_code")?
        ])
    });
    app.errorhandler(409, conflict);
    app.errorhandler_of("shop", 404, |_| Ok(tuple!["nothing in the shop", 404]));
    app.before_request_of("shop", || {
        Ok(if arg("locked")?.truth() { tuple!["locked", 423] } else { none() })
    });
    app.after_request(|response| {
        let endpoint = or(request().attr("endpoint")?, || Ok("none".into()))?;
        response.attr("headers")?.set_item("X-Mark", endpoint)?;
        Ok(response)
    });
    add_routes(&app);
    Ok(app)
}

fn add_routes(app: &App) {
    let get = &["GET", "HEAD", "OPTIONS"];
    let post = &["POST", "OPTIONS"];
    app.route("/json", "read_json", &["OPTIONS", "POST", "PUT"], |_| {
        jsonify(args![], kw!["got" => request().method("get_json", args![])?, "kind" => request().attr("mimetype")?])
    });
    app.route("/silent", "silent", post, |_| {
        jsonify(args![request().method_kw("get_json", args![], kw!["silent" => true])?], kw![])
    });
    app.route("/force", "force", post, |_| {
        jsonify(args![request().method_kw("get_json", args![], kw!["force" => true])?], kw![])
    });
    app.route("/form", "form", post, |_| form());
    app.route("/args", "args", get, |_| query());
    app.route("/headers", "headers", get, |_| headers());
    app.route("/error/<int:code>", "error", get, |a| Err(abort(a.get("code"))));
    app.route("/described/<int:code>", "described", get, |a| {
        Err(abort_with(a.get("code"), args!["because <it> is & \"so\"\nyes"], kw![]))
    });
    app.route("/raise/<kind>", "fail", get, |a| fail(&a.get("kind")));
    app.route("/types/<string(length=2):two>/<float:f>/<path:rest>", "types", get, |a| {
        jsonify(args![], kw!["two" => a.get("two"), "f" => a.get("f"), "rest" => a.get("rest")])
    });
    app.route("/any/<any(red, green):colour>/<uuid:key>", "colours", get, |a| {
        let key = a.get("key");
        jsonify(args![], kw!["colour" => a.get("colour"), "key" => &key, "text" => str(&key)])
    });
    app.route("/number/<int(min=2, max=20):n>", "number", get, |a| Ok(dict! { "n" => a.get("n") }));
    app.route("/signed/<int(signed=True):n>", "signed", get, |a| Ok(dict! { "n" => a.get("n") }));
    app.route("/folder/", "folder", get, |_| Ok("folder".into()));
    app.rule("/loose", "loose").methods(get).strict_slashes(false).to(|_| Ok("loose".into()));
    let page = |a: &ViewArgs| Ok(format!("page {}", a.get("page")).into());
    app.rule("/pages/", "pages").methods(get).defaults(kw!["page" => 1]).to(page);
    app.route("/pages/<int:page>", "pages", get, page);
    app.route("/shapes/<kind>", "shapes", get, |a| shapes(&a.get("kind")));
    app.route("/cookies", "cookies", get, |_| cookies());
    app.route("/session/<action>", "sessions", get, |a| sessions(&a.get("action")));
    app.route("/handled", "handled", get, |_| {
        g().set_attr("user", "ada")?;
        jsonify(
            args![],
            kw!["user" => g().attr("user")?, "other" => g().method("get", args!["x", 1])?, "has" => contains(g(), "user")?],
        )
    });
    app.route("/shop/<name>", "shop.shelf", get, |a| {
        let name = a.get("name");
        if name == "none" {
            return Err(abort(404));
        }
        let url = url_for(".shelf", kw!["name" => "a b", "page" => 2])?;
        Ok(format!("shelf {name} {url}").into())
    });
}

fn hex(value: &Value) -> Vec<u8> {
    let data = lib_value("builtins.bytes").method("fromhex", args![value]).unwrap();
    let Value::Bytes(data) = data else { panic!("bytes have no hexadecimal form") };
    data.to_vec()
}

/// A header as it is compared: what a session cookie holds, and of a date that it is one.
fn comparable(name: &str, value: &str) -> String {
    let mut written = value.to_string();
    if name == "set-cookie" {
        if let Some(at) = written.find("Expires=").filter(|_| !written.contains("01 Jan 1970")) {
            let end = written[at..].find(';').map_or(written.len(), |end| at + end);
            written.replace_range(at..end, "Expires=later");
        }
        if let Some(signed) = value.strip_prefix("session=").and_then(|rest| rest.split(';').next())
        {
            let keys = [KEY.as_bytes().to_vec()];
            let held = signing::unsign(&keys, signed, u64::MAX, u64::MAX).unwrap_or_default();
            written = written.replace(signed, &String::from_utf8_lossy(&held));
        }
    }
    if name == "allow" {
        let mut methods: Vec<&str> = value.split(", ").collect();
        methods.sort_unstable();
        written = methods.join(", ");
    }
    format!("{name}: {written}")
}

fn sorted_lines(mut lines: Vec<String>) -> String {
    lines.sort();
    lines.join("\n")
}

/// How one case differs; nothing if it does not.
fn difference(case: &Value) -> Option<String> {
    let [method, target, headers, body, status, kept, expected] = unpack(case).unwrap();
    let target = target.to_string();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut list = HeaderMap::new();
    list.append("host", HeaderValue::from_static("localhost:5000"));
    for pair in iter(headers.method("items", args![]).unwrap()).unwrap() {
        let [name, value] = unpack(pair.unwrap()).unwrap();
        let value: Vec<u8> = value.to_string().chars().map(|c| c as u8).collect();
        list.append(
            HeaderName::from_bytes(name.to_string().as_bytes()).unwrap(),
            HeaderValue::from_bytes(&value).unwrap(),
        );
    }
    let mut request = Request::new(&method.to_string(), path, query, list);
    request.body = hex(&body);
    let response = context::app().answer(request);
    let lines = |pairs: &Value| {
        collect(pairs, |pair| {
            let [name, value] = unpack(&pair)?;
            Ok(Some(comparable(&name.to_string(), &value.to_string()).into()))
        })
        .map(|lines| sorted_lines(lines.iter().map(ToString::to_string).collect()))
        .unwrap()
    };
    let found = response.headers.borrow();
    let ours: Vec<String> = found
        .iter()
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .map(|(name, value)| comparable(&name, value))
        .collect();
    let body = if method == "HEAD" || response.code() == 204 {
        vec![]
    } else {
        response.body.borrow().clone()
    };
    // The server counts the body, so that the length is compared as the length of the body.
    let without = |lines: String| {
        let kept = lines.lines().filter(|line| !line.starts_with("content-length"));
        kept.collect::<Vec<_>>().join("\n")
    };
    let theirs = (status.to_string(), without(lines(&kept)), hex(&expected));
    let ours = (response.code().to_string(), without(sorted_lines(ours)), body);
    (theirs != ours).then(|| {
        let shown = |(status, headers, body): (String, String, Vec<u8>)| {
            format!("{status}\n{headers}\n{}", String::from_utf8_lossy(&body))
        };
        format!("{method} {target}\n  Flask: {}\n  here: {}\n", shown(theirs), shown(ours))
    })
}

#[test]
fn answers_are_what_flask_gives() {
    build().unwrap();
    let cases =
        CASES.lines().map(|line| lib("json.loads", args![String::from(line)], kw![]).unwrap());
    let unlike: Vec<String> = cases.filter_map(|case| difference(&case)).collect();
    assert!(unlike.is_empty(), "{} unlike:\n{}", unlike.len(), unlike.join("\n"));
}
