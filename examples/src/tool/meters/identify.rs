//! `evkit meters identify`: which device is this?

use std::io::Write as _;

use clap::Args;
use evkit_modbus_registers::devices::ALL;
use evkit_modbus_registers::identify::{Candidate, Evidence, Identify, Strength};
use indicatif::ProgressBar;
use serde::Serialize;

use super::place::Place;
use crate::net::modbus::{Fault, Link};
use crate::tool::Outcome;

/// A device that never answered after so many questions is not there.
const DEAF: usize = 3;

#[derive(Debug, Args)]
pub(in crate::tool) struct Arguments {
    #[command(flatten)]
    place: Place,
}

/// A candidate and why it is one.
#[derive(Serialize)]
struct Line<'a> {
    manufacturer: &'a str,
    model: &'a str,
    strength: &'static str,
    evidence: String,
}

impl<'a> Line<'a> {
    fn new(candidate: &Candidate<'a>) -> Self {
        Self {
            manufacturer: candidate.map.manufacturer(),
            model: candidate.map.model(),
            strength: match candidate.strength {
                Strength::Certain => "certain",
                Strength::Likely => "likely",
                Strength::Possible => "possible",
            },
            evidence: evidence(&candidate.evidence),
        }
    }
}

fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::SunSpec(model) => format!("SunSpec model {} at register {}", model.id, model.address),
        Evidence::ServerId(id) => format!("server identifier {id}"),
        Evidence::DeviceId => "device identification".to_owned(),
        Evidence::Text { address } => format!("text at register {address}"),
        Evidence::Code { address, code } => format!("code {code} at register {address}"),
        Evidence::Plausible { voltage } => format!("plausible: {voltage} V and a mains frequency"),
        other => format!("{other:?}"),
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let search = async {
        let mut link = arguments.place.link(None, None)?;
        search(&mut link).await
    };
    let search: anyhow::Result<Identify<'_>> = super::block_on(search)?;
    let search = search?;
    let mut candidates: Vec<_> = search.candidates().collect();
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.strength));
    let mut out = std::io::stdout().lock();
    for candidate in &candidates {
        let line = Line::new(candidate);
        if json {
            writeln!(out, "{}", serde_json::to_string(&line)?)?;
        } else {
            let Line { manufacturer, model, strength, evidence } = line;
            writeln!(out, "{strength:<8}  {manufacturer} {model}  ({evidence})")?;
        }
    }
    if candidates.is_empty() {
        eprintln!("the device answers, but like none that is known");
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Fine)
}

/// Asks until nothing is left to ask.
async fn search(link: &mut Link) -> anyhow::Result<Identify<'static>> {
    let progress = ProgressBar::new_spinner().with_message("asking");
    let mut search = Identify::new(ALL);
    let (mut answers, mut silences) = (0, 0);
    while let Some(request) = search.poll_request() {
        progress.tick();
        match link.exchange(&request).await {
            Ok(response) => {
                answers += 1;
                search.handle_response(&response);
            }
            Err(error) => {
                match error.fault {
                    // Some devices close the connection on a function they do not know.
                    Fault::Io(_) | Fault::Silence { .. } => silences += 1,
                    _ => answers += 1,
                }
                if answers == 0 && silences >= DEAF {
                    return Err(error.into());
                }
                search.handle_failure();
            }
        }
    }
    progress.finish_and_clear();
    Ok(search)
}
