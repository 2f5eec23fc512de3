//! Several values under one name: `request.args`, `form`, `files`, `cookies`.

use std::any::Any;

use indexmap::IndexMap;

use crate::errors::{Exc, raise};
use crate::iteration::iterator;
use crate::native::{Kw, Native, bind, native, needed, no_attribute};
use crate::types::Type;
use crate::value::{list, tuple};
use crate::{R, Value, args};

/// An `ImmutableMultiDict`.
pub(crate) struct MultiDict {
    values: IndexMap<String, Vec<Value>>,
}

impl MultiDict {
    pub fn new(pairs: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut values: IndexMap<String, Vec<Value>> = IndexMap::new();
        for (name, value) in pairs {
            values.entry(name).or_default().push(value);
        }
        Self { values }
    }

    pub fn texts(pairs: Vec<(String, String)>) -> Self {
        Self::new(pairs.into_iter().map(|(name, value)| (name, value.into())))
    }

    /// The values of both, this one's first.
    pub fn with(&self, other: &Self) -> Self {
        let each = |from: &Self| -> Vec<(String, Value)> {
            let pairs = from.values.iter();
            pairs.flat_map(|(k, vs)| vs.iter().map(move |v| (k.clone(), v.clone()))).collect()
        };
        Self::new(each(self).into_iter().chain(each(other)))
    }

    pub fn first(&self, name: &str) -> Option<&Value> {
        self.values.get(name)?.first()
    }

    fn flat(&self) -> Vec<(Value, Value)> {
        let pairs = self.values.iter();
        pairs.map(|(name, values)| (name.clone().into(), values[0].clone())).collect()
    }

    fn lists(&self) -> Vec<(Value, Value)> {
        let pairs = self.values.iter();
        pairs.map(|(name, values)| (name.clone().into(), list(values.clone()))).collect()
    }

    fn items(&self, args: &[Value], kw: Kw) -> R {
        let [multi] = bind("items", ["multi"], args, kw)?;
        if !multi.is_some_and(|multi| multi.truth()) {
            return Ok(pairs_of(self.flat()));
        }
        let pairs = self.values.iter();
        let each = pairs.flat_map(|(name, values)| {
            values.iter().map(|value| (name.clone().into(), value.clone()))
        });
        Ok(pairs_of(each.collect()))
    }
}

fn pairs_of(pairs: Vec<(Value, Value)>) -> Value {
    iterator(pairs.into_iter().map(|(a, b)| tuple(vec![a, b])).collect())
}

/// What `type=` makes of a value; none where it refuses it.
pub(crate) fn converted(value: &Value, kind: Option<&Value>) -> R<Option<Value>> {
    match kind.filter(|kind| !kind.is_none()) {
        None => Ok(Some(value.clone())),
        Some(kind) => match kind.call(args![value]) {
            Ok(made) => Ok(Some(made)),
            Err(error) if error.is_any(&["ValueError", "TypeError"]) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// What a missing key of a request raises: a 400.
pub(crate) fn missing(key: &Value) -> Exc {
    raise("BadRequestKeyError", args![key])
}

/// `get(key, default=None, type=None)`
pub(crate) fn get(find: impl Fn(&str) -> Option<Value>, args: &[Value], kw: Kw) -> R {
    let [key, default, kind] = bind("get", ["key", "default", "type"], args, kw)?;
    let key = needed("get", "key", key)?;
    let found = match key.as_str().and_then(find) {
        Some(value) => converted(&value, kind.as_ref())?,
        None => None,
    };
    Ok(found.or(default).unwrap_or_default())
}

impl Native for MultiDict {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "ImmutableMultiDict"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::MultiDict)
    }

    fn repr(&self) -> String {
        let pairs = self.values.iter();
        let each = pairs.flat_map(|(name, values)| {
            values.iter().map(|value| tuple(vec![name.clone().into(), value.clone()]))
        });
        format!("ImmutableMultiDict({})", crate::repr(&list(each.collect())))
    }

    fn truth(&self) -> bool {
        !self.values.is_empty()
    }

    fn len(&self) -> R<usize> {
        Ok(self.values.len())
    }

    fn elements(&self) -> R<Vec<Value>> {
        Ok(self.values.keys().map(|name| name.clone().into()).collect())
    }

    fn contains(&self, item: &Value) -> R<bool> {
        Ok(item.as_str().is_some_and(|name| self.values.contains_key(name)))
    }

    fn item(&self, key: &Value) -> R {
        let found = key.as_str().and_then(|name| self.first(name));
        found.cloned().ok_or_else(|| missing(key))
    }

    fn for_json(&self) -> Option<Value> {
        Some(crate::dict(self.flat()))
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        match name {
            "get" => get(|name| self.first(name).cloned(), args, kw),
            "getlist" => {
                let [key, kind] = bind("getlist", ["key", "type"], args, kw)?;
                let key = needed("getlist", "key", key)?;
                let values = key.as_str().and_then(|name| self.values.get(name));
                let mut found = Vec::new();
                for value in values.into_iter().flatten() {
                    found.extend(converted(value, kind.as_ref())?);
                }
                Ok(list(found))
            }
            "keys" => Ok(iterator(self.elements()?)),
            "values" => Ok(iterator(self.flat().into_iter().map(|(_, value)| value).collect())),
            "items" => self.items(args, kw),
            "lists" => Ok(pairs_of(self.lists())),
            "to_dict" => {
                let [flat] = bind("to_dict", ["flat"], args, kw)?;
                let flat = flat.is_none_or(|flat| flat.truth());
                Ok(crate::dict(if flat { self.flat() } else { self.lists() }))
            }
            "copy" | "deepcopy" => {
                let values = self.values.clone();
                Ok(native(Self { values }))
            }
            _ => Err(no_attribute(self.type_name(), name)),
        }
    }
}
