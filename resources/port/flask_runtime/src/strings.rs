//! The methods of `str`, by code points.

use crate::errors::raise;
use crate::iteration::join;
use crate::native::{Kw, bind, exactly, needed, no_attribute, type_error, value_error};
use crate::value::{Str, bytes, list, text, tuple};
use crate::{R, Value, args};

/// What `str.isspace()` calls a space.
pub(crate) fn space(c: char) -> bool {
    c.is_whitespace() || ('\x1c'..='\x1f').contains(&c)
}

/// The number of code points.
pub(crate) fn length(whole: &str) -> usize {
    if whole.is_ascii() { whole.len() } else { whole.chars().count() }
}

pub(crate) fn char_at(whole: &Str, place: impl Fn(usize) -> R<usize>) -> R {
    let at = place(length(whole))?;
    if whole.is_ascii() {
        return Ok(text(Str::new(&whole[at..=at])));
    }
    Ok(whole.chars().nth(at).map_or(Value::None, |c| c.to_string().into()))
}

pub(crate) fn slice(whole: &Str, places: impl Fn(usize) -> R<Vec<usize>>) -> R {
    if whole.is_ascii() {
        let found = places(whole.len())?;
        let straight = found.windows(2).all(|pair| pair[1] == pair[0] + 1);
        if let (Some(first), Some(last), true) = (found.first(), found.last(), straight) {
            return Ok(text(Str::new(&whole[*first..=*last])));
        }
        return Ok(found
            .into_iter()
            .map(|at| char::from(whole.as_bytes()[at]))
            .collect::<String>()
            .into());
    }
    let chars: Vec<char> = whole.chars().collect();
    Ok(places(chars.len())?.into_iter().map(|at| chars[at]).collect::<String>().into())
}

fn needs_text<'a>(function: &str, value: &'a Value) -> R<&'a str> {
    value
        .as_str()
        .ok_or_else(|| type_error(format!("{function} arg must be str, not {}", value.type_name())))
}

fn one_text<'a>(function: &str, args: &'a [Value], kw: Kw) -> R<&'a str> {
    let [value] = exactly(&format!("str.{function}"), args, kw)?;
    value.as_str().ok_or_else(|| {
        type_error(format!("{function}() argument must be str, not {}", value.type_name()))
    })
}

pub(crate) fn method(whole: &Str, name: &str, args: &[Value], kw: Kw) -> R {
    match name {
        "strip" | "lstrip" | "rstrip" => strip(whole, name, args),
        "lower" => Ok(whole.to_lowercase().into()),
        "casefold" => Ok(folded(whole).into()),
        "upper" => Ok(whole.to_uppercase().into()),
        "capitalize" => Ok(capitalize(whole).into()),
        "title" => Ok(title(whole).into()),
        "swapcase" => Ok(swap_case(whole).into()),
        "split" | "rsplit" => split(whole, name == "rsplit", args, kw),
        "splitlines" => split_lines(whole, args, kw),
        "join" => {
            let [items] = exactly("str.join", args, kw)?;
            join(whole, items)
        }
        "replace" => replace(whole, args, kw),
        "startswith" | "endswith" => affix(whole, name, args),
        "find" | "rfind" | "index" | "rindex" => find(whole, name, args),
        "count" => count(whole, args),
        "format" => crate::template::format(whole, args, kw).map(Value::from),
        "format_map" => {
            let [mapping] = exactly("str.format_map", args, kw)?;
            crate::template::format_map(whole, mapping).map(Value::from)
        }
        "partition" | "rpartition" => partition(whole, name, args, kw),
        "removeprefix" => {
            let prefix = one_text(name, args, kw)?;
            Ok(text(Str::new(whole.strip_prefix(prefix).unwrap_or(whole))))
        }
        "removesuffix" => {
            let suffix = one_text(name, args, kw)?;
            Ok(text(Str::new(whole.strip_suffix(suffix).unwrap_or(whole))))
        }
        "center" | "ljust" | "rjust" => justify(whole, name, args),
        "zfill" => zero_fill(whole, args),
        "expandtabs" => Ok(expand_tabs(whole, args).into()),
        "encode" => encode(whole, args, kw),
        "translate" => translate(whole, args),
        _ => test(whole, name).map_or_else(|| Err(no_attribute("str", name)), |is| Ok(is.into())),
    }
}

