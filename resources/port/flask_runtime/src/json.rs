//! JSON as Python's `json` writes and reads it.

use std::fmt::Write as _;

use num_bigint::BigInt;

use crate::errors::{Exc, raise};
use crate::native::{type_error, value_error};
use crate::value::{Map, Str, integer, list, map_value, text};
use crate::{R, Value, args, repr};

/// As deep as Python's recursion goes.
const DEPTH: usize = 990;
/// Bytes that most answers do with.
const ROOM: usize = 1000;
/// The longest integer that Python reads.
const DIGITS: usize = 4300;

/// How to write.
#[derive(Clone)]
pub struct Style {
    pub ascii: bool,
    pub sorted: bool,
    /// What one level is indented by; none for one line.
    pub indent: Option<String>,
    pub between_items: Str,
    pub after_key: Str,
    /// `default=`: what makes something else of a value that JSON does not have.
    pub default: Value,
    /// Whether dates, UUIDs and dataclasses are written, as Flask does.
    pub flask: bool,
    pub allow_nan: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            ascii: true,
            sorted: false,
            indent: None,
            between_items: ", ".into(),
            after_key: ": ".into(),
            default: Value::None,
            flask: false,
            allow_nan: true,
        }
    }
}

/// A value as JSON. Raises TypeError for what JSON does not have.
pub fn dumps(value: &Value, style: &Style) -> R<String> {
    let mut writer = Writer { style, written: String::with_capacity(ROOM), order: Vec::new() };
    writer.value(value, 0)?;
    Ok(writer.written)
}

struct Writer<'a> {
    style: &'a Style,
    written: String,
    /// In which order to write the entries of the dictionaries around the place of now.
    order: Vec<usize>,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, depth: usize) -> R<()> {
        if depth > DEPTH {
            let message = "maximum recursion depth exceeded while encoding a JSON object";
            return Err(raise("RecursionError", args![message]));
        }
        match value {
            Value::None => self.written.push_str("null"),
            Value::Bool(true) => self.written.push_str("true"),
            Value::Bool(false) => self.written.push_str("false"),
            Value::Int(number) => repr::push_int(*number, &mut self.written),
            Value::Big(number) => self.written.push_str(&long_text(number)?),
            Value::Float(number) if number.is_finite() => {
                repr::push_float(*number, &mut self.written);
            }
            Value::Float(number) => self.written.push_str(self.not_finite(*number)?),
            Value::Str(text) => self.text(text),
            Value::List(items) if self.undisturbed() => self.items(&items.borrow(), depth)?,
            Value::List(items) => {
                let items = items.borrow().clone();
                self.items(&items, depth)?;
            }
            Value::Tuple(items) => self.items(items, depth)?,
            Value::Dict(dict) if self.undisturbed() => self.map(&dict.map.borrow(), depth)?,
            Value::Dict(dict) => {
                let map = dict.map.borrow().clone();
                self.map(&map, depth)?;
            }
            other => {
                let replaced = self.replaced(other)?;
                self.value(&replaced, depth + 1)?;
            }
        }
        Ok(())
    }

    /// Whether nothing of the program's runs meanwhile, which could change what is written.
    fn undisturbed(&self) -> bool {
        self.style.default.is_none()
    }

    fn replaced(&self, value: &Value) -> R {
        if !self.style.default.is_none() {
            return self.style.default.call(args![value]);
        }
        let found = match value {
            Value::Native(native) if self.style.flask => native.for_json(),
            Value::Obj(obj) if self.style.flask => obj.dataclass().map(crate::dict),
            _ => None,
        };
        found.ok_or_else(|| {
            let name = value.type_name();
            type_error(format!("Object of type {name} is not JSON serializable"))
        })
    }

    fn not_finite(&self, number: f64) -> R<&'static str> {
        if !self.style.allow_nan {
            let written = repr::float(number);
            return Err(value_error(format!(
                "Out of range float values are not JSON compliant: {written}"
            )));
        }
        Ok(match number {
            number if number.is_nan() => "NaN",
            number if number > 0.0 => "Infinity",
            _ => "-Infinity",
        })
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = &self.style.indent {
            self.written.push('\n');
            for _ in 0..depth {
                self.written.push_str(indent);
            }
        }
    }

    fn items(&mut self, items: &[Value], depth: usize) -> R<()> {
        if items.is_empty() {
            self.written.push_str("[]");
            return Ok(());
        }
        self.written.push('[');
        for (place, item) in items.iter().enumerate() {
            if place > 0 {
                self.written.push_str(&self.style.between_items);
            }
            self.line(depth + 1);
            self.value(item, depth + 1)?;
        }
        self.line(depth);
        self.written.push(']');
        Ok(())
    }

    fn map(&mut self, map: &Map, depth: usize) -> R<()> {
        if map.is_empty() {
            self.written.push_str("{}");
            return Ok(());
        }
        self.written.push('{');
        let outer = self.order.len();
        self.order.extend(0..map.len());
        if self.style.sorted {
            sort(map, &mut self.order[outer..])?;
        }
        for place in 0..map.len() {
            if place > 0 {
                self.written.push_str(&self.style.between_items);
            }
            self.line(depth + 1);
            let Some((key, value)) = map.get_index(self.order[outer + place]) else { continue };
            match key {
                Value::Str(name) => self.text(name),
                other => {
                    let name = self.key(other)?;
                    self.text(&name);
                }
            }
            self.written.push_str(&self.style.after_key);
            self.value(value, depth + 1)?;
        }
        self.order.truncate(outer);
        self.line(depth);
        self.written.push('}');
        Ok(())
    }

    fn key(&self, key: &Value) -> R<String> {
        match key {
            Value::None => Ok("null".into()),
            Value::Bool(value) => Ok(value.to_string()),
            Value::Int(_) | Value::Big(_) => Ok(key.to_string()),
            Value::Float(number) if number.is_finite() => Ok(repr::float(*number)),
            Value::Float(number) => self.not_finite(*number).map(Into::into),
            other => Err(type_error(format!(
                "keys must be str, int, float, bool or None, not {}",
                other.type_name()
            ))),
        }
    }

    fn text(&mut self, text: &str) {
        let ascii = self.style.ascii;
        let special = |byte| matches!(byte, b'"' | b'\\' | ..=0x1f) || ascii && byte >= 0x80;
        self.written.push('"');
        let mut rest = text;
        while let Some(at) = rest.bytes().position(special) {
            self.written.push_str(&rest[..at]);
            let mut chars = rest[at..].chars();
            chars.next().into_iter().for_each(|c| self.escape(c));
            rest = chars.as_str();
        }
        self.written.push_str(rest);
        self.written.push('"');
    }

    fn escape(&mut self, c: char) {
        let short = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\x08' => "\\b",
            '\x0c' => "\\f",
            _ => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(self.written, "\\u{unit:04x}");
                }
                return;
            }
        };
        self.written.push_str(short);
    }
}

