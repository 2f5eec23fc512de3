//! Exceptions: Python's own, werkzeug's HTTP exceptions, and those of the program.

use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use crate::classes::{Class, Obj, class};
use crate::native::{Kw, bind, no_attribute, type_error};
use crate::value::{text, tuple};
use crate::web::status;
use crate::{R, Value, args};

/// What is raised: an instance of an exception class.
#[derive(Clone)]
pub struct Exc(pub(crate) Rc<Obj>);

const PYTHON: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("OverflowError", "ArithmeticError"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("FileNotFoundError", "OSError"),
    ("PermissionError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ConnectionError", "OSError"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("StopIteration", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("JSONDecodeError", "ValueError"),
    ("binascii.Error", "ValueError"),
    ("re.error", "Exception"),
    ("HTTPException", "Exception"),
    ("BuildError", "LookupError"),
    ("RequestRedirect", "HTTPException"),
];

thread_local! {
    static CLASSES: HashMap<&'static str, Rc<Class>> = known_classes();
}

fn known_classes() -> HashMap<&'static str, Rc<Class>> {
    let mut known = HashMap::from([("BaseException", class("BaseException", vec![]).builtin())]);
    for (name, base) in PYTHON {
        let made = class(name, vec![Value::Class(known[base].clone())]).builtin();
        known.insert(name, made);
    }
    for error in status::ERRORS {
        let made = class(error.class, vec![Value::Class(known["HTTPException"].clone())])
            .attr("code", i64::from(error.code))
            .attr("description", error.description)
            .builtin();
        known.insert(error.class, made);
    }
    let both = ["BadRequest", "KeyError"].map(|name| Value::Class(known[name].clone()));
    let made = class("BadRequestKeyError", both.to_vec()).builtin();
    known.insert("BadRequestKeyError", made);
    known
}

/// Names under which Python knows an exception as well.
fn usual_name(name: &str) -> &str {
    match name {
        "IOError" | "EnvironmentError" => "OSError",
        "json.JSONDecodeError" | "json.decoder.JSONDecodeError" => "JSONDecodeError",
        other => other,
    }
}

pub(crate) fn known_class(name: &str) -> Option<Rc<Class>> {
    CLASSES.with(|known| known.get(usual_name(name)).cloned())
}

/// The names of all exception classes there are.
pub(crate) fn known_names() -> Vec<&'static str> {
    CLASSES.with(|known| known.keys().copied().collect())
}

/// An exception class of Python's or werkzeug's as a value.
///
/// # Panics
/// When there is no such class.
pub fn exception(name: &str) -> Value {
    Value::Class(known_class(name).unwrap_or_else(|| panic!("no exception class {name}")))
}

/// A new exception of a built-in class.
///
/// # Panics
/// When there is no such class.
pub fn raise(name: &str, args: impl AsRef<[Value]>) -> Exc {
    let class = known_class(name).unwrap_or_else(|| panic!("no exception class {name}"));
    let obj = Obj { class, attrs: Default::default() };
    obj.put("args", tuple(args.as_ref().to_vec()));
    Exc(Rc::new(obj))
}

/// `raise value`: an exception, or a class of which one is made.
pub fn raise_value(value: impl Into<Value>) -> Exc {
    match value.into() {
        Value::Obj(obj) if obj.class.is_exception() => Exc(obj),
        Value::Class(class) if class.is_exception() => match class.create(&[], &[]) {
            Ok(made) => raise_value(made),
            Err(error) => error,
        },
        _ => type_error("exceptions must derive from BaseException".into()),
    }
}

/// `raise X(...)`, where making the exception may raise itself.
pub fn raise_made(made: R) -> Exc {
    made.map_or_else(|error| error, raise_value)
}

/// A name that is read before anything is assigned to it.
pub fn unbound(name: &str) -> Exc {
    let message =
        format!("cannot access local variable '{name}' where it is not associated with a value");
    raise("UnboundLocalError", args![message])
}

impl Exc {
    /// Whether it is of this built-in class, or one that inherits from it.
    pub fn is(&self, name: &str) -> bool {
        self.0.class.comes_from(usual_name(name))
    }

    pub fn is_any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.is(name))
    }

    /// Whether it is of this class; a value as `except` takes it, tuples too.
    pub fn is_a(&self, class: &Value) -> bool {
        match class {
            Value::Class(class) => self.0.class.is_subclass(class),
            Value::Tuple(classes) => classes.iter().any(|class| self.is_a(class)),
            _ => false,
        }
    }

    /// What `except … as error` binds.
    pub fn value(&self) -> Value {
        Value::Obj(self.0.clone())
    }

    /// The HTTP status of an HTTP exception.
    pub(crate) fn code(&self) -> Option<u16> {
        if !self.is("HTTPException") {
            return None;
        }
        let code = self.0.attr("code").ok()?.as_int()?;
        u16::try_from(code).ok()
    }
}

