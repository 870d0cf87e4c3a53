//! Files changed, transferred, repaired and converted.
#![cfg(feature = "alloc")]

use evkit_config_format::convert::{Reason, convert};
use evkit_config_format::diff::diff;
use evkit_config_format::edit::Edited;
use evkit_config_format::evlink::Verdict;
use evkit_config_format::profile::Vendor;
use evkit_config_format::{bender, evlink, keba};

mod fixtures;

/// Stand-ins for secrets in the samples.
const SECRETS: [&str; 4] = [
    "EXAMPLE-SECRET-1",
    "0123456789ABCDEF0123456789ABCDEF",
    "00112233445566778899AABBCCDDEEFF",
    "FFEEDDCCBBAA99887766554433221100",
];

fn assert_no_secret(text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[test]
fn a_set_value_is_checked_and_keeps_its_padding() {
    let bytes = fixtures::read("evlink-all.cfg");
    let config = evlink::Config::parse(&bytes);
    let change = config.file().set(Some("ENERGY"), "maxIntensitySocket", "16").unwrap();
    let changed = Edited::new(&bytes, &[change]).unwrap().to_vec();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(changed, text.replace("maxIntensitySocket=    32", "maxIntensitySocket=    16").into_bytes());

    let refused =
        |key: &'static str, value: &'static str| config.file().set(None, key, value).unwrap_err().to_string();
    assert_eq!(
        refused("maxIntensitySocket", "33"),
        "39:24: error: `maxIntensitySocket` takes a whole number from 0 to 32 (A)"
    );
    assert_eq!(refused("missing", "1"), "the file has no key `missing` here; insert it first");
    assert_eq!(
        refused("boxIdentity", "A\nB=1"),
        "a value is one line without blanks at its ends; byte 1 of the new value breaks that"
    );
}

#[test]
fn a_bender_value_keeps_its_second_line() {
    let file = b"16\r\n00000 000000000\r\n";
    let folder = bender::Folder::parse([("OperatorCurrentLimit_vehicleif", &file[..])]);
    let change = folder.set("OperatorCurrentLimit_vehicleif", "20").unwrap();
    assert_eq!(Edited::new(file, &[change]).unwrap().to_vec(), b"20\r\n00000 000000000\r\n");
    assert!(folder.set("OperatorCurrentLimit_vehicleif", "many").is_err());
    assert!(folder.set("WebUILanguage_web", "de").is_err(), "no such file in the folder");
}

#[test]
fn kebas_rule_for_cloning() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let transfer = keba::Config::parse(&bytes).transfer(2);
    assert_eq!(
        String::from_utf8(transfer.bytes.to_vec()).unwrap(),
        String::from_utf8(fixtures::read("keba-p30.conf")).unwrap()
    );
    let steps: Vec<_> = transfer.steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        steps,
        [
            "2: ChargeBoxIdentity removed: it belongs to one station",
            "18: AmountConnectors adapted",
            "20: Connect2ConnectorSerial1 removed: it belongs to one station",
            "21: Connect2ConnectorSerial2 removed: it belongs to one station",
            "22: Connect2ConnectorSerial3 removed: it belongs to one station",
            "39: HOTSPOT_SSID removed: it belongs to one station",
            "40: HOTSPOT_KEY removed: it belongs to one station",
        ]
    );
    assert_eq!(keba::name_without_serial("keba-p30-10000001.conf").as_deref(), Some("keba-p30.conf"));
}

#[test]
fn evlink_transfer_leaves_out_identity_and_state() {
    let bytes = fixtures::read("evlink-all.cfg");
    let transfer = evlink::Config::parse(&bytes).transfer();
    let text = String::from_utf8(transfer.bytes.to_vec()).unwrap();
    for key in ["stationName", "boxIdentity", "AlarmLogin", "ocppBoxPublicIp=", "lastAccepted"] {
        assert!(!text.contains(key), "{key}");
    }
    assert!(text.contains("ocppBoxPublicPort= 8080\n"));
}

#[test]
fn extracted_text_is_repaired_byte_for_byte() {
    let repair = evlink::repair(&fixtures::read("evlink-all-extracted.txt"));
    assert_eq!(
        String::from_utf8(repair.bytes.to_vec()).unwrap(),
        String::from_utf8(fixtures::read("evlink-all.cfg")).unwrap()
    );
    assert_eq!(repair.decisions.len(), 181, "as many keys lost their sign");
    assert!(repair.decisions.iter().all(|decision| matches!(decision.verdict, Verdict::Mended(_))));
    assert_eq!(repair.decisions[0].to_string(), "3: `-` after `operatingMode` became `=`");
    let whole = fixtures::read("evlink-all.cfg");
    let repair = evlink::repair(&whole);
    assert_eq!((*repair.bytes == whole, repair.decisions.len()), (true, 0), "nothing to do twice");
}

