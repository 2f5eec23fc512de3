//! `builtins`

use super::functions;
use crate::iteration::{self, elements, iterator};
use crate::native::{Kw, bind, exactly, needed, type_error, value_error};
use crate::types::Type;
use crate::value::{list, tuple};
use crate::{R, Value, args, collections, numbers, ops, order};

functions! { "builtins" (args, kw)
    "abs" => numbers::absolute(&exactly::<1>("abs", args, kw)?[0]),
    "all" => Ok(iteration::all_of(&exactly::<1>("all", args, kw)?[0], |v| Ok(v.truth()))?.into()),
    "any" => Ok(iteration::any_of(&exactly::<1>("any", args, kw)?[0], |v| Ok(v.truth()))?.into()),
    "bin" => numbers::in_base(&exactly::<1>("bin", args, kw)?[0], 'b'),
    "oct" => numbers::in_base(&exactly::<1>("oct", args, kw)?[0], 'o'),
    "hex" => numbers::in_base(&exactly::<1>("hex", args, kw)?[0], 'x'),
    "callable" => Ok(callable(&exactly::<1>("callable", args, kw)?[0]).into()),
    "chr" => character(&exactly::<1>("chr", args, kw)?[0]),
    "ord" => code_point(&exactly::<1>("ord", args, kw)?[0]),
    "divmod" => numbers::divmod(args, kw),
    "enumerate" => {
        let [items, start] = bind("enumerate", ["iterable", "start"], args, kw)?;
        let start = start.unwrap_or(Value::Int(0));
        enumerate(needed("enumerate", "iterable", items)?, start)
    },
    "filter" => {
        let [function, items] = exactly("filter", args, kw)?;
        let kept = iteration::collect(items, |item| {
            let test = if function.is_none() { item.clone() } else { function.call(args![&item])? };
            Ok(test.truth().then_some(item))
        })?;
        Ok(iterator(kept))
    },
    "format" => {
        let spec = args.get(1).map(ToString::to_string).unwrap_or_default();
        Ok(crate::format_spec(args.first().unwrap_or(&Value::None), &spec)?.into())
    },
    "getattr" => get_attribute(args),
    "hasattr" => {
        let [value, name] = exactly("hasattr", args, kw)?;
        match value.attr(&name.to_string()) {
            Err(error) if error.is("AttributeError") => Ok(false.into()),
            outcome => outcome.map(|_| true.into()),
        }
    },
    "setattr" => {
        let [value, name, new] = exactly("setattr", args, kw)?;
        value.set_attr(&name.to_string(), new).map(Value::from)
    },
    "delattr" => {
        let [value, name] = exactly("delattr", args, kw)?;
        value.del_attr(&name.to_string()).map(Value::from)
    },
    "isinstance" => {
        let [value, kind] = exactly("isinstance", args, kw)?;
        isinstance(value, kind).map(Value::from)
    },
    "issubclass" => {
        let [class, parent] = exactly("issubclass", args, kw)?;
        is_subclass(class, parent).map(Value::from)
    },
    "iter" => iteration::iterator_over(&exactly::<1>("iter", args, kw)?[0]),
    "len" => len(&exactly::<1>("len", args, kw)?[0]).map(Value::from),
    "map" => map(args),
    "max" => extreme("max", args, kw),
    "min" => extreme("min", args, kw),
    "next" => iteration::next(args.first().unwrap_or(&Value::None), args.get(1).cloned()),
    "pow" => power(args, kw),
    "print" => print(args, kw),
    "repr" => Ok(crate::repr(&exactly::<1>("repr", args, kw)?[0]).into()),
    "reversed" => {
        let mut items = elements(&exactly::<1>("reversed", args, kw)?[0])?;
        items.reverse();
        Ok(iterator(items))
    },
    "round" => {
        let [number, digits] = bind("round", ["number", "ndigits"], args, kw)?;
        numbers::round(&needed("round", "number", number)?, &digits.unwrap_or_default())
    },
    "sorted" => {
        let [items] = exactly("sorted", args, &[])?;
        let [key, reverse] = bind("sorted", ["key", "reverse"], &[], kw)?;
        sorted(items, key.unwrap_or_default(), reverse.is_some_and(|value| value.truth()))
    },
    "sum" => {
        let [items, start] = bind("sum", ["iterable", "start"], args, kw)?;
        sum(&needed("sum", "iterable", items)?, start.unwrap_or(Value::Int(0)))
    },
    "vars" => exactly::<1>("vars", args, kw)?[0].attr("__dict__"),
    "zip" => zip(args),
    "id" => Ok(Value::Int(identity(&exactly::<1>("id", args, kw)?[0]))),
    "hash" => hash(&exactly::<1>("hash", args, kw)?[0]),
}

/// `len(value)`
pub fn len(value: impl Into<Value>) -> R<i64> {
    let length = collections::length(&value.into())?;
    Ok(i64::try_from(length).unwrap_or(i64::MAX))
}

