//! Numbers: conversions, rounding, their methods.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{FromPrimitive, Num, Signed, ToPrimitive, Zero};

use crate::errors::raise;
use crate::native::{Kw, exactly, no_attribute, type_error, value_error};
use crate::strings::{decimal_value, space};
use crate::value::integer;
use crate::{R, Value, args};

/// `int(value)`. Raises ValueError, TypeError, OverflowError.
pub fn int(value: impl Into<Value>) -> R {
    let value = value.into();
    match &value {
        Value::Int(_) | Value::Big(_) => Ok(value),
        Value::Bool(value) => Ok(Value::Int((*value).into())),
        Value::Float(number) => truncated(*number),
        Value::Str(text) => from_text(text, 10, text),
        Value::Bytes(data) => {
            let text = String::from_utf8_lossy(data);
            from_text(&text, 10, &text)
        }
        Value::Obj(obj) if obj.class.find("__int__").is_some() => obj.method("__int__", &[], &[]),
        Value::Native(native) => match native.attr("int") {
            Some(found) => found,
            None => Err(not_a_number(&value)),
        },
        _ => Err(not_a_number(&value)),
    }
}

fn not_a_number(value: &Value) -> crate::Exc {
    let name = value.type_name();
    type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{name}'"
    ))
}

/// A float without what is behind its point.
pub(crate) fn truncated(number: f64) -> R {
    if number.is_nan() {
        return Err(value_error("cannot convert float NaN to integer"));
    }
    let whole = BigInt::from_f64(number.trunc())
        .ok_or_else(|| raise("OverflowError", args!["cannot convert float infinity to integer"]))?;
    Ok(integer(whole))
}

/// Digits of any script as ASCII, without the underscores that Python allows between them.
fn plain_digits(text: &str) -> Option<String> {
    let text = text.trim_matches(space);
    let mut plain = String::with_capacity(text.len());
    let mut before = '_';
    for c in text.chars() {
        let c = decimal_value(c).map_or(c, |digit| char::from_digit(digit, 10).unwrap_or(c));
        if c == '_' && !before.is_ascii_alphanumeric() {
            return None;
        }
        if before == '_' && !plain.is_empty() && !c.is_ascii_alphanumeric() {
            return None;
        }
        if c != '_' {
            plain.push(c);
        }
        before = c;
    }
    (before != '_').then_some(plain)
}

fn from_text(text: &str, base: u32, shown: &str) -> R {
    if base == 10 {
        // What most requests bring: few digits and nothing else.
        let bytes = text.as_bytes();
        if (1..18).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
            return Ok(bytes.iter().fold(0, |sum, b| sum * 10 + i64::from(b - b'0')).into());
        }
    }
    let wrong = || {
        let shown = crate::repr::quoted(shown);
        value_error(format!("invalid literal for int() with base {base}: {shown}"))
    };
    let plain = plain_digits(text).ok_or_else(wrong)?;
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let prefix = digits.get(..2).map(str::to_lowercase).unwrap_or_default();
    let (base, digits) = match (base, prefix.as_str()) {
        (0 | 16, "0x") => (16, &digits[2..]),
        (0 | 8, "0o") => (8, &digits[2..]),
        (0 | 2, "0b") => (2, &digits[2..]),
        (0, _) => (10, digits),
        (base, _) => (base, digits),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return Err(wrong());
    }
    if base == 10 {
        return crate::json::long_integer(&format!("{sign}{digits}"));
    }
    BigInt::from_str_radix(&format!("{sign}{digits}"), base).map(integer).map_err(|_| wrong())
}

/// `int(text, base)`
pub(crate) fn int_with_base(value: &Value, base: &Value) -> R {
    let Value::Str(text) = value else {
        return Err(type_error("int() can't convert non-string with explicit base".into()));
    };
    match base.as_int().and_then(|base| u32::try_from(base).ok()) {
        Some(base @ (0 | 2..=36)) => from_text(text, base, text),
        _ => Err(value_error("int() base must be >= 2 and <= 36, or 0")),
    }
}

/// `float(value)`. Raises ValueError, TypeError, OverflowError.
pub fn float(value: impl Into<Value>) -> R {
    let value = value.into();
    match &value {
        Value::Str(text) => float_of(text).map(Value::Float),
        Value::Big(_) => match value.as_number() {
            Some(number) if number.is_finite() => Ok(number.into()),
            _ => Err(raise("OverflowError", args!["int too large to convert to float"])),
        },
        Value::Obj(obj) if obj.class.find("__float__").is_some() => {
            obj.method("__float__", &[], &[])
        }
        other => other.as_number().map(Value::Float).ok_or_else(|| {
            let name = value.type_name();
            type_error(format!("float() argument must be a string or a real number, not '{name}'"))
        }),
    }
}

fn float_of(text: &str) -> R<f64> {
    let wrong = || {
        let shown = crate::repr::quoted(text);
        value_error(format!("could not convert string to float: {shown}"))
    };
    let plain = plain_digits(text).ok_or_else(wrong)?;
    let unsigned = plain.trim_start_matches(['+', '-']).to_lowercase();
    let word = matches!(unsigned.as_str(), "inf" | "infinity" | "nan");
    let number = !unsigned.is_empty() && unsigned.chars().all(|c| "0123456789.e+-".contains(c));
    if !word && !number {
        return Err(wrong());
    }
    plain.parse().map_err(|_| wrong())
}

