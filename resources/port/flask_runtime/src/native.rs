//! Values that the runtime itself defines: dates, UUIDs, requests, answers …

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;

use crate::errors::{Exc, raise};
use crate::types::Type;
use crate::{R, Value, args};

/// Keyword arguments of a call.
pub type Kw<'a> = &'a [(&'a str, Value)];

/// What a value of the runtime's own can do. Whatever it does not say raises as Python does.
pub trait Native: Any {
    fn as_any(&self) -> &dyn Any;

    fn type_name(&self) -> &'static str;

    fn python_type(&self) -> Option<Type> {
        None
    }

    fn repr(&self) -> String {
        format!("<{}>", self.type_name())
    }

    fn text(&self) -> String {
        self.repr()
    }

    fn truth(&self) -> bool {
        true
    }

    fn equals(&self, _other: &Value) -> bool {
        false
    }

    fn hash_value(&self) -> u64 {
        0
    }

    fn compare(&self, _other: &Value) -> Option<Ordering> {
        None
    }

    /// An attribute; none if there is no such one.
    fn attr(&self, _name: &str) -> Option<R> {
        None
    }

    fn set_attr(&self, name: &str, _value: Value) -> R<()> {
        Err(no_attribute(self.type_name(), name))
    }

    fn method(&self, _this: &Value, name: &str, _args: &[Value], _kw: Kw) -> R {
        Err(no_attribute(self.type_name(), name))
    }

    fn call(&self, _args: &[Value], _kw: Kw) -> R {
        Err(type_error(format!("'{}' object is not callable", self.type_name())))
    }

    fn item(&self, _key: &Value) -> R {
        Err(type_error(format!("'{}' object is not subscriptable", self.type_name())))
    }

    fn set_item(&self, _key: Value, _value: Value) -> R<()> {
        let name = self.type_name();
        Err(type_error(format!("'{name}' object does not support item assignment")))
    }

    fn del_item(&self, _key: &Value) -> R<()> {
        let name = self.type_name();
        Err(type_error(format!("'{name}' object doesn't support item deletion")))
    }

    fn contains(&self, _item: &Value) -> R<bool> {
        let name = self.type_name();
        Err(type_error(format!("argument of type '{name}' is not iterable")))
    }

    fn len(&self) -> R<usize> {
        Err(type_error(format!("object of type '{}' has no len()", self.type_name())))
    }

    /// Everything it yields.
    fn elements(&self) -> R<Vec<Value>> {
        Err(type_error(format!("'{}' object is not iterable", self.type_name())))
    }

    /// `self <operator> other`, or the other way round; none if it cannot.
    fn arithmetic(&self, _operator: &str, _other: &Value, _reversed: bool) -> Option<R> {
        None
    }

    /// What `json.dumps` writes in its place; none if it cannot.
    fn for_json(&self) -> Option<Value> {
        None
    }

    fn format(&self, spec: &str) -> R<String> {
        if spec.is_empty() {
            return Ok(self.text());
        }
        let name = self.type_name();
        Err(type_error(format!("unsupported format string passed to {name}.__format__")))
    }
}

pub(crate) fn native(value: impl Native) -> Value {
    Value::Native(Rc::new(value))
}

pub(crate) fn no_attribute(type_name: &str, name: &str) -> Exc {
    raise("AttributeError", args![format!("'{type_name}' object has no attribute '{name}'")])
}

pub(crate) fn type_error(message: String) -> Exc {
    raise("TypeError", args![message])
}

pub(crate) fn value_error(message: impl Into<String>) -> Exc {
    raise("ValueError", args![message.into()])
}

/// Arguments put to names: `bind("get", &["key", "default"], args, kw)`; none where absent.
/// Raises TypeError for too many, twice given or unknown ones.
pub(crate) fn bind<const N: usize>(
    function: &str,
    names: [&str; N],
    args: &[Value],
    kw: Kw,
) -> R<[Option<Value>; N]> {
    if args.len() > N {
        return Err(type_error(format!(
            "{function}() takes at most {N} arguments ({} given)",
            args.len()
        )));
    }
    let mut bound = [const { None }; N];
    for (place, value) in bound.iter_mut().zip(args) {
        *place = Some(value.clone());
    }
    for (name, value) in kw {
        let Some(place) = names.iter().position(|known| known == name) else {
            return Err(type_error(format!(
                "{function}() got an unexpected keyword argument '{name}'"
            )));
        };
        if bound[place].is_some() {
            return Err(type_error(format!(
                "{function}() got multiple values for argument '{name}'"
            )));
        }
        bound[place] = Some(value.clone());
    }
    Ok(bound)
}

/// An argument that must be there.
pub(crate) fn needed(function: &str, name: &str, value: Option<Value>) -> R {
    value.ok_or_else(|| {
        type_error(format!("{function}() missing 1 required positional argument: '{name}'"))
    })
}

/// Exactly N positional arguments and no keywords.
pub(crate) fn exactly<'a, const N: usize>(
    function: &str,
    args: &'a [Value],
    kw: Kw,
) -> R<&'a [Value; N]> {
    if !kw.is_empty() {
        return Err(type_error(format!("{function}() takes no keyword arguments")));
    }
    args.try_into().map_err(|_| {
        let plural = if N == 1 { "" } else { "s" };
        type_error(format!(
            "{function}() takes exactly {N} argument{plural} ({} given)",
            args.len()
        ))
    })
}
