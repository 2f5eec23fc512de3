//! HTTP exceptions as answers, and `abort`.

use crate::errors::{known_class, raise, raise_made};
use crate::native::native;
use crate::web::http::escape;
use crate::web::response::{Response, redirection};
use crate::web::status;
use crate::{Exc, R, Value, args, iteration};

fn part(error: &Exc, name: &str) -> Value {
    error.value().attr(name).unwrap_or_default()
}

/// The description in a paragraph.
pub(crate) fn description_of(error: &Exc) -> String {
    let description = match part(error, "description") {
        Value::None => String::new(),
        found => found.to_string(),
    };
    format!("<p>{}</p>", escape(&description).replace('\n', "<br>"))
}

/// The HTML page of an error.
pub(crate) fn body_of(error: &Exc) -> String {
    let (code, name) = (part(error, "code"), escape(&part(error, "name").to_string()));
    let description = description_of(error);
    format!(
        "<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n\
         {description}\n"
    )
}

/// An HTTP exception as an answer.
pub(crate) fn response_of(error: &Exc) -> R {
    let given = part(error, "response");
    if !given.is_none() {
        return Ok(given);
    }
    if error.is("RequestRedirect") {
        let location = part(error, "new_url").to_string();
        return Ok(native(redirection(&location, 308)));
    }
    let code = part(error, "code").as_int().unwrap_or(500);
    let response = Response::new(body_of(error), code, "text/html");
    let methods = part(error, "valid_methods");
    if methods.truth() {
        let methods: Vec<String> =
            iteration::elements(&methods)?.iter().map(ToString::to_string).collect();
        response.set_header("Allow", methods.join(", "));
    }
    let challenge = part(error, "www_authenticate");
    if challenge.truth() {
        response.set_header("WWW-Authenticate", challenge.to_string());
    }
    Ok(native(response))
}

/// A redirect that routing asks for.
pub(crate) fn moved(location: String) -> Exc {
    let error = raise("RequestRedirect", args![]);
    error.0.put("new_url", location.into());
    error
}

/// `abort(status)`: the exception to be raised.
pub fn abort(status: impl Into<Value>) -> Exc {
    abort_with(status, args![], crate::kw![])
}

/// `abort(status, *args, **kw)`
pub fn abort_with<'a>(
    status: impl Into<Value>,
    args: impl AsRef<[Value]>,
    kw: impl AsRef<[(&'a str, Value)]>,
) -> Exc {
    let status = status.into();
    if status.native::<Response>().is_some() {
        let error = raise("HTTPException", args![]);
        error.0.put("response", status);
        return error;
    }
    let class = status.as_int().and_then(status::class_of).and_then(known_class);
    match class {
        Some(class) => raise_made(class.create(args.as_ref(), kw.as_ref())),
        None => raise("LookupError", args![format!("no exception for {status}")]),
    }
}
