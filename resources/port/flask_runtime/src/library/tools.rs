//! Small modules: `json`, `copy`, `functools`, `operator`, `dataclasses`, `secrets`, `string` …

use crate::{R, Value};

/// The constants of `string`.
pub(crate) fn letters(name: &str) -> Option<Value> {
    const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
    const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    Some(match name {
        "ascii_lowercase" => LOWER.into(),
        "ascii_uppercase" => UPPER.into(),
        "ascii_letters" => format!("{LOWER}{UPPER}").into(),
        "digits" => "0123456789".into(),
        "hexdigits" => "0123456789abcdefABCDEF".into(),
        "octdigits" => "01234567".into(),
        "punctuation" => "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~".into(),
        "whitespace" => " \t\n\r\x0b\x0c".into(),
        _ => return None,
    })
}

fn read_json(args: &[Value]) -> R {
    match args.first() {
        Some(Value::Str(text)) => crate::json::loads(text),
        Some(Value::Bytes(data)) => crate::json::loads_bytes(data),
        other => {
            let name = other.map(Value::type_name).unwrap_or_default();
            Err(crate::native::type_error(format!(
                "the JSON object must be str, bytes or bytearray, not {name}"
            )))
        }
    }
}

pub(crate) mod json {
    use super::super::functions;
    use crate::Value;
    use crate::json::dumps_with;

    functions! { "json" (args, kw)
        "dumps" => dumps_with(args.first().unwrap_or(&Value::None), kw, false).map(Value::from),
        "loads" => super::read_json(args),
    }
}

pub(crate) mod flask_json {
    use super::super::functions;
    use crate::Value;
    use crate::json::dumps_with;

    functions! { "flask.json" (args, kw)
        "dumps" => dumps_with(args.first().unwrap_or(&Value::None), kw, true).map(Value::from),
        "loads" => super::read_json(args),
    }
}

pub(crate) mod copying {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::super::functions;
    use crate::classes::Obj;
    use crate::native::exactly;
    use crate::value::{dict_of_kind, list, set_from, tuple};
    use crate::{R, Value};

    functions! { "copy" (args, kw)
        "copy" => Ok(copied(&exactly::<1>("copy", args, kw)?[0], &Clone::clone)),
        "deepcopy" => Ok(deep(&args[0])),
    }

    fn copied(value: &Value, inner: &dyn Fn(&Value) -> Value) -> Value {
        match value {
            Value::List(items) => list(items.borrow().iter().map(inner).collect()),
            Value::Tuple(items) => tuple(items.iter().map(inner).collect()),
            Value::Set(set) => set_from(set.items.borrow().iter().map(inner).collect(), set.frozen),
            Value::Dict(dict) => {
                let map = dict.map.borrow();
                let pairs = map.iter().map(|(k, v)| (inner(k), inner(v)));
                dict_of_kind(pairs.collect(), dict.kind.clone())
            }
            Value::Obj(obj) => {
                let attrs = obj.attrs.borrow();
                let attrs = attrs.iter().map(|(k, v)| (k.clone(), inner(v))).collect();
                Value::Obj(Rc::new(Obj { class: obj.class.clone(), attrs: RefCell::new(attrs) }))
            }
            other => other.clone(),
        }
    }

    fn deep(value: &Value) -> Value {
        copied(value, &deep)
    }

    /// A copy of what a value holds, to any depth.
    pub(crate) fn deeply(value: &Value) -> R {
        Ok(deep(value))
    }
}

pub(crate) mod functional {
    use super::super::functions;
    use crate::functions::library;
    use crate::iteration::iter;
    use crate::native::type_error;
    use crate::{Value, args};

