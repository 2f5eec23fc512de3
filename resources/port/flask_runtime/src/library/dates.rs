//! `datetime`: dates, times and time zones of a fixed offset.

use std::any::Any;
use std::cmp::Ordering;

use chrono::{
    DateTime, Datelike, Local, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, Timelike,
    Utc,
};

use super::durations::{self, duration};
use super::isoformat::from_iso;
use super::zones::{Zone, zone_of};
use super::{functions, strftime};
use crate::errors::raise;
use crate::native::{
    Kw, Native, bind, exactly, native, needed, no_attribute, type_error, value_error,
};
use crate::types::Type;
use crate::value::tuple;
use crate::{R, Value, args, web};

functions! { "datetime" (args, kw)
    "now" => now(args, kw),
}

/// A date with a time.
#[derive(Clone)]
pub(crate) struct Moment {
    pub naive: NaiveDateTime,
    pub zone: Option<Zone>,
}

/// A date.
#[derive(Clone, Copy)]
pub(crate) struct Day(pub NaiveDate);

/// A time of day.
#[derive(Clone)]
pub(crate) struct Clock {
    pub time: NaiveTime,
    pub zone: Option<Zone>,
}

pub(super) fn moment(naive: NaiveDateTime, zone: Option<Zone>) -> Value {
    native(Moment { naive, zone })
}

fn out_of_range() -> crate::Exc {
    raise("OverflowError", args!["date value out of range"])
}

fn in_years(naive: NaiveDateTime) -> R<NaiveDateTime> {
    if (1..=9999).contains(&naive.year()) { Ok(naive) } else { Err(out_of_range()) }
}

fn micro(microseconds: i128) -> R<TimeDelta> {
    i64::try_from(microseconds).map(TimeDelta::microseconds).map_err(|_| out_of_range())
}

/// A date or moment moved by microseconds; none for other values.
pub(crate) fn shifted(value: &Value, microseconds: i128) -> Option<R> {
    if let Some(found) = value.native::<Moment>() {
        let sum = micro(microseconds).and_then(|by| {
            let moved = found.naive.checked_add_signed(by).ok_or_else(out_of_range)?;
            Ok(moment(in_years(moved)?, found.zone.clone()))
        });
        return Some(sum);
    }
    let day = value.native::<Day>()?;
    let days = microseconds.div_euclid(86_400_000_000);
    let moved = micro(days * 86_400_000_000).and_then(|by| {
        let moved = day.0.checked_add_signed(by).ok_or_else(out_of_range)?;
        in_years(moved.and_time(NaiveTime::MIN))?;
        Ok(native(Day(moved)))
    });
    Some(moved)
}

impl Moment {
    /// In UTC; without a zone, local time is meant.
    fn utc(&self) -> NaiveDateTime {
        let offset = match &self.zone {
            Some(zone) => zone.offset,
            None => {
                let found = self.naive.and_local_timezone(Local).earliest();
                i64::from(found.map_or(0, |found| found.offset().fix().local_minus_utc()))
                    * 1_000_000
            }
        };
        self.naive - TimeDelta::microseconds(offset)
    }

    fn timestamp(&self) -> f64 {
        let utc = self.utc().and_utc();
        utc.timestamp() as f64 + f64::from(utc.timestamp_subsec_micros()) / 1e6
    }

    fn iso(&self, separator: &str, precision: &str) -> R<String> {
        let zone = self.zone.as_ref().map(|zone| zone.written(":")).unwrap_or_default();
        let time = iso_time(self.naive.time(), precision)?;
        Ok(format!("{}{separator}{time}{zone}", iso_date(self.naive.date())))
    }

    fn in_zone(&self, zone: Zone) -> R {
        let moved = self.utc() + TimeDelta::microseconds(zone.offset);
        Ok(moment(in_years(moved)?, Some(zone)))
    }
}

pub(super) fn iso_date(date: NaiveDate) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
}

fn micros(time: &impl Timelike) -> u32 {
    time.nanosecond() / 1_000
}