/// Brings places in a dictionary into the order of their keys. Raises TypeError.
fn sort(map: &Map, places: &mut [usize]) -> R<()> {
    if map.keys().all(|key| matches!(key, Value::Str(_))) {
        let name = |place: &usize| map.get_index(*place).and_then(|(key, _)| key.as_str());
        places.sort_unstable_by(|a, b| name(a).cmp(&name(b)));
        return Ok(());
    }
    let keys = map.keys().cloned().collect();
    let sorted = crate::collections::sort(keys, &Value::None, false)?;
    for (place, key) in places.iter_mut().zip(&sorted) {
        *place = map.get_index_of(key).unwrap_or(*place);
    }
    Ok(())
}

/// JSON text as a value. Raises JSONDecodeError, which is a ValueError.
pub fn loads(written: &str) -> R {
    let mut reader = Reader { whole: written, data: written.as_bytes(), at: 0 };
    if written.starts_with('\u{feff}') {
        return Err(reader.problem("Unexpected UTF-8 BOM (decode using utf-8-sig)", 0));
    }
    reader.spaces();
    let value = reader.value(0)?;
    reader.spaces();
    if reader.at < reader.data.len() {
        return Err(reader.problem("Extra data", reader.at));
    }
    Ok(value)
}

/// JSON bytes as a value. Raises UnicodeDecodeError too.
pub fn loads_bytes(data: &[u8]) -> R {
    let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
    loads(&crate::binary::decode(data, "utf-8", "strict")?)
}

