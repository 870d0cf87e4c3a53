//! Commissioning check: what is wrong with a site before the first car comes.
//!
//! Some mistakes cannot be seen while everything works. The sum of the disconnected limits (Bender 7.7)
//! matters only when the link is lost; a minimum that can never fit looks like a queue that never moves.
//! The findings go to a closure, so nothing is allocated and the caller decides what to do with them.

use crate::controller::{EvseConfig, NodeConfig};
use crate::limits::{Effective, LimitSet, Source};
use crate::phases::{Phase, PhaseSet, Rotation, Terminals};
use crate::units::{Instant, Milliamps, PhaseCurrents, three};
use core::fmt;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It works, but probably not as meant.
    Warning,
    /// A limit can be passed, or something can never work.
    Error,
}

/// Where a limit is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A supply node, by index.
    Node(u16),
    /// An EVSE, by index.
    Evse(u16),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(index) => write!(f, "node {index}"),
            Self::Evse(index) => write!(f, "EVSE {index}"),
        }
    }
}

/// One thing that is wrong with a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// The main connection has no limit on a phase.
    NoMainLimit {
        /// The phase.
        phase: Phase,
    },
    /// The parent of a node does not exist or does not come before it; nothing else was checked.
    Parent {
        /// The node.
        node: u16,
    },
    /// An EVSE hangs on a node that does not exist.
    EvseNode {
        /// The EVSE.
        evse: u16,
    },
    /// A role that may only lower a limit raises it, such as an operator above the installer.
    RoleAbove {
        /// Where.
        place: Place,
        /// Who sets too much.
        lower: Source,
        /// Whose limit that passes.
        upper: Source,
        /// On this phase.
        phase: Phase,
    },
    /// When the link is lost, the EVSEs below a node take more than it can carry.
    DisconnectedSum {
        /// The node.
        node: u16,
        /// The phase.
        phase: Phase,
        /// Sum of the disconnected limits counted on the phase.
        sum: Milliamps,
        /// Limit of the node without the fallback loads below it.
        available: Milliamps,
    },
    /// The load of a node is unknown when its meter is silent, yet disconnected EVSEs go on charging.
    DisconnectedUnmetered {
        /// The node with the meter.
        node: u16,
    },
    /// An EVSE's disconnected limit is above its own limit.
    DisconnectedAboveLimit {
        /// The EVSE.
        evse: u16,
        /// The disconnected limit.
        disconnected: Milliamps,
        /// The lowest of its own limits.
        limit: Milliamps,
    },
    /// An EVSE's disconnected limit is below its minimum and acts as 0.
    DisconnectedBelowMinimum {
        /// The EVSE.
        evse: u16,
        /// The disconnected limit.
        disconnected: Milliamps,
        /// The least useful current on one conductor.
        minimum: Milliamps,
    },
    /// An EVSE has a minimum of 0 A: it could never be told apart from a pause.
    NoMinimum {
        /// The EVSE.
        evse: u16,
    },
    /// No car can ever charge here: a limit is below the minimum.
    MinimumNeverFits {
        /// The EVSE.
        evse: u16,
        /// Where the limit is.
        place: Place,
        /// The least useful current for the terminals that are wired.
        minimum: Milliamps,
        /// What is left at the place on the most loaded phase.
        limit: Milliamps,
    },
    /// Cars on fewer than three phases can never charge here alone.
    ImbalanceBelowMinimum {
        /// The EVSE.
        evse: u16,
        /// The node with the imbalance limit.
        node: u16,
    },
    /// Terminal 1 is not wired although another is.
    Wiring {
        /// The EVSE.
        evse: u16,
    },
    /// The rotation is unknown: every car is counted on all three phases.
    UnknownRotation {
        /// The EVSE.
        evse: u16,
    },
    /// All EVSEs at a node, three or more, have the same rotation: single-phase cars load one phase.
    NotSpread {
        /// The node.
        node: u16,
        /// The rotation.
        rotation: Rotation,
    },
    /// The headroom of a meter leaves nothing.
    HeadroomTakesAll {
        /// The node.
        node: u16,
        /// The phase.
        phase: Phase,
    },
}

