//! What writes files: set, clone, convert, repair.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use evkit_config_format::KeyError;
use evkit_config_format::bender::Folder;
use evkit_config_format::convert::{Conversion, convert as to_vendor};
use evkit_config_format::edit::Edited;
use evkit_config_format::evlink::{Verdict, repair as mend};
use serde::Serialize;

use super::source::{Config, Source, path_of, stations};
use super::{Files, Vendor, Written};
use crate::tool::Outcome;

#[derive(Debug, Args)]
pub(in crate::tool) struct Convert {
    /// Whose file to write
    #[arg(long, value_enum)]
    to: Vendor,
    /// Folder for the new parameter files; needed for Bender, where every setting is a file
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    files: Files,
}

/// A change that was made, or a decision about a line.
#[derive(Serialize)]
struct Note<'n> {
    file: String,
    line: usize,
    message: &'n str,
}

pub(super) fn set(assignment: &str, arguments: &Written, json: bool) -> anyhow::Result<Outcome> {
    let Some((address, value)) = assignment.split_once('=') else {
        bail!("`{assignment}` has no `=`; write SECTION.KEY=VALUE");
    };
    for sources in stations(&arguments.files)? {
        let config = Config::parse(arguments.files.maker.vendor, &sources);
        let profile = config.profile();
        let (section, key) = profile.address(address);
        let change = match &config {
            Config::Keba(config) => config.file().set(section, key, value),
            Config::Evlink(config) => config.file().set(section, key, value),
            Config::Bender(folder) => folder.set(key, value),
        };
        let named = matches!(config, Config::Bender(_)).then_some(key);
        let path = path_of(&sources, named).display();
        let change = [match change {
            Ok(change) => change,
            // Its text starts with line and column.
            Err(error @ KeyError::Wrong { .. }) => bail!("{path}:{error}"),
            Err(error) => bail!("{path}: {error}"),
        }];
        let source = sources.iter().find(|source| named.is_none_or(|name| source.name == name));
        if let Some(source) = source {
            put(source, &Edited::new(&source.bytes, &change)?.to_vec(), arguments, json)?;
        }
    }
    Ok(Outcome::Fine)
}

pub(super) fn clone(
    stations_there: u16,
    out: Option<&Path>,
    arguments: &Written,
    json: bool,
) -> anyhow::Result<Outcome> {
    let bender = matches!(arguments.files.maker.vendor, Vendor::Bender);
    if bender != out.is_some() {
        bail!(
            "a Bender folder is cloned into another one, named with --out; other files go to standard output"
        );
    }
    for sources in stations(&arguments.files)? {
        let transfer = match Config::parse(arguments.files.maker.vendor, &sources) {
            Config::Keba(config) => config.transfer(stations_there),
            Config::Evlink(config) => config.transfer(),
            Config::Bender(folder) => {
                clone_folder(&folder, &sources, out.unwrap_or(Path::new("")), json)?;
                continue;
            }
        };
        for source in &sources {
            let steps = transfer.steps.iter().map(|step| (step.line, step.to_string()));
            report(source, steps, json)?;
            put(source, &transfer.bytes, arguments, json)?;
            let name = evkit_config_format::keba::name_without_serial(&source.name);
            if let (Vendor::Keba, Some(name)) = (arguments.files.maker.vendor, name) {
                eprintln!("{}: name the copy {name}, or only one station takes it", source.path.display());
            }
        }
    }
    Ok(Outcome::Fine)
}

/// Writes the parameter files that another station may have.
fn clone_folder(folder: &Folder<'_>, sources: &[Source], out: &Path, json: bool) -> anyhow::Result<()> {
    let (kept, steps) = folder.transfer();
    for step in &steps {
        let source = sources.iter().find(|source| source.name == step.key);
        source.map_or(Ok(()), |source| report(source, [(step.line, step.to_string())].into_iter(), json))?;
    }
    for parameter in kept {
        create(&out.join(parameter.name()), parameter.as_bytes())?;
    }
    Ok(())
}

/// Writes a file that must not be there yet.
fn create(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut file = File::create_new(path).with_context(|| path.display().to_string())?;
    Ok(file.write_all(bytes)?)
}