pub(super) fn iso_time(time: NaiveTime, precision: &str) -> R<String> {
    let seconds = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
    Ok(match precision {
        "auto" if micros(&time) == 0 => seconds,
        "auto" | "microseconds" => format!("{seconds}.{:06}", micros(&time)),
        "milliseconds" => format!("{seconds}.{:03}", micros(&time) / 1_000),
        "seconds" => seconds,
        "minutes" => seconds[..5].into(),
        "hours" => seconds[..2].into(),
        _ => return Err(value_error("Unknown timespec value")),
    })
}

fn utc_now() -> NaiveDateTime {
    let now = Utc::now().naive_utc();
    now.with_nanosecond(micros(&now) * 1_000).unwrap_or(now)
}

fn local(utc: NaiveDateTime) -> NaiveDateTime {
    utc.and_utc().with_timezone(&Local).naive_local()
}

fn now(args: &[Value], kw: Kw) -> R {
    let [zone] = bind("now", ["tz"], args, kw)?;
    match zone_of(zone)? {
        None => Ok(moment(local(utc_now()), None)),
        Some(zone) => Moment { naive: utc_now(), zone: Some(Zone::UTC) }.in_zone(zone),
    }
}

fn from_timestamp(value: &Value) -> R<NaiveDateTime> {
    let number = value.as_number().ok_or_else(|| {
        let name = value.type_name();
        type_error(format!("'{name}' object cannot be interpreted as an integer"))
    })?;
    let rounded = (number * 1e6).round_ties_even();
    let found =
        if rounded.abs() < 1e18 { DateTime::from_timestamp_micros(rounded as i64) } else { None };
    let year = "year is out of range";
    let found = found.ok_or_else(|| value_error(year))?.naive_utc();
    in_years(found).map_err(|_| value_error(year))
}

/// Integers by name, within what Python allows.
pub(super) fn numbers<const N: usize>(
    given: [Option<Value>; N],
    names: [&str; N],
    defaults: [Option<i64>; N],
) -> R<[i64; N]> {
    let mut found = [0; N];
    for (place, value) in given.into_iter().enumerate() {
        let value = match (value, defaults[place]) {
            (Some(value), _) => value.as_int().ok_or_else(|| {
                let name = value.type_name();
                type_error(format!("'{name}' object cannot be interpreted as an integer"))
            })?,
            (None, Some(default)) => default,
            (None, None) => {
                let name = names[place];
                let message =
                    format!("function missing required argument '{name}' (pos {})", place + 1);
                return Err(type_error(message));
            }
        };
        found[place] = value;
    }
    Ok(found)
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn make_date(year: i64, month: i64, day: i64) -> R<NaiveDate> {
    if !(1..=9999).contains(&year) {
        return Err(value_error(format!("year {year} is out of range")));
    }
    if !(1..=12).contains(&month) {
        return Err(value_error("month must be in 1..12"));
    }
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), small(month), small(day));
    date.ok_or_else(|| value_error("day is out of range for month"))
}

fn make_time(hour: i64, minute: i64, second: i64, micro: i64) -> R<NaiveTime> {
    let limits = [
        (hour, 23, "hour must be in 0..23"),
        (minute, 59, "minute must be in 0..59"),
        (second, 59, "second must be in 0..59"),
        (micro, 999_999, "microsecond must be in 0..999999"),
    ];
    if let Some((_, _, message)) = limits.iter().find(|(n, most, _)| !(0..=*most).contains(n)) {
        return Err(value_error(*message));
    }
    NaiveTime::from_hms_micro_opt(small(hour), small(minute), small(second), small(micro))
        .ok_or_else(|| value_error("the time is out of range"))
}

/// `datetime(…)`, `date(…)`, `time(…)`
pub(crate) fn create(kind: Type, args: &[Value], kw: Kw) -> R {
    match kind {
        Type::Date => {
            let names = ["year", "month", "day"];
            let [y, m, d] = numbers(bind("date", names, args, kw)?, names, [None; 3])?;
            Ok(native(Day(make_date(y, m, d)?)))
        }
        Type::Time => {
            let names = ["hour", "minute", "second", "microsecond", "tzinfo"];
            let [h, m, s, u, zone] = bind("time", names, args, kw)?;
            let names = ["hour", "minute", "second", "microsecond"];
            let [h, m, s, u] = numbers([h, m, s, u], names, [Some(0); 4])?;
            Ok(native(Clock { time: make_time(h, m, s, u)?, zone: zone_of(zone)? }))
        }
        _ => {
            let names =
                ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"];
            let [y, mo, d, h, mi, s, u, zone] = bind("datetime", names, args, kw)?;
            let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
            let defaults = [None, None, None, Some(0), Some(0), Some(0), Some(0)];
            let [y, mo, d, h, mi, s, u] = numbers([y, mo, d, h, mi, s, u], names, defaults)?;
            Ok(moment(make_date(y, mo, d)?.and_time(make_time(h, mi, s, u)?), zone_of(zone)?))
        }
    }
}

