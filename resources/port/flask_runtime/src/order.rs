//! Order and membership: `<`, `in`.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::errors::Exc;
use crate::native::type_error;
use crate::ops::{Pair, pair};
use crate::{R, Value};

/// How two values are ordered; none where neither is less (NaN). Raises TypeError.
pub(crate) fn compare(operator: &str, a: &Value, b: &Value) -> R<Option<Ordering>> {
    match (a, b) {
        (Value::Int(x), Value::Int(y)) => Ok(Some(x.cmp(y))),
        (Value::Str(x), Value::Str(y)) => Ok(Some((**x).cmp(&**y))),
        (Value::Bytes(x), Value::Bytes(y)) => Ok(Some(x.cmp(y))),
        (Value::Tuple(x), Value::Tuple(y)) => sequences(operator, x, y),
        (Value::List(x), Value::List(y)) => {
            let (x, y) = (x.borrow().clone(), y.borrow().clone());
            sequences(operator, &x, &y)
        }
        (Value::Set(x), Value::Set(y)) => Ok(subset_order(&x.items.borrow(), &y.items.borrow())),
        (Value::Native(x), _) => x.compare(b).map(Some).ok_or_else(|| unordered(operator, a, b)),
        (Value::Obj(_), _) | (_, Value::Obj(_)) => objects(operator, a, b),
        _ => match pair(a, b) {
            Some(numbers) => Ok(match numbers? {
                Pair::Small(x, y) => Some(x.cmp(&y)),
                Pair::Large(x, y) => Some(x.cmp(&y)),
                Pair::Floats(..) => float_order(a, b),
            }),
            None => Err(unordered(operator, a, b)),
        },
    }
}

/// Numbers of which one is a float, compared exactly.
fn float_order(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Float(x), Value::Float(y)) => x.partial_cmp(y),
        (Value::Float(x), other) => exact_order(*x, &other.as_big()?),
        (other, Value::Float(y)) => exact_order(*y, &other.as_big()?).map(Ordering::reverse),
        _ => None,
    }
}

fn exact_order(x: f64, y: &BigInt) -> Option<Ordering> {
    if x.is_nan() {
        return None;
    }
    if x.is_infinite() {
        return Some(if x > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let whole: BigInt = num_traits::FromPrimitive::from_f64(x.trunc())?;
    Some(whole.cmp(y).then(x.fract().partial_cmp(&0.0)?))
}

fn subset_order(x: &indexmap::IndexSet<Value>, y: &indexmap::IndexSet<Value>) -> Option<Ordering> {
    match (x.iter().all(|item| y.contains(item)), y.iter().all(|item| x.contains(item))) {
        (true, true) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Less),
        (false, true) => Some(Ordering::Greater),
        (false, false) => None,
    }
}

fn sequences(operator: &str, x: &[Value], y: &[Value]) -> R<Option<Ordering>> {
    for (a, b) in x.iter().zip(y) {
        if a != b {
            return compare(operator, a, b);
        }
    }
    Ok(Some(x.len().cmp(&y.len())))
}

fn objects(operator: &str, a: &Value, b: &Value) -> R<Option<Ordering>> {
    let (forward, backward) = match operator {
        "<" => ("__lt__", "__gt__"),
        "<=" => ("__le__", "__ge__"),
        ">" => ("__gt__", "__lt__"),
        _ => ("__ge__", "__le__"),
    };
    let asked = match (a, b) {
        (Value::Obj(obj), _) => obj.call_special(a, forward, std::slice::from_ref(b)),
        _ => None,
    };
    let asked = asked.or_else(|| match b {
        Value::Obj(obj) => obj.call_special(b, backward, std::slice::from_ref(a)),
        _ => None,
    });
    let answer = asked.ok_or_else(|| unordered(operator, a, b))??.truth();
    let towards = if operator.starts_with('<') { Ordering::Less } else { Ordering::Greater };
    Ok(Some(if answer { towards } else { towards.reverse() }))
}

fn unordered(operator: &str, a: &Value, b: &Value) -> Exc {
    let (left, right) = (a.type_name(), b.type_name());
    type_error(format!("'{operator}' not supported between instances of '{left}' and '{right}'"))
}

/// `a < b`
pub fn lt(a: impl Into<Value>, b: impl Into<Value>) -> R<bool> {
    Ok(compare("<", &a.into(), &b.into())? == Some(Ordering::Less))
}

/// `a <= b`
pub fn le(a: impl Into<Value>, b: impl Into<Value>) -> R<bool> {
    let order = compare("<=", &a.into(), &b.into())?;
    Ok(matches!(order, Some(Ordering::Less | Ordering::Equal)))
}

/// `a > b`
pub fn gt(a: impl Into<Value>, b: impl Into<Value>) -> R<bool> {
    Ok(compare(">", &a.into(), &b.into())? == Some(Ordering::Greater))
}

/// `a >= b`
pub fn ge(a: impl Into<Value>, b: impl Into<Value>) -> R<bool> {
    let order = compare(">=", &a.into(), &b.into())?;
    Ok(matches!(order, Some(Ordering::Greater | Ordering::Equal)))
}

/// `item in container`
pub fn contains(container: impl Into<Value>, item: impl Into<Value>) -> R<bool> {
    let (container, item) = (container.into(), item.into());
    match &container {
        Value::Dict(dict) => {
            crate::value::hashable(&item)?;
            Ok(dict.map.borrow().contains_key(&item))
        }
        Value::Set(set) => {
            // A set is looked for as the frozenset it would be.
            if !matches!(item, Value::Set(_)) {
                crate::value::hashable(&item)?;
            }
            Ok(set.items.borrow().contains(&item))
        }
        Value::List(items) => Ok(items.borrow().contains(&item)),
        Value::Tuple(items) => Ok(items.contains(&item)),
        Value::Str(whole) => match &item {
            Value::Str(part) => Ok(whole.contains(&**part)),
            other => Err(type_error(format!(
                "'in <string>' requires string as left operand, not {}",
                other.type_name()
            ))),
        },
        Value::Bytes(whole) => match &item {
            Value::Bytes(part) => {
                Ok(part.is_empty() || whole.windows(part.len()).any(|window| *window == **part))
            }
            other => match other.as_big().map(|n| n.to_u8()) {
                Some(Some(byte)) => Ok(whole.contains(&byte)),
                Some(None) => Err(crate::native::value_error("byte must be in range(0, 256)")),
                None => Err(type_error(format!(
                    "a bytes-like object is required, not '{}'",
                    other.type_name()
                ))),
            },
        },
        Value::Native(native) => native.contains(&item),
        Value::Obj(obj) => {
            match obj.call_special(&container, "__contains__", std::slice::from_ref(&item)) {
                Some(answer) => Ok(answer?.truth()),
                None => Ok(crate::iteration::elements(&container)?.contains(&item)),
            }
        }
        other => {
            Err(type_error(format!("argument of type '{}' is not iterable", other.type_name())))
        }
    }
}
