//! `os`: the environment and paths.

use super::functions;
use super::randomness::random_bytes;
use crate::Value;
use crate::native::exactly;
use crate::value::bytes;

fn variable(args: &[Value]) -> Value {
    let name = args.first().map(ToString::to_string).unwrap_or_default();
    let found = std::env::var(name).ok().map(Value::from);
    found.or_else(|| args.get(1).cloned()).unwrap_or_default()
}

functions! { "os" (args, kw)
    "getenv" => Ok(variable(args)),
    "getcwd" => {
        let here = std::env::current_dir().unwrap_or_default();
        Ok(here.to_string_lossy().into_owned().into())
    },
    "getpid" => Ok(i64::from(std::process::id()).into()),
    "urandom" => {
        let count = exactly::<1>("urandom", args, kw)?[0].as_int().unwrap_or(0);
        Ok(bytes(random_bytes(usize::try_from(count).unwrap_or(0))))
    },
}

pub(crate) fn constant(name: &str) -> Option<Value> {
    match name {
        "sep" => Some("/".into()),
        "linesep" => Some("\n".into()),
        "name" => Some("posix".into()),
        _ => None,
    }
}

pub(crate) mod environ {
    use super::super::functions;
    use super::variable;
    use crate::errors::raise;
    use crate::native::exactly;
    use crate::{Value, args};

    functions! { "os.environ" (args, kw)
        "get" => Ok(variable(args)),
        "__getitem__" => {
            let [name] = exactly("__getitem__", args, kw)?;
            match variable(std::slice::from_ref(name)) {
                Value::None => Err(raise("KeyError", args![name])),
                found => Ok(found),
            }
        },
        "__contains__" => {
            let [name] = exactly("__contains__", args, kw)?;
            Ok(std::env::var_os(name.to_string()).is_some().into())
        },
    }
}

pub(crate) mod paths {
    use std::path::Path;

    use super::super::functions;
    use crate::native::exactly;
    use crate::{R, Value, tuple};

    fn path(args: &[Value], kw: crate::native::Kw) -> R<String> {
        Ok(exactly::<1>("path", args, kw)?[0].to_string())
    }

    functions! { "os.path" (args, kw)
        "join" => {
            let mut joined = String::new();
            for part in args.iter().map(ToString::to_string) {
                if part.starts_with('/') || joined.is_empty() {
                    joined = part;
                } else {
                    let slash = if joined.ends_with('/') { "" } else { "/" };
                    joined = joined + slash + &part;
                }
            }
            Ok(joined.into())
        },
        "exists" => Ok(Path::new(&path(args, kw)?).exists().into()),
        "isfile" => Ok(Path::new(&path(args, kw)?).is_file().into()),
        "isdir" => Ok(Path::new(&path(args, kw)?).is_dir().into()),
        "basename" => {
            let path = path(args, kw)?;
            Ok(path.rsplit('/').next().unwrap_or("").to_string().into())
        },
        "dirname" => {
            let path = path(args, kw)?;
            Ok(path.rsplit_once('/').map_or("", |(front, _)| front).to_string().into())
        },
        "splitext" => {
            let path = path(args, kw)?;
            let name = path.rfind('/').map_or(0, |at| at + 1);
            let bare = path[name..].trim_start_matches('.').len();
            let dot = path[path.len() - bare..].rfind('.').map(|at| at + path.len() - bare);
            let at = dot.unwrap_or(path.len());
            Ok(tuple![path[..at].to_string(), path[at..].to_string()])
        },
    }
}
