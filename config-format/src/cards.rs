//! Card lists of the vendors as raw records: fields and line numbers.
//!
//! What a card's number means (letter case, byte order, padding, technology) is not decided here; the
//! `evkit-rfid` crate does that. The column words of KEBA and EVlink files are not documented, so columns are
//! found by heading, with several words each, and a caller can bring a [`Layout`] of its own.

#[cfg(feature = "alloc")]
use alloc::{format, string::String, vec::Vec};

use crate::csv::{self, Field, Record, Records};
#[cfg(feature = "alloc")]
use crate::finding::{Check, Finding};
use crate::profile::Confidence;
use crate::text::{Span, Text, eq_where};

/// What a column of a card list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Column {
    /// Position in the list.
    Number,
    /// The card's number.
    Id,
    /// The holder's or card's name.
    Name,
    /// KEBA: `ACCEPTED`, `BLOCKED` and others.
    Status,
    /// KEBA: whether it is the master card.
    Master,
    /// KEBA: valid until.
    Expiry,
    /// KEBA: serial numbers of the stations it is valid at; empty for all.
    Stations,
    /// EVlink: user, VIP, admin. Bender: RFID or MAC.
    Kind,
    /// EVlink: comment of up to 50 characters.
    Comment,
}

/// The heading words of a vendor's list, letter case and blanks free.
#[derive(Debug, Clone, Copy)]
pub struct Layout<'l> {
    /// Column and the words it may be headed with.
    pub columns: &'l [(Column, &'l [&'l str])],
    /// Whether the words come from a real file.
    pub confidence: Confidence,
}

/// KEBA: name, UID, expiry, master flag, status, stations. The fields are confirmed by the manual, the words
/// inferred.
pub const KEBA: Layout<'static> = Layout {
    columns: &[
        (Column::Id, &["RFID", "UID", "SerialNumber", "Token", "Id"]),
        (Column::Name, &["Name"]),
        (Column::Expiry, &["ExpiryDate", "Expiry", "ValidUntil"]),
        (Column::Master, &["Master", "MasterCard"]),
        (Column::Status, &["Status"]),
        (Column::Stations, &["SerialNumbers", "Stations", "StationSerials"]),
    ],
    confidence: Confidence::Inferred,
};

/// EVlink badges: number, identifier, type, comment. The fields are confirmed by the commissioning guide, the
/// words inferred. The station refuses a list that was edited after export, so an edited file may not load.
pub const EVLINK: Layout<'static> = Layout {
    columns: &[
        (Column::Number, &["Number", "No", "Badge number"]),
        (Column::Id, &["Id", "Identifier", "UID", "Badge"]),
        (Column::Kind, &["Type", "Badge type"]),
        (Column::Comment, &["Comment"]),
    ],
    confidence: Confidence::Inferred,
};

/// Bender white list as exported by the newer web page: the columns are confirmed, that the file is CSV is
/// inferred.
pub const BENDER: Layout<'static> = Layout {
    columns: &[(Column::Id, &["Id"]), (Column::Kind, &["Type"]), (Column::Comment, &["Comment"])],
    confidence: Confidence::Inferred,
};

/// Number of [`Column`]s.
const COLUMNS: usize = Column::Comment as usize + 1;

/// A card list with a heading.
#[derive(Debug, Clone)]
pub struct Cards<'a> {
    header: Option<Record<'a>>,
    records: Records<'a>,
    places: [Option<usize>; COLUMNS],
}

impl<'a> Cards<'a> {
    /// Reads a list; the separator is guessed from the heading. Any input is read.
    #[must_use]
    pub fn parse(bytes: &'a [u8], layout: &Layout<'_>) -> Self {
        let mut records = csv::records(bytes, csv::guess_separator(bytes));
        let header = records.next();
        let mut places = [None; COLUMNS];
        for (index, field) in header.iter().flat_map(Record::fields).enumerate() {
            let named =
                |(_, words): &&(Column, &[&str])| words.iter().any(|word| same_word(word, field.raw()));
            if let Some((column, _)) = layout.columns.iter().find(named) {
                if let Some(place) = places.get_mut(*column as usize) {
                    place.get_or_insert(index);
                }
            }
        }
        Self { header, records, places }
    }

