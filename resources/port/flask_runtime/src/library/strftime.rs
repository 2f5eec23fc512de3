//! Dates by pattern: `strftime` and `strptime`, in English as the C locale has it.

use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use super::dates::Moment;
use super::zones::Zone;
use crate::native::value_error;
use crate::{Exc, R};

const DAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A moment by a pattern.
pub(crate) fn write(moment: &Moment, pattern: &str) -> String {
    let mut written = String::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            written.push(c);
            continue;
        }
        match chars.next() {
            None => written.push('%'),
            Some('-') => {
                let made = chars.next().map(|kind| one(moment, kind)).unwrap_or_default();
                let bare = made.trim_start_matches(['0', ' ']);
                written.push_str(if bare.is_empty() { "0" } else { bare });
            }
            Some(kind) => written.push_str(&one(moment, kind)),
        }
    }
    written
}

fn twelve(hour: u32) -> u32 {
    if hour % 12 == 0 { 12 } else { hour % 12 }
}

fn one(moment: &Moment, kind: char) -> String {
    let n = &moment.naive;
    let weekday = n.weekday().num_days_from_monday();
    match kind {
        'a' => DAYS[weekday as usize][..3].into(),
        'A' => DAYS[weekday as usize].into(),
        'w' => ((weekday + 1) % 7).to_string(),
        'u' => (weekday + 1).to_string(),
        'd' => format!("{:02}", n.day()),
        'e' => format!("{:2}", n.day()),
        'b' | 'h' => MONTHS[n.month0() as usize][..3].into(),
        'B' => MONTHS[n.month0() as usize].into(),
        'm' => format!("{:02}", n.month()),
        'y' => format!("{:02}", n.year() % 100),
        'Y' => n.year().to_string(),
        'C' => format!("{:02}", n.year() / 100),
        'G' => n.iso_week().year().to_string(),
        'V' => format!("{:02}", n.iso_week().week()),
        'H' => format!("{:02}", n.hour()),
        'I' => format!("{:02}", twelve(n.hour())),
        'p' => if n.hour() < 12 { "AM" } else { "PM" }.into(),
        'M' => format!("{:02}", n.minute()),
        'S' => format!("{:02}", n.second()),
        'f' => format!("{:06}", n.nanosecond() / 1_000),
        'z' => moment.zone.as_ref().map(|zone| zone.written("")).unwrap_or_default(),
        'Z' => moment.zone.as_ref().map(Zone::label).unwrap_or_default(),
        'j' => format!("{:03}", n.ordinal()),
        'U' => format!("{:02}", (n.ordinal() + 6 - (weekday + 1) % 7) / 7),
        'W' => format!("{:02}", (n.ordinal() + 6 - weekday) / 7),
        'c' => write(moment, "%a %b %e %H:%M:%S %Y"),
        'x' | 'D' => write(moment, "%m/%d/%y"),
        'X' | 'T' => write(moment, "%H:%M:%S"),
        'F' => write(moment, "%Y-%m-%d"),
        'R' => write(moment, "%H:%M"),
        'n' => "\n".into(),
        't' => "\t".into(),
        's' => n.and_utc().timestamp().to_string(),
        '%' => "%".into(),
        other => format!("%{other}"),
    }
}

/// What a pattern found so far.
struct Found {
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    micro: u32,
    afternoon: Option<bool>,
    day_of_year: Option<u32>,
    zone: Option<Zone>,
}

/// A moment out of a text. Raises ValueError where the text does not fit the pattern.
pub(crate) fn parse(text: &str, pattern: &str) -> R<Moment> {
    let mismatch = || {
        let (text, pattern) = (crate::repr::quoted(text), crate::repr::quoted(pattern));
        value_error(format!("time data {text} does not match format {pattern}"))
    };
    let mut found = Found {
        year: 1900,
        month: 1,
        day: 1,
        hour: 0,
        minute: 0,
        second: 0,
        micro: 0,
        afternoon: None,
        day_of_year: None,
        zone: None,
    };
    let rest = read(text, pattern, &mut found)?.ok_or_else(mismatch)?;
    if !rest.is_empty() {
        let rest = crate::repr::quoted(rest);
        return Err(value_error(format!("unconverted data remains: {}", &rest[1..rest.len() - 1])));
    }
    found.moment().ok_or_else(|| value_error("day is out of range for month"))
}

impl Found {
    fn moment(self) -> Option<Moment> {
        let hour = match self.afternoon {
            None => self.hour,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let year = i32::try_from(self.year).ok()?;
        let date = match self.day_of_year {
            Some(day) => NaiveDate::from_yo_opt(year, day)?,
            None => NaiveDate::from_ymd_opt(year, self.month, self.day)?,
        };
        let time =
            NaiveTime::from_hms_micro_opt(hour, self.minute, self.second.min(59), self.micro)?;
        Some(Moment { naive: date.and_time(time), zone: self.zone })
    }
}

/// The text after what the pattern takes; none where it does not fit.
fn read<'a>(text: &'a str, pattern: &str, found: &mut Found) -> R<Option<&'a str>> {
    let mut rest = text;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            while chars.peek().is_some_and(|c| c.is_whitespace()) {
                chars.next();
            }
            if !rest.starts_with(char::is_whitespace) {
                return Ok(None);
            }
            rest = rest.trim_start();
            continue;
        }
        let next = if c == '%' {
            let kind = chars.next().ok_or_else(|| value_error("stray %"))?;
            directive(rest, kind, pattern, found)?
        } else {
            rest.chars()
                .next()
                .filter(|found| same(*found, c))
                .map(|first| &rest[first.len_utf8()..])
        };
        match next {
            Some(next) => rest = next,
            None => return Ok(None),
        }
    }
    Ok(Some(rest))
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

