//! Small problems with results worked out by hand.

extern crate alloc;

use super::*;
use crate::phases::{Phase, PhaseSet};
use crate::units::{Milliamps, three};
use alloc::string::ToString;
use alloc::vec::Vec;

const L1: PhaseSet = PhaseSet::of(Phase::L1);
const L2: PhaseSet = PhaseSet::of(Phase::L2);
const L3: PhaseSet = PhaseSet::of(Phase::L3);

fn root(amps: u32) -> Node {
    Node::root(three(Milliamps::from_amps(amps)))
}

fn below(parent: u16, amps: u32) -> Node {
    Node::below(parent, three(Milliamps::from_amps(amps)))
}

/// 6 A to 32 A on the root.
fn car(phases: PhaseSet) -> Demand {
    Demand {
        node: 0,
        phases,
        conductors: phases.len() as u8,
        min: Milliamps(6_000),
        max: Milliamps(32_000),
        priority: 0,
        tier: 0,
        weight: 1,
        pools: PoolSet::NONE,
    }
}

fn shares(nodes: &[Node], demands: &[Demand], pools: &[Milliamps]) -> Vec<Share> {
    let mut memory = Memory::<8, 24>::new();
    let mut shares = [Share::NONE; 24];
    let problem = Problem { nodes, demands, pools };
    allocate(&problem, memory.scratch(), &mut shares).unwrap();
    shares[..demands.len()].to_vec()
}

fn currents(nodes: &[Node], demands: &[Demand]) -> Vec<u32> {
    shares(nodes, demands, &[]).iter().map(|share| share.current.0).collect()
}

#[test]
fn equal_shares_use_a_limit_to_the_milliampere() {
    assert_eq!(currents(&[root(32)], &[car(PhaseSet::ALL); 3]), [10_667, 10_667, 10_666]);
}

#[test]
fn a_single_feed_carries_both_sockets_together() {
    // Bender 7.3: two EVSEs of 32 A behind one 32 A cable.
    let sockets = [Demand { node: 1, ..car(PhaseSet::ALL) }, Demand { node: 1, ..car(L2) }];
    assert_eq!(currents(&[root(100), below(0, 32)], &sockets), [16_000, 16_000]);
}

#[test]
fn cars_on_other_phases_do_not_share() {
    assert_eq!(currents(&[root(20)], &[car(L1), car(L1), car(L2)]), [10_000, 10_000, 20_000]);
}

#[test]
fn what_one_cannot_take_goes_to_the_others() {
    let small = Demand { max: Milliamps(8_000), ..car(L1) };
    assert_eq!(currents(&[root(30)], &[small, car(L1), car(L1)]), [8_000, 11_000, 11_000]);
}

#[test]
fn base_loads_count_at_their_node_and_above() {
    let mut nodes = [root(40), below(0, 32)];
    nodes[1].base[0] = Milliamps(20_000);
    let cars = [car(L1), Demand { node: 1, ..car(L1) }];
    // 12 A are left below, 20 A at the root for both.
    assert_eq!(currents(&nodes, &cars), [10_000, 10_000]);
    nodes[1].base[0] = Milliamps(24_000);
    assert_eq!(currents(&nodes, &cars), [8_000, 8_000]);
    nodes[1].base[0] = Milliamps(33_000);
    assert_eq!(currents(&nodes, &cars), [7_000, 0]);
}

#[test]
fn weights_divide_a_tier_and_tiers_come_in_order() {
    let heavy = Demand { weight: 2, ..car(L1) };
    assert_eq!(currents(&[root(24)], &[heavy, car(L1)]), [16_000, 8_000]);
    let second = Demand { tier: 1, ..car(L1) };
    assert_eq!(currents(&[root(40)], &[second, car(L1)]), [8_000, 32_000]);
    // A lower tier keeps its minimum.
    assert_eq!(currents(&[root(24)], &[second, car(L1)]), [6_000, 18_000]);
}

#[test]
fn priority_decides_who_is_served_at_all() {
    let second = Demand { priority: 1, ..car(L1) };
    assert_eq!(currents(&[root(8)], &[second, car(L1)]), [0, 8_000]);
}

#[test]
fn more_cars_count_more_than_larger_ones() {
    // One 14 A car, or two of 7 A: two are served.
    let min = |amps| Demand { min: Milliamps::from_amps(amps), ..car(L1) };
    assert_eq!(currents(&[root(14)], &[min(14), min(7), min(7)]), [0, 7_000, 7_000]);
}