/// For comparing without case: what has no capital of its own is written out.
fn folded(whole: &str) -> String {
    let lower = whole.to_lowercase();
    [("ß", "ss"), ("ς", "σ"), ("ﬁ", "fi"), ("ﬂ", "fl"), ("ﬀ", "ff"), ("ŉ", "ʼn"), ("ſ", "s")]
        .iter()
        .fold(lower, |folded, (from, to)| folded.replace(from, to))
}

fn capitalize(whole: &str) -> String {
    let mut chars = whole.chars();
    match chars.next() {
        Some(first) => title_case(first) + &chars.as_str().to_lowercase(),
        None => String::new(),
    }
}

/// A letter as it begins a word: of the few that have a form for that, Rust knows only the capital.
fn title_case(c: char) -> String {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => "ǅ".into(),
        'Ǉ' | 'ǈ' | 'ǉ' => "ǈ".into(),
        'Ǌ' | 'ǋ' | 'ǌ' => "ǋ".into(),
        'Ǳ' | 'ǲ' | 'ǳ' => "ǲ".into(),
        'ß' => "Ss".into(),
        'ﬁ' => "Fi".into(),
        'ﬂ' => "Fl".into(),
        c => c.to_uppercase().collect(),
    }
}

fn title(whole: &str) -> String {
    let mut written = String::with_capacity(whole.len());
    let mut inside = false;
    for c in whole.chars() {
        if inside {
            written.extend(c.to_lowercase());
        } else {
            written.push_str(&title_case(c));
        }
        inside = c.is_lowercase() || c.is_uppercase();
    }
    written
}

fn swap_case(whole: &str) -> String {
    whole
        .chars()
        .flat_map(|c| -> Vec<char> {
            if c.is_uppercase() { c.to_lowercase().collect() } else { c.to_uppercase().collect() }
        })
        .collect()
}

fn strip(whole: &Str, name: &str, args: &[Value]) -> R {
    let chars: Option<Vec<char>> = match args.first() {
        None | Some(Value::None) => None,
        Some(set) => Some(needs_text(name, set)?.chars().collect()),
    };
    let out = |c: char| chars.as_ref().map_or_else(|| space(c), |chars| chars.contains(&c));
    let kept = match name {
        "strip" => whole.trim_matches(out),
        "lstrip" => whole.trim_start_matches(out),
        _ => whole.trim_end_matches(out),
    };
    Ok(if kept.len() == whole.len() { text(whole.clone()) } else { text(Str::new(kept)) })
}

fn split(whole: &str, from_end: bool, args: &[Value], kw: Kw) -> R {
    let [separator, limit] = bind("split", ["sep", "maxsplit"], args, kw)?;
    let limit = limit.and_then(|limit| limit.as_int()).unwrap_or(-1);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let parts = match separator.filter(|separator| !separator.is_none()) {
        Some(separator) => {
            let Some(separator) = separator.as_str() else {
                let name = separator.type_name();
                return Err(type_error(format!("must be str or None, not {name}")));
            };
            if separator.is_empty() {
                return Err(value_error("empty separator"));
            }
            by_separator(whole, separator, limit, from_end)
        }
        None => by_spaces(whole, limit, from_end),
    };
    Ok(list(parts.into_iter().map(|part| text(Str::new(part))).collect()))
}

fn by_separator<'a>(whole: &'a str, separator: &str, limit: usize, from_end: bool) -> Vec<&'a str> {
    let most = limit.saturating_add(1);
    if from_end {
        let mut parts: Vec<&str> = whole.rsplitn(most, separator).collect();
        parts.reverse();
        return parts;
    }
    whole.splitn(most, separator).collect()
}

fn by_spaces(whole: &str, limit: usize, from_end: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest =
        if from_end { whole.trim_end_matches(space) } else { whole.trim_start_matches(space) };
    while !rest.is_empty() {
        let cut = if from_end { rest.rfind(space) } else { rest.find(space) };
        // What is left when the limit is reached keeps its far end.
        let Some(at) = cut.filter(|_| parts.len() < limit) else {
            parts.push(rest);
            break;
        };
        let width = rest[at..].chars().next().map_or(1, char::len_utf8);
        if from_end {
            parts.push(&rest[at + width..]);
            rest = rest[..at].trim_end_matches(space);
        } else {
            parts.push(&rest[..at]);
            rest = rest[at..].trim_start_matches(space);
        }
    }
    if from_end {
        parts.reverse();
    }
    parts
}

