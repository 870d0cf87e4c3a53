//! The memory an allocation works in, lent by the caller.

use super::lanes::Lanes;
use super::problem::Bound;
use super::rows::{Level, NO_NODE, Row, RowId};

/// Working memory for one supply node.
#[derive(Clone, Copy, Debug)]
pub struct NodeSlot {
    pub(super) parent: u16,
    /// Demands below: this range of the depth-first order.
    pub(super) first: u16,
    pub(super) end: u16,
    /// Winner of the pairing with this number in the tournament of tight levels.
    pub(super) winner: u16,
    /// Not above the level at which one of the rows gets tight.
    pub(super) tight: Level,
    /// Which of the rows count: those of the phases always, those of the pairs with an imbalance limit.
    pub(super) lanes: Lanes,
    pub(super) rows: [Row; Lanes::COUNT],
    /// Weight of the candidates below in the relaxation that is being bounded.
    pub(super) load: u64,
}

impl NodeSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self {
        parent: NO_NODE,
        first: 0,
        end: 0,
        winner: 0,
        tight: 0,
        lanes: Lanes::PHASES,
        rows: [Row::EMPTY; Lanes::COUNT],
        load: 0,
    };
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
    /// The demand at this position of the depth-first order.
    pub(super) ordered: u16,
    /// The demand's own position there.
    pub(super) position: u16,
    pub(super) served: bool,
    /// Where it starts from if served: its minimum, or more if an imbalance limit needs that.
    pub(super) floor: u32,
    pub(super) state: State,
    pub(super) current: u32,
    pub(super) bound: Bound,
    /// To be served in this step if it can be.
    pub(super) wanted: bool,
    /// Place in the order of cost of the item left out that has this number.
    pub(super) left_out: u16,
    /// The row that keeps it out.
    pub(super) blocker: Option<RowId>,
    /// Would fit beside those served.
    pub(super) fits: bool,
    /// Still a candidate in the relaxation that is being bounded.
    pub(super) alive: bool,
    /// Served in the best set found so far.
    pub(super) best: bool,
    /// Its floor in that set.
    pub(super) best_floor: u32,
    /// Level at this place of the sorted levels of the best shares found so far.
    pub(super) best_level: Level,
    /// First item of its class of items.
    pub(super) class: u16,
    /// How many of the class that starts with this item are served, now and in the best set.
    pub(super) count: u16,
    pub(super) best_count: u16,
}

impl EvseSlot {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self {
        ordered: 0,
        position: 0,
        served: false,
        floor: 0,
        state: State::Resting,
        current: 0,
        bound: Bound::Maximum,
        wanted: false,
        left_out: 0,
        blocker: None,
        fits: false,
        alive: false,
        best: false,
        best_floor: 0,
        best_level: 0,
        class: 0,
        count: 0,
        best_count: 0,
    };
}

/// A demand with a key to sort by: first a tier or priority, then a level or current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub(super) group: u16,
    pub(super) key: u64,
    pub(super) demand: u16,
}

impl Entry {
    /// Memory to be overwritten.
    pub const EMPTY: Self = Self { group: 0, key: 0, demand: 0 };
}

/// Memory lent for one call; [`Memory`] owns such memory.
#[derive(Debug)]
pub struct Scratch<'a> {
    /// At least one for each node.
    pub nodes: &'a mut [NodeSlot],
    /// At least one for each demand.
    pub evses: &'a mut [EvseSlot],
    /// At least [`Scratch::ENTRIES`] for each demand.
    pub entries: &'a mut [Entry],
}

impl Scratch<'_> {
    /// Number of [`Entry`] needed for each demand.
    pub const ENTRIES: usize = 5;
}

/// Memory for up to `NODES` nodes and `EVSES` demands, without a heap.
#[derive(Clone, Debug)]
pub struct Memory<const NODES: usize, const EVSES: usize> {
    nodes: [NodeSlot; NODES],
    evses: [EvseSlot; EVSES],
    entries: [[Entry; Scratch::ENTRIES]; EVSES],
}

impl<const NODES: usize, const EVSES: usize> Memory<NODES, EVSES> {
    /// Memory ready to be lent.
    pub const fn new() -> Self {
        Self {
            nodes: [NodeSlot::EMPTY; NODES],
            evses: [EvseSlot::EMPTY; EVSES],
            entries: [[Entry::EMPTY; Scratch::ENTRIES]; EVSES],
        }
    }

    /// Lends it for one call.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch { nodes: &mut self.nodes, evses: &mut self.evses, entries: self.entries.as_flattened_mut() }
    }
}

impl<const NODES: usize, const EVSES: usize> Default for Memory<NODES, EVSES> {
    fn default() -> Self {
        Self::new()
    }
}

/// Memory whose size is known at run time only, from the heap.
#[cfg(feature = "alloc")]
#[derive(Clone, Debug)]
pub struct HeapMemory {
    nodes: alloc::vec::Vec<NodeSlot>,
    evses: alloc::vec::Vec<EvseSlot>,
    entries: alloc::vec::Vec<Entry>,
}

#[cfg(feature = "alloc")]
impl HeapMemory {
    /// Memory for up to this many nodes and demands.
    pub fn new(nodes: usize, demands: usize) -> Self {
        use alloc::vec;
        Self {
            nodes: vec![NodeSlot::EMPTY; nodes],
            evses: vec![EvseSlot::EMPTY; demands],
            entries: vec![Entry::EMPTY; demands * Scratch::ENTRIES],
        }
    }

    /// Lends it for one call.
    pub fn scratch(&mut self) -> Scratch<'_> {
        Scratch { nodes: &mut self.nodes, evses: &mut self.evses, entries: &mut self.entries }
    }
}
