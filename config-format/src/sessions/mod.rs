//! Charging sessions as the vendors export them: KEBA's session list, EVlink's charge history.
//!
//! Both are separated values whose columns are known by position; header words depend on the language. EVlink
//! lets the user choose field separator and decimal sign, even comma for both, which cuts the energy in two:
//! such a record has 13 fields and is joined again ([`Session::rejoined`]). Times are local times without
//! zone, so a session over a clock change is an hour too long or too short, and may end before it starts:
//! [`Session::clock_shift_s`] shows it.

mod write;

pub use write::{Dialect, List};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::csv::{self, Field, Record, Records};
use crate::number::{Decimal, integer};
use crate::text::{Span, Text};

/// A record that is no session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: error: {column_name} must be {expected}")]
pub struct SessionError {
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// The bytes of the wrong field.
    pub span: Span,
    /// What the field is.
    pub column_name: &'static str,
    /// What would be right.
    pub expected: &'static str,
}

/// One charging session.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Session<'a> {
    /// The whole record.
    pub record: Record<'a>,
    /// Number of the session in the list (EVlink).
    pub number: Option<u32>,
    /// Station of the network (KEBA) or socket (EVlink), from 1.
    pub connector: u16,
    /// Serial number of the station; for EVlink two parts joined.
    pub station: Field<'a>,
    /// The card as written; empty for a session without card.
    pub card: Field<'a>,
    /// KEBA: `CLOSED`, or `PWMCharging` while it runs.
    pub status: Option<Field<'a>>,
    /// Transaction id of the back end (EVlink); 0 where there was none.
    pub transaction: Option<i64>,
    /// Start, local time.
    pub start: NaiveDateTime,
    /// End, local time; none while the session runs.
    pub end: Option<NaiveDateTime>,
    /// Time charged in s, by the station's own count.
    pub duration_s: Option<u32>,
    /// Meter at the start in Wh (KEBA; that the file's unit is kWh is inferred).
    pub meter_start_wh: Option<i64>,
    /// Meter at the end in Wh.
    pub meter_end_wh: Option<i64>,
    /// Energy in Wh.
    pub energy_wh: i64,
    /// Plug type (EVlink), such as `TYPE2`.
    pub plug: Option<Field<'a>>,
    /// Charge type (EVlink), such as `AC_SINGLE_PHASE`.
    pub charge_type: Option<Field<'a>>,
    /// Comment of the card (EVlink).
    pub comment: Option<Field<'a>>,
    /// The decimal comma of the energy cut the record, and it was joined again.
    pub rejoined: bool,
}

impl Session<'_> {
    /// By how many seconds the clock moved during the session: the time between start and end less the
    /// counted duration. Around 3600 or -3600 is summer time beginning or ending. EVlink notes times in
    /// minutes, so up to 60 s either way mean nothing there.
    #[must_use]
    pub fn clock_shift_s(&self) -> Option<i64> {
        let between = self.end?.signed_duration_since(self.start).num_seconds();
        Some(between - i64::from(self.duration_s?))
    }
}

/// A vendor's columns: name for messages and position from 0.
struct Layout {
    columns: usize,
    /// The number of columns in words, for messages.
    shape: &'static str,
    number: Option<usize>,
    connector: usize,
    station: usize,
    card: usize,
    status: Option<usize>,
    transaction: Option<usize>,
    start: usize,
    end: usize,
    duration: usize,
    meters: Option<(usize, usize)>,
    energy: usize,
    plug: Option<usize>,
    charge_type: Option<usize>,
    comment: Option<usize>,
    /// Day first, or year first.
    day_first: bool,
    /// The words of the columns: KEBA's are inferred, EVlink's are translated.
    heading: &'static [&'static str],
}

/// Station number, serial, RFID, status, start, end, duration, meter at start and end, consumption (web
/// interface of a P30 x).
const KEBA: Layout = Layout {
    columns: 10,
    shape: "of 10 fields",
    number: None,
    connector: 0,
    station: 1,
    card: 2,
    status: Some(3),
    transaction: None,
    start: 4,
    end: 5,
    duration: 6,
    meters: Some((7, 8)),
    energy: 9,
    plug: None,
    charge_type: None,
    comment: None,
    day_first: true,
    heading: &[
        "Station",
        "Serial",
        "RFID",
        "Status",
        "Start",
        "End",
        "Duration",
        "Meter start",
        "Meter end",
        "Consumption",
    ],
};

