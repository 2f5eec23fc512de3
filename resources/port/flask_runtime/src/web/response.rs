//! Answers: what views give, and what is made of it.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use crate::native::{Kw, Native, bind, native, no_attribute, type_error};
use crate::types::Type;
use crate::value::{Str, bytes, text};
use crate::web::cookies::{self, Attributes};
use crate::web::headers::{HeaderList, Headers, checked, of_response};
use crate::web::http::{content_type, mimetype};
use crate::web::{context, status};
use crate::{R, Value, json};

/// An answer.
pub(crate) struct Response {
    pub status: RefCell<Status>,
    pub headers: Rc<RefCell<HeaderList>>,
    pub body: RefCell<Vec<u8>>,
}

/// A status with its words.
#[derive(Clone)]
pub(crate) struct Status {
    pub code: u16,
    /// None where they are those of the code.
    given: Option<String>,
}

impl Status {
    pub fn of(code: i64) -> Self {
        let known = u16::try_from(code).ok();
        let given = known.is_none().then(|| format!("{code} UNKNOWN"));
        Self { code: known.unwrap_or(500), given }
    }

    pub fn words(&self) -> String {
        self.given.clone().unwrap_or_else(|| {
            let name = status::name(self.code.into()).unwrap_or("UNKNOWN").to_uppercase();
            format!("{} {name}", self.code)
        })
    }

    /// What a program gives: a number or "404 Not Found".
    pub fn given(value: &Value) -> R<Self> {
        if let Some(code) = value.as_int() {
            return Ok(Self::of(code));
        }
        let Value::Str(written) = value else {
            return Err(type_error("Invalid status argument".into()));
        };
        let code = written.split(' ').next().and_then(|code| code.parse::<u16>().ok());
        Ok(match code {
            Some(code) if written.contains(' ') => Self { code, given: Some(written.to_string()) },
            Some(code) => Self::of(code.into()),
            None => Self { code: 0, given: Some(format!("0 {written}")) },
        })
    }
}

impl Response {
    /// An answer with a body of this media type.
    pub fn new(body: impl Into<Vec<u8>>, code: i64, mimetype: &str) -> Self {
        let mut headers = HeaderList::default();
        headers.add("Content-Type", content_type(mimetype));
        Self {
            status: RefCell::new(Status::of(code)),
            headers: Rc::new(RefCell::new(headers)),
            body: RefCell::new(body.into()),
        }
    }

    pub fn set_header(&self, name: &'static str, value: impl Into<String>) {
        self.headers.borrow_mut().set(name, value);
    }

    pub fn code(&self) -> u16 {
        self.status.borrow().code
    }

    pub fn set_cookie(&self, name: &str, value: &str, attributes: &Attributes) -> R<()> {
        let line = cookies::written(name, value, attributes)?;
        self.headers.borrow_mut().add("Set-Cookie", line);
        Ok(())
    }

    /// A cookie with the same attributes that has expired.
    pub fn delete_cookie(&self, name: &str, attributes: Attributes) -> R<()> {
        let expires = Some("Thu, 01 Jan 1970 00:00:00 GMT".to_string());
        self.set_cookie(name, "", &Attributes { max_age: Some(0), expires, ..attributes })
    }

    fn content_type(&self) -> Option<String> {
        self.headers.borrow().get("Content-Type").map(ToString::to_string)
    }

    fn json(&self, silent: bool) -> R {
        let kind = mimetype(&self.content_type().unwrap_or_default());
        let is_json = kind == "application/json" || kind.ends_with("+json");
        if !is_json {
            return Ok(Value::None);
        }
        match json::loads_bytes(&self.body.borrow()) {
            Err(_) if silent => Ok(Value::None),
            outcome => outcome,
        }
    }
}

