//! The station between a socket that is played here and a journal in memory, without a network.

use embassy_time::{Duration, MockDriver};
use evkit_hal::units::Milliamps;
use evkit_ocpp::v16::charge_point::ChargePoint;
use evkit_ocpp::v16::keys::Key;
use evkit_rfid::{Cache, CacheRule, Uid};
use futures_executor::block_on;

use super::{Session, Station, session_config};
use crate::clock;
use crate::shared::{Measured, Orders, Shared, View};
use crate::store::Store;
use crate::store::settings::{Setting, Settings};
use crate::store::tests::{Memory, start};

/// A station with its first socket in our hands.
struct Bench {
    station: Station<'static, Memory>,
    shared: &'static Shared,
}

impl Bench {
    fn new(settings: &[(Setting, &str)], memory: Memory) -> Self {
        let mut all = Settings::new();
        for (setting, value) in settings {
            all.set(*setting, setting.check(value).unwrap());
        }
        let all: &Settings = Box::leak(Box::new(all));
        let shared = Shared::leaked();
        let session: &mut Session = Box::leak(Box::new(ChargePoint::new(session_config(all, 1))));
        let cache = Cache::new(
            Box::leak(Box::new([const { None }; 4])),
            Box::leak(Box::new([const { None }; 4])),
            CacheRule::EVLINK,
        );
        let mut store = Store::new(memory).unwrap();
        start(&mut store, &mut Settings::new());
        let mut bench = Self { station: Station::new(shared, session, store, all, cache, 1), shared };
        bench.meter(1_000);
        bench.turn();
        bench
    }

    /// Lets a second pass.
    fn turn(&mut self) {
        MockDriver::get().advance(Duration::from_secs(1));
        for _ in 0..3 {
            block_on(self.station.turn());
        }
    }

    fn see(&mut self, change: impl FnOnce(&mut View)) {
        self.shared.sockets[0].view.update(change);
        self.turn();
    }

    fn meter(&self, energy_wh: u64) {
        let measured = Measured { at: Some(clock::hal()), energy_wh, ..Measured::NEVER };
        self.shared.sockets[0].measured.set(measured);
    }

    fn plug(&mut self) {
        self.see(|view| (view.plugged, view.empty, view.visits) = (true, false, view.visits + 1));
    }

    fn unplug(&mut self) {
        self.see(|view| (view.plugged, view.empty, view.closed) = (false, true, false));
    }

    fn card(&mut self) {
        let uid = Uid::from_bytes(&[4, 1, 2, 3, 4, 5, 6]).unwrap();
        self.see(|view| (view.cards, view.card) = (view.cards + 1, Some(uid)));
    }

    fn orders(&self) -> Orders {
        self.shared.sockets[0].orders.get()
    }

    fn is_running(&self) -> bool {
        self.station.session.transaction(1).is_some()
    }

    /// Cards nobody knows are accepted while the central system is away.
    fn offline() -> Self {
        let bench = Self::new(&[], Memory::new());
        let now = clock::ocpp();
        bench.station.session.set_setting(now, Key::AllowOfflineTxForUnknownId, "true").unwrap();
        bench
    }
}

#[test]
fn free_charging_begins_with_the_plug_and_ends_with_it() {
    let mut bench = Bench::new(&[(Setting::FreeCharging, "true")], Memory::new());
    assert!(!bench.orders().permission);
    bench.plug();
    assert!(bench.is_running() && bench.orders().permission);
    assert_eq!(bench.orders().offer, Milliamps(32_000));
    bench.see(|view| view.closed = true);
    bench.meter(2_500);
    bench.unplug();
    assert!(!bench.is_running() && !bench.orders().permission);
}

#[test]
fn a_transaction_waits_for_its_vehicle() {
    let mut bench = Bench::offline();
    bench.card();
    assert!(!bench.is_running() && !bench.orders().permission);
    bench.plug();
    assert!(bench.is_running() && bench.orders().permission);
}

#[test]
fn the_same_card_ends_what_it_began_once_nothing_flows() {
    let mut bench = Bench::offline();
    bench.plug();
    assert!(!bench.is_running(), "a plug alone is not enough");
    bench.card();
    assert!(bench.is_running());
    bench.see(|view| view.closed = true);
    bench.card();
    assert!(bench.is_running() && !bench.orders().permission, "the vehicle has time to stop");
    bench.see(|view| view.closed = false);
    assert!(!bench.is_running());
}

#[test]
fn an_unknown_card_is_refused_offline_unless_the_key_says_otherwise() {
    let mut bench = Bench::new(&[], Memory::new());
    bench.plug();
    bench.card();
    assert!(!bench.is_running());
    assert_eq!(bench.orders().refused, 1);
}

#[test]
fn sensors_that_are_silent_for_a_moment_do_not_end_a_transaction_and_a_fault_does() {
    let mut bench = Bench::offline();
    bench.plug();
    bench.card();
    bench.see(|view| (view.plugged, view.state) = (false, None));
    assert!(bench.is_running());
    bench.see(|view| view.plugged = true);
    bench.see(|view| view.stops += 1);
    assert!(!bench.is_running());
}

#[test]
fn a_vehicle_exchanged_between_two_looks_does_not_charge_for_the_last_one() {
    let mut bench = Bench::offline();
    bench.plug();
    bench.card();
    assert!(bench.is_running());
    bench.see(|view| view.visits += 1);
    assert!(!bench.is_running());
}

#[test]
fn the_offer_is_the_least_of_setting_and_load_management() {
    let mut bench =
        Bench::new(&[(Setting::FreeCharging, "true"), (Setting::MaxCurrent, "20")], Memory::new());
    bench.plug();
    assert_eq!(bench.orders().offer, Milliamps(20_000));
    bench.shared.sockets[0].managed.set(Some(Milliamps(9_000)));
    bench.turn();
    assert_eq!(bench.orders().offer, Milliamps(9_000));
}

/// The power is cut while a transaction runs; the memory is what is left.
fn after_a_power_cut(resume: &str) -> Bench {
    let settings = [(Setting::FreeCharging, "true"), (Setting::ResumeTransactions, resume)];
    let mut bench = Bench::new(&settings, Memory::new());
    bench.plug();
    assert!(bench.is_running());
    let memory = bench.station.store.into_memory();
    let mut restarted = Bench::new(&settings, memory);
    restarted.turn();
    restarted
}

#[test]
fn after_a_power_cut_a_transaction_goes_on_if_it_is_set_so_until_its_vehicle_is_gone() {
    let mut bench = after_a_power_cut("true");
    assert!(bench.is_running() && bench.orders().permission);
    bench.see(|view| view.empty = true);
    assert!(!bench.is_running());
}

#[test]
fn after_a_power_cut_a_transaction_ends_otherwise() {
    let bench = after_a_power_cut("false");
    assert!(!bench.is_running() && !bench.orders().permission);
}
