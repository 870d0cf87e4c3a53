//! The local white list of a Bender charge controller (manual 5.5) in both forms: identifiers joined by colons, and
//! the exported table of the newer web interface.
//!
//! That the table is exported with commas, the words of its header and the word for a MAC address are *inferred*. The
//! manual has a postfix that limits an entry to one connector but does not show its sign, so the sign is a setting.

use core::fmt;

use super::{Card, Refusal, Store};
use crate::mac::MacAddress;
use crate::policy::{Listed, Role, Status};
use crate::sheet::{Column, ImportError, Line, Problem, Row, SheetCard};
use crate::uid::{Uid, UidError, UidFormat};

/// An entry of a white list. Whoever is in it may charge; the back end is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WhitelistEntry {
    /// What is listed.
    pub id: WhitelistId,
    /// The only connector it is valid at, `None` for all.
    pub connector: Option<u8>,
}

/// What a white list entry names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WhitelistId {
    /// A card.
    Card(Uid),
    /// A car that gives its hardware address when plugged in.
    Mac(MacAddress),
}

/// How a controller writes its white list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenderList {
    /// "RFID tag letter case". The byte order is believed; letters are read in either case.
    pub letter_case: UidFormat,
    /// The sign between an identifier and the number of its connector. Which one controllers use is not public.
    pub connector_sign: char,
}

impl Default for BenderList {
    fn default() -> Self {
        Self { letter_case: UidFormat::LOWER, connector_sign: '_' }
    }
}

impl WhitelistEntry {
    /// A card valid at all connectors.
    pub const fn card(uid: Uid) -> Self {
        Self { id: WhitelistId::Card(uid), connector: None }
    }
}

impl Store<'_, WhitelistEntry> {
    /// What the policy has to know about a card or car at a connector, numbered from 1; `None` if it is not listed.
    pub fn listed(&self, id: WhitelistId, connector: u8) -> Option<Listed> {
        let mut entries = self.iter_from(&(id, None)).take_while(|entry| entry.id == id).peekable();
        entries.peek()?;
        let here = entries.any(|entry| entry.connector.is_none_or(|only| only == connector));
        let status = if here { Status::Accepted } else { Status::NotHere };
        Some(Listed { status, role: Role::User })
    }
}

impl Card for WhitelistEntry {
    /// One card may be listed for several connectors, each with an entry of its own.
    type Key = (WhitelistId, Option<u8>);

    /// The manual names no limit; the older web interface shows 80 at most.
    const LIMIT: usize = usize::MAX;

    fn key(&self) -> Self::Key {
        (self.id, self.connector)
    }

    fn check(&self) -> Result<(), Refusal> {
        match self.id {
            WhitelistId::Card(uid) if uid.is_random() => Err(Refusal::RandomUid),
            _ => Ok(()),
        }
    }
}

const ID: usize = 0;
const TYPE: usize = 1;

impl<'t> SheetCard<'t> for WhitelistEntry {
    type Settings = BenderList;

    const SEPARATOR: char = ',';

    const COLUMNS: &'static [Column] = &[
        Column { name: "Id", aliases: &["RFID", "UID", "Tag"], required: true },
        Column { name: "Type", aliases: &[], required: true },
    ];

    fn read(line: &Line<'t>, list: BenderList) -> Result<Self, ImportError> {
        let kind = line.word(TYPE, &[("RFID", false), ("MAC", true)], "RFID or MAC")?;
        let text = line.plain(ID, "a UID or a MAC address")?;
        list.read(text, kind).map_err(|error| line.problem(ID, Problem::Uid(error)))
    }

    fn write(&self, column: usize, list: BenderList, out: &mut dyn fmt::Write) -> fmt::Result {
        match (column, self.id) {
            (ID, _) => list.write(self, out),
            (TYPE, WhitelistId::Card(_)) => out.write_str("RFID"),
            (TYPE, WhitelistId::Mac(_)) => out.write_str("MAC"),
            _ => Ok(()),
        }
    }

    fn same(&self, other: &Self, column: usize) -> bool {
        match column {
            ID => self == other,
            _ => matches!(self.id, WhitelistId::Mac(_)) == matches!(other.id, WhitelistId::Mac(_)),
        }
    }

    fn is_absent(&self, _column: usize) -> bool {
        false
    }
}

impl BenderList {
    /// Reads an identifier with its postfix, if any.
    fn read(&self, text: &str, mac: bool) -> Result<WhitelistEntry, UidError> {
        let (text, connector) = match text.rsplit_once(self.connector_sign) {
            Some((text, postfix)) => {
                let bad = UidError::NotHex { at: text.chars().count() + 1 };
                (text, Some(postfix.parse().ok().filter(|number| *number != 0).ok_or(bad)?))
            }
            None => (text, None),
        };
        let id = if mac {
            WhitelistId::Mac(MacAddress::parse(text)?)
        } else {
            WhitelistId::Card(Uid::parse_in(text, self.letter_case.order)?)
        };
        Ok(WhitelistEntry { id, connector })
    }

    fn write(&self, entry: &WhitelistEntry, out: &mut dyn fmt::Write) -> fmt::Result {
        match entry.id {
            WhitelistId::Card(uid) => out.write_str(&uid.text(self.letter_case))?,
            WhitelistId::Mac(mac) => write!(out, "{mac}")?,
        }
        entry.connector.map_or(Ok(()), |number| write!(out, "{}{number}", self.connector_sign))
    }
}

/// A white list as the older web interface has it: UIDs joined by `:`. The colon here never separates bytes.
#[derive(Clone, Copy, Debug)]
pub struct JoinedList<'t> {
    text: &'t str,
    list: BenderList,
}

impl<'t> JoinedList<'t> {
    /// Takes a text as such a list. An empty text is an empty list; a line end behind the last entry does not count.
    pub fn new(text: &'t str, list: BenderList) -> Self {
        Self { text: text.trim_end_matches(['\r', '\n']), list }
    }

    /// The entries, or what is wrong with them; for [`Store::replace_all`](crate::Store::replace_all). All stand in line
    /// 1, so the column of an error says which entry it is.
    pub fn rows(&self) -> impl Iterator<Item = Result<Row<WhitelistEntry>, ImportError>> + Clone + use<'t> {
        let list = self.list;
        let mut column = 1_u32;
        let entries = if self.text.is_empty() { None } else { Some(self.text.split(':')) };
        entries.into_iter().flatten().map(move |text| {
            let begin = column;
            column = column
                .saturating_add(u32::try_from(text.chars().count()).unwrap_or(u32::MAX))
                .saturating_add(1);
            match list.read(text, false) {
                Ok(card) => Ok(Row { line: 1, card }),
                Err(error) => Err(ImportError { line: 1, column: begin, problem: Problem::Uid(error) }),
            }
        })
    }
}

/// Writes the cards of a list joined by `:`. Returns how many entries were left out because that form has no place for MAC
/// addresses.
///
/// # Errors
///
/// Those of `out`.
pub fn write_joined<'a, W: fmt::Write>(
    entries: impl IntoIterator<Item = &'a WhitelistEntry>,
    list: BenderList,
    out: &mut W,
) -> Result<usize, fmt::Error> {
    let (mut written, mut left_out) = (0, 0);
    for entry in entries {
        if let WhitelistId::Mac(_) = entry.id {
            left_out += 1;
            continue;
        }
        if written > 0 {
            out.write_char(':')?;
        }
        list.write(entry, out)?;
        written += 1;
    }
    Ok(left_out)
}
