//! Composite schedules against an oracle that knows nothing of stretches of time: it asks every profile about every
//! second (OCPP 1.6 §3.13).

extern crate alloc;

mod world;

use evkit_ocpp::list::List;
use evkit_ocpp::message::Message;
use evkit_ocpp::num::Decimal;
use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::Version;
use evkit_ocpp::time::{DateTime, Utc};
use evkit_ocpp::units::Milliamps;
use evkit_ocpp::v16::charge_point::{Limit, LimitSource};
use evkit_ocpp::v16::{
    ChargingProfile, ChargingProfileKind as Kind, ChargingProfilePurpose as Purpose,
    ChargingRateUnit as Unit, ChargingSchedule, ChargingSchedulePeriod, ClearChargingProfileRequest,
    GetCompositeScheduleRequest, GetCompositeScheduleResponse, RecurrencyKind, SetChargingProfileRequest,
};
use proptest::prelude::*;
use world::World;

/// A profile to be set, all moments relative to the moment it is set at.
#[derive(Debug, Clone)]
struct Plan {
    connector: i64,
    id: i64,
    level: i64,
    purpose: Purpose,
    kind: Kind,
    recurrency: Option<RecurrencyKind>,
    valid: (Option<i64>, Option<i64>),
    start: Option<i64>,
    duration: Option<i64>,
    unit: Unit,
    /// Start, tenths, phases.
    periods: Vec<(i64, i64, Option<i64>)>,
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

impl Plan {
    /// A profile for all times that allows `tenths` of an ampere.
    fn flat(purpose: Purpose, connector: i64, id: i64, level: i64, tenths: i64) -> Self {
        Self {
            connector,
            id,
            level,
            purpose,
            kind: Kind::Absolute,
            recurrency: None,
            valid: (None, None),
            start: Some(-1000),
            duration: None,
            unit: Unit::A,
            periods: vec![(0, tenths, None)],
        }
    }

    fn set(&self, world: &mut World, base: i64) -> bool {
        self.set_with_least(world, base, None)
    }

    /// With a `minChargingRate`.
    fn set_with_least(&self, world: &mut World, base: i64, least: Option<Decimal>) -> bool {
        let periods: Vec<_> = self
            .periods
            .iter()
            .map(|(start_period, tenths, number_phases)| ChargingSchedulePeriod {
                start_period: *start_period,
                limit: Decimal::new(*tenths, 1),
                number_phases: *number_phases,
            })
            .collect();
        let request = SetChargingProfileRequest {
            connector_id: self.connector,
            cs_charging_profiles: ChargingProfile {
                charging_profile_id: self.id,
                transaction_id: None,
                stack_level: self.level,
                charging_profile_purpose: self.purpose,
                charging_profile_kind: self.kind,
                recurrency_kind: self.recurrency,
                valid_from: self.valid.0.map(|at| moment(base + at)),
                valid_to: self.valid.1.map(|at| moment(base + at)),
                charging_schedule: ChargingSchedule {
                    duration: self.duration,
                    start_schedule: self.start.map(|at| moment(base + at)),
                    charging_rate_unit: self.unit,
                    charging_schedule_period: List::new(&periods),
                    min_charging_rate: least,
                },
            },
        };
        world.call(&request).contains("\"Accepted\"")
    }

