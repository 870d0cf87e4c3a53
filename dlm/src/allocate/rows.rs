//! The capacity rows of a problem.
//!
//! A *row* is one inequality: the limit of a node on a phase, an imbalance limit of a node for a pair of
//! phases, or the limit of a pool. Demands are kept in depth-first order of their nodes as well, so that
//! those below a node are one range.
//!
//! Every index used in this folder was checked by [`Problem::check`] or made here.

use super::lanes::{Lane, Lanes};
use super::memory::{EvseSlot, NodeSlot, PairSlot, Scratch};
use super::problem::{Bound, Demand, PoolSet, Problem, ProblemError};
use crate::units::Milliamps;

/// Height of the water: current per unit of weight, in 1/65536 mA.
pub(super) type Level = u64;

/// The level at which a demand of this weight has at least this current.
pub(super) fn level_of(current: u32, weight: u16) -> Level {
    (Level::from(current) << 16).div_ceil(weight.max(1).into())
}

/// The whole milliamperes of a demand of this weight at a level.
pub(super) fn current_at(level: Level, weight: u16) -> u32 {
    (level.saturating_mul(weight.into()) >> 16).min(u32::MAX.into()) as u32
}

/// Parent of the root: the index of no node.
pub(super) const NO_NODE: u16 = u16::MAX;

/// One capacity and what uses it.
///
/// Sums saturate: a row in which they do is over its capacity, and is never relied upon before it was set
/// back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What EVSEs may use together, at most [`Problem::MOST`].
    pub(crate) capacity: u32,
    /// Current of the served demands that are not rising at the moment.
    pub(crate) used: u32,
    /// Weight of the rising ones. While prices are sought: the price of a milliampere here and in the same
    /// row of all nodes above, then what items ask for.
    pub(super) slope: u32,
}

impl Row {
    pub(super) const EMPTY: Self = Self::up_to(0);

    pub(super) const fn up_to(capacity: u32) -> Self {
        Self { capacity, used: 0, slope: 0 }
    }

    pub(super) fn slack(&self) -> u32 {
        self.capacity.saturating_sub(self.used)
    }

    pub(super) fn is_over(&self) -> bool {
        self.used > self.capacity
    }

    /// The level at which the rising demands have used it up.
    pub(super) fn tight_level(&self) -> Level {
        (u64::from(self.slack()) << 16).checked_div(self.slope.into()).unwrap_or(Level::MAX)
    }
}

/// What one demand adds to each of its rows, for each conductor counted there.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Nothing,
    /// It has this current.
    Current(u32),
    /// It rises with this weight.
    Weight(u16),
}

impl Part {
    fn current(self) -> u32 {
        if let Self::Current(current) = self { current } else { 0 }
    }

    fn weight(self) -> u32 {
        if let Self::Weight(weight) = self { weight.into() } else { 0 }
    }
}

/// Names a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowId {
    Node { node: u16, lane: u8 },
    Pool { pool: u8 },
}

impl RowId {
    /// What the row stands for outside.
    pub(super) fn bound(self) -> Bound {
        match self {
            Self::Pool { pool } => Bound::Pool { pool },
            Self::Node { node, lane } => match Lanes::meaning(lane.into()) {
                Lane::Phase(phase) => Bound::Limit { node, phase },
                Lane::Pair(high, low) => Bound::Imbalance { node, high, low },
            },
        }
    }
}

/// Everything one call works on.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) problem: Problem<'a>,
    pub(super) nodes: &'a mut [NodeSlot],
    /// For each node with an imbalance limit, in the order of the nodes.
    pub(super) pairs: &'a mut [PairSlot],
    pub(super) evses: &'a mut [EvseSlot],
    /// Demands in the order in which the water reaches their floors, tier by tier.
    pub(super) joins: &'a mut [u16],
    /// In the order in which it reaches their maxima.
    pub(super) leaves: &'a mut [u16],
    /// The first [`Work::competing`] are the demands that compete for admission, by priority and size.
    pub(super) items: &'a mut [u16],
    /// The same by priority and minimum.
    pub(super) by_min: &'a mut [u16],
    /// By the keys last given, for one step; nothing lasting.
    pub(super) sorted: &'a mut [u16],
    /// The first [`Work::left_out`] are the items not served as of the last look, by priority and cost.
    pub(super) others: &'a mut [u16],
    pools: [Row; PoolSet::CAPACITY],
    /// Price of a milliampere of each pool, while prices are sought.
    pool_prices: [u32; PoolSet::CAPACITY],
    /// Whether any node has an imbalance limit.
    pub(super) balanced: bool,
    /// Whether a floor is above its demand's minimum.
    pub(super) lifted: bool,
    /// Number of demands that compete for admission.
    pub(super) competing: usize,
    pub(super) left_out: usize,
    /// Total current of the best shares found so far, over all conductors.
    pub(super) best_total: u64,
    /// Steps the search may still take.
    pub(super) fuel: u32,
}

