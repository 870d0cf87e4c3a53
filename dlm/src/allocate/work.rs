//! The memory an allocation works in, lent by the caller, and the capacity rows kept there.
//!
//! A *row* is one inequality: the limit of a node on a phase, or of a pool. Demands are kept in
//! depth-first order of their nodes as well, so that those below a node are one range.
//!
//! Every index used in this folder was checked by [`Problem::check`] or made here.

use super::problem::{Bound, Demand, PoolSet, Problem, ProblemError};
use crate::phases::Phase;

/// Height of the water: current per unit of weight, in 1/65536 mA.
pub(super) type Level = u64;

/// Parent of the root: the index of no node.
const NO_NODE: u16 = u16::MAX;

/// One capacity and what uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// What EVSEs may use together.
    pub(super) capacity: u64,
    /// Current of the served demands that are not rising at the moment.
    pub(super) used: u64,
    /// Weight of the rising ones.
    pub(super) slope: u64,
}

impl Row {
    const EMPTY: Self = Self { capacity: 0, used: 0, slope: 0 };

    pub(super) fn slack(&self) -> u64 {
        self.capacity.saturating_sub(self.used)
    }

    /// The level at which the rising demands have used it up.
    pub(super) fn tight_level(&self) -> Level {
        (self.slack() << 16).checked_div(self.slope).unwrap_or(Level::MAX)
    }
}

/// Names a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowId {
    Phase { node: u16, phase: Phase },
    Pool { pool: u8 },
}

impl From<RowId> for Bound {
    fn from(row: RowId) -> Self {
        match row {
            RowId::Phase { node, phase } => Self::Limit { node, phase },
            RowId::Pool { pool } => Self::Pool { pool },
        }
    }
}

/// Working memory for one supply node.
#[derive(Clone, Copy, Debug)]
pub struct NodeSlot {
    parent: u16,
    /// Demands below: this range of the depth-first order.
    pub(super) first: u16,
    pub(super) end: u16,
    /// Winner of the pairing with this number in the tournament of tight levels.
    pub(super) winner: u16,
    /// Not above the level at which one of the rows gets tight.
    pub(super) tight: Level,
    /// By grid phase.
    pub(super) rows: [Row; 3],
}

impl NodeSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self =
        Self { parent: NO_NODE, first: 0, end: 0, winner: 0, tight: 0, rows: [Row::EMPTY; 3] };
}

/// What a demand is doing while the water rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not served.
    Out,
    /// Served with its minimum; its tier's turn has not come.
    Served,
    /// Its tier is being filled, the water is still below its minimum.
    Waiting,
    /// On the water.
    Rising,
    /// Its current is final.
    Stopped,
}

/// Working memory for one EVSE.
#[derive(Clone, Copy, Debug)]
pub struct EvseSlot {
    /// Demand at this position of the depth-first order (not the slot's own).
    pub(super) ordered: u16,
    pub(super) state: State,
    pub(super) current: u32,
    pub(super) bound: Bound,
}

impl EvseSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self { ordered: 0, state: State::Out, current: 0, bound: Bound::Maximum };
}

/// A demand and the level at which something happens to it; two are needed for each EVSE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub(super) tier: u16,
    pub(super) level: Level,
    pub(super) demand: u16,
}

impl Event {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self { tier: 0, level: 0, demand: 0 };
}

/// Memory lent for one call; [`Memory`] owns such memory.
#[derive(Debug)]
pub struct Scratch<'a> {
    /// At least one for each node.
    pub nodes: &'a mut [NodeSlot],
    /// At least one for each demand.
    pub evses: &'a mut [EvseSlot],
    /// At least two for each demand.
    pub events: &'a mut [Event],
}

/// Memory for up to `NODES` nodes and `EVSES` demands, without a heap.
#[derive(Clone, Debug)]
pub struct Memory<const NODES: usize, const EVSES: usize> {
    nodes: [NodeSlot; NODES],
    evses: [EvseSlot; EVSES],
    events: [[Event; 2]; EVSES],
}

impl<const NODES: usize, const EVSES: usize> Memory<NODES, EVSES> {
    /// Memory ready to be lent.
    pub const fn new() -> Self {
        Self {
            nodes: [NodeSlot::EMPTY; NODES],
            evses: [EvseSlot::EMPTY; EVSES],
            events: [[Event::EMPTY; 2]; EVSES],
        }
    }

    /// Lends it for one call.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch { nodes: &mut self.nodes, evses: &mut self.evses, events: self.events.as_flattened_mut() }
    }
}

impl<const NODES: usize, const EVSES: usize> Default for Memory<NODES, EVSES> {
    fn default() -> Self {
        Self::new()
    }
}

/// Everything one call works on.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) demands: &'a [Demand],
    pub(super) nodes: &'a mut [NodeSlot],
    pub(super) evses: &'a mut [EvseSlot],
    /// When the water reaches each demand's minimum, by tier and level.
    pub(super) joins: &'a mut [Event],
    /// When it reaches each demand's maximum.
    pub(super) leaves: &'a mut [Event],
    pools: [Row; PoolSet::CAPACITY],
    pool_count: usize,
}