#[test]
fn only_known_keys_are_repaired() {
    let text = b"[FUNCTIONAL]\nSM3StopDelay-3600\na-b\nnbPhase- 3\nstationName- x=y\ndhcp = a-b\n";
    let repair = evlink::repair(text);
    assert_eq!(
        *repair.bytes,
        b"[FUNCTIONAL]\nSM3StopDelay=3600\na-b\nnbPhase= 3\nstationName= x=y\ndhcp = a-b\n"
    );
    let decisions: Vec<_> = repair.decisions.iter().map(ToString::to_string).collect();
    assert_eq!(
        decisions,
        [
            "2: `-` after `SM3StopDelay` became `=`",
            "3: left as it is: no known key in front of a `-`",
            "4: `-` after `nbPhase` became `=`, though the key is of another section",
            "5: `-` after `stationName` became `=`",
        ]
    );
}

#[test]
fn keba_to_evlink() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let config = keba::Config::parse(&bytes);
    let conversion = convert(config.file().entries(), &config.station(), Vendor::Evlink);
    assert_eq!(
        conversion.files()[0].1,
        "# Evse Conf\n\
         [ENERGY]\nvoltageReference=400\n\n\
         [ENERGY SHARING]\nstaticMaxIntensityCluster=63\nloadSheddingPeriod=900\n\n\
         [AUTHENTICATION]\nauthenticationMode=1\n\n\
         # Ocpp Conf\n\
         [OCPP]\nocppVersion=1.6\nocppCentralAddress=wss://ocpp.example.invalid:443/ocpp/depot\nboxIdentity=DEPOT-NORD-01\n\
         defaultIdTag=predefinedTokenId\nWebSocketPingInterval=240\n"
    );
    let lost: Vec<_> = conversion.lost.iter().map(ToString::to_string).collect();
    assert!(lost.contains(&"[CONFIGURATION] AuthorizationModeOnline, line 4: the other vendor has no key that says the same".into()));
    assert!(lost.contains(&"[NETWORK] HOTSPOT_KEY, line 40: is peculiar to its vendor".into()));
    let missing: Vec<_> = conversion.missing.iter().map(|key| key.name).collect();
    assert_eq!(missing, ["nbPhase", "maxIntensitySocket", "maxIntensityStation"]);
    assert_no_secret(&format!("{conversion:?}"));
}

#[test]
fn nothing_gets_lost_in_silence() {
    let keba = fixtures::read("keba-p30-10000001.conf");
    let keba = keba::Config::parse(&keba);
    let evlink = fixtures::read("evlink-all.cfg");
    let evlink = evlink::Config::parse(&evlink);
    for target in [Vendor::Keba, Vendor::Evlink, Vendor::Bender] {
        for (file, model) in [(keba.file(), keba.station()), (evlink.file(), evlink.station())] {
            let conversion = convert(file.entries(), &model, target);
            for (entry, _) in file.entries() {
                let carried = conversion
                    .lines
                    .iter()
                    .flat_map(|line| &line.origins)
                    .any(|origin| origin.line == entry.line);
                let lost = conversion.lost.iter().any(|lost| lost.origin.line == entry.line);
                assert!(carried != lost, "{entry:?} to {target}");
            }
            for line in &conversion.lines {
                assert!(line.key.read(line.value.as_str().into()).is_some(), "{} to {target}", line.name);
            }
        }
    }
}

#[test]
fn evlink_to_bender() {
    let bytes = fixtures::read("evlink-all.cfg");
    let config = evlink::Config::parse(&bytes);
    let conversion = convert(config.file().entries(), &config.station(), Vendor::Bender);
    let files = conversion.files();
    let files: Vec<_> =
        files.iter().map(|(name, value)| format!("{}: {}", name.unwrap(), value.trim_end())).collect();
    assert_eq!(
        files,
        [
            "FreeCharging_vehicleif: off",
            "OcppWhitelistEnabled_ocpp: off",
            "MeterValueSampleInterval_ocpp: 900",
            "ClockAlignedDataInterval_ocpp: 0",
            "VehicleConnectionTimeout_ocpp: 30",
            "WebsocketKeepAlive_ocpp: 120",
            "SupplyVoltage_vehicleif: 230",
            "ConnectedPhases_vehicleif: 3-phase",
            "PhaseRotation_vehicleif: RST",
            "MaximumCurrent_vehicleif: 32",
            "OperatorCurrentLimit_vehicleif: 32",
            "FeedLineCapacity_energyman: 64",
        ]
    );
}

