//! What the three vendors' files have in common: one neutral description of a station, each value with the key and line it came from.
//!
//! Only what a file says is there; a field no key fills is `None`. The vendors do not draw the same lines: KEBA counts currents in mA and
//! knows the whole charging network, EVlink in A with separate floors for one and three phases, Bender in A per connector with three
//! levels of rights. Which key became which field, and which of these readings are inferred, is written at each vendor's `station` module.

pub(crate) mod read;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use self::read::Read;
use crate::document::Entry;
use crate::finding::{Check, Finding};
use crate::profile::Vendor;
use crate::text::Span;
use crate::units::{Milliamps, SupplyVoltage};

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
    /// The OCPP link.
    pub back_end: BackEnd,
    /// Who may charge.
    pub authorization: Authorization,
    /// Meters the station reads.
    pub meters: Vec<Meter>,
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

/// How a connector's terminals are wired to the supply: for terminals L1, L2, L3 the supply line (1 to 3), or none if not wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rotation(pub [Option<u8>; 3]);

impl Rotation {
    /// Terminals in the order of the supply lines.
    pub const RST: Self = Self([Some(1), Some(2), Some(3)]);

    /// Reads OCPP's letters (OCPP 1.6 §9.1.3): R, S, T for lines 1, 2, 3; KEBA writes `x` for a terminal that is not wired.
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

    /// Number of wired terminals.
    #[must_use]
    pub fn phases(self) -> usize {
        self.0.iter().flatten().count()
    }
}

/// One current of the file and what it bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Current {
    /// Who set the bound, or when it holds.
    pub role: Role,
    /// What it bounds.
    pub scope: Scope,
    /// If given, it holds for cars on so many phases only.
    pub phases: Option<u8>,
    /// If given, it holds for this supply line only (1 to 3); else for each phase.
    pub line: Option<u8>,
    /// The current per phase.
    pub setting: Setting<Milliamps>,
}

/// Who set a current, or when it holds. The first three are in the order of who binds whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// The maker's limit.
    Hardware,
    /// The electrician's limit.
    Installation,
    /// The operator's limit.
    Operator,
    /// Below this a session waits instead of charging.
    Minimum,
    /// Limit while master or energy manager cannot be reached; 0 stops.
    Disconnected,
    /// Limit while a load-shedding input is active; 0 stops.
    LoadShedding,
    /// Limit for cars that do not load all phases alike.
    Asymmetry,
    /// A current assumed or kept free in load management.
    Reserve,
}

/// What a current bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// The main connection of the building.
    Main,
    /// The sub-distribution that feeds the stations.
    SubDistribution,
    /// All stations of a charging network or cluster together.
    Network,
    /// The whole station, or the one feed line of a double station.
    Station,
    /// Each connector alone.
    EachConnector,
    /// This connector, from 1.
    Connector(u16),
}

/// The link to the back end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct BackEnd {
    /// Identity at the back end.
    pub identity: Option<Setting<String>>,
    /// Version and transport.
    pub protocol: Option<Setting<Protocol>>,
    /// Whether the scheme of the address is WebSocket's, where the file has the address as one URL.
    pub websocket: Option<Setting<bool>>,
    /// Whether the link is encrypted.
    pub encrypted: Option<Setting<bool>>,
    /// Host name or address.
    pub host: Option<Setting<String>>,
    /// TCP port.
    pub port: Option<Setting<u16>>,
    /// Path, without the slash in front.
    pub path: Option<Setting<String>>,
    /// OCPP security profile, 0 to 3.
    pub security_profile: Option<Setting<u8>>,
}

/// OCPP version and transport.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Protocol {
    /// OCPP 1.5 over SOAP.
    Ocpp15Soap,
    /// OCPP 1.5 over WebSocket.
    Ocpp15Json,
    /// OCPP 1.6 over SOAP.
    Ocpp16Soap,
    /// OCPP 1.6 over WebSocket.
    Ocpp16Json,
    /// OCPP 2.0.1 over WebSocket.
    Ocpp201Json,
    /// A word this crate does not know.
    Other(String),
}

