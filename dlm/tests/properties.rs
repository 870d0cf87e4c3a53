//! What must hold of every allocation, however odd the problem.

mod common;

use common::{Owned, currents, phase_set};
use evkit_dlm::allocate::{Bound, Demand, Node, PoolSet, Problem};
use evkit_dlm::units::Milliamps;
use proptest::prelude::*;

/// Currents from nothing to beyond any fuse, mostly around what EVSEs use.
fn current() -> impl Strategy<Value = Milliamps> {
    prop_oneof![
        6 => 0u32..70_000,
        1 => Just(0),
        1 => Just(u32::MAX),
        1 => any::<u32>(),
    ]
    .prop_map(Milliamps)
}

fn node(at: usize) -> impl Strategy<Value = Node> {
    let limit = [current(), current(), current()];
    let base = [current(), current(), current()].prop_map(|base| base.map(|base| Milliamps(base.0 / 8)));
    let imbalance = proptest::option::weighted(0.2, current());
    (any::<prop::sample::Index>(), limit, base, imbalance).prop_map(move |(above, limit, base, imbalance)| {
        let parent = (at > 0).then(|| above.index(at.max(1)) as u16);
        Node { parent, limit, base, imbalance }
    })
}

fn demand(nodes: usize, pools: usize) -> impl Strategy<Value = Demand> {
    let range = (1u32..40_000, prop_oneof![Just(0), 0u32..40_000, any::<u32>()]);
    let who = (0u16..4, 0u16..3, prop_oneof![4 => Just(1), 2 => 1u16..9, 1 => 1u16..]);
    let phases = (1u32..8, 1u8..4);
    (0..nodes, phases, range, who, any::<u8>()).prop_map(
        move |(node, (bits, conductors), (min, more), (priority, tier, weight), members)| Demand {
            node: node as u16,
            phases: phase_set(bits),
            conductors,
            min: Milliamps(min),
            max: Milliamps(min.saturating_add(more)),
            priority,
            tier,
            weight,
            pools: (0..pools as u8)
                .filter(|pool| members >> pool & 1 != 0)
                .fold(PoolSet::NONE, PoolSet::with),
        },
    )
}

prop_compose! {
    fn site()(nodes in 1usize..8, pools in 0usize..3)(
        nodes in (0..nodes).map(node).collect::<Vec<_>>(),
        demands in proptest::collection::vec(demand(nodes, pools), 0..14),
        pools in proptest::collection::vec(current(), pools),
    ) -> Owned {
        Owned { nodes, demands, pools }
    }
}

