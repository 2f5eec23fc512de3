//! The methods of `bytes`, and text out of bytes.

use std::fmt::Write as _;

use crate::errors::raise;
use crate::native::{Kw, bind, no_attribute};
use crate::value::bytes;
use crate::{R, Value, args};

/// Bytes as text. Raises UnicodeDecodeError, or ValueError for an unknown encoding.
pub(crate) fn decode(data: &[u8], encoding: &str, errors: &str) -> R<String> {
    match encoding.to_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => from_utf8(data, errors),
        "ascii" | "us-ascii" => match data.iter().position(|byte| !byte.is_ascii()) {
            Some(at) if errors == "strict" => Err(raise(
                "UnicodeDecodeError",
                args![format!(
                    "'ascii' codec can't decode byte 0x{:02x} in position {at}: ordinal not in range(128)",
                    data[at]
                )],
            )),
            _ => from_utf8(data, errors),
        },
        "latin-1" | "latin1" | "iso-8859-1" => Ok(data.iter().map(|b| char::from(*b)).collect()),
        _ => Err(raise("ValueError", args![format!("unknown encoding: {encoding}")])),
    }
}

fn from_utf8(data: &[u8], errors: &str) -> R<String> {
    match (std::str::from_utf8(data), errors) {
        (Ok(text), _) => Ok(text.into()),
        (Err(_), "replace") => Ok(String::from_utf8_lossy(data).into()),
        (Err(_), "ignore") => {
            Ok(String::from_utf8_lossy(data).replace(char::REPLACEMENT_CHARACTER, ""))
        }
        (Err(error), _) => {
            let at = error.valid_up_to();
            let reason = match error.error_len() {
                None => "unexpected end of data",
                Some(1) if data[at] < 0xc2 || data[at] > 0xf4 => "invalid start byte",
                Some(_) => "invalid continuation byte",
            };
            let message = format!(
                "'utf-8' codec can't decode byte 0x{:02x} in position {at}: {reason}",
                data[at]
            );
            Err(raise("UnicodeDecodeError", args![message]))
        }
    }
}

pub(crate) fn method(data: &[u8], name: &str, args: &[Value], kw: Kw) -> R {
    match name {
        "decode" => {
            let [encoding, errors] = bind("decode", ["encoding", "errors"], args, kw)?;
            let encoding = encoding.map_or_else(|| "utf-8".into(), |given| given.to_string());
            let errors = errors.map_or_else(|| "strict".into(), |given| given.to_string());
            decode(data, &encoding, &errors).map(Value::from)
        }
        "hex" => Ok(hex(data).into()),
        "strip" => Ok(bytes(data.trim_ascii())),
        "lower" => Ok(bytes(data.to_ascii_lowercase())),
        "upper" => Ok(bytes(data.to_ascii_uppercase())),
        "startswith" | "endswith" => {
            let Some(Value::Bytes(affix)) = args.first() else {
                let message = format!("{name} first arg must be bytes or a tuple of bytes");
                return Err(crate::native::type_error(message));
            };
            let found =
                if name == "startswith" { data.starts_with(affix) } else { data.ends_with(affix) };
            Ok(found.into())
        }
        _ => Err(no_attribute("bytes", name)),
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(data: &[u8]) -> String {
    data.iter().fold(String::with_capacity(data.len() * 2), |mut written, byte| {
        let _ = write!(written, "{byte:02x}");
        written
    })
}
