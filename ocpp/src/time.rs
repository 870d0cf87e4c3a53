//! The two clocks of a session: [`Instant`], monotonic and passed in by the caller, and UTC time stamps.
//!
//! They never mix. A time stamp on the wire is RFC 3339 (OCPP 1.6 §3.14, 2.0.1 part 4 §5.3, with the `date-time` format
//! of the schemas): the parser here takes exactly that, recognises the three deviations found in the field
//! (reported as a [`Dialect`], accepted only under a leniency) and the writer sends `Z`, with milliseconds when they are
//! not zero.

use core::ops::{Add, AddAssign};
use core::time::Duration;

pub use chrono::{DateTime, Utc};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

use crate::json::Quoted;

/// Monotonic time in milliseconds since an arbitrary start, for instance the controller's boot.
///
/// Never goes back, has no relation to UTC and is always an argument: no session reads a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);

    /// The end of the clock, half a billion years away. Nothing ever happens there.
    pub(crate) const MAX: Self = Self(u64::MAX);

    /// The moment `millis` milliseconds after the start of the clock.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment `secs` seconds after the start of the clock (the last possible moment if that overflows).
    #[must_use]
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1000))
    }

    /// Milliseconds since the start of the clock.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Time passed since `earlier`; zero if that lies in the future.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

/// Saturates at the end of the clock, half a billion years away.
impl Add<Duration> for Instant {
    type Output = Self;

    // Not inlined: sessions add in many places, and 64 bits are much code for a small controller.
    #[inline(never)]
    fn add(self, rhs: Duration) -> Self {
        Self(self.0.saturating_add(millis(rhs)))
    }
}

/// Whole milliseconds of a span, without the 128 bit arithmetic of [`Duration::as_millis`].
pub(crate) const fn millis(span: Duration) -> u64 {
    span.as_secs().saturating_mul(1000).saturating_add(span.subsec_millis() as u64)
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, rhs: Duration) {
        *self = *self + rhs;
    }
}

/// How a time stamp deviates from RFC 3339. All three forms occur in the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    /// No zone at all; read as UTC.
    pub missing_zone: bool,
    /// A space between date and time instead of `T`.
    pub space: bool,
    /// An offset without colon (`+0200`) or without minutes (`+02`).
    pub short_offset: bool,
}

impl Dialect {
    /// Exactly RFC 3339.
    pub const STRICT: Self = Self { missing_zone: false, space: false, short_offset: false };
}

/// A time stamp read from text, in range but not yet converted to UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    nanos: u32,
    /// Minutes east of UTC.
    offset: i16,
}

impl Stamp {
    /// Reads a time stamp and says in which way it is not RFC 3339.
    ///
    /// Lower-case `t` and `z` and the offset `-00:00` are RFC 3339. Second 60 is accepted at 23:59 UTC only, where leap
    /// seconds are. Digits of the fraction beyond nanoseconds are read and dropped.
    pub(crate) fn parse(text: &str) -> Option<(Self, Dialect)> {
        let (head, rest) = text.as_bytes().split_first_chunk()?;
        let [_, _, _, _, b'-', _, _, b'-', _, _, separator, _, _, b':', _, _, b':', _, _] = head else {
            return None;
        };
        let mut pairs = [0; 7];
        for (pair, at) in pairs.iter_mut().zip([0, 2, 5, 8, 11, 14, 17]) {
            *pair = two(*head.get(at)?, *head.get(at + 1)?)?;
        }
        let [century, year, month, day, hour, minute, second] = pairs;
        let year = u16::from(century) * 100 + u16::from(year);
        let mut rest = Digits(rest);
        let nanos = if rest.byte(b'.') { rest.fraction()? } else { 0 };
        let mut dialect = Dialect { space: *separator == b' ', ..Dialect::STRICT };
        let offset = rest.offset(&mut dialect)?;
        let stamp = Self { year, month, day, hour, minute, second, nanos, offset };
        (rest.0.is_empty() && matches!(separator, b'T' | b't' | b' ') && stamp.in_range())
            .then_some((stamp, dialect))
    }

    /// Reads a time stamp, escapes resolved.
    pub(crate) fn parse_quoted(text: Quoted<'_>) -> Option<(Self, Dialect)> {
        if !text.escaped {
            return Self::parse(text.raw);
        }
        // Time stamps are ASCII; one written with escapes and longer than this is not worth a larger buffer.
        let mut buffer = [0; 64];
        let mut len = 0;
        for c in text.chars() {
            *buffer.get_mut(len)? = u8::try_from(c).ok()?;
            len += 1;
        }
        Self::parse(core::str::from_utf8(buffer.get(..len)?).ok()?)
    }

