//! Types when they are called, and what hangs on them.

use std::cell::RefCell;
use std::rc::Rc;

use indexmap::IndexSet;

use super::{builtins, dates, durations, uuids, zones};
use crate::iteration::elements;
use crate::native::{Kw, bind, exactly, no_attribute, type_error};
use crate::types::Type;
use crate::value::{Dict, DictKind, Map, hashable, list, set_from, tuple};
use crate::{R, Value, args, collections, numbers};

/// What a type makes of arguments.
pub(crate) fn create(kind: Type, args: &[Value], kw: Kw) -> R {
    match kind {
        Type::Int => int(args, kw),
        Type::Float => match args {
            [] => Ok(0.0.into()),
            _ => numbers::float(&exactly::<1>("float", args, kw)?[0]),
        },
        Type::Bool => Ok(args.first().is_some_and(Value::truth).into()),
        Type::Str => text(args, kw),
        Type::Bytes => bytes(args),
        Type::List => Ok(list(optional(args)?)),
        Type::Tuple => Ok(tuple(optional(args)?)),
        Type::Set | Type::FrozenSet => {
            let mut items = IndexSet::new();
            for item in optional(args)? {
                hashable(&item)?;
                items.insert(item);
            }
            Ok(set_from(items, kind == Type::FrozenSet))
        }
        Type::Dict => collections::make_dict(args, kw),
        Type::OrderedDict => of_kind(DictKind::Ordered, args, kw),
        Type::DefaultDict => {
            let make = args.first().cloned().unwrap_or_default();
            of_kind(DictKind::Default(make), args.get(1..).unwrap_or(&[]), kw)
        }
        Type::Counter => {
            let dict = Dict { map: RefCell::new(Map::new()), kind: DictKind::Counter };
            collections::count_into(&dict, args, 1)?;
            collections::update(&dict, "Counter", &[], kw)?;
            Ok(Value::Dict(Rc::new(dict)))
        }
        Type::Range => builtins::make_range(args),
        Type::Type => type_of(&exactly::<1>("type", args, kw)?[0]),
        Type::Object => Ok(crate::class("object", vec![]).build().call(args![])?),
        Type::DateTime | Type::Date | Type::Time => dates::create(kind, args, kw),
        Type::TimeDelta => durations::create(args, kw),
        Type::TimeZone => zones::create_zone(args, kw),
        Type::Uuid => uuids::create(args, kw),
        Type::Response => crate::web::response::create(args, kw),
        _ => Err(type_error(format!("cannot create '{}' instances", kind.name()))),
    }
}

fn optional(args: &[Value]) -> R<Vec<Value>> {
    args.first().map_or(Ok(Vec::new()), elements)
}

fn of_kind(kind: DictKind, args: &[Value], kw: Kw) -> R {
    let dict = Dict { map: RefCell::new(Map::new()), kind };
    collections::update(&dict, "dict", args, kw)?;
    Ok(Value::Dict(Rc::new(dict)))
}

fn int(args: &[Value], kw: Kw) -> R {
    let [value, base] = bind("int", ["x", "base"], args, kw)?;
    match (value, base) {
        (None, _) => Ok(Value::Int(0)),
        (Some(value), None) => numbers::int(value),
        (Some(value), Some(base)) => numbers::int_with_base(&value, &base),
    }
}

fn text(args: &[Value], kw: Kw) -> R {
    let [value, encoding, errors] = bind("str", ["object", "encoding", "errors"], args, kw)?;
    match (value, encoding) {
        (None, _) => Ok("".into()),
        (Some(value), None) => Ok(builtins::str(value)),
        (Some(value), Some(encoding)) => {
            value.method("decode", args![encoding, errors.unwrap_or("strict".into())])
        }
    }
}

fn bytes(args: &[Value]) -> R {
    match args {
        [] => Ok(crate::value::bytes(b"")),
        [Value::Str(text), encoding, ..] => {
            Value::Str(text.clone()).method("encode", args![encoding])
        }
        [Value::Str(_)] => Err(type_error("string argument without an encoding".into())),
        [data @ Value::Bytes(_), ..] => Ok(data.clone()),
        [Value::Int(count), ..] => {
            Ok(crate::value::bytes(vec![0; usize::try_from(*count).unwrap_or(0)]))
        }
        [items, ..] => {
            let small = |item: &Value| item.as_int().and_then(|n| u8::try_from(n).ok());
            let data: Option<Vec<u8>> = elements(items)?.iter().map(small).collect();
            let data =
                data.ok_or_else(|| crate::native::value_error("bytes must be in range(0, 256)"))?;
            Ok(crate::value::bytes(&data))
        }
    }
}

fn type_of(value: &Value) -> R {
    value.attr("__class__")
}

/// What a type has under a name: class methods, constants, methods as functions.
pub(crate) fn member_of(kind: Type, name: &str) -> R {
    if let Some(value) = dates::member(kind, name) {
        return Ok(value);
    }
    let known = crate::supported::type_has(kind, name);
    if !known {
        let message = format!("type object '{}' has no attribute '{name}'", kind.name());
        return Err(crate::raise("AttributeError", args![message]));
    }
    let method = name.to_string();
    Ok(crate::functions::library(name, move |args, kw| type_method(kind, &method, args, kw)))
}

/// `str.lower(x)`, `dict.fromkeys(…)`, `datetime.now()`: what is called on a type.
pub(crate) fn type_method(kind: Type, name: &str, args: &[Value], kw: Kw) -> R {
    match (kind, name) {
        (Type::Dict | Type::OrderedDict, "fromkeys") => collections::from_keys(args),
        (Type::Str, "maketrans") => crate::strings::make_table(args),
        (Type::Bytes, "fromhex") => from_hex(&exactly::<1>("fromhex", args, kw)?[0]),
        (Type::Int, "from_bytes") => from_bytes(args, kw),
        (Type::DateTime | Type::Date | Type::Time, _) => {
            match dates::class_method(kind, name, args, kw) {
                Some(outcome) => outcome,
                None => on_instance(kind, name, args, kw),
            }
        }
        _ => on_instance(kind, name, args, kw),
    }
}

fn on_instance(kind: Type, name: &str, args: &[Value], kw: Kw) -> R {
    match args {
        [this, rest @ ..] if this.type_of().is_some_and(|found| found.is_a(kind)) => {
            this.method_kw(name, rest, kw)
        }
        _ => Err(no_attribute(kind.name(), name)),
    }
}

fn from_hex(value: &Value) -> R {
    let text: String = value.to_string().chars().filter(|c| !c.is_whitespace()).collect();
    let digit = |c: u8| char::from(c).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let pairs = text.as_bytes().chunks(2);
    let data: Option<Vec<u8>> = pairs
        .map(|pair| match pair {
            [a, b] => Some(digit(*a)? * 16 + digit(*b)?),
            _ => None,
        })
        .collect();
    data.map(|data| crate::value::bytes(&data)).ok_or_else(|| {
        crate::native::value_error("non-hexadecimal number found in fromhex() arg at position 0")
    })
}

fn from_bytes(args: &[Value], kw: Kw) -> R {
    let [data, order] = bind("from_bytes", ["bytes", "byteorder"], args, kw)?;
    let Some(Value::Bytes(data)) = data else {
        return Err(type_error("cannot convert object to bytes".into()));
    };
    let little = order.is_some_and(|order| order == "little");
    let sign = num_bigint::Sign::Plus;
    Ok(crate::value::integer(if little {
        num_bigint::BigInt::from_bytes_le(sign, &data)
    } else {
        num_bigint::BigInt::from_bytes_be(sign, &data)
    }))
}
