//! `jsonify`, and the JSON settings of an app.

use crate::native::{Kw, native, type_error};
use crate::value::{Str, dict, list, text};
use crate::web::app::App;
use crate::web::context;
use crate::web::response::Response;
use crate::{R, Value, json};

/// How an app writes JSON.
pub(crate) struct Settings {
    pub sorted: bool,
    pub ascii: bool,
    pub compact: Option<bool>,
    pub mimetype: String,
}

impl Default for Settings {
    fn default() -> Self {
        let mimetype = "application/json".into();
        Self { sorted: true, ascii: true, compact: None, mimetype }
    }
}

impl App {
    /// A value as a JSON answer. Raises TypeError for what JSON does not have.
    pub(crate) fn json_response(&self, value: &Value) -> R<Response> {
        let settings = self.json_settings();
        let compact = settings.compact.unwrap_or(!self.is_debug());
        let style = json::flask_style(settings.sorted, settings.ascii, compact);
        let mut written = json::dumps(value, &style)?;
        written.push('\n');
        Ok(Response::new(written, 200, &settings.mimetype))
    }
}

/// `jsonify(*args, **kw)`
pub fn jsonify<'a>(args: impl AsRef<[Value]>, kw: impl AsRef<[(&'a str, Value)]>) -> R {
    let value = prepared(args.as_ref(), kw.as_ref())?;
    context::app().json_response(&value).map(native)
}

fn prepared(args: &[Value], kw: Kw) -> R {
    match (args, kw) {
        ([], []) => Ok(Value::None),
        ([one], []) => Ok(one.clone()),
        (many, []) => Ok(list(many.to_vec())),
        ([], named) => {
            Ok(dict(named.iter().map(|(k, v)| (text(Str::new(k)), v.clone())).collect()))
        }
        _ => Err(type_error("app.json.response() takes either args or kwargs, not both".into())),
    }
}
