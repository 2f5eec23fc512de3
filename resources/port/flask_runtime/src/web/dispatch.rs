//! How the application answers one request: Flask's order of hooks, view and error handlers.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use crate::errors::{Exc, raise};
use crate::native::native;
use crate::value::Str;
use crate::web::app::{App, Owner, Unary, ViewArgs};
use crate::web::context::{self, Context};
use crate::web::errors::{body_of, moved};
use crate::web::http::{PATH_SAFE, iri_to_uri, quote};
use crate::web::matching::Outcome;
use crate::web::request::Request;
use crate::web::response::{Response, from_view};
use crate::{R, Value, args};

impl App {
    /// Answers one request, whatever happens.
    pub(crate) fn answer(&self, request: Request) -> Rc<Response> {
        let context = context::push(request);
        let attempt = catch_unwind(AssertUnwindSafe(|| self.full_dispatch(&context)));
        let outcome = attempt.unwrap_or_else(|panic| Err(from_panic(panic.as_ref())));
        let (response, error) = match outcome {
            Ok(response) => (response, None),
            Err(error) => (self.last_resort(&context, &error), Some(error)),
        };
        self.tear_down(&context, error.as_ref());
        context::pop();
        finished(&response)
    }

    fn full_dispatch(&self, context: &Context) -> R {
        let found = self.find_rule(&context.request);
        let attempt = self.preprocess(context).and_then(|early| match early {
            Some(early) => Ok(early),
            None => self.dispatch(context, found),
        });
        let given = match attempt {
            Ok(given) => given,
            Err(error) => self.handle(context, error)?,
        };
        self.finalize(context, &given)
    }

    /// The view that answers, with its arguments; else what is raised in its place.
    fn find_rule(&self, request: &Request) -> R<usize> {
        let matcher = self.matcher.borrow();
        let path = request.routed();
        let outcome = matcher.find(&path, &request.method);
        let redirect = |path: &str| {
            let query = if request.query.is_empty() {
                String::new()
            } else {
                format!("?{}", request.query)
            };
            moved(format!("http://{}{path}{query}", request.host()))
        };
        match outcome {
            Outcome::Nothing => Err(raise("NotFound", args![])),
            Outcome::NotAllowed(methods) => {
                let error = raise("MethodNotAllowed", args![]);
                let methods: Vec<Value> = methods.into_iter().map(Value::from).collect();
                error.0.put("valid_methods", methods.into());
                Err(error)
            }
            Outcome::Elsewhere(path) => Err(redirect(&quote(path.as_bytes(), PATH_SAFE))),
            Outcome::Found { rule, arguments } => {
                if let Some(path) = matcher.default_redirect(rule, &arguments, &request.method) {
                    return Err(redirect(&path));
                }
                let found = &matcher.rules[rule];
                *request.endpoint.borrow_mut() = Some(found.endpoint.clone());
                *request.rule.borrow_mut() = Some(found.written.clone());
                *request.view_args.borrow_mut() = Some(arguments);
                Ok(rule)
            }
        }
    }

    /// Runs what comes before the view; the first answer of these is the answer.
    fn preprocess(&self, context: &Context) -> R<Option<Value>> {
        let hooks = self.before.borrow();
        if hooks.is_empty() {
            return Ok(None);
        }
        for owner in owners(context).iter().rev() {
            for (_, hook) in hooks.iter().filter(|(of, _)| *of == owner.as_deref()) {
                let early = hook()?;
                if !early.is_none() {
                    return Ok(Some(early));
                }
            }
        }
        Ok(None)
    }

    fn dispatch(&self, context: &Context, found: R<usize>) -> R {
        let rule = found?;
        let request = &context.request;
        let automatic = self.matcher.borrow().rules[rule].automatic_options;
        if automatic && &*request.method == "OPTIONS" {
            return Ok(self.options(&request.routed()));
        }
        let arguments = request.view_args.borrow();
        self.views.borrow()[rule](&ViewArgs(arguments.as_deref().unwrap_or_default()))
    }

    fn options(&self, path: &str) -> Value {
        let mut methods = self.matcher.borrow().allowed(path);
        methods.sort();
        methods.dedup();
        let response = Response::new("", 200, "text/html");
        response.set_header("Allow", methods.join(", "));
        native(response)
    }

    /// What an exception is answered with; else it is raised again.
    fn handle(&self, context: &Context, error: Exc) -> R {
        if error.is("RequestRedirect") {
            return Ok(error.value());
        }
        let trap = self.is_debug() || self.setting("TRAP_BAD_REQUEST_ERRORS").truth();
        if trap && error.is("BadRequestKeyError") {
            show_key(&error);
        }
        let http = error.is("HTTPException");
        if http && error.code().is_none() {
            return Ok(error.value());
        }
        match self.ask_handler(context, &error) {
            Some(answer) => answer,
            None if http => Ok(error.value()),
            None => Err(error),
        }
    }