    /// Milliamperes at one second, for a transaction (or question) that begins at `begin`.
    fn at(&self, base: i64, begin: i64, second: i64) -> Option<u32> {
        let valid = |at: Option<i64>, or| at.map_or(or, |at| base + at);
        if !(valid(self.valid.0, i64::MIN)..valid(self.valid.1, i64::MAX)).contains(&second) {
            return None;
        }
        let start = match (self.kind, self.start) {
            (Kind::Relative, _) | (Kind::Absolute, None) => begin,
            (Kind::Absolute, Some(start)) => base + start,
            (Kind::Recurring, start) => {
                let every = if self.recurrency == Some(RecurrencyKind::Daily) { 86_400 } else { 604_800 };
                let first = base + start.unwrap();
                (0..).map(|turn| first + turn * every).take_while(|start| *start <= second).last()?
            }
        };
        let passed = second - start;
        if passed < 0 || self.duration.is_some_and(|duration| passed >= duration) {
            return None;
        }
        let (_, tenths, phases) = self.periods.iter().rev().find(|(start, ..)| *start <= passed)?;
        Some(match self.unit {
            Unit::A => *tenths as u32 * 100,
            Unit::W => (*tenths * 100 / (230 * phases.unwrap_or(3))) as u32,
        })
    }
}

/// The rules, second by second. Later plans replace earlier ones of the same id, or of the same level in their place.
struct Oracle {
    base: i64,
    plans: Vec<Plan>,
    /// Start of the transaction on connector 1.
    transaction: i64,
}

impl Oracle {
    fn add(&mut self, plan: Plan) {
        self.plans.retain(|held| {
            held.id != plan.id
                && (held.connector, held.purpose, held.level) != (plan.connector, plan.purpose, plan.level)
        });
        self.plans.push(plan);
    }

    fn highest(&self, purpose: Purpose, places: &[i64], begin: i64, second: i64) -> Option<u32> {
        let fitting =
            self.plans.iter().filter(|plan| plan.purpose == purpose && places.contains(&plan.connector));
        let values =
            fitting.filter_map(|plan| Some((plan.level, plan.connector, plan.at(self.base, begin, second)?)));
        values.max_by_key(|(level, connector, _)| (*level, *connector)).map(|(.., value)| value)
    }

