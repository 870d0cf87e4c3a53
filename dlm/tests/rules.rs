//! Rules of the three vendors' manuals that a site's limits and cars must follow, one test each, named
//! after what the rule says. Rules about single modules are tested beside them.

use core::time::Duration;
use evkit_dlm::Controller;
use evkit_dlm::check::{Finding, Severity, check};
use evkit_dlm::controller::{EvseConfig, EvseFacts, NodeConfig, Settings};
use evkit_dlm::limits::{Limit, LimitSet, Role, Source};
use evkit_dlm::meter::{MeterConfig, MeterLocation};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::units::{Instant, Milliamps, PhaseCurrents, three};

const A: fn(u32) -> Milliamps = Milliamps::from_amps;

fn limits<const N: usize>(limits: [Limit; N]) -> LimitSet {
    LimitSet::try_from(limits).unwrap()
}

fn node<const N: usize>(parent: Option<u16>, set: [Limit; N]) -> NodeConfig {
    NodeConfig { parent, limits: limits(set), ..NodeConfig::default() }
}

/// A site whose cars draw what they are offered on these terminals.
struct Site<const NODES: usize, const EVSES: usize> {
    controller: Controller<NODES, EVSES>,
    cars: [Terminals; EVSES],
    meter: Option<PhaseCurrents>,
    second: u64,
}

impl<const NODES: usize, const EVSES: usize> Site<NODES, EVSES> {
    fn new(nodes: [NodeConfig; NODES], evses: [EvseConfig; EVSES]) -> Self {
        let controller = Controller::new(&nodes, &evses, Settings::default()).unwrap();
        Self { controller, cars: [Terminals::THREE; EVSES], meter: None, second: 0 }
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.second * 1000)
    }

    /// Offers after this many seconds.
    fn run(&mut self, seconds: u64) -> [u32; EVSES] {
        for _ in 0..seconds {
            self.second += 1;
            let now = self.now();
            if let Some(reading) = self.meter {
                self.controller.handle_meter(0, now, reading).unwrap();
            }
            let offers = self.offers();
            for (evse, (car, offer)) in (0..).zip(self.cars.iter().zip(offers)) {
                let drawn = core::array::from_fn(|at| Milliamps(if car.contains(at) { offer } else { 0 }));
                self.controller.handle_evse(evse, now, EvseFacts::charging(drawn)).unwrap();
            }
            self.controller.tick(now);
        }
        self.offers()
    }

    fn offers(&self) -> [u32; EVSES] {
        core::array::from_fn(|evse| self.controller.offer(evse as u16).unwrap().current.0)
    }
}

/// Bender 7.2: a lower role above a higher one is an error, for every pair in the chain.
#[test]
fn no_role_may_pass_the_one_before_it() {
    let chain = [Role::Hardware, Role::FeedCable, Role::Installation, Role::Operator];
    for (at, &upper) in chain.iter().enumerate() {
        for &lower in &chain[at + 1..] {
            let faulty = |lower_amps| {
                let site = [node(None, [Limit::new(upper, A(32)), Limit::new(lower, A(lower_amps))])];
                let mut faulty = false;
                check(&site, &[], |finding| {
                    faulty |=
                        matches!(finding, Finding::RoleAbove { .. }) && finding.severity() == Severity::Error;
                });
                faulty
            };
            assert!(faulty(33), "{lower} over {upper}");
            assert!(!faulty(32), "{lower} as {upper}");
        }
    }
}

/// Bender 7.4.1: the operator's limit of a sub-distribution is equal or lower, by phase.
#[test]
fn the_operator_lowers_a_sub_distribution_phase_by_phase() {
    let operator = Limit::per_phase(Role::Operator, [A(10), A(32), A(32)]);
    let nodes = [node(None, [Limit::new(Role::Installation, A(63))]), {
        node(Some(0), [Limit::new(Role::Installation, A(32)), operator])
    }];
    let mut site = Site::new(nodes, [EvseConfig::on(1)]);
    assert_eq!(site.run(5), [10_000]);
    assert_eq!(
        site.controller.offer(0).unwrap().reason.to_string(),
        "limit of node 1 on L1 (operator limit)"
    );
}

