//! Secrets: read at start-up, never part of the program.

use std::path::PathBuf;

use crate::errors::raise;
use crate::{R, Value, args};

const FILE: &str = "port.env";

/// A secret by its name: an environment variable, else a line `NAME=value` of the file that
/// `PORT_SECRETS` names, else of `port.env` in the working folder. Raises RuntimeError.
pub fn secret(name: &str) -> R {
    if let Ok(value) = std::env::var(name) {
        return Ok(value.into());
    }
    let path = std::env::var_os("PORT_SECRETS").map_or_else(|| FILE.into(), PathBuf::from);
    let lines = std::fs::read_to_string(&path).unwrap_or_default();
    let found = lines.lines().find_map(|line| {
        let (known, value) = line.split_once('=')?;
        (known.trim() == name).then(|| value.trim().to_string())
    });
    found.map(Value::from).ok_or_else(|| {
        let path = path.display();
        let message = format!(
            "{name} is needed: set the environment variable, or write {name}=… into {path}"
        );
        raise("RuntimeError", args![message])
    })
}
