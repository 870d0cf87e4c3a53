//! What the three vendors' files have in common: one neutral description of a station, each value with the
//! key and line it came from.
//!
//! Only what a file says is there; a field no key fills is `None`. The vendors do not draw the same lines:
//! KEBA counts currents in mA and knows the whole charging network, EVlink in A with separate floors for one
//! and three phases, Bender in A per connector with three levels of rights. Which key became which field, and
//! which of these readings are inferred, is written at each vendor's `station` module.

mod authorization;
mod beside;
mod current;
mod disconnected;
mod link;
pub(crate) mod map;
mod meter;
mod network;
pub(crate) mod read;

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write};

pub use authorization::{Authorization, FreeCharging, OfflineMode, OnlineMode, UidForm};
pub use beside::{Neighbour, beside};
pub use current::{Current, Role, Scope};
pub use link::{BackEnd, Protocol, Timings};
pub use meter::{Meter, Meters};
pub use network::{Network, Time};

use crate::document::Entry;
use crate::finding::{Check, Finding};
use crate::profile::Vendor;
use crate::text::Span;
use crate::units::SupplyVoltage;

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file within a folder of files; none for a single file.
    pub file: Option<String>,
    /// The section, if the format has sections.
    pub section: Option<String>,
    /// The key as written.
    pub key: String,
    /// Line from 1.
    pub line: usize,
    /// Column of the value from 1, in characters.
    pub column: usize,
    /// The value's bytes.
    pub span: Span,
}

impl Origin {
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        Self {
            file: entry.file.map(ToOwned::to_owned),
            section: entry.section.map(|section| section.decode()),
            key: entry.key.decode(),
            line: entry.line,
            column: entry.column(entry.value_span.start),
            span: entry.value_span,
        }
    }
}

impl Origin {
    /// A finding about the value.
    pub(crate) fn finding(&self, check: Check, message: String) -> Finding {
        let Self { file, key, line, column, span, .. } = self.clone();
        Finding { check, severity: check.severity(), file, line, column, span, key, message }
    }
}

/// `[SECTION] key, line 12`, or the file's name for a folder of one-value files.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, &self.section) {
            (Some(file), _) => f.write_str(file),
            (None, Some(section)) => write!(f, "[{section}] {}, line {}", self.key, self.line),
            (None, None) => write!(f, "{}, line {}", self.key, self.line),
        }
    }
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The key and line it came from.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// Another reading of the same value.
    pub(crate) fn map<U>(self, reading: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { value: reading(self.value), origin: self.origin }
    }
}

/// A station as its files describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StationModel {
    /// The maker.
    pub vendor: Vendor,
    /// Name of the station on the local network or for people.
    pub name: Option<Setting<String>>,
    /// Connectors (KEBA: stations of the charging network, master included).
    pub connectors: Option<Setting<u16>>,
    /// Serial numbers of the stations of a network, by connector from 1.
    pub serials: Vec<PerConnector<String>>,
    /// Phases of the supply: 1 or 3.
    pub phases: Vec<PerConnector<u8>>,
    /// How each connector is wired to the supply.
    pub rotations: Vec<PerConnector<Rotation>>,
    /// Nominal supply voltage.
    pub voltage: Option<Setting<SupplyVoltage>>,
    /// Currents that bound what a car may draw.
    pub currents: Vec<Current>,
    /// The local network.
    pub network: Network,
    /// The clock.
    pub time: Time,
    /// The OCPP link.
    pub back_end: BackEnd,
    /// Who may charge.
    pub authorization: Authorization,
    /// Meters the station reads.
    pub meters: Meters,
    /// Periods of the OCPP messages, s.
    pub timings: Timings,
}

/// A setting of one connector; `None` where it holds for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PerConnector<T> {
    /// Connector from 1.
    pub connector: Option<u16>,
    /// What is set.
    pub setting: Setting<T>,
}

/// How a connector's terminals are wired to the supply: for terminals L1, L2, L3 the supply line (1 to 3), or
/// none if not wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rotation(pub [Option<u8>; 3]);

