//! A central system: business rules, one session per connection, and the server around them.

mod connection;
mod page;
mod server;

pub mod hub;

use std::str::FromStr;

use evkit_ocpp::v16::ResetType;

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
    /// GetDiagnostics.
    GetDiagnostics {
        /// Where the station is to put the file.
        location: String,
    },
    /// Reset.
    Reset(ResetType),
    /// ChangeConfiguration. A station that accepts another `AuthorizationKey` is let in with it.
    Set {
        /// Key.
        key: String,
        /// Value.
        value: String,
    },
    /// A Heartbeat, which only stations send: they refuse it.
    Unsupported,
}

/// No command; what would be one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `start CONNECTOR ID_TAG`, `stop CONNECTOR`, `limit CONNECTOR AMPERES SECONDS`, `diagnostics URL`, `set KEY VALUE` or `reset soft|hard`"
)]
pub struct NoCommand;

impl FromStr for Command {
    type Err = NoCommand;

    fn from_str(text: &str) -> Result<Self, NoCommand> {
        let number = |text: &str| text.parse::<u32>().map_err(|_| NoCommand);
        Ok(match text.split_whitespace().collect::<Vec<_>>()[..] {
            ["start", connector, id_tag] => {
                Self::RemoteStart { connector: number(connector)?, id_tag: id_tag.to_owned() }
            }
            ["stop", connector] => Self::RemoteStop { connector: number(connector)? },
            ["limit", connector, amps, seconds] => {
                Self::Limit { connector: number(connector)?, amps: number(amps)?, seconds: number(seconds)? }
            }
            ["diagnostics", url] => Self::GetDiagnostics { location: url.to_owned() },
            ["set", key, value] => Self::Set { key: key.to_owned(), value: value.to_owned() },
            ["reset", "soft"] => Self::Reset(ResetType::Soft),
            ["reset", "hard"] => Self::Reset(ResetType::Hard),
            _ => return Err(NoCommand),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_words_and_numbers() {
        let start = Command::RemoteStart { connector: 1, id_tag: "APP-1".to_owned() };
        assert_eq!("start 1 APP-1".parse(), Ok(start));
        assert_eq!("limit 0 10 60".parse(), Ok(Command::Limit { connector: 0, amps: 10, seconds: 60 }));
        assert_eq!("reset hard".parse(), Ok(Command::Reset(ResetType::Hard)));
        let set = Command::Set { key: "SecurityProfile".to_owned(), value: "2".to_owned() };
        assert_eq!("set SecurityProfile 2".parse(), Ok(set));
        for wrong in [
            "",
            "set HeartbeatInterval",
            "start 1",
            "reset",
            "diagnostics",
            "start one APP-1",
            "stop",
            "stop 1 2",
            "limit 1 -5 60",
            "reboot",
        ] {
            assert_eq!(wrong.parse::<Command>(), Err(NoCommand), "{wrong}");
        }
    }
}
