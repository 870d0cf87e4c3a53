//! Looks into a linked firmware: how much flash and memory each crate takes, and which panics are left in it.
//!
//! ```text
//! evkit-firmware-image ELF [--flash BYTES] [--ram BYTES] [--places ELF] [--panics]
//! ```
//!
//! Fails when the image needs more than the given flash or RAM (the stack counted in), or when code of evkit itself
//! can panic. That is judged by the image of `--places`, of the same code, but linked so that places do not share calls;
//! `--panics` lists every place that can.
//!
//! Not held against a crate is what the compiler puts into every `async` function against being polled after its end.
//!
//! Each instruction is counted for the crate that wrote it, also where the compiler inlined it into another; what it
//! took from the standard library counts for the crate that used it.

#![forbid(unsafe_code)]

mod image;
mod origin;
mod thumb;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};

use image::Image;
use origin::Origin;

struct Arguments {
    elf: PathBuf,
    places: Option<PathBuf>,
    flash: Option<u64>,
    ram: Option<u64>,
    panics: bool,
}

impl Arguments {
    fn parse(mut given: impl Iterator<Item = String>) -> Result<Self> {
        let mut arguments = Self { elf: PathBuf::new(), places: None, flash: None, ram: None, panics: false };
        while let Some(argument) = given.next() {
            let mut bytes =
                || given.next().context("a number of bytes is missing")?.parse().context("not a number");
            match argument.as_str() {
                "--flash" => arguments.flash = Some(bytes()?),
                "--ram" => arguments.ram = Some(bytes()?),
                "--places" => arguments.places = Some(given.next().context("an image is missing")?.into()),
                "--panics" => arguments.panics = true,
                option if option.starts_with('-') => bail!("no option {option}"),
                path => arguments.elf = path.into(),
            }
        }
        if arguments.elf.as_os_str().is_empty() {
            bail!(
                "which image? usage: evkit-firmware-image ELF [--flash BYTES] [--ram BYTES] [--places ELF] [--panics]"
            );
        }
        Ok(arguments)
    }
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let image = Image::open(&arguments.elf)?;
    let mut failures = Vec::new();

    report_sizes(&image, &arguments, &mut failures);
    println!("\n| crate | code in flash |\n|---|---:|");
    table(by_size(image.code_by_origin()?));
    println!("\n| crate | static RAM |\n|---|---:|");
    table(by_size(image.memory_by_crate()));
    println!("\n| variable | bytes |\n|---|---:|");
    table(image.largest_variables(8));
    if let Some(places) = &arguments.places {
        report_panics(&Image::open(places)?, arguments.panics, &mut failures)?;
    }

    for failure in &failures {
        eprintln!("{failure}");
    }
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report_sizes(image: &Image, arguments: &Arguments, failures: &mut Vec<String>) {
    println!("| part | bytes |\n|---|---:|");
    table(image.sections());
    for (name, used, limit) in
        [("flash", image.flash(), arguments.flash), ("RAM", image.ram(), arguments.ram)]
    {
        println!("| **{name} in all** | **{used}** |");
        if let Some(limit) = limit.filter(|limit| used > *limit) {
            failures.push(format!("{name}: {used} bytes are more than {limit}"));
        }
    }
}

/// Panics by the crate whose code they are in. The own crates must not have any.
fn report_panics(image: &Image, each: bool, failures: &mut Vec<String>) -> Result<()> {
    let panics = image.panics()?;
    let mut counts = BTreeMap::<&str, u64>::new();
    for panic in &panics {
        let name = if panic.is_guard() { "(polled after the end)" } else { panic.origin.name() };
        *counts.entry(name).or_default() += 1;
        if each {
            eprintln!("{panic}");
        }
        if let (Origin::Own(name), false) = (&panic.origin, panic.is_guard()) {
            failures.push(format!("{name} can panic: {panic}"));
        }
    }
    println!("\n| crate | calls that panic |\n|---|---:|");
    table(by_size(counts.into_iter().map(|(name, count)| (name.to_owned(), count))));
    println!("| **in all** | **{}** |", panics.len());
    Ok(())
}

fn by_size(rows: impl IntoIterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
    rows
}

fn table(rows: Vec<(String, u64)>) {
    for (name, value) in rows {
        println!("| {name} | {value} |");
    }
}