/// Names of the module that are no types: `UTC`.
pub(crate) fn constant(name: &str) -> Option<Value> {
    match name {
        "UTC" => Some(native(Zone::UTC)),
        "MINYEAR" => Some(1.into()),
        "MAXYEAR" => Some(9999.into()),
        _ => None,
    }
}

/// What hangs on a type of the module: `timezone.utc`, `date.min`.
pub(crate) fn member(kind: Type, name: &str) -> Option<Value> {
    let (first, last) = (NaiveDate::from_ymd_opt(1, 1, 1)?, NaiveDate::from_ymd_opt(9999, 12, 31)?);
    let end = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999)?;
    match (kind, name) {
        (Type::TimeZone, "utc") => Some(native(Zone::UTC)),
        (Type::Date, "min") => Some(native(Day(first))),
        (Type::Date, "max") => Some(native(Day(last))),
        (Type::DateTime, "min") => Some(moment(first.and_time(NaiveTime::MIN), None)),
        (Type::DateTime, "max") => Some(moment(last.and_time(end), None)),
        _ => None,
    }
}

/// Class methods: `datetime.now()`, `date.fromisoformat(…)`. None if there is no such one.
pub(crate) fn class_method(kind: Type, name: &str, args: &[Value], kw: Kw) -> Option<R> {
    let text = |name: &str| {
        let [given] = exactly(name, args, kw)?;
        match given {
            Value::Str(text) => Ok(text.to_string()),
            _ => Err(type_error(format!("{name}: argument must be str"))),
        }
    };
    let date_alone = kind == Type::Date;
    Some(match (kind, name) {
        (Type::DateTime, "now") => now(args, kw),
        (Type::DateTime, "utcnow") => Ok(moment(utc_now(), None)),
        (Type::DateTime | Type::Date, "today") => {
            let today = local(utc_now());
            Ok(if date_alone { native(Day(today.date())) } else { moment(today, None) })
        }
        (Type::DateTime, "fromtimestamp") => stamped(args, kw),
        (Type::DateTime, "utcfromtimestamp") => exactly::<1>("utcfromtimestamp", args, kw)
            .and_then(|[stamp]| Ok(moment(from_timestamp(stamp)?, None))),
        (Type::Date, "fromtimestamp") => exactly::<1>("fromtimestamp", args, kw)
            .and_then(|[stamp]| Ok(native(Day(local(from_timestamp(stamp)?).date())))),
        (Type::DateTime | Type::Date | Type::Time, "fromisoformat") => {
            text("fromisoformat").and_then(|text| from_iso(kind, &text))
        }
        (Type::DateTime, "strptime") => exactly::<2>("strptime", args, kw)
            .and_then(|[text, format]| strftime::parse(&text.to_string(), &format.to_string()))
            .map(native),
        (Type::DateTime, "combine") => exactly::<2>("combine", args, kw).and_then(|[day, time]| {
            match (date_of(day), time.native::<Clock>()) {
                (Some(day), Some(clock)) => {
                    Ok(moment(day.and_time(clock.time), clock.zone.clone()))
                }
                _ => Err(type_error("combine() argument 1 must be datetime.date".into())),
            }
        }),
        (Type::Date | Type::DateTime, "fromordinal") => exactly::<1>("fromordinal", args, kw)
            .and_then(|[number]| {
                let days = number.as_int().and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
                let date = NaiveDate::from_num_days_from_ce_opt(days).filter(|_| days > 0);
                let date = date.ok_or_else(|| value_error("ordinal must be >= 1"))?;
                Ok(if date_alone {
                    native(Day(date))
                } else {
                    moment(date.and_time(NaiveTime::MIN), None)
                })
            }),
        _ => return None,
    })
}