fn line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\x0b' | '\x0c' | '\x1c'..='\x1e' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

fn split_lines(whole: &str, args: &[Value], kw: Kw) -> R {
    let [keep] = bind("splitlines", ["keepends"], args, kw)?;
    let keep = keep.is_some_and(|keep| keep.truth());
    let (mut lines, mut rest) = (Vec::new(), whole);
    while !rest.is_empty() {
        let Some(end) = rest.find(line_end) else {
            lines.push(text(Str::new(rest)));
            break;
        };
        let width = match rest[end..].strip_prefix("\r\n") {
            Some(_) => 2,
            None => rest[end..].chars().next().map_or(1, char::len_utf8),
        };
        lines.push(text(Str::new(&rest[..if keep { end + width } else { end }])));
        rest = &rest[end + width..];
    }
    Ok(list(lines))
}

fn replace(whole: &str, args: &[Value], kw: Kw) -> R {
    let [old, new, count] = bind("replace", ["old", "new", "count"], args, kw)?;
    let (old, new) = (needed("replace", "old", old)?, needed("replace", "new", new)?);
    let wrong = |place: u8, value: &Value| {
        let name = value.type_name();
        type_error(format!("replace() argument {place} must be str, not {name}"))
    };
    let before = old.as_str().ok_or_else(|| wrong(1, &old))?;
    let after = new.as_str().ok_or_else(|| wrong(2, &new))?;
    let count = count.and_then(|count| count.as_int()).unwrap_or(-1);
    Ok(match usize::try_from(count) {
        Ok(count) => whole.replacen(before, after, count).into(),
        Err(_) => whole.replace(before, after).into(),
    })
}

/// The part of a text that start and end leave, and where it begins.
fn part<'a>(
    whole: &'a str,
    start: Option<&Value>,
    end: Option<&Value>,
) -> Option<(&'a str, usize)> {
    let count = i64::try_from(length(whole)).unwrap_or(i64::MAX);
    let limit = |value: Option<&Value>, default: i64| {
        let index = value.and_then(Value::as_int).unwrap_or(default);
        if index < 0 { (index + count).max(0) } else { index }
    };
    let (start, end) = (limit(start, 0), limit(end, count).min(count));
    if start > end {
        return None;
    }
    let at = |index: i64| {
        let index = usize::try_from(index).unwrap_or(0);
        whole.char_indices().nth(index).map_or(whole.len(), |(byte, _)| byte)
    };
    Some((&whole[at(start)..at(end)], usize::try_from(start).unwrap_or(0)))
}

fn affix(whole: &str, name: &str, args: &[Value]) -> R {
    let Some(given) = args.first() else {
        return Err(type_error(format!("{name}() takes at least 1 argument (0 given)")));
    };
    let Some((whole, _)) = part(whole, args.get(1), args.get(2)) else {
        return Ok(Value::Bool(false));
    };
    let one = |affix: &Value| match affix.as_str() {
        Some(affix) if name == "startswith" => Ok(whole.starts_with(affix)),
        Some(affix) => Ok(whole.ends_with(affix)),
        None => Err(type_error(format!(
            "{name} first arg must be str or a tuple of str, not {}",
            affix.type_name()
        ))),
    };
    let found = match given {
        Value::Tuple(several) => {
            let mut found = false;
            for affix in several.iter() {
                found = found || one(affix)?;
            }
            found
        }
        affix => one(affix)?,
    };
    Ok(found.into())
}

fn find(whole: &str, name: &str, args: &[Value]) -> R {
    let wanted = needs_text(name, args.first().unwrap_or(&Value::None))
        .map_err(|_| type_error("must be str, not other".into()))?;
    let found = part(whole, args.get(1), args.get(2)).and_then(|(inside, start)| {
        let at = if name.starts_with('r') { inside.rfind(wanted) } else { inside.find(wanted) };
        at.map(|at| length(&inside[..at]) + start)
    });
    match found {
        Some(at) => Ok(at.into()),
        None if name.ends_with("index") => Err(value_error("substring not found")),
        None => Ok(Value::Int(-1)),
    }
}

