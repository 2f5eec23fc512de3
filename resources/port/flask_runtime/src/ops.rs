//! Operators: arithmetic, order, membership.

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::errors::{Exc, raise};
use crate::native::type_error;
use crate::value::{dict_of_kind, integer, set_from, tuple};
use crate::{R, Value, args};

macro_rules! operators {
    ($($name:ident $inner:ident;)*) => {$(
        #[doc = concat!("Python's operator; see `", stringify!($inner), "`. Raises TypeError for types without it.")]
        pub fn $name(a: impl Into<Value>, b: impl Into<Value>) -> R {
            $inner(&a.into(), &b.into())
        }
    )*};
}
operators! {
    add plus; sub minus; mul times; div true_division; floordiv floor_division; modulo remainder;
    pow power; bitand and_bits; bitor or_bits; bitxor xor_bits; lshift shift_left;
    rshift shift_right;
    iadd plus_in_place; isub minus; imul times; idiv true_division; ifloordiv floor_division;
    imodulo remainder; ipow power; iand and_bits; ior or_in_place; ixor xor_bits;
}

/// Two numbers as Python combines them.
pub(crate) enum Pair {
    Small(i64, i64),
    Large(BigInt, BigInt),
    Floats(f64, f64),
}

pub(crate) fn pair(a: &Value, b: &Value) -> Option<R<Pair>> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Some(Ok(Pair::Small(a, b)));
    }
    if matches!(a, Value::Float(_)) || matches!(b, Value::Float(_)) {
        let (x, y) = (a.as_number()?, b.as_number()?);
        let too_large = |value: &Value, x: f64| matches!(value, Value::Big(_)) && x.is_infinite();
        if too_large(a, x) || too_large(b, y) {
            return Some(Err(raise("OverflowError", args!["int too large to convert to float"])));
        }
        return Some(Ok(Pair::Floats(x, y)));
    }
    Some(Ok(Pair::Large(a.as_big()?, b.as_big()?)))
}

/// What objects of the runtime and of the program do with an operator.
fn by_objects(operator: &str, a: &Value, b: &Value) -> R {
    if let Value::Native(native) = a {
        if let Some(outcome) = native.arithmetic(operator, b, false) {
            return outcome;
        }
    }
    if let Value::Native(native) = b {
        if let Some(outcome) = native.arithmetic(operator, a, true) {
            return outcome;
        }
    }
    let (forward, backward) = special_names(operator);
    if let Value::Obj(obj) = a {
        if let Some(outcome) = obj.call_special(a, forward, std::slice::from_ref(b)) {
            return outcome;
        }
    }
    if let Value::Obj(obj) = b {
        if let Some(outcome) = obj.call_special(b, backward, std::slice::from_ref(a)) {
            return outcome;
        }
    }
    let (left, right) = (a.type_name(), b.type_name());
    Err(type_error(format!("unsupported operand type(s) for {operator}: '{left}' and '{right}'")))
}

fn special_names(operator: &str) -> (&'static str, &'static str) {
    match operator {
        "+" => ("__add__", "__radd__"),
        "-" => ("__sub__", "__rsub__"),
        "*" => ("__mul__", "__rmul__"),
        "/" => ("__truediv__", "__rtruediv__"),
        "//" => ("__floordiv__", "__rfloordiv__"),
        "%" => ("__mod__", "__rmod__"),
        "&" => ("__and__", "__rand__"),
        "|" => ("__or__", "__ror__"),
        "^" => ("__xor__", "__rxor__"),
        "<<" => ("__lshift__", "__rlshift__"),
        ">>" => ("__rshift__", "__rrshift__"),
        _ => ("__pow__", "__rpow__"),
    }
}