impl Protocol {
    /// Whether messages travel over a WebSocket.
    #[must_use]
    pub const fn is_json(&self) -> bool {
        matches!(self, Self::Ocpp15Json | Self::Ocpp16Json | Self::Ocpp201Json)
    }
}

impl BackEnd {
    /// Cuts a URL into its parts: `wss://host:port/path`.
    pub(crate) fn take_url(&mut self, read: &Read<'_, '_>) {
        let Some(url) = read.text() else { return };
        let Some((scheme, rest)) = url.value.split_once("://") else { return };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        // The last colon sets the port off, but not one inside the brackets of an IPv6 address.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, port.parse().ok()),
            _ => (authority, None),
        };
        self.websocket = Some(read.setting(scheme.to_ascii_lowercase().starts_with("ws")));
        self.encrypted = Some(read.setting(scheme.to_ascii_lowercase().ends_with('s') && scheme.len() != 2));
        self.host = Some(read.setting(host.into()));
        self.port = port.map(|port| read.setting(port));
        self.path = (!path.is_empty()).then(|| read.setting(path.into()));
    }

    /// The address as one URL, without the identity: `wss://host:port/path`. None without a host.
    #[must_use]
    pub fn url(&self) -> Option<String> {
        let host = self.host.as_ref().map(|host| host.value.as_str()).filter(|host| !host.is_empty())?;
        let json = self.protocol.as_ref().is_none_or(|protocol| protocol.value.is_json());
        let encrypted = self.encrypted.as_ref().is_some_and(|encrypted| encrypted.value);
        let scheme = match (json, encrypted) {
            (true, true) => "wss",
            (true, false) => "ws",
            (false, true) => "https",
            (false, false) => "http",
        };
        let port = self.port.as_ref().map(|port| format!(":{}", port.value)).unwrap_or_default();
        let path = self.path.as_ref().map_or("", |path| path.value.as_str());
        Some(format!("{scheme}://{host}{port}/{path}"))
    }
}

/// Who may charge.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Authorization {
    /// Whether a card or a remote start is needed at all.
    pub required: Option<Setting<bool>>,
    /// Lookup order while the back end answers.
    pub online: Option<Setting<OnlineMode>>,
    /// Rule while the back end cannot be reached.
    pub offline: Option<Setting<OfflineMode>>,
    /// Whether a listed card starts before the back end has answered.
    pub local_pre_authorize: Option<Setting<bool>>,
    /// Whether listed cards start offline.
    pub local_authorize_offline: Option<Setting<bool>>,
    /// Whether cards in no list start offline.
    pub unknown_offline: Option<Setting<bool>>,
    /// Whether the station's own list is used.
    pub local_list: Option<Setting<bool>>,
    /// Whether answers of the back end are kept.
    pub cache: Option<Setting<bool>>,
    /// The token sent where no card is shown.
    pub default_token: Option<Setting<String>>,
    /// Bender's mode of charging without authorization.
    pub free_charging: Option<Setting<FreeCharging>>,
    /// How the station writes UIDs.
    pub uid_form: Option<Setting<UidForm>>,
    /// Time to plug in after showing a card, or to answer; s.
    pub timeout: Option<Setting<u32>>,
    /// Whether a session goes on after a power failure.
    pub resume_after_power_cut: Option<Setting<bool>>,
}

/// Lookup order while the back end answers (KEBA manual, authorization).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnlineMode {
    /// Local list first, then the back end.
    FirstLocal,
    /// Always the back end.
    FirstOnline,
    /// Local list only.
    OnlyLocal,
}