/// `Response(response, status, headers, mimetype, content_type)`
pub(crate) fn create(args: &[Value], kw: Kw) -> R {
    let names = ["response", "status", "headers", "mimetype", "content_type"];
    let [body, status, headers, kind, full] = bind("Response", names, args, kw)?;
    let given = |value: Option<Value>| value.filter(|value| !value.is_none());
    let mut list = HeaderList::default();
    if let Some(headers) = given(headers) {
        list.update(&headers)?;
    }
    let full = match (given(full), given(kind)) {
        (Some(full), _) => Some(full.to_string()),
        (None, Some(kind)) => Some(content_type(&kind.to_string())),
        (None, None) if list.get("content-type").is_some() => None,
        (None, None) => Some("text/html; charset=utf-8".into()),
    };
    if let Some(full) = full {
        list.set("Content-Type", full);
    }
    let status = given(status).map_or(Ok(Status::of(200)), |status| Status::given(&status))?;
    let body = given(body).map_or(Ok(Vec::new()), |body| body_of(&body))?;
    Ok(native(Response {
        status: RefCell::new(status),
        headers: Rc::new(RefCell::new(list)),
        body: RefCell::new(body),
    }))
}

fn body_of(body: &Value) -> R<Vec<u8>> {
    match body {
        Value::Str(text) => Ok(text.as_bytes().to_vec()),
        Value::Bytes(data) => Ok(data.to_vec()),
        other => {
            let parts = crate::iteration::elements(other)?;
            let parts: R<Vec<Vec<u8>>> = parts.iter().map(body_of).collect();
            Ok(parts?.concat())
        }
    }
}

/// `redirect(location, code=302)`
pub fn redirect(location: impl Into<Value>, code: impl Into<Value>) -> R {
    let (location, code) = (location.into(), code.into());
    let code = code.as_int().unwrap_or(302);
    Ok(native(redirection(&location.to_string(), code)))
}

pub(crate) fn redirection(location: &str, code: i64) -> Response {
    let html = crate::web::http::escape(location);
    let body = format!(
        "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n\
         <h1>Redirecting...</h1>\n\
         <p>You should be redirected automatically to the target URL: \
         <a href=\"{html}\">{html}</a>. If not, click the link.\n"
    );
    let response = Response::new(body, code, "text/html");
    response.set_header("Location", location);
    response
}

/// What a view gave as an answer; see Flask's `make_response`.
pub(crate) fn from_view(given: &Value) -> R<Value> {
    let (body, status, headers) = match given {
        Value::Tuple(parts) => match &parts[..] {
            [body, status, headers] => (body.clone(), status.clone(), headers.clone()),
            [body, second] if is_headers(second) => (body.clone(), Value::None, second.clone()),
            [body, second] => (body.clone(), second.clone(), Value::None),
            _ => {
                return Err(type_error(
                    "The view function did not return a valid response tuple. The tuple must have \
                     the form (body, status, headers), (body, status), or (body, headers)."
                        .into(),
                ));
            }
        },
        other => (other.clone(), Value::None, Value::None),
    };
    let response = answer(&body)?;
    let Some(found) = response.native::<Response>() else {
        return Err(invalid(&body));
    };
    if !status.is_none() {
        *found.status.borrow_mut() = Status::given(&status)?;
    }
    if headers.truth() || headers.native::<Headers>().is_some() {
        found.headers.borrow_mut().update(&headers)?;
    }
    Ok(response)
}

fn is_headers(value: &Value) -> bool {
    matches!(value, Value::Dict(_) | Value::Tuple(_) | Value::List(_))
        || value.native::<Headers>().is_some()
}

fn answer(body: &Value) -> R {
    match body {
        Value::Str(text) => Ok(native(Response::new(text.as_bytes(), 200, "text/html"))),
        Value::Bytes(data) => Ok(native(Response::new(&**data, 200, "text/html"))),
        Value::Dict(_) | Value::List(_) => context::app().json_response(body).map(native),
        Value::Native(_) if body.native::<Response>().is_some() => Ok(body.clone()),
        Value::Native(_) if body.python_dict() => context::app().json_response(body).map(native),
        Value::Obj(obj) if obj.class.comes_from("HTTPException") => {
            crate::web::errors::response_of(&crate::Exc(obj.clone()))
        }
        Value::None => {
            let endpoint = context::request_data().endpoint.borrow().clone();
            let endpoint = endpoint.as_deref().unwrap_or_default();
            Err(type_error(format!(
                "The view function for '{endpoint}' did not return a valid response. The function \
                 either returned None or ended without a return statement."
            )))
        }
        other => Err(invalid(other)),
    }
}

