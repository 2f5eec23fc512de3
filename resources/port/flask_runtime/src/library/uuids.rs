//! `uuid`

use std::any::Any;
use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

use md5::{Digest as _, Md5};
use num_bigint::{BigInt, Sign};
use sha1::Sha1;

use super::functions;
use super::randomness::random_bytes;
use crate::binary::hex;
use crate::native::{Kw, Native, bind, exactly, native, type_error, value_error};
use crate::types::Type;
use crate::value::{bytes, integer};
use crate::{R, Value};

/// A UUID.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Uuid([u8; 16]);

fn dashed(data: &[u8; 16]) -> String {
    let hex = hex(data);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn versioned(mut data: [u8; 16], version: u8) -> Value {
    data[6] = data[6] & 0x0f | version << 4;
    data[8] = data[8] & 0x3f | 0x80;
    native(Uuid(data))
}

fn first_sixteen(data: &[u8]) -> [u8; 16] {
    let mut taken = [0; 16];
    taken.copy_from_slice(&data[..16]);
    taken
}

fn named(args: &[Value], kw: Kw, digest: fn(&[u8]) -> Vec<u8>, version: u8) -> R {
    let [namespace, name] = exactly("uuid", args, kw)?;
    let Some(namespace) = namespace.native::<Uuid>() else {
        return Err(type_error("the namespace must be a UUID".into()));
    };
    let name = match name {
        Value::Bytes(data) => data.to_vec(),
        other => other.to_string().into_bytes(),
    };
    Ok(versioned(first_sixteen(&digest(&[&namespace.0[..], &name].concat())), version))
}

functions! { "uuid" (args, kw)
    "uuid4" => Ok(versioned(first_sixteen(&random_bytes(16)), 4)),
    "uuid1" => Ok(timed()),
    "uuid3" => named(args, kw, |data| Md5::digest(data).to_vec(), 3),
    "uuid5" => named(args, kw, |data| Sha1::digest(data).to_vec(), 5),
}

fn timed() -> Value {
    // Tenths of microseconds since the Gregorian calendar began.
    const GREGORIAN: u64 = 0x01b2_1dd2_1381_4000;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let ticks = since.map_or(0, |since| since.as_nanos() / 100);
    let ticks = u64::try_from(ticks).unwrap_or(0) + GREGORIAN;
    let mut data = first_sixteen(&random_bytes(16));
    data[..4].copy_from_slice(&ticks.to_be_bytes()[4..]);
    data[4..6].copy_from_slice(&ticks.to_be_bytes()[2..4]);
    data[6..8].copy_from_slice(&ticks.to_be_bytes()[..2]);
    versioned(data, 1)
}

pub(crate) fn constant(name: &str) -> Option<Value> {
    let last = match name {
        "NAMESPACE_DNS" => 0x10,
        "NAMESPACE_URL" => 0x11,
        "NAMESPACE_OID" => 0x12,
        "NAMESPACE_X500" => 0x14,
        _ => return None,
    };
    let mut data = *b"\x6b\xa7\xb8\x10\x9d\xad\x11\xd1\x80\xb4\x00\xc0\x4f\xd4\x30\xc8";
    data[3] = last;
    Some(native(Uuid(data)))
}

/// A UUID out of text; none for another text.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let digits = text.replace("urn:", "").replace("uuid:", "");
    let digits: String = digits.trim_matches(['{', '}']).replace('-', "");
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = u128::from_str_radix(&digits, 16).ok()?;
    Some(native(Uuid(number.to_be_bytes())))
}

/// `UUID(hex, bytes=…, int=…)`
pub(crate) fn create(args: &[Value], kw: Kw) -> R {
    let names = ["hex", "bytes", "bytes_le", "fields", "int", "version"];
    let [text, data, _, _, number, version] = bind("UUID", names, args, kw)?;
    let made = match (text, data, number) {
        (Some(Value::Str(text)), ..) => {
            parse(&text).ok_or_else(|| value_error("badly formed hexadecimal UUID string"))?
        }
        (Some(other), ..) => {
            let name = other.type_name();
            let message = format!("'{name}' object has no attribute 'replace'");
            return Err(crate::raise("AttributeError", crate::args![message]));
        }
        (_, Some(Value::Bytes(data)), _) => {
            let data: Result<[u8; 16], _> = (&*data).try_into();
            native(Uuid(data.map_err(|_| value_error("bytes is not a 16-char string"))?))
        }
        (_, _, Some(number)) => {
            let number = number.as_big().and_then(|n| num_traits::ToPrimitive::to_u128(&n));
            let number =
                number.ok_or_else(|| value_error("int is out of range (need a 128-bit value)"))?;
            native(Uuid(number.to_be_bytes()))
        }
        _ => {
            let message = "one of the hex, bytes, bytes_le, fields, or int arguments must be given";
            return Err(type_error(message.into()));
        }
    };
    match (version.and_then(|version| version.as_int()), made.native::<Uuid>()) {
        (Some(version), Some(uuid)) => Ok(versioned(uuid.0, u8::try_from(version).unwrap_or(4))),
        _ => Ok(made),
    }
}

/// The hexadecimal digits of a UUID; none for another value.
pub(crate) fn hex_of(value: &Value) -> Option<String> {
    value.native::<Uuid>().map(|uuid| hex(&uuid.0))
}

impl Native for Uuid {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "UUID"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Uuid)
    }

    fn text(&self) -> String {
        dashed(&self.0)
    }

    fn repr(&self) -> String {
        format!("UUID('{}')", dashed(&self.0))
    }

    fn equals(&self, other: &Value) -> bool {
        other.native::<Self>() == Some(self)
    }

    fn hash_value(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.hash(&mut hasher);
        hasher.finish()
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.native::<Self>().map(|other| self.0.cmp(&other.0))
    }

    fn for_json(&self) -> Option<Value> {
        Some(self.text().into())
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "hex" => hex(&self.0).into(),
            "bytes" => bytes(self.0),
            "int" => integer(BigInt::from_bytes_be(Sign::Plus, &self.0)),
            "urn" => format!("urn:uuid:{}", dashed(&self.0)).into(),
            "version" => i64::from(self.0[6] >> 4).into(),
            "node" => integer(BigInt::from_bytes_be(Sign::Plus, &self.0[10..])),
            _ => return None,
        }))
    }
}
