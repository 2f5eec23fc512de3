//! The dynamic value: what a Python name can hold.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

use indexmap::{IndexMap, IndexSet};
use num_bigint::BigInt;
use num_traits::ToPrimitive;

use crate::classes::{Class, Obj};
use crate::errors::{Exc, raise};
use crate::functions::Func;
use crate::native::Native;
use crate::types::Type;
use crate::{R, args};

/// Text: a literal of the program, or one made at run time.
#[derive(Clone)]
pub enum Str {
    Static(&'static str),
    Shared(Rc<str>),
}

impl Deref for Str {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Static(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Str {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Str {}

impl Hash for Str {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl std::borrow::Borrow<str> for Str {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&'static str> for Str {
    fn from(text: &'static str) -> Self {
        Self::Static(text)
    }
}

impl From<String> for Str {
    fn from(text: String) -> Self {
        Self::Shared(text.into())
    }
}

impl Str {
    /// A copy of borrowed text.
    pub fn new(text: &str) -> Self {
        Self::Shared(text.into())
    }
}

impl fmt::Display for Str {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

/// What tells a `dict` from its subclasses.
#[derive(Clone)]
pub enum DictKind {
    Plain,
    Ordered,
    Counter,
    /// `defaultdict`, with what makes a missing value.
    Default(Value),
}

pub type Map = IndexMap<Value, Value>;

/// A dictionary in insertion order.
pub struct Dict {
    pub map: RefCell<Map>,
    pub kind: DictKind,
}

/// A `set` or `frozenset`, in insertion order.
pub struct Set {
    pub items: RefCell<IndexSet<Value>>,
    pub frozen: bool,
}

/// What a Python name can hold. Lists, dictionaries, sets and objects are shared, as Python's are.
#[derive(Clone, Default)]
pub enum Value {
    #[default]
    None,
    Bool(bool),
    Int(i64),
    /// An integer that does not fit `Int`.
    Big(Rc<BigInt>),
    Float(f64),
    Str(Str),
    Bytes(Rc<[u8]>),
    List(Rc<RefCell<Vec<Value>>>),
    Tuple(Rc<[Value]>),
    Dict(Rc<Dict>),
    Set(Rc<Set>),
    Type(Type),
    Func(Rc<Func>),
    Class(Rc<Class>),
    Obj(Rc<Obj>),
    Native(Rc<dyn Native>),
}

/// Python's `None`.
pub fn none() -> Value {
    Value::None
}

/// A list.
pub fn list(items: Vec<Value>) -> Value {
    Value::List(Rc::new(RefCell::new(items)))
}

/// A tuple.
pub fn tuple(items: Vec<Value>) -> Value {
    Value::Tuple(items.into())
}

/// A set. Raises TypeError for what cannot be in one.
pub fn set(items: Vec<Value>) -> R {
    let mut found = IndexSet::with_capacity(items.len());
    for item in items {
        hashable(&item)?;
        found.insert(item);
    }
    Ok(set_from(found, false))
}

pub(crate) fn set_from(items: IndexSet<Value>, frozen: bool) -> Value {
    Value::Set(Rc::new(Set { items: RefCell::new(items), frozen }))
}

/// A dictionary; later keys win.
pub fn dict(items: Vec<(Value, Value)>) -> Value {
    map_value(items.into_iter().collect())
}

pub(crate) fn map_value(map: Map) -> Value {
    dict_of_kind(map, DictKind::Plain)
}

pub(crate) fn dict_of_kind(map: Map, kind: DictKind) -> Value {
    Value::Dict(Rc::new(Dict { map: RefCell::new(map), kind }))
}

pub(crate) fn text(value: impl Into<Str>) -> Value {
    Value::Str(value.into())
}

/// Bytes.
pub fn bytes(value: impl AsRef<[u8]>) -> Value {
    Value::Bytes(value.as_ref().into())
}

/// An integer, as small as it goes.
pub(crate) fn integer(value: BigInt) -> Value {
    value.to_i64().map_or_else(|| Value::Big(Rc::new(value)), Value::Int)
}

/// Whether a value may be a key. Raises TypeError.
pub(crate) fn hashable(value: &Value) -> R<()> {
    match value {
        Value::List(_) | Value::Dict(_) => Err(unhashable(value)),
        Value::Set(set) if !set.frozen => Err(unhashable(value)),
        Value::Tuple(items) => items.iter().try_for_each(hashable),
        _ => Ok(()),
    }
}

fn unhashable(value: &Value) -> Exc {
    raise("TypeError", args![format!("unhashable type: '{}'", value.type_name())])
}

impl Value {
    /// Whether it is `None`.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Python's truth.
    pub fn truth(&self) -> bool {
        match self {
            Self::None => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Str(value) => !value.is_empty(),
            Self::Bytes(value) => !value.is_empty(),
            Self::List(items) => !items.borrow().is_empty(),
            Self::Tuple(items) => !items.is_empty(),
            Self::Dict(dict) => !dict.map.borrow().is_empty(),
            Self::Set(set) => !set.items.borrow().is_empty(),
            Self::Obj(obj) => obj.truth(),
            Self::Native(native) => native.truth(),
            Self::Big(_) | Self::Type(_) | Self::Func(_) | Self::Class(_) => true,
        }
    }

    /// The name of its type, as `type(x).__name__` says it.
    pub fn type_name(&self) -> String {
        match self {
            Self::Obj(obj) => obj.class.name.to_string(),
            Self::Native(native) => native.type_name().to_string(),
            other => other.type_of().map_or("object", Type::name).to_string(),
        }
    }

    /// Its built-in type; none for objects of classes.
    pub(crate) fn type_of(&self) -> Option<Type> {
        Some(match self {
            Self::None => Type::NoneType,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) | Self::Big(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Str(_) => Type::Str,
            Self::Bytes(_) => Type::Bytes,
            Self::List(_) => Type::List,
            Self::Tuple(_) => Type::Tuple,
            Self::Dict(dict) => match dict.kind {
                DictKind::Plain => Type::Dict,
                DictKind::Ordered => Type::OrderedDict,
                DictKind::Counter => Type::Counter,
                DictKind::Default(_) => Type::DefaultDict,
            },
            Self::Set(set) if set.frozen => Type::FrozenSet,
            Self::Set(_) => Type::Set,
            Self::Type(_) | Self::Class(_) => Type::Type,
            Self::Func(_) => Type::Function,
            Self::Native(native) => return native.python_type(),
            Self::Obj(_) => return None,
        })
    }

    /// Its text, if it is a `str`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Str(text) => Some(text),
            _ => None,
        }
    }

    /// As an integer, where Python takes one (`bool` too).
    pub(crate) fn as_big(&self) -> Option<BigInt> {
        match self {
            Self::Bool(value) => Some(i64::from(*value).into()),
            Self::Int(value) => Some((*value).into()),
            Self::Big(value) => Some((**value).clone()),
            _ => None,
        }
    }

    /// As a small integer, where Python takes an index.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Self::Bool(value) => Some((*value).into()),
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// As a float, where it is a number.
    pub(crate) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Float(value) => Some(*value),
            Self::Big(value) => value.to_f64(),
            other => other.as_int().map(|value| value as f64),
        }
    }

    /// What is behind a native value, if it is of this type.
    pub(crate) fn native<T: 'static>(&self) -> Option<&T> {
        match self {
            Self::Native(native) => native.as_any().downcast_ref(),
            _ => None,
        }
    }
}

/// Python's `is`.
pub fn is(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b),
        (Value::Dict(a), Value::Dict(b)) => Rc::ptr_eq(a, b),
        (Value::Set(a), Value::Set(b)) => Rc::ptr_eq(a, b),
        (Value::Obj(a), Value::Obj(b)) => Rc::ptr_eq(a, b),
        (Value::Class(a), Value::Class(b)) => Rc::ptr_eq(a, b),
        (Value::Func(a), Value::Func(b)) => Rc::ptr_eq(a, b),
        (Value::Tuple(a), Value::Tuple(b)) => Rc::ptr_eq(a, b),
        (Value::Native(a), Value::Native(b)) => Rc::ptr_eq(a, b),
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Bool(_), _) | (_, Value::Bool(_)) => false,
        (Value::Int(a), Value::Int(b)) => a == b,
        (Value::Str(a), Value::Str(b)) => a == b,
        (Value::Type(a), Value::Type(b)) => a == b,
        (Value::None, Value::None) => true,
        _ => false,
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Str(a), Self::Str(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::None, Self::None) => true,
            (Self::Bytes(a), Self::Bytes(b)) => a == b,
            (Self::List(a), Self::List(b)) => Rc::ptr_eq(a, b) || *a.borrow() == *b.borrow(),
            (Self::Tuple(a), Self::Tuple(b)) => a == b,
            (Self::Dict(a), Self::Dict(b)) => {
                Rc::ptr_eq(a, b) || *a.map.borrow() == *b.map.borrow()
            }
            (Self::Set(a), Self::Set(b)) => *a.items.borrow() == *b.items.borrow(),
            (Self::Type(a), Self::Type(b)) => a == b,
            (Self::Obj(a), _) => a.equals(self, other),
            (_, Self::Obj(b)) => b.equals(other, self),
            (Self::Native(a), _) => is(self, other) || a.equals(other),
            (_, Self::Native(b)) => b.equals(self),
            _ => numbers_equal(self, other).unwrap_or_else(|| is(self, other)),
        }
    }
}