/// Bender 7.4.2: the headroom of each phase stays free beside the building's load.
#[test]
fn headroom_is_kept_free_on_each_phase() {
    for (headroom, offer) in [([A(0); 3], 24_000), ([A(0), A(4), A(0)], 20_000)] {
        let meter = MeterConfig { headroom, ..MeterConfig::default() };
        let main = node(None, [Limit::new(Role::Installation, A(32))]);
        let mut site = Site::new([NodeConfig { meter: Some(meter), ..main }], [EvseConfig::on(0)]);
        site.meter = Some(three(A(8)));
        assert_eq!(site.run(5), [offer]);
    }
}

/// KEBA 5.6: the house connection's monitor falls silent, and a power for that case holds; none stops.
#[test]
fn a_lost_house_connection_monitor_leaves_its_own_limit() {
    for (left, offer) in [(A(0), 0), (A(8), 8_000)] {
        let fallback = three(A(32).saturating_sub(left));
        let location = MeterLocation::IncludingEvses;
        let meter = MeterConfig { location, fallback, ..MeterConfig::default() };
        let main = node(None, [Limit::new(Role::Installation, A(32))]);
        let mut site = Site::new([NodeConfig { meter: Some(meter), ..main }], [EvseConfig::on(0)]);
        site.run(120);
        assert_eq!(site.offers(), [offer]);
    }
}

/// KEBA 5.1.3: DIP switches, master, UDP command, meter, EMS register, profile: the lowest of a station counts.
#[test]
fn the_lowest_of_a_stations_sources_wins() {
    let own = [Limit::new(Role::Switches, A(25)), Limit::new(Role::Command, A(20))];
    let evse = EvseConfig { limits: limits(own), ..EvseConfig::on(0) };
    let mut site = Site::new([node(None, [Limit::new(Role::Installation, A(63))])], [evse]);
    assert_eq!(site.run(5), [20_000]);
    site.controller.set_evse_limit(0, Limit::new(Role::Profile, A(16))).unwrap();
    assert_eq!(site.run(1), [16_000]);
    site.controller.set_evse_limit(0, Limit::new(Role::Ems, A(10))).unwrap();
    assert_eq!(site.run(1), [10_000]);
    assert_eq!(site.controller.offer(0).unwrap().reason.to_string(), "own maximum (energy management)");
}

/// KEBA 5.7: 0 to 6,400 A from an energy management system's register; each source has its time.
#[test]
fn a_set_point_of_the_ems_holds_until_it_is_due_again() {
    let main = node(None, [Limit::new(Role::Installation, A(32))]);
    let mut site = Site::new([main], [EvseConfig::on(0)]);
    let end = Instant::from_millis(10_000);
    site.controller.set_node_limit(0, Limit::new(Role::Ems, A(6_400)).until_then(end, A(6))).unwrap();
    assert_eq!(site.run(9), [32_000]);
    assert_eq!(site.run(1), [6_000]);
    site.controller.set_node_limit(0, Limit::new(Role::Ems, A(0))).unwrap();
    assert_eq!(site.run(1), [0]);
}

/// EVlink, Bender: two input contacts, each with a set-point of its own, 0 A by default.
#[test]
fn input_contacts_limit_side_by_side() {
    let main = node(None, [Limit::new(Role::Installation, A(32))]);
    let mut site = Site::new([main], [EvseConfig::on(0)]);
    let contact = |number| Source { role: Role::InputContact, number };
    site.controller.set_node_limit(0, Limit::new(contact(1), A(13))).unwrap();
    assert_eq!(site.run(5), [13_000]);
    site.controller.set_node_limit(0, Limit::new(contact(2), Milliamps::ZERO)).unwrap();
    assert_eq!(site.run(1), [0]);
    assert_eq!(site.controller.clear_node_limit(0, contact(2)), Ok(true));
    assert_eq!(site.run(20), [13_000]);
}

/// KEBA 5.1.1: current of a session is the phase's limit by the sessions on it; what one cannot use is for
/// the others.
#[test]
fn sessions_share_the_phases_they_are_on() {
    let main = node(None, [Limit::new(Role::Installation, A(30))]);
    let small = EvseConfig { limits: limits([Limit::new(Role::Cable, A(8))]), ..EvseConfig::on(0) };
    let mut site = Site::new([main], [EvseConfig::on(0), EvseConfig::on(0), small]);
    assert_eq!(site.run(60), [11_000, 11_000, 8_000]);
}

