//! Which rule answers a path: werkzeug's state machine.

use std::collections::{HashMap, HashSet};

use crate::value::Str;
use crate::web::rules::{Converter, Part, Piece, parse};
use crate::{R, Value};

/// A rule with all that belongs to it.
pub(crate) struct Rule {
    pub written: Str,
    pub endpoint: Str,
    pub methods: Vec<String>,
    pub strict_slashes: bool,
    pub merge_slashes: bool,
    pub defaults: Vec<(String, Value)>,
    pub automatic_options: bool,
    pub converters: Vec<(String, Converter)>,
    pub pieces: Vec<Piece>,
}

#[derive(Default)]
struct State {
    fixed: HashMap<String, usize>,
    dynamic: Vec<(Part, usize)>,
    rules: Vec<usize>,
}

/// All rules, and the states that lead to them.
pub(crate) struct Matcher {
    pub rules: Vec<Rule>,
    states: Vec<State>,
    pub merge_slashes: bool,
}

/// What becomes of a path.
pub(crate) enum Outcome {
    Found {
        rule: usize,
        arguments: Vec<(String, Value)>,
    },
    /// It is to be asked for at another path.
    Elsewhere(String),
    NotAllowed(Vec<String>),
    Nothing,
}

/// A slash is missing at the end.
struct SlashMissing;

type Step = Result<Option<(usize, Vec<String>)>, SlashMissing>;

impl Matcher {
    pub fn new() -> Self {
        Self { rules: Vec::new(), states: vec![State::default()], merge_slashes: true }
    }

    /// Adds a rule. Raises ValueError for a malformed one.
    pub fn add(&mut self, mut rule: Rule) -> R<()> {
        let written =
            if rule.merge_slashes { merged(&rule.written) } else { rule.written.to_string() };
        let parsed = parse(&written)?;
        (rule.converters, rule.pieces) = (parsed.converters, parsed.pieces);
        let mut at = 0;
        for part in parsed.parts {
            at = self.step_for(at, part);
        }
        self.states[at].rules.push(self.rules.len());
        self.rules.push(rule);
        Ok(())
    }

    fn step_for(&mut self, at: usize, part: Part) -> usize {
        let next = self.states.len();
        let state = &mut self.states[at];
        if part.matcher.is_none() {
            let found = *state.fixed.entry(part.content).or_insert(next);
            if found == next {
                self.states.push(State::default());
            }
            return found;
        }
        let same = |known: &Part| {
            known.content == part.content
                && known.weight == part.weight
                && (known.last, known.suffixed) == (part.last, part.suffixed)
        };
        if let Some((_, found)) = state.dynamic.iter().find(|(known, _)| same(known)) {
            return *found;
        }
        let order = |other: &Part| other.weight.partial_cmp(&part.weight);
        let place = state
            .dynamic
            .iter()
            .position(|(known, _)| order(known) == Some(std::cmp::Ordering::Greater))
            .unwrap_or(state.dynamic.len());
        state.dynamic.insert(place, (part, next));
        self.states.push(State::default());
        next
    }

    /// Finds what answers a path, which begins with a slash.
    pub fn find(&self, path: &str, method: &str) -> Outcome {
        let mut search = Search { matcher: self, method, allowed: Vec::new() };
        let found = match search.walk(path) {
            Err(SlashMissing) => return Outcome::Elsewhere(format!("{path}/")),
            Ok(found) => found,
        };
        if let Some((rule, values)) = found {
            return match self.arguments(rule, &values) {
                Some(arguments) => Outcome::Found { rule, arguments },
                None => search.nothing(),
            };
        }
        let simpler = merged(path);
        if !self.merge_slashes {
            return search.nothing();
        }
        match search.walk(&simpler) {
            Err(SlashMissing) => Outcome::Elsewhere(format!("{simpler}/")),
            Ok(Some((rule, _))) if self.rules[rule].merge_slashes => Outcome::Elsewhere(simpler),
            Ok(_) => search.nothing(),
        }
    }

