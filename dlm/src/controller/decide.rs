//! One decision: what is there, who takes part, who gets what, and what may be signalled already.

use super::config::Fairness;
use super::evse::Standing;
use super::report::{Cause, Reason};
use super::{Controller, NodeMeter};
use crate::allocate::{Bound, Demand, Problem, Share, solve};
use crate::limits::Place;
use crate::queue::Priority;
use crate::units::{Instant, Milliamps, PhaseCurrents, three};

impl<const NODES: usize, const EVSES: usize, const LIMITS: usize, const METERS: usize, const BALANCED: usize>
    Controller<NODES, EVSES, LIMITS, METERS, BALANCED>
{
    /// Decides anew. Offers change only here.
    pub fn tick(&mut self, now: Instant) {
        self.decided = Some(now);
        self.measure(now);
        self.load_nodes(now);
        let count = self.collect(now);
        self.share(now, count);
        self.set_capacities();
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
        self.memory.clear_used();
        for evse in &self.evses {
            let measured = evse.measured(now, &self.settings).unwrap_or_default();
            let by_phase = evse.config.rotation.at_least(measured);
            self.memory.use_more(evse.config.node, by_phase);
        }
    }

    /// Brings limits and base loads up to date; children come before their parents.
    fn load_nodes(&mut self, now: Instant) {
        (0..NODES as u16).for_each(|node| self.limit_to(node, now));
        let mut meters = self.meters.iter_mut().rev().flatten().peekable();
        for at in (0..NODES as u16).rev() {
            let (node, tree) = (&mut self.nodes[usize::from(at)], &mut self.tree[usize::from(at)]);
            let mut known = self.memory.rows(at).map(|row| Milliamps(row.used));
            node.base = three(Milliamps::ZERO);
            if let Some(NodeMeter { meter, measured_below, .. }) = meters.next_if(|held| held.node == at) {
                *measured_below = known;
                node.base = meter.config().fallback;
                if let Some(load) = meter.load(now, known) {
                    node.base = sum(load, meter.config().headroom);
                    add(&mut known, load);
                }
            }
            tree.base = node.base;
            tree.parent.into_iter().for_each(|parent| self.memory.use_more(parent, known));
        }
    }

    /// Brings the limit of a node up to date.
    pub(super) fn limit_to(&mut self, node: u16, now: Instant) {
        let effective = self.limits.effective(Place::Node(node), now);
        let at = usize::from(node);
        (self.nodes[at].sources, self.tree[at].limit) = (effective.sources, effective.currents);
    }

    /// Works out what each node can carry: its limit without the base loads below.
    fn set_capacities(&mut self) {
        self.memory.clear_used();
        for at in (0..NODES as u16).rev() {
            let (node, tree) = (&self.nodes[usize::from(at)], &self.tree[usize::from(at)]);
            self.memory.use_more(at, node.base);
            let below = self.memory.rows(at).map(|row| Milliamps(row.used));
            self.memory.set_capacity(at, difference(tree.limit, below));
            tree.parent.into_iter().for_each(|parent| self.memory.use_more(parent, below));
        }
    }

    /// Lists the sessions that take part in the order of admission and returns their number; what the
    /// others may be drawing becomes base load.
    fn collect(&mut self, now: Instant) -> usize {
        let mut count = 0;
        for (index, evse) in (0..).zip(&mut self.evses) {
            evse.limit_to(&self.limits.effective(Place::Evse(index), now));
            evse.expire(now, &self.settings);
            evse.called = false;
            self.memory.set_key(index, evse.ticket(now, &self.settings).place());
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
        self.memory.sort(&mut self.takers[..count]);
        for (rank, (&taker, demand)) in (0..).zip(self.takers[..count].iter().zip(&mut self.demands)) {
            let evse = &self.evses[usize::from(taker)];
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
            let ticket = |index: u16| self.evses[usize::from(index)].ticket(now, &self.settings);
            let waiting = self.takers[..count].iter().filter(|&&index| ticket(index).may_be_called());
            let Some(&next) = waiting.min_by_key(|&&index| ticket(index).place()) else { return };
            let evse = &mut self.evses[usize::from(next)];
            evse.called = true;
            self.memory.set_key(next, evse.ticket(now, &self.settings).place());
        }
    }

    /// Shares what there is and takes the shares over as targets.
    fn share(&mut self, now: Instant, count: usize) {
        let problem = Problem { nodes: &self.tree, demands: &self.demands[..count], pools: &self.pools };
        let shared = solve(&problem, self.memory.scratch()).is_ok();
        for (rank, &taker) in self.takers[..count].iter().enumerate() {
            // Otherwise cannot be: site and demands were verified. Nothing is what is safe to offer.
            let share = if shared { self.memory.share(rank, &self.demands[rank]) } else { Share::NONE };
            let target = self.settings.round_down(share.current);
            let cause = self.cause(taker, share.bound);
            let evse = &mut self.evses[usize::from(taker)];
            evse.target = target;
            if target == Milliamps::ZERO {
                evse.reason = Reason::Queued(cause);
                // Whoever had its turn, or could not use it, goes to the tail.
                if evse.charging_since.take().is_some() || evse.called {
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
