//! What belongs to the request that is being answered: the app, `request`, `session`, `g`.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::classes::{Class, Obj};
use crate::functions::library;
use crate::native::native;
use crate::web::app::App;
use crate::web::app_value::AppValue;
use crate::web::request::{Request, RequestValue};
use crate::web::sessions::{Session, SessionValue};
use crate::{R, Value, contains};

/// One request and what came of it so far.
pub(crate) struct Context {
    pub request: Rc<Request>,
    request_value: OnceCell<Value>,
    pub session: OnceCell<Rc<Session>>,
    pub g: OnceCell<Value>,
    pub after: RefCell<Vec<Value>>,
}

thread_local! {
    static APP: RefCell<Option<Rc<App>>> = const { RefCell::new(None) };
    static CONTEXT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
    static NAMESPACE: Rc<Class> = namespace();
}

/// The class of `g`: an object that is asked like a dictionary, too.
fn namespace() -> Rc<Class> {
    let like_dict = |name: &'static str| {
        library(name, move |args, kw| {
            let [this, rest @ ..] = args else { return Ok(Value::None) };
            let held = this.attr("__dict__")?;
            let outcome = held.method_kw(name, rest, kw);
            let changed = rest.first().map(ToString::to_string).unwrap_or_default();
            match name {
                "pop" if contains(this.attr("__dict__")?, changed.clone())? => {
                    this.del_attr(&changed)?
                }
                "setdefault" => this.set_attr(&changed, outcome.clone()?)?,
                _ => {}
            }
            outcome
        })
    };
    crate::class("_AppCtxGlobals", vec![])
        .method("get", like_dict("get"))
        .method("pop", like_dict("pop"))
        .method("setdefault", like_dict("setdefault"))
        .method(
            "__contains__",
            library("__contains__", |args, _| {
                Ok(contains(args[0].attr("__dict__")?, &args[1])?.into())
            }),
        )
        .method("__iter__", library("__iter__", |args, _| args[0].attr("__dict__")))
        .builtin()
}

pub(crate) fn install(app: Rc<App>) {
    APP.set(Some(app));
}

/// The app.
///
/// # Panics
/// Before there is one.
pub(crate) fn app() -> Rc<App> {
    APP.with_borrow(Clone::clone).expect("the app is built before it is asked for")
}

pub(crate) fn push(request: Request) -> Rc<Context> {
    let context = Rc::new(Context {
        request: Rc::new(request),
        request_value: OnceCell::new(),
        session: OnceCell::new(),
        g: OnceCell::new(),
        after: RefCell::default(),
    });
    CONTEXT.set(Some(context.clone()));
    context
}

pub(crate) fn pop() {
    CONTEXT.set(None);
}

/// The context of now; outside a request its use ends as Python's RuntimeError does: in a 500.
fn now() -> Rc<Context> {
    CONTEXT.with_borrow(Clone::clone).expect("Working outside of request context.")
}

pub(crate) fn request_data() -> Rc<Request> {
    now().request.clone()
}

impl Context {
    pub fn session(&self) -> Rc<Session> {
        self.session.get_or_init(|| Rc::new(Session::open(&app(), &self.request))).clone()
    }
}

/// `request`
pub fn request() -> Value {
    let now = now();
    now.request_value.get_or_init(|| native(RequestValue(now.request.clone()))).clone()
}

/// `session`
pub fn session() -> Value {
    let session = now().session();
    session.touch();
    native(SessionValue(session))
}

/// `g`
pub fn g() -> Value {
    let make = || {
        let class = NAMESPACE.with(Clone::clone);
        Value::Obj(Rc::new(Obj { class, attrs: RefCell::default() }))
    };
    now().g.get_or_init(make).clone()
}

/// `current_app`
pub fn current_app() -> Value {
    native(AppValue(app()))
}

/// `current_app.config`
pub fn config() -> Value {
    app().config_value()
}

/// `@after_this_request`
pub fn after_this_request(function: impl Into<Value>) -> R {
    let function = function.into();
    now().after.borrow_mut().push(function.clone());
    Ok(function)
}
