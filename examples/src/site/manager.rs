//! The site's load manager: `evkit-dlm` with the site's tree, meter and stations.

use std::time::Duration;

use evkit_dlm::Controller;
use evkit_dlm::check::{Severity, check};
use evkit_dlm::controller::{
    EvseConfig, EvseFacts, EvseReport, Minimum, NodeConfig, NodeReport, Settings, SiteError,
};
use evkit_dlm::limits::{Limit, LimitSet, Role, Source, Validity};
use evkit_dlm::meter::{MeterConfig, MeterLocation, MeterState};
use evkit_dlm::phases::{Phase, Rotation};
use evkit_dlm::queue::Priority;
use evkit_dlm::units::{Instant, Milliamps, PhaseCurrents, WattHours};

use super::scenario::{self, Scenario};
use crate::station::config::{ConnectorConfig, LimitRole, Setting, StationConfig};
use crate::station::wiring::Wiring;

/// Most supply nodes and EVSEs of a site; places that a site does not use stay idle.
const NODES: usize = 16;
const EVSES: usize = 32;
const LIMITS: usize = 4 * (NODES + EVSES);

/// A supply node of the site.
#[derive(Debug, Clone)]
pub struct SiteNode {
    /// Name.
    pub name: String,
    /// Index of the node that feeds it.
    pub parent: Option<usize>,
    /// Limit per phase in milliamperes.
    pub limit_ma: [u32; 3],
    /// Where the limit comes from.
    pub source: String,
    role: Role,
}

/// An EVSE of the site.
#[derive(Debug, Clone)]
pub struct SiteEvse {
    /// Station identity and connector, such as `DEPOT-NORD-01#2`.
    pub id: String,
    /// Index of the station.
    pub station: usize,
    /// Connector, from 1.
    pub connector: u32,
    /// Whose station it is.
    pub vendor: &'static str,
    /// Index of the node that feeds it.
    pub node: usize,
    /// Wiring.
    pub wiring: Wiring,
    /// What the station's file says about it.
    pub config: ConnectorConfig,
}

/// The site as built: the scenario's fuses and one node for each station's feed.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Nodes, parents first.
    pub nodes: Vec<SiteNode>,
    /// EVSEs, station by station.
    pub evses: Vec<SiteEvse>,
}

impl Layout {
    /// Hangs the stations into the scenario's tree.
    pub fn new(scenario: &Scenario, stations: &[StationConfig]) -> Self {
        let index = |name: &str| scenario.node.iter().position(|n| n.name == name);
        let mut nodes: Vec<SiteNode> = scenario
            .node
            .iter()
            .map(|n| SiteNode {
                name: n.name.clone(),
                parent: n.parent.as_deref().and_then(index),
                limit_ma: n.limit.map(|amps| amps * 1000),
                source: "scenario".to_owned(),
                role: Role::Installation,
            })
            .collect();
        let mut evses = Vec::new();
        for (number, (entry, station)) in scenario.station.iter().zip(stations).enumerate() {
            let feed = index(&entry.node).unwrap_or(0);
            let node = match &station.limit {
                Some(limit) if station.connectors.len() > 1 => {
                    nodes.push(SiteNode {
                        name: station.identity.clone(),
                        parent: Some(feed),
                        limit_ma: [limit.ma; 3],
                        source: limit.source.clone(),
                        role: role(limit),
                    });
                    nodes.len() - 1
                }
                _ => feed,
            };
            for (connector, config) in (1..).zip(&station.connectors) {
                let planned = entry.rotation.get(connector as usize - 1).copied();
                evses.push(SiteEvse {
                    id: format!("{}#{connector}", station.identity),
                    station: number,
                    connector,
                    vendor: station.vendor.name(),
                    node,
                    wiring: config.wiring.or(planned).unwrap_or_default(),
                    config: config.clone(),
                });
            }
        }
        Self { nodes, evses }
    }

    /// Index of an EVSE by station identity and connector.
    pub fn evse(&self, station: &str, connector: u32) -> Option<usize> {
        self.evses.iter().position(|e| e.id == format!("{station}#{connector}"))
    }
}

