//! `current_app` and `app.logger` as values.

use std::any::Any;
use std::rc::Rc;

use crate::iteration::elements;
use crate::native::{Kw, Native, native, no_attribute};
use crate::value::text;
use crate::web::app::App;
use crate::web::context;
use crate::{R, Value};

/// `current_app` as a value.
pub(crate) struct AppValue(pub Rc<App>);

impl Native for AppValue {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Flask"
    }

    fn attr(&self, name: &str) -> Option<R> {
        Some(Ok(match name {
            "config" => self.0.config_value(),
            "name" | "import_name" => self.0.name.into(),
            "debug" => self.0.is_debug().into(),
            "testing" => self.0.setting("TESTING"),
            "secret_key" => self.0.setting("SECRET_KEY"),
            "logger" => native(Logger),
            _ => return None,
        }))
    }

    fn set_attr(&self, name: &str, value: Value) -> R<()> {
        match name {
            "debug" => self.0.debug(value.truth()),
            "secret_key" => self.0.config("SECRET_KEY", value),
            _ => return Err(no_attribute("Flask", name)),
        }
        Ok(())
    }
}

/// `app.logger`: lines on standard error.
pub(crate) struct Logger;

impl Native for Logger {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "Logger"
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], _kw: Kw) -> R {
        match name {
            "warning" | "warn" | "error" | "critical" | "exception" => {
                let message = message_of(args)?;
                eprintln!("{}: {message}", name.to_uppercase());
            }
            // Flask's logger says these in debug mode only.
            "debug" | "info" if context::app().is_debug() => {
                let message = message_of(args)?;
                eprintln!("{}: {message}", name.to_uppercase());
            }
            "debug" | "info" | "setLevel" | "addHandler" => {}
            _ => return Err(no_attribute("Logger", name)),
        }
        Ok(Value::None)
    }
}

fn message_of(args: &[Value]) -> R {
    match args {
        [] => Ok(text("")),
        [message] => Ok(message.to_string().into()),
        [pattern, values @ ..] => {
            let values = elements(&crate::tuple(values.to_vec()))?;
            crate::modulo(pattern.to_string(), crate::tuple(values))
        }
    }
}
