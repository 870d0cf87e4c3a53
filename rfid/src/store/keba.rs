//! The card list of a KEBA station: up to 1000 cards with name, expiry, master flag, status and stations (configuration
//! manual 5.2.3).
//!
//! That these fields are in the exported file is documented. The words of its header, the separator, the form of the
//! date and the zero-padded UID are *inferred* from the web interface and the UDP interface.

use core::fmt;

use chrono::{Datelike, NaiveDate};

use super::{Card, Refusal};
use crate::csv::Label;
use crate::policy::{Listed, Role, Status};
use crate::sheet::{Column, ImportError, Line, Problem, SheetCard};
use crate::text::Text;
use crate::uid::{Candidates, Uid, UidFormat, Why};

/// A card of a KEBA station.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KebaCard<'t> {
    /// Its UID.
    pub uid: Uid,
    /// How the UID came out of the zero-padded form of the file. After [`Why::Padding`] another card can share the form:
    /// four bytes padded look like seven bytes ending in zeros.
    pub why: Why,
    /// Name, as the user gave it.
    pub name: Label<'t>,
    /// Last day it is valid, by the station's calendar; `None` without end.
    pub expires: Option<NaiveDate>,
    /// Whether it is the master card, which teaches others in.
    pub master: bool,
    /// Whether it may charge.
    pub status: KebaStatus<'t>,
    /// Where it may charge.
    pub stations: Stations<'t>,
}

/// Status of a card. Only ACCEPTED charges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KebaStatus<'t> {
    /// `ACCEPTED`.
    Accepted,
    /// `BLOCKED`.
    Blocked,
    /// Any other word; the manual names no further ones.
    Other(&'t str),
}

/// Serial numbers of the stations a card is valid at, as listed in the file. An empty list means all (*inferred*).
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Stations<'t>(Label<'t>);

impl<'t> Stations<'t> {
    /// Valid everywhere.
    pub const ALL: Self = Self(Label::EMPTY);

    /// Serial numbers joined by `,`, blanks or `|`.
    ///
    /// `None` unless all of them consist of digits.
    pub fn new(list: &'t str) -> Option<Self> {
        let out = Self(Label::new(list));
        out.iter().all(|serial| serial.bytes().all(|byte| byte.is_ascii_digit())).then_some(out)
    }

    /// The serial numbers; none if the card is valid everywhere.
    pub fn iter(&self) -> impl Iterator<Item = &'t str> + Clone + use<'t> {
        self.0.as_str().unwrap_or_default().split([',', ' ', '|']).filter(|serial| !serial.is_empty())
    }

    /// Whether the card is valid at this station.
    pub fn allow(&self, serial: &str) -> bool {
        let mut listed = self.iter().peekable();
        listed.peek().is_none() || listed.any(|known| known == serial)
    }

    /// Whether the card is valid everywhere.
    pub fn is_all(&self) -> bool {
        self.iter().next().is_none()
    }
}

impl fmt::Debug for Stations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl KebaStatus<'_> {
    /// The word of the file.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Blocked => "BLOCKED",
            Self::Other(word) => word,
        }
    }
}

impl KebaCard<'_> {
    /// An accepted card without name and end, valid everywhere.
    pub const fn new(uid: Uid) -> Self {
        Self {
            uid,
            why: Why::AsWritten,
            name: Label::EMPTY,
            expires: None,
            master: false,
            status: KebaStatus::Accepted,
            stations: Stations::ALL,
        }
    }

    /// What the policy has to know: `station` is the serial number of the station at hand, `today` its local date. The
    /// expiry date is the last valid day.
    pub fn listed(&self, station: &str, today: NaiveDate) -> Listed {
        let status = match self.status {
            KebaStatus::Blocked => Status::Blocked,
            KebaStatus::Other(_) => Status::Invalid,
            KebaStatus::Accepted if self.expires.is_some_and(|last| today > last) => Status::Expired,
            KebaStatus::Accepted if !self.stations.allow(station) => Status::NotHere,
            KebaStatus::Accepted => Status::Accepted,
        };
        Listed { status, role: if self.master { Role::Master } else { Role::User } }
    }
}

impl Card for KebaCard<'_> {
    type Key = Uid;

    const LIMIT: usize = 1000;

    fn key(&self) -> Uid {
        self.uid
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.uid.is_random() { Err(Refusal::RandomUid) } else { Ok(()) }
    }

    fn is_master(&self) -> bool {
        self.master
    }
}

const NAME: usize = 0;
const UID: usize = 1;
const EXPIRY: usize = 2;
const MASTER: usize = 3;
const STATUS: usize = 4;
const STATIONS: usize = 5;

