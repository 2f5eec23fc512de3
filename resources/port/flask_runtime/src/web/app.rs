//! The application: its rules, hooks, error handlers, configuration, and how it answers.

use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;

use crate::classes::Class;
use crate::errors::known_class;
use crate::library::durations;
use crate::value::{Str, dict};
use crate::web::context::{self};
use crate::web::cors::Cors;
use crate::web::files;
use crate::web::form::Limits;
use crate::web::json::Settings;
use crate::web::matching::{Matcher, Rule};
use crate::web::status;
use crate::{R, Value};

pub(super) type View = Box<dyn Fn(&ViewArgs) -> R>;
pub(super) type Before = Box<dyn Fn() -> R>;
pub(super) type Unary = Box<dyn Fn(Value) -> R>;

/// The arguments that a rule found in a path.
pub struct ViewArgs<'a>(pub(super) &'a [(String, Value)]);

impl ViewArgs<'_> {
    /// An argument by its name; None if the rule has none of it.
    pub fn get(&self, name: &str) -> Value {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or(Value::None, |(_, value)| value.clone())
    }

    /// All of them, as `**view_args`.
    pub fn all(&self) -> Value {
        dict(self.0.iter().map(|(name, value)| (name.clone().into(), value.clone())).collect())
    }
}

/// Whom a handler or hook belongs to: the app (none) or a blueprint.
pub(super) type Owner = Option<&'static str>;

pub(super) struct Handler {
    pub owner: Owner,
    pub code: Option<u16>,
    pub class: Rc<Class>,
    pub answer: Unary,
}

/// The application.
pub struct App {
    pub(super) name: &'static str,
    pub(super) matcher: RefCell<Matcher>,
    pub(super) views: RefCell<Vec<View>>,
    pub(super) before: RefCell<Vec<(Owner, Before)>>,
    pub(super) after: RefCell<Vec<(Owner, Unary)>>,
    pub(super) teardown: RefCell<Vec<(Owner, Unary)>>,
    pub(super) handlers: RefCell<Vec<Handler>>,
    pub(super) config: Value,
    pub(super) json: RefCell<Settings>,
    pub(super) debug: Cell<bool>,
    pub(super) cors: RefCell<Vec<Cors>>,
    pub(super) any_access: Cell<bool>,
}

fn defaults() -> Value {
    let month = durations::days(31);
    crate::dict! {
        "DEBUG" => false,
        "TESTING" => false,
        "PROPAGATE_EXCEPTIONS" => (),
        "SECRET_KEY" => (),
        "SECRET_KEY_FALLBACKS" => (),
        "PERMANENT_SESSION_LIFETIME" => month,
        "USE_X_SENDFILE" => false,
        "TRUSTED_HOSTS" => (),
        "SERVER_NAME" => (),
        "APPLICATION_ROOT" => "/",
        "SESSION_COOKIE_NAME" => "session",
        "SESSION_COOKIE_DOMAIN" => (),
        "SESSION_COOKIE_PATH" => (),
        "SESSION_COOKIE_HTTPONLY" => true,
        "SESSION_COOKIE_SECURE" => false,
        "SESSION_COOKIE_PARTITIONED" => false,
        "SESSION_COOKIE_SAMESITE" => (),
        "SESSION_REFRESH_EACH_REQUEST" => true,
        "MAX_CONTENT_LENGTH" => (),
        "MAX_FORM_MEMORY_SIZE" => 500_000,
        "MAX_FORM_PARTS" => 1_000,
        "SEND_FILE_MAX_AGE_DEFAULT" => (),
        "TRAP_BAD_REQUEST_ERRORS" => (),
        "TRAP_HTTP_EXCEPTIONS" => false,
        "EXPLAIN_TEMPLATE_LOADING" => false,
        "PREFERRED_URL_SCHEME" => "http",
        "TEMPLATES_AUTO_RELOAD" => (),
        "MAX_COOKIE_SIZE" => 4093,
        "PROVIDE_AUTOMATIC_OPTIONS" => true,
    }
}

/// A rule that is being added.
pub struct RuleBuilder<'a> {
    app: &'a App,
    rule: Rule,
}

