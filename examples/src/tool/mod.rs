//! The subcommands of `evkit`.
//!
//! All of them follow the same rules: JSON Lines with stable field names with `--json`, text for people without;
//! `-` is standard input; diagnostics go to standard error with file and line (or JSON path) in front. Exit status
//! 0 is fine, 1 says that the input has findings, 2 that it cannot be used at all.

mod card;
mod config;
mod dlm;
mod meters;
mod ocpp;
mod pilot;

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the crates know, at the command line.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// JSON Lines on standard output instead of text for people
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check and explain OCPP messages
    #[command(subcommand)]
    Ocpp(ocpp::Command),
    /// Solve and check load management
    #[command(subcommand)]
    Dlm(dlm::Command),
    /// List register maps of meters, plan reads, read, identify and simulate meters
    #[command(subcommand)]
    Meters(meters::Command),
    /// Show card identifiers and convert card lists
    #[command(subcommand)]
    Card(card::Command),
    /// Show, check, change and convert configuration files
    #[command(subcommand)]
    Config(config::Command),
    /// Replay recorded control pilot samples: time_ms,high_mV,low_mV per line
    Pilot(pilot::Arguments),
}

/// How a subcommand ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All fine.
    Fine,
    /// The input has findings; they have been printed.
    Findings,
}

/// Runs a subcommand.
pub fn run(arguments: &Arguments) -> ExitCode {
    let json = arguments.json;
    let result = match &arguments.command {
        Command::Ocpp(command) => ocpp::run(command, json),
        Command::Dlm(command) => dlm::run(command, json),
        Command::Meters(command) => meters::run(command, json),
        Command::Card(command) => card::run(command, json),
        Command::Config(command) => config::run(command, json),
        Command::Pilot(arguments) => pilot::run(arguments, json),
    };
    match result {
        Ok(Outcome::Fine) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        // Whoever reads our output has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    kind == Some(std::io::ErrorKind::BrokenPipe)
}

/// The content of a file, or of standard input for `-`.
fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut content = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut content)?;
    } else {
        content = std::fs::read(path).map_err(|e| anyhow::anyhow!("{}: {e}", path.display()))?;
    }
    Ok(content)
}
