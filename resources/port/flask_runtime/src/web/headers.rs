//! Headers, whose names differ in more than case or not at all.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use crate::collections::pairs;
use crate::iteration::{elements, iterator};
use crate::native::{Kw, Native, bind, native, needed, no_attribute, value_error};
use crate::value::{Str, list, text, tuple};
use crate::web::multidict::{converted, get, missing};
use crate::{R, Value};

/// Names and values in order.
#[derive(Default)]
pub(crate) struct HeaderList(Vec<(Str, String)>);

impl HeaderList {
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        let found = self.0.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).collect()
    }

    pub fn add(&mut self, name: impl Into<Str>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// Puts a value where the first of this name stands, and drops the others.
    pub fn set(&mut self, name: impl Into<Str>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter().position(|(known, _)| known.eq_ignore_ascii_case(&name)) {
            None => self.0.push((name, value)),
            Some(place) => {
                let mut at = 0;
                self.0.retain(|(known, _)| {
                    at += 1;
                    at <= place + 1 || !known.eq_ignore_ascii_case(&name)
                });
                self.0[place] = (name, value);
            }
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, value.as_str()))
    }

    /// Adds a value to a header that holds a list, once.
    pub fn add_to_list(&mut self, name: &'static str, value: &str) {
        let joined = match self.get(name) {
            Some(before)
                if before.split(',').any(|part| part.trim().eq_ignore_ascii_case(value)) =>
            {
                return;
            }
            Some(before) if !before.is_empty() => format!("{before}, {value}"),
            _ => value.into(),
        };
        self.set(name, joined);
    }

    /// What a program gives as headers: a mapping or pairs; existing ones are replaced.
    pub fn update(&mut self, given: &Value) -> R<()> {
        let given = match given.native::<Headers>() {
            Some(headers) => headers.pairs(),
            None => pairs(given)?,
        };
        for (name, value) in given {
            let name = name.to_string();
            let values = match &value {
                Value::List(_) | Value::Tuple(_) | Value::Set(_) => elements(&value)?,
                _ => vec![value],
            };
            for (place, value) in values.iter().enumerate() {
                let value = checked(value)?;
                if place == 0 {
                    self.set(name.clone(), value);
                } else {
                    self.add(name.clone(), value);
                }
            }
        }
        Ok(())
    }
}

/// A header's value as text. Raises ValueError where it holds a line break.
pub(crate) fn checked(value: &Value) -> R<String> {
    let written = value.to_string();
    if written.contains(['\n', '\r']) {
        return Err(value_error("Header values must not contain newline characters."));
    }
    Ok(written)
}

/// Headers as a value.
pub(crate) struct Headers {
    list: Rc<RefCell<HeaderList>>,
    /// Those of a request cannot be changed.
    fixed: bool,
}

pub(crate) fn of_response(list: &Rc<RefCell<HeaderList>>) -> Value {
    native(Headers { list: list.clone(), fixed: false })
}

pub(crate) fn of_request(list: &Rc<RefCell<HeaderList>>) -> Value {
    native(Headers { list: list.clone(), fixed: true })
}

impl Headers {
    fn pairs(&self) -> Vec<(Value, Value)> {
        let list = self.list.borrow();
        list.0.iter().map(|(k, v)| (text(k.clone()), v.clone().into())).collect()
    }

    fn find(&self, name: &str) -> Option<Value> {
        self.list.borrow().get(name).map(|value| text(Str::new(value)))
    }

    /// `add("Name", "value", parameter="x")`
    fn written(args: &[Value], kw: Kw) -> R<(String, String)> {
        let name = args.first().map(ToString::to_string).unwrap_or_default();
        let mut value = args.get(1).map_or(Ok(String::new()), checked)?;
        for (parameter, given) in kw {
            let parameter = parameter.replace('_', "-");
            value = format!("{value}; {parameter}={given}");
        }
        Ok((name, value))
    }