impl RuleBuilder<'_> {
    /// All its methods, HEAD and OPTIONS too.
    pub fn methods(mut self, methods: &[&str]) -> Self {
        self.rule.methods = methods.iter().map(ToString::to_string).collect();
        self
    }

    pub fn strict_slashes(mut self, strict: bool) -> Self {
        self.rule.strict_slashes = strict;
        self
    }

    pub fn merge_slashes(mut self, merge: bool) -> Self {
        self.rule.merge_slashes = merge;
        self
    }

    pub fn defaults<'a>(mut self, defaults: impl AsRef<[(&'a str, Value)]>) -> Self {
        let given = defaults.as_ref().iter();
        self.rule.defaults = given.map(|(name, value)| ((*name).into(), value.clone())).collect();
        self
    }

    /// Whether OPTIONS is answered with the methods there are, without the view.
    pub fn provide_automatic_options(mut self, automatic: bool) -> Self {
        self.rule.automatic_options = automatic;
        self
    }

    /// The function that answers.
    ///
    /// # Panics
    /// For a malformed rule.
    pub fn to(self, view: impl Fn(&ViewArgs) -> R + 'static) {
        let written = self.rule.written.clone();
        let added = self.app.matcher.borrow_mut().add(self.rule);
        added.unwrap_or_else(|error| panic!("the rule {written}: {error:?}"));
        self.app.views.borrow_mut().push(Box::new(view));
    }
}

impl App {
    /// An application of this import name; it is `current_app` from now on.
    pub fn new(name: &'static str) -> Rc<Self> {
        let app = Rc::new(Self {
            name,
            matcher: RefCell::new(Matcher::new()),
            views: RefCell::default(),
            before: RefCell::default(),
            after: RefCell::default(),
            teardown: RefCell::default(),
            handlers: RefCell::default(),
            config: defaults(),
            json: RefCell::default(),
            debug: Cell::new(false),
            cors: RefCell::default(),
            any_access: Cell::new(true),
        });
        context::install(app.clone());
        app
    }

    /// Sets one value of the configuration.
    pub fn config(&self, key: &'static str, value: impl Into<Value>) {
        let value = value.into();
        if key == "DEBUG" {
            self.debug.set(value.truth());
        }
        if let Value::Dict(config) = &self.config {
            config.map.borrow_mut().insert(key.into(), value);
        }
    }

