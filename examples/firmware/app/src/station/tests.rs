//! The station between a socket that is played here and a journal in memory, without a network.

use embassy_time::{Duration, MockDriver};
use evkit_hal::units::Milliamps;
use evkit_ocpp::time::DateTime;
use evkit_ocpp::v16::charge_point::{ChargePoint, Event};
use evkit_ocpp::v16::keys::Key;
use evkit_rfid::{Cache, CacheRule, Uid};
use futures_executor::block_on;

use super::{Session, Station, session_config};
use crate::clock;
use crate::shared::{Measured, Orders, Shared, View};
use crate::store::Store;
use crate::store::list::ENTRIES;
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

/// What the card of [`Bench::card`] is called, in other letters.
const LISTED: &str = r#"{"idTag":"04010203040506","idTagInfo":{"status":"Accepted"}}"#;

impl Bench {
    /// An update of the local list by the central system; returns the answer's status.
    fn send_list(&mut self, version: i64, kind: &str, entries: &str) -> String {
        let frame = format!(
            r#"[2,"1","SendLocalList",{{"listVersion":{version},"updateType":"{kind}","localAuthorizationList":[{entries}]}}]"#
        );
        let now = clock::ocpp();
        self.station.session.handle_open(now);
        let mut room = [0; 512];
        let answer = match self.station.session.handle_frame(now, &frame) {
            Ok(Some(Event::SendLocalList(request, responder))) => {
                let length = block_on(self.station.update_list(&request, responder, &mut room));
                str::from_utf8(&room[..length.unwrap()]).unwrap().to_owned()
            }
            Ok(None) => self.station.session.poll_transmit(now, &mut room).unwrap().unwrap().to_owned(),
            other => panic!("{other:?}"),
        };
        self.station.session.handle_close(now);
        self.turn();
        answer.rsplit('"').nth(1).unwrap().to_owned()
    }

    /// Whether a card of this name charges now that the central system is away.
    fn knows(&mut self, name: &str) -> bool {
        let token = evkit_ocpp::v16::IdTag::new(name).unwrap();
        self.station.uses_list()
            && block_on(self.station.store.look(Some(&token))).unwrap().entry().is_some_and(|entry| {
                self.station.known(&token, Some(entry)) == Some(evkit_rfid::Status::Accepted)
            })
    }

    fn restarted(self) -> Self {
        let mut bench = Self::new(&[], self.station.store.into_memory().powered());
        bench.turn();
        bench
    }
}

