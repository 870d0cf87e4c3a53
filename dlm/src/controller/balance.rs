//! Imbalance limits between the shares and the offers.
//!
//! The shares keep every imbalance limit. Rounding them down to whole steps may cost that, and raises towards them come
//! one by one, because some wait for their interval or for others: one that needs a counterweight on another phase
//! waits until that can rise with it. A *reduction* waits for nothing, so the phases may differ by more until what
//! balances it has risen.

use super::Controller;
use super::evse::Evse;
use super::report::Reason;
use crate::allocate::Bound;
use crate::phases::Phase;
use crate::units::{Instant, Milliamps, PhaseCurrents, three};

/// Sums by node and phase.
type Loads<const NODES: usize> = [PhaseCurrents; NODES];

/// A pair of phases that are too far apart, and who pulls them there.
struct Pull {
    rank: usize,
    bound: Bound,
    excess: Milliamps,
}

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize, const METERS: usize, const BALANCED: usize>
    Controller<NODES, EVSES, LIMITS, METERS, BALANCED>
{
    const NO_LOADS: Loads<NODES> = [three(Milliamps::ZERO); NODES];

    /// Lowers rounded targets until the phases are within their limits again, minima permitting.
    pub(super) fn balance_targets(&mut self, count: usize) {
        if !self.has_imbalance_limit() {
            return;
        }
        let mut loads = self.loads(count, |evse| evse.target);
        // Each car more than once only where cars on two phases pull against each other.
        for _ in 0..3 * count {
            let lowerable = |rank: usize| self.taker(rank).target > self.demands[rank].min;
            let Some(pull) = self.pull(count, &loads, &Self::NO_LOADS, &lowerable) else { return };
            let (target, least) = (self.taker(pull.rank).target, self.demands[pull.rank].min);
            let lowered = self.settings.round_down(target.saturating_sub(pull.excess)).max(least);
            self.take(&mut loads, pull.rank, target.saturating_sub(lowered));
            self.evses[usize::from(self.takers[pull.rank])].target = lowered;
        }
    }

    /// Takes raises back, last in the order of admission first, until none pulls a node's phases further apart than
    /// its limit and the targets allow.
    pub(super) fn balance_raises(&mut self, now: Instant, count: usize) {
        if !self.has_imbalance_limit() {
            return;
        }
        let targets = self.loads(count, |evse| evse.target);
        let mut loads = self.loads(count, |evse| evse.next);
        let mut taken_back = false;
        let raised = |evse: &Evse| evse.next > evse.ledger.offer();
        while let Some(pull) = self.pull(count, &loads, &targets, &|rank| raised(self.taker(rank))) {
            let evse = self.taker(pull.rank);
            let offer = evse.ledger.offer();
            self.take(&mut loads, pull.rank, evse.next.saturating_sub(offer));
            let taker = self.takers[pull.rank];
            let reason = Reason::AwaitsOthers(self.cause(taker, pull.bound));
            let evse = &mut self.evses[usize::from(taker)];
            (evse.next, evse.reason) = (offer, reason);
            taken_back = true;
        }
        if taken_back {
            self.reserve(now);
        }
    }

    fn has_imbalance_limit(&self) -> bool {
        self.tree.iter().any(|node| node.imbalance.is_some())
    }

    fn taker(&self, rank: usize) -> &Evse {
        &self.evses[usize::from(self.takers[rank])]
    }

    fn loads(&self, count: usize, current: fn(&Evse) -> Milliamps) -> Loads<NODES> {
        let mut loads = Self::NO_LOADS;
        for rank in 0..count {
            let current = current(self.taker(rank));
            self.visit_above(rank, |node, phase| {
                loads[node][phase] = loads[node][phase].saturating_add(current);
            });
        }
        loads
    }

    fn take(&self, loads: &mut Loads<NODES>, rank: usize, less: Milliamps) {
        self.visit_above(rank, |node, phase| {
            loads[node][phase] = loads[node][phase].saturating_sub(less);
        });
    }

    /// The first pair that is further apart than its limit, and than `allowed` has it, because of somebody who is
    /// `movable`: the last one in the order of admission.
    fn pull(
        &self,
        count: usize,
        loads: &Loads<NODES>,
        allowed: &Loads<NODES>,
        movable: &dyn Fn(usize) -> bool,
    ) -> Option<Pull> {
        for (node, (limited, (load, allowed))) in (0..).zip(self.tree.iter().zip(loads.iter().zip(allowed))) {
            let Some(most) = limited.imbalance else { continue };
            for pair in 0..9 {
                let (high, low) = (Phase::ALL[pair / 3], Phase::ALL[pair % 3]);
                let apart = |sums: &PhaseCurrents| sums[high.index()].saturating_sub(sums[low.index()]);
                let excess = apart(load).saturating_sub(most.max(apart(allowed)));
                let pulls = |rank: &usize| movable(*rank) && self.pulls_apart(*rank, node, high, low);
                if excess > Milliamps::ZERO {
                    if let Some(rank) = (0..count).rev().find(pulls) {
                        return Some(Pull { rank, bound: Bound::Imbalance { node, high, low }, excess });
                    }
                }
            }
        }
        None
    }

    /// Whether a session loads one phase of a node and not the other.
    fn pulls_apart(&self, rank: usize, node: u16, high: Phase, low: Phase) -> bool {
        let phases = self.demands[rank].phases;
        let mut below = false;
        self.visit_above(rank, |above, _| below |= above == usize::from(node));
        below && phases.contains(high) && !phases.contains(low)
    }

    /// Calls `visit` with the nodes above a session and its phases.
    fn visit_above(&self, rank: usize, mut visit: impl FnMut(usize, usize)) {
        let mut next = Some(self.demands[rank].node);
        while let Some(node) = next.map(usize::from).filter(|&node| node < NODES) {
            self.demands[rank].phases.iter().for_each(|phase| visit(node, phase.index()));
            next = self.tree[node].parent;
        }
    }
}
