//! `evkit meters`: the register maps, what would be asked of a device, and both sides of a Modbus connection.

mod identify;
mod list;
mod place;
mod plan;
mod read;
mod simulate;

use clap::{Args, Subcommand};
use evkit_modbus_registers::config::{ConfigError, OwnedMap};
use evkit_modbus_registers::devices::ALL;
use evkit_modbus_registers::{Map, Quantity};

use super::Outcome;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List every row of every map
    ///
    /// The column `source` names where the sources of each map are listed: in the documentation of the module.
    List(list::Arguments),
    /// Show the requests that bring the quantities of a meter
    Plan(plan::Arguments),
    /// Read a meter over Modbus TCP or a serial line
    Read(read::Arguments),
    /// Find out which device answers
    ///
    /// Asks for what devices say about themselves, surest first; if a device says nothing, tries every map and keeps
    /// those whose voltage and frequency look right.
    Identify(identify::Arguments),
    /// Serve the registers of a meter over Modbus TCP until stopped
    Simulate(simulate::Arguments),
}

pub(super) fn run(command: &Command, json: bool) -> anyhow::Result<Outcome> {
    match command {
        Command::List(arguments) => list::run(arguments, json),
        Command::Plan(arguments) => plan::run(arguments, json),
        Command::Read(arguments) => read::run(arguments, json),
        Command::Identify(arguments) => identify::run(arguments, json),
        Command::Simulate(arguments) => simulate::run(arguments),
    }
}

/// A meter, and what is wanted of it.
#[derive(Debug, Args)]
struct Selection {
    /// Model as in the list, or a part of it that only one model has, or a description as FILE.toml
    #[arg(value_name = "MODEL", value_parser = find)]
    map: &'static Map<'static>,
    /// Quantities such as voltage_l1n; all if none is named
    #[arg(value_name = "QUANTITY", value_parser = quantity)]
    quantities: Vec<Quantity>,
}

impl Selection {
    fn wanted(&self) -> &[Quantity] {
        if self.quantities.is_empty() { Quantity::ALL } else { &self.quantities }
    }

    /// Names on standard error what was asked for and the device does not have.
    fn report_missing(&self) -> Outcome {
        let mut outcome = Outcome::Fine;
        for quantity in self.map.missing(&self.quantities) {
            eprintln!("{} has no {quantity}", name(self.map));
            outcome = Outcome::Findings;
        }
        outcome
    }
}

fn name(map: &Map<'_>) -> String {
    format!("{} {}", map.manufacturer(), map.model())
}

/// Runs the network side of a subcommand.
fn block_on<T>(work: impl Future<Output = T>) -> std::io::Result<T> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work))
}

/// A map described in a file. It is there until the program ends.
fn load(path: &str) -> Result<&'static Map<'static>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let map = OwnedMap::from_toml(&text)
        .map_err(|ConfigError { line, column, kind }| format!("{path}:{line}:{column}: {kind}"))?;
    let map: &'static OwnedMap = Box::leak(Box::new(map));
    Ok(Box::leak(Box::new(map.map())))
}

/// The map in this file or with this name, else the only one whose name contains it. Case does not matter.
fn find(wanted: &str) -> Result<&'static Map<'static>, String> {
    if wanted.ends_with(".toml") {
        return load(wanted);
    }
    let wanted = wanted.to_lowercase();
    let is = |map: &Map<'_>| map.model().to_lowercase() == wanted || name(map).to_lowercase() == wanted;
    let found: Vec<_> = match ALL.iter().filter(|map| is(map)).collect::<Vec<_>>() {
        exact if !exact.is_empty() => exact,
        _ => ALL.iter().filter(|map| name(map).to_lowercase().contains(&wanted)).collect(),
    };
    match *found.as_slice() {
        [map] => Ok(map),
        [] => Err("no such model; `evkit meters list` shows all".to_owned()),
        _ => {
            let names: Vec<_> = found.iter().map(|map| name(map)).collect();
            Err(format!("may be one of: {}", names.join("; ")))
        }
    }
}

fn quantity(name: &str) -> Result<Quantity, String> {
    Quantity::from_name(name).ok_or_else(|| "no such quantity; one is voltage_l1n".to_owned())
}