fn entries(names: core::ops::Range<u32>) -> String {
    let entry = |name| format!(r#"{{"idTag":"card-{name}","idTagInfo":{{"status":"Accepted"}}}}"#);
    names.map(entry).collect::<Vec<_>>().join(",")
}

#[test]
fn a_card_on_the_local_list_charges_without_the_central_system_and_after_a_restart() {
    let mut bench = Bench::new(&[], Memory::new());
    assert_eq!(bench.send_list(3, "Full", LISTED), "Accepted");
    assert_eq!(bench.station.session.local_list_version(), 3);
    let mut bench = bench.restarted();
    assert_eq!(bench.station.session.local_list_version(), 3);
    bench.plug();
    bench.card();
    assert!(bench.is_running());
}

#[test]
fn the_list_counts_only_while_its_keys_say_so_and_an_entry_may_bar_or_expire() {
    for key in [Key::LocalAuthListEnabled, Key::LocalAuthorizeOffline] {
        let mut bench = Bench::new(&[], Memory::new());
        assert_eq!(bench.send_list(1, "Full", LISTED), "Accepted");
        bench.station.session.set_setting(clock::ocpp(), key, "false").unwrap();
        bench.plug();
        bench.card();
        assert!(!bench.is_running(), "{key:?}");
    }
    let mut bench = Bench::offline();
    assert_eq!(bench.send_list(1, "Full", &LISTED.replace("Accepted", "Blocked")), "Accepted");
    bench.plug();
    bench.card();
    assert!(!bench.is_running(), "blocked, though unknown ones may charge");
    let old = r#"{"idTag":"Old","idTagInfo":{"status":"Accepted","expiryDate":"2020-01-01T00:00:00Z"}}"#;
    assert_eq!(bench.send_list(2, "Differential", old), "Accepted");
    let entry =
        block_on(bench.station.store.look(Some(&"old".try_into().unwrap()))).unwrap().entry().unwrap();
    assert_eq!(entry.expiry, DateTime::from_timestamp_secs(1_577_836_800));
}

#[test]
fn a_list_is_changed_entry_by_entry_whatever_the_case() {
    let mut bench = Bench::new(&[], Memory::new());
    assert_eq!(bench.send_list(1, "Full", &entries(0..10)), "Accepted");
    assert_eq!(bench.send_list(1, "Differential", &entries(0..1)), "VersionMismatch");
    let change = format!(r#"{{"idTag":"CARD-3"}},{{"idTag":"unknown"}},{}"#, entries(9..12));
    assert_eq!(bench.send_list(5, "Differential", &change), "Accepted");
    assert_eq!(block_on(bench.station.store.look(None)).unwrap().length(), 11);
    assert!(bench.knows("Card-2") && !bench.knows("card-3") && bench.knows("CARD-11"));
    assert_eq!(bench.send_list(6, "Full", r#"{"idTag":"no-information"}"#), "Failed");
    assert!(bench.knows("card-2"), "nothing was changed");
    assert_eq!(bench.send_list(6, "Full", &entries(20..21)), "Accepted");
    assert!(!bench.knows("card-2") && bench.knows("card-20"));
    assert_eq!(bench.send_list(7, "Full", ""), "Accepted");
    assert_eq!(bench.station.session.local_list_version(), 0, "empty");
}

#[test]
fn a_list_takes_as_many_entries_as_it_says_and_then_holds_as_it_is() {
    let mut bench = Bench::new(&[], Memory::of_pages(32));
    let most = u32::from(ENTRIES);
    for (version, first) in (1..).zip((0..most).step_by(8)) {
        assert_eq!(bench.send_list(version, "Differential", &entries(first..first + 8)), "Accepted");
    }
    assert_eq!(bench.send_list(90, "Differential", &entries(most..most + 1)), "Failed");
    assert_eq!(bench.send_list(91, "Differential", &entries(most - 8..most)), "Accepted");
    let exchange = format!(r#"{{"idTag":"card-0"}},{}"#, entries(most..most + 1));
    assert_eq!(bench.send_list(92, "Differential", &exchange), "Accepted");
    assert!((1..=most).all(|name| bench.knows(&format!("card-{name}"))) && !bench.knows("card-0"));
}

#[test]
fn a_list_that_cannot_be_read_lets_nobody_charge_and_is_taken_anew() {
    let mut bench = Bench::new(&[], Memory::new());
    assert_eq!(bench.send_list(1, "Full", LISTED), "Accepted");
    bench.station.store.spoil_list();
    bench.plug();
    bench.card();
    assert!(!bench.is_running());
    assert_eq!(bench.send_list(2, "Full", &entries(0..1)), "Accepted");
    assert!(bench.knows("card-0") && !bench.knows("04010203040506"));
}

/// The power is cut at every word of an update: the list is the old one, the new one, or one to be sent again.
#[test]
fn a_power_cut_in_an_update_leaves_a_list_or_a_version_that_has_it_sent_again() {
    let mut old = Bench::new(&[], Memory::new());
    assert_eq!(old.send_list(1, "Full", &entries(0..5)), "Accepted");
    old.turn();
    let memory = old.station.store.into_memory();
    let mut seen = [0; 3];
    for kind in ["Full", "Differential"] {
        for cut in 1.. {
            let mut bench = Bench::new(&[], memory.clone());
            bench.turn();
            let steps = bench.station.store.cut_after(cut);
            let change =
                format!(r#"{{"idTag":"card-0","idTagInfo":{{"status":"Blocked"}}}},{}"#, entries(5..7));
            bench.send_list(2, kind, &change);
            let over = bench.station.store.steps() < steps;
            let mut bench = bench.restarted();
            let version = bench.station.session.local_list_version();
            seen[usize::try_from(version).unwrap()] += 1;
            match version {
                0 => assert!((0..7).all(|name| !bench.knows(&format!("card-{name}")))),
                1 => {
                    assert!(
                        (0..5).all(|name| bench.knows(&format!("card-{name}"))) && !bench.knows("card-5")
                    );
                }
                _ => {
                    assert!(!bench.knows("card-0") && bench.knows("card-5") && bench.knows("card-6"));
                    assert_eq!(bench.knows("card-1"), kind == "Differential");
                }
            }
            // What is sent again is taken, and nothing of the other is left.
            assert_eq!(bench.send_list(3, "Full", &entries(1..2)), "Accepted");
            assert!(bench.knows("card-1") && !bench.knows("card-2") && !bench.knows("card-5"));
            if over {
                break;
            }
        }
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}