    fn in_range(self) -> bool {
        (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year.into(), self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && (self.second < 60 || (self.second == 60 && self.utc_minute().rem_euclid(DAY) == DAY - 1))
    }

    /// Minutes of UTC since the day began that is written; the offset may lead out of it.
    fn utc_minute(self) -> i16 {
        i16::from(self.hour) * 60 + i16::from(self.minute) - self.offset
    }

    /// The same moment in UTC. A leap second becomes chrono's form of it: second 59 with 1 000 000 000 ns or more.
    ///
    /// Days are counted within the year: chrono's own ways to months bring two kilobytes of tables along.
    pub(crate) fn to_utc(self) -> Option<DateTime<Utc>> {
        let (second, nanos) =
            if self.second == 60 { (59, self.nanos + 1_000_000_000) } else { (self.second, self.nanos) };
        let minute = self.utc_minute();
        let mut year = i32::from(self.year);
        let mut day = days_before(year, self.month.into()) + i16::from(self.day) + minute.div_euclid(DAY);
        if day < 1 {
            year -= 1;
            day = days_in_year(year);
        } else if day > days_in_year(year) {
            year += 1;
            day = 1;
        }
        let date = NaiveDate::from_yo_opt(year, u32::try_from(day).ok()?)?;
        let second = u32::try_from(minute.rem_euclid(DAY)).ok()? * 60 + u32::from(second);
        Some(date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(second, nanos)?).and_utc())
    }
}

/// Unix time in seconds, rounded down.
// Not inlined: used in many places, and chrono counts the days each time.
#[inline(never)]
pub(crate) fn unix_seconds(time: DateTime<Utc>) -> i64 {
    time.timestamp()
}

/// Unix time in milliseconds, rounded down.
pub(crate) fn unix_millis(time: DateTime<Utc>) -> i64 {
    unix_seconds(time) * 1000 + i64::from(time.timestamp_subsec_millis())
}

/// The moment at a Unix time in milliseconds; `None` where no time stamp can be written, outside the years 0 to 9999.
///
/// Days are counted here for the same reason as in [`Stamp::to_utc`].
#[inline(never)]
pub(crate) fn from_unix_millis(unix: i64) -> Option<DateTime<Utc>> {
    const DAY_MS: u64 = 86_400_000;
    /// From the beginning of the year 0 to that of 1970, and to that of 10,000.
    const EPOCH: u64 = 719_528 * DAY_MS;
    const END: u64 = 3_652_425 * DAY_MS;
    let millis = EPOCH.checked_add_signed(unix).filter(|millis| *millis < END)?;
    let (days, millis) = ((millis / DAY_MS) as u32, (millis % DAY_MS) as u32);
    let first_day = |year: u32| 365 * year + year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400);
    // A few years too late at first: leap years are longer.
    let mut year = days / 365;
    while first_day(year) > days {
        year -= 1;
    }
    let date = NaiveDate::from_yo_opt(year as i32, days - first_day(year) + 1)?;
    let time = NaiveTime::from_num_seconds_from_midnight_opt(millis / 1000, millis % 1000 * 1_000_000)?;
    Some(date.and_time(time).and_utc())
}

/// Reads a strict RFC 3339 time stamp.
#[must_use]
pub fn parse_utc(text: &str) -> Option<DateTime<Utc>> {
    let (stamp, dialect) = Stamp::parse(text)?;
    if dialect == Dialect::STRICT { stamp.to_utc() } else { None }
}

/// Longest text [`format_utc`] makes: `2026-01-31T12:00:00.000Z`.
pub(crate) const UTC_LEN: usize = 24;

