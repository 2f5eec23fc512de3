//! Python's built-in functions and the parts of its library that a port may use, by their names.

mod base64s;
pub(crate) mod builtins;
mod clock;
pub(crate) mod dates;
mod days;
pub(crate) mod durations;
mod hashing;
mod isoformat;
mod maths;
mod patterns;
mod randomness;
pub(crate) mod security;
mod strftime;
mod system;
mod tools;
mod types;
pub(crate) mod uuids;
mod zones;

use crate::errors::known_class;
use crate::native::Kw;
use crate::types::Type;
use crate::{R, Value};

pub(crate) use types::{create, member_of, type_method};

/// Functions of one module: their names, and a call by name.
macro_rules! functions {
    ($module:literal ($args:ident, $kw:ident) $($name:literal => $body:expr,)*) => {
        /// What there is here, with the name of the module.
        pub(crate) const NAMES: &[&str] = &[$(concat!($module, ".", $name)),*];

        /// Calls one of them; none if there is no such one.
        pub(crate) fn call(
            name: &str,
            $args: &[$crate::Value],
            $kw: $crate::native::Kw,
        ) -> Option<$crate::R> {
            let outcome: $crate::R = match name {
                $($name => $crate::library::run(|| $body),)*
                _ => return None,
            };
            Some(outcome)
        }
    };
}
pub(crate) use functions;

/// Runs the body of a function, in which `?` and `return` end that function alone.
fn run(body: impl FnOnce() -> R) -> R {
    body()
}

/// The names of all functions.
pub(crate) fn names() -> Vec<&'static str> {
    [
        builtins::NAMES,
        maths::NAMES,
        randomness::NAMES,
        patterns::NAMES,
        uuids::NAMES,
        dates::NAMES,
        clock::NAMES,
        hashing::NAMES,
        hashing::macs::NAMES,
        security::NAMES,
        base64s::NAMES,
        system::NAMES,
        system::environ::NAMES,
        system::paths::NAMES,
        tools::json::NAMES,
        tools::flask_json::NAMES,
        tools::copying::NAMES,
        tools::functional::NAMES,
        tools::operators::NAMES,
        tools::data::NAMES,
        tools::secret::NAMES,
        tools::html::NAMES,
        tools::iterators::NAMES,
        tools::urls::NAMES,
    ]
    .concat()
}

fn by_name(module: &str, name: &str, args: &[Value], kw: Kw) -> Option<R> {
    match module {
        "builtins" => builtins::call(name, args, kw),
        "math" => maths::call(name, args, kw),
        "random" => randomness::call(name, args, kw),
        "re" => patterns::call(name, args, kw),
        "uuid" => uuids::call(name, args, kw),
        "datetime" => dates::call(name, args, kw),
        "time" => clock::call(name, args, kw),
        "hashlib" => hashing::call(name, args, kw),
        "hmac" => hashing::macs::call(name, args, kw),
        "werkzeug.security" => security::call(name, args, kw),
        "base64" => base64s::call(name, args, kw),
        "os" => system::call(name, args, kw),
        "os.environ" => system::environ::call(name, args, kw),
        "os.path" => system::paths::call(name, args, kw),
        "json" => tools::json::call(name, args, kw),
        "flask.json" => tools::flask_json::call(name, args, kw),
        "copy" => tools::copying::call(name, args, kw),
        "functools" => tools::functional::call(name, args, kw),
        "operator" => tools::operators::call(name, args, kw),
        "dataclasses" => tools::data::call(name, args, kw),
        "secrets" => tools::secret::call(name, args, kw),
        "html" => tools::html::call(name, args, kw),
        "itertools" => tools::iterators::call(name, args, kw),
        "urllib.parse" => tools::urls::call(name, args, kw),
        _ => None,
    }
}

/// Calls a function, type or exception of the library by its qualified name: "math.floor",
/// "builtins.len", "datetime.datetime.now".
///
/// # Panics
/// When there is no such one: a port names only what `supported.json` has.
pub fn lib<'a>(name: &str, args: impl AsRef<[Value]>, kw: impl AsRef<[(&'a str, Value)]>) -> R {
    let (args, kw) = (args.as_ref(), kw.as_ref());
    let (module, function) = name.rsplit_once('.').unwrap_or(("builtins", name));
    match by_name(module, function, args, kw) {
        Some(outcome) => outcome,
        None => lib_value(name).call_kw(args, kw),
    }
}

/// Names of values that are no functions and no types.
pub(crate) const CONSTANTS: &[&str] = &[
    "math.pi",
    "math.e",
    "math.tau",
    "math.inf",
    "math.nan",
    "re.I",
    "re.IGNORECASE",
    "re.M",
    "re.MULTILINE",
    "re.S",
    "re.DOTALL",
    "re.X",
    "re.VERBOSE",
    "re.A",
    "re.ASCII",
    "re.U",
    "re.UNICODE",
    "uuid.NAMESPACE_DNS",
    "uuid.NAMESPACE_URL",
    "uuid.NAMESPACE_OID",
    "uuid.NAMESPACE_X500",
    "string.ascii_lowercase",
    "string.ascii_uppercase",
    "string.ascii_letters",
    "string.digits",
    "string.hexdigits",
    "string.octdigits",
    "string.punctuation",
    "string.whitespace",
    "datetime.UTC",
    "datetime.timezone.utc",
    "datetime.MINYEAR",
    "datetime.MAXYEAR",
    "datetime.datetime.min",
    "datetime.datetime.max",
    "datetime.date.min",
    "datetime.date.max",
    "os.sep",
    "os.linesep",
    "os.name",
];

fn constant(module: &str, name: &str) -> Option<Value> {
    if let Some(kind) = Type::find(module, name) {
        return Some(Value::Type(kind));
    }
    match module {
        "math" => maths::constant(name),
        "re" => patterns::constant(name),
        "uuid" => uuids::constant(name),
        "string" => tools::letters(name),
        "datetime" => dates::constant(name),
        "os" => system::constant(name),
        "builtins" | "werkzeug.exceptions" | "json" | "json.decoder" => {
            known_class(name).map(Value::Class)
        }
        _ => None,
    }
}

/// A function, type, exception or constant of the library as a value.
///
/// # Panics
/// When there is no such one.
pub fn lib_value(name: &str) -> Value {
    let (module, last) = name.rsplit_once('.').unwrap_or(("builtins", name));
    if let Some(value) = constant(module, last) {
        return value;
    }
    if names().contains(&format!("{module}.{last}").as_str()) {
        let name = format!("{module}.{last}");
        return crate::functions::library(last, move |args, kw| lib(&name, args, kw));
    }
    // A member of a type: "datetime.datetime.now", "builtins.str.lower".
    let member = module.rsplit_once('.').and_then(|(module, kind)| constant(module, kind));
    member
        .and_then(|kind| kind.attr(last).ok())
        .unwrap_or_else(|| panic!("the library has no {name}"))
}
