//! Built-in types as values: `int`, `str`, `datetime.date` …

macro_rules! types {
    ($($variant:ident $name:literal $module:literal),* $(,)?) => {
        /// A built-in type, or one of the standard library's.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Type { $($variant),* }

        /// All of them with their modules.
        pub(crate) const NAMES: &[&str] = &[$(concat!($module, ".", $name)),*];

        impl Type {
            /// Its `__name__`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// Its `__module__`.
            pub fn module(self) -> &'static str {
                match self { $(Self::$variant => $module),* }
            }

            /// The type of this module and name.
            pub(crate) fn find(module: &str, name: &str) -> Option<Self> {
                $(if module == $module && name == $name { return Some(Self::$variant); })*
                None
            }
        }
    };
}
types! {
    Int "int" "builtins", Float "float" "builtins", Bool "bool" "builtins", Str "str" "builtins",
    Bytes "bytes" "builtins", List "list" "builtins", Tuple "tuple" "builtins",
    Dict "dict" "builtins", Set "set" "builtins", FrozenSet "frozenset" "builtins",
    NoneType "NoneType" "builtins", Object "object" "builtins", Type "type" "builtins",
    Function "function" "builtins", Range "range" "builtins", Iterator "iterator" "builtins",
    OrderedDict "OrderedDict" "collections", DefaultDict "defaultdict" "collections",
    Counter "Counter" "collections", DateTime "datetime" "datetime", Date "date" "datetime",
    Time "time" "datetime", TimeDelta "timedelta" "datetime", TimeZone "timezone" "datetime",
    Uuid "UUID" "uuid", Pattern "Pattern" "re", Match "Match" "re",
    Response "Response" "flask", MultiDict "MultiDict" "werkzeug",
}

impl Type {
    /// Whether a value of this type is one of `other`, too.
    pub(crate) fn is_a(self, other: Self) -> bool {
        self == other
            || other == Self::Object
            || matches!(
                (self, other),
                (Self::Bool, Self::Int)
                    | (Self::OrderedDict | Self::DefaultDict | Self::Counter, Self::Dict)
                    | (Self::MultiDict, Self::Dict)
                    | (Self::DateTime, Self::Date)
            )
    }
}
