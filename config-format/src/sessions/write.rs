//! Sessions as a vendor's station would list them.
//!
//! Any vendor's session can be written in any dialect: what a dialect has no column for is left out, what a
//! session does not know is what the station writes for nothing.

use core::fmt::{self, Display, Write};

use chrono::{Datelike, NaiveDateTime, Timelike};

use super::{EVLINK, KEBA, Layout, Session};
use crate::csv::Field;

/// Columns, signs and time form of a session list.
#[derive(Clone, Copy)]
pub struct Dialect {
    layout: &'static Layout,
    separator: u8,
    decimal: char,
    /// Line end, as the samples have it.
    newline: &'static str,
}

impl Dialect {
    /// KEBA's list: `;` and decimal point. Whose order of columns is confirmed, and the words of the heading
    /// inferred.
    pub const KEBA: Self = Self { layout: &KEBA, separator: b';', decimal: '.', newline: "\n" };

    /// EVlink's charge history with this field separator and decimal sign; the station leaves the factory with
    /// `;` and `,`. With comma for both the energy takes two fields, as on the station.
    #[must_use]
    pub const fn evlink(separator: u8, decimal: char) -> Self {
        Self { layout: &EVLINK, separator, decimal, newline: "\n" }
    }

    /// Writes the heading.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_heading(&self, out: &mut impl Write) -> fmt::Result {
        self.write_row(out, |column, out| {
            out.write_str(self.layout.heading.get(column).copied().unwrap_or_default())
        })
    }

    /// Writes a session as one line. `number` is its number in the list, for sessions that have none.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_session(&self, session: &Session<'_>, number: u32, out: &mut impl Write) -> fmt::Result {
        let layout = self.layout;
        self.write_row(out, |column, out| {
            let is = |place: Option<usize>| place == Some(column);
            let meters = layout.meters.unzip();
            if is(layout.number) {
                write!(out, "{}", session.number.unwrap_or(number))
            } else if column == layout.connector {
                write!(out, "{}", session.connector)
            } else if column == layout.station {
                self.write_field(Some(session.station), out)
            } else if column == layout.card {
                self.write_field(Some(session.card), out)
            } else if is(layout.status) {
                match session.status {
                    Some(status) => self.write_field(Some(status), out),
                    None => out.write_str(if session.end.is_some() { "CLOSED" } else { "PWMCharging" }),
                }
            } else if is(layout.transaction) {
                write!(out, "{}", session.transaction.unwrap_or_default())
            } else if column == layout.start {
                self.write_time(session.start, out)
            } else if column == layout.end {
                session.end.map_or(Ok(()), |end| self.write_time(end, out))
            } else if column == layout.duration {
                let clock = |s: u32| write!(out, "{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
                session.duration_s.map_or(Ok(()), clock)
            } else if is(meters.0) {
                session.meter_start_wh.map_or(Ok(()), |energy| self.write_energy(energy, out))
            } else if is(meters.1) {
                session.meter_end_wh.map_or(Ok(()), |energy| self.write_energy(energy, out))
            } else if column == layout.energy {
                self.write_energy(session.energy_wh, out)
            } else if is(layout.plug) {
                self.write_field(session.plug, out)
            } else if is(layout.charge_type) {
                self.write_field(session.charge_type, out)
            } else {
                self.write_field(session.comment, out)
            }
        })
    }

    fn write_row<W: Write>(
        &self,
        out: &mut W,
        mut cell: impl FnMut(usize, &mut W) -> fmt::Result,
    ) -> fmt::Result {
        for column in 0..self.layout.columns {
            if column > 0 {
                out.write_char(char::from(self.separator))?;
            }
            cell(column, out)?;
        }
        out.write_str(self.newline)
    }

    /// The value of a field, in quotes if it holds a sign of this dialect.
    fn write_field(&self, field: Option<Field<'_>>, out: &mut impl Write) -> fmt::Result {
        let Some(field) = field else { return Ok(()) };
        let signs = ['"', '\r', '\n', char::from(self.separator)];
        if !field.chars().any(|c| signs.contains(&c)) {
            return field.chars().try_for_each(|c| out.write_char(c));
        }
        out.write_char('"')?;
        for c in field.chars() {
            out.write_str(if c == '"' { "\"" } else { "" })?;
            out.write_char(c)?;
        }
        out.write_char('"')
    }

    /// kWh with three decimals.
    fn write_energy(&self, wh: i64, out: &mut impl Write) -> fmt::Result {
        let sign = if wh < 0 { "-" } else { "" };
        let wh = wh.unsigned_abs();
        write!(out, "{sign}{}{}{:03}", wh / 1000, self.decimal, wh % 1000)
    }

    fn write_time(&self, time: NaiveDateTime, out: &mut impl Write) -> fmt::Result {
        let (year, month, day) = (time.year(), time.month(), time.day());
        let (hour, minute) = (time.hour(), time.minute());
        if self.layout.day_first {
            write!(out, "{day:02}-{month:02}-{year:04} {hour:02}:{minute:02}:{:02}", time.second())
        } else {
            write!(out, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
        }
    }
}

impl fmt::Debug for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let separator = char::from(self.separator);
        f.debug_struct("Dialect")
            .field("separator", &separator)
            .field("decimal", &self.decimal)
            .finish_non_exhaustive()
    }
}

/// Sessions with their heading as a file.
pub struct List<'l, 'a> {
    /// How to write it.
    pub dialect: Dialect,
    /// The sessions, in the order of the file.
    pub sessions: &'l [Session<'a>],
}

impl Display for List<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.dialect.write_heading(f)?;
        // The newest session stands first and has the highest number.
        let numbers = (1..=u32::try_from(self.sessions.len()).unwrap_or(u32::MAX)).rev();
        self.sessions
            .iter()
            .zip(numbers)
            .try_for_each(|(session, number)| self.dialect.write_session(session, number, f))
    }
}