fn plus(a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => {
            Ok(x.checked_add(*y).map_or_else(|| integer(BigInt::from(*x) + y), Value::Int))
        }
        (Value::Str(x), Value::Str(y)) => Ok(Value::from(format!("{x}{y}"))),
        (Value::List(x), Value::List(y)) => {
            Ok(Value::from([x.borrow().as_slice(), y.borrow().as_slice()].concat()))
        }
        (Value::Tuple(x), Value::Tuple(y)) => Ok(tuple([&x[..], &y[..]].concat())),
        (Value::Bytes(x), Value::Bytes(y)) => Ok(crate::value::bytes([&x[..], &y[..]].concat())),
        (Value::Dict(x), Value::Dict(y)) => crate::collections::add_counters(x, y),
        (Value::Str(_), other) if !matches!(other, Value::Obj(_)) => Err(type_error(format!(
            "can only concatenate str (not \"{}\") to str",
            other.type_name()
        ))),
        (Value::List(_) | Value::Tuple(_), other) if !matches!(other, Value::Obj(_)) => {
            let (kind, other) = (a.type_name(), other.type_name());
            Err(type_error(format!("can only concatenate {kind} (not \"{other}\") to {kind}")))
        }
        (Value::Bytes(_), other) if !matches!(other, Value::Obj(_)) => {
            Err(type_error(format!("can't concat {} to bytes", other.type_name())))
        }
        _ => arithmetic("+", a, b, i64::checked_add, |x, y| x + y, |x, y| x + y),
    }
}

fn arithmetic(
    operator: &str,
    a: &Value,
    b: &Value,
    small: fn(i64, i64) -> Option<i64>,
    large: fn(BigInt, BigInt) -> BigInt,
    floats: fn(f64, f64) -> f64,
) -> R {
    let Some(numbers) = pair(a, b) else { return by_objects(operator, a, b) };
    Ok(match numbers? {
        Pair::Small(x, y) => match small(x, y) {
            Some(result) => Value::Int(result),
            None => integer(large(x.into(), y.into())),
        },
        Pair::Large(x, y) => integer(large(x, y)),
        Pair::Floats(x, y) => Value::Float(floats(x, y)),
    })
}

fn minus(a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Set(x), Value::Set(y)) => {
            let other = y.items.borrow();
            let all = x.items.borrow();
            let kept = all.iter().filter(|item| !other.contains(*item)).cloned();
            Ok(set_from(kept.collect(), x.frozen))
        }
        _ => arithmetic("-", a, b, i64::checked_sub, |x, y| x - y, |x, y| x - y),
    }
}

fn times(a: &Value, b: &Value) -> R {
    if let Some(count) = b.as_int() {
        if let Some(repeated) = repeated(a, count)? {
            return Ok(repeated);
        }
    }
    if let Some(count) = a.as_int() {
        if let Some(repeated) = repeated(b, count)? {
            return Ok(repeated);
        }
    }
    let sequence = |value: &Value| {
        matches!(value, Value::Str(_) | Value::List(_) | Value::Tuple(_) | Value::Bytes(_))
    };
    if sequence(a) || sequence(b) {
        let (count, huge) = if sequence(a) { (b, b) } else { (a, a) };
        if matches!(huge, Value::Big(_)) {
            let message = "cannot fit 'int' into an index-sized integer";
            return Err(raise("OverflowError", args![message]));
        }
        let name = count.type_name();
        return Err(type_error(format!("can't multiply sequence by non-int of type '{name}'")));
    }
    arithmetic("*", a, b, i64::checked_mul, |x, y| x * y, |x, y| x * y)
}

const REPEAT_LIMIT: usize = 1 << 30;

fn repeated(sequence: &Value, count: i64) -> R<Option<Value>> {
    let count = usize::try_from(count).unwrap_or(0);
    let length = match sequence {
        Value::Str(text) => text.len(),
        Value::List(items) => items.borrow().len(),
        Value::Tuple(items) => items.len(),
        Value::Bytes(data) => data.len(),
        _ => return Ok(None),
    };
    if length.saturating_mul(count) > REPEAT_LIMIT {
        return Err(raise("OverflowError", args!["cannot fit 'int' into an index-sized integer"]));
    }
    Ok(Some(match sequence {
        Value::Str(text) => Value::from(text.repeat(count)),
        Value::List(items) => Value::from(vec![&**items.borrow(); count].concat()),
        Value::Tuple(items) => tuple(vec![&**items; count].concat()),
        Value::Bytes(data) => crate::value::bytes(data.repeat(count)),
        _ => return Ok(None),
    }))
}

