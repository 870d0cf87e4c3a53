//! What is known about a vendor's keys: as data, never as code.
//!
//! A [`Profile`] is a table of [`Key`] rows. It adds meaning to a lossless file and nothing else: unknown
//! keys are kept and reported, and a caller may bring a table of its own. Every row carries a [`Confidence`]:
//! names come from manuals and from dumps of real stations; types, units and ranges are often concluded from
//! a name and a value, and then the row says so.

mod index;
mod lookup;
mod value;

pub(crate) use index::index;
#[cfg(feature = "alloc")]
pub(crate) use lookup::MOST_NUMBERED;
pub use lookup::{Known, Rule};
#[cfg(feature = "alloc")]
pub(crate) use value::UNDEFINED;
pub use value::{Expected, Secret, Value};

/// The makers whose files this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Vendor {
    /// KEBA KeContact P30 and P40.
    Keba,
    /// Schneider EVlink Wallbox, Parking, City.
    Evlink,
    /// Bender CC612, CC613, ICC.
    Bender,
}

impl core::fmt::Display for Vendor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.pad(match self {
            Self::Keba => "KEBA",
            Self::Evlink => "EVlink",
            Self::Bender => "Bender",
        })
    }
}

/// A vendor's keys.
#[derive(Debug, Clone, Copy)]
pub struct Profile<'p> {
    /// Whose keys they are.
    pub vendor: Vendor,
    /// One row per key.
    pub keys: &'p [Key<'p>],
    /// Where names are among the rows; empty where nobody has counted them out.
    index: &'p [u16],
}

impl<'p> Profile<'p> {
    /// A table of the caller. Looking a key up walks all rows; the tables of this crate have an index.
    #[must_use]
    pub const fn new(vendor: Vendor, keys: &'p [Key<'p>]) -> Self {
        Self { vendor, keys, index: &[] }
    }

    /// A table with the [`index`] of its names.
    pub(crate) const fn indexed(vendor: Vendor, keys: &'p [Key<'p>], index: &'p [u16]) -> Self {
        Self { vendor, keys, index }
    }
}

/// One known key. Built in tables by the `const` functions below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Key<'p> {
    /// The section it stands in; none where no source shows it, then any section is right.
    pub section: Option<&'p str>,
    /// Its name; for a numbered key without the number.
    pub name: &'p str,
    /// The name it has in another place, such as GetConfiguration.
    pub alias: Option<&'p str>,
    /// Whether a connector or station number from 1 follows the name.
    pub numbered: bool,
    /// Form and range of its values.
    pub kind: Kind<'p>,
    /// Unit of its numbers.
    pub unit: Unit,
    /// Whether an empty value (EVlink: or `UNDEFINED`) means unset; else it is an error.
    pub optional: bool,
    /// Whether a file without it is incomplete.
    pub required: bool,
    /// The factory value, where a manual states it.
    pub default: Option<&'p str>,
    /// The value one real station had; not proven to be the default. None where the source hides it.
    pub seen: Option<&'p str>,
    /// Whether the back end may change it.
    pub access: Access,
    /// The least account that may change it at the station.
    pub account: Account,
    /// Never shown: not in `Debug`, findings or differences.
    pub secret: bool,
    /// Belongs to one station: left out of clones.
    pub station_specific: bool,
    /// Written by the station while it runs: left out of clones and comparisons.
    pub state: bool,
    /// The first firmware that has it, where a source says so.
    pub since: Option<&'p str>,
    /// Whether type, unit and range are documented.
    pub confidence: Confidence,
    /// Where the row comes from.
    pub source: &'p str,
}

/// Form and range of a key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind<'p> {
    /// `true` or `false`, letter case free.
    Bool,
    /// `0` or `1`.
    Bit,
    /// `on` or `off`, letter case free.
    Switch,
    /// A whole number.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A number with a decimal point.
    Decimal,
    /// `0x` and hex digits.
    Mask {
        /// How many digits at most.
        digits: u8,
    },
    /// One of these words, letter case free.
    Choice(&'p [&'p str]),
    /// One of these words or another: the list is not known to be complete.
    OpenChoice(&'p [&'p str]),
    /// Text.
    Text {
        /// Fewest characters.
        min: u16,
        /// Most characters; 0 if no limit is known.
        max: u16,
    },
    /// An address with one of these schemes in front of `://`.
    Url(&'p [&'p str]),
    /// An IPv4 address.
    Ipv4,
    /// A number of exactly so many digits, such as a serial number.
    Digits(u8),
    /// Encrypted text: hex digits in blocks of 32.
    Cipher,
    /// EVlink's name of a station on the network: up to 30 of `A`-`Z`, `0`-`9`, blank and `+`.
    StationName,
    /// `'lang','text',a,b,c`: what a KEBA display shows. The text has up to 20 plain characters and does not
    /// name the units Wh or kWh, which the station would not show.
    DisplayText,
    /// `1.RST,2.STR`: a word for each connector.
    PerConnector(&'p [&'p str]),
}

