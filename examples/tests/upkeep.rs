//! What the station program does about itself when the central system asks: restart, logs, firmware, certificates, and
//! what ends a session by the maker's stop mode. In virtual time, the central system being this file.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use evkit_examples::net::transfer;
use evkit_examples::password::Password;
use evkit_examples::plant::{Car, CarModel};
use evkit_examples::station::certificates::CertificateStore;
use evkit_examples::station::config::{StationConfig, Vendor};
use evkit_examples::station::credentials::{Access, Credentials, Equipment};
use evkit_examples::station::store::Store;
use evkit_examples::station::{Start, Station, start};
use evkit_rfid::{StopMode, Uid};
use rcgen::{BasicConstraints, CertificateParams, CertificateSigningRequestParams, IsCa, Issuer, KeyPair};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};

const CARD: &str = "04A224B25C6480";

const CAR: CarModel = CarModel {
    phases: 3,
    max_ma: 16_000,
    needs_mwh: 40_000_000,
    reaction_ms: 500,
    ramp_ma_per_s: 16_000,
    needs_ventilation: false,
};

/// A station and its central system.
struct Bench {
    station: Box<dyn Station>,
    now_ms: u64,
    /// Calls of the station: action and payload.
    calls: Vec<(String, Value)>,
    answers: HashMap<String, Value>,
    errands: u32,
}

fn epoch() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

impl Bench {
    fn new(stop: StopMode) -> Self {
        Self::with(stop, Store::memory(), Credentials::none())
    }

    fn with(stop: StopMode, store: Store, credentials: Credentials) -> Self {
        let mut config = StationConfig::plain("S1", 1);
        config.vendor = Vendor::Bender;
        config.policy.stop = stop;
        let start_up = Start {
            config,
            volts: 230,
            nonce: 1,
            store,
            certificates: CertificateStore::memory(),
            credentials,
            watchdog: Duration::ZERO,
        };
        let station = start(0, start_up).unwrap();
        let mut bench = Self { station, now_ms: 0, calls: Vec::new(), answers: HashMap::new(), errands: 0 };
        bench.station.handle_open(0);
        bench.wait(1_000);
        bench
    }

    /// With a transaction that has drawn energy.
    fn charging(stop: StopMode) -> Self {
        let mut bench = Self::new(stop);
        bench.start(CAR);
        bench.wait(60_000);
        assert_eq!(bench.count("StartTransaction"), 1);
        bench
    }

    /// A car is plugged in and a card shown.
    fn start(&mut self, car: CarModel) {
        self.station.plug(1, Car::new(car));
        self.wait(1_000);
        self.card();
    }

    fn card(&mut self) {
        self.station.present_card(self.now_ms, 1, Uid::parse(CARD).unwrap());
    }

    /// Lets time pass; does errands, and restarts the station when it wants to be.
    fn wait(&mut self, ms: u64) {
        for _ in 0..ms / 100 {
            self.now_ms += 100;
            self.station.step(self.now_ms, 100);
            self.station.set_offer(self.now_ms, 1, 16_000);
            self.station.handle_timeout(self.now_ms);
            self.talk();
            while let Some(errand) = self.station.poll_errand(self.now_ms) {
                self.errands += 1;
                self.station.handle_outcome(self.now_ms, transfer::run(&errand));
            }
            if self.station.wants_restart(self.now_ms) {
                self.station.handle_close(self.now_ms);
                self.station.restart(self.now_ms);
                self.station.handle_open(self.now_ms);
            }
        }
    }

    fn utc(&self) -> DateTime<Utc> {
        epoch() + TimeDelta::milliseconds(i64::try_from(self.now_ms).unwrap())
    }

    fn talk(&mut self) {
        while let Some(frame) = self.station.poll_transmit(self.now_ms) {
            let frame: Value = serde_json::from_str(&frame).unwrap();
            let id = frame[1].as_str().unwrap().to_owned();
            if frame[0] != 2 {
                self.answers.insert(id, frame[2].clone());
                continue;
            }
            let action = frame[2].as_str().unwrap().to_owned();
            let answer = match action.as_str() {
                "BootNotification" => {
                    json!({"status": "Accepted", "currentTime": self.utc(), "interval": 300})
                }
                "Heartbeat" => json!({"currentTime": self.utc()}),
                "Authorize" => json!({"idTagInfo": {"status": "Accepted"}}),
                "StartTransaction" => json!({"transactionId": 7, "idTagInfo": {"status": "Accepted"}}),
                "SignCertificate" => json!({"status": "Accepted"}),
                _ => json!({}),
            };
            self.calls.push((action, frame[3].clone()));
            self.station.handle_frame(self.now_ms, &json!([3, id, answer]).to_string());
        }
    }

