//! The scenario file: what the site is, who comes to charge and what goes wrong.
//!
//! Everything a *station* does follows from its vendor's configuration files, which the scenario only
//! names. The scenario adds what no such file holds: the wiring of the building, the cars, the accounts of
//! the back end and the faults to play.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::station::config::Vendor;
use crate::station::wiring::Wiring;

/// A parsed scenario file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Name of the site, for the report.
    pub name: String,
    /// UTC time at which the virtual clock starts.
    pub start: DateTime<Utc>,
    /// Length of the run in virtual minutes; the stations then have ten more to finish.
    pub minutes: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// Times, wishes and cars vary with the seed instead of being played as written; set when another seed is asked for.
    #[serde(skip)]
    pub varied: bool,
    /// Line-to-neutral voltage in volts.
    #[serde(rename = "voltage_V")]
    pub voltage: u32,
    /// Supply nodes above the stations; the first is the root.
    pub node: Vec<NodeEntry>,
    /// The building's own load.
    pub building: Building,
    /// The meter at the main connection.
    pub meter: Meter,
    /// The central system.
    pub back_end: BackEnd,
    /// Stations, each one OCPP identity.
    pub station: Vec<StationEntry>,
    /// Cars in order of arrival.
    pub car: Vec<CarEntry>,
    /// Faults and remote commands.
    #[serde(default)]
    pub event: Vec<EventEntry>,
}

/// A supply node: a fuse or a cable.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeEntry {
    /// Name, unique in the file.
    pub name: String,
    /// Name of the parent; none for the root.
    pub parent: Option<String>,
    /// Limit per phase L1, L2, L3 in amperes.
    #[serde(rename = "limit_A")]
    pub limit: [u32; 3],
}

/// The uncontrolled load of the building, a seeded random walk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Building {
    /// Node that feeds it.
    pub node: String,
    /// Middle of the walk per phase in amperes.
    #[serde(rename = "mean_A")]
    pub mean: [u32; 3],
    /// Largest distance from the middle in amperes.
    #[serde(rename = "swing_A")]
    pub swing: u32,
    /// Fastest change in milliamperes per second.
    #[serde(rename = "slew_mA_per_s")]
    pub slew: u32,
}

/// The meter of the main connection and what the load manager may assume about it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// Model; the site has a simulator for the Siemens 7KM2200.
    pub model: MeterModel,
    /// Does the meter see the chargers as well?
    pub location: MeterLocation,
    /// Current kept free per phase in amperes: the biggest step of the building between two readings.
    #[serde(rename = "headroom_A")]
    pub headroom: [u32; 3],
    /// Load assumed per phase in amperes when the meter is silent.
    #[serde(rename = "fallback_A")]
    pub fallback: [u32; 3],
    /// Age in seconds from which a reading no longer counts.
    pub max_age_s: u32,
    /// Seconds between two readings.
    pub poll_s: u32,
}

/// Meters that the site can simulate.
#[derive(Debug, Clone, Copy, Deserialize)]
pub enum MeterModel {
    /// Siemens SENTRON PAC2200.
    #[serde(rename = "7KM2200")]
    Siemens7KM2200,
}

/// Where the meter sits (Bender manual 7.4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeterLocation {
    /// Sees the building only.
    Excluding,
    /// Sees building and chargers.
    Including,
}

/// The central system.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackEnd {
    /// Address to listen at; port 0 takes any free port.
    pub listen: std::net::SocketAddr,
    /// Heartbeat interval in seconds.
    pub heartbeat_s: u32,
    /// Identifiers the back end knows.
    pub account: Vec<Account>,
}

/// An identifier known to the back end.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// OCPP `idTag`.
    pub id_tag: String,
    /// Its group, if any.
    pub parent: Option<String>,
    /// Blocked accounts answer `Blocked`.
    #[serde(default)]
    pub blocked: bool,
}

/// A station: one OCPP identity with one or more EVSEs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationEntry {
    /// Vendor of the files.
    pub vendor: Vendor,
    /// Configuration: a file (KEBA, EVlink) or a folder (Bender), relative to the scenario.
    pub config: PathBuf,
    /// Card list in the vendor's form, relative to the scenario.
    pub cards: Option<PathBuf>,
    /// Node that feeds the station.
    pub node: String,
    /// Number of sockets where the vendor's files do not tell.
    #[serde(default = "StationEntry::one")]
    pub sockets: u16,
    /// Wiring of each EVSE where the vendor's files do not hold it.
    #[serde(default)]
    pub rotation: Vec<Wiring>,
}

impl StationEntry {
    fn one() -> u16 {
        1
    }
}