impl<'a> Work<'a> {
    /// Sets the rows up for a problem that was checked.
    pub(super) fn load(problem: &Problem<'a>, scratch: Scratch<'a>) -> Result<Self, ProblemError> {
        let demands = problem.demands;
        let nodes = lend("nodes", scratch.nodes, problem.nodes.len())?;
        let evses = lend("demands", scratch.evses, demands.len())?;
        let events = lend("events", scratch.events, demands.len() * 2)?;
        let (joins, leaves) = events.split_at_mut(demands.len());
        evses.fill(EvseSlot::EMPTY);
        load_capacities(nodes, problem);
        order_depth_first(nodes, evses, demands);
        let mut pools = [Row::EMPTY; PoolSet::CAPACITY];
        for (row, limit) in pools.iter_mut().zip(problem.pools) {
            row.capacity = limit.0.into();
        }
        Ok(Self { demands, nodes, evses, joins, leaves, pools, pool_count: problem.pools.len() })
    }

    /// The pools there are.
    pub(super) fn pools(&self) -> &[Row] {
        &self.pools[..self.pool_count]
    }

    /// Visits every row a demand loads, with the factor of its current there.
    pub(super) fn for_rows(&mut self, demand: &Demand, mut visit: impl FnMut(&mut Row, u64)) {
        let mut at = demand.node;
        while let Some(node) = self.nodes.get_mut(usize::from(at)) {
            for phase in demand.phases.iter() {
                visit(&mut node.rows[phase.index()], 1);
            }
            at = node.parent;
        }
        for pool in demand.pools.iter() {
            visit(&mut self.pools[usize::from(pool)], demand.conductors.into());
        }
    }

    /// The row, nearest to the EVSE first, that has no room for this much more current.
    pub(super) fn lacking(&self, demand: &Demand, more: u64) -> Option<RowId> {
        let mut at = demand.node;
        while let Some(node) = self.nodes.get(usize::from(at)) {
            for phase in demand.phases.iter() {
                if node.rows[phase.index()].slack() < more {
                    return Some(RowId::Phase { node: at, phase });
                }
            }
            at = node.parent;
        }
        let needed = more * u64::from(demand.conductors);
        let lacks = |&pool: &u8| self.pools[usize::from(pool)].slack() < needed;
        demand.pools.iter().find(lacks).map(|pool| RowId::Pool { pool })
    }

    /// The node that feeds this one.
    pub(super) fn parent(&self, node: u16) -> Option<u16> {
        self.nodes.get(usize::from(node)).map(|slot| slot.parent).filter(|&parent| parent != NO_NODE)
    }
}

fn lend<'a, T>(what: &'static str, lent: &'a mut [T], needed: usize) -> Result<&'a mut [T], ProblemError> {
    let room = lent.len();
    lent.get_mut(..needed).ok_or(ProblemError::Memory { what, room, needed })
}

/// Capacity of every node: its limit without the base loads of its subtree.
fn load_capacities(nodes: &mut [NodeSlot], problem: &Problem<'_>) {
    for (slot, node) in nodes.iter_mut().zip(problem.nodes) {
        *slot = NodeSlot { parent: node.parent.unwrap_or(NO_NODE), ..NodeSlot::EMPTY };
        for (row, base) in slot.rows.iter_mut().zip(node.base) {
            row.used = base.0.into();
        }
    }
    // Children come after their parents, so one walk from the end adds up every subtree.
    for (at, node) in problem.nodes.iter().enumerate().rev() {
        let base = nodes[at].rows.map(|row| row.used);
        for ((row, base), limit) in nodes[at].rows.iter_mut().zip(base).zip(node.limit) {
            *row = Row { capacity: u64::from(limit.0).saturating_sub(base), ..Row::EMPTY };
        }
        let parent = node.parent.and_then(|parent| nodes.get_mut(usize::from(parent)));
        for (row, base) in parent.into_iter().flat_map(|parent| &mut parent.rows).zip(base) {
            row.used += base;
        }
    }
}

/// Counting sort of the demands by depth-first position of their nodes.
fn order_depth_first(nodes: &mut [NodeSlot], evses: &mut [EvseSlot], demands: &[Demand]) {
    for demand in demands {
        nodes[usize::from(demand.node)].end += 1;
    }
    // `end` holds the node's own count first; `winner` that of the subtree, then where the next child starts.
    for at in (0..nodes.len()).rev() {
        nodes[at].winner += nodes[at].end;
        let NodeSlot { parent, winner, .. } = nodes[at];
        if let Some(parent) = nodes.get_mut(usize::from(parent)) {
            parent.winner += winner;
        }
    }
    for at in 0..nodes.len() {
        let NodeSlot { parent, end: own, winner: all, .. } = nodes[at];
        let first = match nodes.get_mut(usize::from(parent)) {
            Some(parent) => {
                parent.winner += all;
                parent.winner - all
            }
            None => 0,
        };
        nodes[at].first = first;
        nodes[at].winner = first + own;
        nodes[at].end = first;
    }
    // Now `end` is where the node's next own demand goes.
    for (index, demand) in (0..).zip(demands) {
        let node = &mut nodes[usize::from(demand.node)];
        evses[usize::from(node.end)].ordered = index;
        node.end += 1;
    }
    // After its last child `winner` stands at the subtree's end.
    for node in nodes {
        node.end = node.winner;
    }
}
