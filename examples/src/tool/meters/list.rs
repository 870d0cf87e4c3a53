//! `evkit meters list`: the tables themselves.

use std::io::Write as _;

use clap::Args;
use evkit_modbus_registers::devices::{CATALOGUE, Device};
use evkit_modbus_registers::{Confidence, Decimal, Kind, Row, Scale, WordOrder};
use serde::Serialize;

use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Comma-separated values with a header line
    #[arg(long)]
    csv: bool,
}

/// A row of a map, as it is printed. The address is the one on the wire.
#[derive(Serialize)]
struct Line<'a> {
    manufacturer: &'a str,
    model: &'a str,
    function_code: u8,
    address: u16,
    words: u16,
    encoding: String,
    scale: String,
    unit: &'static str,
    quantity: &'static str,
    access: &'static str,
    confidence: &'static str,
    source: &'static str,
}

impl Line<'static> {
    fn new(device: &Device, row: &Row) -> Self {
        let (map, quantity) = (device.map, row.quantity());
        Self {
            manufacturer: map.manufacturer(),
            model: map.model(),
            function_code: row.function().code(),
            address: row.address() + map.base(),
            words: row.words(),
            encoding: encoding(row),
            scale: scale(row.scale(), map.base()),
            unit: quantity.unit().symbol(),
            quantity: quantity.name(),
            access: if row.function().is_read() { "read" } else { "write" },
            confidence: match map.confidence(row) {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            source: device.sources,
        }
    }
}

fn encoding(row: &Row) -> String {
    let bits = 16 * row.words();
    let kind = match row.kind() {
        Kind::Unsigned => format!("u{bits}"),
        Kind::Signed => format!("i{bits}"),
        Kind::Float => format!("f{bits}"),
        Kind::Ascii => return "ascii".to_owned(),
        Kind::WideAscii => return "wide-ascii".to_owned(),
        Kind::IskraT5 => "iskra-t5".to_owned(),
        Kind::IskraT6 => "iskra-t6".to_owned(),
        Kind::QuadrantPf => "quadrant-pf".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    };
    match row.word_order() {
        _ if row.words() == 1 => kind,
        WordOrder::HighFirst => kind + " be",
        WordOrder::LowFirst => kind + " le-word-swap",
    }
}

/// A factor, or in brackets the register that holds it.
fn scale(scale: Scale, base: u16) -> String {
    match scale {
        Scale::Pow10(pow10) => power_of_ten(pow10),
        Scale::Exponent { address, pow10: 0 } => format!("10^[{}]", address + base),
        Scale::Exponent { address, pow10 } => format!("{}*10^[{}]", power_of_ten(pow10), address + base),
        Scale::ExponentLowByte { address } => format!("10^low[{}]", address + base),
        Scale::Factor { address } => format!("[{}]", address + base),
        other => format!("{other:?}"),
    }
}

fn power_of_ten(exponent: i8) -> String {
    Decimal::new(1, exponent.into()).map_or_else(|| format!("10^{exponent}"), |factor| factor.to_string())
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if arguments.csv && !json {
        let mut table = csv::Writer::from_writer(&mut out);
        for line in lines() {
            // A reader that has seen enough shows as such only in the error inside.
            table.serialize(line).map_err(std::io::Error::from)?;
        }
        table.flush()?;
    } else if json {
        for line in lines() {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        }
    } else {
        let mut device = None;
        for line in lines() {
            if device.replace((line.manufacturer, line.model)) != Some((line.manufacturer, line.model)) {
                writeln!(out, "{} {}", line.manufacturer, line.model)?;
            }
            let Line { function_code, address, words, encoding, scale, unit, quantity, .. } = &line;
            write!(
                out,
                "  {function_code:>2} {address:>5} {words:>2}  {encoding:<16} {scale:<10} {unit:<4} "
            )?;
            writeln!(out, "{quantity:<40} {}", line.confidence)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Fine)
}

fn lines() -> impl Iterator<Item = Line<'static>> {
    CATALOGUE.iter().flat_map(|device| device.map.rows().iter().map(|row| Line::new(device, row)))
}