    /// Calls the station.
    fn call(&mut self, action: &str, payload: &Value) -> Value {
        let id = format!("c{}", self.answers.len());
        self.station.handle_frame(self.now_ms, &json!([2, id, action, payload]).to_string());
        self.talk();
        self.answers[&id].clone()
    }

    fn count(&self, action: &str) -> usize {
        self.calls.iter().filter(|(called, _)| called == action).count()
    }

    fn position(&self, action: &str) -> usize {
        self.calls.iter().rposition(|(called, _)| called == action).unwrap()
    }

    /// The statuses the station has told by this action.
    fn statuses(&self, action: &str) -> Vec<&str> {
        let told = self.calls.iter().filter(|(called, _)| called == action);
        told.map(|(_, payload)| payload["status"].as_str().unwrap()).collect()
    }

    fn stop(&self) -> Option<&Value> {
        self.calls.iter().find(|(called, _)| called == "StopTransaction").map(|(_, payload)| payload)
    }
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

// ---- restart ----

#[test]
fn a_soft_reset_tells_the_end_of_the_transaction_first() {
    let mut bench = Bench::charging(StopMode::Normal);
    assert_eq!(bench.call("Reset", &json!({"type": "Soft"})), json!({"status": "Accepted"}));
    bench.wait(20_000);
    assert_eq!(bench.stop().unwrap()["reason"], "SoftReset");
    assert_eq!(bench.count("BootNotification"), 2);
    assert!(bench.position("StopTransaction") < bench.position("BootNotification"));
    let (_, event) = &bench.calls[bench.position("SecurityEventNotification")];
    assert_eq!((&event["type"], &event["techInfo"]), (&json!("ResetOrReboot"), &json!("soft reset")));
    // It works as before: the same card charges again.
    bench.card();
    bench.wait(10_000);
    assert_eq!((bench.count("StartTransaction"), bench.count("StopTransaction")), (2, 1));
}

#[test]
fn a_hard_reset_does_not_wait_and_loses_nothing() {
    let mut bench = Bench::charging(StopMode::Normal);
    assert_eq!(bench.call("Reset", &json!({"type": "Hard"})), json!({"status": "Accepted"}));
    bench.wait(20_000);
    assert_eq!((bench.count("BootNotification"), bench.count("StopTransaction")), (2, 1));
    let stop = bench.stop().unwrap();
    assert_eq!(stop["reason"], "HardReset");
    assert!(stop["meterStop"].as_i64() > Some(100), "{stop}");
}

#[test]
fn nobody_starts_while_a_restart_is_due() {
    let mut bench = Bench::charging(StopMode::Normal);
    bench.call("Reset", &json!({"type": "Soft"}));
    let answer = bench.call("RemoteStartTransaction", &json!({"connectorId": 1, "idTag": "A"}));
    assert_eq!(answer, json!({"status": "Rejected"}));
}

// ---- logs ----

#[test]
fn diagnostics_are_uploaded_and_told_step_by_step() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::charging(StopMode::Normal);
    let answer = bench.call("GetDiagnostics", &json!({"location": url(folder.path())}));
    assert_eq!(answer, json!({"fileName": "S1-diagnostics.txt"}));
    bench.wait(2_000);
    assert_eq!(bench.statuses("DiagnosticsStatusNotification"), ["Uploading", "Uploaded"]);
    let text = std::fs::read_to_string(folder.path().join("S1-diagnostics.txt")).unwrap();
    assert!(text.contains("#1 transaction started"), "{text}");
    // Only what was written in the time asked for.
    let later = json!({"location": url(folder.path()), "startTime": bench.utc() + TimeDelta::days(1)});
    bench.call("GetDiagnostics", &later);
    bench.wait(2_000);
    let text = std::fs::read_to_string(folder.path().join("S1-diagnostics.txt")).unwrap();
    assert!(!text.contains("transaction started"), "{text}");
}