impl fmt::Debug for Exc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.class.name, self.value())
    }
}

/// What the `__init__` of built-in exceptions does.
pub(crate) fn init(obj: &Rc<Obj>, args: &[Value], kw: Kw) -> R<()> {
    if !obj.class.comes_from("HTTPException") {
        if !kw.is_empty() {
            return Err(type_error(format!("{}() takes no keyword arguments", obj.class.name)));
        }
        obj.put("args", tuple(args.to_vec()));
        return Ok(());
    }
    obj.put("args", tuple(vec![]));
    if obj.class.comes_from("MethodNotAllowed") {
        let names = ["valid_methods", "description", "response"];
        let [methods, description, response] = bind("__init__", names, args, kw)?;
        obj.put("valid_methods", methods.unwrap_or_default());
        put_given(obj, description, response);
    } else if obj.class.comes_from("Unauthorized") {
        let names = ["description", "response", "www_authenticate"];
        let [description, response, challenge] = bind("__init__", names, args, kw)?;
        obj.put("www_authenticate", challenge.unwrap_or_default());
        put_given(obj, description, response);
    } else {
        let names = ["description", "response"];
        let [description, response] = bind("__init__", names, args, kw)?;
        put_given(obj, description, response);
    }
    Ok(())
}

fn put_given(obj: &Rc<Obj>, description: Option<Value>, response: Option<Value>) {
    if let Some(description) = description.filter(|given| !given.is_none()) {
        obj.put("description", description);
    }
    obj.put("response", response.unwrap_or_default());
}

fn arguments(obj: &Obj) -> Vec<Value> {
    match obj.own("args") {
        Some(Value::Tuple(args)) => args.to_vec(),
        _ => Vec::new(),
    }
}

/// `str(error)`.
pub(crate) fn text_of(obj: &Rc<Obj>) -> String {
    if obj.class.comes_from("HTTPException") {
        let part = |name| obj.attr(name).map_or_else(|_| "???".into(), |v| v.to_string());
        return format!("{} {}: {}", part("code"), part("name"), part("description"));
    }
    match &arguments(obj)[..] {
        [] => String::new(),
        [one] if obj.class.comes_from("KeyError") => crate::repr(one),
        [one] => one.to_string(),
        [number, reason] if obj.class.comes_from("OSError") => format!("[Errno {number}] {reason}"),
        many => crate::repr(&tuple(many.to_vec())),
    }
}

/// `repr(error)`.
pub(crate) fn repr_of(obj: &Rc<Obj>) -> String {
    if obj.class.comes_from("HTTPException") {
        let part = |name| obj.attr(name).map_or_else(|_| "???".into(), |value| value.to_string());
        return format!("<{} '{}: {}'>", obj.class.name, part("code"), part("name"));
    }
    let written: Vec<String> = arguments(obj).iter().map(crate::repr::repr).collect();
    format!("{}({})", obj.class.name, written.join(", "))
}

/// Attributes that built-in exceptions have.
pub(crate) fn attr_of(obj: &Rc<Obj>, name: &str) -> R {
    if obj.class.comes_from("HTTPException") {
        match name {
            "name" => {
                let code = obj.attr("code")?.as_int().unwrap_or(0);
                return Ok(text(status::name(code).unwrap_or("Unknown Error")));
            }
            "code" | "description" | "response" | "original_exception" | "valid_methods" => {
                return Ok(Value::None);
            }
            _ => {}
        }
    }
    let args = arguments(obj);
    match name {
        "errno" if obj.class.comes_from("OSError") => Ok(args.first().cloned().unwrap_or_default()),
        "strerror" if obj.class.comes_from("OSError") => {
            Ok(args.get(1).cloned().unwrap_or_default())
        }
        "__traceback__" | "__cause__" | "__context__" => Ok(Value::None),
        _ => Err(no_attribute(&obj.class.name, name)),
    }
}

/// Methods that built-in exceptions have.
pub(crate) fn method_of(obj: &Rc<Obj>, name: &str, args: &[Value], kw: Kw) -> R {
    let this = Exc(obj.clone());
    match name {
        "__init__" => init(obj, args, kw).map(|()| Value::None),
        "__str__" => Ok(text_of(obj).into()),
        "with_traceback" => Ok(this.value()),
        "get_response" if this.is("HTTPException") => crate::web::errors::response_of(&this),
        "get_body" if this.is("HTTPException") => Ok(crate::web::errors::body_of(&this).into()),
        "get_description" if this.is("HTTPException") => {
            Ok(crate::web::errors::description_of(&this).into())
        }
        _ => obj.attr(name)?.call_kw(args, kw),
    }
}
