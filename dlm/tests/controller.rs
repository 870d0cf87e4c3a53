//! The rules of the controller, one test each, on sites small enough to follow by hand.

use core::time::Duration;
use evkit_dlm::Controller;
use evkit_dlm::allocate::{Bound, PoolSet};
use evkit_dlm::controller::{
    Cause, EvseConfig, EvseFacts, LimitError, Minimum, NodeConfig, NotOfThisSite, Reason, Settings, SiteError,
};
use evkit_dlm::limits::{Limit, LimitSet, LimitsFull, Role, Source};
use evkit_dlm::meter::{MeterConfig, MeterLocation, ReadingError};
use evkit_dlm::phases::{Phase, Rotation, Terminals};
use evkit_dlm::queue::{Priority, Shedding};
use evkit_dlm::units::{Instant, Milliamps, WattHours, three};

const A: fn(u32) -> Milliamps = Milliamps::from_amps;

fn node(parent: Option<u16>, amps: u32) -> NodeConfig {
    let limits = LimitSet::try_from([Limit::new(Role::Installation, A(amps))]).unwrap();
    NodeConfig { parent, limits, ..NodeConfig::default() }
}

fn metered(amps: u32, meter: MeterConfig) -> NodeConfig {
    NodeConfig { meter: Some(meter), ..node(None, amps) }
}

/// 32 A, RST, on the root.
fn evse() -> EvseConfig {
    let limits = LimitSet::try_from([Limit::new(Role::Hardware, A(32))]).unwrap();
    EvseConfig { limits, ..EvseConfig::on(0) }
}

/// A car that follows every offer at once.
#[derive(Clone, Copy)]
struct Car {
    plugged: bool,
    terminals: Terminals,
    takes: Milliamps,
    priority: Priority,
    energy: u32,
    heard: bool,
}

const CAR: Car = Car {
    plugged: true,
    terminals: Terminals::THREE,
    takes: Milliamps(32_000),
    priority: Priority::Normal,
    energy: 0,
    heard: true,
};
const NOBODY: Car = Car { plugged: false, ..CAR };

struct Bench<const NODES: usize, const EVSES: usize> {
    controller: Controller<NODES, EVSES>,
    cars: [Car; EVSES],
    second: u64,
    /// What the meter of the root shows, if it is heard.
    meter: Option<[Milliamps; 3]>,
}

impl<const NODES: usize, const EVSES: usize> Bench<NODES, EVSES> {
    fn new(nodes: [NodeConfig; NODES], evses: [EvseConfig; EVSES], settings: Settings) -> Self {
        let controller = Controller::new(&nodes, &evses, settings).unwrap();
        Self { controller, cars: [NOBODY; EVSES], second: 0, meter: None }
    }

    fn now(&self) -> Instant {
        Instant::from_millis(self.second * 1000)
    }

    fn drawn(&self, evse: usize) -> [Milliamps; 3] {
        let car = self.cars[evse];
        let current = self.controller.offer(evse as u16).unwrap().current.min(car.takes);
        core::array::from_fn(|place| {
            if car.plugged && car.terminals.contains(place) { current } else { Milliamps::ZERO }
        })
    }

    /// One second: cars follow, reports come in, the controller decides.
    fn step(&mut self) {
        self.second += 1;
        let now = self.now();
        if let Some(reading) = self.meter {
            self.controller.handle_meter(0, now, reading).unwrap();
        }
        for evse in 0..EVSES {
            let car = self.cars[evse];
            let facts = EvseFacts {
                plugged: car.plugged,
                wants_current: car.plugged,
                priority: car.priority,
                energy: WattHours(car.energy),
                ..EvseFacts::charging(self.drawn(evse))
            };
            if car.heard {
                self.controller.handle_evse(evse as u16, now, facts).unwrap();
            }
        }
        self.controller.tick(now);
    }

    fn run(&mut self, seconds: u64) -> [u32; EVSES] {
        (0..seconds).for_each(|_| self.step());
        self.offers()
    }

    fn offers(&self) -> [u32; EVSES] {
        core::array::from_fn(|evse| self.controller.offer(evse as u16).unwrap().current.0)
    }

    fn reason(&self, evse: u16) -> Reason {
        self.controller.offer(evse).unwrap().reason
    }
}