/// Rule while the back end cannot be reached. The scales of the vendors differ; these are the rules themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OfflineMode {
    /// All cards but those stored with a status other than accepted.
    AllButBlocked,
    /// Only cards stored as accepted.
    ListedOnly,
    /// All cards; checked once the back end is there again.
    AllForNow,
    /// No charging.
    Nobody,
    /// Everybody, without a card.
    Free,
    /// Everybody, at once when the cable is plugged in.
    FreeOnPlug,
}

/// Charging without authorization, as Bender numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FreeCharging {
    /// A card is needed.
    Off,
    /// Free; the mode is another key or not known.
    On,
    /// Mode 1: no OCPP at all.
    NoOcpp,
    /// Modes 2 and 3: status messages only.
    StatusOnly {
        /// Whether any card must be shown.
        card: bool,
    },
    /// Modes 4 and 5: transactions under the fixed token.
    FixedToken {
        /// Whether any card must be shown.
        card: bool,
    },
    /// Mode 6: transactions under the shown card.
    AnyCard,
}

/// How a station writes UIDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct UidForm {
    /// Upper-case hex digits.
    pub upper_case: bool,
    /// Last byte first.
    pub reversed: bool,
}

/// A meter the station reads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meter {
    /// What it measures.
    pub place: MeterPlace,
    /// Whether it is used, where a key says so.
    pub enabled: Option<Setting<bool>>,
    /// Model: a name, or EVlink's code.
    pub model: Option<Setting<String>>,
    /// Network address.
    pub host: Option<Setting<String>>,
    /// TCP port.
    pub port: Option<Setting<u16>>,
    /// Modbus unit or RTU address.
    pub unit: Option<Setting<u8>>,
}

impl Meter {
    /// A meter of which nothing is known but its place.
    #[must_use]
    pub const fn at(place: MeterPlace) -> Self {
        Self { place, enabled: None, model: None, host: None, port: None, unit: None }
    }
}

/// What a meter measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MeterPlace {
    /// The building's connection.
    Building,
    /// The station, or its first socket.
    Station,
    /// The other socket or load.
    Alternative,
}

