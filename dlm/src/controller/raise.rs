//! Lower before raise: a raise is given only as far as the ledger of all EVSEs fits.
//!
//! What an EVSE may be drawing (its offer, offers it may still be following, what is measured) is summed on
//! every phase of every node and in every pool. A raise has to fit beside that sum, so the reduction that
//! pays for it must be over first.

use super::decide::difference;
use super::evse::Reserved;
use super::report::Reason;
use super::{Controller, POOLS};
use crate::allocate::{Bound, Demand, Row};
use crate::units::{Instant, Milliamps};

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize, const METERS: usize, const BALANCED: usize>
    Controller<NODES, EVSES, LIMITS, METERS, BALANCED>
{
    /// Sums what the EVSEs may be drawing with the offers decided so far.
    pub(super) fn reserve(&mut self, now: Instant) {
        self.memory.clear_used();
        self.pools_reserved = [Milliamps::ZERO; POOLS];
        for at in 0..EVSES {
            self.reserve_more(at, now, Reserved::default());
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
            if evse.may_rise_from(&self.settings).is_some_and(|from| now < from) {
                self.evses[at].reason = Reason::Dwell;
                continue;
            }
            let own = evse.reserved(now, &self.settings);
            let (room, bound) = self.room(&demand, own);
            let raised = self.settings.round_down(self.evses[at].target.min(room));
            if raised < self.evses[at].target {
                self.evses[at].reason = Reason::AwaitsOthers(self.cause(taker, bound));
            }
            if raised > offer && raised >= demand.min {
                self.evses[at].next = raised;
                self.reserve_more(at, now, own);
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

    /// The highest offer to an EVSE, for which `own` is reserved, that the ledger allows, and what does not allow
    /// more.
    fn room(&self, demand: &Demand, own: Reserved) -> (Milliamps, Bound) {
        let mut lowest = (Milliamps::MAX, Bound::Maximum);
        let mut note = |room: Milliamps, bound: Bound| {
            if room < lowest.0 {
                lowest = (room, bound);
            }
        };
        let mut next = Some(demand.node);
        while let Some(node) = next {
            let rows = self.memory.rows(node);
            for phase in demand.phases.iter() {
                let Row { capacity, used, .. } = rows[phase.index()];
                let room = beside(Milliamps(capacity), Milliamps(used), own.by_phase[phase.index()]);
                note(room, Bound::Limit { node, phase });
            }
            next = self.tree.get(usize::from(node)).and_then(|node| node.parent);
        }
        for ((pool, limit), reserved) in (0..).zip(self.pools).zip(self.pools_reserved) {
            if demand.pools.contains(pool) {
                let room = beside(limit, reserved, own.by_all);
                note(Milliamps(room.0 / u32::from(demand.conductors.max(1))), Bound::Pool { pool });
            }
        }
        lowest
    }

    /// Brings what is reserved for an EVSE in everything above it from `before` up to what it may be drawing.
    fn reserve_more(&mut self, at: usize, now: Instant, before: Reserved) {
        let evse = &self.evses[at];
        let reserved = evse.reserved(now, &self.settings);
        let more = difference(reserved.by_phase, before.by_phase);
        let more_by_all = reserved.by_all.saturating_sub(before.by_all);
        for (pool, total) in (0..).zip(&mut self.pools_reserved) {
            if evse.config.pools.contains(pool) {
                *total = total.saturating_add(more_by_all);
            }
        }
        let mut next = Some(evse.config.node);
        while let Some(at) = next {
            self.memory.use_more(at, more);
            next = self.tree.get(usize::from(at)).and_then(|node| node.parent);
        }
    }
}

/// What one may have of a capacity beside all others. If more than the capacity is reserved already,
/// nothing may rise, whatever of it is one's own.
fn beside(capacity: Milliamps, reserved: Milliamps, own: Milliamps) -> Milliamps {
    if reserved > capacity { Milliamps::ZERO } else { capacity.saturating_sub(reserved).saturating_add(own) }
}