fn invalid(value: &Value) -> crate::Exc {
    type_error(format!(
        "The view function did not return a valid response. The return type must be a string, \
         dict, list, tuple with headers or status, Response instance, or WSGI callable, but it was \
         a {}.",
        value.type_name()
    ))
}

impl Value {
    /// Whether it is a dictionary to Python, though of the runtime's own.
    fn python_dict(&self) -> bool {
        self.type_of().is_some_and(|kind| kind.is_a(Type::Dict))
    }
}

/// `make_response(*args)`
pub fn make_response(args: impl AsRef<[Value]>) -> R {
    match args.as_ref() {
        [] => create(&[], &[]),
        [one] => from_view(one),
        many => from_view(&crate::tuple(many.to_vec())),
    }
}

impl Native for Response {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Response"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Response)
    }

    fn repr(&self) -> String {
        let length = self.body.borrow().len();
        format!("<Response {length} bytes [{}]>", self.status.borrow().words())
    }

    fn attr(&self, name: &str) -> Option<R> {
        let header =
            |name: &str| self.headers.borrow().get(name).map(|value| text(Str::new(value)));
        Some(match name {
            "headers" => Ok(of_response(&self.headers)),
            "status_code" => Ok(i64::from(self.code()).into()),
            "status" => Ok(self.status.borrow().words().into()),
            "data" => Ok(bytes(&*self.body.borrow())),
            "content_type" => Ok(self.content_type().into()),
            "mimetype" => Ok(mimetype(&self.content_type().unwrap_or_default()).into()),
            "location" => Ok(header("Location").into()),
            "content_length" => Ok(self.body.borrow().len().into()),
            "json" => self.json(false),
            "is_json" => Ok(self.content_type().is_some_and(|kind| kind.contains("json")).into()),
            _ => return None,
        })
    }

    fn set_attr(&self, name: &str, value: Value) -> R<()> {
        match name {
            "status_code" | "status" => *self.status.borrow_mut() = Status::given(&value)?,
            "data" => *self.body.borrow_mut() = body_of(&value)?,
            "content_type" => self.set_header("Content-Type", checked(&value)?),
            "mimetype" => self.set_header("Content-Type", content_type(&value.to_string())),
            "location" => self.set_header("Location", checked(&value)?),
            _ => return Err(no_attribute("Response", name)),
        }
        Ok(())
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        const SET: &[&str] = &[
            "key",
            "value",
            "max_age",
            "expires",
            "path",
            "domain",
            "secure",
            "httponly",
            "samesite",
            "partitioned",
        ];
        const DELETE: &[&str] =
            &["key", "path", "domain", "secure", "httponly", "samesite", "partitioned"];
        match name {
            "set_cookie" => {
                let (key, value, rest) = cookies::arguments(SET, args, kw)?;
                self.set_cookie(&key, &value, &Attributes::given(&rest)?)?;
            }
            "delete_cookie" => {
                let (key, _, rest) = cookies::arguments(DELETE, args, kw)?;
                self.delete_cookie(&key, Attributes::given(&rest)?)?;
            }
            "set_data" => {
                let [value] = bind("set_data", ["value"], args, kw)?;
                *self.body.borrow_mut() = body_of(&value.unwrap_or_default())?;
            }
            "get_data" => {
                let [as_text] = bind("get_data", ["as_text"], args, kw)?;
                let body = self.body.borrow();
                return Ok(if as_text.is_some_and(|as_text| as_text.truth()) {
                    String::from_utf8_lossy(&body).into_owned().into()
                } else {
                    bytes(&*body)
                });
            }
            "get_json" => {
                let [_force, silent] = bind("get_json", ["force", "silent"], args, kw)?;
                return self.json(silent.is_some_and(|silent| silent.truth()));
            }
            _ => return Err(no_attribute("Response", name)),
        }
        Ok(Value::None)
    }
}