#[test]
fn amperes_are_rounded_down_and_said_so() {
    let text = b"[CONFIGURATION]\nAmountConnectors=1\nMaxCurrentSerial1=16900\n";
    let config = keba::Config::parse(text);
    let conversion = convert(config.file().entries(), &config.station(), Vendor::Evlink);
    let line = conversion.lines.iter().find(|line| line.name == "currentPH1").unwrap();
    assert_eq!((line.value.as_str(), line.rounded), ("16", true));
}

#[test]
fn values_the_target_refuses_are_lost_with_the_reason() {
    let folder = bender::Folder::parse([("OperatorCurrentLimit_vehicleif", &b"63\n0 0\n"[..])]);
    let conversion = convert(folder.entries(), &folder.station(), Vendor::Evlink);
    assert!(matches!(conversion.lost[0].reason, Reason::Refused { key } if key.name == "maxIntensitySocket"));
    assert_eq!(
        conversion.lost[0].to_string(),
        "OperatorCurrentLimit_vehicleif: `maxIntensitySocket` takes a whole number from 0 to 32 (A)"
    );
}

#[test]
fn there_and_back_again() {
    let bytes = fixtures::read("keba-p30-10000001.conf");
    let config = keba::Config::parse(&bytes);
    let conversion = convert(config.file().entries(), &config.station(), Vendor::Keba);
    let text = &conversion.files()[0].1;
    let again = keba::Config::parse(text.as_bytes());
    let differences: Vec<_> = diff(config.file().entries(), again.file().entries());
    let changed: Vec<_> = differences.iter().filter(|difference| difference.new.is_some()).collect();
    assert_eq!(changed, Vec::<&evkit_config_format::diff::Difference>::new(), "what is carried is the same");
    assert_eq!(conversion.lost.len(), differences.len());
}

#[test]
fn no_output_shows_a_secret() {
    let evlink = fixtures::read("evlink-all.cfg");
    let config = evlink::Config::parse(&evlink);
    let other = String::from_utf8(evlink.clone()).unwrap().replace("0123456789ABCDEF", "AAAABBBBCCCCDDDD");
    let other = evlink::Config::parse(other.as_bytes());
    let differences = diff(config.file().entries(), other.file().entries());
    assert_eq!(differences.len(), 6, "the unset passwords");
    let mut shown = format!("{config:?} {:?} {:?}", config.station(), config.findings());
    for difference in &differences {
        shown += &format!("{difference} {difference:?}");
    }
    for (entry, known) in config.file().entries() {
        shown += &format!("{entry:?} {:?}", known.and_then(|known| known.key.read(entry.value)));
    }
    let keba = fixtures::read("keba-p30-10000001.conf");
    let config = keba::Config::parse(&keba);
    shown += &format!("{config:?} {:?} {:?}", config.station(), config.transfer(1).steps);
    let change = config.file().set(None, "HOTSPOT_KEY", "EXAMPLE-SECRET-1").unwrap();
    shown += &format!("{change:?} {:?}", config.file().set(None, "HOTSPOT_KEY", "EXAMPLE-SECRET-1\n"));
    shown += &format!("{:?} {:?}", evlink::repair(&evlink), Edited::new(&evlink, &[]).unwrap());
    assert_no_secret(&shown);
    let number = |text: &str| text.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    assert!(SECRETS.iter().all(|secret| !shown.contains(&number(secret))), "not as numbers either");
}

#[test]
fn a_bender_folder_for_another_station() {
    let files: [(&str, &[u8]); 6] = [
        ("ChargeBoxIdentity_ocpp", b"PAIR\n0 0\n"),
        ("OperatorCurrentLimit_vehicleif", b"16\n12 ab\n"),
        ("SignaledCurrentLimit_vehicleif", b"16 A\n0 0\n"),
        ("StaticAddress_network", b"192.168.1.20\n0 0\n"),
        ("USB_PASSWORD", b"EXAMPLE-SECRET-1"),
        ("Unknown_web", b"1\n0 0\n"),
    ];
    let (kept, steps) = bender::Folder::parse(files).transfer();
    let kept: Vec<_> = kept.iter().map(|file| (file.name(), file.as_bytes())).collect();
    assert_eq!(kept, [files[1], files[5]], "byte for byte");
    let steps: Vec<_> = steps.iter().map(ToString::to_string).collect();
    assert_eq!(
        steps,
        [
            "1: ChargeBoxIdentity_ocpp removed: it belongs to one station",
            "1: SignaledCurrentLimit_vehicleif removed: the station writes it by itself",
            "1: StaticAddress_network removed: it belongs to one station",
            "1: USB_PASSWORD removed: it belongs to one station",
        ]
    );
}