/// A car and its driver.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarEntry {
    /// Name, for the report.
    pub name: String,
    /// Minute of arrival.
    pub at: u32,
    /// Identity of the station.
    pub station: String,
    /// Connector, from 1.
    pub connector: u32,
    /// Phases the car's charger uses, 1 to 3.
    pub phases: u8,
    /// Largest current of the car's charger in amperes.
    #[serde(rename = "max_A")]
    pub max: u32,
    /// Energy the battery takes in kWh.
    #[serde(rename = "needs_kWh")]
    pub needs: f64,
    /// Minute at which the driver leaves.
    pub leaves: u32,
    /// UID the driver presents, as printed on the card; none for free or remote charging.
    pub card: Option<String>,
    /// Card shown this many seconds after (or, negative, before) the cable is plugged.
    #[serde(default = "CarEntry::default_card_delay")]
    pub card_after_s: i32,
}

impl CarEntry {
    fn default_card_delay() -> i32 {
        20
    }
}

/// Something that happens at a minute of the run.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EventEntry {
    /// The central system is away.
    BackEndLoss {
        /// Minute it goes.
        at: u32,
        /// Minutes it stays away.
        minutes: u32,
    },
    /// The meter does not answer.
    MeterLoss {
        /// Minute it goes silent.
        at: u32,
        /// Minutes it stays silent.
        minutes: u32,
    },
    /// The meter answers garbage: exceptions, NaN, cut frames.
    MeterGarbage {
        /// Minute it starts.
        at: u32,
        /// Minutes it lasts.
        minutes: u32,
    },
    /// The back end starts a transaction.
    RemoteStart {
        /// Minute.
        at: u32,
        /// Identity of the station.
        station: String,
        /// Connector, from 1.
        connector: u32,
        /// `idTag` to use.
        id_tag: String,
    },
    /// The back end stops the transaction of a connector.
    RemoteStop {
        /// Minute.
        at: u32,
        /// Identity of the station.
        station: String,
        /// Connector, from 1.
        connector: u32,
    },
    /// The back end limits a connector (0 = the whole station) with a charging profile.
    ChargingProfile {
        /// Minute.
        at: u32,
        /// Identity of the station.
        station: String,
        /// Connector; 0 for `ChargePointMaxProfile`.
        connector: u32,
        /// Limit per phase in amperes.
        #[serde(rename = "limit_A")]
        limit: u32,
        /// Length in minutes.
        minutes: u32,
    },
    /// The building's energy manager limits what the whole site may use, through KEBA's register for that.
    EnergyManager {
        /// Minute.
        at: u32,
        /// Length in minutes.
        minutes: u32,
        /// Limit per phase in amperes.
        #[serde(rename = "limit_A")]
        limit: u32,
    },
    /// The back end calls an action that the station does not support.
    UnsupportedCall {
        /// Minute.
        at: u32,
        /// Identity of the station.
        station: String,
    },
}

/// Why a scenario cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a scenario; the text says where and what is expected.
    #[error("{path}:{line}:{column}: {message}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Line from 1.
        line: usize,
        /// Column in characters from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Entries contradict each other.
    #[error("{path}: {message}")]
    Inconsistent {
        /// The file.
        path: PathBuf,
        /// What is wrong and what would be right.
        message: String,
    },
}

impl Scenario {
    /// Reads and checks a scenario file.
    ///
    /// # Errors
    /// Unreadable file, wrong TOML (with line and column), unknown node names, impossible numbers.
    pub fn load(path: &Path) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ScenarioError::Read { path: path.into(), source })?;
        let scenario: Self = toml::from_str(&text).map_err(|e| {
            let (line, column) = e.span().map_or((1, 1), |span| position(&text, span.start));
            ScenarioError::Parse { path: path.into(), line, column, message: e.message().to_owned() }
        })?;
        scenario.check().map_err(|message| ScenarioError::Inconsistent { path: path.into(), message })?;
        Ok(scenario)
    }

    fn check(&self) -> Result<(), String> {
        let mut seen = HashSet::new();
        for (i, node) in self.node.iter().enumerate() {
            match &node.parent {
                None if i > 0 => {
                    return Err(format!(
                        "node {}: only the first node is the root; name its parent",
                        node.name
                    ));
                }
                Some(parent) if !seen.contains(parent.as_str()) => {
                    return Err(format!("node {}: parent {parent} must stand before it", node.name));
                }
                _ => {}
            }
            if !seen.insert(node.name.as_str()) {
                return Err(format!("node {}: the name stands twice", node.name));
            }
        }
        if seen.is_empty() {
            return Err("no [[node]]: the first one is the main connection".to_owned());
        }
        let feeds = self.station.iter().map(|s| &s.node).chain([&self.building.node]);
        if let Some(unknown) = feeds.into_iter().find(|n| !seen.contains(n.as_str())) {
            return Err(format!("no node is called {unknown}"));
        }
        if let Some(car) = self.car.iter().find(|c| !(1..=3).contains(&c.phases)) {
            return Err(format!("car {}: phases is 1, 2 or 3", car.name));
        }
        if self.minutes < 5 {
            return Err("minutes must be at least 5".to_owned());
        }
        Ok(())
    }
}

/// Line and column (from 1, in characters) of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    (line, column)
}
