//! A central system: business rules, one session per connection, and the server around them.

mod connection;
mod page;
mod server;

pub mod hub;

pub use server::{Server, Setup};

/// Something the operator wants from a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// RemoteStartTransaction.
    RemoteStart {
        /// Connector, from 1.
        connector: u32,
        /// Identifier to start with.
        id_tag: String,
    },
    /// RemoteStopTransaction of whatever runs at a connector.
    RemoteStop {
        /// Connector, from 1.
        connector: u32,
    },
    /// SetChargingProfile: a limit for a connector, or (0) for the whole station.
    Limit {
        /// Connector; 0 for the station.
        connector: u32,
        /// Limit per phase in amperes.
        amps: u32,
        /// Length in seconds.
        seconds: u32,
    },
    /// GetDiagnostics, which the example stations know and do not support.
    GetDiagnostics,
}
