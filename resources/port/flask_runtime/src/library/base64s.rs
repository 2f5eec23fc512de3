//! `base64`

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::functions;
use crate::errors::raise;
use crate::native::{exactly, type_error};
use crate::value::bytes;
use crate::{R, Value, args};

fn data(value: &Value) -> R<Vec<u8>> {
    match value {
        Value::Bytes(data) => Ok(data.to_vec()),
        other => {
            let name = other.type_name();
            Err(type_error(format!("a bytes-like object is required, not '{name}'")))
        }
    }
}

fn decoded(value: &Value, alphabet: &alphabet::Alphabet) -> R {
    let given = match value {
        Value::Str(text) => text.as_bytes().to_vec(),
        other => data(other)?,
    };
    // What is not of the alphabet is skipped, as Python does.
    let letters: Vec<u8> = given
        .into_iter()
        .filter(|byte| alphabet.as_str().as_bytes().contains(byte) || *byte == b'=')
        .collect();
    let padded = letters.len() % 4 == 0;
    let config = GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(alphabet, config);
    let found = engine.decode(&letters).ok().filter(|_| padded);
    found
        .map(|found| bytes(&found))
        .ok_or_else(|| raise("binascii.Error", args!["Incorrect padding"]))
}

functions! { "base64" (args, kw)
    "b64encode" => Ok(bytes(STANDARD.encode(data(&args[0])?).as_bytes())),
    "standard_b64encode" => Ok(bytes(STANDARD.encode(data(&args[0])?).as_bytes())),
    "urlsafe_b64encode" => Ok(bytes(URL_SAFE.encode(data(&args[0])?).as_bytes())),
    "b64decode" => decoded(&args[0], &alphabet::STANDARD),
    "standard_b64decode" => decoded(&exactly::<1>("b64decode", args, kw)?[0], &alphabet::STANDARD),
    "urlsafe_b64decode" => decoded(&exactly::<1>("b64decode", args, kw)?[0], &alphabet::URL_SAFE),
}