/// The twelve columns of the charge history (commissioning tool guide).
const EVLINK: Layout = Layout {
    columns: 12,
    shape: "of 12 fields",
    number: Some(0),
    connector: 2,
    station: 1,
    card: 4,
    status: None,
    transaction: Some(3),
    start: 6,
    end: 7,
    duration: 10,
    meters: None,
    energy: 8,
    plug: Some(9),
    charge_type: Some(5),
    comment: Some(11),
    day_first: false,
    heading: &[
        "Charge number",
        "Charging station",
        "Socket identifier",
        "Transaction identifier",
        "UID",
        "Charge type",
        "Start time",
        "End time",
        "Energy (kWh)",
        "Plug type",
        "Duration",
        "Comment",
    ],
};

/// The sessions of a KEBA export, without its heading: `;` and decimal points, dates `dd-mm-yyyy HH:MM:SS`.
#[must_use]
pub fn keba(bytes: &[u8]) -> Sessions<'_> {
    Sessions::new(bytes, b';', &KEBA)
}

/// The sessions of an EVlink charge history, without its heading. The separator is guessed from the heading,
/// the decimal sign is taken as found.
#[must_use]
pub fn evlink(bytes: &[u8]) -> Sessions<'_> {
    Sessions::new(bytes, csv::guess_separator(bytes), &EVLINK)
}

/// Iterator of [`keba`] and [`evlink`]. A wrong record does not end it.
pub struct Sessions<'a> {
    records: Records<'a>,
    layout: &'static Layout,
}

impl<'a> Sessions<'a> {
    fn new(bytes: &'a [u8], separator: u8, layout: &'static Layout) -> Self {
        let mut records = csv::records(bytes, separator);
        let _header = records.next();
        Self { records, layout }
    }
}

impl<'a> Iterator for Sessions<'a> {
    type Item = Result<Session<'a>, SessionError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = self.records.next()?;
        Some(
            Row { record, layout: self.layout, rejoined: record.fields().count() == self.layout.columns + 1 }
                .read(),
        )
    }
}

/// A record read by a layout.
struct Row<'a> {
    record: Record<'a>,
    layout: &'static Layout,
    /// One field too many: the energy's decimal comma.
    rejoined: bool,
}

