//! `dlm-node` as twelve processes: a master and eleven stations on one fuse, some of them killed.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const STATIONS: u32 = 11;
const FUSE_A: u32 = 63;
/// Longest wait for anything; only a failing test waits that long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when it goes out of scope.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free port; nobody else on this machine takes it in the next moments.
fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn start(arguments: &[&str], said: &Sender<String>) -> Process {
    let common = ["--fast", "--disconnected", "5", "--key", KEY];
    let mut child = Command::new(env!("CARGO_BIN_EXE_dlm-node"))
        .args(arguments)
        .args(common)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (out, said) = (child.stdout.take().unwrap(), said.clone());
    std::thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let _ = said.send(line);
        }
    });
    Process(child)
}

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// What every station said it may use, in the order of the time it gave.
#[derive(Default)]
struct Story {
    said: Vec<(u128, u32, u32)>,
}

impl Story {
    fn note(&mut self, line: &str) {
        // "1700000000000 member 3 may use 13.5 A (Leased)"
        let words: Vec<_> = line.split(' ').collect();
        if let [at, "member", member, "may", "use", amps, "A", _] = words[..] {
            let milliamps = (amps.parse::<f64>().unwrap() * 1000.0).round() as u32;
            self.said.push((at.parse().unwrap(), member.parse().unwrap(), milliamps));
        }
    }

    fn now(&self) -> HashMap<u32, u32> {
        self.said.iter().map(|&(_, member, limit)| (member, limit)).collect()
    }

    /// Largest sum there ever was. Changes in the same millisecond count with the raises first.
    fn most(mut self) -> u32 {
        let mut limits = HashMap::new();
        self.said.sort_by_key(|&(at, _, limit)| (at, std::cmp::Reverse(limit)));
        self.said.iter().fold(0, |most, &(_, member, limit)| {
            limits.insert(member, limit);
            most.max(limits.values().sum())
        })
    }
}

fn wait_until(
    heard: &Receiver<String>,
    story: &mut Story,
    what: &str,
    reached: impl Fn(&HashMap<u32, u32>) -> bool,
) {
    let end = Instant::now() + PATIENCE;
    while !reached(&story.now()) {
        let left = end.saturating_duration_since(Instant::now());
        let line =
            heard.recv_timeout(left).unwrap_or_else(|_| panic!("{what}: never, only {:?}", story.now()));
        story.note(&line);
    }
}

fn start_master(port: u16, folder: &Path, said: &Sender<String>) -> Process {
    let (listen, store) = (format!("127.0.0.1:{port}"), folder.join("epoch"));
    let (stations, fuse) = (STATIONS.to_string(), FUSE_A.to_string());
    let arguments = [
        "master",
        "--listen",
        &listen,
        "--stations",
        &stations,
        "--limit",
        &fuse,
        "--store",
        store.to_str().unwrap(),
    ];
    start(&arguments, said)
}

#[test]
fn twelve_processes_share_a_fuse_and_survive_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (said, heard) = channel();
    let port = free_port();
    let master = start_master(port, folder.path(), &said);
    let address = format!("127.0.0.1:{port}");
    let station =
        |member: u32| start(&["slave", "--member", &member.to_string(), "--master", &address], &said);
    let mut stations: Vec<_> = (1..=STATIONS).map(station).collect();
    let mut story = Story::default();
    let charging = |limits: &HashMap<u32, u32>| limits.values().filter(|limit| **limit >= 6_000).count();
    wait_until(&heard, &mut story, "ten of eleven charge with 6 A", |limits| charging(limits) == 10);
    drop(master);
    // 5 A is below the least a car can be told, so a station alone pauses.
    wait_until(&heard, &mut story, "without the master all pause", |limits| charging(limits) == 0);
    let _master = start_master(port, folder.path(), &said);
    wait_until(&heard, &mut story, "the new master takes over", |limits| charging(limits) == 10);
    stations.truncate(5);
    let killed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    story.said.extend((6..=STATIONS).map(|dead| (killed, dead, 0)));
    let left = |limits: &HashMap<u32, u32>| {
        let left = limits.iter().filter(|(member, _)| **member <= 5).map(|(_, limit)| limit);
        left.sum::<u32>()
    };
    // Who is silent could be at its 5 A: 63 A less six times 5 A.
    wait_until(&heard, &mut story, "five stations share what the dead do not hold", |limits| {
        left(limits) > 32_000
    });
    let epoch = std::fs::read_to_string(folder.path().join("epoch")).unwrap();
    assert_eq!(epoch, "2", "each life of the master has its epoch");
    assert!(story.most() <= FUSE_A * 1000, "the fuse");
}