    fn limit(&self, connector: i64, asked: i64, second: i64) -> u32 {
        let station = self.highest(Purpose::ChargePointMaxProfile, &[0], asked, second).unwrap_or(u32::MAX);
        if connector == 0 {
            let sum: u32 = [1, 2].iter().map(|connector| self.limit(*connector, asked, second)).sum();
            return sum.min(station).min(50_000);
        }
        let begin = if connector == 1 { self.transaction } else { asked };
        let own = (connector == 1)
            .then(|| self.highest(Purpose::TxProfile, &[1], begin, second))
            .flatten()
            .or_else(|| self.highest(Purpose::TxDefaultProfile, &[0, connector], begin, second));
        own.unwrap_or(u32::MAX).min(station).min(32_000)
    }
}

const WINDOW: i64 = 2_000;

fn plan() -> impl Strategy<Value = Plan> {
    let place = prop_oneof![
        Just((Purpose::ChargePointMaxProfile, 0)),
        Just((Purpose::TxDefaultProfile, 0)),
        Just((Purpose::TxDefaultProfile, 1)),
        Just((Purpose::TxDefaultProfile, 2)),
        Just((Purpose::TxProfile, 1)),
    ];
    let near = -WINDOW..WINDOW;
    let kind = prop_oneof![
        near.clone().prop_map(|start| (Kind::Absolute, None, Some(start))),
        Just((Kind::Relative, None, None)),
        // Some begin before a change to or from daylight saving time, which moves nothing: days have 86,400 seconds.
        (near.clone(), prop_oneof![0i64..3, 60i64..400]).prop_map(|(start, days)| (
            Kind::Recurring,
            Some(RecurrencyKind::Daily),
            Some(start - days * 86_400)
        )),
        (near.clone(), prop_oneof![0i64..3, 9i64..60]).prop_map(|(start, weeks)| (
            Kind::Recurring,
            Some(RecurrencyKind::Weekly),
            Some(start - weeks * 604_800)
        )),
    ];
    let periods = prop::collection::btree_map(1i64..WINDOW, (0i64..400, prop::option::of(1i64..=3)), 0..4);
    (
        (place, 1i64..12, 0i64..4, kind),
        (prop::option::of(near.clone()), prop::option::of(near), prop::option::of(0i64..2 * WINDOW)),
        (any::<bool>(), (0i64..400, prop::option::of(1i64..=3)), periods),
    )
        .prop_map(
            |(((purpose, connector), id, level, (kind, recurrency, start)), (from, to, duration), rest)| {
                let (watts, first, periods) = rest;
                // The station's maximum cannot be relative to a transaction.
                let (kind, start) = match (purpose, kind) {
                    (Purpose::ChargePointMaxProfile, Kind::Relative) => (Kind::Absolute, Some(0)),
                    _ => (kind, start),
                };
                let scale = if watts { 690 } else { 1 };
                let periods = core::iter::once((0, first)).chain(periods);
                Plan {
                    connector,
                    id,
                    level,
                    purpose,
                    kind,
                    recurrency,
                    valid: (from, to),
                    start,
                    duration,
                    unit: if watts { Unit::W } else { Unit::A },
                    periods: periods
                        .map(|(start, (tenths, phases))| (start, tenths * scale, phases))
                        .collect(),
                }
            },
        )
}

/// Asks for a composite schedule: start, and the limit in tenths of an ampere for every second of it.
fn composite(world: &mut World, connector_id: i64, duration: i64) -> (i64, Vec<i64>) {
    let request = GetCompositeScheduleRequest { connector_id, duration, charging_rate_unit: Some(Unit::A) };
    let frame = world.call(&request);
    let Frame::Result { payload, .. } = Frame::parse(&frame, Version::V16).unwrap() else {
        panic!("{frame}")
    };
    let answer = GetCompositeScheduleResponse::decode(payload, Version::V16).unwrap();
    let schedule = answer.charging_schedule.expect(payload);
    let periods: Vec<_> = schedule.charging_schedule_period.iter().collect();
    assert_eq!(periods[0].start_period, 0);
    for pair in periods.windows(2) {
        assert!(pair[0].start_period < pair[1].start_period);
        assert!(
            (pair[0].limit, pair[0].number_phases) != (pair[1].limit, pair[1].number_phases)
                || pair[0].limit.mantissa() != 0,
            "periods are changes"
        );
    }
    let at = |second| periods.iter().rev().find(|period| period.start_period <= second).unwrap().limit;
    let seconds = (0..schedule.duration.unwrap()).map(|second| at(second).floor(1).unwrap()).collect();
    (answer.schedule_start.unwrap().timestamp(), seconds)
}

fn charging() -> (World, i64) {
    let mut world = World::online();
    world.start(1);
    world.wait(200_000);
    let base = world.station.session.utc(world.station_now()).unwrap().timestamp();
    (world, base)
}

/// How many random stacks are tried: 150, or what `EVKIT_STACKS` says.
fn stacks() -> ProptestConfig {
    let cases = std::env::var("EVKIT_STACKS").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(stacks())]

    #[test]
    fn composite_schedules_equal_the_oracle_in_every_second(
        plans in prop::collection::vec(plan(), 0..12),
        duration in 1i64..WINDOW,
    ) {
        let started = {
            let world = World::online();
            world.station.session.utc(world.station_now()).unwrap().timestamp()
        };
        let (mut world, base) = charging();
        let mut oracle = Oracle { base, plans: Vec::new(), transaction: started };
        for plan in plans {
            // A place takes three profiles; one more is refused unless it replaces another.
            if plan.set(&mut world, base) {
                oracle.add(plan);
            }
        }
        for connector in 0..=2 {
            let (start, seconds) = composite(&mut world, connector, duration);
            prop_assert!(!seconds.is_empty());
            for (second, tenths) in (start..).zip(&seconds) {
                let wanted = oracle.limit(connector, start, second) / 100;
                prop_assert_eq!(*tenths, i64::from(wanted), "connector {} second {}", connector, second - base);
            }
            let now = world.station_now();
            let limit = world.station.session.limit_now(connector as u8, now).unwrap();
            let second = world.station.session.utc(now).unwrap().timestamp();
            prop_assert_eq!(limit.current.0, oracle.limit(connector, second, second));
        }
    }
}

