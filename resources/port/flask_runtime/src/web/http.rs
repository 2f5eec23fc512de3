//! Pieces of HTTP: percent-encoding, dates, HTML escapes, media types.

use std::fmt::Write as _;

use chrono::{DateTime, Datelike, Timelike, Utc};

/// What stays as it is in a path, besides letters and digits.
pub(crate) const PATH_SAFE: &str = "!$&'()*+,/:;=@";
/// The same for what may be encoded already.
pub(crate) const URL_SAFE: &str = "!$&'()*+,/:;=@%";

/// `urllib.parse.quote`
pub(crate) fn quote(data: &[u8], safe: &str) -> String {
    let mut written = String::with_capacity(data.len());
    for &byte in data {
        if byte.is_ascii_alphanumeric()
            || b"_.-~".contains(&byte)
            || safe.as_bytes().contains(&byte)
        {
            written.push(byte.into());
        } else {
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

/// `urllib.parse.quote_plus`
pub(crate) fn quote_plus(text: &str) -> String {
    quote(text.as_bytes(), " ").replace(' ', "+")
}

fn hex(byte: Option<&u8>) -> Option<u8> {
    byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
}

/// Bytes with percent escapes replaced.
pub(crate) fn unquote(text: &[u8]) -> Vec<u8> {
    if !text.contains(&b'%') {
        return text.to_vec();
    }
    let mut data = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        match (text[at], hex(text.get(at + 1)), hex(text.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                data.push(high * 16 + low);
                at += 3;
            }
            (byte, ..) => {
                data.push(byte);
                at += 1;
            }
        }
    }
    data
}

/// Text out of bytes; what is no UTF-8 is percent-encoded, as werkzeug does in queries and forms.
pub(crate) fn text_or_quoted(data: Vec<u8>) -> String {
    String::from_utf8(data).unwrap_or_else(|error| {
        let mut written = String::new();
        for chunk in error.as_bytes().utf8_chunks() {
            written.push_str(chunk.valid());
            for byte in chunk.invalid() {
                let _ = write!(written, "%{byte:02X}");
            }
        }
        written
    })
}

/// `parse_qsl(…, keep_blank_values=True)`
pub(crate) fn query_pairs(query: &[u8]) -> Vec<(String, String)> {
    let decoded = |part: &[u8]| {
        let spaced: Vec<u8> = part.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        text_or_quoted(unquote(&spaced))
    };
    let parts = query.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.iter().position(|byte| *byte == b'=') {
            Some(at) => (decoded(&part[..at]), decoded(&part[at + 1..])),
            None => (decoded(part), String::new()),
        })
        .collect()
}

/// markupsafe's `escape`.
pub(crate) fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&#34;"),
            '\'' => written.push_str("&#39;"),
            c => written.push(c),
        }
    }
    written
}

/// A date as HTTP headers have it.
pub(crate) fn date(when: DateTime<Utc>) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    format!(
        "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
        DAYS[when.weekday().num_days_from_monday() as usize],
        when.day(),
        MONTHS[when.month0() as usize],
        when.year(),
        when.hour(),
        when.minute(),
        when.second()
    )
}

/// A media type with the character set that text has.
pub(crate) fn content_type(mimetype: &str) -> String {
    const TEXTS: [&str; 6] = [
        "application/ecmascript",
        "application/javascript",
        "application/sql",
        "application/xml",
        "application/xml-dtd",
        "application/xml-external-parsed-entity",
    ];
    let text = mimetype.starts_with("text/") || TEXTS.contains(&mimetype);
    if text || mimetype.ends_with("+xml") {
        return format!("{mimetype}; charset=utf-8");
    }
    mimetype.into()
}

/// The media type of a Content-Type header.
pub(crate) fn mimetype(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or("").trim().to_lowercase()
}

/// A parameter of a header's value: `boundary`, `charset`, `filename`.
pub(crate) fn parameter(header: &str, wanted: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (name, after) = rest.split_once('=')?;
        let name = name.trim().trim_start_matches(';').trim();
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => unquoted(quoted),
            None => {
                let after = after.trim_start();
                let end = after.find(';').unwrap_or(after.len());
                (after[..end].trim().to_string(), &after[end..])
            }
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().trim_start_matches(';');
    }
}

fn unquoted(quoted: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => match chars.next() {
                // Browsers escape nothing but quotes and backslashes.
                Some((_, next @ ('"' | '\\'))) => value.push(next),
                Some((_, next)) => value.extend(['\\', next]),
                None => {}
            },
            c => value.push(c),
        }
    }
    (value, "")
}

/// A URL that may hold any characters as one that holds ASCII alone: `iri_to_uri`.
pub(crate) fn iri_to_uri(iri: &str) -> String {
    if iri.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)) {
        return iri.into();
    }
    let (front, fragment) = match iri.split_once('#') {
        Some((front, fragment)) => (front, Some(fragment)),
        None => (iri, None),
    };
    let (front, query) = match front.split_once('?') {
        Some((front, query)) => (front, Some(query)),
        None => (front, None),
    };
    let mut uri = quote(front.as_bytes(), "%!$&'()*+,/:;=@");
    if let Some(query) = query {
        uri = uri + "?" + &quote(query.as_bytes(), "%!$&'()*+,/:;=?@");
    }
    if let Some(fragment) = fragment {
        uri = uri + "#" + &quote(fragment.as_bytes(), "%!#$&'()*+,/:;=?@");
    }
    uri
}
