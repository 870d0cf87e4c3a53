//! The memory an allocation works in, lent by the caller.

use super::lanes::Lanes;
use super::problem::{Bound, Demand, Problem, Share};
use super::rows::{Level, NO_NODE, Row, RowId};
use crate::phases::Phase;
use crate::units::{Milliamps, PhaseCurrents};

/// Working memory for one supply node.
#[derive(Clone, Copy, Debug)]
pub struct NodeSlot {
    /// The rows of the phases.
    pub(super) rows: [Row; Phase::ALL.len()],
    /// While prices are sought, those of a milliampere in each of the rows. Before and after, a level in two
    /// words and a load.
    aside: [u32; Phase::ALL.len()],
    pub(super) parent: u16,
    /// Place of the rows of its pairs of phases; past all of them without an imbalance limit.
    pub(super) pairs: u16,
    /// Demands below: this range of the depth-first order.
    pub(super) first: u16,
    pub(super) end: u16,
    /// Winner of the pairing with this number in the tournament of tight levels.
    pub(super) winner: u16,
}

impl NodeSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self {
        rows: [Row::EMPTY; Phase::ALL.len()],
        aside: [0; Phase::ALL.len()],
        parent: NO_NODE,
        pairs: u16::MAX,
        first: 0,
        end: 0,
        winner: 0,
    };

    /// Not above the level at which one of the rows gets tight.
    pub(super) fn tight(&self) -> Level {
        u64::from(self.aside[0]) << 32 | u64::from(self.aside[1])
    }

    pub(super) fn set_tight(&mut self, level: Level) {
        self.aside[0] = (level >> 32) as u32;
        self.aside[1] = level as u32;
    }

    /// Weight of the candidates below in the relaxation that is being bounded.
    pub(super) fn load(&mut self) -> &mut u32 {
        &mut self.aside[2]
    }

    /// The rows with their prices.
    pub(super) fn priced(&mut self) -> impl Iterator<Item = (&mut Row, &mut u32)> {
        self.rows.iter_mut().zip(&mut self.aside)
    }
}

/// Working memory for one supply node with an imbalance limit.
#[derive(Clone, Copy, Debug)]
pub struct PairSlot {
    /// The rows of the ordered pairs of phases.
    pub(super) rows: [Row; Lanes::PAIRS],
}

impl PairSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self { rows: [Row::up_to(Problem::MOST.0); Lanes::PAIRS] };
}

/// What a demand is doing while the water rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Not served, or its tier's turn has not come: it keeps what it has.
    Resting,
    /// Its tier is being filled, the water is still below its minimum.
    Waiting,
    /// On the water.
    Rising,
    /// Its current is final.
    Stopped,
}

/// Working memory for one EVSE.
///
/// Some fields belong to something else with the slot's number: a position in the depth-first order, a
/// place in the sorted levels, a class of items.
#[derive(Clone, Copy, Debug)]
pub struct EvseSlot {
    /// What the demand is sorted by: a group, a level or cost.
    pub(super) key: Key,
    /// Level at this place of the sorted levels of the best shares found so far.
    pub(super) best_level: Level,
    /// Where it starts from if served: its minimum, or more if an imbalance limit needs that.
    pub(super) floor: u32,
    pub(super) current: u32,
    /// Its floor in the best set found so far.
    pub(super) best_floor: u32,
    /// The row that stops it or keeps it out; `None`: its own maximum.
    pub(super) bound: Option<RowId>,
    /// The demand at this position of the depth-first order.
    pub(super) ordered: u16,
    /// The demand's own position there.
    pub(super) position: u16,
    /// First item of its class of items.
    pub(super) class: u16,
    /// How many of the class that starts with this item are served, now and in the best set.
    pub(super) count: u16,
    pub(super) best_count: u16,
    pub(super) state: State,
    pub(super) served: bool,
    /// Served in the best set found so far.
    pub(super) best: bool,
    /// To be served in this step if it can be.
    pub(super) wanted: bool,
    /// Would fit beside those served.
    pub(super) fits: bool,
    /// Still a candidate in the relaxation that is being bounded.
    pub(super) alive: bool,
}

impl EvseSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self {
        key: Key::LEAST,
        best_level: 0,
        floor: 0,
        current: 0,
        best_floor: 0,
        bound: None,
        ordered: 0,
        position: 0,
        class: 0,
        count: 0,
        best_count: 0,
        state: State::Resting,
        served: false,
        best: false,
        wanted: false,
        fits: false,
        alive: false,
    };

    /// The demand's share.
    pub(super) fn share(&self, demand: &Demand) -> Share {
        let current = Milliamps(self.current);
        let stopped_by = self.bound.filter(|_| current < demand.max);
        Share { current, bound: stopped_by.map_or(Bound::Maximum, RowId::bound) }
    }
}

/// What demands are sorted by: first a tier or priority, then a level, size or cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u64);

impl Key {
    const LEAST: Self = Self(0);
    const VALUE_BITS: u32 = 48;

    /// `value` counts up to 48 bits, which is more than any level.
    pub(super) fn new(group: u16, value: u64) -> Self {
        let most = (1 << Self::VALUE_BITS) - 1;
        Self(u64::from(group) << Self::VALUE_BITS | value.min(most))
    }

