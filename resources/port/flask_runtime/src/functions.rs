//! Functions as values, and how arguments meet parameters.

use std::rc::Rc;

use crate::errors::Exc;
use crate::native::{Kw, type_error};
use crate::value::{Str, text, tuple};
use crate::{R, Value};

type Body = Box<dyn Fn(&[Value]) -> R>;
type Builtin = Box<dyn Fn(&[Value], Kw) -> R>;

/// Something that can be called.
pub enum Func {
    /// A function of the program: its parameters are put in order before it is called.
    Program { name: Str, parameters: Parameters, body: Body },
    /// A function of the library.
    Library { name: Str, body: Builtin },
    /// A method of an object.
    Bound { this: Value, function: Value },
}

/// A function's parameters, in the order in which its body takes them.
pub struct Parameters {
    names: Vec<&'static str>,
    defaults: Vec<Option<Value>>,
    positional: usize,
    rest: Option<usize>,
    more: Option<usize>,
}

impl Parameters {
    fn new(written: &[&'static str], defaults: Vec<Value>) -> Self {
        let (mut names, mut rest, mut more, mut positional) = (Vec::new(), None, None, None);
        let mut with_default = Vec::new();
        for name in written {
            let place = names.len();
            if let Some(name) = name.strip_prefix("**") {
                more = Some(place);
                names.push(name);
            } else if let Some(name) = name.strip_prefix('*') {
                positional.get_or_insert(place);
                if !name.is_empty() {
                    rest = Some(place);
                    names.push(name);
                }
            } else if let Some(name) = name.strip_suffix('!') {
                names.push(name);
            } else {
                with_default.push(place);
                names.push(name);
            }
        }
        let plain = names.len() - usize::from(more.is_some());
        let positional = positional.unwrap_or(plain);
        let mut filled: Vec<Option<Value>> = vec![None; names.len()];
        for (place, value) in with_default.iter().rev().zip(defaults.into_iter().rev()) {
            filled[*place] = Some(value);
        }
        Self { names, defaults: filled, positional, rest, more }
    }

    /// Parameters that are all positional, each with its default.
    pub(crate) fn plain(names: Vec<&'static str>, defaults: Vec<Option<Value>>) -> Self {
        Self { defaults, positional: names.len(), rest: None, more: None, names }
    }

    pub(crate) fn bind(&self, function: &str, args: &[Value], kw: Kw) -> R<Vec<Value>> {
        let mut bound: Vec<Option<Value>> = vec![None; self.names.len()];
        let taken = args.len().min(self.positional);
        for (place, value) in args[..taken].iter().enumerate() {
            bound[place] = Some(value.clone());
        }
        if let Some(rest) = self.rest {
            bound[rest] = Some(tuple(args[taken..].to_vec()));
        } else if args.len() > taken {
            return Err(self.too_many(function, args.len()));
        }
        let more = self.put_named(function, kw, &mut bound)?;
        if let Some(place) = self.more {
            bound[place] = Some(crate::dict(more));
        }
        let missing = |name: &str| {
            type_error(format!("{function}() missing 1 required positional argument: '{name}'"))
        };
        bound
            .into_iter()
            .zip(&self.defaults)
            .zip(&self.names)
            .map(|((value, default), name)| {
                value.or_else(|| default.clone()).ok_or_else(|| missing(name))
            })
            .collect()
    }

    fn put_named(
        &self,
        function: &str,
        kw: Kw,
        bound: &mut [Option<Value>],
    ) -> R<Vec<(Value, Value)>> {
        let mut more = Vec::new();
        for (name, value) in kw {
            let place = self.names.iter().position(|known| known == name);
            match place.filter(|place| Some(*place) != self.rest && Some(*place) != self.more) {
                Some(place) if bound[place].is_none() => bound[place] = Some(value.clone()),
                Some(_) => {
                    return Err(type_error(format!(
                        "{function}() got multiple values for argument '{name}'"
                    )));
                }
                None if self.more.is_some() => more.push((text(Str::new(name)), value.clone())),
                None => {
                    return Err(type_error(format!(
                        "{function}() got an unexpected keyword argument '{name}'"
                    )));
                }
            }
        }
        Ok(more)
    }

    fn too_many(&self, function: &str, given: usize) -> Exc {
        let takes = self.positional;
        let plural = if takes == 1 { "" } else { "s" };
        let verb = if given == 1 { "was" } else { "were" };
        type_error(format!(
            "{function}() takes {takes} positional argument{plural} but {given} {verb} given"
        ))
    }
}

/// A function of the program as a value. Names: "a", "*" (what follows is keyword-only), "*rest",
/// "**more", "a!" (keyword-only without a default); `defaults` are those of the last other ones.
pub fn func(
    name: &'static str,
    names: &[&'static str],
    defaults: Vec<Value>,
    body: impl Fn(&[Value]) -> R + 'static,
) -> Value {
    let parameters = Parameters::new(names, defaults);
    Value::Func(Rc::new(Func::Program { name: name.into(), parameters, body: Box::new(body) }))
}

/// A function without a name.
pub fn lambda(names: &[&'static str], body: impl Fn(&[Value]) -> R + 'static) -> Value {
    func("<lambda>", names, Vec::new(), body)
}

pub(crate) fn library(name: &str, body: impl Fn(&[Value], Kw) -> R + 'static) -> Value {
    Value::Func(Rc::new(Func::Library { name: Str::new(name), body: Box::new(body) }))
}

impl Func {
    pub fn name(&self) -> Str {
        match self {
            Self::Program { name, .. } | Self::Library { name, .. } => name.clone(),
            Self::Bound { function: Value::Func(function), .. } => function.name(),
            Self::Bound { .. } => "method".into(),
        }
    }

    pub fn call(&self, args: &[Value], kw: Kw) -> R {
        match self {
            Self::Program { name, parameters, body } => {
                let plain = kw.is_empty() && parameters.rest.is_none() && parameters.more.is_none();
                if plain
                    && args.len() == parameters.names.len()
                    && args.len() == parameters.positional
                {
                    return body(args);
                }
                body(&parameters.bind(name, args, kw)?)
            }
            Self::Library { body, .. } => body(args, kw),
            Self::Bound { this, function } => {
                let mut all = vec![this.clone()];
                all.extend_from_slice(args);
                function.call_kw(all, kw)
            }
        }
    }
}
