//! The decision: lower at once, raise only beside what everybody could still be using.
//!
//! Two sums are kept under the capacity of every node and phase, and with them the bound:
//!
//! 1. The *plan*: what every member is granted from now on, and what silent ones may rise to before grants given to
//!    others now are over. Everything granted is lowered to the plan at once, so a rise that nobody can prevent finds
//!    the others down: their older, higher grants have ended or were confirmed as replaced.
//! 2. The *ledger*: what every member could be using now, whatever was lost. A raise has to fit beside it.

use super::account::{ByTerminal, NOTHING, either, on};
use super::master::Master;
use super::member::Member;
use super::stamp::Stamp;
use crate::phases::{Rotation, Terminals};
use crate::units::{Instant, Milliamps, PhaseCurrents, three};

/// Sums by node and phase.
type Sums<const NODES: usize> = [PhaseCurrents; NODES];

impl<A: Copy + Eq, const NODES: usize, const MEMBERS: usize> Master<A, NODES, MEMBERS> {
    /// Decides anew.
    pub(super) fn decide(&mut self, now: Stamp) {
        let only_disconnected = !self.handle_majority(now);
        let plan = self.plan(now, only_disconnected);
        for (at, planned) in plan.into_iter().enumerate() {
            self.lower(now, at, planned);
        }
        if self.is_ready(now) {
            let mut ledger = self.ledger(now);
            for (at, planned) in plan.into_iter().enumerate() {
                self.raise(now, at, planned, &mut ledger);
            }
        }
    }

    /// What each member is to have: its target, as far as there is room beside what must be kept free.
    fn plan(&self, now: Stamp, only_disconnected: bool) -> [Milliamps; MEMBERS] {
        let rises = self.members.iter().flatten().any(|member| member.reserve(now, &self.timing) != NOTHING);
        // A rise that nobody can prevent meets what others hold after their leases.
        let kept = |member: &Member<A>| {
            let reserved = member.reserve(now, &self.timing);
            if rises { either(reserved, member.lasting(now), Milliamps::max) } else { reserved }
        };
        let mut sums = self.sums(kept);
        let mut plan = [Milliamps::ZERO; MEMBERS];
        for (member, planned) in self.members.iter().zip(&mut plan) {
            let Some(member) = member.filter(|member| {
                member.known && !member.leaving && !member.excluded && member.is_heard(now, &self.timing)
            }) else {
                continue;
            };
            let reserved = kept(&member);
            let (node, rotation) = (member.wiring.node, member.wiring.rotation);
            let room = self.room(&sums, node, rotation, member.in_use, reserved);
            let most = if only_disconnected { member.disconnected() } else { member.wiring.most };
            let limit = member.target.min(most).min(room);
            if limit >= member.wiring.minimum(member.in_use) {
                *planned = limit;
                let more = either(on(member.in_use, limit), reserved, Milliamps::max);
                self.add(&mut sums, node, rotation, reserved, more);
            }
        }
        plan
    }

    /// What every member could be using now, and silent ones before long.
    fn ledger(&self, now: Stamp) -> Sums<NODES> {
        self.sums(|member| {
            either(member.bound(now, &self.timing), member.reserve(now, &self.timing), Milliamps::max)
        })
    }

    /// The bound itself: the most that can be flowing to the members of every node, by phase.
    pub fn bound(&self, now: Instant) -> [PhaseCurrents; NODES] {
        let now = self.calendar.stamp(now);
        self.sums(|member| member.bound(now, &self.timing))
    }

    fn sums(&self, of: impl Fn(&Member<A>) -> ByTerminal) -> Sums<NODES> {
        let mut sums = [three(Milliamps::ZERO); NODES];
        for member in self.members.iter().flatten() {
            self.add(&mut sums, member.wiring.node, member.wiring.rotation, NOTHING, of(member));
        }
        sums
    }

    /// Puts everything that is less in force.
    fn lower(&mut self, now: Stamp, at: usize, planned: Milliamps) {
        let number = self.next_number();
        let Some(member) = self.members.get_mut(at).and_then(Option::as_mut).filter(|member| member.known)
        else {
            return;
        };
        let (limit, terminals) = (member.account.limit(), member.account.terminals());
        let lower = limit.min(planned);
        let fewer = terminals.intersection(member.in_use);
        if (lower, fewer) != (limit, terminals) {
            member.account.set(now, lower, fewer, number, member.disconnected());
            member.due = true;
        }
    }

    /// Gives a raise as far as the ledger allows.
    fn raise(&mut self, now: Stamp, at: usize, planned: Milliamps, ledger: &mut Sums<NODES>) {
        let Some(mut member) = self.members.get(at).copied().flatten() else { return };
        let (limit, terminals) = (member.account.limit(), member.account.terminals());
        let (node, rotation, wanted) = (member.wiring.node, member.wiring.rotation, member.in_use);
        if planned == Milliamps::ZERO || (planned <= limit && wanted == terminals) {
            return;
        }
        let before =
            either(member.bound(now, &self.timing), member.reserve(now, &self.timing), Milliamps::max);
        let raised = planned.min(self.room(ledger, node, rotation, wanted, before));
        let more = raised > limit || wanted != terminals;
        if !more || raised < limit || raised < member.wiring.minimum(wanted) {
            return;
        }
        member.account.set(now, raised, wanted, self.next_number(), member.disconnected());
        if let Some(heard) = member.heard {
            member.account.renew(heard, &self.timing);
        }
        member.due = true;
        let after = either(member.bound(now, &self.timing), before, Milliamps::max);
        self.add(ledger, node, rotation, before, after);
        if let Some(slot) = self.members.get_mut(at) {
            *slot = Some(member);
        }
    }

    /// The most one may have on these terminals beside all others, itself not counted. Where more is in use than there
    /// is, nothing.
    fn room(
        &self,
        sums: &Sums<NODES>,
        node: u16,
        rotation: Rotation,
        terminals: Terminals,
        own: ByTerminal,
    ) -> Milliamps {
        let own = rotation.at_most(own);
        let phases = rotation.phases(terminals);
        let mut room = Milliamps::MAX;
        let mut next = Some(node);
        while let Some((at, above)) =
            next.and_then(|node| Some((usize::from(node), self.nodes.get(usize::from(node))?)))
        {
            for phase in phases.iter().map(crate::phases::Phase::index) {
                let (sum, capacity) =
                    (sums.get(at).map_or(Milliamps::MAX, |sum| sum[phase]), above.capacity[phase]);
                let left = capacity.saturating_sub(sum.saturating_sub(own[phase]));
                room = room.min(left);
            }
            next = above.parent;
        }
        room
    }

    /// Replaces what a member counts on all nodes above it.
    fn add(
        &self,
        sums: &mut Sums<NODES>,
        node: u16,
        rotation: Rotation,
        before: ByTerminal,
        after: ByTerminal,
    ) {
        let (before, after) = (rotation.at_most(before), rotation.at_most(after));
        let mut next = Some(node);
        while let Some(at) = next.map(usize::from) {
            let (Some(sum), Some(above)) = (sums.get_mut(at), self.nodes.get(at)) else { return };
            for ((sum, before), after) in sum.iter_mut().zip(before).zip(after) {
                *sum = sum.saturating_sub(before).saturating_add(after);
            }
            next = above.parent;
        }
    }
}
