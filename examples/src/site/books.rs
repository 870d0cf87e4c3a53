//! The record of a run before anything has happened.

use super::manager::Layout;
use super::record::{EvseRecord, NodeRecord, Outage, Record};
use super::scenario::{EventEntry, Scenario};

/// An empty record of a site.
pub fn open(scenario: &Scenario, layout: &Layout) -> Record {
    let end = u64::from(scenario.minutes) * 60_000;
    let outage = |what, at: u32, minutes: u32| {
        let (from_ms, to_ms) = (u64::from(at) * 60_000, (u64::from(at + minutes) * 60_000).min(end));
        (from_ms < end).then(|| Outage { what, from_ms, to_ms, story: Vec::new() })
    };
    let outages = scenario.event.iter().filter_map(|event| match event {
        EventEntry::BackEndLoss { at, minutes } => outage("Central system", *at, *minutes),
        EventEntry::MeterLoss { at, minutes } => outage("Meter", *at, *minutes),
        _ => None,
    });
    Record {
        site: scenario.name.clone(),
        start: scenario.start,
        length_ms: end,
        seed: scenario.seed,
        nodes: layout
            .nodes
            .iter()
            .map(|n| NodeRecord {
                name: n.name.clone(),
                parent: n.parent,
                source: n.source.clone(),
                limit_ma: n.limit_ma,
                peak_ma: [0; 3],
            })
            .collect(),
        evses: layout
            .evses
            .iter()
            .map(|e| EvseRecord {
                id: e.id.clone(),
                vendor: e.vendor,
                node: e.node,
                rotation: e.wiring.name().to_owned(),
                max_ma: e.config.limit.ma,
                min_ma: e.config.minimum_ma.1,
                disconnected_ma: e.config.disconnected_ma,
                source: e.config.limit.source.clone(),
            })
            .collect(),
        samples: Vec::new(),
        cars: Vec::new(),
        outages: outages.collect(),
        events: Vec::new(),
        transactions: Vec::new(),
        ocpp_errors: Vec::new(),
        frames: Default::default(),
        failures: Vec::new(),
    }
}