#[test]
fn an_upload_is_tried_as_often_as_asked_for() {
    let mut bench = Bench::new(StopMode::Normal);
    let request = json!({"location": "ftp://nowhere/", "retries": 2, "retryInterval": 5});
    bench.call("GetDiagnostics", &request);
    bench.wait(9_000);
    assert_eq!((bench.errands, bench.statuses("DiagnosticsStatusNotification").len()), (2, 1));
    bench.wait(3_000);
    assert_eq!(bench.statuses("DiagnosticsStatusNotification"), ["Uploading", "UploadFailed"]);
    bench.wait(60_000);
    assert_eq!(bench.errands, 3);
}

#[test]
fn the_security_log_has_the_events_and_names_its_request() {
    let folder = tempfile::tempdir().unwrap();
    let mut bench = Bench::new(StopMode::Normal);
    bench.call("Reset", &json!({"type": "Soft"}));
    bench.wait(5_000);
    let log = json!({"remoteLocation": url(folder.path())});
    let answer = bench.call("GetLog", &json!({"log": log, "logType": "SecurityLog", "requestId": 5}));
    assert_eq!(answer, json!({"status": "Accepted", "filename": "S1-security.txt"}));
    bench.wait(2_000);
    assert_eq!(bench.statuses("LogStatusNotification"), ["Uploading", "Uploaded"]);
    assert_eq!(bench.calls[bench.position("LogStatusNotification")].1["requestId"], 5);
    let text = std::fs::read_to_string(folder.path().join("S1-security.txt")).unwrap();
    assert!(text.contains("ResetOrReboot soft reset"), "{text}");
}

// ---- firmware ----

#[test]
fn firmware_is_fetched_at_its_time_and_installed_when_nobody_charges() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("image"), b"firmware").unwrap();
    let mut bench = Bench::charging(StopMode::Normal);
    let at = bench.utc() + TimeDelta::seconds(30);
    let location = url(&folder.path().join("image"));
    let answer = bench.call("UpdateFirmware", &json!({"location": location, "retrieveDate": at}));
    assert_eq!(answer, json!({}));
    bench.wait(29_000);
    assert_eq!(bench.errands, 0);
    bench.wait(5_000);
    assert_eq!(bench.statuses("FirmwareStatusNotification"), ["Downloading", "Downloaded"]);
    bench.card();
    bench.wait(10_000);
    let told = bench.statuses("FirmwareStatusNotification");
    assert_eq!(told, ["Downloading", "Downloaded", "Installing", "Installed"]);
    assert!(bench.position("StopTransaction") < bench.position("FirmwareStatusNotification"));
}

#[test]
fn firmware_that_is_not_there_is_told() {
    let mut bench = Bench::new(StopMode::Normal);
    let request = json!({"location": "file:///no/such/file", "retrieveDate": epoch()});
    bench.call("UpdateFirmware", &request);
    bench.wait(2_000);
    assert_eq!(bench.statuses("FirmwareStatusNotification"), ["Downloading", "DownloadFailed"]);
}

/// PEM of a root, and what signs with it.
fn authority() -> (String, Issuer<'static, KeyPair>) {
    let key = KeyPair::generate().unwrap();
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let pem = parameters.self_signed(&key).unwrap().pem();
    (pem, Issuer::new(parameters, key))
}

#[test]
fn signed_firmware_is_installed_only_if_the_maker_signed_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("image"), b"firmware").unwrap();
    let ((root, maker), (_, stranger)) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let certificate =
        |issuer: &Issuer<'_, KeyPair>| CertificateParams::default().signed_by(&key, issuer).unwrap().pem();
    let random = SystemRandom::new();
    let signer =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, key.serialized_der(), &random).unwrap();
    let signature = |content: &[u8]| STANDARD.encode(signer.sign(&random, content).unwrap());
    let mut bench = Bench::new(StopMode::Normal);
    let install = json!({"certificateType": "ManufacturerRootCertificate", "certificate": root});
    assert_eq!(bench.call("InstallCertificate", &install), json!({"status": "Accepted"}));
    let update = |bench: &mut Bench, request_id: i64, issuer: &Issuer<'_, KeyPair>, signature: String| {
        let firmware = json!({
            "location": url(&folder.path().join("image")), "retrieveDateTime": epoch(),
            "signingCertificate": certificate(issuer), "signature": signature,
        });
        let answer =
            bench.call("SignedUpdateFirmware", &json!({"requestId": request_id, "firmware": firmware}));
        bench.wait(5_000);
        let told = bench.calls.iter().filter(|(_, payload)| payload["requestId"] == request_id);
        let told: Vec<String> =
            told.map(|(_, payload)| payload["status"].as_str().unwrap().to_owned()).collect();
        (answer["status"].as_str().unwrap().to_owned(), told.join(" "))
    };
    let (answer, told) = update(&mut bench, 1, &maker, signature(b"firmware"));
    assert_eq!(answer, "Accepted");
    assert_eq!(told, "Downloading Downloaded SignatureVerified Installing Installed");
    let (answer, told) = update(&mut bench, 2, &maker, signature(b"something else"));
    assert_eq!((answer.as_str(), told.as_str()), ("Accepted", "Downloading Downloaded InvalidSignature"));
    let (answer, told) = update(&mut bench, 3, &stranger, signature(b"firmware"));
    assert_eq!((answer.as_str(), told.as_str()), ("InvalidCertificate", ""));
}

