//! `datetime.timedelta`

use std::any::Any;
use std::cmp::Ordering;

use crate::errors::raise;
use crate::native::{Kw, Native, bind, native, no_attribute, type_error};
use crate::types::Type;
use crate::{R, Value, args};

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
const LIMIT_DAYS: i64 = 999_999_999;

/// A length of time, in microseconds. Three hundred thousand years fit, which is more than dates do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Duration(pub i128);

pub(crate) fn duration(microseconds: i128) -> R {
    let days = microseconds.div_euclid(DAY.into());
    if days.abs() > LIMIT_DAYS.into() {
        let message = format!("days={days}; must have magnitude <= {LIMIT_DAYS}");
        return Err(raise("OverflowError", args![message]));
    }
    Ok(native(Duration(microseconds)))
}

/// So many days.
pub(crate) fn days(count: i64) -> Value {
    native(Duration(i128::from(count) * i128::from(DAY)))
}

pub(crate) fn of(value: &Value) -> Option<Duration> {
    value.native::<Duration>().copied()
}

/// `timedelta(days, seconds, …)`
pub(crate) fn create(args: &[Value], kw: Kw) -> R {
    let names = ["days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks"];
    let units = [DAY, SECOND, 1, 1_000, 60 * SECOND, 3_600 * SECOND, 7 * DAY];
    let given = bind("timedelta", names, args, kw)?;
    let mut total = 0;
    for (value, unit) in given.iter().zip(units) {
        total += value.as_ref().map_or(Ok(0), |value| scaled(value, unit))?;
    }
    duration(total)
}

fn scaled(value: &Value, unit: i64) -> R<i128> {
    match value {
        Value::Float(number) if number.is_finite() => {
            let whole = number.trunc();
            let rest = (number - whole) * unit as f64;
            Ok(whole as i128 * i128::from(unit) + rest.round_ties_even() as i128)
        }
        other => match other.as_int() {
            Some(number) => Ok(i128::from(number) * i128::from(unit)),
            None => {
                let name = value.type_name();
                Err(type_error(format!("unsupported type for timedelta component: {name}")))
            }
        },
    }
}

impl Duration {
    fn parts(self) -> (i128, i128, i128) {
        let days = self.0.div_euclid(DAY.into());
        let rest = self.0.rem_euclid(DAY.into());
        (days, rest / i128::from(SECOND), rest % i128::from(SECOND))
    }

    pub fn seconds(self) -> f64 {
        self.0 as f64 / SECOND as f64
    }

    fn divided(self, other: &Value, whole: bool) -> Option<R> {
        if let Some(other) = of(other) {
            if other.0 == 0 {
                return Some(Err(raise("ZeroDivisionError", args!["division by zero"])));
            }
            return Some(Ok(if whole {
                i64::try_from(self.0.div_euclid(other.0)).unwrap_or(i64::MAX).into()
            } else {
                (self.0 as f64 / other.0 as f64).into()
            }));
        }
        let number = other.as_number()?;
        if number == 0.0 {
            return Some(Err(raise("ZeroDivisionError", args!["division by zero"])));
        }
        match other.as_int() {
            Some(by) if whole => Some(duration(self.0.div_euclid(by.into()))),
            _ => Some(duration((self.0 as f64 / number).round_ties_even() as i128)),
        }
    }
}

impl Native for Duration {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "timedelta"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::TimeDelta)
    }

    fn text(&self) -> String {
        let (days, seconds, micro) = self.parts();
        let plural = if days.abs() == 1 { "" } else { "s" };
        let front = if days == 0 { String::new() } else { format!("{days} day{plural}, ") };
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let fraction = if micro == 0 { String::new() } else { format!(".{micro:06}") };
        format!("{front}{hours}:{minutes:02}:{seconds:02}{fraction}")
    }

    fn repr(&self) -> String {
        let (days, seconds, micro) = self.parts();
        let named = [("days", days), ("seconds", seconds), ("microseconds", micro)];
        let written: Vec<String> = named
            .iter()
            .filter(|(_, count)| *count != 0)
            .map(|(name, count)| format!("{name}={count}"))
            .collect();
        let inside = if written.is_empty() { "0".into() } else { written.join(", ") };
        format!("datetime.timedelta({inside})")
    }

    fn truth(&self) -> bool {
        self.0 != 0
    }

    fn equals(&self, other: &Value) -> bool {
        of(other) == Some(*self)
    }

    fn hash_value(&self) -> u64 {
        self.0 as u64
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        of(other).map(|other| self.cmp(&other))
    }

    fn attr(&self, name: &str) -> Option<R> {
        let (days, seconds, micro) = self.parts();
        let small = |number: i128| Ok(Value::Int(i64::try_from(number).unwrap_or(0)));
        Some(match name {
            "days" => small(days),
            "seconds" => small(seconds),
            "microseconds" => small(micro),
            _ => return None,
        })
    }

    fn method(&self, _this: &Value, name: &str, _args: &[Value], _kw: Kw) -> R {
        match name {
            "total_seconds" => Ok(self.seconds().into()),
            _ => Err(no_attribute("timedelta", name)),
        }
    }

    fn arithmetic(&self, operator: &str, other: &Value, reversed: bool) -> Option<R> {
        match (operator, of(other)) {
            ("neg", _) => Some(duration(-self.0)),
            ("+", Some(other)) => Some(duration(self.0 + other.0)),
            ("-", Some(other)) => Some(duration(self.0 - other.0)),
            ("+", None) => super::dates::shifted(other, self.0),
            ("-", None) if reversed => super::dates::shifted(other, -self.0),
            ("*", None) => {
                if let Some(number) = other.as_int() {
                    return Some(duration(self.0 * i128::from(number)));
                }
                let number = other.as_number()?;
                Some(duration((self.0 as f64 * number).round_ties_even() as i128))
            }
            ("/", _) if !reversed => self.divided(other, false),
            ("//", _) if !reversed => self.divided(other, true),
            ("%", Some(by)) if !reversed && by.0 != 0 => Some(duration(self.0.rem_euclid(by.0))),
            _ => None,
        }
    }
}
