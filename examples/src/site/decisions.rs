//! `dlm.jsonl`: one line per decision of the load manager.
//!
//! `limit_mA`, `base_mA` and `draw_mA` are what is: fuses, the building's load, the cars' currents. `target_mA` and
//! `assumed_mA` are what the load manager goes by at that moment: the lowest limit of all sources, and the load it
//! counts, headroom or fallback included. Cars take a few seconds to follow a new target.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use evkit_dlm::units::Milliamps;
use serde::Serialize;

use super::manager::{Layout, Manager};

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    nodes: Vec<Node<'a>>,
    evses: Vec<Evse<'a>>,
}

#[derive(Serialize)]
struct Node<'a> {
    name: &'a str,
    parent: Option<&'a str>,
    #[serde(rename = "limit_mA")]
    limit: [u32; 3],
    #[serde(rename = "base_mA")]
    base: [u32; 3],
    #[serde(rename = "target_mA")]
    target: [u32; 3],
    #[serde(rename = "assumed_mA")]
    assumed: [u32; 3],
}

#[derive(Serialize)]
struct Evse<'a> {
    id: &'a str,
    node: &'a str,
    rotation: [usize; 3],
    phases: Vec<usize>,
    #[serde(rename = "offer_mA")]
    offer: u32,
    #[serde(rename = "draw_mA")]
    draw: [u32; 3],
    reason: String,
}

/// Writes the decision in force.
///
/// # Errors
/// The log cannot be written.
pub fn write(
    out: &mut impl Write,
    at: DateTime<Utc>,
    layout: &Layout,
    manager: &Manager,
    building: (usize, [u32; 3]),
    draw_ma: &[[u32; 3]],
) -> std::io::Result<()> {
    let name = |node: usize| layout.nodes[node].name.as_str();
    let flat = |currents: [Milliamps; 3]| currents.map(|c| c.0);
    let nodes = manager.nodes().zip(&layout.nodes).map(|(report, node)| Node {
        name: &node.name,
        parent: node.parent.map(name),
        limit: node.limit_ma,
        base: if usize::from(report.node) == building.0 { building.1 } else { [0; 3] },
        target: flat(report.limit),
        assumed: flat(report.base),
    });
    let evses = manager.evses().zip(&layout.evses).zip(draw_ma).map(|((report, evse), draw)| Evse {
        id: &evse.id,
        node: name(evse.node),
        rotation: evse.wiring.phases().map(|phase| phase + 1),
        phases: report.terminals.iter().map(|terminal| terminal + 1).collect(),
        offer: report.offer.current.0,
        draw: *draw,
        reason: report.offer.reason.to_string(),
    });
    let line = Line {
        time: at.to_rfc3339_opts(SecondsFormat::Millis, true),
        nodes: nodes.collect(),
        evses: evses.collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