/// `str(value)`
pub fn str(value: impl Into<Value>) -> Value {
    match value.into() {
        value @ Value::Str(_) => value,
        value => value.to_string().into(),
    }
}

fn callable(value: &Value) -> bool {
    match value {
        Value::Func(_) | Value::Class(_) | Value::Type(_) => true,
        Value::Obj(obj) => obj.class.find("__call__").is_some(),
        _ => false,
    }
}

fn character(value: &Value) -> R {
    let code = value.as_big().ok_or_else(|| {
        let name = value.type_name();
        type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })?;
    let found = num_traits::ToPrimitive::to_u32(&code).and_then(char::from_u32);
    let found = found.ok_or_else(|| value_error("chr() arg not in range(0x110000)"))?;
    Ok(found.to_string().into())
}

fn code_point(value: &Value) -> R {
    let wrong = |what: String| type_error(format!("ord() expected {what}"));
    let Value::Str(whole) = value else {
        return Err(wrong(format!("string of length 1, but {} found", value.type_name())));
    };
    let mut chars = whole.chars();
    match (chars.next(), chars.next()) {
        (Some(one), None) => Ok(i64::from(u32::from(one)).into()),
        _ => {
            let length = crate::strings::length(whole);
            Err(wrong(format!("a character, but string of length {length} found")))
        }
    }
}

/// `enumerate(items, start)`
pub fn enumerate(items: impl Into<Value>, start: impl Into<Value>) -> R {
    let mut number = start.into();
    let mut pairs = Vec::new();
    for item in iteration::iter(items)? {
        let next = ops::add(&number, 1)?;
        pairs.push(tuple(vec![std::mem::replace(&mut number, next), item?]));
    }
    Ok(iterator(pairs))
}

fn get_attribute(args: &[Value]) -> R {
    let (Some(value), Some(name)) = (args.first(), args.get(1)) else {
        return Err(type_error("getattr expected at least 2 arguments".into()));
    };
    match (value.attr(&name.to_string()), args.get(2)) {
        (Err(error), Some(default)) if error.is("AttributeError") => Ok(default.clone()),
        (outcome, _) => outcome,
    }
}