fn limit(world: &World, connector: u8) -> Limit {
    world.station.session.limit_now(connector, world.station_now()).unwrap()
}

fn amps(world: &World, connector: u8) -> (u32, LimitSource) {
    let Limit { current: Milliamps(current), source, .. } = limit(world, connector);
    (current, source)
}

#[test]
fn every_limit_has_a_source() {
    let (mut world, base) = charging();
    assert_eq!(amps(&world, 1), (32_000, LimitSource::Hardware));
    assert_eq!(amps(&world, 0), (50_000, LimitSource::Hardware));
    assert!(Plan::flat(Purpose::TxDefaultProfile, 0, 1, 0, 200).set(&mut world, base));
    assert_eq!(amps(&world, 2), (20_000, LimitSource::Default(1)));
    assert_eq!(amps(&world, 0), (40_000, LimitSource::Sum));
    assert!(Plan::flat(Purpose::TxProfile, 1, 2, 0, 250).set(&mut world, base));
    assert_eq!(
        amps(&world, 1),
        (25_000, LimitSource::Transaction(2)),
        "stands before the default, also if higher"
    );
    assert!(Plan::flat(Purpose::ChargePointMaxProfile, 0, 3, 0, 160).set(&mut world, base));
    assert_eq!(amps(&world, 1), (16_000, LimitSource::StationMax(3)));
    assert_eq!(amps(&world, 0), (16_000, LimitSource::StationMax(3)));
    assert!(world.station.session.limit_now(3, world.station_now()).is_none());
}

#[test]
fn a_transactions_profile_ends_with_it() {
    let (mut world, base) = charging();
    assert!(!Plan::flat(Purpose::TxProfile, 2, 1, 0, 100).set(&mut world, base), "there is no transaction");
    assert!(!Plan::flat(Purpose::TxProfile, 0, 1, 0, 100).set(&mut world, base));
    assert!(Plan::flat(Purpose::TxProfile, 1, 1, 0, 100).set(&mut world, base));
    assert_eq!(amps(&world, 1).0, 10_000);
    world.stop(1, evkit_ocpp::v16::Reason::Local);
    world.start(1);
    assert_eq!(amps(&world, 1).0, 32_000);
}

#[test]
fn other_profiles_survive_a_restart_and_count_at_their_lowest_until_the_time_is_known() {
    let (mut world, base) = charging();
    let mut plan = Plan::flat(Purpose::TxDefaultProfile, 1, 4, 0, 160);
    plan.periods.push((100_000, 60, None));
    assert!(plan.set(&mut world, base));
    assert_eq!(amps(&world, 1).0, 16_000);
    world.restart_station();
    assert_eq!(amps(&world, 1), (6_000, LimitSource::Default(4)), "without the time of day");
    world.connect();
    world.wait(1_000);
    assert_eq!(amps(&world, 1), (16_000, LimitSource::Default(4)));
}

#[test]
fn profiles_that_break_a_rule_are_rejected() {
    let (mut world, base) = charging();
    let good = Plan::flat(Purpose::TxDefaultProfile, 1, 1, 0, 160);
    type Break = fn(&mut Plan);
    let breaks: [Break; 12] = [
        |plan| plan.connector = 3,
        |plan| plan.connector = -1,
        |plan| plan.level = 100,
        |plan| plan.level = -1,
        |plan| plan.periods[0].0 = 1,
        |plan| plan.periods.push((0, 100, None)),
        |plan| plan.periods[0].1 = -1,
        |plan| plan.periods[0].2 = Some(4),
        |plan| plan.periods = (0..25).map(|at| (at, 100, None)).collect(),
        |plan| plan.kind = Kind::Recurring,
        |plan| plan.duration = Some(-1),
        |plan| (plan.purpose, plan.connector) = (Purpose::ChargePointMaxProfile, 1),
    ];
    for (at, spoil) in breaks.iter().enumerate() {
        let mut plan = good.clone();
        spoil(&mut plan);
        assert!(!plan.set(&mut world, base), "{at}: {plan:?}");
    }
    let mut relative = Plan::flat(Purpose::ChargePointMaxProfile, 0, 1, 0, 160);
    relative.kind = Kind::Relative;
    assert!(!relative.set(&mut world, base));
    assert!(good.set(&mut world, base));
}

