//! The request as a program sees it.

use std::any::Any;
use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;

use hyper::HeaderMap;
use hyper::header::HeaderValue;

use crate::errors::raise;
use crate::native::{Kw, Native, bind, native, no_attribute};
use crate::value::{Str, bytes, dict, text};
use crate::web::form::{self, Form};
use crate::web::headers::{HeaderList, of_request};
use crate::web::http::{URL_SAFE, mimetype, query_pairs, quote, text_or_quoted, unquote};
use crate::web::multidict::MultiDict;
use crate::web::{basic_auth, context, cookies};
use crate::{R, Value, args, json};

const METHODS: [&str; 7] = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/// A request: what came, and what has been made of it so far.
pub(crate) struct Request {
    pub method: Str,
    pub path: String,
    pub query: String,
    pub body: Vec<u8>,
    pub peer: IpAddr,
    pub endpoint: RefCell<Option<Str>>,
    pub rule: RefCell<Option<Str>>,
    pub view_args: RefCell<Option<Vec<(String, Value)>>>,
    sent: HeaderMap,
    headers: OnceCell<Rc<RefCell<HeaderList>>>,
    args: OnceCell<Value>,
    form: OnceCell<Form>,
    cookies: OnceCell<Value>,
    json: RefCell<Option<Value>>,
    silent_json: RefCell<Option<Value>>,
    consumed: Cell<bool>,
}