fn count(whole: &str, args: &[Value]) -> R {
    let wanted = needs_text("count", args.first().unwrap_or(&Value::None))?;
    let inside = part(whole, args.get(1), args.get(2));
    Ok(match inside {
        None => 0.into(),
        Some((inside, _)) if wanted.is_empty() => (length(inside) + 1).into(),
        Some((inside, _)) => inside.matches(wanted).count().into(),
    })
}

fn partition(whole: &str, name: &str, args: &[Value], kw: Kw) -> R {
    let separator = one_text(name, args, kw)?;
    if separator.is_empty() {
        return Err(value_error("empty separator"));
    }
    let from_end = name == "rpartition";
    let parts = if from_end { whole.rsplit_once(separator) } else { whole.split_once(separator) };
    let [a, b, c] = match parts {
        Some((before, after)) => [before, separator, after],
        None if from_end => ["", "", whole],
        None => [whole, "", ""],
    };
    Ok(tuple([a, b, c].map(|part| text(Str::new(part))).to_vec()))
}

fn width_of(name: &str, args: &[Value]) -> R<usize> {
    let width = args.first().unwrap_or(&Value::None);
    let width = width.as_int().ok_or_else(|| {
        type_error(format!(
            "{name}: '{}' object cannot be interpreted as an integer",
            width.type_name()
        ))
    })?;
    Ok(usize::try_from(width).unwrap_or(0))
}

fn justify(whole: &str, name: &str, args: &[Value]) -> R {
    let missing = width_of(name, args)?.saturating_sub(length(whole));
    let fill = args.get(1).and_then(Value::as_str).unwrap_or(" ");
    let total = missing + length(whole);
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        _ => missing / 2 + (missing & total & 1),
    };
    Ok(format!("{}{whole}{}", fill.repeat(left), fill.repeat(missing - left)).into())
}

fn zero_fill(whole: &str, args: &[Value]) -> R {
    let missing = width_of("zfill", args)?.saturating_sub(length(whole));
    let sign = if whole.starts_with(['+', '-']) { 1 } else { 0 };
    Ok(format!("{}{}{}", &whole[..sign], "0".repeat(missing), &whole[sign..]).into())
}

fn expand_tabs(whole: &str, args: &[Value]) -> String {
    let size = args.first().and_then(Value::as_int).unwrap_or(8);
    let size = usize::try_from(size).unwrap_or(0);
    let (mut written, mut column) = (String::new(), 0);
    for c in whole.chars() {
        match c {
            '\t' if size > 0 => {
                let spaces = size - column % size;
                written.push_str(&" ".repeat(spaces));
                column += spaces;
            }
            '\t' => {}
            c => {
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
                written.push(c);
            }
        }
    }
    written
}

fn encode(whole: &str, args: &[Value], kw: Kw) -> R {
    let [encoding, errors] = bind("encode", ["encoding", "errors"], args, kw)?;
    let encoding = encoding.map_or_else(|| "utf-8".to_string(), |e| e.to_string().to_lowercase());
    let errors = errors.map_or_else(|| "strict".to_string(), |errors| errors.to_string());
    let limit = match encoding.replace('_', "-").as_str() {
        "utf-8" | "utf8" => return Ok(bytes(whole.as_bytes())),
        "ascii" | "us-ascii" => 128,
        "latin-1" | "latin1" | "iso-8859-1" => 256,
        _ => return Err(raise("ValueError", args![format!("unknown encoding: {encoding}")])),
    };
    let mut encoded = Vec::new();
    let outside = |c: char| u32::from(c) >= limit;
    for (place, c) in whole.chars().enumerate() {
        match errors.as_str() {
            _ if !outside(c) => encoded.push(u8::try_from(u32::from(c)).unwrap_or(b'?')),
            "ignore" => {}
            "replace" => encoded.push(b'?'),
            _ => {
                let run = whole.chars().skip(place).take_while(|c| outside(*c)).count();
                let (what, at) = match run {
                    1 => (format!("character '{}'", crate::repr::escaped(c)), place.to_string()),
                    _ => ("characters".into(), format!("{place}-{}", place + run - 1)),
                };
                let message = format!(
                    "'{}' codec can't encode {what} in position {at}: ordinal not in range({limit})",
                    if limit == 256 { "latin-1" } else { "ascii" },
                );
                return Err(raise("UnicodeEncodeError", args![message]));
            }
        }
    }
    Ok(bytes(&encoded))
}