#[test]
fn a_place_takes_three_profiles_and_replaces_by_id_and_by_level() {
    let (mut world, base) = charging();
    for level in 0..3 {
        assert!(Plan::flat(Purpose::TxDefaultProfile, 1, level, level, 100 + level).set(&mut world, base));
    }
    assert!(!Plan::flat(Purpose::TxDefaultProfile, 1, 9, 9, 90).set(&mut world, base));
    assert_eq!(amps(&world, 1), (10_200, LimitSource::Default(2)));
    assert!(Plan::flat(Purpose::TxDefaultProfile, 1, 9, 2, 90).set(&mut world, base), "replaces its level");
    assert_eq!(amps(&world, 1), (9_000, LimitSource::Default(9)));
    assert!(Plan::flat(Purpose::TxDefaultProfile, 2, 9, 0, 80).set(&mut world, base), "moves its id");
    assert_eq!(amps(&world, 1), (10_100, LimitSource::Default(1)));
    assert_eq!(amps(&world, 2), (8_000, LimitSource::Default(9)));
}

/// §5.5.
#[test]
fn clearing_by_id_or_by_what_fits() {
    let (mut world, base) = charging();
    let nothing = ClearChargingProfileRequest {
        id: None,
        connector_id: None,
        charging_profile_purpose: None,
        stack_level: None,
    };
    let set_all = |world: &mut World| {
        for (purpose, connector, id, level) in [
            (Purpose::ChargePointMaxProfile, 0, 1, 0),
            (Purpose::TxDefaultProfile, 0, 2, 1),
            (Purpose::TxDefaultProfile, 1, 3, 0),
            (Purpose::TxDefaultProfile, 1, 4, 1),
            (Purpose::TxProfile, 1, 5, 1),
        ] {
            assert!(Plan::flat(purpose, connector, id, level, 160).set(world, base));
        }
    };
    // What a filter leaves, found out by clearing one by one.
    for (request, left) in [
        (nothing.clone(), vec![]),
        (
            ClearChargingProfileRequest { id: Some(3), stack_level: Some(7), ..nothing.clone() },
            vec![1, 2, 4, 5],
        ),
        (ClearChargingProfileRequest { connector_id: Some(0), ..nothing.clone() }, vec![3, 4, 5]),
        (ClearChargingProfileRequest { stack_level: Some(1), ..nothing.clone() }, vec![1, 3]),
        (
            ClearChargingProfileRequest {
                connector_id: Some(1),
                charging_profile_purpose: Some(Purpose::TxDefaultProfile),
                ..nothing.clone()
            },
            vec![1, 2, 5],
        ),
    ] {
        set_all(&mut world);
        assert!(world.call(&request).contains("Accepted"), "{request:?}");
        let found: Vec<_> = (1..=5)
            .filter(|id| {
                let one = ClearChargingProfileRequest { id: Some(*id), ..nothing.clone() };
                world.call(&one).contains("Accepted")
            })
            .collect();
        assert_eq!(found, left, "{request:?}");
    }
    assert!(world.call(&nothing).contains("Unknown"));
}

