//! Smart charging (cases 056, 057, 058, 059, 060, 066, 067, 072).

use super::{online, status_of, told};
use crate::world::World;
use evkit_ocpp::list::List;
use evkit_ocpp::num::Decimal;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::{
    ChargingProfile, ChargingProfileKind, ChargingProfilePurpose as Purpose, ChargingRateUnit,
    ChargingSchedule, ChargingSchedulePeriod, ClearChargingProfileRequest, GetCompositeScheduleRequest,
    RemoteStartTransactionRequest, SetChargingProfileRequest,
};

fn charging() -> World {
    let mut world = online();
    world.plug(1);
    world.card(1, "A");
    world.wait(1_000);
    told(&mut world);
    world
}

/// A profile of one limit that begins with the transaction.
fn profile(purpose: Purpose, id: i64, level: i64, amps: i64) -> ChargingProfile<'static> {
    let period =
        [ChargingSchedulePeriod { start_period: 0, limit: Decimal::new(amps, 0), number_phases: None }];
    let period: &'static [_] = Box::leak(Box::new(period));
    ChargingProfile {
        charging_profile_id: id,
        transaction_id: None,
        stack_level: level,
        charging_profile_purpose: purpose,
        charging_profile_kind: ChargingProfileKind::Relative,
        recurrency_kind: None,
        valid_from: None,
        valid_to: None,
        charging_schedule: ChargingSchedule {
            duration: None,
            start_schedule: None,
            charging_rate_unit: ChargingRateUnit::A,
            charging_schedule_period: List::new(period),
            min_charging_rate: None,
        },
    }
}

fn set_profile(world: &mut World, connector_id: i64, profile: ChargingProfile<'static>) -> String {
    status_of(&world.call(&SetChargingProfileRequest { connector_id, cs_charging_profiles: profile }))
}

fn milliamps(world: &World) -> u32 {
    world.station.session.limit_now(1, world.station_now()).unwrap().current.0
}

#[test]
fn tc_056_cs() {
    let mut world = charging();
    assert_eq!(set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 0, 10)), "Accepted");
    assert_eq!(milliamps(&world), 10_000);
}

#[test]
fn tc_057_cs() {
    let mut world = charging();
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 5, 10));
    let mut own = profile(Purpose::TxProfile, 2, 0, 8);
    own.transaction_id = world.station.session.transaction(1).unwrap().transaction;
    assert_eq!(set_profile(&mut world, 1, own), "Accepted");
    assert_eq!(milliamps(&world), 8_000);
}

/// A transaction's profile needs that transaction.
#[test]
fn tc_058_1_cs() {
    let mut world = charging();
    let mut other = profile(Purpose::TxProfile, 2, 0, 8);
    other.transaction_id = Some(4711);
    assert_eq!(set_profile(&mut world, 1, other), "Rejected");
}

#[test]
fn tc_058_2_cs() {
    let mut world = online();
    assert_eq!(set_profile(&mut world, 1, profile(Purpose::TxProfile, 2, 0, 8)), "Rejected");
}

fn start_with(world: &mut World, profile: ChargingProfile<'static>) -> String {
    let request = RemoteStartTransactionRequest {
        connector_id: Some(1),
        id_tag: CiStr::cut("A"),
        charging_profile: Some(profile),
    };
    let status = status_of(&world.call(&request));
    world.wait(1_000);
    status
}

#[test]
fn tc_059_cs() {
    let mut world = online();
    world.plug(1);
    assert_eq!(start_with(&mut world, profile(Purpose::TxProfile, 2, 0, 9)), "Accepted");
    assert_eq!(milliamps(&world), 9_000);
    // It ends with the transaction.
    world.card(1, "A");
    world.wait(1_000);
    assert_eq!(milliamps(&world), 32_000);
}

#[test]
fn tc_060_cs() {
    let mut world = online();
    world.plug(1);
    assert_eq!(start_with(&mut world, profile(Purpose::TxDefaultProfile, 2, 0, 9)), "Rejected");
    assert!(world.station.session.transaction(1).is_none());
}

#[test]
fn tc_066_cs() {
    let mut world = charging();
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 0, 10));
    let request = GetCompositeScheduleRequest {
        connector_id: 1,
        duration: 300,
        charging_rate_unit: Some(ChargingRateUnit::A),
    };
    let answer: serde_json::Value = serde_json::from_str(&world.call(&request)).unwrap();
    let schedule = &answer[2]["chargingSchedule"];
    assert_eq!(answer[2]["status"], "Accepted");
    assert_eq!(schedule["duration"], 300);
    let periods = schedule["chargingSchedulePeriod"].as_array().unwrap();
    assert_eq!(periods.len(), 1);
    assert_eq!(periods[0]["limit"].as_f64(), Some(10.0));
}

#[test]
fn tc_067_cs() {
    let mut world = charging();
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 0, 10));
    let clear = |id| ClearChargingProfileRequest {
        id,
        connector_id: None,
        charging_profile_purpose: None,
        stack_level: None,
    };
    assert_eq!(status_of(&world.call(&clear(Some(9)))), "Unknown");
    assert_eq!(status_of(&world.call(&clear(Some(1)))), "Accepted");
    assert_eq!(milliamps(&world), 32_000);
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 0, 10));
    assert_eq!(status_of(&world.call(&clear(None))), "Accepted");
    assert_eq!(status_of(&world.call(&clear(None))), "Unknown");
}

#[test]
fn tc_072_cs() {
    let mut world = charging();
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 1, 0, 6));
    set_profile(&mut world, 1, profile(Purpose::TxDefaultProfile, 2, 2, 20));
    // The highest level counts, not the lowest limit.
    assert_eq!(milliamps(&world), 20_000);
    let mut short = profile(Purpose::TxDefaultProfile, 3, 3, 13);
    short.charging_schedule.duration = Some(60);
    set_profile(&mut world, 1, short);
    assert_eq!(milliamps(&world), 13_000);
    world.wait(60_000);
    assert_eq!(milliamps(&world), 20_000);
}