impl Finding {
    /// How bad it is.
    pub const fn severity(&self) -> Severity {
        match self {
            Self::NoMainLimit { .. }
            | Self::Parent { .. }
            | Self::EvseNode { .. }
            | Self::RoleAbove { .. }
            | Self::DisconnectedSum { .. }
            | Self::DisconnectedAboveLimit { .. }
            | Self::NoMinimum { .. }
            | Self::MinimumNeverFits { .. }
            | Self::Wiring { .. } => Severity::Error,
            Self::DisconnectedUnmetered { .. }
            | Self::DisconnectedBelowMinimum { .. }
            | Self::ImbalanceBelowMinimum { .. }
            | Self::UnknownRotation { .. }
            | Self::NotSpread { .. }
            | Self::HeadroomTakesAll { .. } => Severity::Warning,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoMainLimit { phase } => write!(f, "the main connection has no limit on {phase}"),
            Self::Parent { node } => write!(f, "node {node}: its parent must exist and come before it"),
            Self::EvseNode { evse } => write!(f, "EVSE {evse}: its node does not exist"),
            Self::RoleAbove { place, lower, upper, phase } => {
                write!(f, "{place}: {lower} is above {upper} on {phase}, which it may only lower")
            }
            Self::DisconnectedSum { node, phase, sum, available } => write!(
                f,
                "node {node}: disconnected limits of {sum} on {phase}, but only {available} is available"
            ),
            Self::DisconnectedUnmetered { node } => write!(
                f,
                "node {node}: its load is unknown when its meter is silent, but disconnected EVSEs go on"
            ),
            Self::DisconnectedAboveLimit { evse, disconnected, limit } => {
                write!(f, "EVSE {evse}: disconnected limit of {disconnected} is above its limit of {limit}")
            }
            Self::DisconnectedBelowMinimum { evse, disconnected, minimum } => write!(
                f,
                "EVSE {evse}: disconnected limit of {disconnected} acts as 0, the minimum is {minimum}"
            ),
            Self::NoMinimum { evse } => write!(f, "EVSE {evse}: the minimum must be more than 0"),
            Self::MinimumNeverFits { evse, place, minimum, limit } => {
                write!(f, "EVSE {evse}: minimum of {minimum} never fits, {place} leaves {limit}")
            }
            Self::ImbalanceBelowMinimum { evse, node } => {
                write!(f, "EVSE {evse}: a single-phase car alone passes the imbalance limit of node {node}")
            }
            Self::Wiring { evse } => write!(f, "EVSE {evse}: terminal 1 must be wired"),
            Self::UnknownRotation { evse } => {
                write!(f, "EVSE {evse}: rotation unknown, its car is counted on all three phases")
            }
            Self::NotSpread { node, rotation } => {
                write!(f, "node {node}: all EVSEs are wired {rotation}, single-phase cars load one phase")
            }
            Self::HeadroomTakesAll { node, phase } => {
                write!(f, "node {node}: the headroom leaves nothing of the limit on {phase}")
            }
        }
    }
}

/// Checks a site as configured and hands every finding to `report`.
///
/// Only limits without an end count; those that come and go while the site runs are none of its business.
pub fn check(nodes: &[NodeConfig], evses: &[EvseConfig], mut report: impl FnMut(Finding)) {
    let mut broken = false;
    for (node, config) in (0..).zip(nodes) {
        if config.parent.map_or(node != 0, |parent| parent >= node) {
            broken = true;
            report(Finding::Parent { node });
        }
    }
    if broken {
        return;
    }
    let site = Site { nodes, evses };
    for node in 0..nodes.len() as u16 {
        site.check_node(node, &mut report);
    }
    for (index, evse) in (0..).zip(evses) {
        if nodes.get(usize::from(evse.node)).is_some() {
            site.check_evse(index, evse, &mut report);
        } else {
            report(Finding::EvseNode { evse: index });
        }
    }
}

struct Site<'a> {
    nodes: &'a [NodeConfig],
    evses: &'a [EvseConfig],
}