impl<'a> Work<'a> {
    /// Sets the rows up for a problem that was checked. Nobody is served.
    pub(super) fn load(problem: &Problem<'a>, scratch: Scratch<'a>) -> Result<Self, ProblemError> {
        let count = problem.demands.len();
        let nodes = lend("nodes", scratch.nodes, problem.nodes.len())?;
        let limited = problem.nodes.iter().filter(|node| node.imbalance.is_some()).count();
        let pairs = lend("imbalance limits", scratch.pairs, limited)?;
        pairs.fill(PairSlot::EMPTY);
        let evses = lend("demands", scratch.evses, count)?;
        let orders = lend("orders", scratch.orders, count * Scratch::ORDERS)?;
        let (joins, orders) = orders.split_at_mut(count);
        let (leaves, orders) = orders.split_at_mut(count);
        let (items, orders) = orders.split_at_mut(count);
        let (by_min, orders) = orders.split_at_mut(count);
        let (sorted, others) = orders.split_at_mut(count);
        for (slot, demand) in evses.iter_mut().zip(problem.demands) {
            *slot = EvseSlot { floor: demand.min.0, ..EvseSlot::EMPTY };
        }
        load_capacities(nodes, problem);
        order_depth_first(nodes, evses, problem.demands);
        let mut pools = [Row::EMPTY; PoolSet::CAPACITY];
        for (row, limit) in pools.iter_mut().zip(problem.pools) {
            row.capacity = (*limit).min(Problem::MOST).0;
        }
        Ok(Self {
            problem: *problem,
            nodes,
            pairs,
            evses,
            joins,
            leaves,
            items,
            by_min,
            sorted,
            others,
            pools,
            pool_prices: [0; PoolSet::CAPACITY],
            balanced: limited > 0,
            lifted: false,
            competing: 0,
            left_out: 0,
            best_total: 0,
            fuel: 0,
        })
    }

