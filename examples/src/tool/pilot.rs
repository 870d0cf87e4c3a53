//! `evkit pilot`: recorded control pilot samples, run through the machine of a real connector.
//!
//! A record has no contactor feedback and no proximity reading: the contactor is taken to follow its command, and the
//! cable to be attached and to carry the offer. Permission is given from the start.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, Connection, Event, Evse, Inputs};
use evkit_hal::pilot::Sample;
use evkit_hal::units::{Instant, Milliamps, Millivolts};
use serde::Serialize;

use super::Outcome;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File with samples, or - for standard input
    samples: PathBuf,
    /// Current offered to the vehicle, in A
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u32).range(6..=80))]
    offer: u32,
}

/// One thing that happened.
#[derive(Serialize)]
struct Row {
    time_ms: u64,
    event: &'static str,
    detail: Option<String>,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> anyhow::Result<Outcome> {
    let content = super::read(&arguments.samples)?;
    let file = arguments.samples.display();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(content.as_slice());
    let mut replay = None;
    let mut outcome = Outcome::Fine;
    let mut out = std::io::stdout().lock();
    for record in reader.records() {
        let record = record.with_context(|| file.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        if line == 1 && record.get(0) == Some("time_ms") {
            continue;
        }
        let (time, sample) = sample(&record).map_err(|e| anyhow::anyhow!("{file}:{line}:1: {e:#}"))?;
        let replay = match &mut replay {
            Some(replay) => replay,
            none => none.insert(Replay::new(time, Milliamps::from_amps(arguments.offer))?),
        };
        anyhow::ensure!(time >= replay.now, "{file}:{line}:1: time runs backwards");
        let gap = time.since(replay.now);
        anyhow::ensure!(
            gap <= MAX_GAP,
            "{file}:{line}:1: {gap:?} without a sample; a recording has one every day at least"
        );
        for row in replay.step(time, sample) {
            if row.event == "fault" {
                outcome = Outcome::Findings;
            }
            print(&row, json, &mut out)?;
        }
    }
    Ok(outcome)
}

fn sample(record: &csv::StringRecord) -> anyhow::Result<(Instant, Sample)> {
    anyhow::ensure!(record.len() == 3, "{} fields; wanted time_ms,high_mV,low_mV", record.len());
    let time = record[0].parse().with_context(|| format!("time_ms: {:?}", &record[0]))?;
    let level = |index: usize, name: &str| -> anyhow::Result<Millivolts> {
        let value = &record[index];
        Ok(Millivolts(value.parse().with_context(|| format!("{name}: {value:?}"))?))
    };
    Ok((Instant::from_millis(time), Sample { high: level(1, "high_mV")?, low: level(2, "low_mV")? }))
}

fn print(row: &Row, json: bool, out: &mut impl Write) -> std::io::Result<()> {
    if json {
        serde_json::to_writer(&mut *out, row)?;
        return writeln!(out);
    }
    let Row { time_ms, event, detail } = row;
    let line = format!("{time_ms:>10} ms  {event:<14} {}", detail.as_deref().unwrap_or_default());
    writeln!(out, "{}", line.trim_end())
}

/// Longest time between two samples; in between, every deadline of the connector is played.
const MAX_GAP: Duration = Duration::from_secs(24 * 3600);

/// The connector, and when it last was told something.
struct Replay {
    evse: Evse,
    now: Instant,
}

impl Replay {
    fn new(start: Instant, offer: Milliamps) -> anyhow::Result<Self> {
        let config = Config { connection: Connection::Attached(offer), rating: offer, ..Config::DEFAULT };
        let mut evse = Evse::new(start, &config)?;
        evse.set_permission(start, true);
        evse.set_offer(start, Some(offer));
        Ok(Self { evse, now: start })
    }

    /// Takes a sample in, after what became due since the one before.
    fn step(&mut self, time: Instant, sample: Sample) -> Vec<Row> {
        let mut rows = Vec::new();
        while let Some(due) = self.evse.poll_timeout().filter(|due| *due > self.now && *due < time) {
            self.now = due;
            self.evse.handle_inputs(due, Inputs { feedback: Some(self.feedback()), ..Inputs::default() });
            self.drain(&mut rows);
        }
        self.now = time;
        let inputs = Inputs { pilot: Some(sample), feedback: Some(self.feedback()), ..Inputs::default() };
        self.evse.handle_inputs(time, inputs);
        self.drain(&mut rows);
        rows
    }

    const fn feedback(&self) -> Feedback {
        if self.evse.is_closed() { Feedback::Closed } else { Feedback::Open }
    }

    fn drain(&mut self, rows: &mut Vec<Row>) {
        let time_ms = self.now.as_millis();
        while let Some(event) = self.evse.poll_event() {
            let (event, detail) = describe(event);
            rows.push(Row { time_ms, event, detail });
        }
    }
}

/// The event's name, and what there is to say about it: for the contactor, the rule that took the decision.
fn describe(event: Event) -> (&'static str, Option<String>) {
    match event {
        Event::State(state) => {
            ("state", Some(state.map_or_else(|| "unknown".to_owned(), |state| state.to_string())))
        }
        Event::Plugged => ("plugged", None),
        Event::Unplugged => ("unplugged", None),
        Event::Cable(rating) => ("cable", Some(format!("{rating:?}"))),
        Event::Requested => ("requested", None),
        Event::RequestEnded => ("request-ended", None),
        Event::Closed => ("closed", Some("every condition is met".to_owned())),
        Event::Opened(opening) => {
            let load = if opening.under_load { ", under load" } else { "" };
            ("opened", Some(format!("{}{load}", opening.reason)))
        }
        Event::NotClosed(refusal) => ("not-closed", Some(refusal.to_string())),
        Event::WakeUp => ("wake-up", None),
        Event::Fault(hazard) => ("fault", Some(hazard.to_string())),
        Event::Cleared(hazard) => ("cleared", Some(hazard.to_string())),
    }
}
