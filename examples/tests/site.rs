//! The main job as its users run it: the program, its files, its exit status.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn site(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_site")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The built-in site in a folder of its own, so that its files can be broken.
fn copy_of_the_site() -> (tempfile::TempDir, PathBuf) {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &target);
            } else {
                std::fs::copy(entry.path(), target).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let site = folder.path().join("site");
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("site"), &site);
    (folder, site)
}

#[test]
fn a_run_keeps_every_limit_and_leaves_four_files() {
    let out = tempfile::tempdir().unwrap();
    let output = site(&["--minutes", "48", "--out", out.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}{}", text(&output.stdout), text(&output.stderr));
    let read = |name: &str| std::fs::read_to_string(out.path().join(name)).unwrap();

    // The files alone show it: no phase of no node above its limit, by the draws that were logged.
    let (mut decisions, mut managed) = (0, 0);
    for line in read("dlm.jsonl").lines() {
        let decision: serde_json::Value = serde_json::from_str(line).unwrap();
        decisions += 1;
        check_limits(&decision, "limit_mA");
        // The energy manager's limit of four minutes, once the cars have had time to follow.
        let time = decision["time"].as_str().unwrap();
        if ("2026-03-02T07:00:10".."2026-03-02T07:04:00").contains(&time) {
            assert_eq!(decision["nodes"][0]["target_mA"][0], 70_000, "{time}");
            check_limits(&decision, "target_mA");
            managed += usize::from(line.contains("(energy management)"));
        }
    }
    assert!(
        decisions > 48 && managed > 4,
        "{decisions} decisions, {managed} with the energy manager's limit"
    );

    let frames: Vec<serde_json::Value> =
        read("ocpp.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let calls = |action: &str| frames.iter().filter(|f| f["frame"][2] == action).count();
    for action in [
        "BootNotification",
        "Heartbeat",
        "Authorize",
        "StatusNotification",
        "StartTransaction",
        "MeterValues",
    ] {
        assert!(calls(action) > 0, "no {action}");
    }
    assert_eq!(calls("RemoteStartTransaction"), 1);
    assert!(frames.iter().any(|f| f["frame"][0] == 4 && f["frame"][2] == "NotSupported"));

    let sessions = read("sessions.csv");
    let mut rows = csv::Reader::from_reader(sessions.as_bytes());
    let mut count = 0;
    for row in rows.records() {
        let row = row.unwrap();
        count += 1;
        assert!(!row[5].is_empty(), "closed: {row:?}");
        assert!(row[6].parse::<i64>().unwrap() >= 0);
    }
    assert!(count >= 8, "{count} sessions");
    let report = read("report.html");
    assert!(report.contains("Every limit was kept") && report.contains("Central system away from 07:05:00"));
    assert!(!report.contains("<script"), "readable without a script");
}

/// Adds up the draws of a logged decision per node and phase, from the log alone.
fn check_limits(decision: &serde_json::Value, limit: &str) {
    let nodes = decision["nodes"].as_array().unwrap();
    let parent = |name: &str| nodes.iter().find(|n| n["name"] == name).and_then(|n| n["parent"].as_str());
    for node in nodes {
        let name = node["name"].as_str().unwrap();
        for phase in 0..3 {
            // The base load counts at its node and above it; here only the root has one.
            let mut load = node["base_mA"][phase].as_u64().unwrap();
            for evse in decision["evses"].as_array().unwrap() {
                let chain = std::iter::successors(evse["node"].as_str(), |n| parent(n));
                if !chain.into_iter().any(|n| n == name) {
                    continue;
                }
                for terminal in 0..3 {
                    if evse["rotation"][terminal] == phase as u64 + 1 {
                        load += evse["draw_mA"][terminal].as_u64().unwrap();
                    }
                }
            }
            let limit = node[limit][phase].as_u64().unwrap();
            assert!(load <= limit, "{name} L{}: {load} mA at {}", phase + 1, decision["time"]);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, seed: &str| {
        let out = folder.path().join(name);
        let output = site(&["--minutes", "20", "--seed", seed, "--out", out.to_str().unwrap()]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
        ["ocpp.jsonl", "dlm.jsonl", "sessions.csv", "report.html"]
            .map(|file| std::fs::read(out.join(file)).unwrap())
    };
    let first = run("a", "5");
    assert!(first == run("b", "5"), "the same files, byte for byte");
    assert!(first != run("c", "6"));
}

/// A file, what to replace in it, by what, and what the program has to say about it.
type Breakage = (&'static str, &'static str, &'static [u8], &'static [&'static str]);

const BROKEN: &[Breakage] = &[
    // unknown key
    (
        "keba/keba-p30-depot.conf",
        "AmountConnectors=5",
        b"AmountConectors=5",
        &["keba-p30-depot.conf:20:1:", "AmountConectors", "AmountConnectors"],
    ),
    // bad number
    (
        "keba/keba-p30-depot.conf",
        "MaxAvailableCurrent=40000",
        b"MaxAvailableCurrent=forty",
        &["keba-p30-depot.conf:34:21: error:", "forty"],
    ),
    // operator limit above installation limit
    (
        "bender/single/OperatorCurrentLimit_vehicleif",
        "16\n",
        b"32\n",
        &["OperatorCurrentLimit_vehicleif:1:1: error:", "InstallationCurrentLimit", "set at most 25"],
    ),
    // duplicate section
    ("evlink/parking.cfg", "[HMI CONTROL]", b"[ENERGY]", &["parking.cfg:63:", "ENERGY"]),
    // wrong encoding
    (
        "keba/keba-p30-visitor.conf",
        "VISITOR-KEBA",
        b"VISITOR-K\xFCBA",
        &["keba-p30-visitor.conf:3:", "UTF-8"],
    ),
    // a card twice
    ("evlink/badges.csv", "2;E2EB1C02;VIP", b"2;E00700001F8AC2FB;VIP", &["badges.csv:3:1: error:", "line 2"]),
    // the scenario itself
    ("scenario.toml", "minutes = 120", b"minutes = soon", &["scenario.toml:8:"]),
    (
        "scenario.toml",
        "node = \"car park\"",
        b"node = \"garage\"",
        &["scenario.toml:", "no node is called garage"],
    ),
];

#[test]
fn a_broken_file_stops_the_start_with_its_place_and_what_would_be_right() {
    for (file, old, new, expected) in BROKEN {
        let (folder, root) = copy_of_the_site();
        let path = root.join(file);
        let content = std::fs::read(&path).unwrap();
        let at = content.windows(old.len()).position(|w| w == old.as_bytes());
        let at = at.unwrap_or_else(|| panic!("{file} has no {old}"));
        let broken = [&content[..at], new, &content[at + old.len()..]].concat();
        std::fs::write(&path, broken).unwrap();
        let scenario = root.join("scenario.toml");
        let out = folder.path().join("out");
        let output = site(&[scenario.to_str().unwrap(), "--minutes", "5", "--out", out.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{file}, {old}: {said}{}", text(&output.stdout));
        for part in *expected {
            assert!(said.contains(part), "{file}, {old}: {part:?} is not in:\n{said}");
        }
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn a_port_in_use_is_said_and_nothing_starts() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (folder, root) = copy_of_the_site();
    let scenario = root.join("scenario.toml");
    let content = std::fs::read_to_string(&scenario).unwrap();
    std::fs::write(&scenario, content.replace("127.0.0.1:0", &address)).unwrap();
    let out = folder.path().join("out");
    let output = site(&[scenario.to_str().unwrap(), "--out", out.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(said.contains(&address) && said.contains("choose another address"), "{said}");
}