    /// The demand with this index.
    pub(super) fn demand(&self, index: u16) -> &'a Demand {
        &self.problem.demands[usize::from(index)]
    }

    /// All indices of demands.
    pub(super) fn indices(&self) -> core::ops::Range<u16> {
        0..self.problem.demands.len() as u16
    }

    pub(super) fn pools(&self) -> &[Row] {
        &self.pools[..self.problem.pools.len()]
    }

    /// Visits every row a demand loads, with the factor of its current there.
    pub(super) fn for_rows(&mut self, demand: &Demand, mut visit: impl FnMut(&mut Row, u32)) {
        let lanes = Lanes::of(demand.phases);
        let mut at = demand.node;
        while let Some(node) = self.nodes.get_mut(usize::from(at)) {
            for (lane, row) in node.rows.iter_mut().enumerate() {
                if lanes.contains(lane) {
                    visit(row, 1);
                }
            }
            if let Some(pairs) = self.pairs.get_mut(usize::from(node.pairs)) {
                for (place, row) in pairs.rows.iter_mut().enumerate() {
                    if lanes.contains(Lanes::of_pair(place)) {
                        visit(row, 1);
                    }
                }
            }
            at = node.parent;
        }
        for pool in demand.pools.iter() {
            visit(&mut self.pools[usize::from(pool)], demand.conductors.into());
        }
    }

    /// Visits the rows of the phases a demand loads in its own node, and those of its pools.
    pub(super) fn for_own_rows(&mut self, demand: &Demand, mut visit: impl FnMut(&mut Row, u32)) {
        let node = &mut self.nodes[usize::from(demand.node)];
        for phase in demand.phases.iter() {
            visit(&mut node.rows[phase.index()], 1);
        }
        for pool in demand.pools.iter() {
            visit(&mut self.pools[usize::from(pool)], demand.conductors.into());
        }
    }

    /// Puts another part of a demand into its rows.
    pub(super) fn change(&mut self, demand: &Demand, from: Part, to: Part) {
        let (less, more) = (from.current(), to.current());
        let (lighter, heavier) = (from.weight(), to.weight());
        self.for_rows(demand, |row, factor| {
            let rest = row.used.saturating_sub(less.saturating_mul(factor));
            row.used = rest.saturating_add(more.saturating_mul(factor));
            row.slope = row.slope.saturating_sub(lighter * factor) + heavier * factor;
        });
    }

    /// The row, nearest to the EVSE first, that has no room for this much more current.
    pub(super) fn lacking(&self, demand: &Demand, more: Milliamps) -> Option<RowId> {
        self.find_row(demand, more, |row, more| row.slack() < more)
    }

    /// The row, nearest to the EVSE first, that satisfies a condition on the row and what a current of the demand
    /// would load it with.
    pub(super) fn find_row(
        &self,
        demand: &Demand,
        current: Milliamps,
        wanted: fn(&Row, u32) -> bool,
    ) -> Option<RowId> {
        let lanes = Lanes::of(demand.phases);
        let mut at = demand.node;
        while let Some(node) = self.nodes.get(usize::from(at)) {
            for (lane, row) in node.rows.iter().enumerate() {
                if lanes.contains(lane) && wanted(row, current.0) {
                    return Some(RowId::Node { node: at, lane: lane as u8 });
                }
            }
            if let Some(pairs) = self.pairs.get(usize::from(node.pairs)) {
                for (place, row) in pairs.rows.iter().enumerate() {
                    let lane = Lanes::of_pair(place);
                    if lanes.contains(lane) && wanted(row, current.0) {
                        return Some(RowId::Node { node: at, lane: lane as u8 });
                    }
                }
            }
            at = node.parent;
        }
        let drawn = current.0.saturating_mul(demand.conductors.into());
        let mut pools = demand.pools.iter();
        pools.find(|&pool| wanted(&self.pools[usize::from(pool)], drawn)).map(|pool| RowId::Pool { pool })
    }

    /// Serves a demand with its floor.
    pub(super) fn serve(&mut self, index: u16) {
        let demand = self.demand(index);
        let slot = &mut self.evses[usize::from(index)];
        slot.served = true;
        let floor = Part::Current(slot.floor);
        self.change(demand, Part::Nothing, floor);
    }

    /// Takes a demand's floor away again.
    pub(super) fn dismiss(&mut self, index: u16) {
        let demand = self.demand(index);
        let slot = &mut self.evses[usize::from(index)];
        slot.served = false;
        let floor = Part::Current(slot.floor);
        self.change(demand, floor, Part::Nothing);
    }

    /// Sets everything back to the minima of those served, without regard to imbalance limits.
    pub(super) fn reset(&mut self) {
        if self.lifted {
            self.lifted = false;
            for (slot, demand) in self.evses.iter_mut().zip(self.problem.demands) {
                slot.floor = demand.min.0;
            }
            self.sort_joins();
        }
        if self.balanced {
            self.unbound_pairs();
        }
        self.reset_rows();
    }

    /// The rows of a node's pairs and its imbalance limit, if it has one.
    pub(super) fn pairs(&self, node: u16) -> Option<(&PairSlot, u32)> {
        let pairs = self.pairs.get(usize::from(self.nodes[usize::from(node)].pairs))?;
        Some((pairs, self.problem.nodes[usize::from(node)].imbalance?.0))
    }

    /// The row of a node with this lane.
    pub(super) fn row(&self, node: u16, lane: u8) -> Option<&Row> {
        let node = &self.nodes[usize::from(node)];
        match usize::from(lane).checked_sub(Lanes::PHASES) {
            None => node.rows.get(usize::from(lane)),
            Some(place) => self.pairs.get(usize::from(node.pairs))?.rows.get(place),
        }
    }

    /// Whether more is used of any row of a node than it has.
    pub(super) fn is_over(&self) -> bool {
        let pairs = self.pairs.iter().flat_map(|pairs| &pairs.rows);
        self.nodes.iter().flat_map(|node| &node.rows).chain(pairs).any(Row::is_over)
    }

    /// Visits all rows of phases and pools, with their prices.
    pub(super) fn for_priced(&mut self, visit: fn(&mut Row, &mut u32)) {
        for (row, price) in self.nodes.iter_mut().flat_map(NodeSlot::priced) {
            visit(row, price);
        }
        for (row, price) in self.pools.iter_mut().zip(&mut self.pool_prices).take(self.problem.pools.len()) {
            visit(row, price);
        }
    }

    /// Sets the rows back to the floors of those served.
    pub(super) fn reset_rows(&mut self) {
        let empty = |row: &mut Row| (row.used, row.slope) = (0, 0);
        self.nodes.iter_mut().for_each(|node| node.rows.iter_mut().for_each(empty));
        self.pairs.iter_mut().for_each(|pairs| pairs.rows.iter_mut().for_each(empty));
        self.pools.iter_mut().for_each(empty);
        for index in self.indices() {
            let EvseSlot { served, floor, .. } = self.evses[usize::from(index)];
            if served {
                self.for_own_rows(self.demand(index), |row, factor| {
                    row.used = row.used.saturating_add(floor.saturating_mul(factor));
                });
                self.load_pairs(self.demand(index), floor);
            }
        }
        self.sum_up(|row| &mut row.used);
    }

    /// Adds a current to the rows of the pairs of phases that a demand pulls apart.
    fn load_pairs(&mut self, demand: &Demand, current: u32) {
        if !self.balanced {
            return;
        }
        let lanes = Lanes::of(demand.phases);
        let mut at = demand.node;
        while let Some(node) = self.nodes.get(usize::from(at)) {
            let pairs = self.pairs.get_mut(usize::from(node.pairs));
            for (place, row) in pairs.into_iter().flat_map(|pairs| &mut pairs.rows).enumerate() {
                if lanes.contains(Lanes::of_pair(place)) {
                    row.used = row.used.saturating_add(current);
                }
            }
            at = node.parent;
        }
    }

    /// Adds what is noted in the rows of the phases of nodes to those above them, leaves first.
    pub(super) fn sum_up(&mut self, noted: fn(&mut Row) -> &mut u32) {
        for at in (1..self.nodes.len()).rev() {
            let (above, below) = self.nodes.split_at_mut(at);
            let parent = &mut above[usize::from(below[0].parent)];
            for (sum, row) in parent.rows.iter_mut().zip(&mut below[0].rows) {
                let sum = noted(sum);
                *sum = sum.saturating_add(*noted(row));
            }
        }
    }

    /// The node that feeds this one.
    pub(super) fn parent(&self, node: u16) -> Option<u16> {
        self.nodes.get(usize::from(node)).map(|slot| slot.parent).filter(|&parent| parent != NO_NODE)
    }

    /// A node and all that feed it.
    pub(super) fn path(&self, node: u16) -> impl Iterator<Item = u16> {
        core::iter::successors(Some(node), |&node| self.parent(node))
    }
}