impl Site<'_> {
    fn check_node(&self, node: u16, report: &mut impl FnMut(Finding)) {
        let Some(config) = self.nodes.get(usize::from(node)) else { return };
        let limit = effective(&config.limits);
        check_roles(Place::Node(node), &config.limits, report);
        let disconnected = self.sum_below(node, |evse| evse.disconnected);
        let (fallback, unmetered) = self.fallback_below(node);
        for phase in Phase::ALL {
            let at = phase.index();
            if node == 0 && limit.sources[at].is_none() {
                report(Finding::NoMainLimit { phase });
            }
            let (sum, available) = (disconnected[at], limit.currents[at].saturating_sub(fallback[at]));
            if sum > available {
                report(Finding::DisconnectedSum { node, phase, sum, available });
            }
            if config.meter.is_some_and(|meter| meter.headroom[at] >= limit.currents[at]) {
                report(Finding::HeadroomTakesAll { node, phase });
            }
        }
        if unmetered && disconnected != three(Milliamps::ZERO) && config.meter.is_some() {
            report(Finding::DisconnectedUnmetered { node });
        }
        let mut rotations = self.evses.iter().filter(|evse| evse.node == node).map(|evse| evse.rotation);
        let first = rotations.next().filter(|&rotation| rotation != Rotation::Unknown);
        let others = rotations.try_fold(0, |count, rotation| (Some(rotation) == first).then_some(count + 1));
        if let (Some(rotation), Some(2..)) = (first, others) {
            report(Finding::NotSpread { node, rotation });
        }
    }

    fn check_evse(&self, evse: u16, config: &EvseConfig, report: &mut impl FnMut(Finding)) {
        check_roles(Place::Evse(evse), &config.limits, report);
        let (limit, _) = effective(&config.limits).lowest();
        let disconnected = config.disconnected;
        // A single-phase car may come to a three-phase EVSE, so its minimum decides what never fits.
        let minimum = config.minimum.of(Terminals::ONE);
        if minimum == Milliamps::ZERO {
            report(Finding::NoMinimum { evse });
        }
        if !config.wired.contains(0) {
            report(Finding::Wiring { evse });
        }
        if config.rotation == Rotation::Unknown {
            report(Finding::UnknownRotation { evse });
        }
        if disconnected > limit {
            report(Finding::DisconnectedAboveLimit { evse, disconnected, limit });
        }
        if disconnected > Milliamps::ZERO && disconnected < minimum {
            report(Finding::DisconnectedBelowMinimum { evse, disconnected, minimum });
        }
        if limit < minimum {
            report(Finding::MinimumNeverFits { evse, place: Place::Evse(evse), minimum, limit });
        }
        let phases = config.rotation.phases(Terminals::ONE.intersection(config.wired));
        for (node, above) in self.path(config.node) {
            let limit = left(above, phases);
            if limit < minimum {
                report(Finding::MinimumNeverFits { evse, place: Place::Node(node), minimum, limit });
            }
            let single = phases.len() == 1;
            if single && above.imbalance.is_some_and(|imbalance| imbalance < minimum) {
                report(Finding::ImbalanceBelowMinimum { evse, node });
            }
        }
    }

    /// A node and all above it.
    fn path(&self, node: u16) -> impl Iterator<Item = (u16, &NodeConfig)> {
        let mut next = Some(node);
        core::iter::from_fn(move || {
            let node = next?;
            let config = self.nodes.get(usize::from(node))?;
            next = config.parent;
            Some((node, config))
        })
    }

    fn sum_below(&self, node: u16, current: impl Fn(&EvseConfig) -> Milliamps) -> PhaseCurrents {
        let mut sum = three(Milliamps::ZERO);
        let below = |evse: &&EvseConfig| self.path(evse.node).any(|(above, _)| above == node);
        for evse in self.evses.iter().filter(below) {
            for phase in evse.rotation.phases(evse.wired).iter() {
                let total = &mut sum[phase.index()];
                *total = total.saturating_add(current(evse));
            }
        }
        sum
    }

    /// Fallback loads of a node and all below it, and whether one of them is "unknown".
    fn fallback_below(&self, node: u16) -> (PhaseCurrents, bool) {
        let mut sum = three(Milliamps::ZERO);
        let mut unknown = false;
        for (below, config) in (0..).zip(self.nodes) {
            let Some(meter) = config.meter else { continue };
            if !self.path(below).any(|(above, _)| above == node) {
                continue;
            }
            for (total, fallback) in sum.iter_mut().zip(meter.fallback) {
                let known = fallback != Milliamps::MAX;
                unknown |= !known;
                *total = total.saturating_add(if known { fallback } else { Milliamps::ZERO });
            }
        }
        (sum, unknown)
    }
}

fn effective(limits: &LimitSet) -> Effective {
    let mut lasting = LimitSet::default();
    for limit in limits.iter().filter(|limit| limit.next_change(Instant::default()).is_none()) {
        // It came out of a set of the same capacity, so there is room.
        let _ = lasting.set(*limit);
    }
    lasting.effective(Instant::default())
}

/// What a node leaves on the phases it is needed on.
fn left(node: &NodeConfig, phases: PhaseSet) -> Milliamps {
    let limit = effective(&node.limits).currents;
    let headroom = node.meter.map_or(three(Milliamps::ZERO), |meter| meter.headroom);
    let left = phases.iter().map(|phase| limit[phase.index()].saturating_sub(headroom[phase.index()]));
    left.min().unwrap_or(Milliamps::MAX)
}

