//! `re`

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use fancy_regex::{Captures, Regex};

use super::functions;
use crate::errors::raise;
use crate::native::{Kw, Native, bind, exactly, native, needed, no_attribute, type_error};
use crate::strings::length;
use crate::types::Type;
use crate::value::{Str, list, text, tuple};
use crate::{Exc, R, Value, args, dict};

const IGNORE_CASE: i64 = 2;
const MULTI_LINE: i64 = 8;
const DOT_ALL: i64 = 16;
const UNICODE: i64 = 32;
const VERBOSE: i64 = 64;
const ASCII: i64 = 256;

/// A compiled pattern.
#[derive(Clone)]
pub(crate) struct Pattern {
    written: Rc<str>,
    flags: i64,
    regex: Rc<Regex>,
}

thread_local! {
    static KNOWN: RefCell<HashMap<(String, i64), Pattern>> = RefCell::default();
}

fn wrong(message: impl std::fmt::Display) -> Exc {
    raise("re.error", args![message.to_string()])
}

/// Python's syntax as the regex engine has it.
fn translated(written: &str, flags: i64) -> String {
    let chars: Vec<char> = written.chars().collect();
    let mut made = String::new();
    let mut class = None;
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let next = chars.get(at + 1).copied();
        match (c, class) {
            ('\\', _) => {
                match next {
                    Some('Z') => made.push_str("\\z"),
                    Some(next) if next.is_alphanumeric() => made.extend(['\\', next]),
                    Some(next) => made.push_str(&fancy_regex::escape(&next.to_string())),
                    None => made.push('\\'),
                }
                at += 1;
            }
            ('[', None) => {
                made.push('[');
                // A bracket that closes nothing yet is itself.
                let negated = usize::from(next == Some('^'));
                if negated == 1 {
                    made.push('^');
                }
                at += negated;
                if chars.get(at + 1) == Some(&']') {
                    made.push_str("\\]");
                    at += 1;
                }
                class = Some(());
            }
            ('[' | '&' | '~', Some(())) => made.extend(['\\', c]),
            (']', Some(())) => {
                made.push(']');
                class = None;
            }
            ('$', None) if flags & MULTI_LINE == 0 => made.push_str("(?=\\n?\\z)"),
            ('{', None) if !quantifier(&chars[at + 1..]) => made.push_str("\\{"),
            ('{', None) if next == Some(',') => made.push_str("{0"),
            ('}', None) if !made.contains('{') => made.push_str("\\}"),
            (c, _) => made.push(c),
        }
        at += 1;
    }
    made
}

/// Whether "{" begins "{m}", "{m,}", "{,n}" or "{m,n}".
fn quantifier(rest: &[char]) -> bool {
    let Some(end) = rest.iter().position(|c| *c == '}') else { return false };
    let inside: String = rest[..end].iter().collect();
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match inside.split_once(',') {
        Some((low, high)) => digits(low) && digits(high) && !(low.is_empty() && high.is_empty()),
        None => !inside.is_empty() && digits(&inside),
    }
}

/// A pattern out of text or a pattern. Raises `re.error`.
pub(crate) fn compile(value: &Value, flags: i64) -> R<Pattern> {
    if let Some(pattern) = value.native::<Pattern>() {
        return Ok(pattern.clone());
    }
    let Value::Str(written) = value else {
        return Err(type_error("first argument must be string or compiled pattern".into()));
    };
    let key = (written.to_string(), flags);
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).cloned()) {
        return Ok(known);
    }
    let letters = [(IGNORE_CASE, 'i'), (MULTI_LINE, 'm'), (DOT_ALL, 's'), (VERBOSE, 'x')];
    let mut set: String =
        letters.iter().filter(|(flag, _)| flags & flag != 0).map(|(_, c)| *c).collect();
    if !set.is_empty() {
        set = format!("(?{set})");
    }
    let syntax = set + &translated(written, flags);
    let syntax = if flags & ASCII != 0 { ascii(&syntax) } else { syntax };
    let regex = Regex::new(&syntax).map_err(wrong)?;
    let pattern = Pattern { written: (&**written).into(), flags, regex: Rc::new(regex) };
    KNOWN.with_borrow_mut(|known| known.insert(key, pattern.clone()));
    Ok(pattern)
}