fn translate(whole: &str, args: &[Value]) -> R {
    let table = args.first().cloned().unwrap_or_default();
    let mut written = String::new();
    for c in whole.chars() {
        match table.item(i64::from(u32::from(c))) {
            Err(error) if error.is("LookupError") => written.push(c),
            Ok(Value::None) => {}
            Ok(Value::Int(code)) => {
                written.extend(u32::try_from(code).ok().and_then(char::from_u32));
            }
            Ok(other) => written.push_str(&other.to_string()),
            Err(error) => return Err(error),
        }
    }
    Ok(written.into())
}

/// `str.maketrans(…)`
pub(crate) fn make_table(args: &[Value]) -> R {
    let code = |c: char| Value::from(i64::from(u32::from(c)));
    let pairs = match args {
        [Value::Dict(dict)] => {
            let key = |key: &Value| key.as_str().and_then(|k| k.chars().next()).map(code);
            let map = dict.map.borrow();
            map.iter().map(|(k, v)| (key(k).unwrap_or_else(|| k.clone()), v.clone())).collect()
        }
        [from, to, rest @ ..] => {
            let (from, to) = (needs_text("maketrans", from)?, needs_text("maketrans", to)?);
            if length(from) != length(to) {
                let message = "the first two maketrans arguments must have equal length";
                return Err(value_error(message));
            }
            let gone = rest.first().and_then(Value::as_str).unwrap_or("");
            let replaced = from.chars().zip(to.chars()).map(|(a, b)| (code(a), code(b)));
            replaced.chain(gone.chars().map(|c| (code(c), Value::None))).collect()
        }
        _ => return Err(type_error("maketrans: a dictionary or two texts are needed".into())),
    };
    Ok(crate::dict(pairs))
}

/// Whether a digit: what `isdigit` takes beyond decimal digits are superscripts and circled ones.
fn digit(c: char) -> bool {
    decimal(c)
        || matches!(c, '²' | '³' | '¹' | '⁰' | '⁴'..='⁹' | '₀'..='₉' | '①'..='⑨' | '⑴'..='⑼' | '⒈'..='⒐')
}

/// A decimal digit of any script.
pub(crate) fn decimal(c: char) -> bool {
    decimal_value(c).is_some()
}

/// The first digits of the scripts that have ten in a row.
const ZEROS: [u32; 37] = [
    0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66,
    0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90,
    0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

pub(crate) fn decimal_value(c: char) -> Option<u32> {
    let code = u32::from(c);
    let zero = ZEROS.iter().rev().find(|zero| **zero <= code)?;
    (code - zero < 10).then_some(code - zero)
}

fn alphabetic(c: char) -> bool {
    c.is_alphabetic() && !matches!(c, 'ⅰ'..='ⅿ' | 'Ⅰ'..='Ⅿ' | 'ⓐ'..='ⓩ' | 'Ⓐ'..='Ⓩ')
}

fn test(whole: &str, name: &str) -> Option<bool> {
    let all = |is: fn(char) -> bool| !whole.is_empty() && whole.chars().all(is);
    let cased = |c: char| c.is_lowercase() || c.is_uppercase();
    Some(match name {
        "isalpha" => all(alphabetic),
        "isalnum" => all(|c| alphabetic(c) || c.is_numeric()),
        "isdigit" => all(digit),
        "isdecimal" => all(decimal),
        "isnumeric" => all(|c| digit(c) || c.is_numeric()),
        "isspace" => all(space),
        "isascii" => whole.is_ascii(),
        "islower" => whole.chars().any(cased) && !whole.chars().any(char::is_uppercase),
        "isupper" => whole.chars().any(cased) && !whole.chars().any(char::is_lowercase),
        "istitle" => whole.chars().any(cased) && title(whole) == *whole,
        "isprintable" => !whole.chars().any(|c| c.is_control() || (c != ' ' && c.is_whitespace())),
        "isidentifier" => {
            !whole.starts_with(|c: char| c.is_numeric()) && all(|c| c == '_' || c.is_alphanumeric())
        }
        _ => return None,
    })
}
