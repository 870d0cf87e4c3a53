//! `evkit ocpp`.

mod action;
mod check;
mod explain;
mod line;

use clap::{Subcommand, ValueEnum};
use evkit_ocpp::schema;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check messages against the official schemas, one JSON value per line
    ///
    /// A line is an OCPP-J frame ([2,"id","Action",{…}]), an object {"version","action","direction","payload"}, or an
    /// object that holds a frame: {"station","from","frame"}. Answers are matched to their calls by
    /// message id, among the newest 65536 calls without answer.
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

impl From<Version> for schema::Version {
    fn from(version: Version) -> Self {
        match version {
            Version::V16 => Self::V16,
            Version::V201 => Self::V201,
            Version::V21 => Self::V21,
        }
    }
}

/// The name of a version as people write it.
const fn version_name(version: schema::Version) -> &'static str {
    match version {
        schema::Version::V16 => "1.6",
        schema::Version::V201 => "2.0.1",
        schema::Version::V21 => "2.1",
    }
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Check(arguments) => check::run(arguments, json),
        Command::Explain(arguments) => explain::run(arguments, json),
    }
}