/// What the load manager has to know about an EVSE each second.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// A car is plugged in.
    pub plugged: bool,
    /// A session is authorized and nothing but current is missing.
    pub wants_current: bool,
    /// Currents by terminal in milliamperes.
    pub draw_ma: [u32; 3],
    /// The session takes precedence.
    pub vip: bool,
    /// Energy of the session in watt hours.
    pub energy_wh: u32,
}

/// The load manager.
#[derive(Debug)]
pub struct Manager {
    controller: Box<Controller<NODES, EVSES, LIMITS>>,
    nodes: usize,
    evses: usize,
}

/// Why a site cannot be managed.
#[derive(Debug, thiserror::Error)]
pub enum ManagerError {
    /// More nodes or EVSEs than this program has room for.
    #[error("the site has {nodes} supply nodes and {evses} EVSEs; there is room for {NODES} and {EVSES}")]
    TooLarge {
        /// Nodes of the site.
        nodes: usize,
        /// EVSEs of the site.
        evses: usize,
    },
    /// The tree makes no sense.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// The commissioning check found something.
    #[error("{}", .0.join("\n"))]
    Check(
        /// One line each.
        Vec<String>,
    ),
}

impl Manager {
    /// A load manager for a site; `meter_node` is the index of the node that the meter measures.
    ///
    /// # Errors
    /// Too many nodes or EVSEs.
    pub fn new(
        layout: &Layout,
        meter: &scenario::Meter,
        meter_node: usize,
        turn_s: u32,
    ) -> Result<Self, ManagerError> {
        let (nodes, evses) = (layout.nodes.len(), layout.evses.len());
        if nodes > NODES || evses > EVSES {
            return Err(ManagerError::TooLarge { nodes, evses });
        }
        let mut node_configs = [NodeConfig { parent: Some(0), ..NodeConfig::default() }; NODES];
        for (index, (config, node)) in node_configs.iter_mut().zip(&layout.nodes).enumerate() {
            config.parent = node.parent.map(index16);
            config.limits = limits(&[Limit::per_phase(node.role, node.limit_ma.map(Milliamps))]);
            config.meter = (index == meter_node).then(|| meter_config(meter));
        }
        let mut evse_configs = [EvseConfig::on(0); EVSES];
        for (config, evse) in evse_configs.iter_mut().zip(&layout.evses) {
            let (single_phase, multi_phase) = evse.config.minimum_ma;
            *config = EvseConfig {
                rotation: rotation(evse.wiring),
                limits: limits(&[Limit::new(role(&evse.config.limit), Milliamps(evse.config.limit.ma))]),
                minimum: Minimum {
                    single_phase: Milliamps(single_phase),
                    multi_phase: Milliamps(multi_phase),
                },
                disconnected: Milliamps(evse.config.disconnected_ma),
                ..EvseConfig::on(index16(evse.node))
            };
        }
        commissioning(layout, &node_configs[..nodes], &evse_configs[..evses])?;
        let settings = Settings { turn: Some(Duration::from_secs(u64::from(turn_s))), ..Settings::default() };
        let controller = Box::new(Controller::new(&node_configs, &evse_configs, settings)?);
        Ok(Self { controller, nodes, evses })
    }

    /// Takes a meter reading in: currents per phase in milliamperes. A reading the controller refuses counts as
    /// none, and the reason is returned.
    pub fn meter(&mut self, node: usize, now_ms: u64, currents_ma: [u32; 3]) -> Result<(), String> {
        let reading = currents_ma.map(Milliamps);
        self.controller.handle_meter(index16(node), at(now_ms), reading).map_err(|e| e.to_string())
    }

    /// Takes an EVSE's facts in.
    pub fn facts(&mut self, evse: usize, now_ms: u64, facts: &Facts) {
        let facts = EvseFacts {
            plugged: facts.plugged,
            wants_current: facts.wants_current,
            measured: Some(facts.draw_ma.map(Milliamps)),
            priority: if facts.vip { Priority::Vip } else { Priority::Normal },
            energy: WattHours(facts.energy_wh),
            ..EvseFacts::IDLE
        };
        // The layout has this EVSE, so the controller has it.
        let _ = self.controller.handle_evse(index16(evse), at(now_ms), facts);
    }

