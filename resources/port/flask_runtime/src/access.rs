//! Subscripts, slices, attributes, methods and calls.

use crate::errors::{Exc, raise};
use crate::native::{Kw, no_attribute, type_error, value_error};
use crate::value::{DictKind, hashable, list, text, tuple};
use crate::{R, Value, args, collections, iteration, strings};

fn key_error(key: &Value) -> Exc {
    raise("KeyError", args![key])
}

/// An index into a sequence, counted from its end where negative.
fn place(key: &Value, length: usize, kind: &str) -> R<usize> {
    let Some(index) = key.as_int() else {
        if matches!(key, Value::Big(_)) {
            let message = "cannot fit 'int' into an index-sized integer";
            return Err(raise("IndexError", args![message]));
        }
        let name = key.type_name();
        let message = match kind {
            "string" => format!("string indices must be integers, not '{name}'"),
            _ => format!("{kind} indices must be integers or slices, not {name}"),
        };
        return Err(type_error(message));
    };
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index).ok().filter(|_| index < length).ok_or_else(|| out_of_range(kind))
}

fn out_of_range(kind: &str) -> Exc {
    if kind == "byte" {
        return raise("IndexError", args!["index out of range"]);
    }
    raise("IndexError", args![format!("{kind} index out of range")])
}

/// The places that a slice takes, in its order.
pub(crate) fn places(start: &Value, stop: &Value, step: &Value, length: usize) -> R<Vec<usize>> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let step = bound(step)?.unwrap_or(1);
    if step == 0 {
        return Err(value_error("slice step cannot be zero"));
    }
    let (low, high) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let limit = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(index) if index < 0 => (index + length).max(low),
        Some(index) => index.min(high),
    };
    let (first, last) = if step > 0 { (0, length) } else { (length - 1, -1) };
    let (mut here, stop) = (limit(bound(start)?, first), limit(bound(stop)?, last));
    let mut found = Vec::new();
    while if step > 0 { here < stop } else { here > stop } {
        found.extend(usize::try_from(here).ok());
        here = here.saturating_add(step);
    }
    Ok(found)
}

fn bound(value: &Value) -> R<Option<i64>> {
    use num_traits::Signed;
    match value {
        Value::None => Ok(None),
        Value::Big(number) => {
            Ok(Some(if number.is_negative() { i64::MIN / 2 } else { i64::MAX / 2 }))
        }
        other => {
            other.as_int().map(|n| Some(n.clamp(i64::MIN / 2, i64::MAX / 2))).ok_or_else(|| {
                let message = "slice indices must be integers or None or have an __index__ method"
                    .to_string();
                type_error(message)
            })
        }
    }
}

impl Value {
    /// `self[key]`
    pub fn item(&self, key: impl Into<Value>) -> R {
        self.item_of(&key.into())
    }

    fn item_of(&self, key: &Value) -> R {
        match self {
            Self::Dict(dict) => {
                hashable(key)?;
                if let Some(value) = dict.map.borrow().get(key) {
                    return Ok(value.clone());
                }
                missing(dict, key)
            }
            Self::List(items) => {
                let items = items.borrow();
                Ok(items[place(key, items.len(), "list")?].clone())
            }
            Self::Tuple(items) => Ok(items[place(key, items.len(), "tuple")?].clone()),
            Self::Str(whole) => strings::char_at(whole, |length| place(key, length, "string")),
            Self::Bytes(data) => {
                let at = place(key, data.len(), "byte")?;
                Ok(i64::from(data[at]).into())
            }
            Self::Native(native) => native.item(key),
            Self::Obj(obj) => {
                match obj.call_special(self, "__getitem__", std::slice::from_ref(key)) {
                    Some(outcome) => outcome,
                    None => Err(self.not_subscriptable()),
                }
            }
            Self::Type(_) | Self::Class(_) => Ok(self.clone()),
            _ => Err(self.not_subscriptable()),
        }
    }

    fn not_subscriptable(&self) -> Exc {
        type_error(format!("'{}' object is not subscriptable", self.type_name()))
    }

