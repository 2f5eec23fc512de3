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
    let mut written = String::new();
    push_float(number, &mut written);
    written
}

/// Writes a finite number as `float` does.
pub(crate) fn push_float(number: f64, written: &mut String) {
    if !push_short(number, written) {
        written.push_str(&long_float(number));
    }
}

/// Writes a number that has no more than four decimals; whether it did.
///
/// No two decimals of 15 digits are the same number, so that the first to fit is the shortest text.
fn push_short(number: f64, written: &mut String) -> bool {
    const SCALES: [i64; 5] = [1, 10, 100, 1_000, 10_000];
    let size = number.abs();
    if size >= 1e11 {
        return false;
    }
    let scaled = |scale: i64| (size * scale as f64 + 0.5) as i64;
    let fits = |scale: &i64| scaled(*scale) as f64 / *scale as f64 == size;
    let Some(decimals) = SCALES.iter().position(fits) else { return false };
    let (digits, scale) = (scaled(SCALES[decimals]), SCALES[decimals]);
    if number.is_sign_negative() {
        written.push('-');
    }
    push_digits((digits / scale).unsigned_abs(), 1, written);
    written.push('.');
    push_digits((digits % scale).unsigned_abs(), decimals, written);
    true
}

/// Writes an integer.
pub(crate) fn push_int(number: i64, written: &mut String) {
    if number < 0 {
        written.push('-');
    }
    push_digits(number.unsigned_abs(), 1, written);
}

/// Writes an integer with at least one digit, and at least `least`.
fn push_digits(mut number: u64, least: usize, written: &mut String) {
    let mut digits = [b'0'; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    let first = at.min(digits.len() - least);
    written.extend(digits[first..].iter().copied().map(char::from));
}

fn long_float(number: f64) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_floats_are_written_as_all_are() {
        let decimals = (-40_000..40_000).map(|n| f64::from(n) * 0.000_12);
        let powers = (-320..300).map(|n| 1.7 * 10f64.powi(n));
        let edges = [-0.0, 0.1, 1e-4, 9e-5, 2.675, 1e10 + 0.1, 99_999_999_999.999_9, 1e11, 1e15];
        for number in decimals.chain(powers).chain(edges) {
            for number in [number, -number, (number * 100.0).round() / 100.0] {
                assert_eq!(float(number), long_float(number));
            }
        }
        let mut written = String::new();
        assert!(push_short(-7.25, &mut written));
        assert_eq!(written, "-7.25");
    }

    #[test]
    fn integers_are_written_with_all_digits() {
        for number in [0, 7, -10, i64::MAX, i64::MIN] {
            let mut written = String::new();
            push_int(number, &mut written);
            assert_eq!(written, number.to_string());
        }
    }
}