// ---- certificates ----

#[test]
fn roots_are_installed_listed_and_deleted() {
    let (root, _) = authority();
    let usage = json!({"certificateType": "CentralSystemRootCertificate"});
    let mut bench = Bench::new(StopMode::Normal);
    assert_eq!(bench.call("GetInstalledCertificateIds", &usage), json!({"status": "NotFound"}));
    let install = |pem: &str| json!({"certificateType": "CentralSystemRootCertificate", "certificate": pem});
    assert_eq!(bench.call("InstallCertificate", &install("nothing")), json!({"status": "Rejected"}));
    assert_eq!(bench.call("InstallCertificate", &install(&root)), json!({"status": "Accepted"}));
    let listed = bench.call("GetInstalledCertificateIds", &usage);
    let id = &listed["certificateHashData"][0];
    assert_eq!(id["issuerNameHash"].as_str().unwrap().len(), 64, "{listed}");
    let delete = json!({"certificateHashData": id});
    assert_eq!(bench.call("DeleteCertificate", &delete), json!({"status": "Accepted"}));
    assert_eq!(bench.call("DeleteCertificate", &delete), json!({"status": "NotFound"}));
}

#[test]
fn a_new_certificate_is_asked_for_and_taken() {
    let (root, issuer) = authority();
    let mut bench = Bench::new(StopMode::Normal);
    let install = json!({"certificateType": "CentralSystemRootCertificate", "certificate": root});
    bench.call("InstallCertificate", &install);
    let trigger = json!({"requestedMessage": "SignChargePointCertificate"});
    assert_eq!(bench.call("ExtendedTriggerMessage", &trigger), json!({"status": "Accepted"}));
    bench.wait(1_000);
    let request = bench.calls[bench.position("SignCertificate")].1["csr"].as_str().unwrap().to_owned();
    let request = CertificateSigningRequestParams::from_pem(&request).unwrap();
    let chain = request.signed_by(&issuer).unwrap().pem();
    let signed = |chain: &str| json!({"certificateChain": chain});
    let other = CertificateParams::default().signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem();
    assert_eq!(bench.call("CertificateSigned", &signed(&other)), json!({"status": "Rejected"}));
    assert_eq!(bench.call("CertificateSigned", &signed(&chain)), json!({"status": "Accepted"}));
}

// ---- configuration ----

#[test]
fn what_the_central_system_configures_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let bench = || Bench::with(StopMode::Normal, Store::open(folder.path()).unwrap(), Credentials::none());
    let value = |bench: &mut Bench| {
        let answer = bench.call("GetConfiguration", &json!({"key": ["MeterValuesSampledData"]}));
        answer["configurationKey"][0]["value"].as_str().unwrap().to_owned()
    };
    let mut first = bench();
    assert!(value(&mut first).contains("Power.Active.Import"), "the program's own choice");
    let wanted = json!({"key": "MeterValuesSampledData", "value": "Voltage"});
    assert_eq!(first.call("ChangeConfiguration", &wanted), json!({"status": "Accepted"}));
    first.call("Reset", &json!({"type": "Soft"}));
    first.wait(10_000);
    assert_eq!((first.count("BootNotification"), value(&mut first).as_str()), (2, "Voltage"));
    drop(first);
    assert_eq!(value(&mut bench()), "Voltage");
}

const PASSWORDS: [&str; 2] = ["0123456789abcdef", "fedcba9876543210"];

fn with_password() -> Credentials {
    let password = Some(Password(PASSWORDS[0].into()));
    Credentials::new(Access { profile: 1, password }, Equipment::default())
}

