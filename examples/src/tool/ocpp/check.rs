//! `evkit ocpp check`: logs of any length, line by line.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use evkit_ocpp::schema::Leniency;
use indicatif::ProgressBar;
use serde::Serialize;

use super::line::{Checker, Problem};
use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    /// Version of frames, and of objects that name none
    #[arg(long, value_enum, default_value = "1.6")]
    version: super::Version,
    /// Deviations to forgive, separated by commas
    #[arg(long, value_enum, value_delimiter = ',', value_name = "NAME")]
    lenient: Vec<Lenient>,
    /// Files with one JSON value per line, or - for standard input
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lenient {
    /// Members the schema does not know
    UnknownMembers,
    /// Time stamps without zone
    MissingZone,
    /// Time stamps with a space instead of T
    SpaceInDateTime,
    /// Offsets such as +0200 or +02
    ShortOffset,
    /// Names of devices of up to 255 characters
    LongIdentity,
    /// null where a member is meant to be absent
    NullForAbsent,
    /// Values of makers in enumerations they are known to extend
    VendorEnum,
    /// Values another message's schema lists
    ListedElsewhere,
    /// Everything above
    All,
}

impl Lenient {
    const fn leniency(self) -> Leniency {
        match self {
            Self::UnknownMembers => Leniency::UNKNOWN_MEMBERS,
            Self::MissingZone => Leniency::MISSING_ZONE,
            Self::SpaceInDateTime => Leniency::SPACE_IN_DATE_TIME,
            Self::ShortOffset => Leniency::SHORT_OFFSET,
            Self::LongIdentity => Leniency::LONG_IDENTITY,
            Self::NullForAbsent => Leniency::NULL_FOR_ABSENT,
            Self::VendorEnum => Leniency::VENDOR_ENUM,
            Self::ListedElsewhere => Leniency::LISTED_ELSEWHERE,
            Self::All => Leniency::ALL,
        }
    }
}

/// A line of the answer that says what is wrong.
#[derive(Serialize)]
struct Finding<'a> {
    line: u64,
    valid: bool,
    code: &'static str,
    rule: &'static str,
    path: String,
    message: &'a str,
}

#[derive(Default)]
struct Tally {
    lines: u64,
    invalid: u64,
    lenient: u64,
    forgiven: Leniency,
}

/// Large enough that reading costs little beside checking.
const BUFFER: usize = 1 << 20;

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let lenient = arguments.lenient.iter().fold(Leniency::STRICT, |set, name| set | name.leniency());
    let mut checker = Checker::new(arguments.version.into(), lenient);
    let mut out = BufWriter::with_capacity(BUFFER, std::io::stdout().lock());
    let mut tally = Tally::default();
    for path in &arguments.files {
        checker.forget();
        let (input, bar) = open(path)?;
        check_file(path, input, &mut checker, json, &mut out, &mut tally)?;
        bar.finish_and_clear();
    }
    out.flush()?;
    let Tally { lines, invalid, lenient, forgiven } = tally;
    eprint!("{lines} lines, {} valid, {invalid} invalid", lines - invalid);
    if lenient > 0 {
        eprint!(", {lenient} of the valid ones forgiven: {forgiven}");
    }
    eprintln!();
    Ok(if invalid == 0 { Outcome::Fine } else { Outcome::Findings })
}

/// Opens a file; the bar hides itself unless standard error is a terminal.
fn open(path: &Path) -> anyhow::Result<(Box<dyn Read>, ProgressBar)> {
    if path == Path::new("-") {
        return Ok((Box::new(std::io::stdin().lock()), ProgressBar::hidden()));
    }
    let file = File::open(path).with_context(|| path.display().to_string())?;
    let bar = ProgressBar::new(file.metadata().map_or(0, |data| data.len()));
    Ok((Box::new(bar.wrap_read(file)), bar))
}

fn check_file(
    path: &Path,
    input: Box<dyn Read>,
    checker: &mut Checker,
    json: bool,
    out: &mut impl Write,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let mut text = Vec::new();
    let mut line = 0;
    loop {
        text.clear();
        let length = input.read_until(b'\n', &mut text).with_context(|| path.display().to_string())?;
        if length == 0 {
            return Ok(());
        }
        line += 1;
        if text.trim_ascii().is_empty() {
            continue;
        }
        tally.lines += 1;
        match checker.check(&text) {
            Ok(()) => {
                tally.lenient += u64::from(!checker.forgiven.is_empty());
                tally.forgiven = tally.forgiven | checker.forgiven;
                if json {
                    let rest = r#""valid":true,"code":null,"rule":null,"path":null,"message":null}"#;
                    writeln!(out, "{{\"line\":{line},{rest}")?;
                }
            }
            Err(problem) => {
                tally.invalid += 1;
                report(path, line, &problem, json, out)?;
            }
        }
    }
}

#[cold]
fn report(
    path: &Path,
    line: u64,
    problem: &Problem,
    json: bool,
    out: &mut impl Write,
) -> std::io::Result<()> {
    let Problem { code, rule, path: place, message, offset } = problem;
    if json {
        let (code, rule, path) = (*code, *rule, place.to_string());
        serde_json::to_writer(&mut *out, &Finding { line, valid: false, code, rule, path, message })?;
        writeln!(out)
    } else {
        writeln!(out, "{}:{line}:{}: {code}: {place}: {message}", path.display(), offset + 1)
    }
}