    /// `self[key] = value`
    pub fn set_item(&self, key: impl Into<Value>, value: impl Into<Value>) -> R<()> {
        let (key, value) = (key.into(), value.into());
        match self {
            Self::Dict(dict) => {
                hashable(&key)?;
                dict.map.borrow_mut().insert(key, value);
                Ok(())
            }
            Self::List(items) => {
                let mut items = items.borrow_mut();
                let at = place(&key, items.len(), "list").map_err(|error| assignment(&error))?;
                items[at] = value;
                Ok(())
            }
            Self::Native(native) => native.set_item(key, value),
            Self::Obj(obj) => match obj.call_special(self, "__setitem__", &[key, value]) {
                Some(outcome) => outcome.map(|_| ()),
                None => Err(self.no_item_assignment()),
            },
            _ => Err(self.no_item_assignment()),
        }
    }

    fn no_item_assignment(&self) -> Exc {
        type_error(format!("'{}' object does not support item assignment", self.type_name()))
    }

    /// `del self[key]`
    pub fn del_item(&self, key: impl Into<Value>) -> R<()> {
        let key = key.into();
        match self {
            Self::Dict(dict) => {
                hashable(&key)?;
                let removed = dict.map.borrow_mut().shift_remove(&key);
                removed.map(|_| ()).ok_or_else(|| key_error(&key))
            }
            Self::List(items) => {
                let length = items.borrow().len();
                let at = place(&key, length, "list").map_err(|error| assignment(&error))?;
                items.borrow_mut().remove(at);
                Ok(())
            }
            Self::Native(native) => native.del_item(&key),
            Self::Obj(obj) => match obj.call_special(self, "__delitem__", &[key]) {
                Some(outcome) => outcome.map(|_| ()),
                None => Err(self.no_item_deletion()),
            },
            _ => Err(self.no_item_deletion()),
        }
    }

    fn no_item_deletion(&self) -> Exc {
        type_error(format!("'{}' object doesn't support item deletion", self.type_name()))
    }

    /// `self[start:stop:step]`; `none()` for what is not given.
    pub fn slice(
        &self,
        start: impl Into<Value>,
        stop: impl Into<Value>,
        step: impl Into<Value>,
    ) -> R {
        let (start, stop, step) = (start.into(), stop.into(), step.into());
        let find = |length| places(&start, &stop, &step, length);
        match self {
            Self::List(items) => {
                let items = items.borrow();
                Ok(list(find(items.len())?.into_iter().map(|at| items[at].clone()).collect()))
            }
            Self::Tuple(items) => {
                Ok(tuple(find(items.len())?.into_iter().map(|at| items[at].clone()).collect()))
            }
            Self::Str(whole) => strings::slice(whole, find),
            Self::Bytes(data) => {
                let taken: Vec<u8> = find(data.len())?.into_iter().map(|at| data[at]).collect();
                Ok(crate::value::bytes(&taken))
            }
            Self::Native(native) if native.len().is_ok() => {
                let items = native.elements()?;
                Ok(list(find(items.len())?.into_iter().map(|at| items[at].clone()).collect()))
            }
            Self::Dict(_) => Err(type_error("unhashable type: 'slice'".into())),
            _ => Err(self.not_subscriptable()),
        }
    }