/// `isinstance(value, kind)`: a type, a class or a tuple of them. Raises TypeError for others.
pub fn isinstance(value: impl Into<Value>, kind: impl Into<Value>) -> R<bool> {
    let (value, kind) = (value.into(), kind.into());
    match &kind {
        Value::Type(kind) => Ok(match value.type_of() {
            Some(found) => found.is_a(*kind),
            None => *kind == Type::Object,
        }),
        Value::Class(class) => {
            Ok(matches!(&value, Value::Obj(obj) if obj.class.is_subclass(class)))
        }
        Value::Tuple(kinds) => {
            for kind in kinds.iter() {
                if isinstance(&value, kind)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Value::None => isinstance(&value, Type::NoneType),
        _ => Err(type_error(
            "isinstance() arg 2 must be a type, a tuple of types, or a union".into(),
        )),
    }
}

fn is_subclass(class: &Value, parent: &Value) -> R<bool> {
    match (class, parent) {
        (_, Value::Tuple(parents)) => {
            for parent in parents.iter() {
                if is_subclass(class, parent)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::Class(class), Value::Class(parent)) => Ok(class.is_subclass(parent)),
        (Value::Type(kind), Value::Type(parent)) => Ok(kind.is_a(*parent)),
        (Value::Class(_), Value::Type(parent)) => Ok(*parent == Type::Object),
        (Value::Type(_), Value::Class(_)) => Ok(false),
        _ => Err(type_error("issubclass() arg 1 must be a class".into())),
    }
}

fn map(args: &[Value]) -> R {
    let [function, first, more @ ..] = args else {
        return Err(type_error("map() must have at least two arguments.".into()));
    };
    if more.is_empty() {
        let made = iteration::collect(first, |item| function.call(args![item]).map(Some))?;
        return Ok(iterator(made));
    }
    let rows = elements(&zip(&args[1..])?)?;
    let made = rows.iter().map(|row| function.call(elements(row)?)).collect::<R<Vec<_>>>()?;
    Ok(iterator(made))
}

/// `zip(*values)`
pub fn zip(values: impl AsRef<[Value]>) -> R {
    let columns = values.as_ref().iter().map(elements).collect::<R<Vec<_>>>()?;
    let length = columns.iter().map(Vec::len).min().unwrap_or(0);
    let row = |at: usize| tuple(columns.iter().map(|column| column[at].clone()).collect());
    Ok(iterator((0..length).map(row).collect()))
}

fn extreme(name: &str, args: &[Value], kw: Kw) -> R {
    let [key, default] = bind(name, ["key", "default"], &[], kw)?;
    let items = match args {
        [] => return Err(type_error(format!("{name} expected at least 1 argument, got 0"))),
        [one] => elements(one)?,
        several => several.to_vec(),
    };
    let key = key.unwrap_or_default();
    let measure =
        |item: &Value| if key.is_none() { Ok(item.clone()) } else { key.call(args![item]) };
    let mut best: Option<(Value, Value)> = None;
    for item in items {
        let measured = measure(&item)?;
        let better = match &best {
            None => true,
            Some((_, than)) if name == "max" => order::gt(&measured, than)?,
            Some((_, than)) => order::lt(&measured, than)?,
        };
        if better {
            best = Some((item, measured));
        }
    }
    let found = best.map(|(item, _)| item).or(default);
    // 3.11's words; older and newer interpreters word it otherwise.
    found.ok_or_else(|| value_error(format!("{name}() arg is an empty sequence")))
}

fn power(args: &[Value], kw: Kw) -> R {
    let [base, exponent, modulus] = bind("pow", ["base", "exp", "mod"], args, kw)?;
    let (base, exponent) = (needed("pow", "base", base)?, needed("pow", "exp", exponent)?);
    let Some(modulus) = modulus.filter(|modulus| !modulus.is_none()) else {
        return ops::pow(base, exponent);
    };
    match (base.as_big(), exponent.as_big(), modulus.as_big()) {
        (Some(_), Some(_), Some(zero)) if zero == 0.into() => {
            Err(value_error("pow() 3rd argument cannot be 0"))
        }
        (Some(base), Some(exponent), Some(modulus)) if exponent >= 0.into() => {
            Ok(crate::value::integer(base.modpow(&exponent, &modulus)))
        }
        _ => Err(type_error("unsupported operand type(s) for ** or pow()".into())),
    }
}

fn print(args: &[Value], kw: Kw) -> R {
    use std::io::Write as _;
    let option = |name: &str, default: &str| {
        let found = kw.iter().find(|(known, _)| *known == name);
        found.filter(|(_, value)| !value.is_none()).map_or(default.into(), |(_, v)| v.to_string())
    };
    let words: Vec<String> = args.iter().map(ToString::to_string).collect();
    let written = words.join(&option("sep", " ")) + &option("end", "\n");
    // A closed standard output is no reason to fail a request.
    let _ = std::io::stdout().write_all(written.as_bytes());
    Ok(Value::None)
}

/// `sorted(items, key=key, reverse=reverse)`
pub fn sorted(items: impl Into<Value>, key: impl Into<Value>, reverse: bool) -> R {
    collections::sort(elements(&items.into())?, &key.into(), reverse).map(list)
}

fn sum(items: &Value, start: Value) -> R {
    if matches!(start, Value::Str(_)) {
        return Err(type_error("sum() can't sum strings [use ''.join(seq) instead]".into()));
    }
    let mut total = start;
    for item in iteration::iter(items)? {
        total = ops::add(total, item?)?;
    }
    Ok(total)
}

/// `range(start, stop, step)`; with one bound, `range(0, stop, 1)`.
pub fn range(start: impl Into<Value>, stop: impl Into<Value>, step: impl Into<Value>) -> R {
    make_range(&[start.into(), stop.into(), step.into()])
}

pub(crate) fn make_range(args: &[Value]) -> R {
    let bound = |value: &Value| {
        value.as_int().ok_or_else(|| {
            let name = value.type_name();
            type_error(format!("'{name}' object cannot be interpreted as an integer"))
        })
    };
    let (start, stop, step) = match args {
        [stop] => (0, bound(stop)?, 1),
        [start, stop] => (bound(start)?, bound(stop)?, 1),
        [start, stop, step] => (bound(start)?, bound(stop)?, bound(step)?),
        _ => return Err(type_error("range expected 1 to 3 arguments".into())),
    };
    if step == 0 {
        return Err(value_error("range() arg 3 must not be zero"));
    }
    Ok(crate::native::native(iteration::Range { start, stop, step }))
}

fn identity(value: &Value) -> i64 {
    use std::rc::Rc;
    let address = match value {
        Value::List(items) => Rc::as_ptr(items).cast::<u8>() as usize,
        Value::Dict(dict) => Rc::as_ptr(dict).cast::<u8>() as usize,
        Value::Obj(obj) => Rc::as_ptr(obj).cast::<u8>() as usize,
        other => std::ptr::from_ref(other).cast::<u8>() as usize,
    };
    i64::try_from(address).unwrap_or(0)
}

fn hash(value: &Value) -> R {
    use std::hash::{DefaultHasher, Hash, Hasher};
    crate::value::hashable(value)?;
    if let (Value::Int(_) | Value::Bool(_), Some(number)) = (value, value.as_int()) {
        return Ok(number.into());
    }
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    Ok(Value::Int((hasher.finish() >> 2) as i64))
}