impl Request {
    pub fn new(method: &str, target_path: &str, query: &str, headers: HeaderMap) -> Self {
        let path = String::from_utf8(unquote(target_path.as_bytes()));
        Self {
            method: METHODS
                .into_iter()
                .find(|known| *known == method)
                .map_or_else(|| Str::new(method), Str::from),
            path: path.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into()),
            query: query.into(),
            body: Vec::new(),
            peer: Ipv4Addr::LOCALHOST.into(),
            endpoint: RefCell::default(),
            rule: RefCell::default(),
            view_args: RefCell::default(),
            sent: headers,
            headers: OnceCell::new(),
            args: OnceCell::new(),
            form: OnceCell::new(),
            cookies: OnceCell::new(),
            json: RefCell::default(),
            silent_json: RefCell::default(),
            consumed: Cell::new(false),
        }
    }

    pub fn has_header(&self, name: &str) -> bool {
        self.sent.contains_key(name)
    }

    /// A header's value; those of one name are a list to WSGI.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<String> = self.sent.get_all(name).iter().map(characters).collect();
        (!values.is_empty()).then(|| values.join(","))
    }

    fn headers(&self) -> &Rc<RefCell<HeaderList>> {
        self.headers.get_or_init(|| {
            let mut list = HeaderList::default();
            for name in self.sent.keys() {
                let value = self.header(name.as_str());
                list.add(title(name.as_str()), value.unwrap_or_default());
            }
            Rc::new(RefCell::new(list))
        })
    }

    /// The path that rules are matched with.
    pub fn routed(&self) -> Cow<'_, str> {
        match self.path.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => Cow::Borrowed(&self.path),
            _ => format!("/{}", self.path.trim_start_matches('/')).into(),
        }
    }

    pub fn host(&self) -> String {
        let host = self.header("host").unwrap_or_default();
        host.strip_suffix(":80").map_or(host.clone(), Into::into)
    }

    pub fn blueprint(&self) -> Option<String> {
        let endpoint = self.endpoint.borrow();
        endpoint.as_ref()?.rsplit_once('.').map(|(name, _)| name.into())
    }

    /// The blueprint of the view and those it is nested in, innermost first.
    pub fn blueprints(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut name = self.blueprint();
        while let Some(inner) = name {
            name = inner.rsplit_once('.').map(|(outer, _)| outer.into());
            found.push(inner);
        }
        found
    }

    fn mimetype(&self) -> String {
        mimetype(&self.header("content-type").unwrap_or_default())
    }

    fn is_json(&self) -> bool {
        let kind = self.mimetype();
        kind == "application/json" || kind.starts_with("application/") && kind.ends_with("+json")
    }

    fn args(&self) -> Value {
        let read = || native(MultiDict::texts(query_pairs(self.query.as_bytes())));
        self.args.get_or_init(read).clone()
    }

    pub fn cookies(&self) -> Value {
        let read = || {
            let header = self.header("cookie").unwrap_or_default();
            native(MultiDict::texts(cookies::parse(&header)))
        };
        self.cookies.get_or_init(read).clone()
    }

    fn form(&self) -> R<&Form> {
        if self.form.get().is_none() {
            self.check_length()?;
            let limits = context::app().form_limits();
            let content_type = self.header("content-type").unwrap_or_default();
            let read = form::parse(&content_type, &self.body, limits)?;
            self.consumed.set(read.consumed);
            let _ = self.form.set(read);
        }
        self.form.get().ok_or_else(|| raise("RuntimeError", args!["the form was not read"]))
    }

    /// Raises RequestEntityTooLarge for more than MAX_CONTENT_LENGTH.
    fn check_length(&self) -> R<()> {
        let limit = context::app().setting("MAX_CONTENT_LENGTH").as_int();
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        match limit.is_some_and(|limit| self.body.len() > limit) {
            true => Err(raise("RequestEntityTooLarge", args![])),
            false => Ok(()),
        }
    }

    fn data(&self) -> &[u8] {
        if self.consumed.get() { &[] } else { &self.body }
    }

    fn values(&self) -> R {
        let query = self.args();
        let query = query.native::<MultiDict>().map(|found| found.with(&MultiDict::new([])));
        let query = query.unwrap_or_else(|| MultiDict::new([]));
        if !["POST", "PUT", "PATCH"].contains(&&*self.method) {
            return Ok(native(query));
        }
        let form = &self.form()?.fields;
        Ok(native(form.native::<MultiDict>().map_or(MultiDict::new([]), |form| query.with(form))))
    }

    /// `get_json(force, silent, cache)`: 415 for another media type, 400 for what is no JSON.
    pub fn json(&self, force: bool, silent: bool) -> R {
        let kept = if silent { &self.silent_json } else { &self.json };
        if let Some(value) = &*kept.borrow() {
            return Ok(value.clone());
        }
        if !force && !self.is_json() {
            if silent {
                return Ok(Value::None);
            }
            let error = raise("UnsupportedMediaType", args![]);
            let description = "Did not attempt to load JSON data because the request Content-Type \
                               was not 'application/json'.";
            error.0.put("description", description.into());
            return Err(error);
        }
        self.check_length()?;
        match json::loads_bytes(self.data()) {
            Ok(value) => {
                *self.json.borrow_mut() = Some(value.clone());
                *self.silent_json.borrow_mut() = Some(value.clone());
                Ok(value)
            }
            Err(error) if !error.is("ValueError") => Err(error),
            Err(_) if silent => {
                *self.silent_json.borrow_mut() = Some(Value::None);
                Ok(Value::None)
            }
            Err(error) => {
                let refusal = raise("BadRequest", args![]);
                if context::app().is_debug() {
                    let description = format!("Failed to decode JSON object: {}", error.value());
                    refusal.0.put("description", description.into());
                }
                Err(refusal)
            }
        }
    }

    fn url(&self, with_path: bool, with_query: bool) -> String {
        let mut url = format!("http://{}/", self.host());
        if with_path {
            url += &quote(self.path.trim_start_matches('/').as_bytes(), URL_SAFE);
            if with_query && !self.query.is_empty() {
                url = url + "?" + &quote(self.query.as_bytes(), "!$&'()*+,/:;=?@%");
            }
        }
        readable(&url)
    }

    fn own_attr(&self, name: &str) -> Option<R> {
        let header = |name: &str| Ok(self.header(name).into());
        Some(match name {
            "method" => Ok(text(self.method.clone())),
            "path" => Ok(self.routed().into_owned().into()),
            "full_path" => Ok(format!("{}?{}", self.routed(), self.query_text()).into()),
            "script_root" | "root_path" => Ok("".into()),
            "query_string" => Ok(bytes(self.query.as_bytes())),
            "url" => Ok(self.url(true, true).into()),
            "base_url" => Ok(self.url(true, false).into()),
            "url_root" | "root_url" | "host_url" => Ok(self.url(false, false).into()),
            "host" => Ok(self.host().into()),
            "scheme" => Ok("http".into()),
            "is_secure" => Ok(false.into()),
            "remote_addr" => Ok(self.peer.to_string().into()),
            "access_route" => Ok(self.access_route()),
            "headers" => Ok(of_request(self.headers())),
            "args" => Ok(self.args()),
            "form" => self.form().map(|form| form.fields.clone()),
            "files" => self.form().map(|form| form.files.clone()),
            "values" => self.values(),
            "cookies" => Ok(self.cookies()),
            "json" => self.json(false, false),
            "is_json" => Ok(self.is_json().into()),
            "data" => self.form().map(|_| bytes(self.data())),
            "content_type" => header("content-type"),
            "content_length" => Ok(self.content_length()),
            "content_encoding" => header("content-encoding"),
            "mimetype" => Ok(self.mimetype().into()),
            "referrer" => header("referer"),
            "origin" => header("origin"),
            "user_agent" => Ok(basic_auth::user_agent(self.header("user-agent"))),
            "authorization" => Ok(basic_auth::authorization(self.header("authorization"))),
            "endpoint" => Ok(self.endpoint.borrow().clone().into()),
            "url_rule" => Ok(self.rule.borrow().clone().into()),
            "blueprint" => Ok(self.blueprint().into()),
            "blueprints" => {
                Ok(self.blueprints().into_iter().map(Value::from).collect::<Vec<_>>().into())
            }
            "view_args" => Ok(self.view_args.borrow().as_ref().map_or(Value::None, |found| {
                dict(found.iter().map(|(k, v)| (k.clone().into(), v.clone())).collect())
            })),
            _ => return None,
        })
    }

    fn query_text(&self) -> String {
        text_or_quoted(self.query.as_bytes().to_vec())
    }

    fn content_length(&self) -> Value {
        let length = self.header("content-length");
        length.and_then(|length| length.parse::<i64>().ok()).into()
    }

    fn access_route(&self) -> Value {
        match self.header("x-forwarded-for") {
            Some(list) => list
                .split(',')
                .map(|part| part.trim().to_string().into())
                .collect::<Vec<_>>()
                .into(),
            None => crate::list![self.peer.to_string()],
        }
    }
}

