//! Classes and their instances.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;

use indexmap::IndexMap;

use crate::errors::raise;
use crate::functions::{Func, Parameters};
use crate::native::{Kw, Native, native, no_attribute, type_error};
use crate::value::{Str, text, tuple};
use crate::{R, Value, args};

/// What a class holds under a name.
#[derive(Clone)]
pub enum Member {
    Plain(Value),
    Static(Value),
    OfClass(Value),
    Property { get: Value, set: Option<Value> },
}

/// A class of the program, or one of Python's exceptions.
pub struct Class {
    pub name: Str,
    /// All it inherits from, nearest first.
    pub ancestors: Vec<Rc<Class>>,
    pub members: RefCell<IndexMap<Str, Member>>,
    /// The fields of a dataclass, each with what makes its default.
    pub fields: Vec<Field>,
    /// Whether Python or the framework defines it.
    pub builtin: bool,
}

/// A field of a dataclass.
#[derive(Clone)]
pub struct Field {
    name: &'static str,
    default: Option<FieldDefault>,
}

#[derive(Clone)]
enum FieldDefault {
    Value(Value),
    Factory(Value),
}

impl Class {
    /// Itself, then all it inherits from.
    pub fn lineage(self: &Rc<Self>) -> impl Iterator<Item = &Rc<Self>> {
        std::iter::once(self).chain(&self.ancestors)
    }

    pub fn is_subclass(self: &Rc<Self>, other: &Rc<Self>) -> bool {
        self.lineage().any(|class| Rc::ptr_eq(class, other))
    }

    /// Whether it is, or comes from, the built-in class of this name.
    pub fn comes_from(self: &Rc<Self>, name: &str) -> bool {
        self.lineage().any(|class| class.builtin && *class.name == *name)
    }

    pub(crate) fn is_exception(self: &Rc<Self>) -> bool {
        self.comes_from("BaseException")
    }

    pub(crate) fn find(self: &Rc<Self>, name: &str) -> Option<Member> {
        self.lineage().find_map(|class| class.members.borrow().get(name).cloned())
    }

    fn find_after(self: &Rc<Self>, after: &Rc<Self>, name: &str) -> Option<Member> {
        let rest = self.lineage().skip_while(|class| !Rc::ptr_eq(class, after)).skip(1);
        rest.into_iter().find_map(|class| class.members.borrow().get(name).cloned())
    }

    fn all_fields(self: &Rc<Self>) -> Vec<Field> {
        let mut found: IndexMap<&str, Field> = IndexMap::new();
        let lineage: Vec<_> = self.lineage().collect();
        for field in lineage.iter().rev().flat_map(|class| &class.fields) {
            found.insert(field.name, field.clone());
        }
        found.into_values().collect()
    }

    /// A new instance. Raises what its `__init__` raises.
    pub fn create(self: &Rc<Self>, args: &[Value], kw: Kw) -> R {
        let obj = Rc::new(Obj { class: self.clone(), attrs: RefCell::default() });
        if self.is_exception() {
            obj.put("args", tuple(args.to_vec()));
        }
        let this = Value::Obj(obj.clone());
        match self.find("__init__") {
            Some(Member::Plain(init)) => {
                let mut all = vec![this.clone()];
                all.extend_from_slice(args);
                init.call_kw(all, kw)?;
            }
            _ => obj.builtin_init(&this, args, kw)?,
        }
        Ok(this)
    }

    /// An attribute of the class itself.
    pub fn attr(self: &Rc<Self>, name: &str) -> R {
        match self.find(name) {
            Some(Member::Plain(value) | Member::Static(value)) => Ok(value),
            Some(Member::OfClass(function)) => Ok(bound(Value::Class(self.clone()), function)),
            Some(Member::Property { get, .. }) => Ok(get),
            None if matches!(name, "__name__" | "__qualname__") => Ok(text(self.name.clone())),
            None => Err(raise(
                "AttributeError",
                args![format!("type object '{}' has no attribute '{name}'", self.name)],
            )),
        }
    }

    pub fn set_attr(&self, name: &str, value: Value) {
        self.members.borrow_mut().insert(Str::new(name), Member::Plain(value));
    }
}

fn bound(this: Value, function: Value) -> Value {
    Value::Func(Rc::new(Func::Bound { this, function }))
}