impl Rotation {
    /// Terminals in the order of the supply lines.
    pub const RST: Self = Self([Some(1), Some(2), Some(3)]);

    /// Reads OCPP's letters (OCPP 1.6 §9.1.3): R, S, T for lines 1, 2, 3; KEBA writes `x` for a terminal that
    /// is not wired.
    #[must_use]
    pub fn from_letters(letters: &str) -> Option<Self> {
        let mut lines = letters.chars().map(|letter| match letter.to_ascii_uppercase() {
            'R' => Some(Some(1)),
            'S' => Some(Some(2)),
            'T' => Some(Some(3)),
            'X' => Some(None),
            _ => None,
        });
        let wired = [lines.next()??, lines.next()??, lines.next()??];
        let [a, b, c] = wired;
        let doubled = (a.is_some() && (a == b || a == c)) || (b.is_some() && b == c);
        (lines.next().is_none() && !doubled && wired != [None; 3]).then_some(Self(wired))
    }

    /// Number of wired terminals, 1 to 3.
    #[must_use]
    pub fn phases(self) -> u8 {
        self.0.iter().flatten().map(|_| 1_u8).sum()
    }
}

/// The letters [`Rotation::from_letters`] reads.
impl fmt::Display for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = |line: &Option<u8>| match line {
            Some(1) => 'R',
            Some(2) => 'S',
            Some(_) => 'T',
            None => 'x',
        };
        self.0.iter().try_for_each(|line| f.write_char(letter(line)))
    }
}

impl StationModel {
    /// A station of which nothing is known but its maker.
    #[must_use]
    pub fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            name: None,
            connectors: None,
            serials: Vec::new(),
            phases: Vec::new(),
            rotations: Vec::new(),
            voltage: None,
            currents: Vec::new(),
            network: Network::default(),
            time: Time::default(),
            back_end: BackEnd::default(),
            authorization: Authorization::default(),
            meters: Meters::default(),
            timings: Timings::default(),
        }
    }

    /// Everything that contradicts itself: limits above the limits that bind them, currents no car may get,
    /// addresses that do not fit each other or the OCPP version. Wrong single values are the business of the
    /// files' own findings.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = current::findings(&self.currents, self.uniform_phases());
        findings.extend(disconnected::findings(self));
        findings.extend(self.network.findings());
        findings.extend(self.back_end.findings());
        let meters = [&self.meters.building, &self.meters.station, &self.meters.alternative];
        let addresses = meters.into_iter().filter_map(|meter| meter.host.as_ref());
        findings.extend(network::reserved(self.vendor, addresses.chain(&self.network.address)));
        findings
    }

    /// The number of phases, if all connectors have the same.
    fn uniform_phases(&self) -> Option<u8> {
        let mut phases = self.phases.iter().map(|phases| phases.setting.value);
        let first = phases.next()?;
        phases.all(|other| other == first).then_some(first)
    }
}

/// Adds the setting of a connector in place of an earlier one: of duplicates the last one counts.
pub(crate) fn put<T>(list: &mut Vec<PerConnector<T>>, connector: Option<u16>, setting: Option<Setting<T>>) {
    if let Some(setting) = setting {
        list.retain(|other| other.connector != connector);
        list.push(PerConnector { connector, setting });
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn rotations_read_letters() {
        assert_eq!(Rotation::from_letters("STR"), Some(Rotation([Some(2), Some(3), Some(1)])));
        assert_eq!(Rotation::from_letters("Rxx"), Some(Rotation([Some(1), None, None])));
        assert_eq!(Rotation::from_letters("Rxx").map(Rotation::phases), Some(1));
        assert_eq!(
            Rotation::from_letters("trs").map(|rotation| rotation.to_string()),
            Some("TRS".to_string())
        );
        for wrong in ["", "RS", "RRT", "xxx", "RSTR", "NotApplicable"] {
            assert_eq!(Rotation::from_letters(wrong), None, "{wrong}");
        }
    }
}
