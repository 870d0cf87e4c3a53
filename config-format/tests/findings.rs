//! Every check with a text that breaks it and one that does not. The messages are what people read: they are
//! compared letter by letter.
#![cfg(feature = "alloc")]

use evkit_config_format::cards::{self, Cards};
use evkit_config_format::finding::{Check, Finding, Severity};
use evkit_config_format::station::{Neighbour, beside};
use evkit_config_format::{bender, evlink, keba};

mod fixtures;

/// A KEBA file that has all it needs.
const KEBA: &str = "[CONFIGURATION]\nAmountConnectors=2\n\n[LOADMANAGEMENT]\nMaxAvailableCurrent=63000\n";
/// An EVlink file that has all it needs.
const EVLINK: &str = "[ENERGY]\nnbPhase=3\nmaxIntensitySocket=32\nmaxIntensityStation=64\n";

fn texts(findings: &[Finding]) -> Vec<String> {
    findings.iter().map(ToString::to_string).collect()
}

fn keba(text: impl AsRef<[u8]>) -> Vec<String> {
    texts(&keba::Config::parse(text.as_ref()).findings())
}

fn evlink(text: impl AsRef<[u8]>) -> Vec<String> {
    texts(&evlink::Config::parse(text.as_ref()).findings())
}

fn bender(files: &[(&str, &[u8])]) -> Vec<String> {
    texts(&bender::Folder::parse(files.iter().copied()).findings())
}

const NONE: [&str; 0] = [];

#[test]
fn clean_files_have_no_findings() {
    assert_eq!(keba(KEBA), NONE);
    assert_eq!(evlink(EVLINK), NONE);
    assert_eq!(bender(&[("OperatorCurrentLimit_vehicleif", b"16\n1 a\n")]), NONE);
    assert_eq!(keba(fixtures::read("keba-p30-10000001.conf")), NONE);
    assert_eq!(evlink(fixtures::read("evlink-all.cfg")), NONE);
}