    /// `self[start:stop:step] = values`
    pub fn set_slice(
        &self,
        start: impl Into<Value>,
        stop: impl Into<Value>,
        step: impl Into<Value>,
        values: impl Into<Value>,
    ) -> R<()> {
        let Self::List(items) = self else { return Err(self.no_item_assignment()) };
        let values = iteration::elements(&values.into())
            .map_err(|_| type_error("can only assign an iterable".into()))?;
        let step = step.into();
        let (start, stop) = (start.into(), stop.into());
        let length = items.borrow().len();
        let found = places(&start, &stop, &step, length)?;
        if step.is_none() || step == 1 {
            let first = match found.first() {
                Some(first) => *first,
                None => places(&start, &Value::None, &Value::None, length)?
                    .first()
                    .copied()
                    .unwrap_or(length),
            };
            items.borrow_mut().splice(first..first + found.len(), values);
            return Ok(());
        }
        if found.len() != values.len() {
            return Err(value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                values.len(),
                found.len()
            )));
        }
        let mut items = items.borrow_mut();
        for (at, value) in found.into_iter().zip(values) {
            items[at] = value;
        }
        Ok(())
    }

    /// `del self[start:stop:step]`
    pub fn del_slice(
        &self,
        start: impl Into<Value>,
        stop: impl Into<Value>,
        step: impl Into<Value>,
    ) -> R<()> {
        let Self::List(items) = self else { return Err(self.no_item_deletion()) };
        let length = items.borrow().len();
        let mut found = places(&start.into(), &stop.into(), &step.into(), length)?;
        found.sort_unstable();
        let mut items = items.borrow_mut();
        for at in found.into_iter().rev() {
            items.remove(at);
        }
        Ok(())
    }

    /// `self.name`
    pub fn attr(&self, name: &str) -> R {
        match self {
            Self::Obj(obj) if name == "__class__" => Ok(Self::Class(obj.class.clone())),
            Self::Obj(obj) => obj.attr(name),
            Self::Class(class) => class.attr(name),
            Self::Native(native) => match native.attr(name) {
                Some(found) => found,
                None => self.other_attr(name),
            },
            _ => self.other_attr(name),
        }
    }

    /// What values of built-in types have: few attributes, and methods as values.
    fn other_attr(&self, name: &str) -> R {
        match (self, name) {
            (_, "__class__") => Ok(self.type_of().map_or(Self::None, Self::Type)),
            (Self::Type(kind), "__name__" | "__qualname__") => Ok(text(kind.name())),
            (Self::Type(kind), "__module__") => Ok(text(kind.module())),
            (Self::Type(kind), _) => crate::library::member_of(*kind, name),
            (Self::Func(function), "__name__" | "__qualname__") => Ok(text(function.name())),
            (_, "__doc__") => Ok(Self::None),
            (_, "real") if self.as_number().is_some() => Ok(self.clone()),
            (_, "imag") if self.as_number().is_some() => Ok(Self::Int(0)),
            (_, "numerator") if self.as_int().is_some() => Ok(self.clone()),
            (_, "denominator") if self.as_int().is_some() => Ok(Self::Int(1)),
            _ if crate::supported::has_method(self, name) => {
                let (this, method) = (self.clone(), name.to_string());
                Ok(crate::functions::library(name, move |args, kw| {
                    this.method_kw(&method, args, kw)
                }))
            }
            _ => Err(no_attribute(&self.type_name(), name)),
        }
    }

    /// `self.name = value`
    pub fn set_attr(&self, name: &str, value: impl Into<Value>) -> R<()> {
        match self {
            Self::Obj(obj) => obj.set_attr(name, value.into()),
            Self::Native(native) => native.set_attr(name, value.into()),
            Self::Class(class) => {
                class.set_attr(name, value.into());
                Ok(())
            }
            _ => Err(no_attribute(&self.type_name(), name)),
        }
    }

    /// `del self.name`
    pub fn del_attr(&self, name: &str) -> R<()> {
        match self {
            Self::Obj(obj) => obj.del_attr(name),
            _ => Err(no_attribute(&self.type_name(), name)),
        }
    }

    /// `self.name(*args)`
    pub fn method(&self, name: &str, args: impl AsRef<[Value]>) -> R {
        self.dispatch(name, args.as_ref(), &[])
    }

    /// `self.name(*args, **kw)`
    pub fn method_kw<'a>(
        &self,
        name: &str,
        args: impl AsRef<[Value]>,
        kw: impl AsRef<[(&'a str, Value)]>,
    ) -> R {
        self.dispatch(name, args.as_ref(), kw.as_ref())
    }

    fn dispatch(&self, name: &str, args: &[Value], kw: Kw) -> R {
        match self {
            Self::Str(whole) => strings::method(whole, name, args, kw),
            Self::List(items) => collections::list_method(items, name, args, kw),
            Self::Dict(dict) => collections::dict_method(dict, name, args, kw),
            Self::Set(set) => collections::set_method(set, name, args, kw),
            Self::Tuple(items) => collections::tuple_method(items, name, args, kw),
            Self::Bytes(data) => crate::binary::method(data, name, args, kw),
            Self::Obj(obj) => obj.method(name, args, kw),
            Self::Class(class) => class.attr(name)?.call_kw(args, kw),
            Self::Native(native) => match native.attr(name) {
                Some(found) => found?.call_kw(args, kw),
                None => native.method(self, name, args, kw),
            },
            Self::Type(kind) => crate::library::type_method(*kind, name, args, kw),
            Self::Int(_) | Self::Big(_) | Self::Bool(_) | Self::Float(_) => {
                crate::numbers::method(self, name, args, kw)
            }
            _ => self.attr(name)?.call_kw(args, kw),
        }
    }

    /// `self(*args)`
    pub fn call(&self, args: impl AsRef<[Value]>) -> R {
        self.call_kw(args, [])
    }

    /// `self(*args, **kw)`
    pub fn call_kw<'a>(&self, args: impl AsRef<[Value]>, kw: impl AsRef<[(&'a str, Value)]>) -> R {
        let (args, kw) = (args.as_ref(), kw.as_ref());
        match self {
            Self::Func(function) => function.call(args, kw),
            Self::Class(class) => class.create(args, kw),
            Self::Type(kind) => crate::library::create(*kind, args, kw),
            Self::Native(native) => native.call(args, kw),
            Self::Obj(obj) => match obj.class.find("__call__") {
                Some(_) => obj.method("__call__", args, kw),
                None => Err(self.not_callable()),
            },
            _ => Err(self.not_callable()),
        }
    }

    fn not_callable(&self) -> Exc {
        type_error(format!("'{}' object is not callable", self.type_name()))
    }

    /// `self(*args, **kw)` with an iterable and a mapping.
    pub fn call_spread(&self, args: &Value, kw: &Value) -> R {
        let args = iteration::elements(args)?;
        let named = named(kw)?;
        let kw: Vec<(&str, Value)> = named.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        self.call_kw(args, kw)
    }

    /// `self.name(*args, **kw)` with an iterable and a mapping.
    pub fn method_spread(&self, name: &str, args: &Value, kw: &Value) -> R {
        let args = iteration::elements(args)?;
        let named = named(kw)?;
        let kw: Vec<(&str, Value)> = named.iter().map(|(k, v)| (k.as_str(), v.clone())).collect();
        self.dispatch(name, &args, &kw)
    }
}

