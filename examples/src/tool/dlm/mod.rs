//! `evkit dlm`.

mod solve;

use std::path::PathBuf;

use clap::Subcommand;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Share the current of recorded allocation problems, one JSON object per line
    Solve {
        /// File with instances, or - for standard input
        file: PathBuf,
    },
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Solve { file } => solve::run(file, json),
    }
}
