//! Two stations and a master whose network the input is: what is delivered, lost, kept back or forged, and when. The
//! currents signalled never pass the fuse.
#![no_main]

use evkit_dlm::controller::{EvseConfig, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::protocol::{
    Car, MAX_FRAME, Master, MasterConfig, Mastership, Seal, Slave, SlaveConfig, Timing, To,
};
use evkit_dlm::units::{Instant, Milliamps};
use libfuzzer_sys::fuzz_target;

const FUSE: u32 = 40_000;
const DISCONNECTED: Milliamps = Milliamps(8_000);
/// A forged datagram does not know the key.
const KEY: [u8; 32] = [7; 32];

fn limit(milliamps: u32) -> LimitSet {
    LimitSet::try_from([Limit::new(Role::Installation, Milliamps(milliamps))]).unwrap_or_default()
}

fn slave(now: Instant, at: usize, session: u32) -> Slave<usize> {
    let wired = EvseConfig::on(0).wired;
    let minimum = Milliamps(6_000);
    let config = SlaveConfig {
        member: at as u32,
        wired,
        disconnected: DISCONNECTED,
        minimum,
        timing: Timing::default(),
    };
    let mut slave = Slave::new(now, config, Seal::keyed(1, KEY), session, Some(2)).expect("the default fits");
    slave.handle_car(now, Car { plugged: true, wants: true, ..Car::default() });
    slave
}

fn master(epoch: u32, id: u32) -> Master<usize, 1, 2> {
    let config = MasterConfig { id, mastership: Mastership::Sole, timing: Timing::default() };
    let nodes = [NodeConfig { limits: limit(FUSE), ..NodeConfig::default() }];
    let evse = EvseConfig { disconnected: DISCONNECTED, limits: limit(32_000), ..EvseConfig::on(0) };
    Master::new(&config, Seal::keyed(1, KEY), epoch, &nodes, &[0, 1], &[evse; 2]).expect("the site is sound")
}

fuzz_target!(|data: &[u8]| {
    let mut now = Instant::from_millis(0);
    let mut slaves = [slave(now, 0, 1), slave(now, 1, 2)];
    let mut master_of_all = master(0, 1);
    let (mut epoch, mut sessions) = (0, 2);
    let mut under_way: Vec<(usize, usize, Vec<u8>)> = Vec::new();
    for step in data.chunks_exact(2) {
        match step[0] % 8 {
            0..=2 => now = now.after(std::time::Duration::from_millis(u64::from(step[1]) * 20)),
            3 | 4 if !under_way.is_empty() => {
                let (from, to, bytes) = under_way.remove(usize::from(step[1]) % under_way.len());
                if to == 2 {
                    let _ = master_of_all.handle_datagram(now, from, &bytes);
                } else {
                    let _ = slaves[to].handle_datagram(now, from, &bytes);
                }
            }
            5 if !under_way.is_empty() => {
                let at = usize::from(step[1]) % under_way.len();
                let mut forged = under_way[at].clone();
                let byte = usize::from(step[1]) % forged.2.len();
                forged.2[byte] ^= 1 << (step[1] % 8);
                under_way.push(forged);
            }
            6 => {
                for at in 0..2 {
                    let target = u32::from(step[1] >> (4 * at) & 15) * 3_000;
                    master_of_all.set_target(at, Milliamps(target)).expect("two members");
                }
            }
            7 if step[1] < 2 => {
                sessions += 1;
                let at = usize::from(step[1]);
                slaves[at] = slave(now, at, sessions);
            }
            7 if step[1] == 2 => {
                sessions += 1;
                master_of_all = master(epoch, sessions);
            }
            _ => {}
        }
        if let Some(stored) = master_of_all.poll_store() {
            epoch = stored;
            master_of_all.handle_stored(now, stored);
        }
        let mut out = [0; MAX_FRAME];
        while let Some((to, length)) = master_of_all.poll_transmit(now, &mut out) {
            under_way.push((2, to, out[..length].to_vec()));
        }
        for (at, slave) in slaves.iter_mut().enumerate() {
            while let Some((to, length)) = slave.poll_transmit(now, &mut out) {
                let To::Peer(to) = to else { continue };
                under_way.push((at, to, out[..length].to_vec()));
            }
        }
        under_way.truncate(64);
        let sum: u32 = slaves.iter().map(|slave| slave.limit(now).0).sum();
        assert!(sum <= FUSE, "{sum} mA");
    }
});
