//! What Flask-CORS 6 and Flask-HTTPAuth 4 answered (`tests/golden/extensions.jsonl`), done here.

use hyper::HeaderMap;
use hyper::header::HeaderName;

use crate::prelude::*;
use crate::web::context;
use crate::web::request::Request;

const CASES: &str = include_str!("../../tests/golden/extensions.jsonl");
const GET: &[&str] = &["GET", "HEAD", "OPTIONS"];

fn texts(given: &[&str]) -> Vec<String> {
    given.iter().map(ToString::to_string).collect()
}

/// The options that each case was answered with, by its number.
fn options(number: i64) -> CorsOptions {
    let usual = CorsOptions::default();
    match number {
        1 => CorsOptions { origins: texts(&["http://a.example", "http://b.example"]), ..usual },
        2 => CorsOptions { origins: texts(&["http://a.example"]), ..usual },
        3 => CorsOptions {
            origins: texts(&[r"https?://.*\.example"]),
            max_age: Some(60),
            expose_headers: texts(&["X-B", "X-A"]),
            ..usual
        },
        4 => CorsOptions { supports_credentials: true, methods: texts(&["GET", "POST"]), ..usual },
        5 => {
            CorsOptions { send_wildcard: true, allow_headers: texts(&["X-One", "X-Two"]), ..usual }
        }
        6 => CorsOptions { vary_header: false, ..usual },
        7 => CorsOptions { resources: texts(&["/api/*"]), ..usual },
        _ => usual,
    }
}

fn open(number: i64) {
    let app = App::new("app");
    cors(&app, options(number));
    app.route("/", "home", GET, |_| Ok("home".into()));
    app.route("/fail", "fail", GET, |_| dict! {}.item("x"));
    app.route("/api/x", "api", GET, |_| Ok("api".into()));
}

fn verify(name: Value, password: Value) -> R {
    if name == "ada" && password == "pw" {
        return Ok(dict! { "name" => name });
    }
    Ok((name == "true").into())
}

fn guarded() {
    let app = App::new("app");
    let auth = BasicAuth::new(verify);
    let strict = BasicAuth::new(|_, _| Ok(none())).with(
        "Custom",
        "the realm",
        Some(Box::new(|status| jsonify(args![], kw!["status" => status]))),
    );
    let home = auth.clone();
    app.route("/", "home", GET, move |_| {
        let refused = home.login_required(false)?;
        if !refused.is_none() {
            return Ok(refused);
        }
        jsonify(args![], kw!["user" => home.current_user()?, "name" => home.username()?])
    });
    app.route("/optional", "optional", GET, move |_| {
        auth.login_required(true)?;
        jsonify(args![], kw!["user" => auth.current_user()?])
    });
    app.route("/never", "never", GET, move |_| {
        let refused = strict.login_required(false)?;
        if refused.is_none() { Ok("never".into()) } else { Ok(refused) }
    });
}

fn sorted_lines(pairs: impl Iterator<Item = (String, String)>) -> String {
    let kept = |name: &str| {
        name.starts_with("access-control")
            || ["vary", "www-authenticate", "content-type"].contains(&name)
    };
    let mut lines: Vec<String> = pairs
        .map(|(name, value)| (name.to_lowercase(), value))
        .filter(|(name, _)| kept(name))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.sort();
    lines.join("\n")
}

fn pairs(found: &Value) -> Vec<(String, String)> {
    let pair = |pair: R| {
        let [name, value] = unpack(pair?)?;
        Ok((name.to_string(), value.to_string()))
    };
    iter(found).unwrap().map(pair).collect::<R<_>>().unwrap()
}

#[test]
fn extensions_answer_as_they_do_in_python() {
    let (mut unlike, mut before) = (Vec::new(), none());
    for line in CASES.lines() {
        let case = lib("json.loads", args![String::from(line)], kw![]).unwrap();
        let [number, method, target, headers, status, kept, body] = unpack(&case).unwrap();
        if before != number {
            if number == -1 {
                guarded()
            } else {
                open(int(&number).unwrap().as_int().unwrap())
            }
            before = number.clone();
        }
        let mut list = HeaderMap::new();
        for (name, value) in pairs(&headers.method("items", args![]).unwrap()) {
            list.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        let request = Request::new(&method.to_string(), &target.to_string(), "", list);
        let response = context::app().answer(request);
        let found = response.headers.borrow();
        let ours = sorted_lines(found.iter().map(|(k, v)| (k.to_string(), v.to_string())));
        let theirs = sorted_lines(pairs(&kept).into_iter());
        let same_body = crate::binary::hex(&response.body.borrow()) == body.to_string();
        if ours != theirs || !same_body || status != i64::from(response.code()) {
            unlike.push(format!(
                "{line}\n  expected {status}\n{theirs}\n  here {}\n{ours}\n{}",
                response.code(),
                String::from_utf8_lossy(&response.body.borrow())
            ));
        }
    }
    assert!(unlike.is_empty(), "{} unlike:\n{}", unlike.len(), unlike.join("\n"));
}