/// An instance of a class.
pub struct Obj {
    pub class: Rc<Class>,
    pub attrs: RefCell<IndexMap<Str, Value>>,
}

impl Obj {
    pub(crate) fn put(&self, name: &'static str, value: Value) {
        self.attrs.borrow_mut().insert(name.into(), value);
    }

    pub(crate) fn own(&self, name: &str) -> Option<Value> {
        self.attrs.borrow().get(name).cloned()
    }

    /// What the built-in `__init__` does: of exceptions, dataclasses, plain objects.
    fn builtin_init(self: &Rc<Self>, this: &Value, args: &[Value], kw: Kw) -> R<()> {
        if self.class.is_exception() {
            return crate::errors::init(self, args, kw);
        }
        let fields = self.class.all_fields();
        if fields.is_empty() {
            return match (args.len(), kw.len()) {
                (0, 0) => Ok(()),
                _ => Err(type_error(format!("{}() takes no arguments", self.class.name))),
            };
        }
        self.fill(&fields, args, kw)?;
        match self.class.find("__post_init__") {
            Some(Member::Plain(after)) => after.call(args![this]).map(|_| ()),
            _ => Ok(()),
        }
    }

    fn fill(&self, fields: &[Field], args: &[Value], kw: Kw) -> R<()> {
        let names = fields.iter().map(|field| field.name).collect::<Vec<_>>();
        let defaults = fields.iter().map(|f| f.default.as_ref().map(|_| Value::None)).collect();
        let parameters = Parameters::plain(names, defaults);
        let values = parameters.bind("__init__", args, kw)?;
        for (place, (field, value)) in fields.iter().zip(values).enumerate() {
            let given = place < args.len() || kw.iter().any(|(name, _)| *name == field.name);
            let value = match &field.default {
                Some(FieldDefault::Value(default)) if !given => default.clone(),
                Some(FieldDefault::Factory(make)) if !given => make.call(args![])?,
                _ => value,
            };
            self.put(field.name, value);
        }
        Ok(())
    }

    fn special(&self, name: &str) -> Option<Value> {
        match self.class.find(name)? {
            Member::Plain(function @ Value::Func(_)) => Some(function),
            _ => None,
        }
    }

    /// Calls a method of the class with two underscores, if the program defines it.
    pub(crate) fn call_special(&self, this: &Value, name: &str, args: &[Value]) -> Option<R> {
        let mut all = vec![this.clone()];
        all.extend_from_slice(args);
        self.special(name).map(|function| function.call(all))
    }

    /// For where Python raises and Rust's traits cannot: the request ends as an error.
    fn must(&self, this: &Value, name: &str, args: &[Value]) -> Option<Value> {
        let outcome = self.call_special(this, name, args)?;
        Some(outcome.unwrap_or_else(|error| panic!("{name}: {error:?}")))
    }

    pub(crate) fn truth(self: &Rc<Self>) -> bool {
        if self.special("__bool__").is_none() && self.special("__len__").is_none() {
            return true;
        }
        let this = Value::Obj(self.clone());
        let found = self.must(&this, "__bool__", &[]).or_else(|| self.must(&this, "__len__", &[]));
        found.is_none_or(|value| value.truth())
    }

    pub(crate) fn equals(&self, this: &Value, other: &Value) -> bool {
        if let Some(answer) = self.must(this, "__eq__", std::slice::from_ref(other)) {
            return answer.truth();
        }
        match other {
            Value::Obj(other) if !self.class.fields.is_empty() => {
                Rc::ptr_eq(&self.class, &other.class)
                    && *self.attrs.borrow() == *other.attrs.borrow()
            }
            _ => crate::is(this, other),
        }
    }

    pub(crate) fn hash_value(&self, this: &Value) -> u64 {
        let mut hasher = DefaultHasher::new();
        match self.must(this, "__hash__", &[]) {
            Some(value) => value.hash(&mut hasher),
            None => std::ptr::from_ref(self).hash(&mut hasher),
        }
        hasher.finish()
    }

    pub(crate) fn text(self: &Rc<Self>, this: &Value) -> String {
        if let Some(text) = self.must(this, "__str__", &[]) {
            return text.to_string();
        }
        if self.class.is_exception() && self.special("__repr__").is_none() {
            return crate::errors::text_of(self);
        }
        self.repr(this)
    }

