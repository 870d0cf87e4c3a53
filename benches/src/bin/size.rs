//! `size ocpp`: what messages cost in flash, by functional block, as a Markdown table.
//!
//! Builds the image in `benches/ocpp_size` once for each of its features, for a Cortex-M4F with `opt-level = "z"` and fat
//! LTO; the size is that of code and constants. Blocks share the validator, the lexer and the writer, so a block is listed
//! with what it adds to an image that has them: the one with DataTransfer and SetChargingProfile of 1.6 alone.

use std::process::Command;

use anyhow::{Context as _, ensure};
use clap::{Parser, Subcommand};
use evkit_benches::Apart;
use toml_edit::{DocumentMut, Item};

const TARGET: &str = "thumbv7em-none-eabihf";

/// The smallest image that links everything shared.
const SHARED: &str = "shared";

#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    subject: Subject,
}

#[derive(Subcommand)]
enum Subject {
    /// Messages of OCPP: decoding, validation and encoding, by functional block.
    Ocpp {
        /// Whole versions only.
        #[arg(long)]
        versions: bool,
    },
}

/// The image with the messages of the chosen features.
const IMAGE: Apart = Apart::new("ocpp_size");

/// The features, in the order of the manifest: whole versions first.
fn features() -> anyhow::Result<Vec<String>> {
    let manifest: DocumentMut = std::fs::read_to_string(IMAGE.manifest())?.parse()?;
    let features = manifest.get("features").and_then(Item::as_table).context("no features")?;
    Ok(features.iter().map(|(name, _)| name.to_owned()).filter(|name| name != SHARED).collect())
}

/// Bytes of code and constants with these features.
fn weigh(features: &str) -> anyhow::Result<u64> {
    let status = IMAGE.cargo("build", features).args(["--target", TARGET]).status()?;
    ensure!(status.success(), "the image with {features} does not build");
    let image = IMAGE.target().join(TARGET).join("release/ocpp-size");
    let output = Command::new("size").arg(&image).output().context("the program `size` of binutils")?;
    let text = String::from_utf8(output.stdout)?;
    // Text, data, and a heading above them.
    let numbers = text.lines().nth(1).context("a line of numbers")?.split_whitespace();
    numbers.take(2).map(|number| Ok(number.parse::<u64>()?)).sum()
}

fn main() -> anyhow::Result<()> {
    let Subject::Ocpp { versions } = Arguments::parse().subject;
    let shared = weigh(SHARED)?;
    println!("| messages | bytes of flash |\n|---|---:|\n| what all share | {shared} |");
    for feature in features()? {
        let is_version = !feature.contains('-');
        if is_version {
            println!("| {feature}, all together | {} |", weigh(&feature)?);
        } else if !versions {
            let with = weigh(&format!("{SHARED},{feature}"))?;
            println!("| {feature} adds | {} |", with - shared);
        }
    }
    Ok(())
}