    fn change(&self, name: &str, args: &[Value], kw: Kw) -> R {
        match name {
            "set" => {
                let (name, value) = Self::written(args, kw)?;
                self.list.borrow_mut().set(name, value);
            }
            "add" | "add_header" => {
                let (name, value) = Self::written(args, kw)?;
                self.list.borrow_mut().add(name, value);
            }
            "extend" => {
                for given in args {
                    for (name, value) in pairs(given)? {
                        let value = checked(&value)?;
                        self.list.borrow_mut().add(name.to_string(), value);
                    }
                }
            }
            "update" => {
                for given in args {
                    self.list.borrow_mut().update(given)?;
                }
                for (name, value) in kw {
                    self.list.borrow_mut().set(name.replace('_', "-"), checked(value)?);
                }
            }
            "remove" => {
                let name = args.first().map(ToString::to_string).unwrap_or_default();
                self.list.borrow_mut().remove(&name);
            }
            "pop" => {
                let [key, default] = bind("pop", ["key", "default"], args, kw)?;
                let key = needed("pop", "key", key)?;
                let found = self.find(&key.to_string());
                self.list.borrow_mut().remove(&key.to_string());
                return found.or(default).ok_or_else(|| missing(&key));
            }
            "setdefault" => {
                let name = args.first().map(ToString::to_string).unwrap_or_default();
                if let Some(found) = self.find(&name) {
                    return Ok(found);
                }
                let value = args.get(1).map_or(Ok(String::new()), checked)?;
                self.list.borrow_mut().set(name, value.clone());
                return Ok(value.into());
            }
            "clear" => self.list.borrow_mut().0.clear(),
            _ => return Err(no_attribute("Headers", name)),
        }
        Ok(Value::None)
    }
}

impl Native for Headers {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        if self.fixed { "EnvironHeaders" } else { "Headers" }
    }

    fn text(&self) -> String {
        let list = self.list.borrow();
        let lines: String =
            list.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        lines + "\r\n"
    }

    fn len(&self) -> R<usize> {
        Ok(self.list.borrow().0.len())
    }

    fn elements(&self) -> R<Vec<Value>> {
        Ok(self.pairs().into_iter().map(|(a, b)| tuple(vec![a, b])).collect())
    }

    fn contains(&self, item: &Value) -> R<bool> {
        Ok(item.as_str().is_some_and(|name| self.list.borrow().get(name).is_some()))
    }

    fn item(&self, key: &Value) -> R {
        key.as_str().and_then(|name| self.find(name)).ok_or_else(|| missing(key))
    }

    fn set_item(&self, key: Value, value: Value) -> R<()> {
        if self.fixed {
            return Err(crate::native::type_error("'EnvironHeaders' objects are immutable".into()));
        }
        let value = checked(&value)?;
        self.list.borrow_mut().set(key.to_string(), value);
        Ok(())
    }

    fn del_item(&self, key: &Value) -> R<()> {
        self.list.borrow_mut().remove(&key.to_string());
        Ok(())
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        let part = |pick: fn((Value, Value)) -> Value| {
            iterator(self.pairs().into_iter().map(pick).collect())
        };
        match name {
            "get" => get(|name| self.find(name), args, kw),
            "getlist" | "get_all" => {
                let [key, kind] = bind("getlist", ["key", "type"], args, kw)?;
                let key = needed("getlist", "key", key)?;
                let mut found = Vec::new();
                for value in self.list.borrow().all(&key.to_string()) {
                    found.extend(converted(&text(Str::new(value)), kind.as_ref())?);
                }
                Ok(list(found))
            }
            "keys" => Ok(part(|(name, _)| name)),
            "values" => Ok(part(|(_, value)| value)),
            "items" => Ok(part(|(name, value)| tuple(vec![name, value]))),
            "to_wsgi_list" => Ok(list(self.elements()?)),
            _ if self.fixed => Err(no_attribute("EnvironHeaders", name)),
            _ => self.change(name, args, kw),
        }
    }
}
