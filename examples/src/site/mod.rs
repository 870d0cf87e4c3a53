//! The main job: a whole charging site in virtual time over real sockets.

pub mod agenda;
pub mod audit;
pub mod books;
pub mod check;
pub mod decisions;
pub mod drivers;
pub mod files;
pub mod line;
pub mod manager;
pub mod record;
pub mod report;
pub mod scenario;
pub mod story;
pub mod wire;
pub mod world;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::station::certificates::CertificateStore;
use crate::station::config::{ConfigError, StationConfig};
use crate::station::credentials::Credentials;
use crate::station::store::Store;
use crate::station::{self, Start, StartError};
use manager::{Layout, Manager, ManagerError};
use record::Record;
use scenario::{Scenario, ScenarioError};
use world::World;

/// How to run a site.
#[derive(Debug, Clone)]
pub struct Options {
    /// The scenario file.
    pub scenario: PathBuf,
    /// Length in virtual minutes instead of the scenario's.
    pub minutes: Option<u32>,
    /// Seed instead of the scenario's; then times, wishes and cars vary.
    pub seed: Option<u64>,
    /// Virtual seconds per real second; none: as fast as it goes.
    pub speed: Option<f64>,
    /// Where to write.
    pub out: PathBuf,
}

/// Why a site did not run.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The scenario cannot be used.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// A station's files cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A station cannot start.
    #[error(transparent)]
    Station(#[from] StartError),
    /// The load manager cannot start.
    #[error(transparent)]
    Manager(#[from] ManagerError),
    /// The central system cannot listen.
    #[error("central system: {address}: {source}; choose another address or port 0 for `listen`")]
    Listen {
        /// Where it should listen.
        address: std::net::SocketAddr,
        /// Why it cannot.
        source: std::io::Error,
    },
    /// The port for the energy manager cannot listen.
    #[error("energy management port: {0}")]
    EnergyManager(std::io::Error),
    /// The meter simulator cannot listen.
    #[error("meter simulator: {0}")]
    Meter(std::io::Error),
    /// Two stations have the same identity.
    #[error("{0}: two stations have this identity; the central system could not tell them apart")]
    SameIdentity(String),
    /// A result cannot be written.
    #[error("{path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The report cannot be drawn.
    #[error("report: {0}")]
    Report(anyhow::Error),
}

/// Runs a site from start to end and writes its four files. `progress` hears about every virtual second.
///
/// # Errors
/// Whatever keeps the site from starting or the results from being written. What goes wrong *in* the run is in
/// [`Record::failures`].
pub async fn run(options: &Options, mut progress: impl FnMut(&World)) -> Result<Record, SiteError> {
    let scenario = load(options)?;
    let stations = configure(&scenario, &options.scenario)?;
    let layout = Layout::new(&scenario, &stations);
    let meter_node = scenario.node.iter().position(|n| n.name == scenario.building.node).unwrap_or(0);
    let turn_s = stations.iter().filter_map(|s| s.queue_turn_s).min().unwrap_or(900);
    let manager = Manager::new(&layout, &scenario.meter, meter_node, turn_s)?;
    let warnings: Vec<String> = stations.iter().flat_map(|s| s.warnings.clone()).collect();
    let programs = stations.into_iter().enumerate().map(|(index, config)| {
        let nonce = scenario.seed.wrapping_mul(1_000).wrapping_add(index as u64);
        let start = Start {
            config,
            volts: scenario.voltage,
            nonce,
            store: Store::memory(),
            certificates: CertificateStore::memory(),
            credentials: Credentials::none(),
            watchdog: Duration::ZERO,
        };
        station::start(0, start)
    });
    let programs = programs.collect::<Result<Vec<_>, _>>()?;
    let files = files::Files::create(&options.out)?;
    let mut world = World::start(scenario, layout, manager, programs, files).await?;
    for warning in warnings {
        world.remark("files", warning);
    }
    let pace = Pace::new(options.speed);
    while world.second().await? {
        progress(&world);
        pace.wait(world.now_ms()).await;
    }
    let record = world.finish().await?;
    files::write_results(&options.out, &record)?;
    Ok(record)
}

fn load(options: &Options) -> Result<Scenario, ScenarioError> {
    let mut scenario = Scenario::load(&options.scenario)?;
    if let Some(minutes) = options.minutes {
        scenario.minutes = minutes.max(5);
    }
    if let Some(seed) = options.seed {
        scenario.varied = seed != scenario.seed;
        scenario.seed = seed;
    }
    Ok(scenario)
}

/// Reads every station's files. All of them are read before the first error is reported per station.
fn configure(scenario: &Scenario, path: &Path) -> Result<Vec<StationConfig>, SiteError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let today = scenario.start.date_naive();
    let mut stations: Vec<StationConfig> = Vec::new();
    for entry in &scenario.station {
        let cards = entry.cards.as_ref().map(|cards| folder.join(cards));
        let station = StationConfig::load(
            entry.vendor,
            &folder.join(&entry.config),
            cards.as_deref(),
            entry.sockets,
            today,
        )?;
        if stations.iter().any(|other| other.identity == station.identity) {
            return Err(SiteError::SameIdentity(station.identity));
        }
        stations.push(station);
    }
    Ok(stations)
}

/// Holds virtual time back to a multiple of real time.
struct Pace {
    started: Instant,
    speed: Option<f64>,
}

impl Pace {
    fn new(speed: Option<f64>) -> Self {
        Self { started: Instant::now(), speed: speed.filter(|s| *s > 0.0) }
    }

    async fn wait(&self, now_ms: u64) {
        if let Some(speed) = self.speed {
            let due = self.started + Duration::from_secs_f64(now_ms as f64 / 1000.0 / speed);
            tokio::time::sleep_until(due.into()).await;
        }
    }
}