/// `round(value, digits)`
pub(crate) fn round(value: &Value, digits: &Value) -> R {
    if let Value::Float(number) = value {
        if digits.is_none() {
            return truncated(number.round_ties_even());
        }
        let places = small(digits)?;
        return Ok(round_float(*number, places).into());
    }
    let Some(number) = value.as_big() else {
        if let Value::Obj(obj) = value {
            if let Some(rounded) =
                obj.call_special(value, "__round__", std::slice::from_ref(digits))
            {
                return rounded;
            }
        }
        let name = value.type_name();
        return Err(type_error(format!("type {name} doesn't define __round__ method")));
    };
    match if digits.is_none() { 0 } else { small(digits)? } {
        0.. => Ok(integer(number)),
        places => Ok(integer(round_integer(&number, places.unsigned_abs().min(400)))),
    }
}

fn small(digits: &Value) -> R<i32> {
    let digits = digits.as_int().ok_or_else(|| {
        let name = digits.type_name();
        type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })?;
    Ok(i32::try_from(digits.clamp(-400, 400)).unwrap_or(0))
}

fn round_float(number: f64, places: i32) -> f64 {
    if !number.is_finite() || places > 323 {
        return number;
    }
    if let Ok(places) = usize::try_from(places) {
        return format!("{number:.places$}").parse().unwrap_or(number);
    }
    if places < -308 {
        return 0f64.copysign(number);
    }
    // Exact: a float's whole part is an integer, and what is behind the point breaks ties.
    let Some(whole) = BigInt::from_f64(number.trunc()) else { return number };
    let unit = BigInt::from(10).pow(places.unsigned_abs());
    let (down, rest) = whole.div_mod_floor(&unit);
    let twice = rest.clone() * 2;
    let above_half = twice > unit || (twice == unit && number.fract() > 0.0);
    let below_half = twice < unit || (twice == unit && number.fract() < 0.0);
    let up = above_half || (!below_half && down.is_odd());
    let rounded = (down + i32::from(up)) * unit;
    rounded.to_f64().unwrap_or(number).abs().copysign(number)
}

fn round_integer(number: &BigInt, places: u32) -> BigInt {
    let unit = BigInt::from(10).pow(places);
    let (down, rest) = number.div_mod_floor(&unit);
    let twice: BigInt = rest * 2;
    let order = twice.cmp(&unit);
    let up = order.is_gt() || (order.is_eq() && down.is_odd());
    (down + i32::from(up)) * unit
}

/// `abs(value)`
pub(crate) fn absolute(value: &Value) -> R {
    match value {
        Value::Float(number) => Ok(number.abs().into()),
        Value::Native(_) => {
            if crate::lt(value, crate::neg(value)?)? {
                crate::neg(value)
            } else {
                Ok(value.clone())
            }
        }
        other => other.as_big().map(|number| integer(number.abs())).ok_or_else(|| {
            type_error(format!("bad operand type for abs(): '{}'", value.type_name()))
        }),
    }
}

pub(crate) fn method(value: &Value, name: &str, args: &[Value], kw: Kw) -> R {
    match (value, name) {
        (Value::Float(number), "is_integer") => Ok((number.fract() == 0.0).into()),
        (Value::Float(number), "hex") => Ok(format!("{number:e}").into()),
        (_, "conjugate") => Ok(value.clone()),
        (Value::Float(_), _) => Err(no_attribute("float", name)),
        (_, "is_integer") => Ok(true.into()),
        (_, "bit_length") => Ok(i64::try_from(magnitude(value).bits()).unwrap_or(0).into()),
        (_, "bit_count") => {
            let ones: u32 = magnitude(value).iter_u64_digits().map(u64::count_ones).sum();
            Ok(i64::from(ones).into())
        }
        (_, "to_bytes") => to_bytes(value, args, kw),
        _ => Err(no_attribute(&value.type_name(), name)),
    }
}

fn magnitude(value: &Value) -> num_bigint::BigUint {
    value.as_big().unwrap_or_default().magnitude().clone()
}

fn to_bytes(value: &Value, args: &[Value], kw: Kw) -> R {
    let names = ["length", "byteorder"];
    let [length, order] = crate::native::bind("to_bytes", names, args, kw)?;
    let length = length.and_then(|length| length.as_int()).unwrap_or(1);
    let length =
        usize::try_from(length).map_err(|_| value_error("length argument must be non-negative"))?;
    let number = value.as_big().unwrap_or_default();
    if number.is_negative() {
        return Err(raise("OverflowError", args!["can't convert negative int to unsigned"]));
    }
    let mut data = if number.is_zero() { Vec::new() } else { number.to_bytes_le().1 };
    if data.len() > length {
        return Err(raise("OverflowError", args!["int too big to convert"]));
    }
    data.resize(length, 0);
    if order.is_none_or(|order| order != "little") {
        data.reverse();
    }
    Ok(crate::value::bytes(&data))
}

/// `divmod(a, b)`
pub(crate) fn divmod(args: &[Value], kw: Kw) -> R {
    let [a, b] = exactly("divmod", args, kw)?;
    Ok(crate::tuple![crate::floordiv(a, b)?, crate::modulo(a, b)?])
}

/// `bin`, `oct`, `hex`
pub(crate) fn in_base(value: &Value, kind: char) -> R {
    if value.as_big().is_none() {
        let name = value.type_name();
        return Err(type_error(format!("'{name}' object cannot be interpreted as an integer")));
    }
    crate::format_spec(&integer(value.as_big().unwrap_or_default()), &format!("#{kind}"))
        .map(Value::from)
}