    pub(super) fn value(self) -> u64 {
        self.0 & ((1 << Self::VALUE_BITS) - 1)
    }
}

/// Sorts demands by their keys, and by their own numbers where these are equal.
///
/// The sort of the standard library takes 1.9 KB of flash; with Shell's method, a few lines, sharing among 1,000 demands
/// took up to 1.7 times as long.
pub(super) fn sort(demands: &mut [u16], evses: &[EvseSlot]) {
    demands.sort_unstable_by_key(|&demand| (evses[usize::from(demand)].key, demand));
}

/// Memory lent for one call; [`Memory`] owns such memory.
#[derive(Debug)]
pub struct Scratch<'a> {
    /// At least one for each node.
    pub nodes: &'a mut [NodeSlot],
    /// At least one for each node with an imbalance limit.
    pub pairs: &'a mut [PairSlot],
    /// At least one for each demand.
    pub evses: &'a mut [EvseSlot],
    /// At least [`Scratch::ORDERS`] for each demand: the demands in several orders.
    pub orders: &'a mut [u16],
}

impl Scratch<'_> {
    /// Orders that are kept at a time.
    pub const ORDERS: usize = 6;
}

/// Memory for up to `NODES` nodes and `EVSES` demands, without a heap; up to `BALANCED` of the nodes, and all if
/// nothing is said, have an imbalance limit.
#[derive(Clone, Debug)]
pub struct Memory<const NODES: usize, const EVSES: usize, const BALANCED: usize = NODES> {
    nodes: [NodeSlot; NODES],
    pairs: [PairSlot; BALANCED],
    evses: [EvseSlot; EVSES],
    orders: [[u16; Scratch::ORDERS]; EVSES],
}

impl<const NODES: usize, const EVSES: usize, const BALANCED: usize> Memory<NODES, EVSES, BALANCED> {
    /// Memory ready to be lent.
    pub const fn new() -> Self {
        Self {
            nodes: [NodeSlot::EMPTY; NODES],
            pairs: [PairSlot::EMPTY; BALANCED],
            evses: [EvseSlot::EMPTY; EVSES],
            orders: [[0; Scratch::ORDERS]; EVSES],
        }
    }

    /// Lends it for one call.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch {
            nodes: &mut self.nodes,
            pairs: &mut self.pairs,
            evses: &mut self.evses,
            orders: self.orders.as_flattened_mut(),
        }
    }

    /// What a demand has got by the last call.
    pub(crate) fn share(&self, demand: usize, wants: &Demand) -> Share {
        self.evses.get(demand).map_or(Share::NONE, |slot| slot.share(wants))
    }

    /// What the demand or EVSE with this index is sorted by.
    pub(crate) fn set_key(&mut self, index: u16, key: u64) {
        if let Some(slot) = self.evses.get_mut(usize::from(index)) {
            slot.key = Key(key);
        }
    }

    /// Sorts indices by their keys.
    pub(crate) fn sort(&self, indices: &mut [u16]) {
        sort(indices, &self.evses);
    }

    /// The rows of a node by grid phase; of the last call, until something else is put there.
    pub(crate) fn rows(&self, node: u16) -> [Row; 3] {
        self.nodes.get(usize::from(node)).unwrap_or(&NodeSlot::EMPTY).rows
    }

    /// Sets what a node can carry.
    pub(crate) fn set_capacity(&mut self, node: u16, capacity: PhaseCurrents) {
        if let Some(slot) = self.nodes.get_mut(usize::from(node)) {
            slot.rows.iter_mut().zip(capacity).for_each(|(row, current)| row.capacity = current.0);
        }
    }

    /// Nothing of any node is used.
    pub(crate) fn clear_used(&mut self) {
        self.nodes.iter_mut().flat_map(|slot| &mut slot.rows).for_each(|row| row.used = 0);
    }

    /// Uses more of a node.
    pub(crate) fn use_more(&mut self, node: u16, more: PhaseCurrents) {
        if let Some(slot) = self.nodes.get_mut(usize::from(node)) {
            slot.rows.iter_mut().zip(more).for_each(|(row, more)| row.used = row.used.saturating_add(more.0));
        }
    }
}

impl<const NODES: usize, const EVSES: usize, const BALANCED: usize> Default
    for Memory<NODES, EVSES, BALANCED>
{
    fn default() -> Self {
        Self::new()
    }
}

/// Memory whose size is known at run time only, from the heap.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
pub struct HeapMemory {
    nodes: alloc::vec::Vec<NodeSlot>,
    pairs: alloc::vec::Vec<PairSlot>,
    evses: alloc::vec::Vec<EvseSlot>,
    orders: alloc::vec::Vec<u16>,
}

#[cfg(feature = "alloc")]
impl HeapMemory {
    /// Memory for up to this many nodes and demands.
    pub fn new(nodes: usize, demands: usize) -> Self {
        use alloc::vec;
        Self {
            nodes: vec![NodeSlot::EMPTY; nodes],
            pairs: vec![PairSlot::EMPTY; nodes],
            evses: vec![EvseSlot::EMPTY; demands],
            orders: vec![0; demands * Scratch::ORDERS],
        }
    }

    /// Lends it for one call.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch {
            nodes: &mut self.nodes,
            pairs: &mut self.pairs,
            evses: &mut self.evses,
            orders: &mut self.orders,
        }
    }
}
