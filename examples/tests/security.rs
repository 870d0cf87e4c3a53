//! `csms` and `charge-point` with the four security profiles of OCPP 1.6 (white paper, edition 2), and what happens when
//! something does not fit.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::Program;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// A certificate authority and its folder.
struct Authority {
    folder: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = parameters.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("root.pem"), root.pem()).unwrap();
        Self { folder, issuer: Issuer::new(parameters, key) }
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    /// Files of a certificate and its key.
    fn sign(&self, name: &str) -> [PathBuf; 2] {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        let write = |ending: &str, text: String| {
            let path = self.folder.path().join(format!("{name}.{ending}"));
            std::fs::write(&path, text).unwrap();
            path
        };
        [write("crt", certificate.pem()), write("key", key.serialize_pem())]
    }
}

/// A central system at a free port, and that port.
fn csms(profile: &str, arguments: impl FnOnce(&mut Command)) -> (Program, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_csms"));
    command.args(["--listen", "127.0.0.1:0", "--security-profile", profile]);
    arguments(&mut command);
    let program = Program::start(command);
    let line = program.says("listening at ");
    let port = line.split("127.0.0.1:").nth(1).unwrap().split('/').next().unwrap().to_owned();
    (program, port)
}

/// A station that registers, says goodbye and quits.
fn station(url: &str, folder: &Path, arguments: impl FnOnce(&mut Command)) -> Program {
    let script = folder.join("script.txt");
    std::fs::write(&script, "1 quit\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_charge-point"));
    command.arg(url).args(["--id", "S1", "--script"]).arg(script);
    arguments(&mut command);
    Program::start(command)
}

#[test]
fn profile_1_takes_the_password_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let (central, port) = csms("1", |command| _ = command.args(["--password", "0123456789abcdef"]));
    let url = format!("ws://localhost:{port}/ocpp");
    let wrong = station(&url, folder.path(), |command| _ = command.args(["--password", "fedcba9876543210"]));
    wrong.says("refused with HTTP status 401");
    central.says("S1: refused: wrong or missing password");
    let none = station(&url, folder.path(), |_| {});
    none.says("refused with HTTP status 401");
    let right = station(&url, folder.path(), |command| _ = command.args(["--password", "0123456789abcdef"]));
    right.says("connected to");
    assert_eq!(right.ends(), Some(0));
}

#[test]
fn profile_2_wants_both_sides_to_prove_who_they_are() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let log = authority.folder.path().join("ocpp.jsonl");
    let (central, port) = csms("2", |command| {
        command.arg("--tls").args(authority.sign("localhost"));
        command.args(["--password", "0123456789abcdef", "--log"]).arg(&log);
    });
    let url = format!("wss://localhost:{port}/ocpp");
    let station = |root: PathBuf, password: &str| {
        station(&url, authority.folder.path(), |command| {
            command.args(["--password", password, "--root"]).arg(root);
        })
    };
    station(stranger.root(), "0123456789abcdef").says("TLS: invalid peer certificate");
    central.says("refused: TLS");
    station(authority.root(), "wrong").says("refused with HTTP status 401");
    let right = station(authority.root(), "0123456789abcdef");
    right.says("connected to");
    assert_eq!(right.ends(), Some(0));
    let frames = std::fs::read_to_string(log).unwrap();
    let first: serde_json::Value = serde_json::from_str(frames.lines().next().unwrap()).unwrap();
    assert_eq!((&first["station"], &first["from"]), (&"S1".into(), &"station".into()));
    assert_eq!(first["frame"][2], "BootNotification");
}

#[test]
fn profile_3_wants_a_certificate_of_the_station() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let (central, port) = csms("3", |command| {
        command.arg("--tls").args(authority.sign("localhost")).arg("--station-roots").arg(authority.root());
    });
    let url = format!("wss://localhost:{port}/ocpp");
    let station = |certificate: Option<[PathBuf; 2]>| {
        station(&url, authority.folder.path(), |command| {
            command.arg("--root").arg(authority.root());
            if let Some(certificate) = certificate {
                command.arg("--certificate").args(certificate);
            }
        })
    };
    let _without = station(None);
    central.says("refused: TLS: peer sent no certificates");
    let _unknown = station(Some(stranger.sign("S1")));
    central.says("refused: TLS: invalid peer certificate");
    let right = station(Some(authority.sign("S1")));
    right.says("connected to");
    assert_eq!(right.ends(), Some(0));
}

