//! Format specifications: what stands after the colon in `f"{x:>8.2f}"`.

use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};

use crate::errors::Exc;
use crate::native::value_error;
use crate::strings::length;
use crate::{R, Value};

/// A format specification, taken apart.
#[derive(Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

fn invalid(written: &str, type_name: &str) -> Exc {
    value_error(format!("Invalid format specifier '{written}' for object of type '{type_name}'"))
}

impl Spec {
    fn parse(written: &str, type_name: &str) -> R<Self> {
        let chars: Vec<char> = written.chars().collect();
        let (mut spec, mut at) = (Self::default(), 0);
        let is_align = |at: usize| chars.get(at).is_some_and(|c| "<>=^".contains(*c));
        if is_align(1) {
            (spec.fill, spec.align, at) = (Some(chars[0]), Some(chars[1]), 2);
        } else if is_align(0) {
            (spec.align, at) = (Some(chars[0]), 1);
        }
        let mut take = |options: &str| {
            let found = chars.get(at).copied().filter(|c| options.contains(*c));
            at += usize::from(found.is_some());
            found
        };
        spec.sign = take("+- ");
        take("z");
        spec.alternate = take("#").is_some();
        spec.zero = take("0").is_some();
        let number = |take: &mut dyn FnMut(&str) -> Option<char>| {
            let mut digits = String::new();
            while let Some(digit) = take("0123456789") {
                digits.push(digit);
            }
            digits.parse().ok()
        };
        spec.width = number(&mut take).unwrap_or(0);
        spec.grouping = take(",_");
        if take(".").is_some() {
            let digits = number(&mut take);
            spec.precision =
                Some(digits.ok_or_else(|| value_error("Format specifier missing precision"))?);
        }
        spec.kind = take("bcdeEfFgGnosxX%");
        if at < chars.len() {
            if at + 1 == chars.len() && chars[at].is_alphabetic() {
                return Err(unknown(chars[at], type_name));
            }
            return Err(invalid(written, type_name));
        }
        Ok(spec)
    }

    /// Text put into the width, with what comes before its digits kept in front for '='.
    fn pad(&self, prefix: &str, body: &str, default: char) -> String {
        let missing = self.width.saturating_sub(length(prefix) + length(body));
        let fill = self.fill.unwrap_or(if self.zero { '0' } else { ' ' });
        let align = self.align.unwrap_or(if self.zero { '=' } else { default });
        let filled = |count: usize| fill.to_string().repeat(count);
        match align {
            '<' => format!("{prefix}{body}{}", filled(missing)),
            '^' => {
                format!("{}{prefix}{body}{}", filled(missing / 2), filled(missing - missing / 2))
            }
            '=' if fill == '0'
                && self.grouping.is_some()
                && self.fill.is_none()
                && body.starts_with(|c: char| c.is_ascii_digit()) =>
            {
                format!(
                    "{prefix}{}",
                    self.grouped_zeros(body, self.width.saturating_sub(length(prefix)))
                )
            }
            '=' => format!("{prefix}{}{body}", filled(missing)),
            _ => format!("{}{prefix}{body}", filled(missing)),
        }
    }

    /// Zeros in front of grouped digits are grouped with them.
    fn grouped_zeros(&self, body: &str, width: usize) -> String {
        let separator = self.grouping.unwrap_or(',');
        let end = body.find(['.', 'e', 'E', '%']).unwrap_or(body.len());
        let (whole, rest) = body.split_at(end);
        let mut digits: String = whole.chars().filter(|c| *c != separator).collect();
        loop {
            let written = grouped(&digits, separator, 3);
            if written.len() + rest.len() >= width {
                return written + rest;
            }
            digits.insert(0, '0');
        }
    }

    fn sign_of(&self, negative: bool) -> &'static str {
        match (negative, self.sign) {
            (true, _) => "-",
            (false, Some('+')) => "+",
            (false, Some(' ')) => " ",
            _ => "",
        }
    }
}

fn unknown(kind: char, type_name: &str) -> Exc {
    value_error(format!("Unknown format code '{kind}' for object of type '{type_name}'"))
}

/// Digits in groups from the right.
fn grouped(digits: &str, separator: char, size: usize) -> String {
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % size == 0 {
            written.push(separator);
        }
        written.push(digit);
    }
    written
}

/// `format(value, spec)`
pub fn format_spec(value: &Value, written: &str) -> R<String> {
    match value {
        Value::Native(native) => return native.format(written),
        Value::Obj(obj) => {
            if let Some(made) =
                obj.call_special(value, "__format__", &[String::from(written).into()])
            {
                return Ok(made?.to_string());
            }
        }
        _ => {}
    }
    if written.is_empty() {
        return Ok(value.to_string());
    }
    let type_name = value.type_name();
    let has_spec = matches!(value, Value::Str(_)) || value.as_number().is_some();
    if !has_spec {
        return Err(crate::native::type_error(format!(
            "unsupported format string passed to {type_name}.__format__"
        )));
    }
    let spec = Spec::parse(written, &type_name)?;
    match (value, value.as_big()) {
        (Value::Str(text), _) => of_text(text, &spec),
        (_, Some(number)) => of_integer(&number, &spec, &type_name),
        _ => of_float(value.as_number().unwrap_or(0.0), &spec, &type_name),
    }
}

