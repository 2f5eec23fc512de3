//! Signed and dated text as itsdangerous makes it: what Flask's session cookies are.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

const SALT: &[u8] = b"cookie-session";
/// What a compressed payload may become: cookies are small.
const LIMIT: u64 = 1 << 20;

fn mac(key: &[u8], data: &[u8]) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
    mac
}

fn derived(secret: &[u8]) -> Vec<u8> {
    mac(secret, SALT).finalize().into_bytes().to_vec()
}

/// A payload, compressed if that is shorter, dated and signed.
pub(crate) fn sign(secret: &[u8], payload: &[u8], now: u64) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
    let packed = encoder.write_all(payload).and_then(|()| encoder.finish());
    let body = match packed {
        Ok(packed) if packed.len() < payload.len() - 1 => {
            format!(".{}", URL_SAFE_NO_PAD.encode(packed))
        }
        _ => URL_SAFE_NO_PAD.encode(payload),
    };
    let stamp = now.to_be_bytes();
    let first = stamp.iter().position(|byte| *byte != 0).unwrap_or(7);
    let value = format!("{body}.{}", URL_SAFE_NO_PAD.encode(&stamp[first..]));
    let signature = mac(&derived(secret), value.as_bytes()).finalize().into_bytes();
    format!("{value}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The payload of a signed text that is no older than `max_age` seconds; none if it is not genuine.
pub(crate) fn unsign(secrets: &[Vec<u8>], signed: &str, max_age: u64, now: u64) -> Option<Vec<u8>> {
    let (value, signature) = signed.rsplit_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let genuine =
        |secret: &Vec<u8>| mac(&derived(secret), value.as_bytes()).verify_slice(&signature).is_ok();
    if !secrets.iter().any(genuine) {
        return None;
    }
    let (body, stamp) = value.rsplit_once('.')?;
    let stamp = URL_SAFE_NO_PAD.decode(stamp).ok()?;
    let stamp = stamp
        .iter()
        .try_fold(0u64, |sum, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)))?;
    if stamp > now || now - stamp > max_age {
        return None;
    }
    match body.strip_prefix('.') {
        None => URL_SAFE_NO_PAD.decode(body).ok(),
        Some(packed) => {
            let packed = URL_SAFE_NO_PAD.decode(packed).ok()?;
            let mut payload = Vec::new();
            ZlibDecoder::new(&packed[..]).take(LIMIT).read_to_end(&mut payload).ok()?;
            Some(payload)
        }
    }
}
