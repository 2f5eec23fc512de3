//! Cross-origin requests as `flask_cors` answers them.

use crate::value::Str;
use crate::web::app::App;
use crate::web::headers::HeaderList;
use crate::web::request::Request;
use crate::web::response::Response;
use crate::{Value, library};

/// What `CORS(app, …)` was given.
#[derive(Clone)]
pub struct CorsOptions {
    /// "*", origins, or patterns of them.
    pub origins: Vec<String>,
    pub methods: Vec<String>,
    /// Request headers that are allowed: "*" or names.
    pub allow_headers: Vec<String>,
    pub expose_headers: Vec<String>,
    pub supports_credentials: bool,
    pub max_age: Option<i64>,
    pub send_wildcard: bool,
    pub vary_header: bool,
    /// Patterns of the paths it is for.
    pub resources: Vec<String>,
}

impl Default for CorsOptions {
    fn default() -> Self {
        let methods = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"];
        Self {
            origins: vec!["*".into()],
            methods: methods.map(String::from).to_vec(),
            allow_headers: vec!["*".into()],
            expose_headers: Vec::new(),
            supports_credentials: false,
            max_age: None,
            send_wildcard: false,
            vary_header: true,
            resources: vec!["/*".into()],
        }
    }
}

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";
/// What makes a text a regular expression, to Flask-CORS.
const SPECIAL: [char; 9] = ['*', '\\', ']', '?', '$', '^', '[', '(', ')'];

pub(crate) struct Cors(CorsOptions);

/// `CORS(app, …)`
pub fn cors(app: &App, options: CorsOptions) {
    app.add_cors(Cors(options));
}

/// Whether a pattern takes a text: a regular expression from its start, another text as it is.
fn fits(pattern: &str, text: &str, any_case: bool) -> bool {
    if !pattern.contains(SPECIAL) {
        return pattern == text || any_case && pattern.eq_ignore_ascii_case(text);
    }
    let flags = if any_case { 2 } else { 0 };
    let args = [Value::Str(Str::new(pattern)), Value::Str(Str::new(text)), flags.into()];
    library::lib("re.match", args, []).is_ok_and(|found| !found.is_none())
}

/// "*" stands for everything, as ".*" does.
fn everything(pattern: &str) -> &str {
    if pattern == "*" { ".*" } else { pattern }
}

fn any_fits(patterns: &[String], text: &str) -> bool {
    patterns.iter().any(|pattern| fits(everything(pattern), text, true))
}

impl Cors {
    pub fn applies(&self, request: &Request) -> bool {
        let path = request.routed();
        self.0.resources.iter().any(|pattern| fits(everything(pattern), &path, false))
    }

    /// The value of Access-Control-Allow-Origin, if the origin is allowed.
    fn origin(&self, sent: Option<&str>) -> Option<String> {
        let options = &self.0;
        let all = options.origins.iter().any(|origin| everything(origin) == ".*");
        match sent.filter(|sent| !sent.is_empty()) {
            Some(_) if all && options.send_wildcard => Some("*".into()),
            Some(sent) => any_fits(&options.origins, sent).then(|| sent.into()),
            None if all => (!options.supports_credentials).then(|| "*".into()),
            None => {
                let literal = |origin: &&String| !origin.contains(SPECIAL);
                options.origins.iter().filter(literal).min().cloned()
            }
        }
    }

    pub fn after(&self, request: &Request, response: &Response) {
        let mut headers = response.headers.borrow_mut();
        if headers.get(ALLOW_ORIGIN).is_some_and(|origin| !origin.is_empty()) {
            return;
        }
        let options = &self.0;
        let Some(origin) = self.origin(request.header("origin").as_deref()) else { return };
        let several = options.origins.len() > 1
            || options.origins.iter().any(|origin| everything(origin).contains(SPECIAL));
        let varies = options.vary_header && origin != "*" && several;
        headers.add(ALLOW_ORIGIN, origin);
        if !options.expose_headers.is_empty() {
            headers.add("Access-Control-Expose-Headers", joined(&options.expose_headers));
        }
        if options.supports_credentials {
            headers.add("Access-Control-Allow-Credentials", "true");
        }
        if request.header("access-control-request-private-network").as_deref() == Some("true") {
            headers.add("Access-Control-Allow-Private-Network", "false");
        }
        if &*request.method == "OPTIONS" {
            self.preflight(request, &mut headers);
        }
        if varies {
            headers.add("Vary", "Origin");
        }
    }

    fn preflight(&self, request: &Request, headers: &mut HeaderList) {
        let wanted = request.header("access-control-request-method").unwrap_or_default();
        let methods = joined(&self.0.methods).to_uppercase();
        if wanted.is_empty() || !methods.contains(&wanted.to_uppercase()) {
            return;
        }
        let asked = request.header("access-control-request-headers").unwrap_or_default();
        let mut allowed: Vec<String> = asked
            .split(',')
            .map(str::trim)
            .filter(|name| any_fits(&self.0.allow_headers, name))
            .map(ToString::to_string)
            .collect();
        allowed.sort_unstable();
        let allowed = allowed.join(", ");
        if !asked.is_empty() && !allowed.is_empty() {
            headers.add("Access-Control-Allow-Headers", allowed);
        }
        if let Some(age) = self.0.max_age.filter(|age| *age != 0) {
            headers.add("Access-Control-Max-Age", age.to_string());
        }
        headers.add("Access-Control-Allow-Methods", methods);
    }
}

fn joined(names: &[String]) -> String {
    let mut names = names.to_vec();
    names.sort();
    names.join(", ")
}
