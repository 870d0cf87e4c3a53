//! What only looks: show, check, get, diff.

use std::io::Write as _;
use std::path::Path;

use evkit_config_format::diff::{Shown as Side, diff as masked, diff_in_clear};
use evkit_config_format::document::Entry;
use evkit_config_format::finding::{Finding, Severity};
use evkit_config_format::profile::{Known, Rule};
use evkit_config_format::station::{Neighbour, beside};
use serde::Serialize;

use super::source::{Config, Source, path_of, station, stations};
use super::{Files, Shown, Vendor};
use crate::tool::Outcome;

/// Stands for a value that is or may be a secret.
const MASK: &str = "(not shown)";

/// A setting as it may be shown.
#[derive(Serialize)]
struct Setting {
    file: String,
    line: usize,
    column: usize,
    section: Option<String>,
    key: String,
    /// The profile's name of the key; none if it does not know it.
    known: Option<String>,
    /// How the key was recognised.
    rule: Option<&'static str>,
    /// None if not shown.
    value: Option<String>,
    unit: Option<&'static str>,
    secret: bool,
    /// Whether the key takes the value; none for unknown keys.
    valid: Option<bool>,
}

impl Setting {
    fn new(file: &Path, entry: &Entry<'_>, known: Option<Known<'_>>, show_secrets: bool) -> Self {
        let open = show_secrets || known.is_some_and(|known| !known.key.secret);
        let unit = known.map(|known| known.key.unit.sign()).filter(|sign| !sign.is_empty());
        Self {
            file: file.display().to_string(),
            line: entry.line,
            column: entry.column(entry.value_span.start),
            section: entry.section.map(|section| section.decode()),
            key: entry.key.decode(),
            known: known.map(|known| known.key.name.to_owned()),
            rule: known.map(|known| rule(known.rule)),
            value: open.then(|| entry.value.decode()),
            unit,
            secret: known.is_some_and(|known| known.key.secret),
            valid: known.map(|known| known.key.read(entry.value).is_some()),
        }
    }

    fn text(&self) -> String {
        let section = self.section.as_ref().map(|name| format!("[{name}] ")).unwrap_or_default();
        let value = self.value.as_deref().unwrap_or(MASK);
        let note = match (self.unit, &self.known, self.valid) {
            (_, None, _) => " (unknown key)".to_owned(),
            (_, _, Some(false)) => " (not a value of this key)".to_owned(),
            (Some(unit), ..) => format!(" ({unit})"),
            (None, ..) => String::new(),
        };
        format!("{}:{}: {section}{} = {value}{note}", self.file, self.line, self.key)
    }
}

fn rule(rule: Rule) -> &'static str {
    match rule {
        Rule::Exact => "exact",
        Rule::LetterCase => "letter-case",
        Rule::Separator => "separator",
        Rule::Alias => "alias",
    }
}

pub(super) fn show(arguments: &Shown, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    for sources in stations(&arguments.files)? {
        let config = Config::parse(arguments.files.maker.vendor, &sources);
        for (entry, known) in config.entries() {
            let path = path_of(&sources, entry.file);
            let setting = Setting::new(path, &entry, known, arguments.show_secrets);
            if json {
                writeln!(out, "{}", serde_json::to_string(&setting)?)?;
            } else {
                writeln!(out, "{}", setting.text())?;
            }
        }
    }
    Ok(Outcome::Fine)
}

