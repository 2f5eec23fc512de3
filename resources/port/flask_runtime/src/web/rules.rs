//! URL rules: "/items/<int:number>" taken apart as werkzeug does.

use fancy_regex::Regex;

use crate::library::uuids;
use crate::native::value_error;
use crate::value::Str;
use crate::web::http::{PATH_SAFE, quote};
use crate::{R, Value, numbers};

/// What makes a value of a part of a path.
pub(crate) enum Converter {
    Text { least: usize, most: Option<usize> },
    Path,
    Any(Vec<String>),
    Number { float: bool, fixed: usize, min: Option<f64>, max: Option<f64>, signed: bool },
    Uuid,
}

/// How specific a part of a rule is: less comes first.
#[derive(Clone, PartialEq, PartialOrd)]
pub(crate) struct Weight(i64, Vec<(i64, i64)>, i64, Vec<i64>);

/// A part of a rule between slashes, or a last part that takes slashes too.
pub(crate) struct Part {
    pub content: String,
    pub matcher: Option<Regex>,
    pub last: bool,
    pub suffixed: bool,
    pub weight: Weight,
}

/// A piece of a rule for building URLs: text, or an argument.
pub(crate) enum Piece {
    Text(String),
    Argument(String),
}

/// A rule taken apart.
pub(crate) struct Parsed {
    pub parts: Vec<Part>,
    pub pieces: Vec<Piece>,
    pub converters: Vec<(String, Converter)>,
}

#[derive(Default)]
struct Building {
    content: String,
    dynamic: bool,
    last: bool,
    texts: Vec<(i64, i64)>,
    arguments: Vec<i64>,
}

impl Building {
    fn weight(&self) -> Weight {
        let count = |length: usize| -i64::try_from(length).unwrap_or(0);
        Weight(
            count(self.texts.len()),
            self.texts.clone(),
            count(self.arguments.len()),
            self.arguments.clone(),
        )
    }

    fn finish(self, suffixed: bool) -> R<Part> {
        let weight = self.weight();
        let matcher = if self.dynamic {
            let pattern = format!("^{}$", self.content);
            Some(Regex::new(&pattern).map_err(|error| value_error(format!("{pattern}: {error}")))?)
        } else {
            None
        };
        Ok(Part { content: self.content, matcher, last: self.last, suffixed, weight })
    }
}

fn escaped(text: &str) -> String {
    fancy_regex::escape(text).into_owned()
}

/// Takes a rule apart. Raises ValueError for a malformed one.
pub(crate) fn parse(rule: &str) -> R<Parsed> {
    let mut parsed = Parsed { parts: Vec::new(), pieces: Vec::new(), converters: Vec::new() };
    let mut part = Building::default();
    let mut rest = rule;
    while let Some(next) = rest.chars().next() {
        match next {
            '/' => {
                parsed.pieces.push(Piece::Text("/".into()));
                if part.last {
                    part.content.push('/');
                } else {
                    parsed.parts.push(std::mem::take(&mut part).finish(false)?);
                }
                rest = &rest[1..];
            }
            '<' => {
                let end = rest
                    .find('>')
                    .ok_or_else(|| value_error(format!("malformed url rule: '{rule}'")))?;
                let (name, converter) = argument(&rest[1..end])?;
                if !part.dynamic {
                    part.content = escaped(&part.content);
                    part.dynamic = true;
                }
                part.last |= matches!(converter, Converter::Path);
                part.content += &format!("({})", converter.pattern());
                part.arguments.push(converter.weight());
                parsed.pieces.push(Piece::Argument(name.clone()));
                parsed.converters.push((name, converter));
                rest = &rest[end + 1..];
            }
            _ => {
                let end = rest.find(['/', '<']).unwrap_or(rest.len());
                let text = &rest[..end];
                let length = |n: usize| i64::try_from(n).unwrap_or(0);
                part.texts.push((length(part.texts.len()), -length(crate::strings::length(text))));
                parsed.pieces.push(Piece::Text(text.into()));
                part.content += &if part.dynamic { escaped(text) } else { text.into() };
                rest = &rest[end..];
            }
        }
    }
    let suffixed = part.last && part.content.ends_with('/');
    if suffixed {
        part.content.pop();
        part.content += "(?<!/)(/?)";
    }
    let weight = part.weight();
    parsed.parts.push(part.finish(suffixed)?);
    if suffixed {
        let content = String::new();
        parsed.parts.push(Part { content, matcher: None, last: false, suffixed: false, weight });
    }
    Ok(parsed)
}

