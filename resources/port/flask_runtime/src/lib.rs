//! What a Flask application does, for its port: Python's values, and Flask's requests and answers.
//!
//! All of a program runs on one thread: each request is answered whole before the next one, so that
//! no update of what requests share is ever lost.

mod access;
mod binary;
mod classes;
mod collections;
mod errors;
mod format;
mod functions;
mod globals;
mod iteration;
mod json;
mod library;
mod native;
mod numbers;
mod ops;
mod order;
mod percent;
mod repr;
mod secrets;
mod strings;
mod supported;
mod template;
mod types;
mod value;
mod web;

pub use access::{Spread, args_of};
pub use classes::{ClassBuilder, class, factory, super_method};
pub use errors::{Exc, exception, raise, raise_made, raise_value, unbound};
pub use format::format_spec;
pub use functions::{func, lambda};
pub use globals::Global;
pub use iteration::{
    Iter, all_of, any_of, collect, dict_of, first_of, flat, iter, keep, list_of, set_of, tuple_of,
    unpack, unpack_star,
};
pub use library::builtins::{enumerate, isinstance, len, range, sorted, str, zip};
pub use library::{lib, lib_value};
pub use numbers::{float, int};
pub use ops::{
    add, and, bitand, bitor, bitxor, div, floordiv, iadd, iand, idiv, ifloordiv, imodulo, imul,
    invert, ior, ipow, isub, ixor, lshift, modulo, mul, neg, or, pos, pow, rshift, sub,
};
pub use order::{contains, ge, gt, le, lt};
pub use repr::repr;
pub use secrets::secret;
pub use supported::supported;
pub use types::Type;
pub use value::{Value, bytes, dict, is, list, none, set, tuple};
pub use web::app::{App, RuleBuilder, ViewArgs};
pub use web::basic_auth::BasicAuth;
pub use web::context::{after_this_request, config, current_app, g, request, session};
pub use web::cors::{CorsOptions, cors};
pub use web::errors::{abort, abort_with};
pub use web::flashes::{flash, get_flashed_messages};
pub use web::json::jsonify;
pub use web::response::{make_response, redirect};
pub use web::serve::serve;
pub use web::urls::url_for;

/// What may raise.
pub type R<T = Value> = Result<T, Exc>;

/// How a block inside a function ended.
pub enum Flow {
    /// Its end was reached.
    Next,
    Return(Value),
    Break,
    Continue,
}

/// All that the code of a port uses.
pub mod prelude {
    pub use std::rc::Rc;

    pub use crate::{
        App, BasicAuth, ClassBuilder, CorsOptions, Exc, Flow, Global, Iter, R, RuleBuilder,
        Spread::Many, Spread::One, Type, Value, ViewArgs, abort, abort_with, add,
        after_this_request, all_of, and, any_of, args, args_of, bitand, bitor, bitxor, bytes,
        class, collect, config, contains, cors, current_app, dict, dict_of, div, enumerate,
        exception, factory, first_of, flash, flat, float, floordiv, format_spec, func, g, ge,
        get_flashed_messages, globals, gt, iadd, iand, idiv, ifloordiv, imodulo, imul, int, invert,
        ior, ipow, is, isinstance, isub, iter, ixor, jsonify, keep, kw, lambda, le, len, lib,
        lib_value, list, list_of, lshift, lt, make_response, modulo, mul, neg, none, or, pos, pow,
        raise, raise_made, raise_value, range, redirect, repr, request, rshift, secret, serve,
        session, set, set_of, sorted, str, sub, super_method, tuple, tuple_of, unbound, unpack,
        unpack_star, url_for, zip,
    };
}
