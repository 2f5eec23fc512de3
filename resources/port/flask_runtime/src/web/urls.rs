//! URLs of rules: `url_for`, and redirects to a rule that has the values as defaults.

use crate::errors::raise;
use crate::iteration::elements;
use crate::native::Kw;
use crate::web::context;
use crate::web::http::{PATH_SAFE, quote, quote_plus};
use crate::web::matching::{Matcher, Rule};
use crate::web::rules::Piece;
use crate::{R, Value, args};

impl Rule {
    fn default(&self, name: &str) -> Option<&Value> {
        self.defaults.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    fn suits(&self, values: &[(String, Value)], method: Option<&str>) -> bool {
        if method.is_some_and(|wanted| !self.methods.iter().any(|method| method == wanted)) {
            return false;
        }
        let given = |name: &str| values.iter().find(|(known, _)| known == name);
        let complete = self
            .converters
            .iter()
            .all(|(name, _)| given(name).is_some() || self.default(name).is_some());
        complete
            && self.defaults.iter().all(|(name, value)| given(name).is_none_or(|(_, v)| v == value))
    }

    fn arguments(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.converters.iter().map(|(name, _)| name.as_str()).collect();
        names.extend(self.defaults.iter().map(|(name, _)| name.as_str()));
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether it stands for the other one where its own defaults are given.
    fn provides_defaults_for(&self, other: &Self) -> bool {
        !self.defaults.is_empty()
            && self.endpoint == other.endpoint
            && self.arguments() == other.arguments()
    }

    /// The path for values, with those it does not know as a query.
    fn build(&self, values: &[(String, Value)]) -> R<String> {
        let mut path = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => path.push_str(&quote(text.as_bytes(), PATH_SAFE)),
                Piece::Argument(name) => {
                    let given = values.iter().find(|(known, _)| known == name);
                    let value = given.map(|(_, value)| value).or_else(|| self.default(name));
                    let converter = self.converters.iter().find(|(known, _)| known == name);
                    if let (Some(value), Some((_, converter))) = (value, converter) {
                        path.push_str(&converter.written(value)?);
                    }
                }
            }
        }
        let mut query = Vec::new();
        for (name, value) in values {
            if self.arguments().contains(&name.as_str()) {
                continue;
            }
            let several = match value {
                Value::List(_) | Value::Tuple(_) => elements(value)?,
                one => vec![one.clone()],
            };
            for value in several.iter().filter(|value| !value.is_none()) {
                query.push(format!("{}={}", quote_plus(name), quote_plus(&value.to_string())));
            }
        }
        if !query.is_empty() {
            path = path + "?" + &query.join("&");
        }
        Ok(path)
    }
}

impl Matcher {
    /// Where a rule sends to that has these values as its defaults.
    pub fn default_redirect(
        &self,
        rule: usize,
        arguments: &[(String, Value)],
        method: &str,
    ) -> Option<String> {
        if self.rules.iter().all(|rule| rule.defaults.is_empty()) {
            return None;
        }
        let found = &self.rules[rule];
        let mut others = self.by_endpoint(&found.endpoint).into_iter();
        let other =
            others.by_ref().take_while(|other| !std::ptr::eq(*other, found)).find(|other| {
                other.provides_defaults_for(found) && other.suits(arguments, Some(method))
            })?;
        other.build(arguments).ok()
    }

    /// The rules of an endpoint, those with the most arguments first.
    fn by_endpoint(&self, endpoint: &str) -> Vec<&Rule> {
        let mut found: Vec<&Rule> =
            self.rules.iter().filter(|rule| *rule.endpoint == *endpoint).collect();
        found.sort_by_key(|rule| {
            (std::cmp::Reverse(rule.arguments().len()), std::cmp::Reverse(rule.defaults.len()))
        });
        found
    }
}

/// `url_for(endpoint, **values)`. Raises BuildError.
pub fn url_for<'a>(endpoint: impl Into<Value>, kw: impl AsRef<[(&'a str, Value)]>) -> R {
    build(&endpoint.into().to_string(), kw.as_ref())
}

fn build(endpoint: &str, kw: Kw) -> R {
    let request = context::request_data();
    let endpoint = match endpoint.strip_prefix('.') {
        Some(name) => match request.blueprint() {
            Some(blueprint) => format!("{blueprint}.{name}"),
            None => name.into(),
        },
        None => endpoint.into(),
    };
    let option = |wanted: &str| {
        let found = kw.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value);
        found.filter(|value| !value.is_none())
    };
    let plain = |name: &str| !["_anchor", "_method", "_scheme", "_external"].contains(&name);
    let values: Vec<(String, Value)> = kw
        .iter()
        .filter(|(name, value)| plain(name) && !value.is_none())
        .map(|(name, value)| ((*name).to_string(), value.clone()))
        .collect();
    let method = option("_method").map(ToString::to_string);
    let app = context::app();
    let rules = app.rules();
    let candidates = rules.by_endpoint(&endpoint);
    let preferred = method.as_deref().unwrap_or("GET");
    let suiting = |wanted: Option<&str>| candidates.iter().find(|rule| rule.suits(&values, wanted));
    let rule = suiting(Some(preferred)).or_else(|| suiting(method.as_deref()));
    let rule = rule.ok_or_else(|| {
        let message = format!("Could not build url for endpoint '{endpoint}'.");
        raise("BuildError", args![message])
    })?;
    let mut url = rule.build(&values)?;
    let scheme = option("_scheme").map(ToString::to_string);
    if scheme.is_some() || option("_external").is_some_and(Value::truth) {
        let scheme = scheme.unwrap_or_else(|| "http".into());
        url = format!("{scheme}://{}{url}", request.host());
    }
    if let Some(anchor) = option("_anchor") {
        url = url + "#" + &quote(anchor.to_string().as_bytes(), "%!#$&'()*+,/:;=?@");
    }
    Ok(url.into())
}
