//! Iteration: `for`, unpacking, comprehensions.

use std::cell::RefCell;
use std::rc::Rc;

use crate::errors::{Exc, raise};
use crate::native::{Kw, Native, native, type_error, value_error};
use crate::types::Type;
use crate::value::{Dict, Set, Str, hashable, list, text, tuple};
use crate::{R, Value, args};

/// What a `for` goes through: a list may grow meanwhile, a dictionary may not.
pub struct Iter {
    source: Source,
    place: usize,
}

enum Source {
    List(Rc<RefCell<Vec<Value>>>),
    Tuple(Rc<[Value]>),
    Text(Str),
    Keys(Rc<Dict>, usize),
    Set(Rc<Set>, usize),
    Range(i64, i64, i64),
    Ready(std::vec::IntoIter<Value>),
    Shared(Rc<RefCell<Iter>>),
}

/// Goes through a value. Raises TypeError for what cannot be gone through.
pub fn iter(value: impl Into<Value>) -> R<Iter> {
    let value = value.into();
    let source = match &value {
        Value::List(items) => Source::List(items.clone()),
        Value::Tuple(items) => Source::Tuple(items.clone()),
        Value::Str(text) => Source::Text(text.clone()),
        Value::Dict(dict) => Source::Keys(dict.clone(), dict.map.borrow().len()),
        Value::Set(set) => Source::Set(set.clone(), set.items.borrow().len()),
        Value::Bytes(data) => Source::Ready(ready(data.iter().map(|b| i64::from(*b).into()))),
        Value::Obj(obj) => match obj.call_special(&value, "__iter__", &[]) {
            Some(found) => return iter(found?),
            None => return Err(not_iterable(&value)),
        },
        Value::Native(native) => {
            if let Some(range) = value.native::<Range>() {
                Source::Range(range.start, range.stop, range.step)
            } else if let Some(iterator) = value.native::<Iterator_>() {
                Source::Shared(iterator.rest.clone())
            } else {
                Source::Ready(native.elements()?.into_iter())
            }
        }
        _ => return Err(not_iterable(&value)),
    };
    Ok(Iter { source, place: 0 })
}

fn ready(values: impl Iterator<Item = Value>) -> std::vec::IntoIter<Value> {
    values.collect::<Vec<_>>().into_iter()
}

fn not_iterable(value: &Value) -> Exc {
    type_error(format!("'{}' object is not iterable", value.type_name()))
}

impl Iterator for Iter {
    type Item = R<Value>;

    fn next(&mut self) -> Option<R<Value>> {
        let place = self.place;
        let found = match &mut self.source {
            Source::List(items) => items.borrow().get(place).cloned(),
            Source::Tuple(items) => items.get(place).cloned(),
            Source::Text(whole) => {
                let next = whole[place..].chars().next()?;
                self.place += next.len_utf8();
                return Some(Ok(Value::from(next.to_string())));
            }
            Source::Keys(dict, length) => {
                let map = dict.map.borrow();
                if map.len() != *length {
                    return Some(Err(changed("dictionary")));
                }
                map.get_index(place).map(|(key, _)| key.clone())
            }
            Source::Set(set, length) => {
                let items = set.items.borrow();
                if items.len() != *length {
                    return Some(Err(changed("Set")));
                }
                items.get_index(place).cloned()
            }
            Source::Range(start, stop, step) => {
                let inside = if *step > 0 { *start < *stop } else { *start > *stop };
                let here = *start;
                *start = start.saturating_add(*step);
                inside.then_some(Value::Int(here))
            }
            Source::Ready(values) => values.next(),
            Source::Shared(rest) => return rest.borrow_mut().next(),
        };
        self.place += 1;
        found.map(Ok)
    }
}

fn changed(what: &str) -> Exc {
    raise("RuntimeError", args![format!("{what} changed size during iteration")])
}