/// Classes of ASCII characters alone.
fn ascii(syntax: &str) -> String {
    [("\\d", "[0-9]"), ("\\w", "[a-zA-Z0-9_]"), ("\\s", "[ \\t\\n\\r\\x0c\\x0b]")]
        .iter()
        .fold(syntax.into(), |made: String, (class, letters)| made.replace(class, letters))
}

/// How much of a text has to fit.
#[derive(Clone, Copy, PartialEq)]
enum Fit {
    Start,
    Anywhere,
    Whole,
}

impl Pattern {
    fn find(&self, subject: &Str, fit: Fit, from: usize) -> R<Option<Groups>> {
        let found = match fit {
            Fit::Anywhere => self.regex.captures_from_pos(subject, from).map_err(wrong)?,
            Fit::Start => {
                let found = self.regex.captures_from_pos(subject, from).map_err(wrong)?;
                let at_start = |found: &Captures| found.get(0).is_some_and(|m| m.start() == from);
                match found {
                    Some(found) if at_start(&found) => Some(found),
                    Some(_) => return self.anchored("", subject),
                    None => None,
                }
            }
            Fit::Whole => return self.anchored("\\z", subject),
        };
        Ok(found.map(|found| self.groups(subject, &found)))
    }

    /// A match that begins with the text, and ends where `end` says.
    fn anchored(&self, end: &str, subject: &Str) -> R<Option<Groups>> {
        let syntax = format!("\\A(?:{}){end}", self.regex.as_str());
        let regex = Regex::new(&syntax).map_err(wrong)?;
        let found = regex.captures(subject).map_err(wrong)?;
        Ok(found.map(|found| self.groups(subject, &found)))
    }

    fn groups(&self, subject: &Str, found: &Captures) -> Groups {
        let names = self.regex.capture_names();
        Groups {
            subject: subject.clone(),
            spans: found
                .iter()
                .map(|group| group.map(|group| (group.start(), group.end())))
                .collect(),
            names: names.enumerate().filter_map(|(n, name)| Some((name?.to_string(), n))).collect(),
            pattern: self.clone(),
        }
    }

    fn all(&self, subject: &Str) -> R<Vec<Groups>> {
        let found = self.regex.captures_iter(subject);
        found.map(|found| Ok(self.groups(subject, &found.map_err(wrong)?))).collect()
    }

    fn found_in(&self, subject: &Str) -> R {
        let each = |groups: &Groups| match groups.spans.len() {
            1 => groups.group(0),
            2 => groups.text_or_empty(1),
            count => tuple((1..count).map(|n| groups.text_or_empty(n)).collect()),
        };
        Ok(list(self.all(subject)?.iter().map(each).collect()))
    }

    fn substituted(&self, by: &Value, subject: &Str, count: i64) -> R<(String, i64)> {
        let limit = if count > 0 { usize::try_from(count).unwrap_or(0) } else { usize::MAX };
        let (mut made, mut end, mut done) = (String::new(), 0, 0);
        for groups in self.all(subject)?.into_iter().take(limit) {
            let Some((start, stop)) = groups.spans[0] else { continue };
            made.push_str(&subject[end..start]);
            match by {
                Value::Str(template) => made.push_str(&groups.expanded(template)?),
                function => made.push_str(&function.call(args![native(groups)])?.to_string()),
            }
            end = stop;
            done += 1;
        }
        Ok((made + &subject[end..], done))
    }

    fn split(&self, subject: &Str, limit: i64) -> R {
        let limit = if limit > 0 { usize::try_from(limit).unwrap_or(0) } else { usize::MAX };
        let (mut parts, mut end) = (Vec::new(), 0);
        for groups in self.all(subject)?.into_iter().take(limit) {
            let Some((start, stop)) = groups.spans[0] else { continue };
            parts.push(text(Str::new(&subject[end..start])));
            parts.extend((1..groups.spans.len()).map(|n| groups.group(n)));
            end = stop;
        }
        parts.push(text(Str::new(&subject[end..])));
        Ok(list(parts))
    }