    pub(crate) fn repr(self: &Rc<Self>, this: &Value) -> String {
        if let Some(text) = self.must(this, "__repr__", &[]) {
            return text.to_string();
        }
        let name = &self.class.name;
        let fields = self.class.all_fields();
        if self.class.is_exception() {
            return crate::errors::repr_of(self);
        }
        if fields.is_empty() {
            return format!("<{name} object at {:p}>", Rc::as_ptr(self));
        }
        let mut written = format!("{name}(");
        for (place, field) in fields.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let value = self.own(field.name).unwrap_or_default();
            let _ = write!(written, "{comma}{}={value:?}", field.name);
        }
        written + ")"
    }

    /// An attribute: its own, or one its class gives it. Raises AttributeError.
    pub fn attr(self: &Rc<Self>, name: &str) -> R {
        if let Some(value) = self.own(name) {
            return Ok(value);
        }
        let this = Value::Obj(self.clone());
        match self.class.find(name) {
            Some(Member::Plain(function @ Value::Func(_))) => Ok(bound(this, function)),
            Some(Member::Plain(value) | Member::Static(value)) => Ok(value),
            Some(Member::OfClass(function)) => {
                Ok(bound(Value::Class(self.class.clone()), function))
            }
            Some(Member::Property { get, .. }) => get.call(args![this]),
            None if name == "__dict__" => Ok(self.as_dict()),
            None if self.class.is_exception() => crate::errors::attr_of(self, name),
            None => match self.call_special(&this, "__getattr__", &args![Str::new(name)]) {
                Some(found) => found,
                None => Err(no_attribute(&self.class.name, name)),
            },
        }
    }

    /// Its attributes, as `vars()` gives them.
    pub(crate) fn as_dict(&self) -> Value {
        let attrs = self.attrs.borrow();
        crate::dict(attrs.iter().map(|(k, v)| (text(k.clone()), v.clone())).collect())
    }

    /// The fields of a dataclass, in their order; none for another object.
    pub(crate) fn dataclass(&self) -> Option<Vec<(Value, Value)>> {
        let fields = self.class.all_fields();
        (!fields.is_empty()).then(|| {
            let value = |field: &Field| self.own(field.name).unwrap_or_default();
            fields.iter().map(|field| (text(field.name), value(field))).collect()
        })
    }

    pub fn set_attr(self: &Rc<Self>, name: &str, value: Value) -> R<()> {
        if let Some(Member::Property { set, .. }) = self.class.find(name) {
            return match set {
                Some(set) => set.call(args![Value::Obj(self.clone()), value]).map(|_| ()),
                None => Err(raise(
                    "AttributeError",
                    args![format!(
                        "property '{name}' of '{}' object has no setter",
                        self.class.name
                    )],
                )),
            };
        }
        self.attrs.borrow_mut().insert(Str::new(name), value);
        Ok(())
    }

    pub fn del_attr(&self, name: &str) -> R<()> {
        let removed = self.attrs.borrow_mut().shift_remove(name);
        removed.map(|_| ()).ok_or_else(|| no_attribute(&self.class.name, name))
    }

    /// A method called without making a value of it first.
    pub fn method(self: &Rc<Self>, name: &str, args: &[Value], kw: Kw) -> R {
        let own = self.attrs.borrow().contains_key(name);
        match self.class.find(name) {
            Some(Member::Plain(Value::Func(function))) if !own => {
                let mut all = vec![Value::Obj(self.clone())];
                all.extend_from_slice(args);
                function.call(&all, kw)
            }
            None if !own && self.class.is_exception() => {
                crate::errors::method_of(self, name, args, kw)
            }
            _ => self.attr(name)?.call_kw(args, kw),
        }
    }
}

