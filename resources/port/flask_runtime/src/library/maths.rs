//! `math`

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, Zero};

use super::functions;
use crate::errors::raise;
use crate::iteration::elements;
use crate::native::{Kw, bind, exactly, type_error, value_error};
use crate::value::integer;
use crate::{R, Value, args, numbers, ops};

fn number(value: &Value) -> R<f64> {
    match value.as_number() {
        Some(number) => Ok(number),
        None => {
            let name = value.type_name();
            Err(type_error(format!("must be real number, not {name}")))
        }
    }
}

fn whole(value: &Value) -> R<BigInt> {
    value.as_big().ok_or_else(|| {
        let name = value.type_name();
        type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })
}

/// A function of one float, where Python refuses arguments outside its domain.
fn real(args: &[Value], kw: Kw, function: impl Fn(f64) -> f64) -> R {
    let [value] = exactly::<1>("math function", args, kw)?;
    let x = number(value)?;
    let result = function(x);
    if result.is_nan() && !x.is_nan() {
        return Err(value_error("math domain error"));
    }
    if result.is_infinite() && x.is_finite() {
        return Err(raise("OverflowError", args!["math range error"]));
    }
    Ok(result.into())
}

fn two(args: &[Value], kw: Kw, function: impl Fn(f64, f64) -> f64) -> R {
    let [a, b] = exactly::<2>("math function", args, kw)?;
    Ok(function(number(a)?, number(b)?).into())
}

fn rounded(args: &[Value], kw: Kw, name: &str, function: impl Fn(f64) -> f64) -> R {
    let [value] = exactly::<1>(&format!("math.{name}"), args, kw)?;
    match value {
        Value::Float(x) => numbers::truncated(function(*x)),
        Value::Obj(obj) if obj.class.find(&format!("__{name}__")).is_some() => {
            obj.method(&format!("__{name}__"), &[], &[])
        }
        other if other.as_big().is_some() => ops::pos(other),
        other if name == "trunc" => {
            let kind = other.type_name();
            Err(type_error(format!("type {kind} doesn't define __trunc__ method")))
        }
        other => number(other).map(Value::Float),
    }
}

fn logarithm(value: &Value) -> R<f64> {
    let x = match value {
        // An integer may be larger than any float.
        Value::Big(big) if big.is_positive() => {
            let shift = big.bits().saturating_sub(64);
            let top: BigInt = &**big >> shift;
            let top = integer(top).as_number().unwrap_or(1.0);
            return Ok(top.ln() + shift as f64 * std::f64::consts::LN_2);
        }
        other => number(other)?,
    };
    if x <= 0.0 {
        return Err(value_error("math domain error"));
    }
    Ok(x.ln())
}