    /// By blueprint and app, those for the code first, then by class, nearest first.
    fn ask_handler(&self, context: &Context, error: &Exc) -> Option<R> {
        let handlers = self.handlers.borrow();
        let owners = owners(context);
        // A code given to one exception alone does not count: Flask looks at its class.
        let code = match error.0.class.find("code") {
            Some(crate::classes::Member::Plain(code)) => {
                code.as_int().and_then(|code| u16::try_from(code).ok())
            }
            _ => None,
        };
        let keys = if code.is_some() { vec![code, None] } else { vec![None] };
        for key in keys {
            for owner in &owners {
                for class in error.0.class.lineage() {
                    let found = handlers.iter().rev().find(|handler| {
                        handler.owner == owner.as_deref()
                            && handler.code == key
                            && Rc::ptr_eq(&handler.class, class)
                    });
                    if let Some(handler) = found {
                        return Some((handler.answer)(error.value()));
                    }
                }
            }
        }
        None
    }

    fn finalize(&self, context: &Context, given: &Value) -> R {
        let mut response = from_view(given)?;
        for function in context.after.borrow().iter() {
            response = function.call(args![&response])?;
        }
        for hook in innermost_last_first(&self.after.borrow(), context) {
            response = hook(response)?;
        }
        let Some(found) = response.native::<Response>() else {
            let name = response.type_name();
            return Err(crate::native::no_attribute(&name, "headers"));
        };
        // The first that is for this path decides.
        if let Some(cors) = self.cors.borrow().iter().find(|cors| cors.applies(&context.request)) {
            cors.after(&context.request, found);
        }
        if let Some(session) = context.session.get() {
            session.save(self, found)?;
        } else {
            crate::web::sessions::Session::refresh(self, context, found)?;
        }
        Ok(response)
    }

    /// The answer to an exception that nothing handles: 500.
    fn last_resort(&self, context: &Context, error: &Exc) -> Value {
        let request = &context.request;
        eprintln!("ERROR in {}: Exception on {} [{}]", self.name, request.path, request.method);
        eprintln!("{error:?}");
        let propagate = self.setting("PROPAGATE_EXCEPTIONS");
        let propagated = match propagate {
            Value::None => self.is_debug() || self.setting("TESTING").truth(),
            given => given.truth(),
        };
        let server_error = raise("InternalServerError", args![]);
        // The server answers what the app lets pass: no handler and no hook sees it.
        let plain = || native(Response::new(body_of(&server_error), 500, "text/html"));
        if propagated {
            return plain();
        }
        server_error.0.put("original_exception", error.value());
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            let given = match self.ask_handler(context, &server_error) {
                Some(answer) => answer?,
                None => server_error.value(),
            };
            self.finalize(context, &given)
        }));
        match attempt {
            Ok(Ok(response)) => response,
            Ok(Err(second)) => {
                eprintln!("{second:?}");
                plain()
            }
            Err(_) => plain(),
        }
    }

    fn tear_down(&self, context: &Context, error: Option<&Exc>) {
        for hook in innermost_last_first(&self.teardown.borrow(), context) {
            let given = error.map_or(Value::None, Exc::value);
            let attempt = catch_unwind(AssertUnwindSafe(|| hook(given)));
            if let Ok(Err(error)) = attempt {
                eprintln!("ERROR in {}: {error:?}", self.name);
            }
        }
    }
}

/// The blueprints of the view, innermost first, and the app.
fn owners(context: &Context) -> Vec<Option<String>> {
    let blueprints = context.request.blueprints().into_iter();
    blueprints.map(Some).chain([None]).collect()
}

/// The hooks that come after the view: of each owner those that were registered last first.
fn innermost_last_first<'a>(hooks: &'a [(Owner, Unary)], context: &Context) -> Vec<&'a Unary> {
    if hooks.is_empty() {
        return Vec::new();
    }
    let of = |owner: Option<String>| {
        let found = hooks.iter().rev().filter(move |(of, _)| *of == owner.as_deref());
        found.map(|(_, hook)| hook)
    };
    owners(context).into_iter().flat_map(of).collect()
}

fn show_key(error: &Exc) {
    let key = error.0.own("args").and_then(|args| args.item(0).ok()).unwrap_or_default();
    let description = error.value().attr("description").unwrap_or_default();
    let shown = format!("{description}\nKeyError: {}", crate::repr(&key));
    error.0.put("description", shown.into());
}

fn from_panic(panic: &(dyn Any + Send)) -> Exc {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
    raise("RuntimeError", args![Str::new(said)])
}

/// The answer as it goes out.
fn finished(response: &Value) -> Rc<Response> {
    let Value::Native(found) = response else {
        return Rc::new(Response::new("", 500, "text/html"));
    };
    // Upcast to `Any`, which a trait object can.
    let found: Rc<dyn Any> = found.clone();
    let response = found
        .downcast::<Response>()
        .unwrap_or_else(|_| Rc::new(Response::new("", 500, "text/html")));
    let location = response.headers.borrow().get("Location").map(iri_to_uri);
    if let Some(location) = location {
        response.set_header("Location", location);
    }
    response
}