/// `super().name(...)` inside a method of `class`.
pub fn super_method<'a>(
    class: &Value,
    this: &Value,
    name: &str,
    args: impl AsRef<[Value]>,
    kw: impl AsRef<[(&'a str, Value)]>,
) -> R {
    let (Value::Class(class), Value::Obj(obj)) = (class, this) else {
        return Err(type_error("super(type, obj): obj must be an instance of type".into()));
    };
    match obj.class.find_after(class, name) {
        Some(Member::Plain(function)) => {
            let mut all = vec![this.clone()];
            all.extend_from_slice(args.as_ref());
            function.call_kw(all, kw)
        }
        _ if name == "__init__" => {
            obj.builtin_init(this, args.as_ref(), kw.as_ref()).map(|()| Value::None)
        }
        _ if name == "__str__" => Ok(crate::errors::text_of(obj).into()),
        _ if obj.class.is_exception() => {
            crate::errors::method_of(obj, name, args.as_ref(), kw.as_ref())
        }
        _ => {
            Err(raise("AttributeError", args![format!("'super' object has no attribute '{name}'")]))
        }
    }
}

/// `field(default_factory=…)`
struct Factory(Value);

impl Native for Factory {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Field"
    }
}

/// Among the defaults of a dataclass: what makes a new one each time.
pub fn factory(make: impl Into<Value>) -> Value {
    native(Factory(make.into()))
}

/// A class under construction.
pub struct ClassBuilder {
    class: Class,
}

/// Begins a class. Bases that are no classes (`object`) are left out.
pub fn class(name: &'static str, bases: Vec<Value>) -> ClassBuilder {
    let mut ancestors: Vec<Rc<Class>> = Vec::new();
    for base in bases {
        if let Value::Class(base) = base {
            ancestors.extend(base.lineage().cloned());
        }
    }
    // The last mention counts, so that a shared ancestor comes after all that inherit from it.
    let all = ancestors.clone();
    let mut place = 0;
    ancestors.retain(|class| {
        place += 1;
        !all[place..].iter().any(|later| Rc::ptr_eq(later, class))
    });
    let members = RefCell::default();
    let class = Class { name: name.into(), ancestors, members, fields: Vec::new(), builtin: false };
    ClassBuilder { class }
}

impl ClassBuilder {
    fn with(self, name: &'static str, member: Member) -> Self {
        self.class.members.borrow_mut().insert(name.into(), member);
        self
    }

    /// A method, whose first parameter is the instance.
    pub fn method(self, name: &'static str, function: Value) -> Self {
        self.with(name, Member::Plain(function))
    }

    /// A class attribute.
    pub fn attr(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.with(name, Member::Plain(value.into()))
    }

    pub fn static_method(self, name: &'static str, function: Value) -> Self {
        self.with(name, Member::Static(function))
    }

    /// A method whose first parameter is the class.
    pub fn class_method(self, name: &'static str, function: Value) -> Self {
        self.with(name, Member::OfClass(function))
    }

    pub fn property(self, name: &'static str, get: Value) -> Self {
        self.with(name, Member::Property { get, set: None })
    }

    /// A property that can be assigned.
    pub fn property_with_setter(self, name: &'static str, get: Value, set: Value) -> Self {
        self.with(name, Member::Property { get, set: Some(set) })
    }

    fn add_field(mut self, name: &'static str, default: Option<FieldDefault>) -> Self {
        self.class.fields.push(Field { name, default });
        self
    }

    /// A field of a dataclass.
    pub fn field(self, name: &'static str) -> Self {
        self.add_field(name, None)
    }

    /// A field of a dataclass with a default.
    pub fn field_default(self, name: &'static str, value: impl Into<Value>) -> Self {
        self.add_field(name, Some(FieldDefault::Value(value.into())))
    }

    /// A field of a dataclass with a `default_factory`.
    pub fn field_factory(self, name: &'static str, make: impl Into<Value>) -> Self {
        self.add_field(name, Some(FieldDefault::Factory(make.into())))
    }

    /// The fields of a dataclass, with the defaults of the last ones; see `factory`.
    pub fn dataclass(mut self, names: &[&'static str], defaults: Vec<Value>) -> Self {
        let plain = names.len() - defaults.len().min(names.len());
        for name in &names[..plain] {
            self = self.field(name);
        }
        for (name, default) in names[plain..].iter().zip(defaults) {
            self = match default.native::<Factory>() {
                Some(factory) => self.field_factory(name, &factory.0),
                None => self.field_default(name, default),
            };
        }
        self
    }

    pub fn build(self) -> Value {
        Value::Class(Rc::new(self.class))
    }

    pub(crate) fn builtin(mut self) -> Rc<Class> {
        self.class.builtin = true;
        Rc::new(self.class)
    }
}