/// Periods of the OCPP messages in s; 0 means off where the vendor says so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Timings {
    /// Heartbeat.
    pub heartbeat: Option<Setting<u32>>,
    /// Sampled meter values.
    pub meter_sample: Option<Setting<u32>>,
    /// Clock-aligned meter values.
    pub clock_aligned: Option<Setting<u32>>,
    /// Time to plug in after an authorization (OCPP `ConnectionTimeOut`).
    pub connection: Option<Setting<u32>>,
    /// WebSocket ping.
    pub ping: Option<Setting<u32>>,
    /// Pause before a transaction message is sent again.
    pub transaction_retry: Option<Setting<u32>>,
    /// How often a transaction message is tried; a count, not a time.
    pub transaction_attempts: Option<Setting<u32>>,
    /// Shortest time a status must last to be reported.
    pub minimum_status: Option<Setting<u32>>,
    /// Rotation time of the waiting queue.
    pub queue_rotation: Option<Setting<u32>>,
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
            back_end: BackEnd::default(),
            authorization: Authorization::default(),
            meters: Vec::new(),
            timings: Timings::default(),
        }
    }

    /// The meter at this place, added if there is none yet.
    pub(crate) fn meter_at(&mut self, place: MeterPlace) -> &mut Meter {
        let index = self.meters.iter().position(|meter| meter.place == place).unwrap_or_else(|| {
            self.meters.push(Meter::at(place));
            self.meters.len() - 1
        });
        &mut self.meters[index]
    }

    /// The currents of one role.
    pub fn currents_of(&self, role: Role) -> impl Iterator<Item = &Current> {
        self.currents.iter().filter(move |current| current.role == role)
    }

    /// The lowest current of this role that holds for one connector alone, on all phases: its own or the one for each.
    #[must_use]
    pub fn connector_current(&self, role: Role, connector: u16) -> Option<&Current> {
        let holds = |current: &&Current| {
            let here =
                matches!(current.scope, Scope::EachConnector) || current.scope == Scope::Connector(connector);
            here && current.line.is_none() && current.phases.is_none_or(|phases| phases == 3)
        };
        self.currents_of(role).filter(holds).min_by_key(|current| current.setting.value)
    }

    /// The lowest limit for one connector: hardware, installation and operator limits of the connector and of the station.
    #[must_use]
    pub fn connector_limit(&self, connector: u16) -> Option<&Current> {
        let limits = [Role::Hardware, Role::Installation, Role::Operator];
        let own = limits.iter().filter_map(|&role| self.connector_current(role, connector));
        own.chain(self.station_limit()).min_by_key(|current| current.setting.value)
    }

    /// The lowest limit for the whole station on all phases.
    #[must_use]
    pub fn station_limit(&self) -> Option<&Current> {
        let limit = |current: &&Current| {
            current.scope == Scope::Station && current.role <= Role::Operator && current.line.is_none()
        };
        self.currents.iter().filter(limit).min_by_key(|current| current.setting.value)
    }

    /// Compares the settings with each other: limits against the limits that bind them, currents against the 6 A of IEC 61851-1.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.limits_above_limits();
        findings.extend(self.currents.iter().filter_map(below_minimum));
        findings
    }

    /// Each operator and installation limit must not exceed the one above it: maker, electrician, operator; and no connector its station.
    fn limits_above_limits(&self) -> Vec<Finding> {
        let limits = || self.currents.iter().filter(|current| current.role <= Role::Operator);
        let mut findings = Vec::new();
        for low in limits() {
            let above = limits().filter(|high| binds(high, low) && low.setting.value > high.setting.value);
            if let Some(high) = above.min_by_key(|high| high.setting.value) {
                let message = format!(
                    "`{}` is {} but {} limits it to {}; set at most {}",
                    low.setting.origin.key,
                    low.setting.value,
                    high.setting.origin,
                    high.setting.value,
                    high.setting.value
                );
                findings.push(about(Check::LimitAboveLimit, &low.setting.origin, message));
            }
        }
        findings
    }
}

/// Whether `high` is a bound that `low` must not exceed.
fn binds(high: &Current, low: &Current) -> bool {
    let same_line = high.line == low.line || high.line.is_none();
    let same_scope = high.scope == low.scope
        || (high.scope == Scope::EachConnector && matches!(low.scope, Scope::Connector(_)));
    let stronger = same_scope && high.role < low.role;
    let wider = high.scope == Scope::Station
        && matches!(low.scope, Scope::EachConnector | Scope::Connector(_))
        && high.role <= low.role;
    same_line && (stronger || wider)
}

/// A current that lets cars charge must be at least 6 A, or 0 where 0 means stop.
fn below_minimum(current: &Current) -> Option<Finding> {
    let zero_stops = match current.role {
        Role::Operator | Role::Disconnected | Role::LoadShedding | Role::Asymmetry => true,
        Role::Hardware | Role::Installation | Role::Minimum => false,
        Role::Reserve => return None,
    };
    let value = current.setting.value;
    if value >= Milliamps::IEC_MINIMUM || (zero_stops && value == Milliamps(0)) {
        return None;
    }
    let least = Milliamps::IEC_MINIMUM;
    let zero = if zero_stops { ", or 0 to stop charging" } else { "" };
    let key = &current.setting.origin.key;
    let message =
        format!("`{key}` is {value}, below the least current of IEC 61851-1; set at least {least}{zero}");
    Some(about(Check::BelowMinimum, &current.setting.origin, message))
}

/// A finding at the value of a setting.
pub(crate) fn about(check: Check, origin: &Origin, message: String) -> Finding {
    Finding {
        check,
        severity: check.severity(),
        file: origin.file.clone(),
        line: origin.line,
        column: origin.column,
        span: origin.span,
        key: origin.key.clone(),
        message,
    }
}
