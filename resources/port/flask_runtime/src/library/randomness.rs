//! `random`: unseeded, so what comes is as good as Python's.

use super::functions;
use crate::errors::raise;
use crate::iteration::elements;
use crate::native::{bind, exactly, needed, type_error, value_error};
use crate::value::list;
use crate::{R, Value, args, ops};

/// Sixty-four random bits.
pub(crate) fn bits() -> u64 {
    getrandom::u64().unwrap_or_else(|error| panic!("no randomness from the system: {error}"))
}

/// Random bytes.
pub(crate) fn random_bytes(count: usize) -> Vec<u8> {
    let mut data = vec![0; count];
    getrandom::fill(&mut data)
        .unwrap_or_else(|error| panic!("no randomness from the system: {error}"));
    data
}

fn unit() -> f64 {
    (bits() >> 11) as f64 / (1u64 << 53) as f64
}

/// A number below a limit, each as likely.
pub(crate) fn below(limit: u64) -> u64 {
    let fair = u64::MAX - u64::MAX % limit;
    loop {
        let drawn = bits();
        if drawn < fair {
            return drawn % limit;
        }
    }
}

fn index(length: usize) -> usize {
    usize::try_from(below(length as u64)).unwrap_or(0)
}

fn between(low: i64, high: i64) -> i64 {
    let span = high.wrapping_sub(low) as u64;
    let drawn = if span == u64::MAX { bits() } else { below(span + 1) };
    low.wrapping_add(drawn as i64)
}

fn small(value: &Value) -> R<i64> {
    value.as_int().ok_or_else(|| {
        let name = value.type_name();
        type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })
}

functions! { "random" (args, kw)
    "random" => Ok(unit().into()),
    "uniform" => {
        let [low, high] = exactly("uniform", args, kw)?;
        ops::add(low, ops::mul(ops::sub(high, low)?, unit())?)
    },
    "randint" => {
        let [low, high] = bind("randint", ["a", "b"], args, kw)?;
        let (low, high) = (needed("randint", "a", low)?, needed("randint", "b", high)?);
        let (low, high) = (small(&low)?, small(&high)?);
        if low > high {
            return Err(value_error(format!("empty range for randrange() ({low}, {}, {})", high + 1, high + 1 - low)));
        }
        Ok(between(low, high).into())
    },
    "randrange" => {
        let range = super::builtins::make_range(args)?;
        drawn(&range)?.ok_or_else(|| value_error("empty range for randrange()"))
    },
    "choice" => {
        let [items] = exactly("choice", args, kw)?;
        let empty = || raise("IndexError", args!["Cannot choose from an empty sequence"]);
        drawn(items)?.ok_or_else(empty)
    },
    "choices" => {
        let [items] = exactly("choices", args, &[])?;
        let [weights, count] = bind("choices", ["weights", "k"], &[], kw)?;
        choices(&elements(items)?, weights, count.map_or(Ok(1), |count| small(&count))?)
    },
    "shuffle" => {
        let Value::List(items) = &exactly::<1>("shuffle", args, kw)?[0] else {
            return Err(type_error("object does not support item assignment".into()));
        };
        let mut items = items.borrow_mut();
        for last in (1..items.len()).rev() {
            items.swap(last, index(last + 1));
        }
        Ok(Value::None)
    },
    "sample" => {
        let [items, count] = bind("sample", ["population", "k"], args, kw)?;
        let mut items = elements(&needed("sample", "population", items)?)?;
        let count = usize::try_from(small(&needed("sample", "k", count)?)?);
        let Some(count) = count.ok().filter(|count| *count <= items.len()) else {
            return Err(value_error("Sample larger than population or is negative"));
        };
        for place in 0..count {
            let other = place + index(items.len() - place);
            items.swap(place, other);
        }
        items.truncate(count);
        Ok(list(items))
    },
    "gauss" => {
        let [mean, deviation] = exactly("gauss", args, kw)?;
        let radius = (-2.0 * (1.0 - unit()).ln()).sqrt();
        let drawn = radius * (std::f64::consts::TAU * unit()).cos();
        ops::add(mean, ops::mul(deviation, drawn)?)
    },
    "getrandbits" => {
        let count = small(&exactly::<1>("getrandbits", args, kw)?[0])?;
        let count = usize::try_from(count).map_err(|_| value_error("number of bits must be non-negative"))?;
        let data = random_bytes(count.div_ceil(8));
        let number = num_bigint::BigInt::from_bytes_le(num_bigint::Sign::Plus, &data);
        Ok(crate::value::integer(number >> (data.len() * 8 - count)))
    },
}

/// One of a sequence, of which nothing else is looked at; none if it is empty.
fn drawn(sequence: &Value) -> R<Option<Value>> {
    match crate::collections::length(sequence)? {
        0 => Ok(None),
        length => sequence.item(index(length)).map(Some),
    }
}

fn choices(items: &[Value], weights: Option<Value>, count: i64) -> R {
    if items.is_empty() {
        return Err(raise("IndexError", args!["list index out of range"]));
    }
    let weights = match weights.filter(|weights| !weights.is_none()) {
        None => vec![1.0; items.len()],
        Some(weights) => {
            let number = |weight: &Value| weight.as_number().unwrap_or(0.0);
            elements(&weights)?.iter().map(number).collect()
        }
    };
    if weights.len() != items.len() {
        return Err(value_error("The number of weights does not match the population"));
    }
    let total: f64 = weights.iter().sum();
    let draw = || {
        let mut left = unit() * total;
        let place = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0
        });
        items[place.unwrap_or(items.len() - 1)].clone()
    };
    Ok(list((0..count).map(|_| draw()).collect()))
}