/// Lowers what is left of every limit to what it counts as, [`Problem::MOST`].
fn count_limits(site: &mut Owned) {
    for node in 0..site.nodes.len() {
        let below = |at: &usize| site.is_below(*at as u16, node);
        let bases: Vec<_> = (0..site.nodes.len()).filter(below).map(|at| site.nodes[at].base).collect();
        for (phase, limit) in site.nodes[node].limit.iter_mut().enumerate() {
            let base: u64 = bases.iter().map(|base| u64::from(base[phase].0)).sum();
            let most = base.saturating_add(Problem::MOST.0.into());
            limit.0 = most.min(limit.0.into()) as u32;
        }
    }
    site.pools.iter_mut().for_each(|limit| *limit = (*limit).min(Problem::MOST));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// No limit is passed by a milliampere; 0 or at least the minimum, at most the maximum.
    #[test]
    fn every_limit_is_kept(site in site()) {
        let found = currents(&site.solve().0);
        prop_assert_eq!(site.violation(&found), None);
    }

    #[test]
    fn the_same_problem_has_the_same_answer(site in site()) {
        prop_assert_eq!(site.solve(), site.solve());
    }

    /// Nobody could have more, or be served, beside the others. Imbalance limits are left out: there, one
    /// more for one may need one more for another.
    #[test]
    fn nothing_is_left_lying(mut site in site()) {
        site.nodes.iter_mut().for_each(|node| node.imbalance = None);
        count_limits(&mut site);
        let (shares, _) = site.solve();
        let mut found = currents(&shares);
        for (at, demand) in site.demands.iter().enumerate() {
            let had = found[at];
            found[at] = if had == 0 { demand.min.0 } else { had.saturating_add(1) };
            prop_assert!(site.violation(&found).is_some(), "{} could have {}", at, found[at]);
            found[at] = had;
        }
    }

    /// Who has less than its maximum names a row that is full, or has no room for its minimum.
    #[test]
    fn the_bound_named_is_the_one_that_binds(mut site in site()) {
        site.nodes.iter_mut().for_each(|node| node.imbalance = None);
        count_limits(&mut site);
        let (shares, _) = site.solve();
        let found = currents(&shares);
        for (share, demand) in shares.iter().zip(&site.demands) {
            prop_assert_eq!(share.bound == Bound::Maximum, share.current == demand.max);
            match share.bound {
                Bound::Maximum => {}
                Bound::Limit { node, phase } => {
                    prop_assert!(site.is_below(demand.node, usize::from(node)));
                    prop_assert!(demand.phases.contains(phase));
                    if share.is_served() {
                        let mut more = found.clone();
                        for (more, other) in more.iter_mut().zip(&site.demands) {
                            *more = more.saturating_add(u32::from(core::ptr::eq(other, demand)));
                        }
                        prop_assert!(site.violation(&more).is_some());
                    }
                }
                Bound::Pool { pool } => prop_assert!(demand.pools.contains(pool)),
                Bound::Imbalance { .. } => prop_assert!(false, "there are no imbalance limits"),
            }
        }
    }

    /// Raising the limit that a share names gives somebody more, unless another limit is in the way of the
    /// same EVSE: whoever waits needs its minimum beside the minima of those served.
    #[test]
    fn raising_the_limit_named_gives_somebody_more(mut site in site()) {
        site.nodes.iter_mut().for_each(|node| node.imbalance = None);
        let within_reach = |limit: &mut Milliamps| *limit = (*limit).min(Milliamps(200_000));
        site.nodes.iter_mut().flat_map(|node| &mut node.limit).chain(&mut site.pools).for_each(within_reach);
        let (shares, outcome) = site.solve();
        let found = currents(&shares);
        let minima: Vec<u32> =
            shares.iter().zip(&site.demands).map(|(s, d)| if s.is_served() { d.min.0 } else { 0 }).collect();
        for (at, (share, demand)) in shares.iter().zip(&site.demands).enumerate() {
            let mut wanted = if share.is_served() { found.clone() } else { minima.clone() };
            let more = if share.is_served() { 1 } else { demand.min.0 };
            wanted[at] += more;
            let mut raised = site.clone();
            match share.bound {
                Bound::Limit { node, phase } => {
                    let limit = &mut raised.nodes[usize::from(node)].limit[phase.index()];
                    *limit = limit.saturating_add(Milliamps(more));
                }
                Bound::Pool { pool } => {
                    let limit = &mut raised.pools[usize::from(pool)];
                    *limit = limit.saturating_add(Milliamps(more.saturating_mul(demand.conductors.into())));
                }
                _ => continue,
            }
            if raised.violation(&wanted).is_some() {
                continue;
            }
            let (richer, other) = raised.solve();
            if outcome.fairest && other.fairest {
                let gains = richer.iter().zip(&found).any(|(share, had)| share.current.0 > *had);
                prop_assert!(gains, "{at} waits for {:?}, and nobody has more with it", share.bound);
            }
        }
    }

    /// More supply never serves fewer, and with the fairest shares proven never is less fair.
    #[test]
    fn more_supply_is_never_worse(mut site in site(), lucky in any::<prop::sample::Index>(), more in 1u32..20_000) {
        site.nodes.iter_mut().for_each(|node| node.imbalance = None);
        let (before, outcome) = site.solve();
        let at = lucky.index(site.nodes.len());
        site.nodes[at].limit = site.nodes[at].limit.map(|limit| limit.saturating_add(Milliamps(more)));
        let (after, richer) = site.solve();
        let (before, after) = (currents(&before), currents(&after));
        if outcome.most_served && richer.most_served {
            prop_assert!(site.served(&after) >= site.served(&before));
        }
        if outcome.fairest && richer.fairest && site.served(&after) == site.served(&before) {
            // A few milliamperes less are rounding, unless a lower level has paid for them.
            let levels = site.levels(&before).into_iter().zip(site.levels(&after));
            let first = levels.into_iter().find(|(before, after)| after > before || before - after > 4_000);
            prop_assert!(first.is_none_or(|(before, after)| after > before), "{:?}", first);
        }
    }

    /// Who asks first does not matter.
    #[test]
    fn the_order_of_demands_does_not_matter(mut site in site()) {
        let (shares, outcome) = site.solve();
        let found = currents(&shares);
        site.demands.reverse();
        let (shares, other) = site.solve();
        let reversed = currents(&shares);
        if outcome.most_served && other.most_served {
            prop_assert_eq!(site.served(&reversed), { site.demands.reverse(); site.served(&found) });
        }
    }
}