    /// Begins a rule.
    pub fn rule(&self, rule: &str, endpoint: &str) -> RuleBuilder<'_> {
        let rule = Rule {
            written: Str::new(rule),
            endpoint: Str::new(endpoint),
            methods: ["GET", "HEAD", "OPTIONS"].map(String::from).to_vec(),
            strict_slashes: true,
            merge_slashes: true,
            defaults: Vec::new(),
            automatic_options: true,
            converters: Vec::new(),
            pieces: Vec::new(),
        };
        RuleBuilder { app: self, rule }
    }

    /// A rule with all its methods (HEAD and OPTIONS too), and the function that answers.
    pub fn route(
        &self,
        rule: &str,
        endpoint: &str,
        methods: &[&str],
        view: impl Fn(&ViewArgs) -> R + 'static,
    ) {
        self.rule(rule, endpoint).methods(methods).to(view);
    }

    /// The rule that serves the files of a folder.
    pub fn static_files(&self, rule: &str, endpoint: &str, folder: &'static str) {
        self.route(rule, endpoint, &["GET", "HEAD", "OPTIONS"], move |found| {
            files::send_from_directory(folder, &found.get("filename").to_string())
        });
    }

    pub fn debug(&self, debug: bool) {
        self.config("DEBUG", debug);
    }

    pub fn json_sort_keys(&self, sorted: bool) {
        self.json.borrow_mut().sorted = sorted;
    }

    pub fn json_ensure_ascii(&self, ascii: bool) {
        self.json.borrow_mut().ascii = ascii;
    }

    pub fn json_compact(&self, compact: Option<bool>) {
        self.json.borrow_mut().compact = compact;
    }

    pub fn json_mimetype(&self, mimetype: &str) {
        self.json.borrow_mut().mimetype = mimetype.into();
    }

    pub fn strict_merge_slashes(&self, merge: bool) {
        self.matcher.borrow_mut().merge_slashes = merge;
    }

    /// Whether any use of `session` counts as access (Flask 3.1.3), or reading alone (before).
    pub fn session_accessed_by_any_use(&self, any: bool) {
        self.any_access.set(any);
    }

    pub(crate) fn any_access(&self) -> bool {
        self.any_access.get()
    }

    pub fn before_request(&self, function: impl Fn() -> R + 'static) {
        self.before.borrow_mut().push((None, Box::new(function)));
    }

    pub fn before_request_of(&self, blueprint: &'static str, function: impl Fn() -> R + 'static) {
        self.before.borrow_mut().push((Some(blueprint), Box::new(function)));
    }

    pub fn after_request(&self, function: impl Fn(Value) -> R + 'static) {
        self.after.borrow_mut().push((None, Box::new(function)));
    }

    pub fn after_request_of(
        &self,
        blueprint: &'static str,
        function: impl Fn(Value) -> R + 'static,
    ) {
        self.after.borrow_mut().push((Some(blueprint), Box::new(function)));
    }

    pub fn teardown_request(&self, function: impl Fn(Value) -> R + 'static) {
        self.teardown.borrow_mut().push((None, Box::new(function)));
    }

    pub fn teardown_request_of(
        &self,
        blueprint: &'static str,
        function: impl Fn(Value) -> R + 'static,
    ) {
        self.teardown.borrow_mut().push((Some(blueprint), Box::new(function)));
    }

    /// # Panics
    /// For a code that has no exception, as Flask refuses it.
    fn add_handler(&self, owner: Owner, code: u16, answer: Unary) {
        let class = status::class_of(code.into()).and_then(known_class);
        let class = class.unwrap_or_else(|| panic!("'{code}' is not a recognized HTTP error code"));
        self.handlers.borrow_mut().push(Handler { owner, code: Some(code), class, answer });
    }

    pub fn errorhandler(&self, code: u16, answer: impl Fn(Value) -> R + 'static) {
        self.add_handler(None, code, Box::new(answer));
    }

    pub fn errorhandler_of(
        &self,
        blueprint: &'static str,
        code: u16,
        answer: impl Fn(Value) -> R + 'static,
    ) {
        self.add_handler(Some(blueprint), code, Box::new(answer));
    }

    /// # Panics
    /// For what is no exception class.
    fn add_class_handler(&self, owner: Owner, class: Value, answer: Unary) {
        let class = match class {
            Value::Str(name) => known_class(&name).unwrap_or_else(|| panic!("no exception {name}")),
            Value::Class(class) => class,
            other => panic!("{other} is no exception class"),
        };
        let code = match class.find("code") {
            Some(crate::classes::Member::Plain(code)) if class.comes_from("HTTPException") => {
                code.as_int().and_then(|code| u16::try_from(code).ok())
            }
            _ => None,
        };
        self.handlers.borrow_mut().push(Handler { owner, code, class, answer });
    }

    /// A handler for an exception class: its name, if it is built in, or the class.
    pub fn errorhandler_class(
        &self,
        class: impl Into<Value>,
        answer: impl Fn(Value) -> R + 'static,
    ) {
        self.add_class_handler(None, class.into(), Box::new(answer));
    }

    pub fn errorhandler_class_of(
        &self,
        blueprint: &'static str,
        class: impl Into<Value>,
        answer: impl Fn(Value) -> R + 'static,
    ) {
        self.add_class_handler(Some(blueprint), class.into(), Box::new(answer));
    }

    pub(crate) fn add_cors(&self, cors: Cors) {
        self.cors.borrow_mut().push(cors);
    }

    pub(crate) fn json_settings(&self) -> Ref<'_, Settings> {
        self.json.borrow()
    }

    pub(crate) fn is_debug(&self) -> bool {
        self.debug.get()
    }

    pub(crate) fn rules(&self) -> Ref<'_, Matcher> {
        self.matcher.borrow()
    }

    pub(crate) fn config_value(&self) -> Value {
        self.config.clone()
    }

    pub(crate) fn setting(&self, key: &'static str) -> Value {
        match &self.config {
            Value::Dict(config) => {
                config.map.borrow().get(&Value::from(key)).cloned().unwrap_or_default()
            }
            _ => Value::None,
        }
    }

    pub(crate) fn form_limits(&self) -> Limits {
        let limit = |key| self.setting(key).as_int().and_then(|limit| usize::try_from(limit).ok());
        Limits { memory: limit("MAX_FORM_MEMORY_SIZE"), parts: limit("MAX_FORM_PARTS") }
    }
}