/// "int(min=1):number" as the argument's name and what converts it.
fn argument(written: &str) -> R<(String, Converter)> {
    let Some((kind, name)) = written.rsplit_once(':') else {
        return Ok((written.into(), Converter::Text { least: 1, most: None }));
    };
    let (kind, options) = match kind.split_once('(') {
        Some((kind, options)) => (kind, options.strip_suffix(')').unwrap_or(options)),
        None => (kind, ""),
    };
    let options: Vec<(Option<&str>, &str)> = split_options(options);
    let option = |wanted: &str, place: usize| {
        let named = options.iter().find(|(name, _)| *name == Some(wanted));
        let placed = options.get(place).filter(|(name, _)| name.is_none());
        named.or(placed).map(|(_, value)| *value)
    };
    let number = |wanted, place| option(wanted, place).and_then(|value| value.parse::<f64>().ok());
    let count = |wanted, place| option(wanted, place).and_then(|value| value.parse::<usize>().ok());
    let converter = match kind {
        "default" | "string" => match count("length", 2) {
            Some(length) => Converter::Text { least: length, most: Some(length) },
            None => Converter::Text {
                least: count("minlength", 0).unwrap_or(1),
                most: count("maxlength", 1),
            },
        },
        "path" => Converter::Path,
        "uuid" => Converter::Uuid,
        "any" => Converter::Any(options.iter().map(|(_, value)| (*value).into()).collect()),
        "int" | "float" => {
            let float = kind == "float";
            // A float has no fixed digits, so its options stand one place earlier.
            let shift = usize::from(!float);
            Converter::Number {
                float,
                fixed: if float { 0 } else { count("fixed_digits", 0).unwrap_or(0) },
                min: number("min", shift),
                max: number("max", shift + 1),
                signed: option("signed", shift + 2) == Some("True"),
            }
        }
        other => return Err(value_error(format!("the converter '{other}' does not exist"))),
    };
    Ok((name.into(), converter))
}

fn split_options(written: &str) -> Vec<(Option<&str>, &str)> {
    let (mut found, mut start, mut quote) = (Vec::new(), 0, None);
    let ends: Vec<usize> = written
        .char_indices()
        .filter(|(_, c)| {
            match quote {
                Some(open) if open == *c => quote = None,
                None if matches!(c, '"' | '\'') => quote = Some(*c),
                _ => {}
            }
            *c == ',' && quote.is_none()
        })
        .map(|(at, _)| at)
        .chain([written.len()])
        .collect();
    for end in ends {
        let option = written[start..end].trim();
        start = (end + 1).min(written.len());
        if option.is_empty() {
            continue;
        }
        let bare = |value: &'_ str| -> (usize, usize) {
            let cut = usize::from(value.len() > 1 && value.starts_with(['"', '\'']));
            (cut, value.len() - cut)
        };
        let (name, value) =
            match option.split_once('=').filter(|_| !option.starts_with(['"', '\''])) {
                Some((name, value)) => (Some(name.trim()), value.trim()),
                None => (None, option),
            };
        let (from, to) = bare(value);
        found.push((name, &value[from..to]));
    }
    found
}

impl Converter {
    fn pattern(&self) -> String {
        match self {
            Self::Text { least, most: Some(most) } => format!("[^/]{{{least},{most}}}"),
            Self::Text { least: 1, most: None } => "[^/]+".into(),
            Self::Text { least, most: None } => format!("[^/]{{{least},}}"),
            Self::Path => "[^/].*?".into(),
            Self::Any(items) => {
                let items: Vec<String> = items.iter().map(|item| escaped(item)).collect();
                format!("(?:{})", items.join("|"))
            }
            Self::Number { float, signed, .. } => {
                let sign = if *signed { "-?" } else { "" };
                format!("{sign}{}", if *float { r"\d+\.\d+" } else { r"\d+" })
            }
            Self::Uuid => {
                "[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}".into()
            }
        }
    }

    fn weight(&self) -> i64 {
        match self {
            Self::Number { .. } => 50,
            Self::Path => 200,
            _ => 100,
        }
    }

    /// The value of a part of a path; none where it is refused.
    pub fn value(&self, text: &str) -> Option<Value> {
        match self {
            Self::Uuid => uuids::parse(text),
            Self::Number { float, fixed, min, max, .. } => {
                if *fixed > 0 && crate::strings::length(text) != *fixed {
                    return None;
                }
                let value = Value::from(String::from(text));
                let number = if *float { numbers::float(value) } else { numbers::int(value) };
                let number = number.ok()?;
                let size = number.as_number()?;
                let inside = min.is_none_or(|min| size >= min) && max.is_none_or(|max| size <= max);
                inside.then_some(number)
            }
            _ => Some(Value::Str(Str::new(text))),
        }
    }

    /// A value as a part of a path. Raises ValueError for what does not fit.
    pub fn written(&self, value: &Value) -> R<String> {
        match self {
            Self::Number { float: false, fixed, .. } => {
                let written = numbers::int(value)?.to_string();
                Ok(format!("{written:0>fixed$}"))
            }
            Self::Number { float: true, .. } => Ok(numbers::float(value)?.to_string()),
            Self::Any(items) if !items.contains(&value.to_string()) => {
                let mut items: Vec<String> = items.iter().map(|item| format!("'{item}'")).collect();
                items.sort();
                Err(value_error(format!("'{value}' is not one of {}", items.join(", "))))
            }
            Self::Uuid => Ok(value.to_string()),
            _ => Ok(quote(value.to_string().as_bytes(), PATH_SAFE)),
        }
    }
}