functions! { "math" (args, kw)
    "floor" => rounded(args, kw, "floor", f64::floor),
    "ceil" => rounded(args, kw, "ceil", f64::ceil),
    "trunc" => rounded(args, kw, "trunc", f64::trunc),
    "sqrt" => real(args, kw, f64::sqrt),
    "exp" => real(args, kw, f64::exp),
    "sin" => real(args, kw, f64::sin),
    "cos" => real(args, kw, f64::cos),
    "tan" => real(args, kw, f64::tan),
    "asin" => real(args, kw, f64::asin),
    "acos" => real(args, kw, f64::acos),
    "atan" => real(args, kw, f64::atan),
    "sinh" => real(args, kw, f64::sinh),
    "cosh" => real(args, kw, f64::cosh),
    "tanh" => real(args, kw, f64::tanh),
    "radians" => real(args, kw, |x| x * (std::f64::consts::PI / 180.0)),
    "degrees" => real(args, kw, |x| x * (180.0 / std::f64::consts::PI)),
    "fabs" => real(args, kw, f64::abs),
    "atan2" => two(args, kw, f64::atan2),
    "hypot" => {
        let sides = args.iter().map(number).collect::<R<Vec<_>>>()?;
        Ok(match sides[..] {
            [a, b] => a.hypot(b),
            _ => sides.iter().map(|side| side * side).sum::<f64>().sqrt(),
        }.into())
    },
    "fmod" => two(args, kw, |a, b| a % b),
    "copysign" => two(args, kw, f64::copysign),
    "pow" => {
        let [a, b] = exactly::<2>("pow", args, kw)?;
        let (a, b) = (number(a)?, number(b)?);
        let result = a.powf(b);
        if result.is_nan() && !a.is_nan() && !b.is_nan() || (a == 0.0 && b < 0.0) {
            return Err(value_error("math domain error"));
        }
        if result.is_infinite() && a.is_finite() && b.is_finite() {
            return Err(raise("OverflowError", args!["math range error"]));
        }
        Ok(result.into())
    },
    "log" => match args {
        [x] => logarithm(x).map(Value::Float),
        [x, base] => {
            let (x, base) = (logarithm(x)?, logarithm(base)?);
            ops::div(x, base)
        }
        _ => Err(type_error("log expected at least 1 argument, got 0".into())),
    },
    "log2" => match exactly::<1>("log2", args, kw)? {
        [Value::Big(big)] => Ok((logarithm(&Value::Big(big.clone()))? / std::f64::consts::LN_2).into()),
        [x] if number(x)? <= 0.0 => Err(value_error("math domain error")),
        [x] => Ok(number(x)?.log2().into()),
    },
    "log10" => match exactly::<1>("log10", args, kw)? {
        [Value::Big(big)] => Ok((logarithm(&Value::Big(big.clone()))? / std::f64::consts::LN_10).into()),
        [x] if number(x)? <= 0.0 => Err(value_error("math domain error")),
        [x] => Ok(number(x)?.log10().into()),
    },
    "isnan" => Ok(number(&exactly::<1>("isnan", args, kw)?[0])?.is_nan().into()),
    "isinf" => Ok(number(&exactly::<1>("isinf", args, kw)?[0])?.is_infinite().into()),
    "isfinite" => Ok(number(&exactly::<1>("isfinite", args, kw)?[0])?.is_finite().into()),
    "isclose" => is_close(args, kw),
    "gcd" => {
        let numbers = args.iter().map(whole).collect::<R<Vec<_>>>()?;
        Ok(integer(numbers.iter().fold(BigInt::zero(), |a, b| a.gcd(b))))
    },
    "lcm" => {
        let numbers = args.iter().map(whole).collect::<R<Vec<_>>>()?;
        Ok(integer(numbers.iter().fold(BigInt::from(1), |a, b| a.lcm(b))))
    },
    "factorial" => {
        let n = whole(&exactly::<1>("factorial", args, kw)?[0])?;
        if n.is_negative() {
            return Err(value_error("factorial() not defined for negative values"));
        }
        let n = integer(n).as_int().filter(|n| *n <= 20_000);
        let n = n.ok_or_else(|| raise("OverflowError", args!["factorial() argument too large"]))?;
        Ok(integer((2..=n).map(BigInt::from).product()))
    },
    "comb" => {
        let [n, k] = exactly::<2>("comb", args, kw)?;
        let (n, k) = (whole(n)?, whole(k)?);
        if n.is_negative() || k.is_negative() {
            return Err(value_error("n must be a non-negative integer"));
        }
        Ok(integer(if k > n { BigInt::zero() } else { num_integer::binomial(n, k) }))
    },
    "isqrt" => {
        let n = whole(&exactly::<1>("isqrt", args, kw)?[0])?;
        if n.is_negative() {
            return Err(value_error("isqrt() argument must be nonnegative"));
        }
        Ok(integer(n.sqrt()))
    },
    "prod" => {
        let [items, start] = bind("prod", ["iterable", "start"], args, kw)?;
        elements(&items.unwrap_or_default())?
            .into_iter()
            .try_fold(start.unwrap_or(Value::Int(1)), ops::mul)
    },
    "fsum" => {
        let items = elements(&exactly::<1>("fsum", args, kw)?[0])?;
        Ok(items.iter().map(number).sum::<R<f64>>()?.into())
    },
}

fn is_close(args: &[Value], kw: Kw) -> R {
    let [a, b] = exactly::<2>("isclose", args, &[])?;
    let [relative, absolute] = bind("isclose", ["rel_tol", "abs_tol"], &[], kw)?;
    let (a, b) = (number(a)?, number(b)?);
    let relative = relative.map_or(Ok(1e-9), |value| number(&value))?;
    let absolute = absolute.map_or(Ok(0.0), |value| number(&value))?;
    let near = (a - b).abs() <= (relative * a.abs().max(b.abs())).max(absolute);
    Ok((a == b || (near && a.is_finite() && b.is_finite())).into())
}

pub(crate) fn constant(name: &str) -> Option<Value> {
    Some(Value::Float(match name {
        "pi" => std::f64::consts::PI,
        "e" => std::f64::consts::E,
        "tau" => std::f64::consts::TAU,
        "inf" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => return None,
    }))
}