#[test]
fn small_ones_first_is_not_always_best() {
    // Serving the smallest car, on all phases, would leave room for no other.
    let narrow = Demand { min: Milliamps(7_000), ..car(PhaseSet::ALL) };
    let wide = |phases| Demand { min: Milliamps(14_000), ..car(phases) };
    let cars = [narrow, wide(L1), wide(L2), wide(L3)];
    assert_eq!(currents(&[root(20)], &cars), [0, 20_000, 20_000, 20_000]);
}

#[test]
fn pools_count_conductors() {
    let mut cars = [car(PhaseSet::ALL), car(L1)];
    cars[0].pools = PoolSet::NONE.with(0);
    cars[1].pools = PoolSet::NONE.with(0);
    let found = shares(&[root(100)], &cars, &[Milliamps(40_000)]);
    assert_eq!(found[0], Share { current: Milliamps(10_000), bound: Bound::Pool { pool: 0 } });
    assert_eq!(found[1], found[0]);
}

#[test]
fn a_phase_may_rise_as_far_as_the_others_let_it() {
    let mut nodes = [root(100)];
    nodes[0].imbalance = Some(Milliamps(16_000));
    // Two cars on L1 and none elsewhere: 16 A together.
    assert_eq!(currents(&nodes, &[car(L1), car(L1)]), [8_000, 8_000]);
    // Cars on all phases cancel out.
    assert_eq!(currents(&nodes, &[car(L1), car(PhaseSet::ALL)]), [16_000, 32_000]);
    // With counterweights on the other phases, 16 A more than the lower of them.
    let cars = [car(L1), car(L1), Demand { max: Milliamps(10_000), ..car(L2) }, car(L3)];
    assert_eq!(currents(&nodes, &cars), [13_000, 13_000, 10_000, 26_000]);
}

#[test]
fn a_counterweight_is_lifted_to_serve_more() {
    let mut nodes = [root(100)];
    nodes[0].imbalance = Some(Milliamps(10_000));
    // Three cars of 6 A on L1 need 8 A on L2 and on L3.
    let cars = [car(L1), car(L1), car(L1), car(L2), car(L3)];
    assert!(currents(&nodes, &cars).iter().all(|&current| current >= 6_000));
}

#[test]
fn every_share_names_what_binds_it() {
    let mut nodes = [root(30), below(0, 16)];
    nodes[1].imbalance = Some(Milliamps(8_000));
    let small = Demand { max: Milliamps(7_000), ..car(L2) };
    let late = Demand { priority: 1, min: Milliamps(14_000), ..car(L1) };
    let cars = [car(L1), car(L1), small, late, Demand { node: 1, ..car(L3) }];
    let bounds: Vec<Bound> = shares(&nodes, &cars, &[]).iter().map(|share| share.bound).collect();
    let main_l1 = Bound::Limit { node: 0, phase: Phase::L1 };
    let imbalance = Bound::Imbalance { node: 1, high: Phase::L3, low: Phase::L2 };
    assert_eq!(bounds, [main_l1, main_l1, Bound::Maximum, main_l1, imbalance]);
}

#[test]
fn bounds_read_as_people_write_them() {
    let limit = Bound::Limit { node: 2, phase: Phase::L1 };
    let imbalance = Bound::Imbalance { node: 1, high: Phase::L3, low: Phase::L2 };
    let read = [Bound::Maximum, limit, Bound::Pool { pool: 3 }, imbalance].map(|bound| bound.to_string());
    assert_eq!(read, ["own maximum", "limit of node 2 on L1", "pool 3", "imbalance of node 1, L3 over L2"]);
}

#[test]
fn limits_beyond_a_million_amperes_count_as_that() {
    let main = Bound::Limit { node: 0, phase: Phase::L1 };
    let greedy = Demand { max: Milliamps::MAX, ..car(L1) };
    let unlimited = [Node::root(three(Milliamps::MAX))];
    assert_eq!(shares(&unlimited, &[greedy], &[])[0], Share { current: Problem::MOST, bound: main });
    // Sums beyond any number: four that would fit alone, and one that would not.
    let huge = Demand { min: Problem::MOST, ..greedy };
    let larger = Demand { min: Milliamps::MAX, ..greedy };
    let found = shares(&unlimited, &[huge, larger, huge, huge, huge], &[]);
    assert_eq!(found.iter().filter(|share| share.is_served()).count(), 1);
    assert_eq!(found[1], Share { current: Milliamps::ZERO, bound: main });
}

