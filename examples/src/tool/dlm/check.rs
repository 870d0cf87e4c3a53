//! `evkit dlm check`: a site as built, described in TOML, and what is wrong with it.

use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use evkit_dlm::check::{Finding, Place, Severity, check};
use evkit_dlm::controller::{EvseConfig, Minimum, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::meter::{MeterConfig, MeterLocation};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::protocol::Timing;
use evkit_dlm::units::{Milliamps, PhaseCurrents, three};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::tool::{Outcome, read};

/// The format, for `--help`.
pub(super) const FORMAT: &str = r#"Format of SITE.toml (currents in mA: one number, or one for each of L1, L2, L3):

  [[node]]                       # the first is the main connection; parents come before children
  name = "main"
  installation_mA = 100000       # also hardware_mA, feed_cable_mA, operator_mA
  imbalance_mA = 20000           # optional: most difference between two phases
  meter.location = "excluding"   # or "including" the EVSEs; without meter.* nothing is measured
  meter.headroom_mA = 3000       # kept free, default 0
  meter.fallback_mA = 70000      # load while the meter is silent; absent: charging stops

  [[node]]
  name = "garage"
  parent = "main"
  feed_cable_mA = [63000, 63000, 50000]

  [[evse]]
  id = "left"
  node = "garage"
  hardware_mA = 32000            # limits as for a node
  rotation = "STR"               # RST (default), STR, TRS, RTS, SRT, TSR, unknown
  phases = 3                     # wired terminals, default 3
  minimum_mA = 6000              # default 6000
  minimum_multi_mA = 14000       # for cars on two or three phases, default minimum_mA
  disconnected_mA = 8000         # what it falls to without its master, default 0

  [network]                      # optional: durations of the master/slave protocol; defaults as shown
  period_ms = 1000               # between two reports of a station
  lease_ms = 10000               # how long a grant holds
  alone_ms = 40000               # silence after which a station goes to its disconnected limit
  reaction_ms = 6000             # from a new limit until the car obeys
  drift_ppm = 20000              # how far a clock may run fast or slow"#;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Site {
    node: Vec<Spanned<NodeTable>>,
    #[serde(default)]
    evse: Vec<Spanned<EvseTable>>,
    network: Option<Spanned<NetworkTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkTable {
    period_ms: Option<u32>,
    lease_ms: Option<u32>,
    alone_ms: Option<u32>,
    reaction_ms: Option<u32>,
    drift_ppm: Option<u32>,
}

impl NetworkTable {
    fn timing(&self) -> Timing {
        let usual = Timing::default();
        let or = |given: Option<u32>, usual| given.map_or(usual, |ms| Duration::from_millis(ms.into()));
        Timing {
            period: or(self.period_ms, usual.period),
            lease: or(self.lease_ms, usual.lease),
            alone: or(self.alone_ms, usual.alone),
            reaction: or(self.reaction_ms, usual.reaction),
            drift_ppm: self.drift_ppm.unwrap_or(usual.drift_ppm),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeTable {
    name: String,
    parent: Option<String>,
    #[serde(rename = "hardware_mA")]
    hardware: Option<Currents>,
    #[serde(rename = "feed_cable_mA")]
    feed_cable: Option<Currents>,
    #[serde(rename = "installation_mA")]
    installation: Option<Currents>,
    #[serde(rename = "operator_mA")]
    operator: Option<Currents>,
    #[serde(rename = "imbalance_mA")]
    imbalance: Option<u32>,
    meter: Option<MeterTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MeterTable {
    location: Location,
    #[serde(rename = "headroom_mA")]
    headroom: Option<Currents>,
    #[serde(rename = "fallback_mA")]
    fallback: Option<Currents>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Location {
    Excluding,
    Including,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvseTable {
    id: String,
    node: String,
    #[serde(rename = "hardware_mA")]
    hardware: Option<Currents>,
    #[serde(rename = "feed_cable_mA")]
    feed_cable: Option<Currents>,
    #[serde(rename = "installation_mA")]
    installation: Option<Currents>,
    #[serde(rename = "operator_mA")]
    operator: Option<Currents>,
    rotation: Option<String>,
    phases: Option<u8>,
    #[serde(rename = "minimum_mA")]
    minimum: Option<u32>,
    #[serde(rename = "minimum_multi_mA")]
    minimum_multi: Option<u32>,
    #[serde(rename = "disconnected_mA", default)]
    disconnected: u32,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Currents {
    Equal(u32),
    PerPhase([u32; 3]),
}

impl Currents {
    fn per_phase(self) -> PhaseCurrents {
        match self {
            Self::Equal(current) => three(Milliamps(current)),
            Self::PerPhase(currents) => currents.map(Milliamps),
        }
    }
}

#[derive(Serialize)]
struct Row<'a> {
    line: usize,
    severity: &'static str,
    name: &'a str,
    message: String,
}

/// What makes a description unusable, and where.
type Fault = (Range<usize>, String);

pub(super) fn run(path: &Path, json: bool) -> anyhow::Result<Outcome> {
    let content = read(path)?;
    let text = std::str::from_utf8(&content)
        .map_err(|e| anyhow::anyhow!("{}: not UTF-8 at byte {}", path.display(), e.valid_up_to()))?;
    let parsed = toml::from_str::<Site>(text)
        .map_err(|e| (e.span().unwrap_or_default(), e.message().to_owned()))
        .and_then(|site| Ok((site.nodes()?, site.evses()?, site)));
    let (nodes, evses, site) = parsed.map_err(|(span, message)| {
        let (line, column) = position(text, span.start);
        anyhow::anyhow!("{}:{line}:{column}: {message}", path.display())
    })?;
    let mut findings = Vec::new();
    check(&nodes, &evses, |finding| {
        let (name, span) = site.place(&finding);
        let severity = if finding.severity() == Severity::Error { "error" } else { "warning" };
        findings.push((name, span, severity, finding.to_string()));
    });
    if let Some(network) = &site.network
        && let Err(error) = network.get_ref().timing().check()
    {
        findings.push(("network", network.span(), "error", error.to_string()));
    }
    let mut out = std::io::stdout().lock();
    for (name, span, severity, message) in &findings {
        let (line, column) = position(text, span.start);
        if json {
            let row = Row { line, severity, name, message: message.clone() };
            writeln!(out, "{}", serde_json::to_string(&row)?)?;
        } else {
            writeln!(out, "{}:{line}:{column}: {severity}: {name}: {message}", path.display())?;
        }
    }
    eprintln!("{} nodes, {} EVSEs, {} findings", nodes.len(), evses.len(), findings.len());
    Ok(if findings.is_empty() { Outcome::Fine } else { Outcome::Findings })
}

/// Line and column, from 1, of a byte offset.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

impl Site {
    fn nodes(&self) -> Result<Vec<NodeConfig>, Fault> {
        let config = |row: &Spanned<NodeTable>| {
            let table = row.get_ref();
            let parent = table.parent.as_deref().map(|name| self.node(name, row.span())).transpose()?;
            let limits = [table.hardware, table.feed_cable, table.installation, table.operator];
            let meter = table.meter.as_ref().map(MeterTable::config);
            let imbalance = table.imbalance.map(Milliamps);
            Ok(NodeConfig { parent, limits: limit_set(limits), imbalance, meter })
        };
        self.node.iter().map(config).collect()
    }

    fn evses(&self) -> Result<Vec<EvseConfig>, Fault> {
        let config = |row: &Spanned<EvseTable>| {
            let table = row.get_ref();
            let fault = |message: &str| (row.span(), format!("{}: {message}", table.id));
            let rotation = table.rotation.as_deref().unwrap_or("RST");
            let wired = match table.phases.unwrap_or(3) {
                1 => Terminals::ONE,
                2 => Terminals::TWO,
                3 => Terminals::THREE,
                _ => return Err(fault("phases: wanted 1, 2 or 3")),
            };
            let single = table.minimum.map_or(Minimum::IEC_61851.single_phase, Milliamps);
            Ok(EvseConfig {
                rotation: rotation_named(rotation)
                    .ok_or_else(|| fault("rotation: wanted RST, STR, TRS, RTS, SRT, TSR or unknown"))?,
                wired,
                limits: limit_set([table.hardware, table.feed_cable, table.installation, table.operator]),
                minimum: Minimum {
                    single_phase: single,
                    multi_phase: table.minimum_multi.map_or(single, Milliamps),
                },
                disconnected: Milliamps(table.disconnected),
                ..EvseConfig::on(self.node(&table.node, row.span())?)
            })
        };
        self.evse.iter().map(config).collect()
    }

    fn node(&self, name: &str, span: Range<usize>) -> Result<u16, Fault> {
        let index = self.node.iter().position(|node| node.get_ref().name == name);
        index
            .and_then(|index| u16::try_from(index).ok())
            .ok_or_else(|| (span, format!("there is no node {name:?}")))
    }

    /// Name and place in the file of what a finding is about.
    fn place(&self, finding: &Finding) -> (&str, Range<usize>) {
        let node =
            |index: u16| self.node.get(usize::from(index)).map(|n| (n.get_ref().name.as_str(), n.span()));
        let evse =
            |index: u16| self.evse.get(usize::from(index)).map(|e| (e.get_ref().id.as_str(), e.span()));
        let place = match *finding {
            Finding::RoleAbove { place: Place::Node(index), .. }
            | Finding::Parent { node: index }
            | Finding::DisconnectedSum { node: index, .. }
            | Finding::DisconnectedUnmetered { node: index }
            | Finding::NotSpread { node: index, .. }
            | Finding::HeadroomTakesAll { node: index, .. } => node(index),
            Finding::RoleAbove { place: Place::Evse(index), .. }
            | Finding::EvseNode { evse: index }
            | Finding::DisconnectedAboveLimit { evse: index, .. }
            | Finding::DisconnectedBelowMinimum { evse: index, .. }
            | Finding::NoMinimum { evse: index }
            | Finding::MinimumNeverFits { evse: index, .. }
            | Finding::ImbalanceBelowMinimum { evse: index, .. }
            | Finding::Wiring { evse: index }
            | Finding::UnknownRotation { evse: index } => evse(index),
            _ => node(0),
        };
        place.unwrap_or(("site", 0..0))
    }
}

impl MeterTable {
    fn config(&self) -> MeterConfig {
        let default = MeterConfig::default();
        MeterConfig {
            location: match self.location {
                Location::Excluding => MeterLocation::ExcludingEvses,
                Location::Including => MeterLocation::IncludingEvses,
            },
            headroom: self.headroom.map_or(default.headroom, Currents::per_phase),
            fallback: self.fallback.map_or(default.fallback, Currents::per_phase),
            ..default
        }
    }
}

fn limit_set(limits: [Option<Currents>; 4]) -> LimitSet {
    let roles = [Role::Hardware, Role::FeedCable, Role::Installation, Role::Operator];
    let mut set = LimitSet::default();
    for (role, currents) in roles.into_iter().zip(limits) {
        if let Some(currents) = currents {
            // Four roles; a set has room for eight.
            let _ = set.set(Limit::per_phase(role, currents.per_phase()));
        }
    }
    set
}

fn rotation_named(name: &str) -> Option<Rotation> {
    Rotation::KNOWN.into_iter().chain([Rotation::Unknown]).find(|rotation| rotation.to_string() == name)
}