fn main_limit(phase: Phase) -> Cause {
    Cause { bound: Bound::Limit { node: 0, phase }, source: Some(Role::Installation.into()) }
}

#[test]
fn a_car_starts_at_once_and_an_equal_share_waits_for_the_others() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars[0] = CAR;
    assert_eq!(bench.run(1), [32_000, 0]);
    bench.cars[1] = CAR;
    // The reduction acts at once; what it frees is not given before the first car has followed.
    assert_eq!(bench.run(1), [16_000, 0]);
    assert_eq!(bench.reason(1), Reason::AwaitsOthers(main_limit(Phase::L1)));
    assert_eq!(bench.run(6), [16_000, 0]);
    assert_eq!(bench.run(1), [16_000, 16_000]);
    assert_eq!(bench.reason(1), Reason::Bound(main_limit(Phase::L1)));
}

#[test]
fn raises_wait_for_the_interval_and_never_delay_a_reduction() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [CAR, CAR];
    bench.run(20);
    bench.cars[1] = NOBODY;
    bench.run(1);
    let limit = |amps, second: u64| Limit::new(Role::Ems, A(amps)).until(Instant::from_millis(second * 1000));
    bench.controller.set_node_limit(0, limit(20, 40)).unwrap();
    assert_eq!(bench.run(1), [20_000, 0]);
    bench.controller.set_node_limit(0, limit(10, 40)).unwrap();
    assert_eq!(bench.run(1), [10_000, 0]);
    bench.controller.set_node_limit(0, limit(20, 200)).unwrap();
    assert_eq!(bench.run(14), [10_000, 0]);
    assert_eq!(bench.reason(0), Reason::Dwell);
    assert_eq!(bench.run(1), [20_000, 0]);
}

#[test]
fn a_limit_names_its_source_and_ends_when_it_is_over() {
    let mut bench = Bench::new([node(None, 32)], [evse()], Settings::default());
    bench.cars = [CAR];
    let second_contact = Source { role: Role::InputContact, number: 2 };
    let limit = Limit::new(second_contact, A(10)).until(Instant::from_millis(100_000));
    bench.controller.set_node_limit(0, limit).unwrap();
    assert_eq!(bench.run(1), [10_000]);
    assert_eq!(bench.reason(0).to_string(), "limit of node 0 on L1 (input contact 2)");
    bench.run(98);
    assert_eq!(bench.controller.poll_timeout(), Some(Instant::from_millis(100_000)));
    assert_eq!(bench.run(1), [32_000]);
    assert_eq!(bench.reason(0).to_string(), "own maximum (hardware)");
}

#[test]
fn the_lowest_of_several_own_limits_counts() {
    let mut bench = Bench::new([node(None, 32)], [evse()], Settings::default());
    bench.cars = [CAR];
    bench.controller.set_evse_limit(0, Limit::new(Role::Profile, A(12))).unwrap();
    bench.controller.set_evse_limit(0, Limit::new(Role::Cable, A(20))).unwrap();
    assert_eq!(bench.run(1), [12_000]);
    bench.controller.set_evse_limit(0, Limit::new(Role::Profile, A(5))).unwrap();
    assert_eq!(bench.run(1), [0]);
    let source = Some(Role::Profile.into());
    assert_eq!(bench.reason(0), Reason::BelowMinimum { limit: A(5), minimum: A(6), source });
    bench.controller.clear_evse_limit(0, Role::Profile.into()).unwrap();
    assert_eq!(bench.run(20), [20_000]);
}

#[test]
fn a_contact_that_stops_everything_acts_in_one_tick() {
    let mut bench = Bench::new([node(None, 64)], [evse(), evse()], Settings::default());
    bench.cars = [CAR, CAR];
    bench.run(10);
    bench.controller.set_node_limit(0, Limit::new(Role::InputContact, Milliamps::ZERO)).unwrap();
    assert_eq!(bench.run(1), [0, 0]);
}

