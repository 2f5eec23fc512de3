//! `flash` and `get_flashed_messages`: messages kept in the session.

use crate::iteration::elements;
use crate::value::{list, tuple};
use crate::web::context::session;
use crate::{R, Value, args, unpack};

const KEY: &str = "_flashes";

/// `flash(message, category="message")`
pub fn flash(message: impl Into<Value>, category: impl Into<Value>) -> R {
    let session = session();
    let mut messages = elements(&session.method("get", args![KEY, crate::list![]])?)?;
    messages.push(tuple(vec![category.into(), message.into()]));
    session.set_item(KEY, list(messages))?;
    Ok(Value::None)
}

/// `get_flashed_messages(with_categories, category_filter)`: they are gone afterwards.
pub fn get_flashed_messages(with_categories: bool, only: impl Into<Value>) -> R {
    let only = only.into();
    let session = session();
    if !crate::contains(&session, KEY)? {
        return Ok(list(vec![]));
    }
    let mut found = Vec::new();
    for message in elements(&session.method("pop", args![KEY])?)? {
        let [category, text] = unpack(&message)?;
        if only.truth() && !crate::contains(&only, &category)? {
            continue;
        }
        found.push(if with_categories { tuple(vec![category, text]) } else { text });
    }
    Ok(list(found))
}
