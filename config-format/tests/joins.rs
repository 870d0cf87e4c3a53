//! A station's files as configuration of the load manager and as card rules.
#![cfg(all(feature = "alloc", feature = "dlm", feature = "rfid"))]

use evkit_config_format::station::Scope;
use evkit_config_format::{bender, evlink, keba};
use evkit_dlm::limits::{LimitSet, Role};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::units::Milliamps;
use evkit_rfid::{KebaOffline, KebaOnline, UidFormat};

mod fixtures;

/// Role and current on each phase of every limit.
fn limits(set: &LimitSet) -> Vec<(Role, [u32; 3])> {
    set.iter().map(|limit| (limit.source.role, limit.currents.map(|Milliamps(ma)| ma))).collect()
}

#[test]
fn a_keba_network_in_the_load_manager() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let model = keba::Config::parse(&bytes).station();
    assert_eq!(limits(&model.node_limits(Scope::Network).unwrap()), [(Role::Installation, [63_000; 3])]);
    assert!(limits(&model.node_limits(Scope::Main).unwrap()).is_empty());
    let second = model.evse(2, 1).unwrap();
    assert_eq!(
        (second.node, second.disconnected, second.minimum.multi_phase),
        (1, Milliamps(6_000), Milliamps(6_000))
    );
    assert_eq!(model.evse(1, 1).unwrap().disconnected, Milliamps(0), "0 stops");
    let wired = keba::Config::parse(b"[X]\nConnectorPhaseRotation=1.Sxx,2.STR\n").station();
    let wirings = [1, 2].map(|number| wired.evse(number, 0).unwrap()).map(|evse| (evse.rotation, evse.wired));
    assert_eq!(wirings, [(Rotation::Srt, Terminals::ONE), (Rotation::Str, Terminals::THREE)]);
}

#[test]
fn an_evlink_station_in_the_load_manager() {
    let bytes = fixtures::read("evlink-all.cfg");
    let model = evlink::Config::parse(&bytes).station();
    let evse = model.evse(1, 0).unwrap();
    assert_eq!(limits(&evse.limits), [(Role::Hardware, [32_000; 3]), (Role::Operator, [32_000; 3])]);
    assert_eq!((evse.minimum.single_phase, evse.minimum.multi_phase), (Milliamps(8_000), Milliamps(14_000)));
    assert_eq!(evse.disconnected, Milliamps(14_000), "the one for three phases");
}

#[test]
fn limits_of_single_lines_stay_with_their_lines() {
    let files: [(&str, &[u8]); 2] =
        [("MainDistributionLimitL2_energyman", b"63\n"), ("MainDistributionLimitL3_energyman", b"50\n")];
    let main = bender::Folder::parse(files).station().node_limits(Scope::Main).unwrap();
    assert_eq!(limits(&main), [(Role::Installation, [u32::MAX, 63_000, 50_000])]);
}

#[test]
fn card_rules_of_the_three_vendors() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let keba = keba::Config::parse(&bytes).card_settings().unwrap();
    assert_eq!((keba.authorization, keba.online), (true, KebaOnline::FirstLocal));
    assert_eq!(keba.offline, KebaOffline::LocalAuthorization);
    let bytes = fixtures::read("evlink-all.cfg");
    let evlink = evlink::Config::parse(&bytes).card_settings().unwrap();
    assert_eq!((evlink.authentication, evlink.timeout_s, evlink.cache), (true, 10, false));
    let files: [(&str, &[u8]); 4] = [
        ("FreeChargingMode_vehicleif", b"5\n0 0\n"),
        ("FreeChargingTag_vehicleif", b"DEPOT\n0 0\n"),
        ("FreeCharging_vehicleif", b"on\n0 0\n"),
        ("RfidTagCase_rfid", b"upper reversed\n0 0\n"),
    ];
    let bender = bender::Folder::parse(files).card_settings();
    assert_eq!(bender.free_charging, Some(evkit_rfid::FreeCharging::FixedTagWithoutCard));
    assert_eq!((bender.letter_case, bender.fixed_tag.is_some()), (UidFormat::UPPER_REVERSED, true));
}