fn stamped(args: &[Value], kw: Kw) -> R {
    let [stamp, zone] = bind("fromtimestamp", ["timestamp", "tz"], args, kw)?;
    let utc = from_timestamp(&needed("fromtimestamp", "timestamp", stamp)?)?;
    match zone_of(zone)? {
        None => Ok(moment(local(utc), None)),
        Some(zone) => Moment { naive: utc, zone: Some(Zone::UTC) }.in_zone(zone),
    }
}

fn date_of(value: &Value) -> Option<NaiveDate> {
    let day = value.native::<Day>().map(|day| day.0);
    day.or_else(|| value.native::<Moment>().map(|moment| moment.naive.date()))
}

/// A date or moment as an HTTP date; none for other values.
pub(crate) fn http_date(value: &Value) -> Option<String> {
    if let Some(found) = value.native::<Moment>() {
        let utc = if found.zone.is_some() { found.utc() } else { found.naive };
        return Some(web::http::date(utc.and_utc()));
    }
    let day = value.native::<Day>()?;
    Some(web::http::date(day.0.and_time(NaiveTime::MIN).and_utc()))
}

/// A moment out of an HTTP date.
pub(crate) fn from_http_date(text: &str) -> Option<Value> {
    let found = DateTime::parse_from_rfc2822(text).ok()?;
    Some(moment(found.naive_utc(), Some(Zone::UTC)))
}

/// The seconds of a duration or number; none for None.
pub(crate) fn seconds(value: &Value) -> Option<i64> {
    match durations::of(value) {
        Some(found) => Some(found.seconds() as i64),
        None => value.as_number().map(|number| number as i64),
    }
}

pub(super) fn date_attr(date: NaiveDate, name: &str) -> Option<Value> {
    Some(match name {
        "year" => i64::from(date.year()).into(),
        "month" => i64::from(date.month()).into(),
        "day" => i64::from(date.day()).into(),
        _ => return None,
    })
}

pub(super) fn time_attr(time: NaiveTime, name: &str) -> Option<Value> {
    let number = match name {
        "hour" => time.hour(),
        "minute" => time.minute(),
        "second" => time.second(),
        "microsecond" => micros(&time),
        "fold" => 0,
        _ => return None,
    };
    Some(i64::from(number).into())
}

pub(super) fn date_method(date: NaiveDate, name: &str) -> Option<Value> {
    let monday = i64::from(date.weekday().num_days_from_monday());
    Some(match name {
        "weekday" => monday.into(),
        "isoweekday" => (monday + 1).into(),
        "toordinal" => i64::from(date.num_days_from_ce()).into(),
        "isocalendar" => {
            let week = date.iso_week();
            let numbers = [i64::from(week.year()), i64::from(week.week()), monday + 1];
            tuple(numbers.map(Value::from).to_vec())
        }
        _ => return None,
    })
}

