//! `session`: a dictionary in a signed cookie.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{TimeDelta, Utc};

use crate::errors::{Exc, raise};
use crate::library::dates;
use crate::native::{Kw, Native};
use crate::types::Type;
use crate::web::app::App;
use crate::web::context::Context;
use crate::web::cookies::Attributes;
use crate::web::http::date;
use crate::web::multidict::MultiDict;
use crate::web::request::Request;
use crate::web::response::Response;
use crate::web::{signing, tagged};
use crate::{R, Value, args, dict};

/// The session of a request.
pub(crate) struct Session {
    data: Value,
    accessed: Cell<bool>,
    modified: Cell<bool>,
    any_access: bool,
    /// Without a secret key there is none: it can be read and not written.
    none: bool,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn key(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Str(text) if !text.is_empty() => Some(text.as_bytes().to_vec()),
        Value::Bytes(data) if !data.is_empty() => Some(data.to_vec()),
        _ => None,
    }
}

fn lifetime(app: &App) -> i64 {
    dates::seconds(&app.setting("PERMANENT_SESSION_LIFETIME")).unwrap_or(0)
}

impl Session {
    /// The session that a request brings; an empty one if it brings none that is genuine.
    pub fn open(app: &App, request: &Request) -> Self {
        let secret = key(&app.setting("SECRET_KEY"));
        let none = secret.is_none();
        let mut keys: Vec<Vec<u8>> = secret.into_iter().collect();
        let others = crate::iteration::elements(&app.setting("SECRET_KEY_FALLBACKS"));
        keys.extend(others.unwrap_or_default().iter().filter_map(key));
        let name = app.setting("SESSION_COOKIE_NAME").to_string();
        let cookies = request.cookies();
        let cookie = cookies.native::<MultiDict>().and_then(|found| found.first(&name).cloned());
        let data = cookie.filter(|_| !none).and_then(|cookie| {
            let age = u64::try_from(lifetime(app)).unwrap_or(0);
            tagged::read(&signing::unsign(&keys, &cookie.to_string(), age, now())?)
        });
        Self {
            data: data
                .filter(|data| matches!(data, Value::Dict(_)))
                .unwrap_or_else(|| dict(vec![])),
            accessed: Cell::new(false),
            modified: Cell::new(false),
            any_access: app.any_access(),
            none,
        }
    }

    /// Somebody uses it.
    pub fn touch(&self) {
        if self.any_access {
            self.accessed.set(true);
        }
    }

    fn change(&self) -> R<()> {
        if self.none {
            return Err(unavailable());
        }
        self.modified.set(true);
        self.accessed.set(true);
        Ok(())
    }

    fn permanent(&self) -> bool {
        self.data.item("_permanent").is_ok_and(|value| value.truth())
    }

    /// A permanent session is sent again even where nobody looked at it.
    pub fn refresh(app: &App, context: &Context, response: &Response) -> R<()> {
        if !context.request.has_header("cookie")
            || !app.setting("SESSION_REFRESH_EACH_REQUEST").truth()
        {
            return Ok(());
        }
        let name = app.setting("SESSION_COOKIE_NAME").to_string();
        let cookies = context.request.cookies();
        let sent = cookies.native::<MultiDict>().is_some_and(|found| found.first(&name).is_some());
        if sent { context.session().save(app, response) } else { Ok(()) }
    }