/// A = W / (V × phases), rounded down.
#[test]
fn watts_and_phases() {
    let (mut world, base) = charging();
    let mut plan = Plan::flat(Purpose::TxDefaultProfile, 1, 1, 0, 36_800);
    plan.unit = Unit::W;
    plan.periods[0].2 = Some(1);
    assert!(plan.set(&mut world, base));
    assert_eq!(
        limit(&world, 1),
        Limit { current: Milliamps(16_000), phases: 1, source: LimitSource::Default(1) }
    );
    plan.periods[0].2 = None;
    assert!(plan.set(&mut world, base));
    assert_eq!(limit(&world, 1).current, Milliamps(5_333));
    let request =
        GetCompositeScheduleRequest { connector_id: 1, duration: 60, charging_rate_unit: Some(Unit::W) };
    let answer = world.call(&request);
    assert!(answer.contains(r#""limit":3679.7,"numberPhases":3"#), "{answer}");
}

/// §7.13 `minChargingRate`, in the schedule's unit: that of the profile whose limit counts, also after a restart.
#[test]
fn the_least_efficient_current_is_that_of_the_profile_that_counts() {
    let (mut world, base) = charging();
    let least = |world: &World, connector| {
        let session = &world.station.session;
        session.min_charging_rate(connector, world.station_now()).map(|current| current.0)
    };
    assert_eq!(least(&world, 1), None);
    let amps = Plan::flat(Purpose::TxDefaultProfile, 1, 1, 0, 160);
    assert!(amps.set_with_least(&mut world, base, Some(Decimal::new(81, 1))));
    let watts = Plan { unit: Unit::W, ..Plan::flat(Purpose::TxDefaultProfile, 2, 2, 0, 69_000) };
    assert!(watts.set_with_least(&mut world, base, Some(Decimal::new(4140, 0))));
    assert!(Plan::flat(Purpose::ChargePointMaxProfile, 0, 3, 0, 200).set(&mut world, base));
    assert_eq!((least(&world, 1), least(&world, 2)), (Some(8_100), Some(6_000)));
    world.restart_station();
    world.connect();
    world.wait(1_000);
    assert_eq!((least(&world, 1), least(&world, 2)), (Some(8_100), Some(6_000)));
    // Now the station's maximum counts, which says nothing.
    assert!(Plan::flat(Purpose::ChargePointMaxProfile, 0, 3, 0, 50).set(&mut world, base));
    assert_eq!(least(&world, 1), None);
}

#[test]
fn composite_schedules_that_cannot_be_given() {
    let (mut world, _) = charging();
    for (connector_id, duration) in [(3, 60), (-1, 60), (1, 0), (1, -5)] {
        let request = GetCompositeScheduleRequest { connector_id, duration, charging_rate_unit: None };
        assert!(world.call(&request).contains("Rejected"), "{connector_id} {duration}");
    }
}

#[test]
fn no_question_keeps_the_station_busy() {
    let (mut world, base) = charging();
    let mut plan = Plan::flat(Purpose::TxDefaultProfile, 1, 1, 0, 160);
    (plan.kind, plan.recurrency) = (Kind::Recurring, Some(RecurrencyKind::Daily));
    assert!(plan.set(&mut world, base));
    let (_, seconds) = composite(&mut world, 1, i64::MAX);
    assert_eq!(seconds.len(), 31 * 86_400);
}

#[test]
fn a_schedule_with_too_many_changes_is_given_for_a_shorter_time() {
    let (mut world, base) = charging();
    let mut early = Plan::flat(Purpose::TxDefaultProfile, 1, 1, 0, 160);
    early.start = Some(0);
    early.periods = (0..24).map(|at| (at * 10, 100 + at % 2, None)).collect();
    let mut late = early.clone();
    (late.id, late.level, late.start) = (2, 1, Some(300));
    assert!(early.set(&mut world, base) && late.set(&mut world, base));
    let (start, seconds) = composite(&mut world, 1, 3_600);
    assert!(start >= base && seconds.len() < 3_600 && seconds.len() > 300, "{}", seconds.len());
    let request = GetCompositeScheduleRequest { connector_id: 1, duration: 3_600, charging_rate_unit: None };
    let frame = world.call(&request);
    assert_eq!(frame.matches("startPeriod").count(), 32);
    assert!(frame.len() <= 3_000, "{}", frame.len());
}
