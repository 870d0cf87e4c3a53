//! One decision: what is there, who takes part, who gets what, and what may be signalled already.

use super::Controller;
use super::config::Fairness;
use super::evse::Standing;
use super::report::{Cause, Reason};
use crate::allocate::{Bound, Demand, Problem, Share, allocate};
use crate::limits::Place;
use crate::queue::Priority;
use crate::units::{Instant, Milliamps, PhaseCurrents, three};

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize> Controller<NODES, EVSES, LIMITS> {
    /// Decides anew. Offers change only here.
    pub fn tick(&mut self, now: Instant) {
        self.decided = Some(now);
        self.measure(now);
        self.load_nodes(now);
        let count = self.collect(now);
        self.share(count);
        self.set_targets(now, count);
        self.balance_targets(count);
        self.lower(now);
        self.reserve(now);
        self.raise(now, count);
        self.balance_raises(now, count);
        self.offer_raises(now, count);
        self.note_waiting(now, count);
    }

    /// Sums the measured currents below every node, as lower bounds.
    fn measure(&mut self, now: Instant) {
        for node in &mut self.nodes {
            node.measured_below = three(Milliamps::ZERO);
        }
        for evse in &self.evses {
            let measured = evse.measured(now, &self.settings).unwrap_or_default();
            let by_phase = evse.config.rotation.at_least(measured);
            if let Some(node) = self.nodes.get_mut(usize::from(evse.config.node)) {
                add(&mut node.measured_below, by_phase);
            }
        }
    }

    /// Brings limits and base loads up to date; children come before their parents.
    fn load_nodes(&mut self, now: Instant) {
        for at in (0..NODES).rev() {
            let effective = self.limits.effective(Place::Node(at as u16), now);
            let node = &mut self.nodes[at];
            node.sources = effective.sources;
            let below = node.measured_below;
            let load = node.meter.as_mut().map(|meter| (meter.load(now, below), *meter.config()));
            node.base = match load {
                None => three(Milliamps::ZERO),
                Some((None, config)) => config.fallback,
                Some((Some(load), config)) => sum(load, config.headroom),
            };
            let known = sum(below, load.and_then(|(load, _)| load).unwrap_or_default());
            let tree = &mut self.tree[at];
            (tree.limit, tree.base) = (effective.currents, node.base);
            if let Some(parent) = tree.parent.and_then(|parent| self.nodes.get_mut(usize::from(parent))) {
                add(&mut parent.measured_below, known);
            }
        }
        let mut base = [three(Milliamps::ZERO); NODES];
        for at in (0..NODES).rev() {
            let state = &mut self.nodes[at];
            add(&mut base[at], state.base);
            state.capacity = difference(self.tree[at].limit, base[at]);
            let below = base[at];
            if let Some(base) = self.tree[at].parent.and_then(|parent| base.get_mut(usize::from(parent))) {
                add(base, below);
            }
        }
    }

    /// Lists the sessions that take part in the order of admission and returns their number; what the
    /// others may be drawing becomes base load.
    fn collect(&mut self, now: Instant) -> usize {
        let mut count = 0;
        for (index, evse) in (0..).zip(&mut self.evses) {
            evse.limit_to(&self.limits.effective(Place::Evse(index), now));
            evse.expire(now, &self.settings);
            evse.place = evse.ticket(now, &self.settings).place();
            let fixed = match evse.standing(now, &self.settings) {
                Standing::Takes { min, .. } => {
                    self.takers[count] = index;
                    count += 1;
                    evse.excess(if evse.exceeds(now) { min } else { evse.ledger.possible(now) })
                }
                Standing::Stays(reason) => {
                    evse.reason = reason;
                    evse.target = Milliamps::ZERO;
                    evse.charging_since = None;
                    evse.unmoved(now, &self.settings)
                }
            };
            let fixed = evse.config.rotation.at_most(fixed);
            if let Some(node) = self.tree.get_mut(usize::from(evse.config.node)) {
                add(&mut node.base, fixed);
            }
        }
        self.call_next(now, count);
        let evses = &self.evses;
        self.takers[..count].sort_unstable_by_key(|&index| (evses[usize::from(index)].place, index));
        for (rank, (&taker, demand)) in (0..).zip(self.takers[..count].iter().zip(&mut self.demands)) {
            let evse = &evses[usize::from(taker)];
            let Standing::Takes { min, max } = evse.standing(now, &self.settings) else { continue };
            *demand = Demand {
                node: evse.config.node,
                phases: evse.config.rotation.phases(evse.terminals()),
                conductors: evse.terminals().len() as u8,
                min,
                max,
                // A priority of its own for each: admission then follows the queue's order.
                priority: rank,
                tier: match self.settings.fairness {
                    Fairness::Pooled => 0,
                    Fairness::ByPriority => evse.facts.priority as u16,
                },
                weight: evse.facts.weight.max(1),
                pools: evse.config.pools,
            };
        }
        count
    }

    /// At each turn, puts the longest waiting sessions ahead of the running ones.
    fn call_next(&mut self, now: Instant, count: usize) {
        let due = self.turn_from.zip(self.settings.turn).is_some_and(|(from, turn)| now >= from.after(turn));
        if !due {
            return;
        }
        self.turn_from = Some(now);
        for _ in 0..self.settings.turns_at_once {
            let waiting = self.takers[..count].iter().map(|&index| usize::from(index));
            let waiting = waiting.filter(|&index| self.evses[index].place.may_be_called());
            let Some(next) = waiting.min_by_key(|&index| self.evses[index].place) else { return };
            self.evses[next].place = self.evses[next].place.called();
        }
    }

    fn share(&mut self, count: usize) {
        let problem = Problem { nodes: &self.tree, demands: &self.demands[..count], pools: &self.pools };
        let shared = allocate(&problem, self.memory.scratch(), &mut self.shares);
        if shared.is_err() {
            // Cannot be: site and demands were verified. Nothing is what is safe to offer.
            self.shares = [Share::NONE; EVSES];
        }
    }

    /// Takes the shares over as targets.
    fn set_targets(&mut self, now: Instant, count: usize) {
        for (&taker, share) in self.takers[..count].iter().zip(&self.shares) {
            let target = self.settings.round_down(share.current);
            let cause = self.cause(taker, share.bound);
            let evse = &mut self.evses[usize::from(taker)];
            evse.target = target;
            if target == Milliamps::ZERO {
                evse.reason = Reason::Queued(cause);
                // Whoever had its turn, or could not use it, goes to the tail.
                if evse.charging_since.take().is_some() || evse.place.is_called() {
                    evse.queued_at = now;
                }
            } else {
                evse.charging_since = evse.charging_since.or(Some(now));
                evse.reason = match share.bound {
                    Bound::Maximum if evse.exceeds(now) => Reason::Exceeds,
                    Bound::Maximum if evse.takes_less() => Reason::TakesLess,
                    _ => Reason::Bound(cause),
                };
            }
        }
    }

    /// Puts every reduction in force.
    fn lower(&mut self, now: Instant) {
        for evse in &mut self.evses {
            if evse.target < evse.ledger.offer() && !evse.is_silent(now, &self.settings) {
                evse.set_offer(now, evse.target);
            }
            evse.next = evse.ledger.offer();
        }
    }

    /// Starts and stops the clock of the queue.
    fn note_waiting(&mut self, now: Instant, count: usize) {
        let waiting = self.takers[..count].iter().any(|&index| {
            let evse = &self.evses[usize::from(index)];
            evse.charging_since.is_none() && evse.facts.priority != Priority::Vip
        });
        self.turn_from = if waiting { self.turn_from.or(Some(now)) } else { None };
    }

    /// A bound with the source of its number.
    pub(super) fn cause(&self, taker: u16, bound: Bound) -> Cause {
        let source = match bound {
            Bound::Limit { node, phase } => {
                self.nodes.get(usize::from(node)).and_then(|state| state.sources[phase.index()])
            }
            Bound::Maximum => {
                self.evses.get(usize::from(taker)).and_then(|evse| evse.own_limit(&self.settings).1)
            }
            Bound::Pool { .. } | Bound::Imbalance { .. } => None,
        };
        Cause { bound, source }
    }
}

pub(super) fn add(to: &mut PhaseCurrents, more: PhaseCurrents) {
    *to = sum(*to, more);
}

fn sum(left: PhaseCurrents, right: PhaseCurrents) -> PhaseCurrents {
    core::array::from_fn(|phase| left[phase].saturating_add(right[phase]))
}

pub(super) fn difference(from: PhaseCurrents, take: PhaseCurrents) -> PhaseCurrents {
    core::array::from_fn(|phase| from[phase].saturating_sub(take[phase]))
}
