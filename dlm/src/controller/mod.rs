//! The load manager of a site: takes facts in, decides, hands offers out.
//!
//! It has no clock and no sockets. Driving it is one rule: hand in what is new (`handle_*`, `set_*`), call
//! [`Controller::tick`], put every [`Controller::offer`] in force, and come back at
//! [`Controller::poll_timeout`] or earlier. A tick too many changes nothing.
//!
//! What it guarantees: on no phase of no node does the sum of what the EVSEs may be drawing pass what the
//! limit leaves beside the uncontrolled load, provided that load obeys its headroom and the cars follow a
//! reduction within the reaction time. For that, reductions act at once, and a raise is given only as far
//! as the ledger of all EVSEs still fits: the reduction that pays for it must be over first.

mod balance;
mod config;
mod decide;
mod evse;
mod raise;
mod report;

pub use config::{EvseConfig, Fairness, Minimum, NodeConfig, Settings};
pub use evse::EvseFacts;
pub use report::{Cause, EvseReport, NodeReport, Offer, Reason};

use crate::allocate::{Demand, Memory, Node, PoolSet};
use crate::ledger::Ledger;
use crate::limits::{Limit, LimitsFull, Place, SiteLimits, Source};
use crate::meter::{Meter, ReadingError};
use crate::phases::PhaseSet;
use crate::units::{Instant, Milliamps, PhaseCurrents, sooner, three};
use evse::Evse;
use thiserror::Error;

/// The description of a site makes no sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SiteError {
    /// There is no node, or there are more than 65,535 nodes or EVSEs.
    #[error("a site has 1 to 65535 nodes and at most 65535 EVSEs")]
    Size,
    /// Node 0 has a parent.
    #[error("node 0 is the main connection and cannot have a parent")]
    RootParent,
    /// The tree is not in order.
    #[error("node {node} must name a parent from 0 to {last}", last = node.saturating_sub(1))]
    Parent {
        /// Index of the node.
        node: u16,
    },
    /// An EVSE hangs on a node that does not exist.
    #[error("EVSE {evse} hangs on node {node}, which does not exist")]
    EvseNode {
        /// Index of the EVSE.
        evse: u16,
        /// The node it names.
        node: u16,
    },
    /// An EVSE draws from a pool that does not exist.
    #[error("EVSE {evse} draws from a pool beyond the {POOLS} there are")]
    EvsePool {
        /// Index of the EVSE.
        evse: u16,
    },
    /// An EVSE has no terminal wired.
    #[error("EVSE {evse} must have at least one terminal wired")]
    EvseWiring {
        /// Index of the EVSE.
        evse: u16,
    },
    /// The places have more limits together than there is room for.
    #[error(transparent)]
    Limits(#[from] LimitsFull),
    /// There is room for so many only.
    #[error("{needed} nodes have {what}, but there is room for {room}")]
    Room {
        /// "a meter" or "an imbalance limit".
        what: &'static str,
        /// How many there is room for.
        room: usize,
        /// How many the site has.
        needed: usize,
    },
}

/// There is no EVSE, node or pool with this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("index {0} is not of this site")]
pub struct NotOfThisSite(pub u16);