#[test]
fn a_silent_meter_means_the_fallback_load() {
    let meter = MeterConfig {
        headroom: three(A(2)),
        max_age: Duration::from_secs(5),
        fallback: three(A(30)),
        ..MeterConfig::default()
    };
    let mut bench = Bench::new([metered(50, meter)], [evse()], Settings::default());
    bench.cars = [CAR];
    // Never heard: the fallback from the start.
    assert_eq!(bench.run(1), [20_000]);
    bench.meter = Some(three(A(24)));
    assert_eq!(bench.run(20), [24_000]);
    bench.meter = None;
    assert_eq!(bench.run(5), [24_000]);
    assert_eq!(bench.controller.poll_timeout(), Some(Instant::from_millis(26_001)));
    assert_eq!(bench.run(1), [20_000]);
    // Back again: no jump before the interval is over.
    bench.meter = Some(three(A(10)));
    assert_eq!(bench.run(14), [20_000]);
    assert_eq!(bench.run(1), [32_000]);
}

#[test]
fn a_fallback_beyond_any_limit_stops_charging() {
    let meter = MeterConfig { fallback: three(Milliamps::MAX), ..MeterConfig::default() };
    let mut bench = Bench::new([metered(100, meter)], [evse()], Settings::default());
    bench.cars = [CAR];
    assert_eq!(bench.run(10), [0]);
    bench.meter = Some(three(A(1)));
    assert_eq!(bench.run(1), [32_000]);
    let implausible = bench.controller.handle_meter(0, bench.now(), three(A(20_000)));
    assert!(matches!(implausible, Err(ReadingError::Implausible { .. })));
    assert_eq!(
        bench.controller.handle_meter(1, bench.now(), three(A(1))),
        Err(ReadingError::NoMeter { node: 1 })
    );
}

#[test]
fn a_meter_that_sees_the_cars_too_gives_the_same_offers() {
    let meter = MeterConfig { location: MeterLocation::IncludingEvses, ..MeterConfig::default() };
    let mut bench = Bench::new([metered(40, meter)], [evse()], Settings::default());
    bench.cars = [CAR];
    for _ in 0..60 {
        let own = bench.drawn(0)[0];
        bench.meter = Some(three(A(15).saturating_add(own)));
        bench.step();
    }
    assert_eq!(bench.offers(), [25_000]);
}

#[test]
fn a_step_of_the_load_on_one_phase_touches_only_cars_on_it() {
    let evses =
        [Rotation::Rst, Rotation::Str, Rotation::Trs].map(|rotation| EvseConfig { rotation, ..evse() });
    let meter = MeterConfig::default();
    let mut bench = Bench::new([metered(40, meter)], evses, Settings::default());
    bench.cars = [Car { terminals: Terminals::ONE, ..CAR }; 3];
    bench.meter = Some(three(A(8)));
    // Until the phases are learnt, each car counts on all three.
    assert_eq!(bench.run(1), [10_700, 10_700, 10_600].map(|_| 10_600));
    assert_eq!(bench.run(60), [32_000; 3]);
    bench.meter = Some([A(8), A(36), A(8)]);
    assert_eq!(bench.run(1), [32_000, 0, 32_000]);
    assert_eq!(bench.reason(1), Reason::Queued(main_limit(Phase::L2)));
}

#[test]
fn an_unknown_rotation_counts_on_all_phases_even_when_learnt() {
    let unknown = EvseConfig { rotation: Rotation::Unknown, ..evse() };
    let mut bench = Bench::new([node(None, 32)], [unknown, evse()], Settings::default());
    bench.cars = [Car { terminals: Terminals::ONE, ..CAR }, CAR];
    assert_eq!(bench.run(60), [16_000, 16_000]);
}

#[test]
fn a_conductor_that_comes_into_use_counts_at_once() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [Car { terminals: Terminals::ONE, ..CAR }, CAR];
    bench.run(60);
    assert_eq!(bench.controller.evses().next().unwrap().terminals, Terminals::ONE);
    bench.cars[0].terminals = Terminals::THREE;
    bench.run(1);
    assert_eq!(bench.controller.evses().next().unwrap().terminals, Terminals::THREE);
    assert!(bench.controller.nodes().next().unwrap().reserved.iter().all(|sum| *sum <= A(32)));
}