#[test]
fn utf_16_is_refused_whole() {
    let file: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("[A]".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let message = ["1:1: error: the file is UTF-16 (little endian, byte order mark FF FE); save it as UTF-8"];
    assert_eq!(keba(&file), message);
    assert_eq!(keba(b"\xfe\xff\0["), [message[0].replace("little", "big").replace("FF FE", "FE FF")]);
    assert_eq!(
        bender(&[("WebUILanguage_web", &file)]),
        [
            "WebUILanguage_web:1:1: note: there is no second line naming the software that wrote the file; controllers seem to accept that",
            "WebUILanguage_web:1:1: error: the file is UTF-16 (little endian, byte order mark FF FE); save it as UTF-8",
        ]
    );
}

#[test]
fn archives_are_not_read_as_text() {
    assert_eq!(evlink(b"PK\x03\x04\0\n=\n"), ["1:1: error: the file is a ZIP archive; unpack it first"]);
    assert_eq!(evlink(b"\x1f\x8b\x08\0"), ["1:1: error: the file is compressed with gzip; unpack it first"]);
    assert_eq!(evlink(format!("{EVLINK}# PK\n")), NONE);
}

#[test]
fn latin_1_and_control_characters() {
    let file =
        [KEBA.as_bytes(), b"[X]\nChargepointLocation=Stra\xdfe\nDirectPaymentLegalText=a\0b\n"].concat();
    assert_eq!(
        keba(file),
        [
            "7:25: warning: byte 0xDF is not UTF-8, so the line was read as Latin-1; save the file as UTF-8",
            "8:25: warning: control character 0x00; delete it",
        ]
    );
    assert_eq!(keba(format!("{KEBA}[X]\nChargepointLocation=Straße\n")), NONE);
}

#[test]
fn lines_that_mean_nothing() {
    assert_eq!(
        keba(format!("{KEBA}LogLevelDebug true\n[NETWORK\n=1\n")),
        [
            "6:1: error: this line means nothing to a station; a line is `[SECTION]`, `key=value` or a comment",
            "7:1: error: this line means nothing to a station; a section heading is `[NAME]` and nothing else",
            "8:1: error: this line means nothing to a station; a key is missing in front of `=`",
        ]
    );
    assert_eq!(keba(format!("{KEBA}# comment\n; comment\n \t\n")), NONE);
}

#[test]
fn duplicates() {
    assert_eq!(
        keba(format!("{KEBA}MaxAvailableCurrent=32000\n[CONFIGURATION]\n")),
        [
            "6:1: error: `MaxAvailableCurrent` stands in line 5 already; which of the two counts is not documented, keep one",
            "7:2: warning: section [CONFIGURATION] stands in line 1 already; move its keys there",
        ]
    );
    let twins = "[REPORT HTTP]\nHttpPort=80\n[UPDATE HTTP]\nHttpPort=80\n";
    assert_eq!(evlink(format!("{EVLINK}{twins}")), NONE, "the same name in two sections is two keys");
}

#[test]
fn unknown_keys_with_the_nearest_name() {
    assert_eq!(
        keba(format!("{KEBA}NominalVotage=230\nTotallyDifferent=1\n")),
        [
            "6:1: warning: unknown key `NominalVotage`; did you mean `NominalVoltage`?",
            "7:1: warning: unknown key `TotallyDifferent`; it is kept as it is",
        ]
    );
}

#[test]
fn other_spellings_and_places() {
    assert_eq!(
        keba(format!(
            "AuthorizationEnabled=true\n{KEBA}ChargepointPort=12801\nmaxcurrentserial2=1\nHOTSPOT SSID=x\n"
        )),
        [
            "1:1: warning: `AuthorizationEnabled` belongs in [CONFIGURATION] but stands before the first section",
            "7:1: warning: `ChargepointPort` belongs in [CONFIGURATION] but stands in [LOADMANAGEMENT]",
            "8:1: warning: `maxcurrentserial2` is written `MaxCurrentSerial2` in a station's file",
            "8:19: error: `maxcurrentserial2` is 0.001 A, but IEC 61851-1 knows no current below 6 A; set at least 6 A",
            "9:1: warning: `HOTSPOT SSID` is written `HOTSPOT_SSID` in a station's file",
        ]
    );
    assert_eq!(
        evlink(EVLINK.replace("nbPhase=3", "nbPhase=3\ncurrentpb1=32")),
        ["3:1: warning: `currentpb1` is written `currentPH1` in a station's file"]
    );
}

#[test]
fn bad_values_and_what_would_be_right() {
    let values = "[X]\nPVEnable=yes\nPVMinShare=101\nAuthorizationModeOnline=FirstRemote\nConnectionTimeOut=60s\nHeartBeatInterval=\n";
    assert_eq!(
        keba(format!("{KEBA}{values}")),
        [
            "7:10: error: `PVEnable` is `yes`; it takes `true` or `false`",
            "8:12: error: `PVMinShare` is `101`; it takes a whole number from 0 to 100 (%)",
            "9:25: error: `AuthorizationModeOnline` is `FirstRemote`; it takes one of FirstLocal, FirstOnline, OnlyLocal",
            "10:19: error: `ConnectionTimeOut` is `60s`; it takes a whole number from 0 to 2147483647 (s)",
            "11:19: error: `HeartBeatInterval` is empty; it takes a whole number from 0 to 2147483647 (s)",
        ]
    );
    assert_eq!(
        evlink(EVLINK.replace("maxIntensitySocket=32", "maxIntensitySocket=  40")),
        ["3:22: error: `maxIntensitySocket` is `40`; it takes a whole number from 0 to 32 (A)"]
    );
    assert_eq!(
        bender(&[("FreeCharging_vehicleif", b"true\r\n0 0\r\n")]),
        ["FreeCharging_vehicleif:1:1: error: `FreeCharging_vehicleif` is `true`; it takes `on` or `off`"]
    );
}

#[test]
fn secrets_are_in_no_message() {
    let secret = "[PROXY]\nproxyPassword=EXAMPLE-SECRET-1\nproxyPasword=EXAMPLE-SECRET-1\nEXAMPLE-SECRET-1\n";
    assert_eq!(
        evlink(format!("{EVLINK}{secret}")),
        [
            "6:15: error: `proxyPassword` has a wrong value; it takes encrypted text: 32, 64 or more hex digits in blocks of 32, or nothing",
            "7:1: warning: unknown key `proxyPasword`; did you mean `proxyPassword`?",
            "8:1: error: this line means nothing to a station; a line is `[SECTION]`, `key=value` or a comment",
        ]
    );
}

#[test]
fn missing_keys() {
    assert_eq!(
        keba("[CONFIGURATION]\nAmountConnectors=1\n\n[LOADMANAGEMENT]\nNominalVoltage=230\n"),
        [
            "4:1: error: `[LOADMANAGEMENT] MaxAvailableCurrent` is missing; it takes a whole number from 0 to 2147483647 (mA)"
        ]
    );
    assert_eq!(bender(&[]), NONE, "a folder may hold any subset");
}

#[test]
fn orphans_of_a_network_that_shrank() {
    assert_eq!(
        keba(fixtures::read("keba-p30.conf")),
        [
            "21:1: warning: `FailsafeCurrentSerial3` is for station 3, but `AmountConnectors` in line 17 is 2; delete it"
        ]
    );
}

#[test]
fn operator_limit_above_installation_limit() {
    let files = |operator| -> [(&str, &[u8]); 2] {
        [("InstallationCurrentLimit_vehicleif", b"20\n0 0\n"), ("OperatorCurrentLimit_vehicleif", operator)]
    };
    assert_eq!(
        bender(&files(b"32\n0 0\n")),
        [
            "OperatorCurrentLimit_vehicleif:1:1: error: `OperatorCurrentLimit_vehicleif` is 32 A, more than the 20 A of InstallationCurrentLimit_vehicleif; set at most 20 A"
        ]
    );
    assert_eq!(bender(&files(b"20\n0 0\n")), NONE);
    let sockets = "[ENERGY]\nnbPhase=3\nmaxIntensitySocket=32\nmaxIntensityStation=20\n";
    assert_eq!(
        evlink(sockets),
        [
            "3:20: error: `maxIntensitySocket` is 32 A, more than the 20 A of [ENERGY] maxIntensityStation, line 4; set at most 20 A"
        ]
    );
}

#[test]
fn one_feed_line_makes_the_installation_limit_the_stations() {
    let files: [(&str, &[u8]); 3] = [
        ("OneFeedLine_energyman", b"on\n0 0\n"),
        ("InstallationCurrentLimit_vehicleif", b"20\n0 0\n"),
        ("OperatorCurrentLimit_2_vehicleif", b"32\n0 0\n"),
    ];
    assert_eq!(bender(&files).len(), 1, "connector 2 must not exceed the station");
    assert_eq!(bender(&files[1..]), NONE, "each connector has an own line");
}

#[test]
fn currents_below_six_amperes() {
    assert_eq!(
        bender(&[
            ("OperatorCurrentLimit_vehicleif", b"5\n0 0\n"),
            ("MinimumCurrentLimit_energyman", b"5\n0 0\n")
        ]),
        [
            "OperatorCurrentLimit_vehicleif:1:1: error: `OperatorCurrentLimit_vehicleif` is 5 A, but IEC 61851-1 knows no current below 6 A; set 0 or at least 6 A",
            "MinimumCurrentLimit_energyman:1:1: error: `MinimumCurrentLimit_energyman` is 5 A, but IEC 61851-1 knows no current below 6 A; set at least 6 A",
        ]
    );
    for stops in ["0", "6"] {
        let file = format!("{stops}\n0 0\n");
        assert_eq!(bender(&[("OperatorCurrentLimit_vehicleif", file.as_bytes())]), NONE);
    }
    assert_eq!(
        keba(format!("{KEBA}FailsafeCurrentSerial1=5900\nFailsafeCurrentSerial2=0\n")),
        [
            "6:24: error: `FailsafeCurrentSerial1` is 5.900 A, but IEC 61851-1 knows no current below 6 A; set 0 or at least 6 A"
        ]
    );
}

#[test]
fn currents_below_the_stations_own_floor() {
    let floor = "[EVLINK ENERGY]\nmonophasedLoadSheddingFloorValue=8\ntriphasedLoadSheddingFloorValue=14\n";
    let socket = |amps| evlink(format!("{}{floor}", EVLINK.replace("Socket=32", amps)));
    assert_eq!(
        socket("Socket=10"),
        [
            "3:20: warning: `maxIntensitySocket` is 10 A, but below the 14 A of [EVLINK ENERGY] triphasedLoadSheddingFloorValue, line 7 nobody charges; set 0 or at least 14 A"
        ]
    );
    assert_eq!(socket("Socket=14"), NONE);
    assert_eq!(socket("Socket=0"), NONE);
}

#[test]
fn disconnected_limits() {
    let network = |first: u32, second: u32| {
        keba(format!(
            "{}FailsafeCurrentSerial1={first}\nFailsafeCurrentSerial2={second}\n",
            KEBA.replace("63000", "40000")
        ))
    };
    assert_eq!(
        network(32_000, 16_000),
        [
            "7:24: error: without master 2 connectors take 48 A together, more than the 40 A of [LOADMANAGEMENT] MaxAvailableCurrent, line 5; set at most 20 A each"
        ]
    );
    assert_eq!(network(24_000, 16_000), NONE);
    let own = |amps: &str| keba(format!("{KEBA}MaxCurrentSerial1=16000\nFailsafeCurrentSerial1={amps}\n"));
    assert_eq!(
        own("20000"),
        [
            "7:24: error: `FailsafeCurrentSerial1` is 20 A, more than the 16 A of [LOADMANAGEMENT] MaxCurrentSerial1, line 6; set at most 16 A"
        ]
    );
    assert_eq!(own("16000"), NONE);
    let pair = |limit: &str| {
        let limit = format!("{limit}\n0 0\n");
        bender(&[
            ("DisconnectedLimit_energyman", b"8\n0 0\n"),
            ("FeedLineCapacity_energyman", limit.as_bytes()),
            ("OperatorCurrentLimit_2_vehicleif", b"8\n0 0\n"),
        ])
    };
    assert_eq!(
        pair("10"),
        [
            "DisconnectedLimit_energyman:1:1: error: without master 2 connectors take 16 A together, more than the 10 A of FeedLineCapacity_energyman; set some to 0"
        ]
    );
    assert_eq!(pair("16"), NONE);
}

#[test]
fn a_dhcp_server_beside_another() {
    let alone = |amount: &str| {
        let file = KEBA.replace("AmountConnectors=2", amount);
        keba(format!("{file}[NETWORK]\nLocalDHCPSEnabled=TRUE\n"))
    };
    assert_eq!(
        alone("AmountConnectors=1"),
        [
            "7:19: error: `LocalDHCPSEnabled` is for the master of a charging network, but `AmountConnectors` in line 2 is 1; beside another DHCP server it gives out the same addresses twice, set FALSE"
        ]
    );
    assert_eq!(alone("AmountConnectors=2"), NONE);
    let router = |gateway: &str| {
        let gateway = format!("{gateway}\n0 0\n");
        bender(&[("Gateway_network", gateway.as_bytes()), ("NetworkMode_network", b"DHCP server\n0 0\n")])
    };
    assert_eq!(
        router("192.168.1.1"),
        [
            "NetworkMode_network:1:1: error: `NetworkMode_network` makes the station a DHCP server, but Gateway_network names a router, and two servers give out the same addresses twice; switch one off"
        ]
    );
    assert_eq!(router("0.0.0.0"), NONE);
}

#[test]
fn stations_of_one_site_against_each_other() {
    let master = format!("{KEBA}[NETWORK]\nLocalDHCPSEnabled=TRUE\n");
    let station = |file: &str| keba::Config::parse(file.as_bytes()).station();
    let mut stations: Vec<_> = [&*master, KEBA, &*master].into_iter().map(station).collect();
    let pair = |identity: &str| {
        let identity = format!("{identity}\n0 0\n");
        let files =
            [("ChargeBoxIdentity_ocpp", identity.as_bytes()), ("StaticAddress_network", b"10.0.0.7\n0 0\n")];
        bender::Folder::parse(files).station()
    };
    stations.extend(["A", "A", "B"].into_iter().map(pair));
    let site: Vec<_> = ["north.conf", "south.conf", "east.conf", "one", "two", "three"]
        .into_iter()
        .zip(&stations)
        .map(|(name, station)| Neighbour { name, station })
        .collect();
    let shown = |site: &[Neighbour<'_>]| -> Vec<String> {
        beside(site).iter().map(|(index, finding)| format!("{} {finding}", site[*index].name)).collect()
    };
    assert_eq!(
        shown(&site),
        [
            "east.conf 7:19: error: `LocalDHCPSEnabled` makes the station a DHCP server, but north.conf is one already; only one of a network may be",
            "two StaticAddress_network:1:1: error: `StaticAddress_network` is `10.0.0.7`, which one has already; give each its own",
            "two ChargeBoxIdentity_ocpp:1:1: error: `ChargeBoxIdentity_ocpp` is `A`, which one has already; give each its own",
            "three StaticAddress_network:1:1: error: `StaticAddress_network` is `10.0.0.7`, which one has already; give each its own",
        ]
    );
    assert_eq!(shown(&site[..2]), NONE);
}

#[test]
fn addresses_of_a_network() {
    let network = |address: &str, mask: &str, gateway: &str| {
        let files = [address, mask, gateway].map(|value| format!("{value}\n0 0\n"));
        bender(&[
            ("StaticAddress_network", files[0].as_bytes()),
            ("Netmask_network", files[1].as_bytes()),
            ("Gateway_network", files[2].as_bytes()),
        ])
    };
    assert_eq!(network("192.168.1.20", "255.255.255.0", "192.168.1.1"), NONE);
    assert_eq!(
        network("192.168.1.20", "255.255.255.0", "192.168.2.1"),
        [
            "Gateway_network:1:1: error: `Gateway_network` is `192.168.2.1`, which the station cannot reach from its network 192.168.1.0/24; name an address of that network"
        ]
    );
    assert_eq!(
        network("192.168.1.20", "255.0.255.0", "192.168.1.1"),
        [
            "Netmask_network:1:1: error: `Netmask_network` is `255.0.255.0`, which is no mask: all ones stand in front of all zeros; 255.255.255.0 is usual"
        ]
    );
    assert_eq!(
        network("172.16.23.20", "255.255.255.0", "172.16.23.1"),
        [
            "StaticAddress_network:1:1: error: `StaticAddress_network` is `172.16.23.20`, but the station uses 172.16.23.x for its own DHCP server; choose another network"
        ]
    );
    let meter = |address| keba(format!("{KEBA}ExternalMeterHomegridIpAddress={address}\n"));
    assert_eq!(
        meter("192.168.25.9"),
        [
            "6:32: error: `ExternalMeterHomegridIpAddress` is `192.168.25.9`, but the station uses 192.168.25.x for addressing by DIP switch; choose another network"
        ]
    );
    assert_eq!(meter("192.168.26.9"), NONE);
}

#[test]
fn the_scheme_of_an_address_and_the_ocpp_version() {
    let address =
        |version, url| evlink(format!("{EVLINK}[OCPP]\nocppVersion={version}\nocppCentralAddress={url}\n"));
    assert_eq!(
        address("1.6", "http://csms.example.invalid/"),
        [
            "7:20: error: `ocppCentralAddress` starts with http://, but [OCPP] ocppVersion, line 6 asks for ws:// or wss://"
        ]
    );
    for (version, url) in [("1.6", "wss://h/"), ("1.5", "http://h/"), ("1.5", "ws://h/")] {
        assert_eq!(address(version, url), NONE, "{version} {url}");
    }
    let url = |mode: &[u8], name, url: &[u8]| bender(&[("OcppMode_ocpp", mode), (name, url)]);
    assert_eq!(
        url(b"OCPP-J 1.6\n0 0\n", "SoapUrl_ocpp", b"http://h/\n0 0\n"),
        [
            "SoapUrl_ocpp:1:1: error: `SoapUrl_ocpp` starts with http://, but OcppMode_ocpp asks for ws:// or wss://"
        ]
    );
    assert_eq!(url(b"OCPP-S 1.5\n0 0\n", "SoapUrl_ocpp", b"http://h/\n0 0\n"), NONE);
    let both: [(&str, &[u8]); 3] = [
        ("OcppMode_ocpp", b"OCPP-S 1.6\n0 0\n"),
        ("SoapUrl_ocpp", b"http://soap/\n0 0\n"),
        ("WebsocketUrl_ocpp", b"ws://json/\n0 0\n"),
    ];
    assert_eq!(bender(&both), NONE, "the address of the chosen mode counts");
    let back_end = |lines| keba(format!("{KEBA}[CONFIGURATION X]\n{lines}"));
    let wrong: Vec<_> =
        back_end("CentralSystemAddress=ws://h/\nSecurityProfile=2\nSetSecureOutgoingConnection=false\n");
    assert_eq!(
        wrong.iter().filter(|text| text.contains("error")).collect::<Vec<_>>(),
        [
            "7:22: error: `CentralSystemAddress` is a host name or address alone; port, path and encryption are keys of their own",
            "8:17: error: `SecurityProfile` 2 is TLS, but [CONFIGURATION X] SetSecureOutgoingConnection, line 9 switches it off; switch it on",
        ]
    );
    let right = back_end("CentralSystemAddress=h\nSecurityProfile=2\nSetSecureOutgoingConnection=true\n");
    assert!(right.iter().all(|text| !text.contains("error")), "{right:?}");
}

#[test]
fn names() {
    let identity = |name| evlink(format!("{EVLINK}[OCPP]\nboxIdentity={name}\n"));
    assert_eq!(
        identity("DEPOT:1"),
        ["6:13: error: `boxIdentity` holds `:`, which an identity at a back end may not; leave it out"]
    );
    assert_eq!(identity("+49*839*0000000001"), NONE);
    let station = |name| evlink(format!("{EVLINK}[FUNCTIONAL]\nstationName={name}\n"));
    assert_eq!(
        station("Depot"),
        [
            "6:13: error: `stationName` is `Depot`; it takes a name of at most 30 of the characters A-Z, 0-9, blank and +, or nothing"
        ]
    );
    assert_eq!(station("DEPOT 1+2"), NONE);
}

#[test]
fn display_texts() {
    let text = |text| keba(format!("{KEBA}DisplayTextCharging='en','{text}',1,10,0\n"));
    let takes =
        "`'en','text',0,5,5` with a text of at most 20 plain characters and without the units Wh and kWh";
    for wrong in ["Charging since {0} h ago", "Lädt", "{0} kWh so far", "3 Wh"] {
        let message =
            format!("6:21: error: `DisplayTextCharging` is `'en','{wrong}',1,10,0`; it takes {takes}");
        assert_eq!(text(wrong), [message]);
    }
    for right in ["Charging, please wait", "Charging$now"].map(|text| &text[..text.len().min(20)]) {
        assert_eq!(text(right), NONE);
    }
}

#[test]
fn passwords_by_the_vendors_rules() {
    let login = |lines| keba(format!("{KEBA}{lines}\n"));
    assert_eq!(
        login("GsmApnUsername=x\nGsmApnPassword=y\nAuthorizationKey=short"),
        [
            "6:16: error: `GsmApnUsername` is `x`; it takes text of at least 2 characters, or nothing",
            "7:16: error: `GsmApnPassword` has a wrong value; it takes text of at least 2 characters, or nothing",
            "8:18: error: `AuthorizationKey` has a wrong value; it takes text of 16 to 40 characters, or nothing",
        ]
    );
    assert_eq!(login("GsmApnUsername=ab\nGsmApnPassword=cd\nAuthorizationKey=0123456789ABCDEF"), NONE);
}

#[test]
fn default_passwords_still_set() {
    let key = |key| keba(format!("{KEBA}GsmSimPin={key}\nChargeBoxIdentity=DEPOT-1\n"));
    let only = |texts: Vec<String>| texts.into_iter().find(|text| text.contains("GsmSimPin"));
    let why = |why| Some(format!("6:11: warning: `GsmSimPin` is {why}; choose another"));
    assert_eq!(only(key("PassWord")), why("a word that everybody tries first"));
    assert_eq!(only(key("depot-1")), why("a name of the station"));
    for digits in ["1234", "0000", "98765"] {
        assert_eq!(only(key(digits)), why("digits that everybody tries first"));
    }
    for chosen in ["4711", "1235", "correct horse"] {
        assert_eq!(only(key(chosen)), None, "{chosen}");
    }
    let file = String::from_utf8(fixtures::read("evlink-all.cfg")).unwrap();
    let on = file.replace("FtpAuthent=false", "FtpAuthent=true");
    assert_ne!(on, file);
    assert_eq!(
        evlink(on),
        [
            "186:13: warning: `FtpPassword` is the same as those of logins that are off, so nobody has set it; set one or switch the login off"
        ]
    );
}

#[test]
fn tokens_nobody_has_chosen() {
    let keba_token = |on: &str, token: &str| {
        let lines = format!(
            "AuthorizationEnabled={on}\nCentralSystemAddress=h\nDefaultTokenID={token}\nAmountConnectors=1\n"
        );
        keba(format!("[CONFIGURATION]\n{lines}[LOADMANAGEMENT]\nMaxAvailableCurrent=63000\n"))
    };
    assert_eq!(
        keba_token("false", "predefinedTokenId"),
        [
            "4:16: warning: [CONFIGURATION] AuthorizationEnabled, line 2 lets everybody charge, but `DefaultTokenID` is `predefinedTokenId`, which every station has; choose a token that the back end knows"
        ]
    );
    assert_eq!(keba_token("false", "DEPOT"), NONE);
    assert_eq!(keba_token("true", "predefinedTokenId"), NONE);
    let evlink_token = |tag| {
        let lines = format!("authenticationMode=0\n[OCPP]\nocppCentralAddress=ws://h/\ndefaultIdTag={tag}\n");
        evlink(format!("{EVLINK}[AUTHENTICATION]\n{lines}"))
    };
    assert_eq!(
        evlink_token("UNDEFINED"),
        [
            "6:20: warning: [AUTHENTICATION] authenticationMode, line 6 lets everybody charge, but `defaultIdTag` is not set; choose a token that the back end knows"
        ]
    );
    assert_eq!(evlink_token("DEPOT"), NONE);
}

#[test]
fn card_lists() {
    let findings = |list: &str| texts(&Cards::parse(list.as_bytes(), &cards::EVLINK).findings());
    assert_eq!(
        findings("number;id;type;comment\n1;E2EB1C02;User;\"gate 2\n2;0A0E9B83;User;a;b\n"),
        [
            "2:17: error: a quotation mark opens here and does not close on this line; close it or double it",
            "3:1: error: this record has 5 fields, the heading 4; quote fields that hold the separator",
        ]
    );
    assert_eq!(
        findings("a;b\n"),
        ["1:1: error: no column of this heading is known to hold identifiers; name it `UID` or `Id`"]
    );
    for (name, layout) in [
        ("keba-rfid-cards.csv", cards::KEBA),
        ("evlink-badges.csv", cards::EVLINK),
        ("bender-whitelist-export.csv", cards::BENDER),
    ] {
        assert_eq!(texts(&Cards::parse(&fixtures::read(name), &layout).findings()), NONE, "{name}");
    }
}

#[test]
fn damaged_samples() {
    assert_eq!(
        keba(fixtures::read("keba-p30-spaced-crlf.conf")),
        [
            "9:1: error: `MaxAvailableCurrent` stands in line 8 already; which of the two counts is not documented, keep one",
            "13:1: warning: `HOTSPOT SSID` is written `HOTSPOT_SSID` in a station's file",
        ]
    );
    let files = fixtures::files("bender-sw_config");
    let files: Vec<_> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    assert_eq!(
        bender(&files),
        [
            "FLLFillMode_fll:1:1: note: there is no second line naming the software that wrote the file; controllers seem to accept that"
        ]
    );
}

#[test]
fn severities_are_data() {
    assert_eq!((Check::UnknownKey.name(), Check::UnknownKey.severity()), ("unknown-key", Severity::Warning));
    assert!(Severity::Error > Severity::Warning && Severity::Warning > Severity::Note);
}
