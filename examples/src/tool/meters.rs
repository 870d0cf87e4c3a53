//! `evkit meters`.

use clap::Subcommand;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {}

pub(super) fn run(command: &Command, _json: bool) -> anyhow::Result<Outcome> {
    match *command {}
}