/// Positional arguments of a call: one, or all of an iterable (`*values`).
pub enum Spread {
    One(Value),
    Many(Value),
}

/// The positional arguments of a call with `*values` in it. Raises TypeError.
pub fn args_of(parts: &[Spread]) -> R<Vec<Value>> {
    let mut all = Vec::new();
    for part in parts {
        match part {
            Spread::One(value) => all.push(value.clone()),
            Spread::Many(values) => all.extend(iteration::elements(values)?),
        }
    }
    Ok(all)
}

/// Keyword arguments out of a mapping. Raises TypeError for names that are no text.
pub(crate) fn named(mapping: &Value) -> R<Vec<(String, Value)>> {
    if mapping.is_none() {
        return Ok(Vec::new());
    }
    let pairs = collections::pairs(mapping)?;
    pairs
        .into_iter()
        .map(|(key, value)| match key {
            Value::Str(name) => Ok((name.to_string(), value)),
            _ => Err(type_error("keywords must be strings".into())),
        })
        .collect()
}

fn assignment(error: &Exc) -> Exc {
    if error.is("IndexError") {
        return raise("IndexError", args!["list assignment index out of range"]);
    }
    error.clone()
}

fn missing(dict: &crate::value::Dict, key: &Value) -> R {
    match &dict.kind {
        DictKind::Default(make) if !make.is_none() => {
            let value = make.call(args![])?;
            dict.map.borrow_mut().insert(key.clone(), value.clone());
            Ok(value)
        }
        DictKind::Counter => Ok(Value::Int(0)),
        _ => Err(key_error(key)),
    }
}