fn by_zero(message: &'static str) -> Exc {
    raise("ZeroDivisionError", args![message])
}

fn true_division(a: &Value, b: &Value) -> R {
    let Some(numbers) = pair(a, b) else { return by_objects("/", a, b) };
    match numbers? {
        Pair::Small(_, 0) => Err(by_zero("division by zero")),
        Pair::Small(x, y) => Ok(Value::Float(quotient(&x.into(), &y.into())?)),
        Pair::Large(x, y) => Ok(Value::Float(quotient(&x, &y)?)),
        Pair::Floats(_, 0.0) => Err(by_zero("float division by zero")),
        Pair::Floats(x, y) => Ok(Value::Float(x / y)),
    }
}

/// The float nearest to the quotient of two integers.
fn quotient(x: &BigInt, y: &BigInt) -> R<f64> {
    const EXACT: u64 = 53;
    if y.is_zero() {
        return Err(by_zero("division by zero"));
    }
    if x.bits() <= EXACT && y.bits() <= EXACT {
        return Ok(x.to_f64().unwrap_or(0.0) / y.to_f64().unwrap_or(1.0));
    }
    // Shifted so that the whole quotient has more bits than a float, with what is lost kept as one.
    let shift = i64::try_from(y.bits()).unwrap_or(0) - i64::try_from(x.bits()).unwrap_or(0) + 66;
    let (x, y) = if shift >= 0 { (x << shift, y.clone()) } else { (x.clone(), y << -shift) };
    let (mut whole, rest) = x.div_rem(&y);
    if !rest.is_zero() {
        whole = (whole << 1) + if x.is_negative() == y.is_negative() { 1 } else { -1 };
    } else {
        whole <<= 1;
    }
    if x.is_zero() {
        return Ok(if y.is_negative() { -0.0 } else { 0.0 });
    }
    let power = i32::try_from(-shift - 1).unwrap_or(i32::MIN);
    // In two steps: the power alone may be too small for a float where the product is not.
    let half = power / 2;
    let digits = whole.to_f64().unwrap_or(f64::INFINITY);
    let result = digits * 2f64.powi(half) * 2f64.powi(power - half);
    if result.is_infinite() {
        let message = "integer division result too large for a float";
        return Err(raise("OverflowError", args![message]));
    }
    Ok(result)
}

fn floor_division(a: &Value, b: &Value) -> R {
    let Some(numbers) = pair(a, b) else { return by_objects("//", a, b) };
    match numbers? {
        Pair::Small(_, 0) => Err(by_zero("integer division or modulo by zero")),
        Pair::Small(x, y) if x != i64::MIN => Ok(Value::Int(Integer::div_floor(&x, &y))),
        Pair::Small(x, y) => Ok(integer(BigInt::from(x).div_floor(&y.into()))),
        Pair::Large(_, y) if y.is_zero() => Err(by_zero("integer division or modulo by zero")),
        Pair::Large(x, y) => Ok(integer(x.div_floor(&y))),
        Pair::Floats(_, 0.0) => Err(by_zero("float floor division by zero")),
        Pair::Floats(x, y) => Ok(Value::Float(float_divmod(x, y).0)),
    }
}

/// Quotient and remainder of floats as Python computes them.
fn float_divmod(x: f64, y: f64) -> (f64, f64) {
    let mut rest = x % y;
    let mut whole = (x - rest) / y;
    if rest != 0.0 {
        if (y < 0.0) != (rest < 0.0) {
            rest += y;
            whole -= 1.0;
        }
    } else {
        rest = 0f64.copysign(y);
    }
    let floor = if whole == 0.0 {
        0f64.copysign(x / y)
    } else {
        let down = whole.floor();
        if whole - down > 0.5 { down + 1.0 } else { down }
    };
    (floor, rest)
}

