//! `evkit pilot`.

use std::path::PathBuf;

use clap::Args;

use super::Outcome;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File with samples, or - for standard input
    samples: PathBuf,
}

pub(super) fn run(arguments: &Arguments, _json: bool) -> anyhow::Result<Outcome> {
    let _ = super::read(&arguments.samples)?;
    Ok(Outcome::Fine)
}