    /// Writes the cookie, where it has to be written.
    pub fn save(&self, app: &App, response: &Response) -> R<()> {
        if self.none {
            return Ok(());
        }
        let vary = || response.headers.borrow_mut().add_to_list("Vary", "Cookie");
        if self.accessed.get() {
            vary();
        }
        let text = |key| Some(app.setting(key)).filter(Value::truth).map(|value| value.to_string());
        let name = text("SESSION_COOKIE_NAME").unwrap_or_default();
        let attributes = Attributes {
            domain: text("SESSION_COOKIE_DOMAIN"),
            path: text("SESSION_COOKIE_PATH").or_else(|| text("APPLICATION_ROOT")),
            secure: app.setting("SESSION_COOKIE_SECURE").truth(),
            httponly: app.setting("SESSION_COOKIE_HTTPONLY").truth(),
            samesite: text("SESSION_COOKIE_SAMESITE"),
            partitioned: app.setting("SESSION_COOKIE_PARTITIONED").truth(),
            ..Attributes::default()
        };
        if !self.data.truth() {
            if self.modified.get() {
                response.delete_cookie(&name, attributes)?;
                vary();
            }
            return Ok(());
        }
        let permanent = self.permanent();
        let refreshed = permanent && app.setting("SESSION_REFRESH_EACH_REQUEST").truth();
        if !self.modified.get() && !refreshed {
            return Ok(());
        }
        let secret = key(&app.setting("SECRET_KEY")).unwrap_or_default();
        let expires = permanent
            .then(|| Utc::now().checked_add_signed(TimeDelta::seconds(lifetime(app))))
            .flatten()
            .map(date);
        let value = signing::sign(&secret, tagged::written(&self.data)?.as_bytes(), now());
        response.set_cookie(&name, &value, &Attributes { expires, ..attributes })?;
        vary();
        Ok(())
    }
}

fn unavailable() -> Exc {
    raise(
        "RuntimeError",
        args![
            "The session is unavailable because no secret key was set.  Set the secret_key on the \
             application to something unique and secret."
        ],
    )
}

/// `session` as a value.
pub(crate) struct SessionValue(pub Rc<Session>);

impl Native for SessionValue {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "SecureCookieSession"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Dict)
    }

    fn repr(&self) -> String {
        format!("<SecureCookieSession {}>", crate::repr(&self.0.data))
    }

    fn truth(&self) -> bool {
        self.0.data.truth()
    }

    fn len(&self) -> R<usize> {
        crate::collections::length(&self.0.data)
    }

    fn elements(&self) -> R<Vec<Value>> {
        crate::iteration::elements(&self.0.data)
    }

    fn contains(&self, item: &Value) -> R<bool> {
        crate::contains(&self.0.data, item)
    }

    fn equals(&self, other: &Value) -> bool {
        self.0.data == *other
    }

    fn item(&self, key: &Value) -> R {
        self.0.accessed.set(true);
        self.0.data.item(key)
    }

    fn set_item(&self, key: Value, value: Value) -> R<()> {
        self.0.change()?;
        self.0.data.set_item(key, value)
    }

    fn del_item(&self, key: &Value) -> R<()> {
        self.0.change()?;
        self.0.data.del_item(key)
    }

    fn for_json(&self) -> Option<Value> {
        Some(self.0.data.clone())
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "permanent" => self.0.permanent().into(),
            "modified" => self.0.modified.get().into(),
            "accessed" => self.0.accessed.get().into(),
            "new" => false.into(),
            _ => return None,
        }))
    }

    fn set_attr(&self, name: &str, value: Value) -> R<()> {
        match name {
            "permanent" => self.set_item("_permanent".into(), value.truth().into()),
            "modified" => {
                self.0.modified.set(value.truth());
                Ok(())
            }
            _ => Err(crate::native::no_attribute(self.type_name(), name)),
        }
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        match name {
            "pop" => {
                // Taking what is not there changes nothing; a default given counts all the same.
                let there = args.first().map_or(Ok(false), |key| self.contains(key))?;
                if there || self.0.none {
                    self.0.change()?;
                }
            }
            "clear" | "popitem" | "update" => self.0.change()?,
            "setdefault" => {
                let there = args.first().map_or(Ok(false), |key| self.contains(key))?;
                self.0.accessed.set(true);
                if !there {
                    self.0.change()?;
                }
            }
            "get" => self.0.accessed.set(true),
            _ => {}
        }
        self.0.data.method_kw(name, args, kw)
    }
}
