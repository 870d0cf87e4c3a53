//! `evkit dlm`.

mod check;
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
    /// Check a site before the first car comes
    #[command(after_long_help = check::FORMAT)]
    Check {
        /// Description of the site, or - for standard input; --help shows the format
        site: PathBuf,
    },
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Solve { file } => solve::run(file, json),
        Command::Check { site } => check::run(site, json),
    }
}