    fn run(&self, name: &str, args: &[Value], kw: Kw) -> Option<R> {
        let subject = |value: Option<&Value>| match value {
            Some(Value::Str(subject)) => Ok(subject.clone()),
            other => {
                let name = other.map(Value::type_name).unwrap_or_default();
                Err(type_error(format!("expected string or bytes-like object, got '{name}'")))
            }
        };
        let first = || subject(args.first());
        let found =
            |fit| first().and_then(|s| Ok(self.find(&s, fit, 0)?.map_or(Value::None, native)));
        Some(match name {
            "match" => found(Fit::Start),
            "search" => found(Fit::Anywhere),
            "fullmatch" => found(Fit::Whole),
            "findall" => first().and_then(|subject| self.found_in(&subject)),
            "finditer" => first().and_then(|subject| {
                let found = self.all(&subject)?.into_iter().map(native).collect();
                Ok(crate::iteration::iterator(found))
            }),
            "sub" | "subn" => bind(name, ["repl", "string", "count"], args, kw).and_then(|given| {
                let [by, whole, count] = given;
                let by = needed(name, "repl", by)?;
                let count = count.and_then(|count| count.as_int()).unwrap_or(0);
                let (made, done) = self.substituted(&by, &subject(whole.as_ref())?, count)?;
                Ok(if name == "sub" { made.into() } else { crate::tuple![made, done] })
            }),
            "split" => bind("split", ["string", "maxsplit"], args, kw).and_then(|given| {
                let [whole, limit] = given;
                let limit = limit.and_then(|limit| limit.as_int()).unwrap_or(0);
                self.split(&subject(whole.as_ref())?, limit)
            }),
            _ => return None,
        })
    }
}

/// Functions of the module that take a pattern first, and flags last.
fn with_pattern(name: &str, args: &[Value], kw: Kw) -> R {
    let places = match name {
        "sub" | "subn" => 4,
        "split" => 3,
        _ => 2,
    };
    let flags = kw.iter().find(|(name, _)| *name == "flags").map(|(_, flags)| flags);
    let flags = flags.or_else(|| args.get(places)).and_then(Value::as_int).unwrap_or(0);
    let named: Vec<(&str, Value)> =
        kw.iter().filter(|(name, _)| *name != "flags").cloned().collect();
    let Some(pattern) = args.first() else {
        return Err(type_error(format!(
            "{name}() missing 1 required positional argument: 'pattern'"
        )));
    };
    let rest = &args[1..args.len().min(places)];
    compile(pattern, flags)?
        .run(name, rest, &named)
        .unwrap_or_else(|| Err(no_attribute("module", name)))
}

functions! { "re" (args, kw)
    "compile" => {
        let [pattern, flags] = bind("compile", ["pattern", "flags"], args, kw)?;
        let flags = flags.and_then(|flags| flags.as_int()).unwrap_or(0);
        compile(&needed("compile", "pattern", pattern)?, flags).map(native)
    },
    "match" => with_pattern("match", args, kw),
    "search" => with_pattern("search", args, kw),
    "fullmatch" => with_pattern("fullmatch", args, kw),
    "findall" => with_pattern("findall", args, kw),
    "finditer" => with_pattern("finditer", args, kw),
    "sub" => with_pattern("sub", args, kw),
    "subn" => with_pattern("subn", args, kw),
    "split" => with_pattern("split", args, kw),
    "escape" => {
        let written = exactly::<1>("escape", args, kw)?[0].to_string();
        let special = "()[]{}?*+-|^$\\.&~# \t\n\r\x0b\x0c";
        let escaped = written.chars().flat_map(|c| special.contains(c).then_some('\\').into_iter().chain([c]));
        Ok(escaped.collect::<String>().into())
    },
}

pub(crate) fn constant(name: &str) -> Option<Value> {
    Some(Value::Int(match name {
        "IGNORECASE" | "I" => IGNORE_CASE,
        "MULTILINE" | "M" => MULTI_LINE,
        "DOTALL" | "S" => DOT_ALL,
        "UNICODE" | "U" => UNICODE,
        "VERBOSE" | "X" => VERBOSE,
        "ASCII" | "A" => ASCII,
        _ => return None,
    }))
}

impl Native for Pattern {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Pattern"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Pattern)
    }

    fn repr(&self) -> String {
        format!("re.compile({})", crate::repr::quoted(&self.written))
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "pattern" => text(Str::new(&self.written)),
            "flags" => (self.flags | UNICODE).into(),
            "groups" => (self.regex.captures_len() - 1).into(),
            _ => return None,
        }))
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        self.run(name, args, kw).unwrap_or_else(|| Err(no_attribute("Pattern", name)))
    }
}