impl<'t> SheetCard<'t> for KebaCard<'t> {
    type Settings = ();

    const SEPARATOR: char = ';';

    const COLUMNS: &'static [Column] = &[
        Column { name: "Name", aliases: &["CardName", "Label"], required: false },
        Column {
            name: "RFID",
            aliases: &["UID", "Id", "Token", "TokenId", "SerialNumberUID"],
            required: true,
        },
        Column { name: "ExpiryDate", aliases: &["Expiry", "ExpirationDate", "ValidUntil"], required: false },
        Column { name: "Master", aliases: &["MasterCard", "MasterRFIDCard"], required: false },
        Column { name: "Status", aliases: &["State"], required: true },
        Column {
            name: "SerialNumbers",
            aliases: &["Serials", "SerialNumber", "Stations", "ChargingStations", "ChargingStationSerialNo"],
            required: false,
        },
    ];

    fn read(line: &Line<'t>, (): ()) -> Result<Self, ImportError> {
        const STATUS_WORD: &str = "a status such as ACCEPTED or BLOCKED";
        const SERIALS: &str = "serial numbers of stations, joined by commas,";
        let (uid, why) = read_uid(line)?;
        let status = match line.plain(STATUS, STATUS_WORD)? {
            "ACCEPTED" => KebaStatus::Accepted,
            "BLOCKED" => KebaStatus::Blocked,
            "" => return Err(line.error(STATUS, STATUS_WORD)),
            other => KebaStatus::Other(other),
        };
        let master = [
            ("false", false),
            ("", false),
            ("0", false),
            ("no", false),
            ("true", true),
            ("1", true),
            ("yes", true),
        ];
        Ok(Self {
            uid,
            why,
            name: line.get(NAME),
            expires: read_date(line)?,
            master: line.word(MASTER, &master, "true or false")?,
            status,
            stations: Stations::new(line.plain(STATIONS, SERIALS)?)
                .ok_or_else(|| line.error(STATIONS, SERIALS))?,
        })
    }

    fn write(&self, column: usize, (): (), out: &mut dyn fmt::Write) -> fmt::Result {
        match column {
            NAME => write!(out, "{}", self.name),
            UID => out.write_str(&padded(&self.uid)),
            EXPIRY => self.expires.map_or(Ok(()), |date| {
                write!(out, "{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
            }),
            MASTER => write!(out, "{}", self.master),
            STATUS => out.write_str(self.status.as_str()),
            STATIONS => write!(out, "{}", self.stations.0),
            _ => Ok(()),
        }
    }

    fn same(&self, other: &Self, column: usize) -> bool {
        match column {
            NAME => self.name == other.name,
            UID => self.uid == other.uid,
            EXPIRY => self.expires == other.expires,
            MASTER => self.master == other.master,
            STATUS => self.status == other.status,
            STATIONS => self.stations.iter().eq(other.stations.iter()),
            _ => true,
        }
    }

    fn is_absent(&self, column: usize) -> bool {
        match column {
            NAME => self.name.is_empty(),
            EXPIRY => self.expires.is_none(),
            MASTER => !self.master,
            STATIONS => self.stations.is_all(),
            _ => false,
        }
    }
}

/// 16 digits are the padded form, 8, 14 and 20 are taken as they stand.
fn read_uid(line: &Line<'_>) -> Result<(Uid, Why), ImportError> {
    let expected = "a UID in hexadecimal";
    let text = line.plain(UID, expected)?;
    let fail = |error| line.problem(UID, Problem::Uid(error));
    if text.len() != 16 {
        return Uid::parse(text).map(|uid| (uid, Why::AsWritten)).map_err(fail);
    }
    let form = Candidates::from_keba(text).map_err(fail)?;
    let first = form.whole().next().ok_or_else(|| line.error(UID, "a UID other than all zeros"))?;
    Ok((first, form.why(&first).unwrap_or(Why::AsWritten)))
}

/// The form KEBA stations use for a card: lower case, filled up to 8 bytes with zeros. A UID of 10 bytes is not cut; its
/// 20 digits stand for themselves.
fn padded(uid: &Uid) -> Text<31> {
    let mut text = uid.text(UidFormat::LOWER);
    while text.len() < 16 {
        text.push(b'0');
    }
    text
}

/// Days that can be read one way only. A slash is refused, for day and month stand either way round, and so is a bare
/// number: both are what spreadsheets make of the column.
fn read_date(line: &Line<'_>) -> Result<Option<NaiveDate>, ImportError> {
    let expected = "a date as 31-12-2026 (spreadsheets change it: use a text editor)";
    let text = line.plain(EXPIRY, expected)?;
    if text.is_empty() {
        return Ok(None);
    }
    let mut parts = text.split(['-', '.']);
    let numbers = [parts.next(), parts.next(), parts.next()].map(|part| part.unwrap_or_default());
    let digits =
        numbers.map(|part| if part.bytes().all(|byte| byte.is_ascii_digit()) { part.len() } else { 0 });
    let [first, month, last] = numbers.map(|part| part.parse::<u32>().unwrap_or_default());
    let (year, day) = match digits {
        [2, 2, 4] => (last, first),
        [4, 2, 2] => (first, last),
        _ => return Err(line.error(EXPIRY, expected)),
    };
    let date = i32::try_from(year).ok().and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    match date.filter(|_| parts.next().is_none()) {
        Some(date) => Ok(Some(date)),
        None => Err(line.error(EXPIRY, expected)),
    }
}