    fn arguments(&self, rule: usize, values: &[String]) -> Option<Vec<(String, Value)>> {
        let rule = &self.rules[rule];
        let mut arguments = Vec::with_capacity(values.len() + rule.defaults.len());
        for ((name, converter), text) in rule.converters.iter().zip(values) {
            arguments.push((name.clone(), converter.value(text)?));
        }
        for (name, value) in &rule.defaults {
            arguments.retain(|(known, _)| known != name);
            arguments.push((name.clone(), value.clone()));
        }
        Some(arguments)
    }

    /// The methods that would be answered at a path.
    pub fn allowed(&self, path: &str) -> Vec<String> {
        let mut search = Search { matcher: self, method: "--", allowed: Vec::new() };
        // A missing slash says nothing of methods.
        let _ = search.walk(path);
        search.allowed
    }
}

/// Slashes that stand together become one.
fn merged(path: &str) -> String {
    let mut simpler = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !simpler.ends_with('/') {
            simpler.push(c);
        }
    }
    simpler
}

struct Search<'a> {
    matcher: &'a Matcher,
    method: &'a str,
    allowed: Vec<String>,
}

impl Search<'_> {
    fn walk(&mut self, path: &str) -> Step {
        let parts: Vec<&str> = path.split('/').collect();
        self.step(0, &parts, &[])
    }

    fn nothing(self) -> Outcome {
        if self.allowed.is_empty() {
            return Outcome::Nothing;
        }
        let mut seen = HashSet::new();
        let once = self.allowed.into_iter().filter(|method| seen.insert(method.clone()));
        Outcome::NotAllowed(once.collect())
    }

    /// The first rule of a state that has the method; the others' methods are remembered.
    fn rule_of(&mut self, state: usize, only: fn(&Rule) -> bool) -> Option<usize> {
        for &rule in &self.matcher.states[state].rules {
            let found = &self.matcher.rules[rule];
            if !only(found) {
                continue;
            }
            if found.methods.iter().any(|method| method == self.method) {
                return Some(rule);
            }
            self.allowed.extend(found.methods.iter().cloned());
        }
        None
    }

    fn step(&mut self, at: usize, parts: &[&str], values: &[String]) -> Step {
        let state = &self.matcher.states[at];
        let Some((part, rest)) = parts.split_first() else {
            return self.end(at, values);
        };
        if let Some(&next) = state.fixed.get(*part) {
            if let Some(found) = self.step(next, rest, values)? {
                return Ok(Some(found));
            }
        }
        for (test, next) in &state.dynamic {
            if let Some(found) = self.dynamic(test, *next, parts, values)? {
                return Ok(Some(found));
            }
        }
        if parts == [""] {
            return Ok(self.rule_of(at, |rule| !rule.strict_slashes).map(|r| (r, values.to_vec())));
        }
        Ok(None)
    }

    fn dynamic(&mut self, test: &Part, next: usize, parts: &[&str], values: &[String]) -> Step {
        let joined = if test.last { parts.join("/") } else { parts[0].to_string() };
        let rest = if test.last { &[] } else { &parts[1..] };
        let Some(captures) = test.matcher.as_ref().and_then(|m| m.captures(&joined).ok().flatten())
        else {
            return Ok(None);
        };
        let groups: Vec<&str> =
            captures.iter().skip(1).map(|group| group.map_or("", |group| group.as_str())).collect();
        let slash = test.suffixed && groups.last() == Some(&"/");
        let kept = groups.len() - usize::from(test.suffixed);
        let mut values = values.to_vec();
        values.extend(groups[..kept].iter().map(ToString::to_string));
        self.step(next, if slash { &[""] } else { rest }, &values)
    }

    fn end(&mut self, at: usize, values: &[String]) -> Step {
        if let Some(rule) = self.rule_of(at, |_| true) {
            return Ok(Some((rule, values.to_vec())));
        }
        let Some(&with_slash) = self.matcher.states[at].fixed.get("") else { return Ok(None) };
        for &rule in &self.matcher.states[with_slash].rules {
            let found = &self.matcher.rules[rule];
            if found.methods.iter().any(|method| method == self.method) {
                if found.strict_slashes {
                    return Err(SlashMissing);
                }
                return Ok(Some((rule, values.to_vec())));
            }
        }
        Ok(None)
    }
}