#[test]
fn unusable_problems_are_refused_with_the_index() {
    let refused = |nodes: &[Node], demands: &[Demand]| {
        let mut shares = [Share { current: Milliamps(1), bound: Bound::Maximum }; 24];
        let problem = Problem { nodes, demands, pools: &[] };
        let result = allocate(&problem, Memory::<8, 24>::new().scratch(), &mut shares);
        assert!(shares.iter().all(|share| share.current == Milliamps(1)));
        result.unwrap_err()
    };
    assert_eq!(refused(&[], &[]), ProblemError::NoNodes);
    assert_eq!(refused(&[root(1), root(1)], &[]), ProblemError::Parent { node: 1 });
    assert_eq!(refused(&[below(0, 1)], &[]), ProblemError::RootParent);
    let stray = Demand { node: 1, ..car(L1) };
    assert_eq!(refused(&[root(1)], &[stray]), ProblemError::DemandNode { demand: 0, node: 1, nodes: 1 });
    let none = Demand { min: Milliamps::ZERO, ..car(L1) };
    let range = ProblemError::DemandRange { demand: 1, min: Milliamps::ZERO, max: Milliamps(32_000) };
    assert_eq!(refused(&[root(1)], &[car(L1), none]), range);
    let reversed = Demand { min: Milliamps(33_000), ..car(L1) };
    let range = ProblemError::DemandRange { demand: 0, min: Milliamps(33_000), max: Milliamps(32_000) };
    assert_eq!(refused(&[root(1)], &[reversed]), range);
    for (phases, conductors) in [(PhaseSet::EMPTY, 1), (L1, 0), (L1, 4)] {
        let unwired = Demand { phases, conductors, ..car(L1) };
        assert_eq!(refused(&[root(1)], &[unwired]), ProblemError::DemandPhases { demand: 0 });
    }
    let weightless = Demand { weight: 0, ..car(L1) };
    assert_eq!(refused(&[root(1)], &[weightless]), ProblemError::DemandWeight { demand: 0 });
    let pooled = Demand { pools: PoolSet::NONE.with(3), ..car(L1) };
    assert_eq!(refused(&[root(1)], &[pooled]), ProblemError::DemandPool { demand: 0, pools: 0 });
    let heavy = alloc::vec![Demand { weight: u16::MAX, ..car(L1) }; 16_385];
    let what = "units of weight";
    let weights = ProblemError::TooMany { what, count: 16_385 * 65_535, most: 1 << 30 };
    assert_eq!(refused(&[root(1)], &heavy), weights);
    let many = [car(L1); 25];
    assert!(matches!(refused(&[root(1)], &many), ProblemError::Memory { room: 24, needed: 25, .. }));
}

#[test]
fn a_site_has_up_to_32_pools() {
    let with_pools = |pools: &[Milliamps]| Problem { nodes: &[root(1)], demands: &[], pools }.check();
    assert_eq!(with_pools(&[Milliamps(0); 32]), Ok(()));
    let what = "pools";
    assert_eq!(with_pools(&[Milliamps(0); 33]), Err(ProblemError::TooMany { what, count: 33, most: 32 }));
    let last = PoolSet::NONE.with(31).with(31).with(32);
    assert_eq!(last.iter().collect::<Vec<_>>(), [31]);
    assert!(last.contains(31) && !last.contains(30) && !last.contains(32));
}

/// Each of them binds; which is named should not depend on chance.
#[test]
fn of_limits_reached_together_the_first_is_named() {
    let pooled = Demand { pools: PoolSet::NONE.with(0).with(1), ..car(PhaseSet::ALL) };
    let bound = |nodes: &[Node], demand, pools: &[_]| shares(nodes, &[demand], pools)[0].bound;
    let main = Bound::Limit { node: 0, phase: Phase::L1 };
    let [limit, pool] = [16_000, 48_000].map(Milliamps);
    assert_eq!(bound(&[root(16)], car(PhaseSet::ALL), &[]), main);
    assert_eq!(bound(&[Node::root(three(limit))], pooled, &[pool, pool]), main);
    assert_eq!(bound(&[root(100)], pooled, &[pool, pool]), Bound::Pool { pool: 0 });
    assert_eq!(bound(&[root(16), below(0, 16)], Demand { node: 1, ..car(L1) }, &[]), main);
}

/// What keeps a car out is the imbalance limit its minimum would be furthest beyond.
#[test]
fn a_car_left_out_names_the_widest_gap() {
    let tall = Demand { node: 1, min: Milliamps(14_000), ..car(L1) };
    let named = |main, below_it| {
        let nodes = [
            Node { imbalance: Some(Milliamps(main)), ..root(100) },
            Node { imbalance: Some(Milliamps(below_it)), ..below(0, 100) },
        ];
        shares(&nodes, &[tall], &[])[0]
    };
    let left_out = |node| {
        let bound = Bound::Imbalance { node, high: Phase::L1, low: Phase::L3 };
        Share { current: Milliamps::ZERO, bound }
    };
    assert_eq!([named(8_000, 10_000), named(10_000, 8_000)], [left_out(0), left_out(1)]);
}

