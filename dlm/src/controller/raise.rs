//! Lower before raise: a raise is given only as far as the ledger of all EVSEs fits.
//!
//! What an EVSE may be drawing (its offer, offers it may still be following, what is measured) is summed on
//! every phase of every node and in every pool. A raise has to fit beside that sum, so the reduction that
//! pays for it must be over first.

use super::decide::{add, difference};
use super::report::Reason;
use super::{Controller, POOLS};
use crate::allocate::{Bound, Demand};
use crate::units::{Instant, Milliamps, three};

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize> Controller<NODES, EVSES, LIMITS> {
    /// Sums what the EVSEs may be drawing with the offers decided so far.
    pub(super) fn reserve(&mut self, now: Instant) {
        for node in &mut self.nodes {
            node.reserved = three(Milliamps::ZERO);
        }
        self.pools_reserved = [Milliamps::ZERO; POOLS];
        for at in 0..EVSES {
            self.evses[at].reserved = three(Milliamps::ZERO);
            self.evses[at].reserved_by_all = Milliamps::ZERO;
            self.reserve_more(at, now);
        }
    }

    /// Decides raises in the order of admission, as far as the ledger allows.
    pub(super) fn raise(&mut self, now: Instant, count: usize) {
        for rank in 0..count {
            let taker = self.takers[rank];
            let at = usize::from(taker);
            let demand = self.demands[rank];
            let evse = &self.evses[at];
            let offer = evse.ledger.offer();
            if evse.target <= offer {
                continue;
            }
            if evse.changed.is_some_and(|changed| now < changed.after(self.settings.raise_interval)) {
                self.evses[at].reason = Reason::Dwell;
                continue;
            }
            let (room, bound) = self.room(at, &demand);
            let raised = self.settings.round_down(self.evses[at].target.min(room));
            if raised < self.evses[at].target {
                self.evses[at].reason = Reason::AwaitsOthers(self.cause(taker, bound));
            }
            if raised > offer && raised >= demand.min {
                self.evses[at].next = raised;
                self.reserve_more(at, now);
            }
        }
    }

    /// Puts the raises in force.
    pub(super) fn offer_raises(&mut self, now: Instant, count: usize) {
        for &taker in &self.takers[..count] {
            let evse = &mut self.evses[usize::from(taker)];
            evse.set_offer(now, evse.next);
        }
    }

    /// The highest offer to an EVSE that the ledger allows, and what does not allow more.
    fn room(&self, at: usize, demand: &Demand) -> (Milliamps, Bound) {
        let evse = &self.evses[at];
        let mut lowest = (Milliamps::MAX, Bound::Maximum);
        let mut note = |room: Milliamps, bound: Bound| {
            if room < lowest.0 {
                lowest = (room, bound);
            }
        };
        let mut next = Some(evse.config.node);
        while let Some((node, state)) = next.and_then(|node| Some((node, self.nodes.get(usize::from(node))?)))
        {
            for phase in demand.phases.iter() {
                let at = phase.index();
                let room = beside(state.capacity[at], state.reserved[at], evse.reserved[at]);
                note(room, Bound::Limit { node, phase });
            }
            next = self.tree[usize::from(node)].parent;
        }
        for ((pool, limit), reserved) in (0..).zip(self.pools).zip(self.pools_reserved) {
            if evse.config.pools.contains(pool) {
                let room = beside(limit, reserved, evse.reserved_by_all);
                note(Milliamps(room.0 / u32::from(demand.conductors.max(1))), Bound::Pool { pool });
            }
        }
        lowest
    }

    /// Brings what is reserved for an EVSE, and for everything above it, up to what it may be drawing.
    fn reserve_more(&mut self, at: usize, now: Instant) {
        let evse = &mut self.evses[at];
        let possible = evse.possible(now, evse.next, &self.settings);
        let reserved = evse.config.rotation.at_most(possible);
        let by_all = possible.into_iter().fold(Milliamps::ZERO, Milliamps::saturating_add);
        let more = difference(reserved, evse.reserved);
        let more_by_all = by_all.saturating_sub(evse.reserved_by_all);
        evse.reserved = reserved;
        evse.reserved_by_all = by_all;
        for (pool, total) in (0..).zip(&mut self.pools_reserved) {
            if evse.config.pools.contains(pool) {
                *total = total.saturating_add(more_by_all);
            }
        }
        let mut next = Some(evse.config.node);
        while let Some(at) = next.map(usize::from).filter(|&at| at < NODES) {
            add(&mut self.nodes[at].reserved, more);
            next = self.tree[at].parent;
        }
    }
}

/// What one may have of a capacity beside all others. If more than the capacity is reserved already,
/// nothing may rise, whatever of it is one's own.
fn beside(capacity: Milliamps, reserved: Milliamps, own: Milliamps) -> Milliamps {
    if reserved > capacity { Milliamps::ZERO } else { capacity.saturating_sub(reserved).saturating_add(own) }
}