pub(super) fn repair(arguments: &Written, json: bool) -> anyhow::Result<Outcome> {
    if !matches!(arguments.files.maker.vendor, Vendor::Evlink) {
        bail!("only texts of EVlink stations can be repaired");
    }
    let mut outcome = Outcome::Fine;
    for source in stations(&arguments.files)?.iter().flatten() {
        let repair = mend(&source.bytes);
        let decisions = repair.decisions.iter().map(|decision| (decision.line, decision.to_string()));
        report(source, decisions, json)?;
        put(source, &repair.bytes, arguments, json)?;
        if repair.decisions.iter().any(|decision| decision.verdict == Verdict::Left) {
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}

/// What became of a setting of the other maker's file, or of a key of the new one.
#[derive(Serialize)]
struct Carried<'c> {
    kind: &'static str,
    key: &'c str,
    value: Option<&'c str>,
    rounded: bool,
    from: Vec<String>,
    reason: Option<String>,
}

pub(super) fn convert(arguments: &Convert, json: bool) -> anyhow::Result<Outcome> {
    if let (Vendor::Bender, None, false) = (arguments.to, &arguments.out, json) {
        bail!("a Bender controller has a file for every setting: name a folder with --out");
    }
    if !matches!(arguments.to, Vendor::Bender) && arguments.out.is_some() {
        bail!("--out is for Bender; other files go to standard output");
    }
    let mut out = std::io::stdout().lock();
    let mut outcome = Outcome::Fine;
    for sources in stations(&arguments.files)? {
        let config = Config::parse(arguments.files.maker.vendor, &sources);
        let path = path_of(&sources, None);
        let result = to_vendor(config.entries().into_iter(), &config.model(), arguments.to.into());
        if !result.lost.is_empty() || !result.missing.is_empty() {
            outcome = Outcome::Findings;
        }
        if json {
            for row in rows(&result) {
                writeln!(out, "{}", serde_json::to_string(&row)?)?;
            }
        } else {
            result.lost.iter().for_each(|lost| eprintln!("{}: {lost}", path.display()));
            let missing = result.missing.iter().map(|key| key.name);
            missing.for_each(|name| eprintln!("{}: nothing fills `{name}`", path.display()));
            let rounded = result.lines.iter().filter(|line| line.rounded);
            rounded.for_each(|line| eprintln!("{}: `{}` is rounded down", path.display(), line.name));
        }
        for (name, text) in result.files() {
            if let (Some(folder), Some(name)) = (&arguments.out, name) {
                create(&folder.join(name), text.as_bytes())?;
            } else if !json {
                out.write_all(text.as_bytes())?;
            }
        }
    }
    Ok(outcome)
}

fn rows(result: &Conversion) -> impl Iterator<Item = Carried<'_>> {
    let converted = result.lines.iter().map(|line| Carried {
        kind: "converted",
        key: &line.name,
        value: (!line.key.secret).then_some(&line.value),
        rounded: line.rounded,
        from: line.origins.iter().map(ToString::to_string).collect(),
        reason: None,
    });
    let lost = result.lost.iter().map(|lost| Carried {
        kind: "lost",
        key: &lost.origin.key,
        value: None,
        rounded: false,
        from: vec![lost.origin.to_string()],
        reason: Some(lost.to_string()),
    });
    let missing = result.missing.iter().map(|key| Carried {
        kind: "missing",
        key: key.name,
        value: None,
        rounded: false,
        from: Vec::new(),
        reason: None,
    });
    converted.chain(lost).chain(missing)
}

/// Says what was done: for people on standard error, as JSON on standard output.
fn report(source: &Source, notes: impl Iterator<Item = (usize, String)>, json: bool) -> anyhow::Result<()> {
    for (line, message) in notes {
        let file = source.path.display().to_string();
        if json {
            let note = Note { file, line, message: &message };
            writeln!(std::io::stdout(), "{}", serde_json::to_string(&note)?)?;
        } else {
            eprintln!("{file}:{message}");
        }
    }
    Ok(())
}

/// Writes a new file in place of `source`, or to standard output, where with `--json` only objects go.
fn put(source: &Source, bytes: &[u8], arguments: &Written, json: bool) -> anyhow::Result<()> {
    if arguments.in_place {
        return replace(&source.path, bytes).with_context(|| source.path.display().to_string());
    }
    if !json {
        std::io::stdout().write_all(bytes)?;
    }
    Ok(())
}

/// Replaces a file as a whole: if power fails, the old one is still there. Whoever could not read the old one,
/// with its secrets, cannot read the new one.
fn replace(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let rights = fs::metadata(path)?.permissions();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new = path.with_file_name(name);
    let mut file = File::create_new(&new)?;
    file.set_permissions(rights)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(fs::rename(new, path)?)
}