/// A station that goes on until it is dropped, with a store.
fn lasting_station(url: &str, store: &Path, arguments: impl FnOnce(&mut Command)) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_charge-point"));
    command.arg(url).args(["--id", "S1", "--password", PASSWORD, "--store"]).arg(store);
    arguments(&mut command);
    Program::start(command)
}

const PASSWORD: &str = "0123456789abcdef";

#[test]
fn a_password_changed_over_ocpp_counts_from_then_on() {
    let (store, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut central, port) = csms("1", |command| _ = command.args(["--password", PASSWORD]));
    let url = format!("ws://localhost:{port}/ocpp");
    let first = lasting_station(&url, store.path(), |_| {});
    first.says("registration Accepted");
    central.hears("S1 set AuthorizationKey 000102030405060708090a0b0c0d0e0f10111213\n");
    central.says("ChangeConfiguration: Accepted");
    first.says("connected to");
    first.says("security profile 1 and password work");
    drop(first);
    let old = lasting_station(&url, elsewhere.path(), |_| {});
    old.says("refused with HTTP status 401");
    drop(old);
    // The store knows better than the command line.
    lasting_station(&url, store.path(), |_| {}).says("registration Accepted");
}

#[test]
fn a_raised_profile_counts_from_the_next_restart_on() {
    let (authority, store) = (Authority::new(), tempfile::tempdir().unwrap());
    let (mut plain, port) = csms("1", |command| _ = command.args(["--password", PASSWORD]));
    let (_secure, tls_port) = csms("2", |command| {
        command.arg("--tls").args(authority.sign("localhost")).args(["--password", PASSWORD]);
    });
    let station = || {
        lasting_station(&format!("ws://localhost:{port}/ocpp"), store.path(), |command| {
            command.args(["--secure-url", &format!("wss://localhost:{tls_port}/ocpp")]);
            command.arg("--root").arg(authority.root());
        })
    };
    let first = station();
    first.says("registration Accepted");
    plain.hears("S1 set SecurityProfile 3\n");
    plain.says("ChangeConfiguration: Rejected");
    plain.hears("S1 set SecurityProfile 2\n");
    plain.says("ChangeConfiguration: RebootRequired");
    plain.hears("S1 reset soft\n");
    first.says("connected to wss://");
    first.says("registration Accepted");
    drop(first);
    let connected = station().says("connected to");
    assert!(connected.contains("wss://"), "{connected}");
}

#[test]
fn a_raised_profile_that_does_not_work_is_taken_back() {
    let (authority, stranger, store) = (Authority::new(), Authority::new(), tempfile::tempdir().unwrap());
    let (mut plain, port) = csms("1", |command| _ = command.args(["--password", PASSWORD]));
    // It speaks TLS, and nobody the station trusts has signed for it.
    let (_secure, tls_port) = csms("2", |command| {
        command.arg("--tls").args(stranger.sign("localhost")).args(["--password", PASSWORD]);
    });
    let station = lasting_station(&format!("ws://localhost:{port}/ocpp"), store.path(), |command| {
        command.args(["--secure-url", &format!("wss://localhost:{tls_port}/ocpp")]);
        command.arg("--root").arg(authority.root());
    });
    station.says("registration Accepted");
    plain.hears("S1 set SecurityProfile 2\n");
    plain.says("ChangeConfiguration: RebootRequired");
    plain.hears("S1 reset soft\n");
    station.says("TLS: invalid peer certificate");
    station.says("profile 1 is used again");
    station.says("connected to ws://");
    station.says("registration Accepted");
}

#[test]
fn what_a_profile_needs_is_asked_for_at_once() {
    let refused = |arguments: &[&str], what: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_csms"));
        let program = Program::start({
            command.args(["--listen", "127.0.0.1:0"]).args(arguments);
            command
        });
        program.says(what);
        assert_eq!(program.ends(), Some(2));
    };
    refused(&["--security-profile", "1"], "profile 1 needs --password");
    refused(&["--security-profile", "2", "--password", "x"], "profile 2 needs --tls CERT KEY");
    refused(&["--security-profile", "3"], "profile 3 needs --tls CERT KEY");
    refused(&["--tls", "no.crt", "no.key"], "no.crt: No such file");
}
