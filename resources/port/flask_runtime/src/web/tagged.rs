//! The JSON of sessions, in which tuples, bytes, UUIDs and dates keep their types.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::{dumps, flask_style, loads};
use crate::library::{dates, uuids};
use crate::value::{bytes, dict, list, text, tuple};
use crate::{R, Value};

const TAGS: [&str; 7] = [" di", " t", " b", " m", " u", " d", "  "];

/// A session's values as compact JSON. Raises TypeError for what has no tag.
pub(crate) fn written(value: &Value) -> R<String> {
    let app = crate::web::context::app();
    let settings = app.json_settings();
    dumps(&tag(value), &flask_style(settings.sorted, settings.ascii, true))
}

fn tag(value: &Value) -> Value {
    let tagged = |name: &'static str, value: Value| crate::dict! { name => value };
    match value {
        Value::Dict(map) => {
            let map = map.map.borrow();
            if map.len() == 1 {
                if let Some((Value::Str(key), inner)) = map.first() {
                    if TAGS.contains(&&**key) {
                        let key = Value::from(format!("{key}__"));
                        return tagged(" di", dict(vec![(key, tag(inner))]));
                    }
                }
            }
            dict(map.iter().map(|(key, value)| (key.clone(), tag(value))).collect())
        }
        Value::List(items) => list(items.borrow().iter().map(tag).collect()),
        Value::Tuple(items) => tagged(" t", list(items.iter().map(tag).collect())),
        Value::Bytes(data) => tagged(" b", STANDARD.encode(data).into()),
        Value::Native(_) => {
            if let Some(hex) = uuids::hex_of(value) {
                return tagged(" u", hex.into());
            }
            match dates::http_date(value) {
                Some(written) => tagged(" d", written.into()),
                None => value.clone(),
            }
        }
        other => other.clone(),
    }
}

/// A session's values out of JSON; none if it is none.
pub(crate) fn read(written: &[u8]) -> Option<Value> {
    let written = std::str::from_utf8(written).ok()?;
    Some(untag(&loads(written).ok()?))
}

fn untag(value: &Value) -> Value {
    match value {
        Value::List(items) => list(items.borrow().iter().map(untag).collect()),
        Value::Dict(map) => {
            let map = map.map.borrow();
            if let (1, Some((Value::Str(key), inner))) = (map.len(), map.first()) {
                if let Some(found) = typed(key, inner) {
                    return found;
                }
            }
            dict(map.iter().map(|(key, value)| (key.clone(), untag(value))).collect())
        }
        other => other.clone(),
    }
}

fn typed(tag: &str, inner: &Value) -> Option<Value> {
    let written = inner.as_str();
    match tag {
        " di" => {
            let Value::Dict(map) = inner else { return None };
            let map = map.map.borrow();
            let (key, value) = map.first()?;
            let key = key.as_str()?.strip_suffix("__")?.to_string();
            Some(dict(vec![(key.into(), untag(value))]))
        }
        " t" => Some(tuple(crate::iteration::elements(&untag(inner)).ok()?)),
        " b" => STANDARD.decode(written?).ok().map(|data| bytes(&data)),
        " m" => Some(text(crate::value::Str::new(written?))),
        " u" => uuids::parse(written?),
        " d" => dates::from_http_date(written?),
        _ => None,
    }
}