#[test]
fn what_a_car_does_not_take_goes_to_the_others_until_it_takes_all() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [Car { takes: A(8), ..CAR }, CAR];
    assert_eq!(bench.run(10), [16_000, 16_000]);
    assert_eq!(bench.run(100), [9_000, 23_000]);
    assert_eq!(bench.reason(0), Reason::TakesLess);
    bench.cars[0].takes = A(32);
    assert_eq!(bench.run(40), [16_000, 16_000]);
}

#[test]
fn steady_cars_and_loads_have_steady_offers() {
    let meter = MeterConfig { headroom: three(A(1)), ..MeterConfig::default() };
    let mut bench = Bench::new([metered(60, meter)], [evse(), evse(), evse()], Settings::default());
    bench.meter = Some([A(7), A(11), A(3)]);
    bench.cars = [CAR, Car { takes: A(10), ..CAR }, Car { terminals: Terminals::ONE, ..CAR }];
    let settled = bench.run(200);
    for _ in 0..600 {
        assert_eq!(bench.run(1), settled);
    }
}

#[test]
fn minima_under_which_a_set_point_counts_as_nothing() {
    // EVlink 4: 8 A on one phase, 14 A on three.
    let evses = [EvseConfig { minimum: Minimum::ZE_READY, ..evse() }; 2];
    let mut bench = Bench::new([node(None, 27)], evses, Settings::default());
    bench.cars = [CAR, CAR];
    assert_eq!(bench.run(20), [27_000, 0]);
    bench.cars = [Car { terminals: Terminals::ONE, ..CAR }; 2];
    // It turns out that the first is on one phase, then the second, which had to start with 14 A.
    assert_eq!(bench.run(60), [13_000, 14_000]);
    assert_eq!(bench.run(60), [13_500, 13_500]);
}

#[test]
fn vips_come_first_and_are_reduced_only_for_minima() {
    let mut bench = Bench::new([node(None, 40)], [evse(), evse()], Settings::default());
    bench.cars = [CAR, Car { priority: Priority::Vip, ..CAR }];
    assert_eq!(bench.run(30), [8_000, 32_000]);
    bench.controller.set_node_limit(0, Limit::new(Role::Ems, A(11))).unwrap();
    assert_eq!(bench.run(30), [0, 11_000]);
    bench.controller.set_node_limit(0, Limit::new(Role::Ems, A(14))).unwrap();
    assert_eq!(bench.run(60), [6_000, 8_000]);
}

#[test]
fn every_quarter_of_an_hour_the_next_one_charges() {
    let mut bench = Bench::new([node(None, 12)], [evse(); 4], Settings::default());
    bench.cars = [CAR; 4];
    bench.run(10);
    assert_eq!(bench.offers(), [6_000, 6_000, 0, 0]);
    assert_eq!(bench.reason(2), Reason::Queued(main_limit(Phase::L1)));
    bench.run(895);
    let after_one_turn = bench.offers();
    bench.run(15);
    assert_eq!(bench.offers().iter().filter(|&&offer| offer == 6_000).count(), 2);
    assert_eq!(bench.offers()[2], 6_000, "the third car is next");
    assert_eq!(after_one_turn.iter().sum::<u32>(), 6_000, "one goes on, the other pauses");
    bench.run(900);
    assert_eq!(bench.offers(), [0, 0, 6_000, 6_000]);
    bench.run(900);
    assert_eq!(bench.offers(), [0, 6_000, 0, 6_000]);
}

#[test]
fn twenty_cars_with_room_for_three_all_get_their_turn() {
    let settings = Settings { turns_at_once: 3, ..Settings::default() };
    let mut bench = Bench::new([node(None, 18)], [evse(); 20], settings);
    bench.cars = [CAR; 20];
    let mut served = [0u32; 20];
    // Seven turns of three.
    for _ in 0..7 * 900 + 60 {
        bench.step();
        for (served, offer) in served.iter_mut().zip(bench.offers()) {
            *served += u32::from(offer > 0);
        }
        assert!(bench.offers().iter().sum::<u32>() <= 18_000);
    }
    assert!(served.iter().all(|&seconds| seconds >= 850), "{served:?}");
}

#[test]
fn a_vip_is_not_rotated_out() {
    let mut bench = Bench::new([node(None, 12)], [evse(); 3], Settings::default());
    bench.cars = [Car { priority: Priority::Vip, ..CAR }, CAR, CAR];
    for _ in 0..4000 {
        bench.step();
        assert!(bench.offers()[0] >= 6_000);
    }
}

