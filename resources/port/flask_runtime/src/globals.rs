//! Names of a module that live as long as the program.

use std::cell::RefCell;
use std::thread::LocalKey;

use crate::Value;

/// A name of a module: `NAME.get()`; `NAME.set(value)` is the standard library's.
pub trait Global {
    /// What the name holds now.
    fn get(&'static self) -> Value;
}

impl Global for LocalKey<RefCell<Value>> {
    fn get(&'static self) -> Value {
        self.with_borrow(Clone::clone)
    }
}

/// The names of a module, with expressions that may use `?` and earlier names:
/// `globals! { pub ITEMS = dict!{}; LIMIT = 40; }`. `init_globals()` evaluates them in order.
#[macro_export]
macro_rules! globals {
    ($($(#[$doc:meta])* $visibility:vis $name:ident = $value:expr;)*) => {
        ::std::thread_local! {
            $(
                $(#[$doc])*
                $visibility static $name: ::std::cell::RefCell<$crate::Value> =
                    const { ::std::cell::RefCell::new($crate::Value::None) };
            )*
        }

        /// Evaluates the names of this module, as its import does.
        pub fn init_globals() -> $crate::R<()> {
            $($name.set($crate::Value::from($value));)*
            Ok(())
        }
    };
}