/// Everything a value yields.
pub(crate) fn elements(value: &Value) -> R<Vec<Value>> {
    match value {
        Value::List(items) => Ok(items.borrow().clone()),
        Value::Tuple(items) => Ok(items.to_vec()),
        Value::Dict(dict) => Ok(dict.map.borrow().keys().cloned().collect()),
        _ => iter(value)?.collect(),
    }
}

/// `range(…)`
pub struct Range {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

impl Range {
    fn count(&self) -> usize {
        let (start, stop, step) =
            (i128::from(self.start), i128::from(self.stop), i128::from(self.step));
        let steps = if step > 0 {
            (stop - start + step - 1) / step
        } else {
            (stop - start + step + 1) / step
        };
        usize::try_from(steps).unwrap_or(0)
    }
}

impl Native for Range {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "range"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Range)
    }

    fn repr(&self) -> String {
        match self.step {
            1 => format!("range({}, {})", self.start, self.stop),
            step => format!("range({}, {}, {step})", self.start, self.stop),
        }
    }

    fn truth(&self) -> bool {
        self.count() > 0
    }

    fn len(&self) -> R<usize> {
        Ok(self.count())
    }

    fn elements(&self) -> R<Vec<Value>> {
        Iter { source: Source::Range(self.start, self.stop, self.step), place: 0 }.collect()
    }

    fn contains(&self, item: &Value) -> R<bool> {
        let Some(number) = item.as_int() else { return Ok(false) };
        let inside = if self.step > 0 {
            (self.start..self.stop).contains(&number)
        } else {
            number <= self.start && number > self.stop
        };
        Ok(inside && (number - self.start) % self.step == 0)
    }

    fn item(&self, key: &Value) -> R {
        list(self.elements()?).item(key)
    }
}

/// An iterator as a value: what `iter()`, `map()`, `zip()`, `enumerate()` give.
struct Iterator_ {
    rest: Rc<RefCell<Iter>>,
}

impl Native for Iterator_ {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "iterator"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Iterator)
    }

    fn elements(&self) -> R<Vec<Value>> {
        self.rest.borrow_mut().by_ref().collect()
    }

    fn contains(&self, item: &Value) -> R<bool> {
        Ok(self.elements()?.contains(item))
    }

    fn method(&self, this: &Value, name: &str, _args: &[Value], _kw: Kw) -> R {
        match name {
            "__next__" => next(this, None),
            _ => Err(crate::native::no_attribute("iterator", name)),
        }
    }
}

/// An iterator over what is already there.
pub(crate) fn iterator(values: Vec<Value>) -> Value {
    let rest = Iter { source: Source::Ready(values.into_iter()), place: 0 };
    native(Iterator_ { rest: Rc::new(RefCell::new(rest)) })
}

/// `iter(value)`
pub(crate) fn iterator_over(value: &Value) -> R {
    if value.native::<Iterator_>().is_some() {
        return Ok(value.clone());
    }
    Ok(native(Iterator_ { rest: Rc::new(RefCell::new(iter(value)?)) }))
}

/// `next(iterator, default)`
pub(crate) fn next(value: &Value, default: Option<Value>) -> R {
    let Some(iterator) = value.native::<Iterator_>() else {
        return Err(type_error(format!("'{}' object is not an iterator", value.type_name())));
    };
    let found = iterator.rest.borrow_mut().next();
    found.unwrap_or_else(|| default.ok_or_else(|| raise("StopIteration", args![])))
}

/// `a, b = value`. Raises ValueError for another number of values.
pub fn unpack<const N: usize>(value: impl Into<Value>) -> R<[Value; N]> {
    let value = value.into();
    if !matches!(value, Value::Obj(_)) && iter(&value).is_err() {
        let name = value.type_name();
        return Err(type_error(format!("cannot unpack non-iterable {name} object")));
    }
    let items = elements(&value)?;
    let count = items.len();
    items.try_into().map_err(|_| {
        value_error(if count < N {
            format!("not enough values to unpack (expected {N}, got {count})")
        } else {
            format!("too many values to unpack (expected {N})")
        })
    })
}

