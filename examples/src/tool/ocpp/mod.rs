//! `evkit ocpp`.

mod check;
mod explain;
mod line;
mod profile;

use clap::{Subcommand, ValueEnum};
use evkit_ocpp::schema;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check messages against the official schemas, one JSON value per line
    ///
    /// A line is an OCPP-J frame ([2,"id","Action",{…}]), an object {"version","action","direction","payload"}, or an
    /// object that holds a frame: {"station","from","frame"}. Answers are matched to their calls by message id.
    Check(check::Arguments),
    /// Show fields, types, bounds and allowed values of a message
    Explain(explain::Arguments),
}

/// A version as written at the command line and in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Version {
    #[value(name = "1.6")]
    V16,
    #[value(name = "2.0.1")]
    V201,
    #[value(name = "2.1")]
    V21,
}

impl Version {
    /// The library's version.
    ///
    /// # Errors
    /// If there are no tables for it.
    fn supported(self) -> anyhow::Result<schema::Version> {
        match self {
            Self::V16 => Ok(schema::Version::V16),
            Self::V201 => anyhow::bail!("there are no tables for OCPP 2.0.1, only for 1.6"),
            Self::V21 => anyhow::bail!("there are no tables for OCPP 2.1, only for 1.6"),
        }
    }
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Check(arguments) => check::run(arguments, json),
        Command::Explain(arguments) => explain::run(arguments, json),
    }
}