    /// The heading.
    #[must_use]
    pub const fn header(&self) -> Option<Record<'a>> {
        self.header
    }

    /// Where a column is, from 0; none if no heading word fits.
    #[must_use]
    pub fn place(&self, column: Column) -> Option<usize> {
        self.places.get(column as usize).copied().flatten()
    }

    /// What is wrong with the list: quotation marks that do not close, records of another length than the
    /// heading, no column of identifiers. No field is repeated in a message: they name people and cards.
    #[cfg(feature = "alloc")]
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let columns = self.header.map_or(0, |header| header.fields().count());
        let finding = |check: Check, record: &Record<'_>, span: Span, message: String| Finding {
            check,
            severity: check.severity(),
            file: None,
            line: record.line,
            column: record.column(span.start),
            span,
            key: String::new(),
            message,
        };
        let mut findings = Vec::new();
        if let Some(header) = self.header.filter(|_| self.place(Column::Id).is_none()) {
            let message =
                "no column of this heading is known to hold identifiers; name it `UID` or `Id`".into();
            findings.push(finding(Check::MissingKey, &header, header.span(), message));
        }
        for record in self.header.into_iter().chain(self.records.clone()) {
            let count = record.fields().count();
            if count != columns {
                let message = format!(
                    "this record has {count} fields, the heading {columns}; quote fields that hold the separator"
                );
                findings.push(finding(Check::FieldCount, &record, record.span(), message));
            }
            for field in record.fields().filter(|field| field.open_quote) {
                let message =
                    "a quotation mark opens here and does not close on this line; close it or double it"
                        .into();
                findings.push(finding(Check::OpenQuote, &record, field.span, message));
            }
        }
        findings
    }

    /// The cards in file order.
    pub fn rows(&self) -> impl Iterator<Item = Card<'a>> + use<'a> {
        let places = self.places;
        self.records.clone().map(move |record| Card { record, places })
    }
}

/// One card.
#[derive(Debug, Clone, Copy)]
pub struct Card<'a> {
    /// The whole record.
    pub record: Record<'a>,
    places: [Option<usize>; COLUMNS],
}

impl<'a> Card<'a> {
    /// Line from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.record.line
    }

    /// The field of a column; none if the list has no such column or the record is too short.
    #[must_use]
    pub fn get(&self, column: Column) -> Option<Field<'a>> {
        self.record.get(self.places.get(column as usize).copied().flatten()?)
    }

    /// The card's number as written.
    #[must_use]
    pub fn id(&self) -> Option<Field<'a>> {
        self.get(Column::Id)
    }
}

/// The identifiers of Bender's old web field: joined by `:`, one or more lines. Empty ones are left out.
pub fn colon_list(bytes: &[u8]) -> impl Iterator<Item = ListedId<'_>> {
    csv::records(bytes, b':').flat_map(|record| {
        let ids = record.fields().map(move |field| ListedId {
            id: field.raw().trimmed(),
            line: record.line,
            span: field.span,
        });
        ids.filter(|listed| !listed.id.is_empty())
    })
}

/// An identifier of a [`colon_list`]. A postfix that ties it to one connector is part of it: its sign is not
/// documented.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ListedId<'a> {
    /// The identifier as written.
    pub id: Text<'a>,
    /// Line from 1.
    pub line: usize,
    /// Where it is.
    pub span: Span,
}

fn same_word(word: &str, heading: Text<'_>) -> bool {
    eq_where(word.as_bytes(), heading.as_bytes(), |b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    use super::*;

    fn column(bytes: &[u8], layout: &Layout<'_>, column: Column) -> Vec<(usize, Option<String>)> {
        let cards = Cards::parse(bytes, layout);
        cards.rows().map(|card| (card.line(), card.get(column).map(|field| field.to_string()))).collect()
    }

    #[test]
    fn finds_columns_by_heading() {
        let list = b"comment,ID,Serial numbers\nx,0A0E9B83,\ny,E2EB1C02";
        assert_eq!(
            column(list, &KEBA, Column::Id),
            [(2, Some("0A0E9B83".into())), (3, Some("E2EB1C02".into()))]
        );
        assert_eq!(column(list, &KEBA, Column::Stations), [(2, Some(String::new())), (3, None)]);
        assert_eq!(column(list, &KEBA, Column::Master), [(2, None), (3, None)]);
    }

    #[test]
    fn takes_a_layout_of_the_caller() {
        let layout =
            Layout { columns: &[(Column::Id, &["Kartennummer"])], confidence: Confidence::Confirmed };
        assert_eq!(column(b"Kartennummer\n1\n", &layout, Column::Id), [(2, Some("1".into()))]);
    }

    #[test]
    fn colon_lists_leave_out_nothing_but_empties() {
        let ids: Vec<_> = colon_list(b"04567DAA5F3580:: 0A0E9B83 :\nE2EB1C02")
            .map(|id| (id.id.to_string(), id.line))
            .collect();
        assert_eq!(ids, [("04567DAA5F3580".into(), 1), ("0A0E9B83".into(), 1), ("E2EB1C02".into(), 2)]);
    }
}