fn of_text(text: &str, spec: &Spec) -> R<String> {
    if let Some(kind) = spec.kind.filter(|kind| *kind != 's') {
        return Err(unknown(kind, "str"));
    }
    if spec.sign.is_some() {
        return Err(value_error("Sign not allowed in string format specifier"));
    }
    if spec.align == Some('=') {
        return Err(value_error("'=' alignment not allowed in string format specifier"));
    }
    let cut: String = match spec.precision {
        Some(limit) => text.chars().take(limit).collect(),
        None => text.into(),
    };
    let align = spec.align.unwrap_or('<');
    let spec = Spec {
        align: Some(align),
        fill: spec.fill,
        zero: spec.zero,
        width: spec.width,
        ..Spec::default()
    };
    Ok(spec.pad("", &cut, '<'))
}

fn of_integer(number: &BigInt, spec: &Spec, type_name: &str) -> R<String> {
    let kind = spec.kind.unwrap_or('d');
    if "eEfFgG%".contains(kind) {
        let number = number.to_f64().filter(|number| number.is_finite()).ok_or_else(|| {
            crate::raise("OverflowError", crate::args!["int too large to convert to float"])
        })?;
        return of_float(number, spec, "int");
    }
    if spec.precision.is_some() {
        return Err(value_error("Precision not allowed in integer format specifier"));
    }
    let size = number.abs();
    let (digits, mark) = match kind {
        'd' | 'n' => (size.to_str_radix(10), ""),
        'b' => (size.to_str_radix(2), "0b"),
        'o' => (size.to_str_radix(8), "0o"),
        'x' => (size.to_str_radix(16), "0x"),
        'X' => (size.to_str_radix(16).to_uppercase(), "0X"),
        'c' => {
            let c = number.to_u32().and_then(char::from_u32);
            let c = c.ok_or_else(|| value_error("%c arg not in range(0x110000)"))?;
            return Ok(spec.pad("", &c.to_string(), '<'));
        }
        _ => return Err(unknown(kind, type_name)),
    };
    let digits = match spec.grouping {
        Some(separator) => grouped(&digits, separator, if "dn".contains(kind) { 3 } else { 4 }),
        None => digits,
    };
    let mark = if spec.alternate { mark } else { "" };
    Ok(spec.pad(&format!("{}{mark}", spec.sign_of(number.is_negative())), &digits, '>'))
}

fn of_float(number: f64, spec: &Spec, type_name: &str) -> R<String> {
    let negative = number.is_sign_negative() && !number.is_nan();
    let size = number.abs();
    let upper = spec.kind.is_some_and(|kind| kind.is_ascii_uppercase());
    if let Some(kind) = spec.kind.filter(|kind| !"fFeEgGn%".contains(*kind)) {
        return Err(unknown(kind, type_name));
    }
    let digits = if size.is_nan() {
        "nan".into()
    } else if size.is_infinite() {
        "inf".into()
    } else {
        finite(size, spec, type_name)?
    };
    let mut digits = if upper { digits.to_uppercase() } else { digits };
    if spec.kind == Some('%') {
        digits.push('%');
    }
    if let Some(separator) = spec.grouping {
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits = grouped(&digits[..end], separator, 3) + &digits[end..];
    }
    Ok(spec.pad(spec.sign_of(negative), &digits, '>'))
}

fn finite(size: f64, spec: &Spec, type_name: &str) -> R<String> {
    let precision = spec.precision.unwrap_or(6);
    Ok(match spec.kind {
        Some('f' | 'F') => format!("{size:.precision$}"),
        Some('%') => format!("{:.precision$}", size * 100.0),
        Some('e' | 'E') => exponent(size, precision),
        Some('g' | 'G' | 'n') => general(size, precision, spec.alternate),
        None => match spec.precision {
            None => crate::repr::float(size),
            Some(precision) => {
                let written = general(size, precision, false);
                let whole = written.chars().all(|c| c.is_ascii_digit());
                // As `str()` does: never without a point, an exponent one digit earlier.
                if whole
                    && written.len() >= precision.max(1)
                    && precision <= written.len()
                    && (size >= 1.0 || size == 0.0)
                {
                    if written.len() == precision.max(1) {
                        exponent_trimmed(size, precision)
                    } else {
                        written + ".0"
                    }
                } else if whole {
                    written + ".0"
                } else {
                    written
                }
            }
        },
        Some(kind) => return Err(unknown(kind, type_name)),
    })
}

fn exponent_trimmed(size: f64, precision: usize) -> String {
    let written = exponent(size, precision.max(1) - 1);
    match written.split_once('e') {
        Some((digits, power)) if digits.contains('.') => {
            format!("{}e{power}", digits.trim_end_matches('0').trim_end_matches('.'))
        }
        _ => written,
    }
}

fn exponent(size: f64, precision: usize) -> String {
    let written = format!("{size:.precision$e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    format!("{digits}e{}{:02}", if power < 0 { '-' } else { '+' }, power.abs())
}

fn general(size: f64, precision: usize, keep_zeros: bool) -> String {
    let precision = precision.max(1);
    let scientific = exponent(size, precision - 1);
    let power: i32 = scientific.split_once('e').map_or(0, |(_, power)| power.parse().unwrap_or(0));
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    if (-4..limit).contains(&power) {
        let places = usize::try_from(limit - 1 - power).unwrap_or(0);
        let written = format!("{size:.places$}");
        return if keep_zeros && !written.contains('.') {
            written + "."
        } else if keep_zeros || !written.contains('.') {
            written
        } else {
            written.trim_end_matches('0').trim_end_matches('.').into()
        };
    }
    if keep_zeros { scientific } else { exponent_trimmed(size, precision) }
}