fn number(rest: &str, most: usize, range: std::ops::RangeInclusive<u32>) -> Option<(u32, &str)> {
    let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
    // Fewer digits are taken where all of them make too large a number, as Python's patterns do.
    (1..=digits).rev().find_map(|count| {
        let value = rest[..count].parse().ok()?;
        range.contains(&value).then(|| (value, &rest[count..]))
    })
}

fn word<'a>(rest: &'a str, words: &[&str], cut: Option<usize>) -> Option<(u32, &'a str)> {
    words.iter().enumerate().find_map(|(place, word)| {
        let word = &word[..cut.unwrap_or(word.len())];
        let front = rest.get(..word.len())?;
        let place = u32::try_from(place).ok()?;
        front.eq_ignore_ascii_case(word).then(|| (place, &rest[word.len()..]))
    })
}

fn directive<'a>(
    rest: &'a str,
    kind: char,
    pattern: &str,
    found: &mut Found,
) -> R<Option<&'a str>> {
    let mut put = |taken: Option<(u32, &'a str)>, place: fn(&mut Found) -> &mut u32| {
        taken.map(|(value, rest)| {
            *place(found) = value;
            rest
        })
    };
    Ok(match kind {
        'd' => put(number(rest.trim_start_matches(' '), 2, 1..=31), |f| &mut f.day),
        'm' => put(number(rest, 2, 1..=12), |f| &mut f.month),
        'H' => put(number(rest, 2, 0..=23), |f| &mut f.hour),
        'I' => put(number(rest, 2, 1..=12), |f| &mut f.hour),
        'M' => put(number(rest, 2, 0..=59), |f| &mut f.minute),
        'S' => put(number(rest, 2, 0..=61), |f| &mut f.second),
        'b' => put(word(rest, &MONTHS, Some(3)).map(next), |f| &mut f.month),
        'B' => put(word(rest, &MONTHS, None).map(next), |f| &mut f.month),
        'a' => word(rest, &DAYS, Some(3)).map(|(_, rest)| rest),
        'A' => word(rest, &DAYS, None).map(|(_, rest)| rest),
        'Y' => four(rest).map(|(year, rest)| {
            found.year = year.into();
            rest
        }),
        'y' => number(rest, 2, 0..=99).map(|(year, rest)| {
            found.year = i64::from(year) + if year < 69 { 2000 } else { 1900 };
            rest
        }),
        'j' => number(rest, 3, 1..=366).map(|(day, rest)| {
            found.day_of_year = Some(day);
            rest
        }),
        'f' => {
            let digits = rest.bytes().take(6).take_while(u8::is_ascii_digit).count();
            found.micro = format!("{:0<6}", &rest[..digits]).parse().unwrap_or(0);
            (digits > 0).then(|| &rest[digits..])
        }
        'p' => word(rest, &["AM", "PM"], None).map(|(place, rest)| {
            found.afternoon = Some(place == 1);
            rest
        }),
        'z' => zone(rest).map(|(zone, rest)| {
            found.zone = Some(zone);
            rest
        }),
        'Z' => ["UTC", "GMT"].iter().find_map(|name| rest.strip_prefix(name)),
        'T' | 'X' => read(rest, "%H:%M:%S", found)?,
        'D' | 'x' => read(rest, "%m/%d/%y", found)?,
        'F' => read(rest, "%Y-%m-%d", found)?,
        'c' => read(rest, "%a %b %d %H:%M:%S %Y", found)?,
        '%' => rest.strip_prefix('%'),
        other => return Err(unknown(other, pattern)),
    })
}

fn next((place, rest): (u32, &str)) -> (u32, &str) {
    (place + 1, rest)
}

fn four(rest: &str) -> Option<(u32, &str)> {
    let digits = rest.get(..4).filter(|year| year.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((digits.parse().ok()?, &rest[4..]))
}

fn unknown(kind: char, pattern: &str) -> Exc {
    let pattern = crate::repr::quoted(pattern);
    value_error(format!("'{kind}' is a bad directive in format {pattern}"))
}

fn zone(rest: &str) -> Option<(Zone, &str)> {
    if let Some(rest) = rest.strip_prefix('Z') {
        return Some((Zone::of_seconds(0), rest));
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let (hours, after) = number(&rest[1..], 2, 0..=23)?;
    let (minutes, after) = number(after.strip_prefix(':').unwrap_or(after), 2, 0..=59)?;
    Some((Zone::of_seconds(sign * i64::from(hours * 3_600 + minutes * 60)), after))
}