pub(super) fn get(key: &str, arguments: &Shown, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let mut outcome = Outcome::Fine;
    for sources in stations(&arguments.files)? {
        let config = Config::parse(arguments.files.maker.vendor, &sources);
        let (section, name) = config.profile().address(key);
        let path = path_of(&sources, None);
        let Some((entry, known)) = config.entry(section, name) else {
            anyhow::bail!("{}: there is no `{key}`", path.display());
        };
        let path = path_of(&sources, entry.file);
        let setting = Setting::new(path, &entry, known, arguments.show_secrets);
        if json {
            writeln!(out, "{}", serde_json::to_string(&setting)?)?;
        } else {
            writeln!(out, "{}", setting.value.as_deref().unwrap_or(MASK))?;
        }
        if let (Some(false), Some(known)) = (setting.valid, known) {
            let (file, line, column) = (&setting.file, setting.line, setting.column);
            let (name, expected) = (known.key.name, known.key.expected());
            eprintln!("{file}:{line}:{column}: error: `{name}` takes {expected}");
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}

#[derive(Serialize)]
struct Found<'f> {
    file: String,
    line: usize,
    column: usize,
    severity: String,
    check: &'static str,
    key: &'f str,
    message: &'f str,
}

/// What is wrong in the files of each station, and then what the stations contradict each other in.
fn findings<'s>(stations: &'s [Vec<Source>], configs: &[Config<'_>]) -> Vec<(&'s [Source], Finding)> {
    let own = stations.iter().zip(configs).flat_map(|(sources, config)| {
        config.findings().into_iter().map(move |finding| (sources.as_slice(), finding))
    });
    let names: Vec<_> = stations.iter().map(|sources| path_of(sources, None).display().to_string()).collect();
    let models: Vec<_> = configs.iter().map(Config::model).collect();
    let site: Vec<_> = names.iter().zip(&models).map(|(name, station)| Neighbour { name, station }).collect();
    let among = beside(&site).into_iter();
    let among = among.filter_map(|(index, finding)| Some((stations.get(index)?.as_slice(), finding)));
    own.chain(among).collect()
}

pub(super) fn check(files: &Files, json: bool) -> anyhow::Result<Outcome> {
    let mut out = std::io::stdout().lock();
    let mut counts = [0_usize; 3];
    let stations = stations(files)?;
    let configs: Vec<_> = stations.iter().map(|sources| Config::parse(files.maker.vendor, sources)).collect();
    for (sources, finding) in findings(&stations, &configs) {
        let path = path_of(sources, finding.file.as_deref()).display();
        counts[finding.severity as usize] += 1;
        let (line, column, severity) = (finding.line, finding.column, finding.severity);
        if json {
            let found = Found {
                file: path.to_string(),
                line,
                column,
                severity: severity.to_string(),
                check: finding.check.name(),
                key: &finding.key,
                message: &finding.message,
            };
            writeln!(out, "{}", serde_json::to_string(&found)?)?;
        } else {
            eprintln!("{path}:{line}:{column}: {severity}: {}", finding.message);
        }
    }
    let of = |severity: Severity| counts[severity as usize];
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    eprintln!("{errors} errors, {warnings} warnings, {} notes", of(Severity::Note));
    Ok(if errors + warnings == 0 { Outcome::Fine } else { Outcome::Findings })
}

#[derive(Serialize)]
struct Differs<'d> {
    section: Option<&'d str>,
    key: &'d str,
    old: Option<Value<'d>>,
    new: Option<Value<'d>>,
}

#[derive(Serialize)]
struct Value<'d> {
    line: usize,
    /// None if not shown.
    value: Option<&'d str>,
}

impl<'d> Value<'d> {
    fn of(side: &'d Side) -> Self {
        Self { line: side.line, value: side.value.as_deref() }
    }
}

pub(super) fn diff(
    vendor: Vendor,
    show_secrets: bool,
    old: &Path,
    new: &Path,
    json: bool,
) -> anyhow::Result<Outcome> {
    let (old, new) = (station(vendor, old)?, station(vendor, new)?);
    let entries = |sources| Config::parse(vendor, sources).entries().into_iter();
    let found = if show_secrets {
        diff_in_clear(entries(&old), entries(&new))
    } else {
        masked(entries(&old), entries(&new))
    };
    let mut out = std::io::stdout().lock();
    for difference in &found {
        if json {
            let row = Differs {
                section: difference.section.as_deref(),
                key: &difference.key,
                old: difference.old.as_ref().map(Value::of),
                new: difference.new.as_ref().map(Value::of),
            };
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        } else {
            writeln!(out, "{difference}")?;
        }
    }
    Ok(if found.is_empty() { Outcome::Fine } else { Outcome::Findings })
}
