//! The two clocks of a session: [`Instant`], monotonic and passed in by the caller, and UTC time stamps.
//!
//! They never mix. A time stamp on the wire is RFC 3339 (OCPP 1.6 §3.14, 2.0.1 part 4 §5.3, with the `date-time` format
//! of the schemas): the parser here takes exactly that, recognises the three deviations found in the field
//! (reported as a [`Dialect`], accepted only under a leniency) and the writer sends `Z`, with milliseconds when they are
//! not zero.

use core::ops::{Add, AddAssign};
use core::time::Duration;

pub use chrono::{DateTime, Utc};
use chrono::{Datelike, NaiveDate, Timelike};

use crate::json::Quoted;

/// Monotonic time in milliseconds since an arbitrary start, for instance the controller's boot.
///
/// Never goes back, has no relation to UTC and is always an argument: no session reads a clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The start of the clock.
    pub const ZERO: Self = Self(0);

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
        let [
            y1,
            y2,
            y3,
            y4,
            b'-',
            mo1,
            mo2,
            b'-',
            d1,
            d2,
            separator,
            h1,
            h2,
            b':',
            mi1,
            mi2,
            b':',
            s1,
            s2,
            rest @ ..,
        ] = text.as_bytes()
        else {
            return None;
        };
        let mut dialect = Dialect { space: *separator == b' ', ..Dialect::STRICT };
        if !matches!(separator, b'T' | b't' | b' ') {
            return None;
        }
        let (century, year) = (two(*y1, *y2)?, two(*y3, *y4)?);
        let (month, day) = (two(*mo1, *mo2)?, two(*d1, *d2)?);
        let (hour, minute, second) = (two(*h1, *h2)?, two(*mi1, *mi2)?, two(*s1, *s2)?);
        let mut rest = Digits(rest);
        let nanos = if rest.byte(b'.').is_some() { rest.fraction()? } else { 0 };
        let offset = rest.offset(&mut dialect)?;
        let year = u16::from(century) * 100 + u16::from(year);
        let stamp = Self { year, month, day, hour, minute, second, nanos, offset };
        (rest.0.is_empty() && stamp.in_range()).then_some((stamp, dialect))
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
        let minute_of_day = i16::from(self.hour) * 60 + i16::from(self.minute) - self.offset;
        (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && self.hour < 24
            && self.minute < 60
            && (self.second < 60 || (self.second == 60 && minute_of_day.rem_euclid(1440) == 1439))
    }

    /// The same moment in UTC. A leap second becomes chrono's form of it: second 59 with 1 000 000 000 ns or more.
    pub(crate) fn to_utc(self) -> Option<DateTime<Utc>> {
        let (second, nanos) =
            if self.second == 60 { (59, self.nanos + 1_000_000_000) } else { (self.second, self.nanos) };
        // By the day of the year: chrono's tables of months would take 1.6 KB of flash.
        let months = (1..self.month).map(|month| u32::from(days_in_month(self.year, month)));
        let day_of_year = months.sum::<u32>() + u32::from(self.day);
        let local = NaiveDate::from_yo_opt(self.year.into(), day_of_year)?.and_hms_opt(
            self.hour.into(),
            self.minute.into(),
            second.into(),
        )?;
        DateTime::from_timestamp(local.and_utc().timestamp() - i64::from(self.offset) * 60, nanos)
    }
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
    let time = time.naive_utc();
    let year = u16::try_from(time.year()).ok().filter(|year| *year <= 9999)?;
    let (month, day) = date_in_year(year, time.ordinal());
    let (second, nanos) = match time.nanosecond() {
        leap @ 1_000_000_000.. if (time.hour(), time.minute(), time.second()) == (23, 59, 59) => {
            (60, leap - 1_000_000_000)
        }
        1_000_000_000.. => return None,
        nanos => (time.second(), nanos),
    };
    let millis = nanos / 1_000_000;
    *out = *b"0000-00-00T00:00:00.000Z";
    for (at, width, value) in [
        (0, 4, year.into()),
        (5, 2, month),
        (8, 2, day),
        (11, 2, time.hour()),
        (14, 2, time.minute()),
        (17, 2, second),
        (20, 3, millis),
    ] {
        let mut value = value;
        for digit in out.iter_mut().skip(at).take(width).rev() {
            *digit = b'0' + (value % 10) as u8;
            value /= 10;
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

/// Month and day of a day of the year, the first being 1.
fn date_in_year(year: u16, mut day: u32) -> (u32, u32) {
    let mut month = 1;
    while let Some(left) = day.checked_sub(days_in_month(year, month).into()).filter(|left| *left > 0) {
        day = left;
        month += 1;
    }
    (month.into(), day)
}

fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
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

    fn byte(&mut self, want: u8) -> Option<()> {
        let (first, rest) = self.0.split_first()?;
        (*first == want).then(|| self.0 = rest)
    }

    fn digit(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        first.is_ascii_digit().then(|| {
            self.0 = rest;
            *first - b'0'
        })
    }

    fn two(&mut self) -> Option<i16> {
        let (pair, rest) = self.0.split_first_chunk::<2>()?;
        self.0 = rest;
        two(pair[0], pair[1]).map(i16::from)
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
        let minutes = if self.byte(b':').is_some() {
            self.two()?
        } else {
            dialect.short_offset = true;
            if self.0.is_empty() { 0 } else { self.two()? }
        };
        (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
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
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:60Z"),
            ("2017-01-01T00:59:60.250+01:00", "2016-12-31T23:59:60.250Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(written(text).as_deref(), Some(sent), "{text}");
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
