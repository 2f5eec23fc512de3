//! Cookies as werkzeug reads and writes them.

use chrono::{TimeDelta, Utc};

use crate::library::dates;
use crate::native::{Kw, needed, value_error};
use crate::web::http::{date, quote};
use crate::{R, Value};

/// The attributes of a cookie that is set.
#[derive(Default)]
pub(crate) struct Attributes {
    pub max_age: Option<i64>,
    pub expires: Option<String>,
    pub path: Option<String>,
    pub domain: Option<String>,
    pub secure: bool,
    pub httponly: bool,
    pub samesite: Option<String>,
    pub partitioned: bool,
}

impl Attributes {
    /// From the arguments of `set_cookie` and `delete_cookie`.
    pub fn given(kw: &[(&str, Value)]) -> R<Self> {
        let mut attributes = Self { path: Some("/".into()), ..Self::default() };
        for (name, value) in kw {
            let text = (!value.is_none()).then(|| value.to_string());
            match *name {
                "max_age" => attributes.max_age = dates::seconds(value),
                "expires" => attributes.expires = expiry(value)?,
                "path" => attributes.path = text,
                "domain" => attributes.domain = text,
                "secure" => attributes.secure = value.truth(),
                "httponly" => attributes.httponly = value.truth(),
                "samesite" => attributes.samesite = text,
                "partitioned" => attributes.partitioned = value.truth(),
                _ => {
                    let message =
                        format!("set_cookie() got an unexpected keyword argument '{name}'");
                    return Err(crate::native::type_error(message));
                }
            }
        }
        Ok(attributes)
    }
}

fn expiry(value: &Value) -> R<Option<String>> {
    if let Value::Str(written) = value {
        return Ok(Some(written.to_string()));
    }
    if let Some(number) = value.as_number() {
        let when = chrono::DateTime::from_timestamp(number as i64, 0);
        return Ok(Some(date(when.ok_or_else(|| value_error("timestamp out of range"))?)));
    }
    Ok(dates::http_date(value))
}

fn title(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(chars.map(|c| c.to_ascii_lowercase())).collect()
}

/// The value of a Set-Cookie header. Raises ValueError for an unknown SameSite.
pub(crate) fn written(name: &str, value: &str, attributes: &Attributes) -> R<String> {
    let samesite = attributes.samesite.as_deref().map(title);
    if samesite.as_ref().is_some_and(|s| !["Strict", "Lax", "None"].contains(&s.as_str())) {
        return Err(value_error("SameSite must be 'Strict', 'Lax', or 'None'."));
    }
    let synchronous = || {
        let left = TimeDelta::seconds(attributes.max_age?);
        Some(date(Utc::now().checked_add_signed(left)?))
    };
    let expires = attributes.expires.clone().or_else(synchronous);
    let domain = attributes.domain.as_deref().filter(|domain| !domain.is_empty());
    let domain =
        domain.map(|d| d.split(':').next().unwrap_or("").trim_start_matches('.').to_string());
    let path = attributes.path.as_ref().map(|path| quote(path.as_bytes(), "%!$&'()*+,/:=@"));
    let secure = attributes.secure || attributes.partitioned;
    let mut line = format!("{name}={}", encoded(value));
    let mut add = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            line.push_str("; ");
            line.push_str(label);
            if !value.is_empty() {
                line.push('=');
                line.push_str(&value);
            }
        }
    };
    let flag = |set: bool| set.then(String::new);
    add("Domain", domain);
    add("Expires", expires);
    add("Max-Age", attributes.max_age.map(|age| age.to_string()));
    add("Secure", flag(secure));
    add("HttpOnly", flag(attributes.httponly));
    add("Path", path);
    add("SameSite", samesite);
    add("Partitioned", flag(attributes.partitioned));
    Ok(line)
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'()*+-./:<=>?@[]^_`{|}~".contains(&byte)
}

/// A value between quotes, where it holds what cookies may not.
fn encoded(value: &str) -> String {
    if value.bytes().all(plain) {
        return value.into();
    }
    let mut written = String::from('"');
    for byte in value.bytes() {
        match byte {
            b'"' => written.push_str("\\\""),
            b'\\' => written.push_str("\\\\"),
            byte if plain(byte) || byte == b' ' => written.push(byte.into()),
            byte => written.push_str(&format!("\\{byte:03o}")),
        }
    }
    written + "\""
}

/// The cookies of a request, in order.
pub(crate) fn parse(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in header.split(';') {
        let Some((name, value)) = part.split_once('=') else { continue };
        let (name, value) = (name.trim(), value.trim());
        if !name.is_empty() {
            found.push((name.to_string(), decoded(value)));
        }
    }
    found
}

fn decoded(value: &str) -> String {
    let inner = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let Some(inner) = inner.filter(|inner| inner.contains('\\')) else {
        return inner.unwrap_or(value).into();
    };
    let bytes = inner.as_bytes();
    let mut data = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let octal = bytes.get(at + 1..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let octal = octal.and_then(|digits| u8::from_str_radix(digits, 8).ok());
        match (bytes[at], octal, bytes.get(at + 1)) {
            (b'\\', Some(byte), _) => {
                data.push(byte);
                at += 4;
            }
            (b'\\', None, Some(next)) => {
                data.push(*next);
                at += 2;
            }
            (byte, ..) => {
                data.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&data).into()
}

/// Name, value and attributes.
type SetCookie<'a> = (String, String, Vec<(&'a str, Value)>);

/// What `set_cookie(key, value, …)` was given: name, value and the rest by name.
pub(crate) fn arguments<'a>(
    names: &[&'static str],
    args: &[Value],
    kw: Kw<'a>,
) -> R<SetCookie<'a>> {
    let mut rest: Vec<(&str, Value)> = Vec::new();
    let (mut key, mut value) = (None, String::new());
    let positional = args.iter().zip(names).map(|(value, name)| (*name, value.clone()));
    let named = kw.iter().map(|(name, value)| (*name, value.clone()));
    for (name, given) in positional.chain(named) {
        match name {
            "key" => key = Some(given),
            "value" => value = given.to_string(),
            _ => rest.push((name, given)),
        }
    }
    Ok((needed("set_cookie", "key", key)?.to_string(), value, rest))
}
