//! What there is by name: a converter refuses at conversion what is not here.

use crate::types::Type;
use crate::{Value, errors, library};

/// The methods of types, by their names.
pub(crate) const METHODS: &Table = &[
    (
        "str",
        &[
            "capitalize",
            "casefold",
            "center",
            "count",
            "encode",
            "endswith",
            "expandtabs",
            "find",
            "format",
            "format_map",
            "index",
            "isalnum",
            "isalpha",
            "isascii",
            "isdecimal",
            "isdigit",
            "isidentifier",
            "islower",
            "isnumeric",
            "isprintable",
            "isspace",
            "istitle",
            "isupper",
            "join",
            "ljust",
            "lower",
            "lstrip",
            "partition",
            "removeprefix",
            "removesuffix",
            "replace",
            "rfind",
            "rindex",
            "rjust",
            "rpartition",
            "rsplit",
            "rstrip",
            "split",
            "splitlines",
            "startswith",
            "strip",
            "swapcase",
            "title",
            "translate",
            "upper",
            "zfill",
        ],
    ),
    ("bytes", &["decode", "endswith", "hex", "lower", "startswith", "strip", "upper"]),
    ("int", &["bit_count", "bit_length", "conjugate", "is_integer", "to_bytes"]),
    ("float", &["conjugate", "is_integer"]),
    (
        "list",
        &[
            "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove",
            "reverse", "sort",
        ],
    ),
    ("tuple", &["count", "index"]),
    (
        "dict",
        &[
            "clear",
            "copy",
            "get",
            "items",
            "keys",
            "pop",
            "popitem",
            "setdefault",
            "update",
            "values",
        ],
    ),
    ("OrderedDict", &["move_to_end"]),
    ("Counter", &["elements", "most_common", "subtract"]),
    (
        "set",
        &[
            "add",
            "clear",
            "copy",
            "difference",
            "difference_update",
            "discard",
            "intersection",
            "intersection_update",
            "isdisjoint",
            "issubset",
            "issuperset",
            "pop",
            "remove",
            "symmetric_difference",
            "union",
            "update",
        ],
    ),
    (
        "frozenset",
        &[
            "copy",
            "difference",
            "intersection",
            "isdisjoint",
            "issubset",
            "issuperset",
            "symmetric_difference",
            "union",
        ],
    ),
    (
        "datetime",
        &[
            "astimezone",
            "ctime",
            "date",
            "isocalendar",
            "isoformat",
            "isoweekday",
            "replace",
            "strftime",
            "time",
            "timestamp",
            "timetz",
            "toordinal",
            "tzname",
            "utcoffset",
            "weekday",
        ],
    ),
    (
        "date",
        &["isocalendar", "isoformat", "isoweekday", "replace", "strftime", "toordinal", "weekday"],
    ),
    ("time", &["isoformat", "strftime"]),
    ("timedelta", &["total_seconds"]),
    ("Pattern", &["findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn"]),
    ("Match", &["end", "expand", "group", "groupdict", "groups", "span", "start"]),
    ("HASH", &["digest", "hexdigest", "update"]),
    ("Request", &["get_data", "get_json"]),
    ("Response", &["delete_cookie", "get_data", "get_json", "set_cookie", "set_data"]),
    (
        "ImmutableMultiDict",
        &["copy", "get", "getlist", "items", "keys", "lists", "to_dict", "values"],
    ),
    ("EnvironHeaders", &["get", "get_all", "getlist", "items", "keys", "values"]),
    (
        "Headers",
        &[
            "add",
            "add_header",
            "clear",
            "extend",
            "get",
            "get_all",
            "getlist",
            "items",
            "keys",
            "pop",
            "remove",
            "set",
            "setdefault",
            "update",
            "values",
        ],
    ),
    (
        "SecureCookieSession",
        &[
            "clear",
            "copy",
            "get",
            "items",
            "keys",
            "pop",
            "popitem",
            "setdefault",
            "update",
            "values",
        ],
    ),
    ("FileStorage", &["close", "read", "save", "seek", "tell"]),
    ("Authorization", &["get"]),
    ("Logger", &["critical", "debug", "error", "exception", "info", "setLevel", "warn", "warning"]),
    ("HTTPException", &["get_body", "get_description", "get_response", "with_traceback"]),
    ("_AppCtxGlobals", &["get", "pop", "setdefault"]),
];

/// What is called on types themselves.
pub(crate) const CLASS_METHODS: &Table = &[
    ("str", &["maketrans"]),
    ("bytes", &["fromhex"]),
    ("int", &["from_bytes"]),
    ("dict", &["fromkeys"]),
    (
        "datetime",
        &[
            "combine",
            "fromisoformat",
            "fromordinal",
            "fromtimestamp",
            "now",
            "strptime",
            "today",
            "utcfromtimestamp",
            "utcnow",
        ],
    ),
    ("date", &["fromisoformat", "fromordinal", "fromtimestamp", "today"]),
    ("time", &["fromisoformat"]),
];

