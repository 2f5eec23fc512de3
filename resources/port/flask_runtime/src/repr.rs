//! Python's `repr()`.

use std::fmt::Write as _;

use crate::Value;
use crate::value::{DictKind, guarded};

/// Python's `repr()`.
pub fn repr(value: &Value) -> String {
    match value {
        Value::None => "None".into(),
        Value::Bool(true) => "True".into(),
        Value::Bool(false) => "False".into(),
        Value::Int(number) => number.to_string(),
        // Nothing can be raised from here, so that what Python refuses ends the request.
        Value::Big(number) => {
            crate::json::long_text(number).unwrap_or_else(|error| panic!("{error:?}"))
        }
        Value::Float(number) => float(*number),
        Value::Str(text) => quoted(text),
        Value::Bytes(data) => bytes(data),
        Value::List(items) => format!("[{}]", joined(&items.borrow())),
        Value::Tuple(items) if items.len() == 1 => format!("({},)", joined(items)),
        Value::Tuple(items) => format!("({})", joined(items)),
        Value::Dict(dict) => of_dict(dict),
        Value::Set(set) => {
            of_set(&set.items.borrow().iter().cloned().collect::<Vec<_>>(), set.frozen)
        }
        Value::Type(kind) if kind.module() == "builtins" => format!("<class '{}'>", kind.name()),
        Value::Type(kind) => format!("<class '{}.{}'>", kind.module(), kind.name()),
        Value::Func(function) => format!("<function {}>", function.name()),
        Value::Class(class) => format!("<class '{}'>", class.name),
        Value::Obj(obj) => obj.repr(value),
        Value::Native(native) => native.repr(),
    }
}

fn joined(items: &[Value]) -> String {
    guarded(|| items.iter().map(repr).collect::<Vec<_>>().join(", "))
}

fn of_dict(dict: &crate::value::Dict) -> String {
    let map = dict.map.borrow();
    let pair = |(key, value): (&Value, &Value)| format!("{}: {}", repr(key), repr(value));
    let written = guarded(|| map.iter().map(pair).collect::<Vec<_>>().join(", "));
    match &dict.kind {
        DictKind::Plain => format!("{{{written}}}"),
        DictKind::Ordered if map.is_empty() => "OrderedDict()".into(),
        DictKind::Ordered => format!("OrderedDict({{{written}}})"),
        DictKind::Counter if map.is_empty() => "Counter()".into(),
        DictKind::Counter => format!("Counter({{{written}}})"),
        DictKind::Default(make) => format!("defaultdict({}, {{{written}}})", repr(make)),
    }
}

fn of_set(items: &[Value], frozen: bool) -> String {
    match (items.is_empty(), frozen) {
        (true, true) => "frozenset()".into(),
        (true, false) => "set()".into(),
        (false, true) => format!("frozenset({{{}}})", joined(items)),
        (false, false) => format!("{{{}}}", joined(items)),
    }
}

/// The shortest text that reads back as this number, laid out as Python does.
pub(crate) fn float(number: f64) -> String {
    if number.is_nan() {
        return "nan".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.into();
    }
    let written = format!("{number:e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let plain = format!("{number}");
        return if plain.contains('.') { plain } else { plain + ".0" };
    }
    format!("{digits}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn printable(c: char) -> bool {
    c == ' '
        || !(c.is_control()
            || c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}'))
}

/// Text between quotes, with escapes.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut written = String::with_capacity(text.len() + 2);
    written.push(quote);
    for c in text.chars() {
        match c {
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            c if c == quote => {
                written.push('\\');
                written.push(c);
            }
            c if printable(c) => written.push(c),
            c => escape(&mut written, c as u32),
        }
    }
    written.push(quote);
    written
}

fn escape(written: &mut String, code: u32) {
    let _ = match code {
        0..=0xff => write!(written, "\\x{code:02x}"),
        0x100..=0xffff => write!(written, "\\u{code:04x}"),
        _ => write!(written, "\\U{code:08x}"),
    };
}

/// A character as an escape.
pub(crate) fn escaped(c: char) -> String {
    let mut written = String::new();
    escape(&mut written, c.into());
    written
}

fn bytes(data: &[u8]) -> String {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') { '"' } else { '\'' };
    let mut written = format!("b{quote}");
    for &byte in data {
        match byte {
            b'\\' => written.push_str("\\\\"),
            b'\n' => written.push_str("\\n"),
            b'\r' => written.push_str("\\r"),
            b'\t' => written.push_str("\\t"),
            byte if char::from(byte) == quote => {
                written.push('\\');
                written.push(quote);
            }
            0x20..=0x7e => written.push(byte.into()),
            byte => escape(&mut written, byte.into()),
        }
    }
    written.push(quote);
    written
}