    functions! { "functools" (args, kw)
        "reduce" => {
            let [function, items, rest @ ..] = args else {
                return Err(type_error("reduce expected at least 2 arguments".into()));
            };
            let mut items = iter(items)?;
            let first = rest.first().cloned().map(Ok).or_else(|| items.next());
            let empty = || type_error("reduce() of empty iterable with no initial value".into());
            let mut total = first.ok_or_else(empty)??;
            for item in items {
                total = function.call(args![total, item?])?;
            }
            Ok(total)
        },
        "partial" => {
            let [function, bound @ ..] = args else {
                return Err(type_error("type 'partial' takes at least one argument".into()));
            };
            let (function, bound) = (function.clone(), bound.to_vec());
            let named: Vec<(String, Value)> =
                kw.iter().map(|(name, value)| ((*name).to_string(), value.clone())).collect();
            Ok(library("partial", move |more, kw| {
                let all = [&bound[..], more].concat();
                let mut together: Vec<(&str, Value)> =
                    named.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                together.retain(|(name, _)| kw.iter().all(|(other, _)| other != name));
                together.extend(kw.iter().cloned());
                function.call_kw(all, together)
            }))
        },
    }
}

pub(crate) mod operators {
    use super::super::functions;
    use crate::functions::library;
    use crate::native::exactly;
    use crate::value::tuple;
    use crate::{R, Value, ops, order};

    fn each(keys: Vec<Value>, get: fn(&Value, &Value) -> R) -> Value {
        library("getter", move |args, kw| {
            let [value] = exactly("getter", args, kw)?;
            match &keys[..] {
                [one] => get(value, one),
                many => Ok(tuple(many.iter().map(|key| get(value, key)).collect::<R<_>>()?)),
            }
        })
    }

    fn path(value: &Value, names: &Value) -> R {
        names.to_string().split('.').try_fold(value.clone(), |value, name| value.attr(name))
    }

    functions! { "operator" (args, _kw)
        "itemgetter" => Ok(each(args.to_vec(), |value, key| value.item(key))),
        "attrgetter" => Ok(each(args.to_vec(), path)),
        "add" => ops::add(&args[0], &args[1]),
        "sub" => ops::sub(&args[0], &args[1]),
        "mul" => ops::mul(&args[0], &args[1]),
        "truediv" => ops::div(&args[0], &args[1]),
        "floordiv" => ops::floordiv(&args[0], &args[1]),
        "mod" => ops::modulo(&args[0], &args[1]),
        "pow" => ops::pow(&args[0], &args[1]),
        "neg" => ops::neg(&args[0]),
        "eq" => Ok((args[0] == args[1]).into()),
        "ne" => Ok((args[0] != args[1]).into()),
        "lt" => order::lt(&args[0], &args[1]).map(Value::from),
        "le" => order::le(&args[0], &args[1]).map(Value::from),
        "gt" => order::gt(&args[0], &args[1]).map(Value::from),
        "ge" => order::ge(&args[0], &args[1]).map(Value::from),
    }
}

pub(crate) mod data {
    use super::super::functions;
    use crate::native::{exactly, type_error};
    use crate::value::{dict, list};
    use crate::{R, Value};

    fn as_dict(value: &Value) -> R {
        let deeper = |pairs: Vec<(Value, Value)>| -> R {
            let pairs = pairs.into_iter().map(|(k, v)| Ok((k, as_dict(&v)?)));
            Ok(dict(pairs.collect::<R<_>>()?))
        };
        match value {
            Value::Obj(obj) => match obj.dataclass() {
                Some(fields) => deeper(fields),
                None => Ok(value.clone()),
            },
            Value::List(items) => Ok(list(items.borrow().iter().map(as_dict).collect::<R<_>>()?)),
            Value::Dict(_) => deeper(crate::collections::pairs(value)?),
            other => super::copying::deeply(other),
        }
    }

    functions! { "dataclasses" (args, kw)
        "asdict" => {
            let [value] = exactly("asdict", args, kw)?;
            match value {
                Value::Obj(obj) if obj.dataclass().is_some() => as_dict(value),
                _ => Err(type_error("asdict() should be called on dataclass instances".into())),
            }
        },
    }
}

