//! `evkit meters plan`: the requests for some quantities.

use std::io::Write as _;

use clap::Args;
use evkit_modbus_registers::Read;
use serde::Serialize;

use super::{Selection, name};
use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    #[command(flatten)]
    selection: Selection,
}

/// A request and what it brings.
#[derive(Serialize)]
struct Line {
    function_code: u8,
    address: u16,
    words: u16,
    quantities: Vec<&'static str>,
}

impl Line {
    fn new(read: &Read<'_>) -> Self {
        // Zeros decode to some value of every quantity in the read.
        let zeros = vec![0; read.words().into()];
        let readings = read.decode(&zeros).into_iter().flatten().flatten();
        Self {
            function_code: read.function().code(),
            address: read.address(),
            words: read.words(),
            quantities: readings.map(|reading| reading.quantity.name()).collect(),
        }
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let selection = &arguments.selection;
    let outcome = selection.report_missing();
    let lines: Vec<_> = selection.map.plan(selection.wanted()).map(|read| Line::new(&read)).collect();
    let mut out = std::io::stdout().lock();
    if !json {
        let words: u32 = lines.iter().map(|line| u32::from(line.words)).sum();
        writeln!(out, "{}: requests {}, registers {words}", name(selection.map), lines.len())?;
    }
    for line in &lines {
        if json {
            writeln!(out, "{}", serde_json::to_string(line)?)?;
            continue;
        }
        let Line { function_code, address, words, quantities } = line;
        writeln!(
            out,
            "  function {function_code}  address {address:>5}  words {words:>3}  {}",
            quantities.join(" ")
        )?;
    }
    Ok(outcome)
}