impl Native for Moment {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn type_name(&self) -> &'static str {
        "datetime"
    }

    fn python_type(&self) -> Option<Type> {
        Some(Type::DateTime)
    }

    fn text(&self) -> String {
        self.iso(" ", "auto").unwrap_or_default()
    }

    fn repr(&self) -> String {
        let n = &self.naive;
        let mut parts = vec![
            n.year().to_string(),
            n.month().to_string(),
            n.day().to_string(),
            n.hour().to_string(),
            n.minute().to_string(),
        ];
        if n.second() > 0 || micros(n) > 0 {
            parts.push(n.second().to_string());
        }
        if micros(n) > 0 {
            parts.push(micros(n).to_string());
        }
        if let Some(zone) = &self.zone {
            parts.push(format!("tzinfo={}", zone.repr()));
        }
        format!("datetime.datetime({})", parts.join(", "))
    }

    fn equals(&self, other: &Value) -> bool {
        let Some(other) = other.native::<Self>() else { return false };
        match (&self.zone, &other.zone) {
            (None, None) => self.naive == other.naive,
            (Some(_), Some(_)) => self.utc() == other.utc(),
            _ => false,
        }
    }

    fn hash_value(&self) -> u64 {
        let naive = if self.zone.is_some() { self.utc() } else { self.naive };
        naive.and_utc().timestamp_micros() as u64
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        let other = other.native::<Self>()?;
        match (&self.zone, &other.zone) {
            (None, None) => Some(self.naive.cmp(&other.naive)),
            (Some(_), Some(_)) => Some(self.utc().cmp(&other.utc())),
            _ => None,
        }
    }

    fn for_json(&self) -> Option<Value> {
        let utc = if self.zone.is_some() { self.utc() } else { self.naive };
        Some(web::http::date(utc.and_utc()).into())
    }

    fn attr(&self, name: &str) -> Option<R> {
        if name == "tzinfo" {
            return Some(Ok(self.zone.clone().map_or(Value::None, native)));
        }
        let found = date_attr(self.naive.date(), name);
        found.or_else(|| time_attr(self.naive.time(), name)).map(Ok)
    }

    fn method(&self, _this: &Value, name: &str, args: &[Value], kw: Kw) -> R {
        if let Some(found) = date_method(self.naive.date(), name) {
            return Ok(found);
        }
        match name {
            "isoformat" => {
                let [separator, precision] = bind("isoformat", ["sep", "timespec"], args, kw)?;
                let separator = separator.map_or_else(|| "T".into(), |given| given.to_string());
                let precision = precision.map_or_else(|| "auto".into(), |given| given.to_string());
                self.iso(&separator, &precision).map(Value::from)
            }
            "strftime" => {
                self.format(&exactly::<1>("strftime", args, kw)?[0].to_string()).map(Value::from)
            }
            "date" => Ok(native(Day(self.naive.date()))),
            "time" => Ok(native(Clock { time: self.naive.time(), zone: None })),
            "timetz" => Ok(native(Clock { time: self.naive.time(), zone: self.zone.clone() })),
            "timestamp" => Ok(self.timestamp().into()),
            "utcoffset" => match &self.zone {
                None => Ok(Value::None),
                Some(zone) => duration(zone.offset.into()),
            },
            "tzname" => Ok(self.zone.as_ref().map(Zone::label).into()),
            "astimezone" => {
                let [zone] = bind("astimezone", ["tz"], args, kw)?;
                let here = Local::now().offset().fix().local_minus_utc();
                let zone = zone_of(zone)?.unwrap_or_else(|| Zone::of_seconds(here.into()));
                self.in_zone(zone)
            }
            "replace" => self.replaced(args, kw),
            "ctime" => self.format("%a %b %e %H:%M:%S %Y").map(Value::from),
            _ => Err(no_attribute("datetime", name)),
        }
    }

    fn arithmetic(&self, operator: &str, other: &Value, reversed: bool) -> Option<R> {
        if let ("-", false, Some(other)) = (operator, reversed, other.native::<Self>()) {
            let gap = match (&self.zone, &other.zone) {
                (None, None) => self.naive - other.naive,
                (Some(_), Some(_)) => self.utc() - other.utc(),
                _ => {
                    let message = "can't subtract offset-naive and offset-aware datetimes";
                    return Some(Err(type_error(message.into())));
                }
            };
            return Some(duration(gap.num_microseconds().unwrap_or(0).into()));
        }
        let by = durations::of(other)?.0;
        match (operator, reversed) {
            ("+", _) => shifted(&native(self.clone()), by),
            ("-", false) => shifted(&native(self.clone()), -by),
            _ => None,
        }
    }

    fn format(&self, spec: &str) -> R<String> {
        if spec.is_empty() { Ok(self.text()) } else { Ok(strftime::write(self, spec)) }
    }
}

impl Moment {
    fn replaced(&self, args: &[Value], kw: Kw) -> R {
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"];
        let [y, mo, d, h, mi, s, u, zone] = bind("replace", names, args, kw)?;
        let n = &self.naive;
        let now = [
            i64::from(n.year()),
            n.month().into(),
            n.day().into(),
            n.hour().into(),
            n.minute().into(),
            n.second().into(),
            micros(n).into(),
        ];
        let names = ["year", "month", "day", "hour", "minute", "second", "microsecond"];
        let [y, mo, d, h, mi, s, u] = numbers([y, mo, d, h, mi, s, u], names, now.map(Some))?;
        let zone = if zone.is_some() { zone_of(zone)? } else { self.zone.clone() };
        Ok(moment(make_date(y, mo, d)?.and_time(make_time(h, mi, s, u)?), zone))
    }
}
