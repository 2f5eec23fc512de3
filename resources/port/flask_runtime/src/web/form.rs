//! Forms: URL-encoded and multipart bodies.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::errors::raise;
use crate::native::{Kw, Native, native, no_attribute};
use crate::value::{Str, bytes, text};
use crate::web::headers::{HeaderList, of_request};
use crate::web::http::{mimetype, parameter, query_pairs};
use crate::web::multidict::MultiDict;
use crate::{Exc, R, Value, args};

/// What a body held.
pub(crate) struct Form {
    pub fields: Value,
    pub files: Value,
    /// Whether the body was a form, which leaves no data.
    pub consumed: bool,
}

/// How large a form may be.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub memory: Option<usize>,
    pub parts: Option<usize>,
}

fn too_large() -> Exc {
    raise("RequestEntityTooLarge", args![])
}

/// Reads a form. Raises RequestEntityTooLarge.
pub(crate) fn parse(content_type: &str, body: &[u8], limits: Limits) -> R<Form> {
    let of = |fields: Vec<(String, Value)>, files: Vec<(String, Value)>, consumed| Form {
        fields: native(MultiDict::new(fields)),
        files: native(MultiDict::new(files)),
        consumed,
    };
    match mimetype(content_type).as_str() {
        "application/x-www-form-urlencoded" => {
            if limits.memory.is_some_and(|limit| body.len() > limit) {
                return Err(too_large());
            }
            // What is no text is no form.
            let pairs = if std::str::from_utf8(body).is_ok() { query_pairs(body) } else { vec![] };
            Ok(of(pairs.into_iter().map(|(k, v)| (k, v.into())).collect(), vec![], true))
        }
        "multipart/form-data" => {
            let Some(boundary) = parameter(content_type, "boundary").filter(|b| !b.is_empty())
            else {
                return Ok(of(vec![], vec![], true));
            };
            let (fields, files) = multipart(body, &boundary, limits)?.unwrap_or_default();
            Ok(of(fields, files, true))
        }
        _ => Ok(of(vec![], vec![], false)),
    }
}

type Fields = Vec<(String, Value)>;

fn find(data: &[u8], wanted: &[u8]) -> Option<usize> {
    data.windows(wanted.len()).position(|window| window == wanted)
}

/// Fields and files; none if the body is malformed.
fn multipart(body: &[u8], boundary: &str, limits: Limits) -> R<Option<(Fields, Fields)>> {
    let opening = format!("--{boundary}").into_bytes();
    let closing = format!("\r\n--{boundary}").into_bytes();
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    let Some(start) = find(body, &opening) else { return Ok(None) };
    let mut rest = &body[start + opening.len()..];
    let mut held = 0;
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (Some(head), Some(end)) = (find(part, b"\r\n\r\n"), find(part, &closing)) else {
            return Ok(None);
        };
        if head > end {
            return Ok(None);
        }
        let headers = headers(&part[..head]);
        let content = &part[(head + 4).min(end)..end];
        let disposition = headers.get("content-disposition").unwrap_or("").to_string();
        let Some(name) = parameter(&disposition, "name") else { return Ok(None) };
        if let Some(filename) = parameter(&disposition, "filename") {
            let file = Upload {
                name: name.clone(),
                filename,
                headers: Rc::new(RefCell::new(headers)),
                data: content.into(),
                at: Cell::new(0),
            };
            files.push((name, native(file)));
        } else {
            held += content.len();
            let value = String::from_utf8_lossy(content).into_owned();
            fields.push((name, value.into()));
        }
        if limits.memory.is_some_and(|limit| held > limit)
            || limits.parts.is_some_and(|limit| fields.len() + files.len() > limit)
        {
            return Err(too_large());
        }
        rest = &part[end + closing.len()..];
    }
    Ok(rest.starts_with(b"--").then_some((fields, files)))
}

fn headers(head: &[u8]) -> HeaderList {
    let mut list = HeaderList::default();
    for line in String::from_utf8_lossy(head).split("\r\n") {
        if let Some((name, value)) = line.split_once(':') {
            list.add(name.trim().to_string(), value.trim());
        }
    }
    list
}

/// A `FileStorage`.
struct Upload {
    name: String,
    filename: String,
    headers: Rc<RefCell<HeaderList>>,
    data: Vec<u8>,
    at: Cell<usize>,
}

impl Native for Upload {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "FileStorage"
    }

    fn truth(&self) -> bool {
        !self.filename.is_empty()
    }

    fn attr(&self, name: &str) -> Option<R> {
        let header =
            |name: &str| self.headers.borrow().get(name).map(|value| text(Str::new(value)));
        Some(Ok(match name {
            "filename" => self.filename.clone().into(),
            "name" => self.name.clone().into(),
            "content_type" => header("content-type").into(),
            "mimetype" => mimetype(self.headers.borrow().get("content-type").unwrap_or("")).into(),
            "content_length" => 0.into(),
            "headers" => of_request(&self.headers),
            _ => return None,
        }))
    }

    fn method(&self, this: &Value, name: &str, args: &[Value], _kw: Kw) -> R {
        match name {
            "read" => {
                let start = self.at.get().min(self.data.len());
                let size =
                    args.first().and_then(Value::as_int).and_then(|n| usize::try_from(n).ok());
                let end = size.map_or(self.data.len(), |size| (start + size).min(self.data.len()));
                self.at.set(end);
                Ok(bytes(&self.data[start..end]))
            }
            "seek" => {
                let at = args.first().and_then(Value::as_int).unwrap_or(0);
                self.at.set(usize::try_from(at).unwrap_or(0));
                Ok(at.into())
            }
            "tell" => Ok(self.at.get().into()),
            "save" => {
                let path = args.first().map(ToString::to_string).unwrap_or_default();
                std::fs::write(&path, &self.data)
                    .map_err(|error| raise("OSError", args![error.to_string()]))?;
                Ok(Value::None)
            }
            "close" => Ok(Value::None),
            "stream" => Ok(this.clone()),
            _ => Err(no_attribute("FileStorage", name)),
        }
    }
}
