//! `request.authorization`, and `HTTPBasicAuth` of Flask-HTTPAuth.

use std::any::Any;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::native::{Kw, Native, native, no_attribute};
use crate::value::{Str, dict, text};
use crate::web::context;
use crate::web::request::Request;
use crate::web::response::Response;
use crate::{R, Value};

/// What a request says of who sends it.
struct Authorization {
    kind: String,
    token: Option<String>,
    parameters: Vec<(String, String)>,
}

/// `request.authorization`: None for none, and for Basic that cannot be read.
pub(crate) fn authorization(header: Option<String>) -> Value {
    let Some(header) = header else { return Value::None };
    let (kind, rest) = header.split_once(' ').unwrap_or((&header, ""));
    let (kind, rest) = (kind.to_lowercase(), rest.trim());
    let found = match kind.as_str() {
        "basic" => credentials(rest).map(|(name, password)| Authorization {
            kind: kind.clone(),
            token: None,
            parameters: vec![("username".into(), name), ("password".into(), password)],
        }),
        _ if rest.trim_end_matches('=').contains('=') => Some(Authorization {
            kind: kind.clone(),
            token: None,
            parameters: rest
                .split(',')
                .filter_map(|part| part.split_once('='))
                .map(|(name, value)| (name.trim().into(), value.trim().trim_matches('"').into()))
                .collect(),
        }),
        _ => {
            Some(Authorization { kind: kind.clone(), token: Some(rest.into()), parameters: vec![] })
        }
    };
    found.map_or(Value::None, native)
}

fn credentials(encoded: &str) -> Option<(String, String)> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (name, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
    Some((name.into(), password.into()))
}

impl Authorization {
    fn parameter(&self, name: &str) -> Value {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map_or(Value::None, |(_, value)| text(Str::new(value)))
    }
}

impl Native for Authorization {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Authorization"
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "type" => self.kind.clone().into(),
            "token" => self.token.clone().into(),
            "parameters" => {
                let pairs = self.parameters.iter();
                dict(pairs.map(|(k, v)| (k.clone().into(), v.clone().into())).collect())
            }
            "get" => return None,
            _ => self.parameter(name),
        }))
    }

    fn item(&self, key: &Value) -> R {
        Ok(self.parameter(&key.to_string()))
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], _kw: Kw) -> R {
        match name {
            "get" => {
                let found = self.parameter(&args.first().unwrap_or(&Value::None).to_string());
                Ok(if found.is_none() { args.get(1).cloned().unwrap_or_default() } else { found })
            }
            _ => Err(no_attribute("Authorization", name)),
        }
    }
}

/// `request.user_agent`
struct UserAgent(String);

pub(crate) fn user_agent(header: Option<String>) -> Value {
    native(UserAgent(header.unwrap_or_default()))
}

impl Native for UserAgent {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "UserAgent"
    }

    fn text(&self) -> String {
        self.0.clone()
    }

    fn truth(&self) -> bool {
        !self.0.is_empty()
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "string" => text(Str::new(&self.0)),
            "platform" | "browser" | "version" | "language" => Value::None,
            _ => return None,
        }))
    }
}

type Verify = Box<dyn Fn(Value, Value) -> R>;
type Refuse = Box<dyn Fn(Value) -> R>;

/// `HTTPBasicAuth`: who may see a view.
#[derive(Clone)]
pub struct BasicAuth(Rc<Settings>);

struct Settings {
    scheme: String,
    realm: String,
    verify: Verify,
    refuse: Option<Refuse>,
}

impl BasicAuth {
    /// With what `@auth.verify_password` decorates: user name and password to a user, or nothing.
    pub fn new(verify: impl Fn(Value, Value) -> R + 'static) -> Self {
        Self(Rc::new(Settings {
            scheme: "Basic".into(),
            realm: "Authentication Required".into(),
            verify: Box::new(verify),
            refuse: None,
        }))
    }

    /// Other words for scheme and realm, and what `@auth.error_handler` decorates; its argument is
    /// the status.
    ///
    /// # Panics
    /// Once it is shared.
    pub fn with(self, scheme: &str, realm: &str, refuse: Option<Refuse>) -> Self {
        let settings = Rc::try_unwrap(self.0).unwrap_or_else(|_| panic!("it is shared already"));
        Self(Rc::new(Settings { scheme: scheme.into(), realm: realm.into(), refuse, ..settings }))
    }

    /// `@auth.login_required`: None if the request may go on, else the answer in its place.
    pub fn login_required(&self, optional: bool) -> R {
        let request = context::request_data();
        if &*request.method == "OPTIONS" {
            return Ok(Value::None);
        }
        let given = sent(&request);
        let (name, password) = given.clone().unwrap_or_default();
        let known = (self.0.verify)(name.into(), password.into())?;
        let stranger = known.is_none() || known == false;
        if stranger && !optional {
            return self.refused();
        }
        let user = match known {
            Value::Bool(true) => given.map(|(name, _)| name).into(),
            user => user,
        };
        context::g().set_attr("flask_httpauth_user", user)?;
        Ok(Value::None)
    }

    fn refused(&self) -> R {
        let answer = match &self.0.refuse {
            Some(refuse) => refuse(401.into())?,
            None => crate::tuple!["Unauthorized Access", 401],
        };
        let has_status = matches!(answer, Value::Tuple(_)) || answer.native::<Response>().is_some();
        let response = crate::web::response::from_view(&answer)?;
        if let Some(found) = response.native::<Response>() {
            if !has_status && found.code() == 200 {
                response.set_attr("status_code", 401)?;
            }
            if found.headers.borrow().get("WWW-Authenticate").is_none() {
                let challenge = format!("{} realm=\"{}\"", self.0.scheme, self.0.realm);
                found.set_header("WWW-Authenticate", challenge);
            }
        }
        Ok(response)
    }

    /// `auth.current_user()`
    pub fn current_user(&self) -> R {
        match context::g().attr("flask_httpauth_user") {
            Err(error) if error.is("AttributeError") => Ok(Value::None),
            outcome => outcome,
        }
    }

    /// `auth.username()`
    pub fn username(&self) -> R {
        Ok(sent(&context::request_data()).map(|(name, _)| name).unwrap_or_default().into())
    }
}

/// Name and password as Flask-HTTPAuth reads them, whatever the scheme is called.
fn sent(request: &Request) -> Option<(String, String)> {
    let header = request.header("authorization")?;
    let (_, encoded) = header.split_once(' ')?;
    let letters: String = encoded
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    let data = STANDARD.decode(letters).ok()?;
    let at = data.iter().position(|byte| *byte == b':')?;
    let text = |part: &[u8]| match std::str::from_utf8(part) {
        Ok(text) => text.to_string(),
        Err(_) => part.iter().map(|byte| char::from(*byte)).collect(),
    };
    Some((text(&data[..at]), text(&data[at + 1..])))
}
