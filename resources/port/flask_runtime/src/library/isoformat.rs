//! Dates and times out of ISO 8601 text: `fromisoformat`.

use chrono::{NaiveTime, Timelike};

use super::dates::{Clock, Day, make_date, moment};
use super::zones::Zone;
use crate::R;
use crate::native::{native, value_error};
use crate::types::Type;

/// `datetime.fromisoformat(text)`, and that of `date` and `time`. Raises ValueError.
pub(super) fn from_iso(kind: Type, text: &str) -> R {
    let wrong = || value_error(format!("Invalid isoformat string: {}", crate::repr::quoted(text)));
    let digits = |part: Option<&str>| {
        let part = part.filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        part.and_then(|part| part.parse::<i64>().ok()).ok_or_else(wrong)
    };
    if kind == Type::Time {
        let (time, zone) = iso_clock(text).ok_or_else(wrong)?;
        return Ok(native(Clock { time, zone }));
    }
    let (date_text, rest) = if text.get(4..5) == Some("-") {
        (text.get(..10).ok_or_else(wrong)?.replace('-', ""), text.get(10..).unwrap_or(""))
    } else {
        (text.get(..8).ok_or_else(wrong)?.into(), text.get(8..).unwrap_or(""))
    };
    if date_text.len() != 8 {
        return Err(wrong());
    }
    let part = |range: std::ops::Range<usize>| digits(date_text.get(range));
    let date = make_date(part(0..4)?, part(4..6)?, part(6..8)?)?;
    if kind == Type::Date {
        return if rest.is_empty() { Ok(native(Day(date))) } else { Err(wrong()) };
    }
    if rest.is_empty() {
        return Ok(moment(date.and_time(NaiveTime::MIN), None));
    }
    let skip = rest.chars().next().map_or(0, char::len_utf8);
    let (time, zone) = iso_clock(&rest[skip..]).ok_or_else(wrong)?;
    Ok(moment(date.and_time(time), zone))
}

fn iso_clock(text: &str) -> Option<(NaiveTime, Option<Zone>)> {
    let (clock, zone) = match text.find(['+', '-', 'Z']) {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text, None),
    };
    let zone = match zone {
        None => None,
        Some("Z") => Some(Zone::UTC),
        Some(zone) => {
            let sign = if zone.starts_with('-') { -1 } else { 1 };
            let (time, _) = fields(&zone[1..])?;
            Some(Zone::of_seconds(sign * i64::from(time.num_seconds_from_midnight())))
        }
    };
    let (time, _) = fields(clock)?;
    Some((time, zone))
}

/// "12:30:00.5" or "123000" as a time.
fn fields(text: &str) -> Option<(NaiveTime, ())> {
    let (whole, fraction) = text.split_once(['.', ',']).map_or((text, ""), |(a, b)| (a, b));
    let parts: Vec<&str> = if whole.contains(':') {
        whole.split(':').collect()
    } else {
        whole.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or("")).collect()
    };
    let number = |place: usize| match parts.get(place) {
        None => Some(0),
        Some(part) if part.len() == 2 => part.parse::<u32>().ok(),
        Some(_) => None,
    };
    if parts.is_empty() || parts.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micro: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    Some((NaiveTime::from_hms_micro_opt(number(0)?, number(1)?, number(2)?, micro)?, ()))
}
