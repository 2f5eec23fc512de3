//! Files of a folder, sent as Flask sends them.

use std::path::Path;

use chrono::{DateTime, Utc};

use crate::errors::raise;
use crate::native::native;
use crate::web::context;
use crate::web::http::{content_type, date};
use crate::web::response::Response;
use crate::{R, args};

const KINDS: &[(&str, &str)] = &[
    ("css", "text/css"),
    ("csv", "text/csv"),
    ("gif", "image/gif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/vnd.microsoft.icon"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain"),
    ("webp", "image/webp"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xml", "text/xml"),
    ("zip", "application/zip"),
];

fn adler32(data: &[u8]) -> u32 {
    let (a, b) = data.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    b << 16 | a
}

/// A path without its detours, as werkzeug's `safe_join` takes it; none if it leads outside.
fn inside(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    (!name.starts_with('/')).then(|| parts.join("/"))
}

/// A file below a folder. Raises NotFound for what is not one.
pub(crate) fn send_from_directory(folder: &str, name: &str) -> R {
    let missing = || raise("NotFound", args![]);
    let inner = inside(name).ok_or_else(missing)?;
    let relative = Path::new(&inner);
    let path = Path::new(folder).join(relative);
    let found = std::fs::metadata(&path).ok().filter(std::fs::Metadata::is_file);
    let found = found.ok_or_else(missing)?;
    let body = std::fs::read(&path).map_err(|_| missing())?;
    let ending = inner.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    let known = KINDS.iter().find(|(known, _)| *known == ending);
    let kind = known.map_or("application/octet-stream", |(_, kind)| kind);
    let modified: DateTime<Utc> = found.modified().map(DateTime::from).unwrap_or_default();
    let stamp = crate::repr::float(modified.timestamp_micros() as f64 / 1e6);
    let absolute = std::path::absolute(&path).unwrap_or(path);
    let mark = adler32(absolute.to_string_lossy().as_bytes());
    let tag = format!("\"{stamp}-{}-{mark}\"", body.len());
    let request = context::request_data();
    let fresh = request
        .header("if-none-match")
        .is_some_and(|seen| seen.split(',').any(|seen| seen.trim() == tag));
    let response = Response::new(body, if fresh { 304 } else { 200 }, "text/plain");
    response.set_header("Content-Type", content_type(kind));
    let file =
        relative.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    response.set_header("Content-Disposition", format!("inline; filename={file}"));
    response.set_header("Last-Modified", date(modified));
    response.set_header("Cache-Control", "no-cache");
    response.set_header("ETag", tag);
    Ok(native(response))
}
