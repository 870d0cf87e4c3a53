//! A charging station program: what firmware would do with the crates, still without sockets and clocks.
//!
//! One [`Station`] is one OCPP identity with its EVSEs. It joins, per connector, the electronics ([`crate::plant::Spot`]
//! around `evkit-hal`), the policy that decides about cards (`evkit-rfid`) and, for all of them, the charge point
//! session (`evkit-ocpp`). Whoever drives it owns the WebSocket and the clock: after any call drain
//! [`Station::poll_transmit`] and [`Station::poll_note`].

pub mod certificates;
pub mod config;
pub mod credentials;
pub mod nor_flash;
pub mod script;
pub mod store;
pub mod wiring;

mod access;
mod files;
mod program;
mod requests;
mod seat;
mod upkeep;

use std::time::Duration;

use evkit_rfid::Uid;

use crate::plant::{Car, Spot};
use certificates::CertificateStore;
use config::StationConfig;
use credentials::{Access, Credentials};
use store::Store;

pub use files::{Errand, Outcome};
pub use program::MAX_CONNECTORS;
pub use seat::{Finished, Phase};

/// Something worth telling a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The connector it is about, from 1; none for the station.
    pub connector: Option<u32>,
    /// What happened.
    pub text: String,
}

/// How a station is started.
#[derive(Debug)]
pub struct Start {
    /// What its vendor's files say.
    pub config: StationConfig,
    /// Line-to-neutral voltage in volts.
    pub volts: u32,
    /// Differs from one start to the next; message ids are made of it.
    pub nonce: u64,
    /// Where it keeps what must survive a restart.
    pub store: Store,
    /// Certificates it has.
    pub certificates: CertificateStore,
    /// What it proves its identity with, as long as the store knows nothing newer.
    pub credentials: Credentials,
    /// It restarts after so long without a connection; zero: never.
    pub watchdog: Duration,
}

/// Why a station cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// More connectors than this program has room for.
    #[error("{identity}: {connectors} connectors; this program has room for {MAX_CONNECTORS}")]
    TooMany {
        /// The station.
        identity: String,
        /// Its connectors.
        connectors: usize,
    },
    /// A setting of the electronics is impossible.
    #[error("{identity}: {source}")]
    Electronics {
        /// The station.
        identity: String,
        /// Which.
        source: evkit_hal::evse::ConfigError,
    },
    /// What was kept cannot be read.
    #[error("{identity}: {source}")]
    Store {
        /// The station.
        identity: String,
        /// Why.
        source: store::StoreError,
    },
}

/// A station, whatever its number of connectors. Times are monotonic milliseconds, connectors count from 1.
pub trait Station {
    /// OCPP identity.
    fn identity(&self) -> &str;

    /// The WebSocket is open.
    fn handle_open(&mut self, now_ms: u64);

    /// The WebSocket is gone.
    fn handle_close(&mut self, now_ms: u64);

    /// What to connect with.
    fn access(&self) -> Access;

    /// A connection with [`access`](Self::access) could not be made.
    fn handle_failure(&mut self, now_ms: u64);

    /// A text frame has arrived.
    fn handle_frame(&mut self, now_ms: u64, frame: &str);

    /// Deadlines may have passed. To be called once a second at least.
    fn handle_timeout(&mut self, now_ms: u64);

    /// The next frame to send.
    fn poll_transmit(&mut self, now_ms: u64) -> Option<String>;

    /// The next thing worth telling.
    fn poll_note(&mut self) -> Option<Note>;

    /// The next session that has ended here, whether or not the central system knows.
    fn poll_finished(&mut self) -> Option<Finished>;

    /// Lets up to 100 ms pass for cars and electronics.
    fn step(&mut self, now_ms: u64, dt_ms: u64);

    /// Plugs a car in.
    fn plug(&mut self, connector: u32, car: Car);

    /// Pulls the plug.
    fn unplug(&mut self, connector: u32) -> Option<Car>;

    /// Holds a card to the reader.
    fn present_card(&mut self, now_ms: u64, connector: u32, uid: Uid);

    /// Sets the current a connector may offer in milliamperes; 0 pauses.
    fn set_offer(&mut self, now_ms: u64, connector: u32, offer_ma: u32);

    /// The electronics of a connector.
    fn spot(&self, connector: u32) -> Option<&Spot>;

    /// What goes on at a connector.
    fn phase(&self, now_ms: u64, connector: u32) -> Phase;

    /// Limit by charging profiles now in milliamperes, for a connector or (0) the whole station; none if no
    /// profile limits it.
    fn profile_limit_ma(&self, now_ms: u64, connector: u32) -> Option<u32>;

    /// How often to send a WebSocket ping; zero: never.
    fn ping_interval(&self) -> Duration;

    /// The next bytes to be moved from or to somewhere else; give back the outcome.
    fn poll_errand(&mut self, now_ms: u64) -> Option<Errand>;

    /// What became of an errand.
    fn handle_outcome(&mut self, now_ms: u64, outcome: Outcome);

    /// Does it need a new connection in place of the one it has?
    fn wants_reconnect(&self) -> bool;

    /// Does it have to be restarted now? End the connection first.
    fn wants_restart(&self, now_ms: u64) -> bool;

    /// Switches it off and on, without a connection.
    fn restart(&mut self, now_ms: u64);

    /// Is everything there is to say about transactions delivered and answered?
    fn is_settled(&self) -> bool;

    /// Has the central system accepted the station, and is there a connection?
    fn is_online(&self) -> bool;
}

/// Starts a station.
///
/// # Errors
/// Too many connectors, or impossible settings of the electronics.
pub fn start(now_ms: u64, start: Start) -> Result<Box<dyn Station>, StartError> {
    program::start(now_ms, start)
}
