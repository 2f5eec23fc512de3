//! `datetime.date` and `datetime.time` as values.

use std::any::Any;
use std::cmp::Ordering;

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use super::dates::{
    Clock, Day, Moment, date_attr, date_method, iso_date, iso_time, make_date, numbers, shifted,
    time_attr,
};
use super::durations::{self, duration};
use super::strftime;
use crate::native::{Kw, Native, bind, exactly, native, no_attribute};
use crate::types::Type;
use crate::{R, Value, web};

impl Native for Day {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "date"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Date)
    }

    fn text(&self) -> String {
        iso_date(self.0)
    }

    fn repr(&self) -> String {
        format!("datetime.date({}, {}, {})", self.0.year(), self.0.month(), self.0.day())
    }

    fn equals(&self, other: &Value) -> bool {
        other.native::<Self>().is_some_and(|other| other.0 == self.0)
    }

    fn hash_value(&self) -> u64 {
        u64::from(self.0.num_days_from_ce().unsigned_abs())
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.native::<Self>().map(|other| self.0.cmp(&other.0))
    }

    fn for_json(&self) -> Option<Value> {
        Some(web::http::date(self.0.and_time(NaiveTime::MIN).and_utc()).into())
    }

    fn attr(&self, name: &str) -> Option<R> {
        date_attr(self.0, name).map(Ok)
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        if let Some(found) = date_method(self.0, name) {
            return Ok(found);
        }
        match name {
            "isoformat" => Ok(self.text().into()),
            "strftime" => {
                self.format(&exactly::<1>("strftime", args, kw)?[0].to_string()).map(Value::from)
            }
            "replace" => {
                let names = ["year", "month", "day"];
                let now = [i64::from(self.0.year()), self.0.month().into(), self.0.day().into()];
                let given = bind("replace", names, args, kw)?;
                let [y, m, d] = numbers(given, names, now.map(Some))?;
                Ok(native(Self(make_date(y, m, d)?)))
            }
            _ => Err(no_attribute("date", name)),
        }
    }

    fn arithmetic(&self, operator: &str, other: &Value, reversed: bool) -> Option<R> {
        if let ("-", false, Some(other)) = (operator, reversed, other.native::<Self>()) {
            return Some(duration(i128::from((self.0 - other.0).num_days()) * 86_400_000_000));
        }
        let by = durations::of(other)?.0;
        match (operator, reversed) {
            ("+", _) => shifted(&native(*self), by),
            ("-", false) => shifted(&native(*self), -by),
            _ => None,
        }
    }

    fn format(&self, spec: &str) -> R<String> {
        let midnight = Moment { naive: self.0.and_time(NaiveTime::MIN), zone: None };
        if spec.is_empty() { Ok(self.text()) } else { Ok(strftime::write(&midnight, spec)) }
    }
}

impl Native for Clock {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "time"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::Time)
    }

    fn text(&self) -> String {
        let zone = self.zone.as_ref().map(|zone| zone.written(":")).unwrap_or_default();
        iso_time(self.time, "auto").unwrap_or_default() + &zone
    }

    fn repr(&self) -> String {
        format!("datetime.time({}, {})", self.time.hour(), self.time.minute())
    }

    fn equals(&self, other: &Value) -> bool {
        other.native::<Self>().is_some_and(|other| other.time == self.time)
    }

    fn hash_value(&self) -> u64 {
        self.time.num_seconds_from_midnight().into()
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        other.native::<Self>().map(|other| self.time.cmp(&other.time))
    }

    fn attr(&self, name: &str) -> Option<R> {
        if name == "tzinfo" {
            return Some(Ok(self.zone.clone().map_or(Value::None, native)));
        }
        time_attr(self.time, name).map(Ok)
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        match name {
            "isoformat" => Ok(self.text().into()),
            "strftime" => {
                self.format(&exactly::<1>("strftime", args, kw)?[0].to_string()).map(Value::from)
            }
            _ => Err(no_attribute("time", name)),
        }
    }

    fn format(&self, spec: &str) -> R<String> {
        let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap_or_default();
        let moment = Moment { naive: day.and_time(self.time), zone: self.zone.clone() };
        if spec.is_empty() { Ok(self.text()) } else { Ok(strftime::write(&moment, spec)) }
    }
}