#[test]
fn a_new_password_wants_a_new_connection_and_is_given_up_if_it_does_not_work() {
    let mut bench = Bench::with(StopMode::Normal, Store::memory(), with_password());
    let shown = |bench: &Bench| String::from_utf8(bench.station.access().password.unwrap().0).unwrap();
    let key = |key: &str| json!({"key": "AuthorizationKey", "value": key});
    assert_eq!(bench.call("ChangeConfiguration", &key("short")), json!({"status": "Rejected"}));
    assert!(!bench.station.wants_reconnect());
    assert_eq!(bench.call("ChangeConfiguration", &key(PASSWORDS[1])), json!({"status": "Accepted"}));
    assert!(bench.station.wants_reconnect());
    bench.station.handle_close(bench.now_ms);
    assert!(!bench.station.wants_reconnect());
    for attempt in 1..=3 {
        assert_eq!(shown(&bench), PASSWORDS[1], "attempt {attempt}");
        bench.station.handle_failure(bench.now_ms);
    }
    assert_eq!(shown(&bench), PASSWORDS[0]);
    // The next one works, and the one before is never used again.
    bench.station.handle_open(bench.now_ms);
    bench.wait(1_000);
    bench.call("ChangeConfiguration", &key(PASSWORDS[1]));
    bench.station.handle_close(bench.now_ms);
    bench.station.handle_open(bench.now_ms);
    bench.station.handle_close(bench.now_ms);
    for _ in 0..10 {
        bench.station.handle_failure(bench.now_ms);
    }
    assert_eq!(shown(&bench), PASSWORDS[1]);
}

#[test]
fn a_profile_is_raised_with_the_next_restart_and_sinks_back_if_it_does_not_work() {
    let equipment = Equipment { tls: true, root: true, certificate: false };
    let access = Access { profile: 1, password: Some(Password(PASSWORDS[0].into())) };
    let mut bench = Bench::with(StopMode::Normal, Store::memory(), Credentials::new(access, equipment));
    let profile = |value: &str| json!({"key": "SecurityProfile", "value": value});
    let raise = |bench: &mut Bench, value| bench.call("ChangeConfiguration", &profile(value));
    assert_eq!(raise(&mut bench, "3"), json!({"status": "Rejected"}));
    assert_eq!(raise(&mut bench, "2"), json!({"status": "RebootRequired"}));
    assert_eq!(bench.station.access().profile, 1);
    bench.station.handle_close(bench.now_ms);
    bench.station.restart(bench.now_ms);
    for _ in 0..3 {
        assert_eq!(bench.station.access().profile, 2);
        bench.station.handle_failure(bench.now_ms);
    }
    assert_eq!(bench.station.access().profile, 1);
    bench.station.handle_open(bench.now_ms);
    bench.wait(1_000);
    assert_eq!(raise(&mut bench, "1"), json!({"status": "RebootRequired"}), "the key is 1 again");
    assert_eq!(raise(&mut bench, "0"), json!({"status": "Rejected"}), "it never sinks");
}

// ---- stop modes ----

/// Bender, "Stop Transaction Mode". A residual current is decided about like state D; no breaker of this simulation
/// trips.
#[test]
fn stop_modes() {
    for (mode, [by_plug, by_card, by_remote, by_state_d]) in [
        ("Normal", [true, true, true, false]),
        ("Stop only by unplug", [true, false, false, false]),
        ("Stop only by RFID/RemoteStop", [false, true, true, false]),
        ("Normal + Mode D + RCD detected", [true, true, true, true]),
    ] {
        let charging = || Bench::charging(StopMode::from_word(mode).unwrap());
        let stopped = |bench: &mut Bench| {
            bench.wait(10_000);
            bench.stop().is_some()
        };
        let mut bench = charging();
        bench.station.unplug(1);
        assert_eq!(stopped(&mut bench), by_plug, "{mode}: plug");
        let mut bench = charging();
        bench.card();
        assert_eq!(stopped(&mut bench), by_card, "{mode}: card");
        let mut bench = charging();
        let answer = bench.call("RemoteStopTransaction", &json!({"transactionId": 7}));
        assert_eq!(answer["status"], if by_remote { "Accepted" } else { "Rejected" }, "{mode}");
        assert_eq!(stopped(&mut bench), by_remote, "{mode}: remote stop");
        let mut bench = Bench::new(StopMode::from_word(mode).unwrap());
        bench.start(CarModel { needs_ventilation: true, ..CAR });
        assert_eq!(stopped(&mut bench), by_state_d, "{mode}: state D");
        assert_eq!(bench.count("StartTransaction"), 1, "{mode}");
    }
}