/// A match.
struct Groups {
    subject: Str,
    spans: Vec<Option<(usize, usize)>>,
    names: Vec<(String, usize)>,
    pattern: Pattern,
}

impl Groups {
    fn group(&self, number: usize) -> Value {
        let span = self.spans.get(number).copied().flatten();
        span.map_or(Value::None, |(start, end)| text(Str::new(&self.subject[start..end])))
    }

    fn text_or_empty(&self, number: usize) -> Value {
        match self.group(number) {
            Value::None => "".into(),
            found => found,
        }
    }

    fn number(&self, group: &Value) -> R<usize> {
        let found = match group {
            Value::Str(name) => {
                self.names.iter().find(|(known, _)| *known == **name).map(|(_, n)| *n)
            }
            other => other.as_int().and_then(|n| usize::try_from(n).ok()),
        };
        found
            .filter(|number| *number < self.spans.len())
            .ok_or_else(|| raise("IndexError", args!["no such group"]))
    }

    fn span(&self, args: &[Value]) -> R<(i64, i64)> {
        let number = args.first().map_or(Ok(0), |group| self.number(group))?;
        let place = |at: usize| i64::try_from(length(&self.subject[..at])).unwrap_or(-1);
        Ok(self.spans[number].map_or((-1, -1), |(start, end)| (place(start), place(end))))
    }

    /// A template with its group references replaced.
    fn expanded(&self, template: &str) -> R<String> {
        let mut made = String::new();
        let mut chars = template.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '\\' {
                made.push(c);
                continue;
            }
            match chars.next() {
                Some('g') if chars.peek() == Some(&'<') => {
                    chars.next();
                    let name: String = chars.by_ref().take_while(|c| *c != '>').collect();
                    let group = match name.parse::<i64>() {
                        Ok(number) => Value::Int(number),
                        Err(_) => name.into(),
                    };
                    made.push_str(&self.text_or_empty(self.number(&group)?).to_string());
                }
                Some(digit) if digit.is_ascii_digit() => {
                    let mut number = digit.to_string();
                    if let Some(second) = chars.next_if(char::is_ascii_digit) {
                        number.push(second);
                    }
                    let number = self.number(&Value::Int(number.parse().unwrap_or(0)));
                    let number = number.map_err(|_| wrong("invalid group reference"))?;
                    made.push_str(&self.text_or_empty(number).to_string());
                }
                Some('n') => made.push('\n'),
                Some('t') => made.push('\t'),
                Some('r') => made.push('\r'),
                Some('\\') => made.push('\\'),
                Some(other) if other.is_alphabetic() => {
                    return Err(wrong(format!("bad escape \\{other}")));
                }
                Some(other) => made.extend(['\\', other]),
                None => made.push('\\'),
            }
        }
        Ok(made)
    }
}

impl Native for Groups {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Match"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Match)
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "string" => text(self.subject.clone()),
            "re" => native(self.pattern.clone()),
            "lastindex" => (1..self.spans.len()).rev().find(|n| self.spans[*n].is_some()).into(),
            _ => return None,
        }))
    }

    fn item(&self, key: &Value) -> R {
        Ok(self.group(self.number(key)?))
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], _kw: Kw) -> R {
        let default = || args.first().cloned().unwrap_or_default();
        let or_default = |value: Value| if value.is_none() { default() } else { value };
        match name {
            "group" => match args {
                [] => Ok(self.group(0)),
                [one] => self.item(one),
                many => Ok(tuple(many.iter().map(|one| self.item(one)).collect::<R<_>>()?)),
            },
            "groups" => {
                Ok(tuple((1..self.spans.len()).map(|n| or_default(self.group(n))).collect()))
            }
            "groupdict" => {
                let pairs = self.names.iter();
                Ok(dict(
                    pairs.map(|(k, n)| (k.clone().into(), or_default(self.group(*n)))).collect(),
                ))
            }
            "start" => Ok(self.span(args)?.0.into()),
            "end" => Ok(self.span(args)?.1.into()),
            "span" => {
                let (start, end) = self.span(args)?;
                Ok(crate::tuple![start, end])
            }
            "expand" => self.expanded(&default().to_string()).map(Value::from),
            _ => Err(no_attribute("Match", name)),
        }
    }
}
