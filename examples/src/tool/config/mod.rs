//! `evkit config`: configuration files of charging stations.

mod change;
mod source;
mod view;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use evkit_config_format::profile;

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show every setting with what is known about it
    Show(Shown),
    /// Check files: what is wrong, where, and what would be right
    Check(Files),
    /// Show one setting, by any spelling the profile knows
    Get {
        /// SECTION.KEY, or KEY alone
        key: String,
        #[command(flatten)]
        shown: Shown,
    },
    /// Change one value and no other byte; values the station would not take are refused
    Set {
        /// SECTION.KEY=VALUE, or KEY=VALUE
        assignment: String,
        #[command(flatten)]
        written: Written,
    },
    /// Make a file fit for another station: without what belongs to this one
    ///
    /// What was done goes to standard error.
    Clone {
        /// Number of stations in the other network (KEBA)
        #[arg(long, default_value_t = 1)]
        stations: u16,
        /// Folder for the parameter files of the other station (Bender)
        #[arg(long, conflicts_with = "in_place")]
        out: Option<PathBuf>,
        #[command(flatten)]
        written: Written,
    },
    /// Compare two stations in meaning
    Diff {
        /// Show the values of secret and of unknown keys
        #[arg(long)]
        show_secrets: bool,
        #[command(flatten)]
        maker: Maker,
        old: PathBuf,
        new: PathBuf,
    },
    /// Write the file of another maker's station; what does not carry over goes to standard error
    Convert(change::Convert),
    /// Mend a text extracted from a document (EVlink); every decision goes to standard error
    Repair(Written),
}

#[derive(Debug, Args)]
pub(super) struct Maker {
    /// Whose files they are
    #[arg(long, value_enum)]
    vendor: Vendor,
}

#[derive(Debug, Args)]
pub(super) struct Files {
    #[command(flatten)]
    maker: Maker,
    /// The files, or - for standard input; for Bender the parameter files of one station, or their folder
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Shown {
    /// Show the values of secret and of unknown keys
    #[arg(long)]
    show_secrets: bool,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Args)]
pub(super) struct Written {
    /// Replace the files instead of writing to standard output
    #[arg(long)]
    in_place: bool,
    #[command(flatten)]
    files: Files,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Vendor {
    Keba,
    Evlink,
    Bender,
}

impl From<Vendor> for profile::Vendor {
    fn from(vendor: Vendor) -> Self {
        match vendor {
            Vendor::Keba => Self::Keba,
            Vendor::Evlink => Self::Evlink,
            Vendor::Bender => Self::Bender,
        }
    }
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::Show(shown) => view::show(shown, json),
        Command::Check(files) => view::check(files, json),
        Command::Get { key, shown } => view::get(key, shown, json),
        Command::Set { assignment, written } => change::set(assignment, written, json),
        Command::Clone { stations, out, written } => change::clone(*stations, out.as_deref(), written, json),
        Command::Diff { show_secrets, maker, old, new } => {
            view::diff(maker.vendor, *show_secrets, old, new, json)
        }
        Command::Convert(arguments) => change::convert(arguments, json),
        Command::Repair(written) => change::repair(written, json),
    }
}