/// The heap has room for what it was made for, and for no more.
#[cfg(feature = "alloc")]
#[test]
fn memory_may_come_from_the_heap() {
    let site = [Node { imbalance: Some(Milliamps(10_000)), ..root(20) }, below(0, 16)];
    let problem = Problem { nodes: &site, demands: &[car(L1), Demand { node: 1, ..car(L2) }], pools: &[] };
    let mut found = [Share::NONE; 2];
    allocate(&problem, HeapMemory::new(2, 2).scratch(), &mut found).unwrap();
    assert_eq!(found.as_slice(), shares(problem.nodes, problem.demands, &[]));
    for (nodes, demands, what) in [(1, 2, "nodes"), (2, 1, "demands")] {
        let refused = allocate(&problem, HeapMemory::new(nodes, demands).scratch(), &mut found);
        assert_eq!(refused, Err(ProblemError::Memory { what, room: 1, needed: 2 }));
    }
}

/// How many are served, and whether that is proven to be the most.
fn served(nodes: &[Node], demands: &[Demand], pools: &[Milliamps]) -> (usize, bool) {
    let mut memory = Memory::<8, 100>::new();
    let mut shares = [Share::NONE; 100];
    let problem = Problem { nodes, demands, pools };
    let outcome = allocate(&problem, memory.scratch(), &mut shares).unwrap();
    (shares.iter().filter(|share| share.is_served()).count(), outcome.most_served)
}

/// These are too many for a search: only the bound can prove them.
#[test]
fn the_bound_proves_what_one_phase_carries() {
    assert_eq!(served(&[root(100)], &[car(L1); 40], &[]), (16, true));
    assert_eq!(served(&[root(100)], &[car(L1); 90], &[]), (16, true));
    // A node below carries two of them, whatever the root has.
    let fed = Demand { node: 1, ..car(L2) };
    let demands = [[car(L2); 45].as_slice(), &[fed; 40]].concat();
    assert_eq!(served(&[root(60), below(0, 12)], &demands, &[]), (10, true));
    assert_eq!(served(&[root(600), below(0, 12)], &demands, &[]), (47, true));
}

#[test]
fn the_bound_proves_what_three_phases_carry_together() {
    let pairs = [L1.with(Phase::L2), L2.with(Phase::L3), L3.with(Phase::L1)];
    let demands: Vec<Demand> = (0..45).map(|at| car(pairs[at % 3])).collect();
    assert_eq!(served(&[root(60)], &demands, &[]), (15, true));
}

#[test]
fn the_bound_proves_what_a_pool_gives() {
    let pooled = Demand { pools: PoolSet::NONE.with(0), ..car(PhaseSet::ALL) };
    // 6 A on three conductors are 18 A of the pool.
    assert_eq!(served(&[root(1_000)], &[pooled; 40], &[Milliamps(100_000)]), (5, true));
    let larger = Demand { min: Milliamps(7_000), ..pooled };
    let demands = [[larger; 20].as_slice(), &[pooled; 20], &[car(L1); 40]].concat();
    assert_eq!(served(&[root(1_000)], &demands, &[Milliamps(100_000)]), (45, true));
}

#[test]
fn the_bound_proves_class_by_class() {
    let later = Demand { priority: 1, ..car(L1) };
    let demands = [[later; 40].as_slice(), &[car(L3); 15]].concat();
    assert_eq!(served(&[root(60)], &demands, &[]), (20, true));
}

/// Who comes first is served first, but whether a balance could be kept with others is not looked for.
#[test]
fn a_queue_with_an_imbalance_limit_claims_no_proof() {
    let site = [Node { imbalance: Some(Milliamps(8_000)), ..root(20) }];
    let queue = [car(L1), Demand { priority: 1, ..car(L1) }];
    let mut shares = [Share::NONE; 2];
    let problem = Problem { nodes: &site, demands: &queue, pools: &[] };
    let outcome = allocate(&problem, Memory::<1, 2>::new().scratch(), &mut shares).unwrap();
    assert_eq!(shares.map(|share| share.current), [Milliamps(8_000), Milliamps::ZERO]);
    assert_eq!(outcome, Outcome { most_served: false, fairest: false });
}