/// Writes a time stamp the way it is sent: UTC with `Z`, whole seconds, or milliseconds if they are not zero.
///
/// `None` outside the years 0 to 9999, which RFC 3339 cannot express, and for a leap second that is none.
pub(crate) fn format_utc(time: DateTime<Utc>, out: &mut [u8; UTC_LEN]) -> Option<&str> {
    let (date, time) = (time.naive_utc().date(), time.naive_utc().time());
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let (month, day) = month_and_day(date.year(), date.ordinal() as i16);
    let seconds = time.num_seconds_from_midnight();
    let (second, nanos) = match time.nanosecond() {
        leap @ 1_000_000_000.. if seconds == 86_399 => (60, leap - 1_000_000_000),
        1_000_000_000.. => return None,
        nanos => (seconds % 60, nanos),
    };
    let millis = nanos / 1_000_000;
    *out = *b"0000-00-00T00:00:00.000Z";
    let mut numbers = [year, month, day, seconds / 3600, seconds / 60 % 60, second, millis];
    // The last digit of each, from where it is written backwards.
    for (number, end) in numbers.iter_mut().zip([3, 6, 9, 12, 15, 18, 22]) {
        let mut at = end;
        while let Some(digit @ b'0'..=b'9') = out.get_mut(at) {
            *digit = b'0' + (*number % 10) as u8;
            *number /= 10;
            at = usize::wrapping_sub(at, 1);
        }
    }
    let mut len = UTC_LEN;
    if millis == 0 {
        len = 20;
        if let Some(zone) = out.get_mut(19) {
            *zone = b'Z';
        }
    }
    core::str::from_utf8(out.get(..len)?).ok()
}

/// Minutes of a day.
const DAY: i16 = 24 * 60;

fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days of the year before a month: as if every month had 367 / 12 of them, less those February misses.
fn days_before(year: i32, month: i16) -> i16 {
    (367 * month - 362) / 12 - if month > 2 { 2 - i16::from(is_leap(year)) } else { 0 }
}

/// The month of a day that is counted from the beginning of the year, and the day of that month.
fn month_and_day(year: i32, day: i16) -> (u32, u32) {
    let missing = if day > days_before(year, 3) { 2 - i16::from(is_leap(year)) } else { 0 };
    let month = (12 * (day + missing) + 361) / 367;
    (month as u32, (day - days_before(year, month)) as u32)
}

fn days_in_year(year: i32) -> i16 {
    365 + i16::from(is_leap(year))
}

const fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// A number of two digits.
fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

