//! `datetime.timezone`: time zones of a fixed offset.

use std::any::Any;

use super::durations::{self, duration};
use crate::native::{Kw, Native, bind, native, needed, type_error, value_error};
use crate::types::Type;
use crate::{R, Value};

/// `timezone(offset, name)`, in microseconds east of Greenwich.
#[derive(Clone, PartialEq)]
pub(crate) struct Zone {
    pub offset: i64,
    name: Option<String>,
}

impl Zone {
    pub const UTC: Self = Self { offset: 0, name: None };

    pub fn label(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None if self.offset == 0 => "UTC".into(),
            None => format!("UTC{}", self.written(":")),
        }
    }

    /// The offset as "+01:00".
    pub fn written(&self, colon: &str) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let seconds = self.offset.abs() / 1_000_000;
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let rest = if seconds == 0 { String::new() } else { format!("{colon}{seconds:02}") };
        format!("{sign}{hours:02}{colon}{minutes:02}{rest}")
    }

    pub fn of_seconds(seconds: i64) -> Self {
        Self { offset: seconds * 1_000_000, name: None }
    }
}

/// `timezone(offset, name)`
pub(crate) fn create_zone(args: &[Value], kw: Kw) -> R {
    let [offset, name] = bind("timezone", ["offset", "name"], args, kw)?;
    let offset = needed("timezone", "offset", offset)?;
    let Some(found) = durations::of(&offset) else {
        return Err(type_error("timezone() argument 1 must be datetime.timedelta".into()));
    };
    let day = 86_400_000_000;
    match i64::try_from(found.0).ok().filter(|offset| offset.abs() < day) {
        Some(offset) => Ok(native(Zone { offset, name: name.map(|name| name.to_string()) })),
        None => Err(value_error(
            "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24).",
        )),
    }
}

/// The zone that an argument names; none for None. Raises TypeError.
pub(crate) fn zone_of(value: Option<Value>) -> R<Option<Zone>> {
    match value {
        None | Some(Value::None) => Ok(None),
        Some(value) => match value.native::<Zone>() {
            Some(zone) => Ok(Some(zone.clone())),
            None => Err(type_error(format!(
                "tzinfo argument must be None or of a tzinfo subclass, not type '{}'",
                value.type_name()
            ))),
        },
    }
}

impl Native for Zone {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "timezone"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::TimeZone)
    }

    fn text(&self) -> String {
        self.label()
    }

    fn repr(&self) -> String {
        if *self == Self::UTC {
            return "datetime.timezone.utc".into();
        }
        let offset = duration(self.offset.into()).map(|offset| crate::repr(&offset));
        format!("datetime.timezone({})", offset.unwrap_or_default())
    }

    fn equals(&self, other: &Value) -> bool {
        other.native::<Self>().is_some_and(|other| other.offset == self.offset)
    }

    fn hash_value(&self) -> u64 {
        self.offset as u64
    }
}
