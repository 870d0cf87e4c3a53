//! What StopTransaction tells about the whole transaction (OCPP 1.6 §6.49 `transactionData`, §9.1 `StopTxnSampledData`,
//! `StopTxnAlignedData`).

extern crate alloc;

mod world;

use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::Version;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::v16::charge_point::Facts;
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{ChangeConfigurationRequest, ReadingContext, Reason, Request, StopTransactionRequest};
use world::{GREATEST, World};

const ALL: &str = "Energy.Active.Import.Register,Power.Active.Import,Current.Import,Current.Offered,Voltage";

fn change(world: &mut World, key: Key, value: &str) {
    let request = ChangeConfigurationRequest { key: CiStr::cut(key.row().name), value: CiStr::cut(value) };
    assert!(world.call(&request).contains("\"Accepted\""), "{key:?}");
}

fn online(sampled: &str, aligned: &str) -> World {
    let mut world = World::online();
    change(&mut world, Key::StopTxnSampledData, sampled);
    change(&mut world, Key::StopTxnAlignedData, aligned);
    world
}

/// Seconds of Unix time, context and the first value of a reading.
type Row = (i64, ReadingContext, String);

/// What the only StopTransaction that arrived carries.
fn told(world: &World) -> Option<Vec<Row>> {
    let stop: Vec<_> =
        world.server.calls.iter().filter(|call| call.contains("\"StopTransaction\"")).collect();
    assert_eq!(stop.len(), 1, "{stop:?}");
    let Frame::Call { action, payload, .. } = Frame::parse(stop[0], Version::V16).unwrap() else { panic!() };
    let action = evkit_ocpp::v16::Action::from_text(action).unwrap();
    let Request::StopTransaction(StopTransactionRequest { transaction_data, timestamp, .. }) =
        Request::decode(action, payload).unwrap()
    else {
        panic!("{payload}")
    };
    let rows: Vec<_> = transaction_data?
        .iter()
        .map(|row| {
            let values: Vec<_> = row.sampled_value.iter().collect();
            assert!(values.iter().all(|value| value.context == values[0].context));
            (row.timestamp.timestamp(), values[0].context.unwrap(), values[0].value.to_string())
        })
        .collect();
    assert!(rows.iter().all(|row| row.0 <= timestamp.timestamp()));
    Some(rows)
}

#[test]
fn nothing_is_told_unless_it_is_asked_for() {
    let mut world = online("", "");
    world.start(1);
    world.wait(200_000);
    world.stop(1, Reason::Local);
    world.wait(1_000);
    assert_eq!(told(&world), None);
}

#[test]
fn sampled_data_has_the_beginning_every_sample_and_the_end() {
    let mut world = online("Energy.Active.Import.Register", "");
    // What is sent as it arises is another matter.
    change(&mut world, Key::MeterValuesSampledData, "");
    world.start(1);
    world.wait(61_000);
    world.charge(1, 500);
    world.wait(61_000);
    world.stop(1, Reason::Local);
    world.wait(1_000);
    let rows = told(&world).unwrap();
    let contexts: Vec<_> = rows.iter().map(|row| row.1).collect();
    use ReadingContext::{SamplePeriodic, TransactionBegin, TransactionEnd};
    assert_eq!(contexts, [TransactionBegin, SamplePeriodic, SamplePeriodic, TransactionEnd]);
    let register: Vec<_> = rows.iter().map(|row| row.2.as_str()).collect();
    assert_eq!(register, ["1001", "1001", "1501", "1501"]);
    let times: Vec<_> = rows.iter().map(|row| row.0 - rows[0].0).collect();
    assert_eq!(times, [0, 60, 120, 122]);
    assert!(world.server.samples.is_empty());
}

#[test]
fn aligned_data_has_the_aligned_samples_only() {
    let mut world = online("", "Energy.Active.Import.Register");
    change(&mut world, Key::ClockAlignedDataInterval, "100");
    world.start(1);
    world.wait(250_000);
    world.stop(1, Reason::Local);
    world.wait(1_000);
    let rows = told(&world).unwrap();
    assert!(rows.iter().all(|row| row.1 == ReadingContext::SampleClock && row.0 % 100 == 0), "{rows:?}");
    assert_eq!(rows.len(), 2);
}

#[test]
fn what_was_gathered_offline_is_told_after_a_restart() {
    let mut world = online("Energy.Active.Import.Register", "");
    world.start(1);
    world.wait(61_000);
    world.disconnect();
    world.charge(1, 700);
    world.wait(61_000);
    world.stop(1, Reason::Local);
    world.restart_station();
    world.heal();
    let rows = told(&world).unwrap();
    assert_eq!(rows.iter().map(|row| row.2.as_str()).collect::<Vec<_>>(), ["1001", "1001", "1701", "1701"]);
    world.check_books();
}

#[test]
fn before_the_clock_is_known_times_are_filled_in_later() {
    let mut world = World::new();
    let now = world.station_now();
    world.station.session.set_setting(now, Key::StopTxnSampledData, "Energy.Active.Import.Register").unwrap();
    world.start(1);
    world.wait(61_000);
    world.stop(1, Reason::Local);
    world.wait(100_000);
    world.heal();
    let rows = told(&world).unwrap();
    let times: Vec<_> = rows.iter().map(|row| row.0 - rows[0].0).collect();
    assert_eq!(times, [0, 60, 61]);
    // The virtual clock starts with 2026; the answer that tells so takes its time.
    assert!((rows[0].0 - 1_767_225_600).abs() <= 1);
}

/// The buffer of the module's example takes it.
#[test]
fn the_longest_stop_fits_four_kibibytes() {
    let mut world = online(ALL, ALL);
    change(&mut world, Key::ClockAlignedDataInterval, "7");
    world.start(1);
    for _ in 0..30 {
        let now = world.station_now();
        let facts = Facts { plugged: true, requesting: true, offering: true, fault: None, meter: GREATEST };
        world.station.session.report(now, 1, &facts).unwrap();
        world.wait(7_000);
    }
    world.stop(1, Reason::Local);
    world.wait(5_000);
    let rows = told(&world).unwrap();
    assert_eq!(rows.first().unwrap().1, ReadingContext::TransactionBegin);
    assert_eq!(rows.last().unwrap().1, ReadingContext::TransactionEnd);
    let longest = world.server.calls.iter().map(String::len).max().unwrap();
    assert!((2_000..=4_096).contains(&longest), "{longest}");
}
