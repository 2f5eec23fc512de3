//! What Flask and werkzeug do: requests, rules, hooks, sessions, answers.

pub mod app;
mod app_value;
pub(crate) mod basic_auth;
pub(crate) mod context;
mod cookies;
pub(crate) mod cors;
mod dispatch;
pub(crate) mod errors;
#[cfg(test)]
mod extension_tests;
mod files;
pub(crate) mod flashes;
mod form;
mod headers;
pub(crate) mod http;
pub(crate) mod json;
mod matching;
mod multidict;
mod request;
pub(crate) mod response;
mod rules;
pub(crate) mod serve;
mod sessions;
mod signing;
pub(crate) mod status;
mod tagged;
#[cfg(test)]
mod tests;
pub(crate) mod urls;
