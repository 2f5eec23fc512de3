//! `"{} of {name!r:>10}".format(…)`

use crate::errors::raise;
use crate::native::{Kw, value_error};
use crate::value::Str;
use crate::{R, Value, args, format_spec, repr};

/// Where the fields of one template find their values.
struct Fields<'a> {
    args: &'a [Value],
    named: &'a dyn Fn(&str) -> R,
    automatic: usize,
}

/// `template.format(*args, **kw)`
pub(crate) fn format(template: &str, args: &[Value], kw: Kw) -> R<String> {
    let named = |name: &str| {
        let found = kw.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        found.ok_or_else(|| raise("KeyError", args![Str::new(name)]))
    };
    Fields { args, named: &named, automatic: 0 }.written(template, 2)
}

/// `template.format_map(mapping)`
pub(crate) fn format_map(template: &str, mapping: &Value) -> R<String> {
    let named = |name: &str| mapping.item(Str::new(name));
    Fields { args: &[], named: &named, automatic: 0 }.written(template, 2)
}

impl Fields<'_> {
    fn written(&mut self, template: &str, depth: usize) -> R<String> {
        let (mut made, mut rest) = (String::new(), template);
        while let Some(at) = rest.find(['{', '}']) {
            made.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if rest.starts_with(brace) {
                made.push_str(brace);
                rest = &rest[1..];
            } else if brace == "}" {
                return Err(value_error("Single '}' encountered in format string"));
            } else {
                let end = closing(rest)?;
                made.push_str(&self.field(&rest[..end], depth)?);
                rest = &rest[end + 1..];
            }
        }
        Ok(made + rest)
    }

    fn field(&mut self, written: &str, depth: usize) -> R<String> {
        if depth == 0 {
            return Err(value_error("Max string recursion exceeded"));
        }
        let split = top_level(written);
        let (selector, spec) =
            split.map_or((written, ""), |at| (&written[..at], &written[at + 1..]));
        let (selector, conversion) =
            selector.split_once('!').map_or((selector, ""), |(selector, kind)| (selector, kind));
        let value = self.select(selector)?;
        let spec = self.written(spec, depth - 1)?;
        match conversion {
            "r" | "a" => format_spec(&repr(&value).into(), &spec),
            "s" => format_spec(&value.to_string().into(), &spec),
            _ => format_spec(&value, &spec),
        }
    }

    fn select(&mut self, selector: &str) -> R {
        let end = selector.find(['.', '[']).unwrap_or(selector.len());
        let mut value = self.first(&selector[..end])?;
        let mut rest = &selector[end..];
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let close =
                    inner.find(']').ok_or_else(|| value_error("Missing ']' in format string"))?;
                let key = &inner[..close];
                value = match key.parse::<i64>() {
                    Ok(index) => value.item(index)?,
                    Err(_) => value.item(Str::new(key))?,
                };
                rest = &inner[close + 1..];
            } else {
                let inner = &rest[1..];
                let end = inner.find(['.', '[']).unwrap_or(inner.len());
                value = value.attr(&inner[..end])?;
                rest = &inner[end..];
            }
        }
        Ok(value)
    }

    fn first(&mut self, name: &str) -> R {
        let place = if name.is_empty() {
            self.automatic += 1;
            self.automatic - 1
        } else if let Ok(place) = name.parse() {
            place
        } else {
            return (self.named)(name);
        };
        self.args.get(place).cloned().ok_or_else(|| {
            let message =
                format!("Replacement index {place} out of range for positional args tuple");
            raise("IndexError", args![message])
        })
    }
}

/// Where the field ends that begins here.
fn closing(rest: &str) -> R<usize> {
    let mut depth = 0;
    for (at, c) in rest.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Ok(at),
            '}' => depth -= 1,
            _ => {}
        }
    }
    Err(value_error(if rest.is_empty() {
        "Single '{' encountered in format string"
    } else {
        "expected '}' before end of string"
    }))
}

/// The colon before the specification, not one inside brackets.
fn top_level(written: &str) -> Option<usize> {
    let mut inside = false;
    written.char_indices().find_map(|(at, c)| {
        inside = (inside || c == '[') && c != ']';
        (c == ':' && !inside).then_some(at)
    })
}