fn remainder(a: &Value, b: &Value) -> R {
    if let Value::Str(pattern) = a {
        return crate::percent::format(pattern, b).map(Value::from);
    }
    let Some(numbers) = pair(a, b) else { return by_objects("%", a, b) };
    match numbers? {
        Pair::Small(_, 0) => Err(by_zero("integer modulo by zero")),
        Pair::Small(_, -1) => Ok(Value::Int(0)),
        Pair::Small(x, y) => Ok(Value::Int(Integer::mod_floor(&x, &y))),
        Pair::Large(_, y) if y.is_zero() => Err(by_zero("integer modulo by zero")),
        Pair::Large(x, y) => Ok(integer(x.mod_floor(&y))),
        Pair::Floats(_, 0.0) => Err(by_zero("float modulo")),
        Pair::Floats(x, y) => Ok(Value::Float(float_divmod(x, y).1)),
    }
}

/// The most bits that a power may have: what is larger would take longer than a request may.
const POWER_BITS: u64 = 1 << 24;

fn power(a: &Value, b: &Value) -> R {
    let Some(numbers) = pair(a, b) else { return by_objects("** or pow()", a, b) };
    let (x, y) = match numbers? {
        Pair::Floats(x, y) => return float_power(x, y),
        Pair::Small(x, y) => (x.into(), BigInt::from(y)),
        Pair::Large(x, y) => (x, y),
    };
    if y.is_negative() {
        if x.is_zero() {
            return Err(by_zero("0.0 cannot be raised to a negative power"));
        }
        return float_power(x.to_f64().unwrap_or(0.0), y.to_f64().unwrap_or(0.0));
    }
    let trivial = x.bits() <= 1;
    let exponent = match y.to_u32() {
        Some(exponent) if trivial || x.bits() * u64::from(exponent) <= POWER_BITS => exponent,
        None if trivial => u32::from(y.is_odd()),
        _ => return Err(raise("OverflowError", args!["integer power too large"])),
    };
    Ok(integer(x.pow(exponent)))
}

fn float_power(x: f64, y: f64) -> R {
    if x == 0.0 && y < 0.0 {
        return Err(by_zero("0.0 cannot be raised to a negative power"));
    }
    if x < 0.0 && x.is_finite() && y.is_finite() && y.fract() != 0.0 {
        return Err(type_error("complex numbers are not part of the port".into()));
    }
    let result = x.powf(y);
    if result.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(raise("OverflowError", args![34, "Numerical result out of range"]));
    }
    Ok(Value::Float(result))
}

fn bits(
    operator: &str,
    a: &Value,
    b: &Value,
    booleans: fn(bool, bool) -> bool,
    numbers: fn(BigInt, BigInt) -> BigInt,
) -> R {
    match (a, b, a.as_big(), b.as_big()) {
        (Value::Bool(x), Value::Bool(y), ..) => Ok(Value::Bool(booleans(*x, *y))),
        (_, _, Some(x), Some(y)) => Ok(integer(numbers(x, y))),
        _ => by_objects(operator, a, b),
    }
}

fn and_bits(a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Set(x), Value::Set(y)) => {
            let other = y.items.borrow();
            let all = x.items.borrow();
            let kept = all.iter().filter(|item| other.contains(*item)).cloned();
            Ok(set_from(kept.collect(), x.frozen))
        }
        _ => bits("&", a, b, |x, y| x & y, |x, y| x & y),
    }
}