/// Unit of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Unit {
    /// A pure number.
    #[default]
    None,
    /// 0.001 A.
    Milliampere,
    /// A.
    Ampere,
    /// 0.1 mA.
    Decimilliampere,
    /// V.
    Volt,
    /// W.
    Watt,
    /// 0.001 W.
    Milliwatt,
    /// Wh.
    WattHour,
    /// Degrees Celsius.
    DegreeCelsius,
    /// Wh for each pulse.
    WattHourPerPulse,
    /// %.
    Percent,
    /// ms.
    Millisecond,
    /// s.
    Second,
    /// min.
    Minute,
    /// d.
    Day,
    /// Byte.
    Byte,
    /// 10^6 byte.
    Megabyte,
    /// There is a unit, but no source names it.
    Unknown,
}

impl Unit {
    /// The sign, empty for a pure number.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Milliampere => "mA",
            Self::Ampere => "A",
            Self::Decimilliampere => "0.1 mA",
            Self::Volt => "V",
            Self::Watt => "W",
            Self::Milliwatt => "mW",
            Self::WattHour => "Wh",
            Self::DegreeCelsius => "degC",
            Self::WattHourPerPulse => "Wh/pulse",
            Self::Percent => "%",
            Self::Millisecond => "ms",
            Self::Second => "s",
            Self::Minute => "min",
            Self::Day => "d",
            Self::Byte => "byte",
            Self::Megabyte => "MB",
            Self::Unknown => "unit not documented",
        }
    }
}

/// What a back end may do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Read and write.
    ReadWrite,
    /// Read only.
    ReadOnly,
    /// Not offered to the back end, as far as known.
    Hidden,
}

/// Accounts of the stations' web pages, least rights first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Account {
    /// The user of the station: KEBA's only web account, EVlink's second one.
    User,
    /// Bender's operator, EVlink's administrator.
    Operator,
    /// Bender's installer.
    Installer,
    /// Bender's manufacturer.
    Manufacturer,
}

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Confidence {
    /// A manual or a dump of a real station shows it.
    Confirmed,
    /// Concluded from names, values and neighbours.
    Inferred,
}

impl<'p> Key<'p> {
    /// A key that may be read and written, in no known section, whose facts are confirmed.
    #[must_use]
    pub const fn new(name: &'p str, kind: Kind<'p>, source: &'p str) -> Self {
        Self {
            section: None,
            name,
            alias: None,
            numbered: false,
            kind,
            unit: Unit::None,
            optional: false,
            required: false,
            default: None,
            seen: None,
            access: Access::ReadWrite,
            account: Account::User,
            secret: false,
            station_specific: false,
            state: false,
            since: None,
            confidence: Confidence::Confirmed,
            source,
        }
    }

    /// Stands in this section.
    #[must_use]
    pub const fn within(mut self, section: &'p str) -> Self {
        self.section = Some(section);
        self
    }

    /// Is called so elsewhere.
    #[must_use]
    pub const fn alias(mut self, alias: &'p str) -> Self {
        self.alias = Some(alias);
        self
    }

    /// Is followed by a number from 1.
    #[must_use]
    pub const fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// Has this unit.
    #[must_use]
    pub const fn unit(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// May be unset.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Leaves the factory with this value.
    #[must_use]
    pub const fn default(mut self, default: &'p str) -> Self {
        self.default = Some(default);
        self
    }

    /// Had this value in one real station.
    #[must_use]
    pub const fn seen(mut self, seen: &'p str) -> Self {
        self.seen = Some(seen);
        self
    }

    /// Has this access by the back end.
    #[must_use]
    pub const fn access(mut self, access: Access) -> Self {
        self.access = access;
        self
    }

    /// Is changed by this account or a higher one.
    #[must_use]
    pub const fn account(mut self, account: Account) -> Self {
        self.account = account;
        self
    }

    /// Must never be shown.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Belongs to one station.
    #[must_use]
    pub const fn station_specific(mut self) -> Self {
        self.station_specific = true;
        self
    }

    /// Is written by the station itself.
    #[must_use]
    pub const fn state(mut self) -> Self {
        self.state = true;
        self
    }

    /// Exists from this firmware on.
    #[must_use]
    pub const fn since(mut self, firmware: &'p str) -> Self {
        self.since = Some(firmware);
        self
    }

    /// Has a type, unit or range that no source states.
    #[must_use]
    pub const fn inferred(mut self) -> Self {
        self.confidence = Confidence::Inferred;
        self
    }
}