#[test]
fn whoever_has_had_most_is_shed_first() {
    for (shedding, shed) in [(Shedding::LongestCharging, 0), (Shedding::MostEnergy, 1)] {
        let mut bench =
            Bench::new([node(None, 64)], [evse(); 2], Settings { shedding, ..Settings::default() });
        bench.cars[0] = Car { energy: 1_000, ..CAR };
        bench.run(10);
        bench.cars[1] = Car { energy: 20_000, ..CAR };
        bench.run(60);
        bench.controller.set_node_limit(0, Limit::new(Role::Ems, A(10))).unwrap();
        bench.run(1);
        assert_eq!(bench.offers()[shed], 0, "{shedding:?}");
        assert_eq!(bench.offers()[1 - shed], 10_000, "{shedding:?}");
    }
}

#[test]
fn a_car_that_draws_more_than_offered_is_counted_with_what_it_draws() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [CAR, CAR];
    bench.run(30);
    // The first draws 22 A whatever it is offered.
    for _ in 0..30 {
        bench.second += 1;
        let now = bench.now();
        bench.controller.handle_evse(0, now, EvseFacts::charging(three(A(22)))).unwrap();
        bench.controller.handle_evse(1, now, EvseFacts::charging(bench.drawn(1))).unwrap();
        bench.controller.tick(now);
    }
    assert_eq!(bench.offers(), [6_000, 10_000]);
    assert_eq!(bench.reason(0), Reason::Exceeds);
}

#[test]
fn a_silent_evse_keeps_its_reservation() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [CAR, NOBODY];
    bench.run(10);
    bench.cars[0].heard = false;
    bench.run(40);
    assert_eq!(bench.reason(0), Reason::Silent);
    bench.cars[1] = CAR;
    assert_eq!(bench.run(10_000), [32_000, 0]);
}

#[test]
fn after_its_lease_a_silent_evse_is_at_its_disconnected_limit() {
    let settings = Settings { lease: Some(Duration::from_secs(60)), ..Settings::default() };
    let evses = [EvseConfig { disconnected: A(8), ..evse() }, evse()];
    let mut bench = Bench::new([node(None, 32)], evses, settings);
    bench.cars = [CAR, CAR];
    assert_eq!(bench.run(30), [16_000, 16_000]);
    bench.cars[0].heard = false;
    assert_eq!(bench.run(60), [16_000, 16_000]);
    assert_eq!(bench.run(20), [8_000, 24_000]);
    // Back again, it is not raised before the other has made room.
    bench.cars[0].heard = true;
    assert_eq!(bench.run(1), [8_000, 16_000]);
    assert_eq!(bench.run(20), [16_000, 16_000]);
}

#[test]
fn a_new_controller_counts_what_is_still_signalled() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.controller.restore_offer(0, A(32)).unwrap();
    bench.cars = [CAR, CAR];
    assert_eq!(bench.run(7), [16_000, 0]);
    assert_eq!(bench.run(1), [16_000, 16_000]);
}

#[test]
fn a_tick_too_many_changes_nothing() {
    let mut bench = Bench::new([node(None, 20)], [evse(); 4], Settings::default());
    bench.cars = [CAR; 4];
    for _ in 0..1000 {
        bench.step();
        let before: Vec<_> = bench.controller.evses().collect();
        let due = bench.controller.poll_timeout();
        bench.controller.tick(bench.now());
        assert!(bench.controller.evses().eq(before));
        assert_eq!(bench.controller.poll_timeout(), due);
    }
}

/// Nothing that changes by itself is missed by a caller that sleeps until the deadline.
#[test]
fn the_deadline_is_in_time() {
    let mut bench = Bench::new([node(None, 20)], [evse(); 4], Settings::default());
    bench.cars = [CAR; 4];
    for _ in 0..2000 {
        bench.step();
        let due = bench.controller.poll_timeout().unwrap();
        let mut early = bench.controller.clone();
        let just_before = Instant::from_millis(due.as_millis() - 1);
        if just_before > bench.now() {
            early.tick(just_before);
            let offers: [u32; 4] = core::array::from_fn(|i| early.offer(i as u16).unwrap().current.0);
            assert_eq!(offers, bench.offers());
        }
    }
}