pub(crate) mod secret {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::super::functions;
    use super::super::hashing::macs;
    use super::super::randomness::{self, below, random_bytes};
    use crate::Value;
    use crate::binary::hex;
    use crate::native::exactly;
    use crate::value::bytes;

    fn count(args: &[Value]) -> usize {
        args.first().and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(32)
    }

    functions! { "secrets" (args, kw)
        "token_hex" => Ok(hex(&random_bytes(count(args))).into()),
        "token_bytes" => Ok(bytes(random_bytes(count(args)))),
        "token_urlsafe" => Ok(URL_SAFE_NO_PAD.encode(random_bytes(count(args))).into()),
        "choice" => randomness::call("choice", args, kw).unwrap_or(Ok(Value::None)),
        "randbelow" => {
            let limit = exactly::<1>("randbelow", args, kw)?[0].as_int().unwrap_or(0);
            match u64::try_from(limit) {
                Ok(limit @ 1..) => Ok(i64::try_from(below(limit)).unwrap_or(0).into()),
                _ => Err(crate::native::value_error("Upper bound must be positive.")),
            }
        },
        "compare_digest" => macs::call("compare_digest", args, kw).unwrap_or(Ok(Value::None)),
    }
}

pub(crate) mod html {
    use super::super::functions;
    use crate::native::bind;

    functions! { "html" (args, kw)
        "escape" => {
            let [text, quote] = bind("escape", ["s", "quote"], args, kw)?;
            let text = text.unwrap_or_default().to_string();
            let mut made = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            if quote.is_none_or(|quote| quote.truth()) {
                made = made.replace('"', "&quot;").replace('\'', "&#x27;");
            }
            Ok(made.into())
        },
    }
}

pub(crate) mod iterators {
    use super::super::functions;
    use crate::iteration::{elements, iterator};
    use crate::native::type_error;
    use crate::{R, Value};

    functions! { "itertools" (args, _kw)
        "chain" => {
            let parts = args.iter().map(elements).collect::<R<Vec<_>>>()?;
            Ok(iterator(parts.concat()))
        },
        "islice" => {
            let [items, bounds @ ..] = args else {
                return Err(type_error("islice expected at least 2 arguments".into()));
            };
            let whole = crate::value::list(elements(items)?);
            let part = match bounds {
                [stop] => whole.slice(Value::None, stop, Value::None)?,
                [start, stop] => whole.slice(start, stop, Value::None)?,
                [start, stop, step, ..] => whole.slice(start, stop, step)?,
                [] => return Err(type_error("islice expected at least 2 arguments, got 1".into())),
            };
            Ok(iterator(elements(&part)?))
        },
    }
}

pub(crate) mod urls {
    use super::super::functions;
    use crate::collections::pairs;
    use crate::native::{bind, needed};
    use crate::web::http;
    use crate::{R, Value};

    fn text(args: &[Value]) -> String {
        args.first().map(ToString::to_string).unwrap_or_default()
    }

    functions! { "urllib.parse" (args, kw)
        "quote" => {
            let [value, safe] = bind("quote", ["string", "safe"], args, kw)?;
            let value = needed("quote", "string", value)?.to_string();
            let safe = safe.map_or_else(|| "/".into(), |safe| safe.to_string());
            Ok(http::quote(value.as_bytes(), &safe).into())
        },
        "quote_plus" => Ok(http::quote_plus(&text(args)).into()),
        "unquote" => {
            let data = http::unquote(text(args).as_bytes());
            Ok(String::from_utf8_lossy(&data).into_owned().into())
        },
        "unquote_plus" => {
            let data = http::unquote(text(args).replace('+', " ").as_bytes());
            Ok(String::from_utf8_lossy(&data).into_owned().into())
        },
        "urlencode" => {
            let given = pairs(args.first().unwrap_or(&Value::None))?;
            let part = |value: &Value| http::quote_plus(&value.to_string());
            let written = given.iter().map(|(k, v)| Ok(format!("{}={}", part(k), part(v))));
            Ok(written.collect::<R<Vec<_>>>()?.join("&").into())
        },
    }
}