/// What is left of a time stamp's text.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn take(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// Takes `want` if it comes next.
    fn byte(&mut self, want: u8) -> bool {
        let found = self.0.first() == Some(&want);
        if found {
            self.take();
        }
        found
    }

    fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        first.is_ascii_digit().then(|| {
            self.0 = rest;
            *first - b'0'
        })
    }

    /// A number of two digits.
    fn two(&mut self) -> Option<u8> {
        two(self.take()?, self.take()?)
    }

    /// One or more digits after the point, as nanoseconds.
    fn fraction(&mut self) -> Option<u32> {
        let mut unit = 100_000_000;
        let mut nanos = u32::from(self.digit()?) * unit;
        while let Some(digit) = self.digit() {
            unit /= 10;
            nanos += u32::from(digit) * unit;
        }
        Some(nanos)
    }

    fn offset(&mut self, dialect: &mut Dialect) -> Option<i16> {
        let sign = match self.take() {
            Some(b'Z' | b'z') => return Some(0),
            Some(b'+') => 1,
            Some(b'-') => -1,
            Some(_) => return None,
            None => {
                dialect.missing_zone = true;
                return Some(0);
            }
        };
        let hours = self.two()?;
        let minutes = if self.byte(b':') {
            self.two()?
        } else {
            dialect.short_offset = true;
            if self.0.is_empty() { 0 } else { self.two()? }
        };
        (hours < 24 && minutes < 60).then_some(sign * (i16::from(hours) * 60 + i16::from(minutes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> Option<alloc::string::String> {
        format_utc(parse_utc(text)?, &mut [0; UTC_LEN]).map(Into::into)
    }

    #[test]
    fn rfc_3339_forms() {
        for (text, sent) in [
            ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
            ("2026-11-21t10:00:00z", "2026-11-21T10:00:00Z"),
            ("2026-11-21T10:00:00.5Z", "2026-11-21T10:00:00.500Z"),
            ("2026-11-21T10:00:00.123456789123Z", "2026-11-21T10:00:00.123Z"),
            ("2026-11-21T10:00:00.000Z", "2026-11-21T10:00:00Z"),
            ("2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z"),
            ("2026-01-01T00:30:00-00:00", "2026-01-01T00:30:00Z"),
            ("2024-12-31T23:30:00-23:59", "2025-01-01T23:29:00Z"),
            ("2025-01-01T00:30:00+01:00", "2024-12-31T23:30:00Z"),
            ("2024-03-01T00:00:00+00:01", "2024-02-29T23:59:00Z"),
            ("2023-02-28T23:59:00-00:01", "2023-03-01T00:00:00Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
            ("2017-01-01T00:59:60.250+01:00", "2016-12-31T23:59:60.250Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(text).as_deref(), Some(sent), "{text}");
        }
    }

    #[test]
    fn unix_time_of_the_years_0_to_9999() {
        for text in [
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "0400-12-31T23:59:59.999Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            let time = parse_utc(text).unwrap();
            assert_eq!(unix_millis(time), time.timestamp_millis(), "{text}");
            assert_eq!(from_unix_millis(unix_millis(time)), Some(time), "{text}");
        }
        let (first, last) = (parse_utc("0000-01-01T00:00:00Z"), parse_utc("9999-12-31T23:59:59.999Z"));
        assert_eq!(from_unix_millis(unix_millis(first.unwrap()) - 1), None);
        assert_eq!(from_unix_millis(unix_millis(last.unwrap()) + 1), None);
        assert_eq!((from_unix_millis(i64::MIN), from_unix_millis(i64::MAX)), (None, None));
    }

    /// Days are counted here and not by chrono: every day of four centuries, there and back.
    #[test]
    fn every_day() {
        let mut day = NaiveDate::from_ymd_opt(1999, 12, 31).unwrap();
        for _ in 0..=146_097 {
            day = day.succ_opt().unwrap();
            let noon = day.and_hms_opt(12, 0, 0).unwrap().and_utc();
            assert_eq!(from_unix_millis(noon.timestamp_millis()), Some(noon));
            let text = alloc::format!("{day}T10:00:00Z");
            assert_eq!(parse_utc(&text), day.and_hms_opt(10, 0, 0).map(|time| time.and_utc()), "{text}");
            assert_eq!(written(&text).as_deref(), Some(text.as_str()));
        }
    }

    #[test]
    fn not_a_time_stamp() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T10:00Z",
            "2026-11-21T10:00:00.Z",
            "2026-11-21T10:00:00,5Z",
            "2026-11-21T10:00:00",
            "2026-11-21 10:00:00Z",
            "2026-11-21T10:00:00+0200",
            "2026-11-21T10:00:00+02",
            "2026-11-21T10:00:00+24:00",
            "2026-11-21T10:00:00+02:60",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-00-10T00:00:00Z",
            "2026-13-10T00:00:00Z",
            "2026-11-00T00:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21T10:60:00Z",
            "2026-11-21T10:00:60Z",
            "2026-11-21T23:59:61Z",
            "2026-11-21T10:00:00Zz",
            " 2026-11-21T10:00:00Z",
            "+026-11-21T10:00:00Z",
            "2026-1-21T10:00:00Z",
            "2026-11-21T10:00:00\u{2212}02:00",
        ] {
            assert_eq!(parse_utc(text), None, "{text}");
        }
    }

    #[test]
    fn dialects_are_told_apart() {
        for (text, dialect) in [
            ("2026-11-21T10:00:00", Dialect { missing_zone: true, ..Dialect::STRICT }),
            ("2026-11-21 10:00:00Z", Dialect { space: true, ..Dialect::STRICT }),
            ("2026-11-21T12:00:00+0200", Dialect { short_offset: true, ..Dialect::STRICT }),
            ("2026-11-21T12:00:00+02", Dialect { short_offset: true, ..Dialect::STRICT }),
        ] {
            let (stamp, found) = Stamp::parse(text).unwrap();
            assert_eq!(found, dialect, "{text}");
            assert_eq!(stamp.to_utc(), parse_utc("2026-11-21T10:00:00Z"), "{text}");
        }
    }

    #[test]
    fn years_rfc_3339_cannot_write() {
        let before_year_0 = parse_utc("0000-01-01T00:00:00+00:01").unwrap();
        assert_eq!(format_utc(before_year_0, &mut [0; UTC_LEN]), None);
    }

    #[test]
    fn instants_saturate() {
        assert_eq!(Instant::from_millis(u64::MAX) + Duration::from_secs(1), Instant::from_millis(u64::MAX));
        assert_eq!(Instant::ZERO.since(Instant::from_secs(1)), Duration::ZERO);
        assert_eq!(Instant::from_secs(2).since(Instant::from_millis(500)), Duration::from_millis(1500));
    }
}