fn lend<'a, T>(what: &'static str, lent: &'a mut [T], needed: usize) -> Result<&'a mut [T], ProblemError> {
    let room = lent.len();
    lent.get_mut(..needed).ok_or(ProblemError::Memory { what, room, needed })
}

/// Capacity of every node: its limit without the base loads of its subtree.
fn load_capacities(nodes: &mut [NodeSlot], problem: &Problem<'_>) {
    let mut limited = 0;
    for (slot, node) in nodes.iter_mut().zip(problem.nodes) {
        *slot = NodeSlot::EMPTY;
        slot.parent = node.parent.unwrap_or(NO_NODE);
        if node.imbalance.is_some() {
            slot.pairs = limited;
            limited += 1;
        }
        for (row, base) in slot.rows.iter_mut().zip(node.base) {
            row.used = base.0;
        }
    }
    // Children come after their parents, so one walk from the end adds up every subtree.
    for (at, node) in problem.nodes.iter().enumerate().rev() {
        let loaded = nodes[at].rows;
        if let Some(parent) = node.parent.and_then(|parent| nodes.get_mut(usize::from(parent))) {
            for (sum, below) in parent.rows.iter_mut().zip(loaded) {
                sum.used = sum.used.saturating_add(below.used);
            }
        }
        for ((row, base), limit) in nodes[at].rows.iter_mut().zip(loaded).zip(node.limit) {
            *row = Row::up_to(limit.0.saturating_sub(base.used).min(Problem::MOST.0));
        }
    }
}

/// Counting sort of the demands by the depth-first position of their nodes.
fn order_depth_first(nodes: &mut [NodeSlot], evses: &mut [EvseSlot], demands: &[Demand]) {
    // First `end` counts a node's own demands and `winner` those of its subtree.
    for demand in demands {
        nodes[usize::from(demand.node)].end += 1;
    }
    for at in (0..nodes.len()).rev() {
        nodes[at].winner += nodes[at].end;
        let NodeSlot { parent, winner, .. } = nodes[at];
        if let Some(parent) = nodes.get_mut(usize::from(parent)) {
            parent.winner += winner;
        }
    }
    // Then `end` is where the node's next own demand goes, and `winner` where its next child starts.
    for at in 0..nodes.len() {
        let NodeSlot { parent, end: own, winner: all, .. } = nodes[at];
        let mut first = 0;
        if let Some(parent) = nodes.get_mut(usize::from(parent)) {
            first = parent.winner;
            parent.winner += all;
        }
        nodes[at].first = first;
        nodes[at].end = first;
        nodes[at].winner = first + own;
    }
    for (index, demand) in (0..).zip(demands) {
        let node = &mut nodes[usize::from(demand.node)];
        evses[usize::from(node.end)].ordered = index;
        evses[usize::from(index)].position = node.end;
        node.end += 1;
    }
    // After its last child `winner` stands at the subtree's end.
    for node in nodes {
        node.end = node.winner;
    }
}