/// The attributes of types.
pub(crate) const ATTRIBUTES: &Table = &[
    ("object", &["__class__", "__doc__"]),
    ("type", &["__module__", "__name__", "__qualname__"]),
    ("function", &["__name__", "__qualname__"]),
    ("int", &["denominator", "imag", "numerator", "real"]),
    (
        "datetime",
        &[
            "day",
            "fold",
            "hour",
            "max",
            "microsecond",
            "min",
            "minute",
            "month",
            "second",
            "tzinfo",
            "year",
        ],
    ),
    ("date", &["day", "max", "min", "month", "year"]),
    ("time", &["fold", "hour", "microsecond", "minute", "second", "tzinfo"]),
    ("timedelta", &["days", "microseconds", "seconds"]),
    ("timezone", &["utc"]),
    ("UUID", &["bytes", "hex", "int", "node", "urn", "version"]),
    ("Pattern", &["flags", "groups", "pattern"]),
    ("Match", &["lastindex", "re", "string"]),
    ("HASH", &["name"]),
    (
        "Request",
        &[
            "access_route",
            "args",
            "authorization",
            "base_url",
            "blueprint",
            "blueprints",
            "content_encoding",
            "content_length",
            "content_type",
            "cookies",
            "data",
            "endpoint",
            "files",
            "form",
            "full_path",
            "headers",
            "host",
            "host_url",
            "is_json",
            "is_secure",
            "json",
            "method",
            "mimetype",
            "origin",
            "path",
            "query_string",
            "referrer",
            "remote_addr",
            "root_path",
            "root_url",
            "scheme",
            "script_root",
            "url",
            "url_root",
            "url_rule",
            "user_agent",
            "values",
            "view_args",
        ],
    ),
    (
        "Response",
        &[
            "content_length",
            "content_type",
            "data",
            "headers",
            "is_json",
            "json",
            "location",
            "mimetype",
            "status",
            "status_code",
        ],
    ),
    ("SecureCookieSession", &["accessed", "modified", "new", "permanent"]),
    ("FileStorage", &["content_length", "content_type", "filename", "headers", "mimetype", "name"]),
    ("Authorization", &["parameters", "password", "token", "type", "username"]),
    ("UserAgent", &["string"]),
    ("Flask", &["config", "debug", "import_name", "logger", "name", "secret_key", "testing"]),
    (
        "HTTPException",
        &["args", "code", "description", "name", "original_exception", "response", "valid_methods"],
    ),
    ("Exception", &["args"]),
    ("OSError", &["errno", "strerror"]),
    ("JSONDecodeError", &["colno", "doc", "lineno", "msg", "pos"]),
];

fn listed(table: &Table, type_name: &str, name: &str) -> bool {
    table.iter().any(|(known, names)| *known == type_name && names.contains(&name))
}

fn parent(kind: Type) -> Option<Type> {
    match kind {
        Type::Bool => Some(Type::Int),
        Type::OrderedDict | Type::Counter | Type::DefaultDict => Some(Type::Dict),
        _ => None,
    }
}

/// Whether a value has a method of this name.
pub(crate) fn has_method(value: &Value, name: &str) -> bool {
    let inherited = value.type_of().and_then(parent);
    listed(METHODS, &value.type_name(), name)
        || inherited.is_some_and(|kind| listed(METHODS, kind.name(), name))
        || matches!(value, Value::Native(_))
            && name == "items"
            && value.type_of() == Some(Type::Dict)
}

/// Whether something of this name can be called on a type.
pub(crate) fn type_has(kind: Type, name: &str) -> bool {
    let names = [Some(kind), parent(kind)];
    names
        .into_iter()
        .flatten()
        .any(|kind| listed(METHODS, kind.name(), name) || listed(CLASS_METHODS, kind.name(), name))
}

type Table = [(&'static str, &'static [&'static str])];

fn table(entries: &Table) -> Value {
    let names = |names: &[&'static str]| -> Value {
        names.iter().map(|name| Value::from(*name)).collect::<Vec<_>>().into()
    };
    crate::dict(entries.iter().map(|(kind, found)| (Value::from(*kind), names(found))).collect())
}

/// All of it as JSON, which is kept in `supported.json`.
pub fn supported() -> String {
    let sorted = |mut names: Vec<&'static str>| -> Value {
        names.sort_unstable();
        names.into_iter().map(Value::from).collect::<Vec<_>>().into()
    };
    let all = crate::dict! {
        "methods" => table(METHODS),
        "class_methods" => table(CLASS_METHODS),
        "attributes" => table(ATTRIBUTES),
        "library" => sorted(library::names()),
        "constants" => sorted(library::CONSTANTS.to_vec()),
        "types" => sorted(crate::types::NAMES.to_vec()),
        "exceptions" => sorted(errors::known_names()),
    };
    let style = crate::json::Style {
        indent: Some(" ".into()),
        between_items: ",".into(),
        ..crate::json::Style::default()
    };
    crate::json::dumps(&all, &style).unwrap_or_default() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_says_what_there_is() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/supported.json");
        if std::env::var_os("WRITE_SUPPORTED").is_some() {
            std::fs::write(path, supported()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), supported());
    }

    #[test]
    fn what_is_listed_is_there() {
        let values = [
            Value::from("a"),
            Value::from(1),
            Value::from(1.5),
            crate::list![],
            crate::tuple![],
            crate::dict! {},
            crate::set(vec![]).unwrap(),
            crate::value::bytes(b""),
        ];
        for value in values {
            let name = value.type_name();
            let (_, methods) = METHODS.iter().find(|(kind, _)| *kind == name).unwrap();
            for method in *methods {
                if let Err(error) = value.method(method, []) {
                    assert!(!error.is("AttributeError"), "{name}.{method}: {error:?}");
                }
            }
        }
    }

    #[test]
    fn constants_and_functions_are_there() {
        for name in library::CONSTANTS.iter().chain(&library::names()) {
            crate::lib_value(name);
        }
    }
}