fn check_roles(place: Place, limits: &LimitSet, report: &mut impl FnMut(Finding)) {
    for lower in limits.iter() {
        for upper in limits.iter() {
            let ranked = lower.source.role.authority().zip(upper.source.role.authority());
            if ranked.is_none_or(|(lower, upper)| lower <= upper) {
                continue;
            }
            let above = |phase: &Phase| lower.currents[phase.index()] > upper.currents[phase.index()];
            if let Some(phase) = Phase::ALL.into_iter().find(above) {
                let (lower, upper) = (lower.source, upper.source);
                report(Finding::RoleAbove { place, lower, upper, phase });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;
    use super::*;
    use crate::limits::{Limit, Role};
    use crate::meter::MeterConfig;
    use alloc::vec::Vec;

    const A: fn(u32) -> Milliamps = Milliamps::from_amps;

    fn node<const N: usize>(parent: Option<u16>, limits: [Limit; N]) -> NodeConfig {
        NodeConfig { parent, limits: LimitSet::try_from(limits).unwrap(), ..NodeConfig::default() }
    }

    fn main(amps: u32) -> NodeConfig {
        node(None, [Limit::new(Role::Installation, A(amps))])
    }

    fn findings(nodes: &[NodeConfig], evses: &[EvseConfig]) -> Vec<Finding> {
        let mut found = Vec::new();
        check(nodes, evses, |finding| found.push(finding));
        found
    }

    #[test]
    fn a_sound_site_has_no_findings() {
        let evses = [Rotation::Rst, Rotation::Str, Rotation::Trs].map(|rotation| EvseConfig {
            rotation,
            disconnected: A(8),
            ..EvseConfig::on(0)
        });
        assert_eq!(findings(&[main(63)], &evses), []);
    }

    #[test]
    fn an_operator_may_not_pass_the_installer() {
        let site = [node(None, [Limit::new(Role::Operator, A(40)), Limit::new(Role::Installation, A(32))])];
        let found = findings(&site, &[]);
        let (lower, upper) = (Role::Operator.into(), Role::Installation.into());
        let place = Place::Node(0);
        assert_eq!(found, [Finding::RoleAbove { place, lower, upper, phase: Phase::L1 }]);
        assert_eq!(found[0].severity(), Severity::Error);
    }

    #[test]
    fn disconnected_limits_are_summed_with_rotation_and_fallback_load() {
        let meter = Some(MeterConfig { fallback: [A(10), A(0), A(0)], ..MeterConfig::default() });
        let site = [NodeConfig { meter, ..main(32) }];
        // Three single-phase stations on L1 and one three-phase station: 32 A on L1, 8 A on L2 and L3.
        let single = EvseConfig { wired: Terminals::ONE, disconnected: A(8), ..EvseConfig::on(0) };
        let three_phase = EvseConfig { rotation: Rotation::Str, disconnected: A(8), ..EvseConfig::on(0) };
        let found = findings(&site, &[single, single, single, three_phase]);
        let expected = Finding::DisconnectedSum { node: 0, phase: Phase::L1, sum: A(32), available: A(22) };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn charging_on_without_a_link_needs_a_known_load() {
        let site = [NodeConfig { meter: Some(MeterConfig::default()), ..main(32) }];
        let evse = EvseConfig { disconnected: A(8), ..EvseConfig::on(0) };
        assert_eq!(findings(&site, &[evse]), [Finding::DisconnectedUnmetered { node: 0 }]);
    }

    #[test]
    fn minima_that_never_fit_are_named_with_the_place() {
        let site = [main(32), node(Some(0), [Limit::new(Role::FeedCable, A(5))])];
        let found = findings(&site, &[EvseConfig::on(1)]);
        let (minimum, limit) = (A(6), A(5));
        let place = Place::Node(1);
        assert_eq!(found, [Finding::MinimumNeverFits { evse: 0, place, minimum, limit }]);
    }

    #[test]
    fn phases_that_make_no_sense_are_found() {
        let second_only = Terminals::from_flags([false, true, false]);
        let odd = EvseConfig { wired: second_only, rotation: Rotation::Unknown, ..EvseConfig::on(0) };
        let found = findings(&[main(32)], &[odd]);
        assert_eq!(found, [Finding::Wiring { evse: 0 }, Finding::UnknownRotation { evse: 0 }]);
        let same = findings(&[main(32)], &[EvseConfig::on(0); 3]);
        assert_eq!(same, [Finding::NotSpread { node: 0, rotation: Rotation::Rst }]);
        assert_eq!(findings(&[main(32)], &[EvseConfig::on(0); 2]), []);
    }

    #[test]
    fn a_broken_tree_stops_the_check() {
        let found = findings(&[main(32), node(Some(1), [])], &[EvseConfig::on(7)]);
        assert_eq!(found, [Finding::Parent { node: 1 }]);
        assert_eq!(findings(&[main(32)], &[EvseConfig::on(7)]), [Finding::EvseNode { evse: 0 }]);
    }
}