struct Reader<'a> {
    whole: &'a str,
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn problem(&self, message: &str, at: usize) -> Exc {
        let before = &self.whole[..at];
        let line = before.matches('\n').count() + 1;
        let place = crate::strings::length(before);
        let column = crate::strings::length(before.rsplit('\n').next().unwrap_or(before)) + 1;
        let error = raise(
            "JSONDecodeError",
            args![format!("{message}: line {line} column {column} (char {place})")],
        );
        let parts = [("lineno", line), ("colno", column), ("pos", place)];
        for (name, value) in parts {
            error.0.put(name, value.into());
        }
        error.0.put("msg", text(crate::value::Str::new(message)));
        error.0.put("doc", text(crate::value::Str::new(self.whole)));
        error
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    fn spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> R {
        if depth > DEPTH {
            let message = "maximum recursion depth exceeded while decoding a JSON object from a unicode string";
            return Err(raise("RecursionError", args![message]));
        }
        match self.peek() {
            Some(b'"') => {
                self.at += 1;
                self.text().map(Value::from)
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word().ok_or_else(|| self.problem("Expecting value", self.at)),
        }
    }

    fn word(&mut self) -> Option<Value> {
        let words = [
            ("null", Value::None),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("NaN", Value::Float(f64::NAN)),
            ("Infinity", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
        ];
        let rest = &self.data[self.at..];
        let (word, value) =
            words.into_iter().find(|(word, _)| rest.starts_with(word.as_bytes()))?;
        self.at += word.len();
        Some(value)
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> R {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else if self.digits() == 0 {
            self.at = start;
            return self.word().ok_or_else(|| self.problem("Expecting value", start));
        }
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                self.at = whole;
            }
        }
        let before = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits() == 0 {
                self.at = before;
            }
        }
        let written = &self.whole[start..self.at];
        if self.at > whole {
            return Ok(Value::Float(written.parse().unwrap_or(f64::NAN)));
        }
        if let Ok(small) = written.parse() {
            return Ok(Value::Int(small));
        }
        long_integer(written)
    }

    fn text(&mut self) -> R<String> {
        let begin = self.at - 1;
        let mut made = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            made.push_str(&self.whole[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(made);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escaped(begin)?;
                    made.push(c);
                }
                Some(_) => return Err(self.problem("Invalid control character at", self.at)),
                None => return Err(self.problem("Unterminated string starting at", begin)),
            }
        }
    }

    fn escaped(&mut self, begin: usize) -> R<char> {
        let Some(kind) = self.peek() else {
            return Err(self.problem("Unterminated string starting at", begin));
        };
        self.at += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            _ => return Err(self.problem("Invalid \\escape", self.at - 2)),
        })
    }

    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.data.get(at..at + 4)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    }

    fn unicode(&mut self) -> R<char> {
        let Some(first) = self.unit(self.at) else {
            return Err(self.problem("Invalid \\uXXXX escape", self.at - 1));
        };
        self.at += 4;
        if (0xd800..0xdc00).contains(&first) && self.data[self.at..].starts_with(b"\\u") {
            if let Some(second @ 0xdc00..0xe000) = self.unit(self.at + 2) {
                self.at += 6;
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn array(&mut self, depth: usize) -> R {
        self.at += 1;
        self.spaces();
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.spaces();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(list(items));
                }
                _ => return Err(self.problem("Expecting ',' delimiter", self.at)),
            }
            self.spaces();
        }
    }

    fn object(&mut self, depth: usize) -> R {
        const NAME: &str = "Expecting property name enclosed in double quotes";
        self.at += 1;
        self.spaces();
        let mut map = Map::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(map_value(map));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.problem(NAME, self.at));
            }
            self.at += 1;
            let name = self.text()?;
            self.spaces();
            if self.peek() != Some(b':') {
                return Err(self.problem("Expecting ':' delimiter", self.at));
            }
            self.at += 1;
            self.spaces();
            let value = self.value(depth + 1)?;
            map.insert(name.into(), value);
            self.spaces();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(map_value(map));
                }
                _ => return Err(self.problem("Expecting ',' delimiter", self.at)),
            }
            self.spaces();
        }
    }
}

/// An integer as text. Raises ValueError where Python refuses to write it.
pub(crate) fn long_text(number: &BigInt) -> R<String> {
    let written = number.to_string();
    if written.trim_start_matches('-').len() > DIGITS {
        return Err(value_error(format!(
            "Exceeds the limit ({DIGITS} digits) for integer string conversion; use \
             sys.set_int_max_str_digits() to increase the limit"
        )));
    }
    Ok(written)
}

/// An integer of many digits. Raises ValueError where Python refuses to read it.
pub(crate) fn long_integer(written: &str) -> R {
    let digits = written.trim_start_matches(['-', '+']).len();
    if digits > DIGITS {
        return Err(value_error(format!(
            "Exceeds the limit ({DIGITS} digits) for integer string conversion: value has {digits} \
             digits; use sys.set_int_max_str_digits() to increase the limit"
        )));
    }
    written
        .parse::<BigInt>()
        .map(integer)
        .map_err(|_| value_error(format!("invalid literal for int() with base 10: '{written}'")))
}

/// `json.dumps(value, …)` with the arguments of Python's.
pub(crate) fn dumps_with(value: &Value, kw: crate::native::Kw, flask: bool) -> R<String> {
    let mut style = Style { flask, sorted: flask, ..Style::default() };
    let mut separators = Value::None;
    for (name, given) in kw {
        match *name {
            "sort_keys" => style.sorted = given.truth(),
            "ensure_ascii" => style.ascii = given.truth(),
            "allow_nan" => style.allow_nan = given.truth(),
            "default" => style.default = given.clone(),
            "separators" => separators = given.clone(),
            "indent" => {
                style.indent = match given {
                    Value::Str(indent) => Some(indent.to_string()),
                    other => other.as_int().map(|n| " ".repeat(usize::try_from(n).unwrap_or(0))),
                };
            }
            "skipkeys" | "check_circular" | "cls" => {}
            other => {
                let message = format!("dumps() got an unexpected keyword argument '{other}'");
                return Err(type_error(message));
            }
        }
    }
    if style.indent.is_some() {
        style.between_items = ",".into();
    }
    if !separators.is_none() {
        style.between_items = separators.item(0)?.to_string().into();
        style.after_key = separators.item(1)?.to_string().into();
    }
    dumps(value, &style)
}

/// How `jsonify` writes: sorted, and either compact or for people.
pub(crate) fn flask_style(sorted: bool, ascii: bool, compact: bool) -> Style {
    let style = Style { sorted, ascii, flask: true, between_items: ",".into(), ..Style::default() };
    if compact {
        Style { after_key: ":".into(), ..style }
    } else {
        Style { indent: Some("  ".into()), ..style }
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