impl<'a> Row<'a> {
    fn read(&self) -> Result<Session<'a>, SessionError> {
        let layout = self.layout;
        let found = self.record.fields().count();
        if found != layout.columns && !self.rejoined {
            return Err(self.wrong(self.record.span(), "the record", layout.shape));
        }
        let meters = layout.meters.map(|(start, end)| Ok((self.kwh(start)?, self.kwh(end)?))).transpose()?;
        let (meter_start_wh, meter_end_wh) = meters.unwrap_or_default();
        Ok(Session {
            record: self.record,
            number: layout.number.map(|at| self.number(at, "the charge number")).transpose()?,
            connector: self.number(layout.connector, "the station or socket")?,
            station: self.field(layout.station)?,
            card: self.field(layout.card)?,
            status: self.optional(layout.status)?,
            transaction: layout.transaction.map(|at| self.number(at, "the transaction")).transpose()?,
            start: self.required(layout.start, "the start", self.time_form(), |text| self.time(text))?,
            end: self.or_none(layout.end, "the end", self.time_form(), |text| self.time(text))?,
            duration_s: self.or_none(layout.duration, "the duration", "a time such as 03:23:34", duration)?,
            meter_start_wh,
            meter_end_wh,
            energy_wh: self.energy()?,
            plug: self.optional(layout.plug)?,
            charge_type: self.optional(layout.charge_type)?,
            comment: self.optional(layout.comment)?,
            rejoined: self.rejoined,
        })
    }

    /// The field of a column of the layout; columns behind the energy move by one where that was cut.
    fn field(&self, column: usize) -> Result<Field<'a>, SessionError> {
        let moved = usize::from(self.rejoined && column > self.layout.energy);
        let end = Span::empty(self.record.span().end);
        self.record.get(column + moved).ok_or_else(|| self.wrong(end, "a field", "there"))
    }

    fn optional(&self, column: Option<usize>) -> Result<Option<Field<'a>>, SessionError> {
        column.map(|column| self.field(column)).transpose()
    }

    fn required<T>(
        &self,
        column: usize,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T, SessionError> {
        let field = self.field(column)?;
        read(field.raw().as_bytes()).ok_or_else(|| self.wrong(field.span, name, expected))
    }

    fn or_none<T>(
        &self,
        column: usize,
        name: &'static str,
        expected: &'static str,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, SessionError> {
        if self.field(column)?.is_empty() {
            Ok(None)
        } else {
            self.required(column, name, expected, read).map(Some)
        }
    }

    fn number<T: TryFrom<i64>>(&self, column: usize, name: &'static str) -> Result<T, SessionError> {
        self.required(column, name, "a whole number", |text| T::try_from(integer(text)?).ok())
    }

    fn kwh(&self, column: usize) -> Result<Option<i64>, SessionError> {
        self.or_none(column, "the meter", "a number of kWh with at most 3 decimals", watt_hours)
    }

    fn energy(&self) -> Result<i64, SessionError> {
        let (name, expected) = ("the energy", "a number of kWh with at most 3 decimals");
        if !self.rejoined {
            return self.required(self.layout.energy, name, expected, watt_hours);
        }
        let whole = self.record.get(self.layout.energy);
        let fraction = self.record.get(self.layout.energy + 1);
        let cut = whole.zip(fraction).map(|(whole, fraction)| Span::new(whole.span.start, fraction.span.end));
        let span = cut.unwrap_or(self.record.span());
        let start = span.start.saturating_sub(self.record.span().start);
        let text = self.record.text().as_bytes().get(start..start + span.len()).unwrap_or_default();
        watt_hours(text).ok_or_else(|| self.wrong(span, name, expected))
    }

    const fn time_form(&self) -> &'static str {
        if self.layout.day_first {
            "a time such as 05-03-2024 07:58:10"
        } else {
            "a time such as 2024-03-05 13:40"
        }
    }

    fn time(&self, text: &[u8]) -> Option<NaiveDateTime> {
        let (date, time) = Text::new(text).to_str()?.split_once(' ')?;
        let mut parts = date.split('-');
        let [a, month, c] = [parts.next()?, parts.next()?, parts.next()?];
        let (day, year) = if self.layout.day_first { (a, c) } else { (c, a) };
        let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        let [hour, minute, second] = clock(time)?;
        let time = NaiveTime::from_hms_opt(hour, minute, second)?;
        (parts.next().is_none() && year.len() == 4).then(|| date.and_time(time))
    }

    fn wrong(&self, span: Span, column_name: &'static str, expected: &'static str) -> SessionError {
        SessionError {
            line: self.record.line,
            column: self.record.column(span.start),
            span,
            column_name,
            expected,
        }
    }
}

/// kWh with decimal point or comma, as whole Wh.
fn watt_hours(text: &[u8]) -> Option<i64> {
    Decimal::parse(text, '.').or_else(|| Decimal::parse(text, ','))?.scaled(3)
}

/// `HH:MM:SS` in s; hours may pass 24.
fn duration(text: &[u8]) -> Option<u32> {
    let [hours, minutes, seconds] = clock(Text::new(text).to_str()?)?;
    let right = minutes < 60 && seconds < 60;
    hours.checked_mul(3600)?.checked_add(minutes * 60 + seconds).filter(|_| right)
}

/// `HH:MM` or `HH:MM:SS` as numbers.
fn clock(text: &str) -> Option<[u32; 3]> {
    let number = |part: &str| {
        integer(part.as_bytes()).and_then(|number| u32::try_from(number).ok()).filter(|&n| n < 100_000)
    };
    let mut parts = text.split(':');
    let clock = [number(parts.next()?)?, number(parts.next()?)?, parts.next().map_or(Some(0), number)?];
    parts.next().is_none().then_some(clock)
}