/// `a, *b, c = value`: the values, with one list for the starred name between those before and after.
pub fn unpack_star(value: impl Into<Value>, before: usize, after: usize) -> R<Vec<Value>> {
    let mut items = elements(&value.into())?;
    if items.len() < before + after {
        let (expected, count) = (before + after, items.len());
        let message =
            format!("not enough values to unpack (expected at least {expected}, got {count})");
        return Err(value_error(message));
    }
    let last = items.split_off(items.len() - after);
    let middle = items.split_off(before);
    items.push(list(middle));
    items.extend(last);
    Ok(items)
}

/// The values a comprehension makes: `body` gives none for what its `if` leaves out.
pub fn collect(
    value: impl Into<Value>,
    mut body: impl FnMut(Value) -> R<Option<Value>>,
) -> R<Vec<Value>> {
    let mut made = Vec::new();
    for item in iter(value)? {
        made.extend(body(item?)?);
    }
    Ok(made)
}

/// `[… for item in value]`
pub fn list_of(value: impl Into<Value>, body: impl FnMut(Value) -> R<Option<Value>>) -> R {
    collect(value, body).map(list)
}

/// `tuple(… for item in value)`
pub fn tuple_of(value: impl Into<Value>, body: impl FnMut(Value) -> R<Option<Value>>) -> R {
    collect(value, body).map(tuple)
}

/// `{… for item in value}`
pub fn set_of(value: impl Into<Value>, body: impl FnMut(Value) -> R<Option<Value>>) -> R {
    crate::set(collect(value, body)?)
}

/// `{key: value for item in value}`
pub fn dict_of(
    value: impl Into<Value>,
    mut body: impl FnMut(Value) -> R<Option<(Value, Value)>>,
) -> R {
    let mut made = Vec::new();
    for item in iter(value)? {
        if let Some((key, value)) = body(item?)? {
            hashable(&key)?;
            made.push((key, value));
        }
    }
    Ok(crate::dict(made))
}

/// All that is in what `body` makes of each: for two `for` in one comprehension.
pub fn flat(value: impl Into<Value>, mut body: impl FnMut(Value) -> R) -> R {
    let mut made = Vec::new();
    for item in iter(value)? {
        made.extend(elements(&body(item?)?)?);
    }
    Ok(list(made))
}

/// `any(… for item in value)`
pub fn any_of(value: impl Into<Value>, mut body: impl FnMut(Value) -> R<bool>) -> R<bool> {
    for item in iter(value)? {
        if body(item?)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `all(… for item in value)`
pub fn all_of(value: impl Into<Value>, mut body: impl FnMut(Value) -> R<bool>) -> R<bool> {
    Ok(!any_of(value, |item| Ok(!body(item)?))?)
}

/// `next(… for item in value if …)`; none if nothing passes.
pub fn first_of(
    value: impl Into<Value>,
    mut body: impl FnMut(Value) -> R<Option<Value>>,
) -> R<Option<Value>> {
    for item in iter(value)? {
        if let Some(found) = body(item?)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// A value where a condition holds: what the body of a comprehension gives.
pub fn keep(condition: bool, value: impl Into<Value>) -> Option<Value> {
    condition.then(|| value.into())
}

/// The text of an iterable of texts, joined. Raises TypeError for others.
pub(crate) fn join(separator: &str, value: &Value) -> R {
    let items = elements(value).map_err(|_| type_error("can only join an iterable".into()))?;
    let mut joined = String::new();
    for (place, item) in items.iter().enumerate() {
        let Value::Str(part) = item else {
            let name = item.type_name();
            let message = format!("sequence item {place}: expected str instance, {name} found");
            return Err(type_error(message));
        };
        if place > 0 {
            joined.push_str(separator);
        }
        joined.push_str(part);
    }
    Ok(text(joined))
}
