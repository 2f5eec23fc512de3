//! `"%s of %d" % values`

use num_traits::ToPrimitive;

use crate::native::{type_error, value_error};
use crate::{R, Value, format_spec, repr};

/// The arguments of one formatting: a tuple's values in turn, or one value.
struct Arguments<'a> {
    values: &'a [Value],
    whole: &'a Value,
    taken: usize,
}

impl Arguments<'_> {
    fn next(&mut self) -> R {
        let value = self.values.get(self.taken).cloned();
        self.taken += 1;
        value.ok_or_else(|| type_error("not enough arguments for format string".into()))
    }
}

/// `pattern % values`
pub(crate) fn format(pattern: &str, values: &Value) -> R<String> {
    let given = match values {
        Value::Tuple(values) => &values[..],
        one => std::slice::from_ref(one),
    };
    let mut arguments = Arguments { values: given, whole: values, taken: 0 };
    let (mut written, mut rest) = (String::new(), pattern);
    let mut by_name = false;
    while let Some(at) = rest.find('%') {
        written.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        by_name |= rest.starts_with('(');
        let (made, used) = one(rest, &mut arguments)?;
        written.push_str(&made);
        rest = &rest[used..];
    }
    let mapping = matches!(values, Value::Dict(_) | Value::List(_) | Value::Bytes(_));
    if arguments.taken < given.len() && !by_name && !mapping {
        return Err(type_error("not all arguments converted during string formatting".into()));
    }
    Ok(written + rest)
}

/// One conversion, and how much of the pattern it takes.
fn one(rest: &str, arguments: &mut Arguments) -> R<(String, usize)> {
    let mut at = 0;
    let mut named = None;
    if rest.starts_with('(') {
        let end = rest.find(')').ok_or_else(|| value_error("incomplete format key"))?;
        if !matches!(arguments.whole, Value::Dict(_)) {
            return Err(type_error("format requires a mapping".into()));
        }
        named = Some(arguments.whole.item(rest[1..end].to_string())?);
        at = end + 1;
    }
    let take = |at: &mut usize, options: &str| {
        let start = *at;
        while rest[*at..].starts_with(|c| options.contains(c)) {
            *at += 1;
        }
        rest[start..*at].to_string()
    };
    let flags = take(&mut at, "#0- +");
    let mut width = number(rest, &mut at, arguments)?;
    let mut precision = None;
    if rest[at..].starts_with('.') {
        at += 1;
        precision = Some(number(rest, &mut at, arguments)?.unwrap_or(0));
    }
    take(&mut at, "hlL");
    let kind = rest[at..].chars().next().ok_or_else(|| value_error("incomplete format"))?;
    at += kind.len_utf8();
    if kind == '%' {
        return Ok(("%".into(), at));
    }
    let value = named.map_or_else(|| arguments.next(), Ok)?;
    let left = flags.contains('-') || width.is_some_and(|width| width < 0);
    width = width.map(i64::abs);
    let made = converted(kind, &value, &flags, precision)?;
    let width = usize::try_from(width.unwrap_or(0)).unwrap_or(0);
    let missing = width.saturating_sub(crate::strings::length(&made));
    let numeric = !"srac".contains(kind);
    Ok((padded(&made, missing, left, numeric && flags.contains('0')), at))
}

fn padded(made: &str, missing: usize, left: bool, zeros: bool) -> String {
    if left {
        return format!("{made}{}", " ".repeat(missing));
    }
    if zeros {
        let sign = usize::from(made.starts_with(['-', '+', ' ']));
        return format!("{}{}{}", &made[..sign], "0".repeat(missing), &made[sign..]);
    }
    format!("{}{made}", " ".repeat(missing))
}

fn number(rest: &str, at: &mut usize, arguments: &mut Arguments) -> R<Option<i64>> {
    if rest[*at..].starts_with('*') {
        *at += 1;
        let value = arguments.next()?;
        return value.as_int().map(Some).ok_or_else(|| type_error("* wants int".into()));
    }
    let start = *at;
    while rest[*at..].starts_with(|c: char| c.is_ascii_digit()) {
        *at += 1;
    }
    Ok(rest[start..*at].parse().ok())
}

fn converted(kind: char, value: &Value, flags: &str, precision: Option<i64>) -> R<String> {
    let cut = |written: String| match precision.and_then(|limit| usize::try_from(limit).ok()) {
        Some(limit) => written.chars().take(limit).collect(),
        None => written,
    };
    let sign = ['+', ' '].into_iter().find(|sign| flags.contains(*sign));
    let sign = sign.map(String::from).unwrap_or_default();
    let mark = if flags.contains('#') { "#" } else { "" };
    match kind {
        's' => Ok(cut(value.to_string())),
        'r' | 'a' => Ok(cut(repr(value))),
        'd' | 'i' | 'u' => {
            let whole = match value {
                Value::Float(number) if number.is_finite() => {
                    num_traits::FromPrimitive::from_f64(number.trunc())
                }
                other => other.as_big(),
            };
            let whole = whole.ok_or_else(|| {
                let name = value.type_name();
                type_error(format!("%{kind} format: a real number is required, not {name}"))
            })?;
            format_spec(&crate::value::integer(whole), &format!("{sign}d"))
        }
        'x' | 'X' | 'o' => {
            if value.as_big().is_none() {
                let name = value.type_name();
                return Err(type_error(format!(
                    "%{kind} format: an integer is required, not {name}"
                )));
            }
            format_spec(value, &format!("{sign}{mark}{kind}"))
        }
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
            let Some(number) = value.as_number() else {
                let name = value.type_name();
                return Err(type_error(format!("must be real number, not {name}")));
            };
            let precision = precision.unwrap_or(6);
            format_spec(&number.into(), &format!("{sign}{mark}.{precision}{kind}"))
        }
        'c' => match value {
            Value::Str(one) if one.chars().count() == 1 => Ok(one.to_string()),
            other => {
                let code = other.as_big().and_then(|code| code.to_u32()).and_then(char::from_u32);
                code.map(String::from).ok_or_else(|| type_error("%c requires int or char".into()))
            }
        },
        other => Err(value_error(format!(
            "unsupported format character '{other}' (0x{:x}) at index {}",
            u32::from(other),
            1
        ))),
    }
}
