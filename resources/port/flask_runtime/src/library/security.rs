//! `werkzeug.security`: password hashes.

use pbkdf2::pbkdf2_hmac;
use scrypt::{Params, scrypt};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use super::functions;
use super::hashing::same;
use super::randomness::below;
use crate::binary::hex;
use crate::native::{bind, needed, value_error};
use crate::{R, Value};

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const PBKDF2_ROUNDS: u32 = 1_000_000;

fn salt(length: usize) -> String {
    let letter = || char::from(LETTERS[usize::try_from(below(62)).unwrap_or(0)]);
    (0..length).map(|_| letter()).collect()
}

/// The digest and the method in full.
fn hashed(method: &str, salt: &str, password: &str) -> R<(String, String)> {
    let mut parts = method.split(':');
    let invalid = || {
        value_error(format!("Invalid hash method '{}'.", method.split(':').next().unwrap_or("")))
    };
    match parts.next() {
        Some("scrypt") => {
            let given: Vec<u32> = parts.filter_map(|part| part.parse().ok()).collect();
            let (n, r, p) = match given[..] {
                [] => (32_768, 8, 1),
                [n, r, p] => (n, r, p),
                _ => return Err(value_error("'scrypt' takes 3 arguments.")),
            };
            let log = u8::try_from(n.checked_ilog2().unwrap_or(15)).unwrap_or(15);
            let params =
                Params::new(log, r, p, 64).map_err(|error| value_error(error.to_string()))?;
            let mut key = [0; 64];
            scrypt(password.as_bytes(), salt.as_bytes(), &params, &mut key)
                .map_err(|error| value_error(error.to_string()))?;
            Ok((hex(&key), format!("scrypt:{n}:{r}:{p}")))
        }
        Some("pbkdf2") => {
            let digest = parts.next().unwrap_or("sha256");
            let rounds = match parts.next() {
                None => PBKDF2_ROUNDS,
                Some(rounds) => rounds.parse().map_err(|_| invalid())?,
            };
            let (password, salt) = (password.as_bytes(), salt.as_bytes());
            let mut key = vec![
                0;
                if digest == "sha1" {
                    20
                } else if digest == "sha512" {
                    64
                } else {
                    32
                }
            ];
            match digest {
                "sha1" => pbkdf2_hmac::<Sha1>(password, salt, rounds, &mut key),
                "sha256" => pbkdf2_hmac::<Sha256>(password, salt, rounds, &mut key),
                "sha512" => pbkdf2_hmac::<Sha512>(password, salt, rounds, &mut key),
                other => return Err(value_error(format!("unsupported hash type {other}"))),
            }
            Ok((hex(&key), format!("pbkdf2:{digest}:{rounds}")))
        }
        _ => Err(invalid()),
    }
}

functions! { "werkzeug.security" (args, kw)
    "generate_password_hash" => {
        let names = ["password", "method", "salt_length"];
        let [password, method, length] = bind("generate_password_hash", names, args, kw)?;
        let password = needed("generate_password_hash", "password", password)?.to_string();
        let method = method.map_or_else(|| "scrypt".into(), |method| method.to_string());
        let length = length.and_then(|length| length.as_int()).unwrap_or(16);
        let length = usize::try_from(length).ok().filter(|length| *length > 0);
        let salt = salt(length.ok_or_else(|| value_error("Salt length must be at least 1."))?);
        let (key, method) = hashed(&method, &salt, &password)?;
        Ok(format!("{method}${salt}${key}").into())
    },
    "check_password_hash" => {
        let [stored, password] = bind("check_password_hash", ["pwhash", "password"], args, kw)?;
        let stored = needed("check_password_hash", "pwhash", stored)?.to_string();
        let password = needed("check_password_hash", "password", password)?.to_string();
        let parts: Vec<&str> = stored.splitn(3, '$').collect();
        let [method, salt, key] = parts[..] else { return Ok(Value::Bool(false)) };
        Ok(same(hashed(method, salt, &password)?.0.as_bytes(), key.as_bytes()).into())
    },
}