#[test]
fn pools_are_kept_and_lowered_before_raised() {
    let pools = PoolSet::NONE.with(1);
    let evses = [EvseConfig { pools, ..evse() }, EvseConfig { pools, ..evse() }];
    let mut bench = Bench::new([node(None, 100)], evses, Settings::default());
    bench.controller.set_pool(1, A(60)).unwrap();
    bench.cars[0] = CAR;
    assert_eq!(bench.run(1), [20_000, 0]);
    let cause = Cause { bound: Bound::Pool { pool: 1 }, source: None };
    assert_eq!(bench.reason(0), Reason::Bound(cause));
    bench.cars[1] = CAR;
    assert_eq!(bench.run(7), [10_000, 0]);
    assert_eq!(bench.run(1), [10_000, 10_000]);
    assert!(bench.controller.set_pool(4, A(1)).is_err());
}

#[test]
fn cars_on_fewer_than_three_phases_can_be_capped() {
    // TOR: 16 A.
    let settings = Settings { asymmetry: Some(A(16)), ..Settings::default() };
    let mut bench = Bench::new([node(None, 100)], [evse(), evse()], settings);
    bench.cars = [CAR, Car { terminals: Terminals::TWO, ..CAR }];
    assert_eq!(bench.run(60), [32_000, 16_000]);
    assert_eq!(bench.reason(1).to_string(), "own maximum (asymmetry cap)");
}

#[test]
fn one_that_never_fits_does_not_stop_the_queue() {
    let large = EvseConfig { minimum: Minimum::both(A(14)), ..evse() };
    let mut bench = Bench::new([node(None, 12)], [evse(), evse(), large, evse()], Settings::default());
    bench.cars = [CAR; 4];
    bench.run(10);
    assert_eq!(bench.offers(), [6_000, 6_000, 0, 0]);
    let mut served = 0;
    for _ in 0..3 * 900 {
        bench.step();
        served += u32::from(bench.offers()[3] > 0);
    }
    assert!(served > 800, "{served} s");
}

#[test]
fn a_car_that_slept_through_its_pause_is_woken() {
    let mut bench = Bench::new([node(None, 32)], [evse(), evse()], Settings::default());
    bench.cars = [NOBODY, CAR];
    bench.run(10);
    bench.controller.set_node_limit(0, Limit::new(Role::Ems, A(0))).unwrap();
    bench.run(10);
    bench.controller.clear_node_limit(0, Role::Ems.into()).unwrap();
    bench.cars[1].takes = Milliamps::ZERO;
    // 15 s between the pause and the next offer, then a minute.
    bench.run(64);
    assert_eq!(bench.controller.poll_wake(), None);
    bench.run(5);
    assert_eq!(bench.controller.poll_wake(), Some(1));
    bench.run(500);
    assert_eq!(bench.controller.poll_wake(), None);
}

#[test]
fn more_limits_than_there_is_room_for_are_refused() {
    let nodes = [NodeConfig {
        limits: LimitSet::try_from([Limit::new(Role::Installation, A(20))]).unwrap(),
        ..NodeConfig::default()
    }];
    let evses = [EvseConfig::on(0); 1];
    let full = LimitsFull { who: Role::Installation.into(), room: 0 };
    let none = Controller::<1, 1, 0>::new(&nodes, &evses, Settings::default());
    assert_eq!(none.err(), Some(SiteError::Limits(full)));
    let mut one = Controller::<1, 1, 1>::new(&nodes, &evses, Settings::default()).unwrap();
    assert_eq!(one.set_node_limit(0, Limit::new(Role::Installation, A(16))), Ok(()));
    let full = LimitsFull { who: Role::Ems.into(), room: 1 };
    assert_eq!(one.set_evse_limit(0, Limit::new(Role::Ems, A(10))), Err(LimitError::Full(full)));
    assert_eq!(one.clear_node_limit(0, Role::Installation.into()), Ok(true));
    assert_eq!(one.set_evse_limit(0, Limit::new(Role::Ems, A(10))), Ok(()));
    assert_eq!(one.set_evse_limit(1, Limit::new(Role::Ems, A(10))), Err(LimitError::Index(NotOfThisSite(1))));
}