fn numbers_equal(a: &Value, b: &Value) -> Option<bool> {
    Some(match (a, b) {
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Float(x), other) | (other, Value::Float(x)) => {
            let exact = num_traits::FromPrimitive::from_f64(*x).filter(|_| x.fract() == 0.0);
            exact == Some(other.as_big()?)
        }
        _ => match (a.as_int(), b.as_int()) {
            (Some(a), Some(b)) => a == b,
            _ => a.as_big()? == b.as_big()?,
        },
    })
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Str(text) => text.hash(state),
            Self::Bytes(data) => data.hash(state),
            Self::Tuple(items) => items.iter().for_each(|item| item.hash(state)),
            Self::Set(set) => set.items.borrow().len().hash(state),
            Self::Float(value) if value.fract() != 0.0 || value.abs() >= 9e18 => {
                value.to_bits().hash(state);
            }
            Self::Float(value) => (*value as i64).hash(state),
            Self::Big(value) => value.to_f64().unwrap_or(0.0).to_bits().hash(state),
            Self::Type(kind) => kind.hash(state),
            Self::Class(class) => Rc::as_ptr(class).hash(state),
            Self::Func(func) => Rc::as_ptr(func).hash(state),
            Self::Obj(obj) => obj.hash_value(self).hash(state),
            Self::Native(native) => native.hash_value().hash(state),
            Self::None | Self::List(_) | Self::Dict(_) => 0.hash(state),
            Self::Bool(_) | Self::Int(_) => self.as_int().unwrap_or(0).hash(state),
        }
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        match self {
            Self::Str(text) => **text == *other,
            Self::Obj(_) | Self::Native(_) => *self == text(Str::new(other)),
            _ => false,
        }
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