/// Bytes become the characters of the same number, as WSGI has it.
fn characters(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

fn title(name: &str) -> String {
    let mut first = true;
    name.chars()
        .map(|c| {
            let written = if first { c.to_ascii_uppercase() } else { c };
            first = c == '-';
            written
        })
        .collect()
}

/// A URL with what is UTF-8 in it shown as such: `uri_to_iri`.
fn readable(url: &str) -> String {
    if !url.contains('%') {
        return url.into();
    }
    let mut written = String::new();
    let mut rest = url;
    while let Some(at) = rest.find('%') {
        written.push_str(&rest[..at]);
        rest = &rest[at..];
        let run: usize = rest
            .as_bytes()
            .chunks(3)
            .take_while(|chunk| {
                chunk.len() == 3 && chunk[0] == b'%' && chunk[1..].iter().all(u8::is_ascii_hexdigit)
            })
            .count();
        if run == 0 {
            written.push('%');
            rest = &rest[1..];
            continue;
        }
        let decoded = unquote(&rest.as_bytes()[..run * 3]);
        for chunk in decoded.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_ascii() || c.is_control() {
                    written.push_str(&format!("%{:02X}", u32::from(c)));
                } else {
                    written.push(c);
                }
            }
            chunk.invalid().iter().for_each(|byte| written.push_str(&format!("%{byte:02X}")));
        }
        rest = &rest[run * 3..];
    }
    written + rest
}

/// The request of now, as a value.
pub(crate) struct RequestValue(pub Rc<Request>);

impl Native for RequestValue {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Request"
    }

    fn repr(&self) -> String {
        format!("<Request '{}' [{}]>", self.0.url(true, true), self.0.method)
    }

    fn attr(&self, name: &str) -> Option<R> {
        self.0.own_attr(name)
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        let set = |value: Option<Value>| value.is_some_and(|value| value.truth());
        match name {
            "get_json" => {
                let names = ["force", "silent", "cache"];
                let [force, silent, _cache] = bind("get_json", names, args, kw)?;
                self.0.json(set(force), set(silent))
            }
            "get_data" => {
                let names = ["cache", "as_text", "parse_form_data"];
                let [_cache, as_text, parse] = bind("get_data", names, args, kw)?;
                self.0.check_length()?;
                if set(parse) {
                    self.0.form()?;
                }
                if set(as_text) {
                    return Ok(String::from_utf8_lossy(self.0.data()).into_owned().into());
                }
                Ok(bytes(self.0.data()))
            }
            _ => Err(no_attribute("Request", name)),
        }
    }
}