/// KEBA 4.1.4 and 5.1.2: the most and the least loaded phase of a station or of the network stay close.
#[test]
fn phases_of_a_node_stay_close_to_each_other() {
    let main = node(None, [Limit::new(Role::Installation, A(63))]);
    let station = NodeConfig { imbalance: Some(A(10)), ..node(Some(0), []) };
    let single = EvseConfig { wired: Terminals::ONE, ..EvseConfig::on(1) };
    let mut site = Site::new([main, station], [single]);
    site.cars = [Terminals::ONE];
    assert_eq!(site.run(5), [10_000]);
    assert_eq!(site.controller.offer(0).unwrap().reason.to_string(), "imbalance of node 1, L1 over L2");
}

/// KEBA 4.1.4: offers are whole steps, and keep the limit too.
#[test]
fn rounding_does_not_pull_phases_apart() {
    let main = NodeConfig { imbalance: Some(A(10)), ..node(None, [Limit::new(Role::Installation, A(32))]) };
    let feed = node(Some(0), [Limit::new(Role::FeedCable, Milliamps(13_100))]);
    let single = |node, rotation| EvseConfig { wired: Terminals::ONE, rotation, ..EvseConfig::on(node) };
    let third = single(0, Rotation::Trs);
    let mut site = Site::new(
        [main, feed],
        [single(0, Rotation::Rst), single(1, Rotation::Str), single(1, Rotation::Str), third],
    );
    site.cars = [Terminals::ONE; 4];
    assert_eq!(site.run(60), [23_000, 6_500, 6_500, 23_000], "6,550 mA each on L2");
}

/// KEBA 4.1.4: while raises come one by one, each waits for its counterweight.
#[test]
fn a_raise_waits_for_its_counterweight() {
    let main = NodeConfig { imbalance: Some(A(10)), ..node(None, [Limit::new(Role::Installation, A(32))]) };
    let single = |rotation| EvseConfig { wired: Terminals::ONE, rotation, ..EvseConfig::on(0) };
    let evses = [Rotation::Rst, Rotation::Str, Rotation::Trs].map(single);
    let mut site = Site::new([main], evses);
    site.cars = [Terminals::ONE; 3];
    assert_eq!(site.run(1), [32_000; 3], "all at once");
    let held = Limit::new(Role::Session, A(6));
    for evse in [1, 2] {
        site.controller.set_evse_limit(evse, held).unwrap();
        assert_eq!(site.run(10).into_iter().max(), Some(16_000));
    }
    site.controller.clear_evse_limit(1, held.source).unwrap();
    assert_eq!(site.run(30), [16_000, 16_000, 6_000]);
    // The third is late: a reduction has just begun its interval.
    for (evse, amps) in [(0, 16), (1, 16), (2, 7)] {
        site.controller.set_evse_limit(evse, Limit::new(Role::Session, A(amps))).unwrap();
    }
    assert_eq!(site.run(1), [16_000, 16_000, 7_000]);
    site.controller.set_evse_limit(2, held).unwrap();
    assert_eq!(site.run(1), [16_000, 16_000, 6_000]);
    for evse in 0..3 {
        site.controller.clear_evse_limit(evse, held.source).unwrap();
    }
    assert_eq!(site.run(10), [16_000, 16_000, 6_000]);
    let reason = site.controller.offer(0).unwrap().reason.to_string();
    assert_eq!(reason, "to be raised when others have followed: imbalance of node 0, L1 over L3");
    assert_eq!(site.run(10), [32_000; 3]);
}

/// Bender 7.8: in a network without neutral a car hangs between two conductors and loads both. That it is
/// to be wired as two terminals is inferred.
#[test]
fn a_car_between_two_conductors_loads_both() {
    let limit = Limit::per_phase(Role::Installation, [A(32), A(12), A(32)]);
    let between = EvseConfig { wired: Terminals::TWO, ..EvseConfig::on(0) };
    let mut site = Site::new([node(None, [limit])], [between]);
    site.cars = [Terminals::TWO];
    assert_eq!(site.run(5), [12_000]);
}

/// Bender: the algorithm's sample rate is 30 s by default. Between ticks nothing changes; however rarely they
/// come, a reduction acts at the first one.
#[test]
fn offers_change_at_ticks_only() {
    let main = node(None, [Limit::new(Role::Installation, A(32))]);
    let mut site = Site::new([main], [EvseConfig::on(0)]);
    assert_eq!(site.run(5), [32_000]);
    site.controller.set_node_limit(0, Limit::new(Role::Operator, A(10))).unwrap();
    assert_eq!(site.offers(), [32_000]);
    let later = site.now().after(Duration::from_secs(30));
    site.controller.tick(later);
    assert_eq!(site.offers(), [10_000]);
}
