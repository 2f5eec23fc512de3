//! `hashlib` and `hmac`

use std::any::Any;
use std::cell::RefCell;

use hmac::{Hmac, Mac as _};
use md5::Md5;
use sha1::{Digest as _, Sha1};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::functions;
use crate::binary::hex;
use crate::native::{Kw, Native, native, no_attribute, type_error, value_error};
use crate::value::bytes;
use crate::{R, Value};

/// Data being digested.
struct Hash {
    name: String,
    /// The key, if the digest is signed.
    key: Option<Vec<u8>>,
    data: RefCell<Vec<u8>>,
}

fn digest(name: &str, data: &[u8]) -> Option<Vec<u8>> {
    Some(match name {
        "md5" => Md5::digest(data).to_vec(),
        "sha1" => Sha1::digest(data).to_vec(),
        "sha224" => Sha224::digest(data).to_vec(),
        "sha256" => Sha256::digest(data).to_vec(),
        "sha384" => Sha384::digest(data).to_vec(),
        "sha512" => Sha512::digest(data).to_vec(),
        _ => return None,
    })
}

fn signed(name: &str, key: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    macro_rules! with {
        ($($known:literal $kind:ty),*) => {
            match name {
                $($known => {
                    let mut mac = Hmac::<$kind>::new_from_slice(key).ok()?;
                    mac.update(data);
                    Some(mac.finalize().into_bytes().to_vec())
                })*
                _ => None,
            }
        };
    }
    with!("md5" Md5, "sha1" Sha1, "sha224" Sha224, "sha256" Sha256, "sha384" Sha384, "sha512" Sha512)
}

fn data_of(value: &Value) -> R<Vec<u8>> {
    match value {
        Value::Bytes(data) => Ok(data.to_vec()),
        Value::Str(_) => Err(type_error("Strings must be encoded before hashing".into())),
        other => {
            let name = other.type_name();
            Err(type_error(format!("object supporting the buffer API required, not {name}")))
        }
    }
}

fn begin(name: &str, args: &[Value]) -> R {
    let data = args.first().map_or(Ok(Vec::new()), data_of)?;
    if digest(name, b"").is_none() {
        return Err(value_error(format!("unsupported hash type {name}")));
    }
    Ok(native(Hash { name: name.into(), key: None, data: RefCell::new(data) }))
}

functions! { "hashlib" (args, _kw)
    "md5" => begin("md5", args),
    "sha1" => begin("sha1", args),
    "sha224" => begin("sha224", args),
    "sha256" => begin("sha256", args),
    "sha384" => begin("sha384", args),
    "sha512" => begin("sha512", args),
    "new" => {
        let name = args.first().map(ToString::to_string).unwrap_or_default();
        begin(&name, args.get(1..).unwrap_or(&[]))
    },
}

impl Native for Hash {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "HASH"
    }

    fn attr(&self, name: &str) -> Option<R> {
        (name == "name").then(|| Ok(self.name.clone().into()))
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], _kw: Kw) -> R {
        let finished = || {
            let data = self.data.borrow();
            let made = match &self.key {
                None => digest(&self.name, &data),
                Some(key) => signed(&self.name, key, &data),
            };
            made.unwrap_or_default()
        };
        match name {
            "hexdigest" => Ok(hex(&finished()).into()),
            "digest" => Ok(bytes(finished())),
            "update" => {
                let more = args.first().map_or(Ok(Vec::new()), data_of)?;
                self.data.borrow_mut().extend(more);
                Ok(Value::None)
            }
            _ => Err(no_attribute("HASH", name)),
        }
    }
}

/// Whether two texts or bytes are alike, in a time that does not depend on where they differ.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |unlike, (x, y)| unlike | (x ^ y)) == 0
}

pub(crate) mod macs {
    use std::cell::RefCell;

    use super::super::functions;
    use super::{Hash, data_of, same, signed};
    use crate::native::{bind, exactly, native, needed, type_error, value_error};
    use crate::{R, Value};

    fn comparable(value: &Value) -> R<Vec<u8>> {
        match value {
            Value::Str(text) => Ok(text.as_bytes().to_vec()),
            Value::Bytes(data) => Ok(data.to_vec()),
            other => Err(type_error(format!(
                "unsupported operand types(s) or combination of types: '{}'",
                other.type_name()
            ))),
        }
    }

    functions! { "hmac" (args, kw)
        "compare_digest" => {
            let [a, b] = exactly("compare_digest", args, kw)?;
            Ok(same(&comparable(a)?, &comparable(b)?).into())
        },
        "new" => {
            let [key, data, name] = bind("new", ["key", "msg", "digestmod"], args, kw)?;
            let key = data_of(&needed("new", "key", key)?)?;
            let data = match data.filter(|data| !data.is_none()) {
                Some(data) => data_of(&data)?,
                None => Vec::new(),
            };
            let name = needed("new", "digestmod", name)?;
            let name = match &name {
                Value::Func(function) => function.name().to_string(),
                other => other.to_string(),
            };
            if signed(&name, &key, b"").is_none() {
                return Err(value_error(format!("unsupported hash type {name}")));
            }
            Ok(native(Hash { name, key: Some(key), data: RefCell::new(data) }))
        },
    }
}
