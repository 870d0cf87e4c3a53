//! What happened while something was away, in sentences for the report.

use super::record::{Outage, Record, Sample};
use super::scenario::Scenario;

/// Writes the story of every outage of a finished run.
pub fn tell(record: &mut Record, scenario: &Scenario) {
    let mut outages = std::mem::take(&mut record.outages);
    for outage in &mut outages {
        outage.story = match outage.what {
            "Meter" => meter(record, outage, scenario),
            _ => back_end(record, outage),
        };
    }
    record.outages = outages;
}

fn back_end(record: &Record, outage: &Outage) -> Vec<String> {
    let (from, to) = (record.utc(outage.from_ms), record.utc(outage.to_ms));
    let within = |at| at >= from && at < to;
    let begun = record.transactions.iter().filter(|t| within(t.start)).count();
    let ended = record.transactions.iter().filter(|t| t.end.is_some_and(within)).count();
    let charging = samples(record, outage).map(|s| s.draw_ma.iter().filter(|d| **d != [0; 3]).count()).max();
    let mut story = vec![
        format!("Charging went on: up to {} cars drew current meanwhile.", charging.unwrap_or(0)),
        format!(
            "Meanwhile {} began and {} ended; the stations kept the messages and delivered them afterwards, each once.",
            count(begun, "transaction"),
            count(ended, "transaction")
        ),
    ];
    let cards = record.events.iter().filter(|e| e.at_ms >= outage.from_ms && e.at_ms < outage.to_ms);
    let verdicts = cards.filter(|e| e.what.contains("may charge") || e.what.starts_with("not accepted"));
    story.extend(verdicts.map(|e| format!("{} {}: {}.", record.clock(e.at_ms), e.who, e.what)));
    let back = record.events.iter().find(|e| e.at_ms >= outage.to_ms && e.what == "connected");
    story
        .extend(back.map(|e| format!("The first station was connected again at {}.", record.clock(e.at_ms))));
    story
}

fn meter(record: &Record, outage: &Outage, scenario: &Scenario) -> Vec<String> {
    let cars =
        |s: &Sample| (0..3).map(|p| s.load_ma[0][p].saturating_sub(s.base_ma[p])).max().unwrap_or(0) / 1000;
    let before = record.samples.iter().rev().find(|s| s.at_ms < outage.from_ms).map_or(0, cars);
    let least = samples(record, outage).map(cars).min().unwrap_or(0);
    let waiting = samples(record, outage).map(|s| s.queued.iter().filter(|q| **q).count()).max().unwrap_or(0);
    let [l1, l2, l3] = scenario.meter.fallback;
    vec![
        format!(
            "After {} s without a reading the load manager assumed {l1}/{l2}/{l3} A for the building.",
            scenario.meter.max_age_s
        ),
        format!("The cars' current on their busiest phase went from {before} A down to {least} A."),
        format!("Up to {} had to wait for current.", count(waiting, "car")),
    ]
}

fn samples<'r>(record: &'r Record, outage: &'r Outage) -> impl Iterator<Item = &'r Sample> {
    record.samples.iter().filter(|s| s.at_ms >= outage.from_ms && s.at_ms < outage.to_ms)
}

fn count(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}"),
        1 => format!("one {noun}"),
        n => format!("{n} {noun}s"),
    }
}
