//! Load management: a master's grant becomes the duty, its silence the disconnected limit.

use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use super::site::{LATER, charging};
use super::{Scenario, Setup, Site};
use crate::bench::Plant;

/// What the two sockets share.
const LIMIT_A: u32 = 32;
/// What a socket may use without master.
const DISCONNECTED_A: u32 = 8;

/// The master's process. Dropping it ends it.
struct Master(Child);

impl Drop for Master {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn master(setup: &Setup, port: u16, store: &Path) -> anyhow::Result<Master> {
    let [limit, disconnected] = [LIMIT_A, DISCONNECTED_A].map(|amps| amps.to_string());
    let child = Command::new(&setup.dlm_node)
        .args(["master", "--stations", "2", "--limit", &limit, "--disconnected", &disconnected])
        .args(["--listen", &format!("127.0.0.1:{port}"), "--store"])
        .arg(store)
        .stdout(Stdio::null())
        .spawn();
    child.map(Master).with_context(|| setup.dlm_node.display().to_string())
}

pub(super) fn grant(setup: &Setup, scenario: &Scenario) -> anyhow::Result<String> {
    // A port that was free a moment ago.
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let (address, disconnected) = (format!("10.0.2.2:{port}"), DISCONNECTED_A.to_string());
    let settings = [("DlmNetwork", "1"), ("DlmMaster", &*address), ("DisconnectedCurrent", &*disconnected)];
    // The emulator lets no datagram out of a restricted network, so this one is open; all the station sends by it is
    // to the master on this machine.
    let mut site = Site::start_in(setup, scenario.name, scenario.peer, &settings, "user")?;
    let master = master(setup, port, &setup.out.join(scenario.name).join("epoch"))?;
    site.ready()?;
    let offers = |plant: &mut Plant| [1, 2].map(|connector| plant.world.socket(connector).offered_ma());
    site.bench.play(1, charging(0))?;
    site.bench.wait("more than half for one", LATER, |plant| offers(plant)[0] > 20_000)?;
    let [alone, _] = offers(&mut site.bench.plant());
    site.bench.play(2, charging(0))?;
    site.bench.wait("a share for each", LATER, |plant| {
        let [one, two] = offers(plant);
        one >= 6_000 && two >= 6_000 && one + two <= LIMIT_A * 1_000
    })?;
    let shares = offers(&mut site.bench.plant());
    drop(master);
    let limit = DISCONNECTED_A * 1_000;
    site.bench.wait("the disconnected limit", LATER, |plant| {
        offers(plant).iter().all(|offer| (limit - 100..=limit).contains(offer))
    })?;
    site.finish(1)?;
    Ok(format!("alone {alone} mA, two {shares:?} mA, without master {DISCONNECTED_A} A"))
}