macro_rules! equal_to {
    ($($kind:ty),*) => {$(
        impl PartialEq<$kind> for Value {
            fn eq(&self, other: &$kind) -> bool {
                let other = Value::from(*other);
                *self == other
            }
        }
    )*};
}
equal_to!(i64, i32, f64, bool, Type);

macro_rules! value_from {
    ($($kind:ty: $value:ident => $made:expr;)*) => {$(
        impl From<$kind> for Value {
            fn from($value: $kind) -> Self {
                $made
            }
        }
    )*};
}
value_from! {
    (): _unit => Self::None;
    bool: value => Self::Bool(value);
    i64: value => Self::Int(value);
    i32: value => Self::Int(value.into());
    u16: value => Self::Int(value.into());
    usize: value => Self::Int(i64::try_from(value).unwrap_or(i64::MAX));
    f64: value => Self::Float(value);
    &'static str: value => Self::Str(Str::Static(value));
    String: value => Self::Str(value.into());
    Str: value => Self::Str(value);
    Vec<Value>: value => list(value);
    Type: value => Self::Type(value);
    &Value: value => value.clone();
    &Exc: value => value.value();
    Exc: value => value.value();
    Rc<Class>: value => Self::Class(value);
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

thread_local! {
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Writes "[...]" in place of what holds itself.
pub(crate) fn guarded(deeper: impl FnOnce() -> String) -> String {
    let depth = DEPTH.get();
    if depth > 200 {
        return "...".into();
    }
    DEPTH.set(depth + 1);
    let written = deeper();
    DEPTH.set(depth);
    written
}

/// Python's `str()`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Str(text) => f.write_str(text),
            Self::Int(value) => write!(f, "{value}"),
            Self::Obj(obj) => f.write_str(&obj.text(self)),
            Self::Native(native) => f.write_str(&native.text()),
            other => f.write_str(&crate::repr::repr(other)),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::repr::repr(self))
    }
}

/// A list of what is given.
#[macro_export]
macro_rules! list {
    ($($item:expr),* $(,)?) => { $crate::list(vec![$($crate::Value::from($item)),*]) };
}

/// A tuple of what is given.
#[macro_export]
macro_rules! tuple {
    ($($item:expr),* $(,)?) => { $crate::tuple(vec![$($crate::Value::from($item)),*]) };
}

/// A set of what is given; its elements must be hashable.
#[macro_export]
macro_rules! set {
    ($($item:expr),* $(,)?) => { $crate::set(vec![$($crate::Value::from($item)),*])? };
}

/// A dictionary: `dict!{ "id" => 1 }`.
#[macro_export]
macro_rules! dict {
    ($($key:expr => $value:expr),* $(,)?) => {
        $crate::dict(vec![$(($crate::Value::from($key), $crate::Value::from($value))),*])
    };
}

/// Positional arguments.
#[macro_export]
macro_rules! args {
    () => {{ let none: [$crate::Value; 0] = []; none }};
    ($($item:expr),+ $(,)?) => { [$($crate::Value::from($item)),+] };
}

/// Keyword arguments: `kw!["default" => 0]`.
#[macro_export]
macro_rules! kw {
    () => {{ let none: [(&str, $crate::Value); 0] = []; none }};
    ($($name:expr => $value:expr),+ $(,)?) => { [$(($name, $crate::Value::from($value))),+] };
}