    /// Limits an EVSE by a charging profile, or lifts that limit.
    pub fn profile_of_evse(&mut self, evse: usize, limit_ma: Option<u32>) {
        let source = Source::from(Role::Profile);
        let _ = match limit_ma {
            Some(ma) => {
                self.controller.set_evse_limit(index16(evse), Limit::new(source, Milliamps(ma))).is_ok()
            }
            None => self.controller.clear_evse_limit(index16(evse), source).is_ok(),
        };
    }

    /// Limits a station's feed by a charging profile, or lifts that limit.
    pub fn profile_of_node(&mut self, node: usize, limit_ma: Option<u32>) {
        let source = Source::from(Role::Profile);
        let _ = match limit_ma {
            Some(ma) => {
                self.controller.set_node_limit(index16(node), Limit::new(source, Milliamps(ma))).is_ok()
            }
            None => self.controller.clear_node_limit(index16(node), source).is_ok(),
        };
    }

    /// Limits the whole site by what its energy manager says is available, or lifts that limit.
    pub fn available(&mut self, limit_ma: Option<u32>) {
        let source = Source::from(Role::Ems);
        let _ = match limit_ma {
            Some(ma) => self.controller.set_node_limit(0, Limit::new(source, Milliamps(ma))).is_ok(),
            None => self.controller.clear_node_limit(0, source).is_ok(),
        };
    }

    /// Decides.
    pub fn tick(&mut self, now_ms: u64) {
        self.controller.tick(at(now_ms));
    }

    /// Current offered to an EVSE in milliamperes; 0 pauses.
    pub fn offer_ma(&self, evse: usize) -> u32 {
        self.controller.offer(index16(evse)).map_or(0, |offer| offer.current.0)
    }

    /// The nodes of the site at the last decision.
    pub fn nodes(&self) -> impl Iterator<Item = NodeReport> {
        self.controller.nodes().take(self.nodes)
    }

    /// The EVSEs of the site at the last decision.
    pub fn evses(&self) -> impl Iterator<Item = EvseReport> {
        self.controller.evses().take(self.evses)
    }

    /// Does the meter's reading count at the moment?
    pub fn meter_is_fresh(&self) -> bool {
        self.nodes().all(|n| n.meter.is_none_or(|m| m == MeterState::Fresh))
    }
}

/// The check of `evkit-dlm` before anything is switched on; every error stops the start.
fn commissioning(layout: &Layout, nodes: &[NodeConfig], evses: &[EvseConfig]) -> Result<(), ManagerError> {
    let mut errors = Vec::new();
    check(nodes, evses, |finding| {
        if finding.severity() == Severity::Error {
            let names: Vec<_> =
                layout.nodes.iter().enumerate().map(|(i, n)| format!("{i} is {}", n.name)).collect();
            errors.push(format!("load management: error: {finding} (node {})", names.join(", ")));
        }
    });
    if errors.is_empty() { Ok(()) } else { Err(ManagerError::Check(errors)) }
}

fn at(now_ms: u64) -> Instant {
    Instant::from_millis(now_ms)
}

/// Indices are below [`NODES`] and [`EVSES`].
fn index16(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn role(limit: &Setting) -> Role {
    match limit.role {
        LimitRole::Hardware => Role::Hardware,
        LimitRole::Installation => Role::Installation,
        LimitRole::Operator => Role::Operator,
    }
}

fn limits(limits: &[Limit]) -> LimitSet {
    let mut set = LimitSet::default();
    for limit in limits {
        // A fresh set has room for the one or two limits a file gives.
        let _ = set.set(Limit { validity: Validity::Always, ..*limit });
    }
    set
}

fn meter_config(meter: &scenario::Meter) -> MeterConfig {
    let amps = |limits: [u32; 3]| -> PhaseCurrents { limits.map(Milliamps::from_amps) };
    MeterConfig {
        location: match meter.location {
            scenario::MeterLocation::Excluding => MeterLocation::ExcludingEvses,
            scenario::MeterLocation::Including => MeterLocation::IncludingEvses,
        },
        headroom: amps(meter.headroom),
        max_age: Duration::from_secs(u64::from(meter.max_age_s)),
        fallback: amps(meter.fallback),
        ..MeterConfig::default()
    }
}

fn rotation(wiring: Wiring) -> Rotation {
    Rotation::from_wiring(wiring.phases().map(|phase| Phase::ALL[phase])).unwrap_or(Rotation::Unknown)
}