/// A limit could not be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum LimitError {
    /// The index is wrong.
    #[error(transparent)]
    Index(#[from] NotOfThisSite),
    /// There is no room for another one.
    #[error(transparent)]
    Full(#[from] LimitsFull),
}

/// Pools a controller has, numbered from 0: contract power, PV surplus, a grid operator's limit.
pub const POOLS: usize = 4;

/// State of one node. What it can carry and what is reserved of that stands in its rows of the working memory.
#[derive(Clone, Copy, Debug)]
struct NodeState {
    /// Who set the limit of each phase.
    sources: [Option<Source>; 3],
    /// Uncontrolled load counted at the node itself.
    base: PhaseCurrents,
}

/// The external meter of a node.
#[derive(Clone, Copy, Debug)]
struct NodeMeter {
    node: u16,
    meter: Meter,
    /// Currents of the EVSEs and metered loads below measured by the last decision, as a lower bound.
    measured_below: PhaseCurrents,
}

/// The load manager of a site with `NODES` supply nodes and `EVSES` EVSEs, which have up to `LIMITS` limits
/// together, one for each source at each place.
///
/// Up to `METERS` of the nodes have an external meter and up to `BALANCED` an imbalance limit: all of them if
/// nothing is said, which costs memory on a site where few have.
#[derive(Clone, Debug)]
pub struct Controller<
    const NODES: usize,
    const EVSES: usize,
    const LIMITS: usize = 64,
    const METERS: usize = NODES,
    const BALANCED: usize = NODES,
> {
    settings: Settings,
    nodes: [NodeState; NODES],
    /// In the order of the nodes, without gaps.
    meters: [Option<NodeMeter>; METERS],
    evses: [Evse; EVSES],
    limits: SiteLimits<LIMITS>,
    /// Since when somebody has been waiting, or when the last turn was.
    turn_from: Option<Instant>,
    decided: Option<Instant>,
    pools: [Milliamps; POOLS],
    /// What the members of each pool may be drawing, all conductors together.
    pools_reserved: [Milliamps; POOLS],
    /// The supply nodes with their limits and loads as of the last decision.
    tree: [Node; NODES],
    // Memory of one decision.
    /// The sessions that take part, in the order of admission.
    takers: [u16; EVSES],
    demands: [Demand; EVSES],
    /// Between two calls of `allocate` the controller keeps in the rows of a node what it can carry and what is used
    /// of that.
    memory: Memory<NODES, EVSES, BALANCED>,
}

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize, const METERS: usize, const BALANCED: usize>
    Controller<NODES, EVSES, LIMITS, METERS, BALANCED>
{
    /// A controller that has heard of nobody yet and offers nothing.
    ///
    /// # Errors
    /// [`SiteError`] if the description makes no sense. Whether it is *wise* is for
    /// [`check`](crate::check::check) to say.
    pub fn new(
        nodes: &[NodeConfig; NODES],
        evses: &[EvseConfig; EVSES],
        settings: Settings,
    ) -> Result<Self, SiteError> {
        verify(nodes, evses)?;
        let balanced = nodes.iter().filter(|node| node.imbalance.is_some()).count();
        has_room("an imbalance limit", BALANCED, balanced)?;
        has_room("a meter", METERS, nodes.iter().filter(|node| node.meter.is_some()).count())?;
        let mut meters = [None; METERS];
        let metered = (0..).zip(nodes).filter_map(|(node, config)| Some((node, config.meter?)));
        for (place, (node, config)) in meters.iter_mut().zip(metered) {
            let measured_below = three(Milliamps::ZERO);
            *place = Some(NodeMeter { node, meter: Meter::new(config), measured_below });
        }
        let mut limits = SiteLimits::new();
        for (index, node) in (0..).zip(nodes) {
            node.limits.iter().try_for_each(|&limit| limits.set(Place::Node(index), limit))?;
        }
        for (index, evse) in (0..).zip(evses) {
            evse.limits.iter().try_for_each(|&limit| limits.set(Place::Evse(index), limit))?;
        }
        let nobody = Demand {
            node: 0,
            phases: PhaseSet::ALL,
            conductors: 3,
            min: Milliamps::ZERO,
            max: Milliamps::ZERO,
            priority: 0,
            tier: 0,
            weight: 1,
            pools: PoolSet::NONE,
        };
        let mut controller = Self {
            settings,
            nodes: [NodeState { sources: [None; 3], base: three(Milliamps::ZERO) }; NODES],
            meters,
            evses: evses.each_ref().map(Evse::new),
            limits,
            turn_from: None,
            decided: None,
            pools: [Milliamps::MAX; POOLS],
            pools_reserved: [Milliamps::ZERO; POOLS],
            tree: nodes.each_ref().map(|config| Node {
                parent: config.parent,
                imbalance: config.imbalance,
                ..Node::root(three(Milliamps::MAX))
            }),
            takers: [0; EVSES],
            demands: [nobody; EVSES],
            memory: Memory::new(),
        };
        (0..NODES as u16).for_each(|node| controller.limit_to(node, Instant::default()));
        Ok(controller)
    }

    /// How the controller behaves.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Takes a reading of a node's external meter in: RMS current by grid phase, taken at `taken`.
    ///
    /// # Errors
    /// [`ReadingError`] if the node has no meter or the reading cannot be right. It then counts as not
    /// received: after the age limit the fallback load holds.
    pub fn handle_meter(
        &mut self,
        node: u16,
        taken: Instant,
        reading: PhaseCurrents,
    ) -> Result<(), ReadingError> {
        let mut meters = self.meters.iter_mut().flatten();
        let found = meters.find(|meter| meter.node == node).ok_or(ReadingError::NoMeter { node })?;
        found.meter.handle_reading(taken, reading, found.measured_below)
    }

    /// Takes in what an EVSE reports. To be called at least once within
    /// [`Settings::evse_max_age`], even if nothing has changed.
    ///
    /// # Errors
    /// [`NotOfThisSite`] if there is no such EVSE.
    pub fn handle_evse(&mut self, evse: u16, now: Instant, facts: EvseFacts) -> Result<(), NotOfThisSite> {
        let state = self.evses.get_mut(usize::from(evse)).ok_or(NotOfThisSite(evse))?;
        state.handle_facts(now, facts, &self.settings);
        Ok(())
    }

    /// Says what an EVSE is still signalling from before this controller was made. Until told so, a
    /// controller takes every EVSE to be at its disconnected limit.
    ///
    /// # Errors
    /// [`NotOfThisSite`] if there is no such EVSE.
    pub fn restore_offer(&mut self, evse: u16, offer: Milliamps) -> Result<(), NotOfThisSite> {
        let state = self.evses.get_mut(usize::from(evse)).ok_or(NotOfThisSite(evse))?;
        state.ledger = Ledger::new(offer);
        Ok(())
    }

    /// Sets or replaces one source's limit of a node.
    ///
    /// # Errors
    /// [`LimitError`] if there is no such node or no room for another source.
    pub fn set_node_limit(&mut self, node: u16, limit: Limit) -> Result<(), LimitError> {
        Ok(self.limits.set(self.node_place(node)?, limit)?)
    }

    /// Removes one source's limit of a node; says whether there was one.
    ///
    /// # Errors
    /// [`NotOfThisSite`] if there is no such node.
    pub fn clear_node_limit(&mut self, node: u16, source: Source) -> Result<bool, NotOfThisSite> {
        Ok(self.limits.clear(self.node_place(node)?, source))
    }

    /// Sets or replaces one source's limit of an EVSE: cable, car, session, charging profile, ...
    /// It stays when the car leaves.
    ///
    /// # Errors
    /// [`LimitError`] if there is no such EVSE or no room for another source.
    pub fn set_evse_limit(&mut self, evse: u16, limit: Limit) -> Result<(), LimitError> {
        Ok(self.limits.set(self.evse_place(evse)?, limit)?)
    }

    /// Removes one source's limit of an EVSE; says whether there was one.
    ///
    /// # Errors
    /// [`NotOfThisSite`] if there is no such EVSE.
    pub fn clear_evse_limit(&mut self, evse: u16, source: Source) -> Result<bool, NotOfThisSite> {
        Ok(self.limits.clear(self.evse_place(evse)?, source))
    }

    /// Limits the sum of conductors × current over the EVSEs of a pool; [`Milliamps::MAX`] lifts the limit.
    /// Power divided by the phase voltage is such a sum.
    ///
    /// # Errors
    /// [`NotOfThisSite`] if there is no such pool.
    pub fn set_pool(&mut self, pool: u8, limit: Milliamps) -> Result<(), NotOfThisSite> {
        let held = self.pools.get_mut(usize::from(pool)).ok_or(NotOfThisSite(pool.into()))?;
        *held = limit;
        Ok(())
    }

    /// The offer in force for an EVSE, `None` if there is no such EVSE.
    pub fn offer(&self, evse: u16) -> Option<Offer> {
        let evse = self.evses.get(usize::from(evse))?;
        Some(Offer { current: evse.ledger.offer(), reason: evse.reason })
    }

    /// An EVSE whose car fell asleep during a pause and should be woken, for instance by interrupting the
    /// control pilot; each is named once. To be drained after [`Controller::handle_evse`].
    #[must_use]
    pub fn poll_wake(&mut self) -> Option<u16> {
        let (index, evse) = (0..).zip(&mut self.evses).find(|(_, evse)| evse.to_wake)?;
        evse.to_wake = false;
        Some(index)
    }

    /// Every node as of the last decision.
    pub fn nodes(&self) -> impl Iterator<Item = NodeReport> {
        let now = self.decided.unwrap_or_default();
        (0..).zip(self.nodes.iter().zip(&self.tree)).map(move |(node, (state, tree))| NodeReport {
            node,
            parent: tree.parent,
            limit: tree.limit,
            sources: state.sources,
            base: state.base,
            reserved: self.memory.rows(node).map(|row| Milliamps(row.used)),
            meter: self
                .meters
                .iter()
                .flatten()
                .find(|held| held.node == node)
                .map(|held| held.meter.state(now)),
        })
    }

    /// Every EVSE as of the last decision.
    pub fn evses(&self) -> impl Iterator<Item = EvseReport> {
        let now = self.decided.unwrap_or_default();
        (0..).zip(&self.evses).map(move |(index, evse)| EvseReport {
            evse: index,
            node: evse.config.node,
            rotation: evse.config.rotation,
            terminals: evse.terminals(),
            offer: Offer { current: evse.ledger.offer(), reason: evse.reason },
            target: evse.target,
            measured: evse.measured(now, &self.settings),
            reserved: evse.reserved(now, &self.settings).by_phase,
        })
    }

    /// When the next [`Controller::tick`] is due if nothing is handed in before; `None`: not at all.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let Some(now) = self.decided else { return Some(Instant::default()) };
        let turn = self.turn_from.zip(self.settings.turn).map(|(from, turn)| from.after(turn));
        let mut next = sooner(now, turn, self.limits.next_change(now));
        for held in self.meters.iter().flatten() {
            next = sooner(now, next, held.meter.next_change(now));
        }
        for evse in &self.evses {
            next = sooner(now, next, evse.next_change(now, &self.settings));
        }
        next
    }

    fn node_place(&self, node: u16) -> Result<Place, NotOfThisSite> {
        if usize::from(node) < NODES { Ok(Place::Node(node)) } else { Err(NotOfThisSite(node)) }
    }

    fn evse_place(&self, evse: u16) -> Result<Place, NotOfThisSite> {
        if usize::from(evse) < EVSES { Ok(Place::Evse(evse)) } else { Err(NotOfThisSite(evse)) }
    }
}

fn verify(nodes: &[NodeConfig], evses: &[EvseConfig]) -> Result<(), SiteError> {
    let most = usize::from(u16::MAX);
    let (root, below) = nodes.split_first().ok_or(SiteError::Size)?;
    if nodes.len() > most || evses.len() > most {
        return Err(SiteError::Size);
    }
    if root.parent.is_some() {
        return Err(SiteError::RootParent);
    }
    for (node, config) in (1..).zip(below) {
        if config.parent.is_none_or(|parent| parent >= node) {
            return Err(SiteError::Parent { node });
        }
    }
    for (evse, config) in (0..).zip(evses) {
        if usize::from(config.node) >= nodes.len() {
            return Err(SiteError::EvseNode { evse, node: config.node });
        }
        if !config.pools.fits(POOLS) {
            return Err(SiteError::EvsePool { evse });
        }
        if config.wired.is_empty() {
            return Err(SiteError::EvseWiring { evse });
        }
    }
    Ok(())
}

fn has_room(what: &'static str, room: usize, needed: usize) -> Result<(), SiteError> {
    if needed > room { Err(SiteError::Room { what, room, needed }) } else { Ok(()) }
}