fn or_bits(a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Set(x), Value::Set(y)) => {
            let mut all = x.items.borrow().clone();
            all.extend(y.items.borrow().iter().cloned());
            Ok(set_from(all, x.frozen))
        }
        (Value::Dict(x), Value::Dict(y)) => {
            let mut all = x.map.borrow().clone();
            all.extend(y.map.borrow().iter().map(|(k, v)| (k.clone(), v.clone())));
            Ok(dict_of_kind(all, x.kind.clone()))
        }
        _ => bits("|", a, b, |x, y| x | y, |x, y| x | y),
    }
}

fn xor_bits(a: &Value, b: &Value) -> R {
    match (a, b) {
        (Value::Set(_), Value::Set(_)) => or_bits(&minus(a, b)?, &minus(b, a)?),
        _ => bits("^", a, b, |x, y| x ^ y, |x, y| x ^ y),
    }
}

fn shift(operator: &str, a: &Value, b: &Value) -> R<Option<(BigInt, u32)>> {
    let (Some(number), Some(count)) = (a.as_big(), b.as_big()) else {
        return by_objects(operator, a, b).map(|_| None);
    };
    if count.is_negative() {
        return Err(crate::native::value_error("negative shift count"));
    }
    match count.to_u32().filter(|count| u64::from(*count) <= POWER_BITS || operator == ">>") {
        Some(count) => Ok(Some((number, count))),
        None => Err(raise("OverflowError", args!["too many digits in integer"])),
    }
}

fn shift_left(a: &Value, b: &Value) -> R {
    Ok(shift("<<", a, b)?.map_or(Value::None, |(number, count)| integer(number << count)))
}

fn shift_right(a: &Value, b: &Value) -> R {
    Ok(shift(">>", a, b)?.map_or(Value::None, |(number, count)| integer(number >> count)))
}

fn plus_in_place(a: &Value, b: &Value) -> R {
    match a {
        Value::List(items) => {
            let more = crate::iteration::elements(b)?;
            items.borrow_mut().extend(more);
            Ok(a.clone())
        }
        Value::Obj(obj) => match obj.call_special(a, "__iadd__", std::slice::from_ref(b)) {
            Some(outcome) => outcome,
            None => plus(a, b),
        },
        _ => plus(a, b),
    }
}

fn or_in_place(a: &Value, b: &Value) -> R {
    match a {
        Value::Dict(_) | Value::Set(_) => {
            a.method("update", args![b])?;
            Ok(a.clone())
        }
        _ => or_bits(a, b),
    }
}

/// `-a`
pub fn neg(a: impl Into<Value>) -> R {
    let a = a.into();
    match &a {
        Value::Float(number) => Ok(Value::Float(-number)),
        Value::Native(native) => {
            native.arithmetic("neg", &Value::None, false).unwrap_or_else(|| Err(unary("-", &a)))
        }
        Value::Obj(obj) => {
            obj.call_special(&a, "__neg__", &[]).unwrap_or_else(|| Err(unary("-", &a)))
        }
        _ => a.as_big().map(|number| integer(-number)).ok_or_else(|| unary("-", &a)),
    }
}

fn unary(operator: &str, a: &Value) -> Exc {
    type_error(format!("bad operand type for unary {operator}: '{}'", a.type_name()))
}

/// `+a`
pub fn pos(a: impl Into<Value>) -> R {
    let a = a.into();
    match &a {
        Value::Float(_) => Ok(a),
        _ => a.as_big().map(integer).ok_or_else(|| unary("+", &a)),
    }
}

/// `~a`
pub fn invert(a: impl Into<Value>) -> R {
    let a = a.into();
    a.as_big().map(|number| integer(!number)).ok_or_else(|| unary("~", &a))
}

/// `a or b`
pub fn or(a: impl Into<Value>, b: impl FnOnce() -> R) -> R {
    let a = a.into();
    if a.truth() { Ok(a) } else { b() }
}

/// `a and b`
pub fn and(a: impl Into<Value>, b: impl FnOnce() -> R) -> R {
    let a = a.into();
    if a.truth() { b() } else { Ok(a) }
}
