//! A site in a box: stations with cars, masters, a network that loses, delays, repeats and reorders, clocks that run
//! apart. After every event the currents that could be flowing are compared with every limit.

use crate::random::Random;
use alloc::collections::{BTreeMap, BinaryHeap, VecDeque};
use core::cmp::Reverse;
use evkit_dlm::controller::{EvseConfig, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::phases::{Rotation, Terminals};
use evkit_dlm::protocol::{
    Car, MAX_FRAME, Master, MasterConfig, Mastership, Seal, Slave, SlaveConfig, Timing, To,
};
use evkit_dlm::units::{Instant, Milliamps, PhaseCurrents};

pub(crate) const NODES: usize = 3;
pub(crate) const MEMBERS: usize = 8;
pub(crate) type TestMaster = Master<Address, NODES, MEMBERS>;

/// Devices are numbered: stations first, then masters.
pub(crate) type Address = usize;

/// A car follows within 5 s (IEC 61851-1 table A.6).
const CAR_LAG: u64 = 5_000;
const SEAL: Seal = Seal::open(7);

/// What the installer decided.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    pub(crate) nodes: [NodeConfig; NODES],
    pub(crate) evses: Vec<EvseConfig>,
    /// How the stations are really wired, where the configuration does not know.
    pub(crate) wiring: Vec<Rotation>,
    pub(crate) timing: Timing,
    pub(crate) mastership: Mastership,
}

impl Site {
    /// Eight stations on two sub-boards, disconnected limits up to what fits.
    pub(crate) fn random(random: &mut Random, mastership: Mastership) -> Self {
        let limit =
            |amps| LimitSet::try_from([Limit::new(Role::Installation, Milliamps::from_amps(amps))]).unwrap();
        let main = random.within(48, 80);
        let boards = [random.within(24, 63), random.within(24, 63)];
        let node = |parent, amps| NodeConfig { parent, limits: limit(amps), ..NodeConfig::default() };
        let nodes = [node(None, main), node(Some(0), boards[0]), node(Some(0), boards[1])];
        // All eight on one phase must fit: 8 x 6 A.
        let disconnected = [0, 6_000, main.min(boards[0].min(boards[1]) * 2) * 1000 / 8];
        let evses = (0..MEMBERS).map(|at| EvseConfig {
            node: 1 + (at % 2) as u16,
            rotation: random.pick(&[
                Rotation::Rst,
                Rotation::Str,
                Rotation::Trs,
                Rotation::Tsr,
                Rotation::Unknown,
            ]),
            wired: random.pick(&[Terminals::ONE, Terminals::THREE, Terminals::THREE]),
            limits: limit(32),
            disconnected: Milliamps(random.pick(&disconnected).min(boards[0].min(boards[1]) * 1000 / 4)),
            ..EvseConfig::on(1)
        });
        let evses: Vec<_> = evses.collect();
        let wiring = evses.iter().map(|evse| match evse.rotation {
            Rotation::Unknown => random.pick(&Rotation::KNOWN),
            known => known,
        });
        let wiring = wiring.collect();
        Self { nodes, evses, wiring, timing: Timing::default(), mastership }
    }

    pub(crate) fn ids(&self) -> Vec<u32> {
        (0..self.evses.len() as u32).map(|at| 100 + at).collect()
    }
}

/// A clock that runs fast or slow and began at some time of its own.
#[derive(Clone, Copy, Debug)]
struct Clock {
    offset: u64,
    ppm: i64,
}

impl Clock {
    fn local(self, at: u64) -> Instant {
        let drift = i128::from(at) * i128::from(self.ppm) / 1_000_000;
        Instant::from_millis((i128::from(at) + drift) as u64 + self.offset)
    }

    /// The first moment at which the clock shows `local` or more.
    fn global(self, local: Instant) -> u64 {
        let since = local.as_millis().saturating_sub(self.offset);
        let mut at = (i128::from(since) * 1_000_000 / i128::from(1_000_000 + self.ppm)) as u64;
        while self.local(at) < local {
            at += 1;
        }
        at
    }
}

pub(crate) struct Station {
    clock: Clock,
    pub(crate) slave: Option<Slave<Address>>,
    pub(crate) car: Car,
    /// Current its car could be drawing by terminal since when; older entries no longer count.
    signalled: VecDeque<(u64, [Milliamps; 3])>,
    sessions: u32,
    /// It lets its car draw this whatever is granted.
    pub(crate) disobeys: Option<Milliamps>,
    wake: u64,
}

pub(crate) struct Device {
    clock: Clock,
    pub(crate) master: Option<TestMaster>,
    /// Its stable storage.
    pub(crate) epoch: u32,
    /// Until when it does nothing, as if it were busy with something else.
    pub(crate) hangs_until: u64,
    wake: u64,
}

/// How badly the network behaves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Network {
    pub(crate) lost_percent: u32,
    pub(crate) twice_percent: u32,
    pub(crate) delay: u32,
    /// Pairs between which nothing passes, from and to.
    pub(crate) cut: Vec<(Address, Address)>,
}

struct Datagram {
    from: Address,
    to: Address,
    bytes: Vec<u8>,
}

/// What was sent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) datagrams: u64,
    pub(crate) bytes: u64,
}

pub(crate) struct Sim {
    pub(crate) site: Site,
    pub(crate) random: Random,
    pub(crate) now: u64,
    pub(crate) stations: Vec<Station>,
    pub(crate) masters: Vec<Device>,
    pub(crate) network: Network,
    under_way: BinaryHeap<Reverse<(u64, u64)>>,
    datagrams: BTreeMap<u64, Datagram>,
    sent: u64,
    pub(crate) events: u64,
    pub(crate) traffic: Traffic,
    pub(crate) targets: Vec<Milliamps>,
}

impl Sim {
    pub(crate) fn new(site: Site, mut random: Random, masters: usize) -> Self {
        let drift = site.timing.drift_ppm;
        let mut clock = || Clock {
            // Up for 25 days soon, when four bytes of milliseconds are half full.
            offset: (1 << 31) - u64::from(random.below(1_000_000)),
            ppm: i64::from(random.within(0, 2 * drift)) - i64::from(drift),
        };
        let stations = (0..site.evses.len())
            .map(|_| Station {
                clock: clock(),
                slave: None,
                car: Car { plugged: true, wants: true, ..Car::default() },
                signalled: VecDeque::new(),
                sessions: 0,
                disobeys: None,
                wake: 0,
            })
            .collect();
        let masters = (0..masters)
            .map(|_| Device { clock: clock(), master: None, epoch: 0, hangs_until: 0, wake: 0 })
            .collect();
        let targets = vec![Milliamps(16_000); site.evses.len()];
        let mut sim = Self {
            site,
            random,
            now: 0,
            stations,
            masters,
            network: Network { delay: 30, ..Network::default() },
            under_way: BinaryHeap::new(),
            datagrams: BTreeMap::new(),
            sent: 0,
            events: 0,
            traffic: Traffic::default(),
            targets,
        };
        for at in 0..sim.stations.len() {
            sim.start_station(at);
        }
        sim.start_master(0);
        sim
    }

    pub(crate) fn start_station(&mut self, at: usize) {
        let evse = &self.site.evses[at];
        let config = SlaveConfig {
            member: 100 + at as u32,
            wired: evse.wired,
            disconnected: evse.disconnected,
            minimum: Milliamps(6_000),
            timing: self.site.timing,
        };
        let station = &mut self.stations[at];
        station.sessions += 1;
        let session = 1 + at as u32 * 1_000_000 + station.sessions;
        let now = station.clock.local(self.now);
        let mut slave = Slave::new(now, config, SEAL, session, None).unwrap();
        slave.handle_car(now, station.car);
        station.slave = Some(slave);
        station.wake = self.now;
    }

    /// The power goes: its contactor opens.
    pub(crate) fn stop_station(&mut self, at: usize) {
        self.stations[at].slave = None;
        self.stations[at].signalled.clear();
    }

    pub(crate) fn start_master(&mut self, at: usize) {
        let site = &self.site;
        let id = 1 + self.random.next() as u32 / 2;
        let config = MasterConfig { id, mastership: site.mastership, timing: site.timing };
        let device = &mut self.masters[at];
        let master = Master::new(&config, SEAL, device.epoch, &site.nodes, &site.ids(), &site.evses);
        device.master = Some(master.expect("the random site passes the check"));
        device.wake = self.now;
    }

    /// A meter or a fuse says that a node carries less; the master is told and acts at once.
    pub(crate) fn set_capacity(&mut self, node: usize, capacity: PhaseCurrents) {
        for at in 0..self.masters.len() {
            if let Some(master) = &mut self.masters[at].master {
                master.set_capacity(node, capacity).expect("there is such a node");
            }
            self.drive_master(at);
        }
    }

    /// Whoever was busy with something else is back.
    pub(crate) fn wake_masters(&mut self) {
        for device in &mut self.masters {
            (device.hangs_until, device.wake) = (0, self.now);
        }
    }

    pub(crate) fn stop_master(&mut self, at: usize) {
        self.masters[at].master = None;
    }

    pub(crate) fn plug(&mut self, at: usize, car: Car) {
        let station = &mut self.stations[at];
        station.car = car;
        let now = station.clock.local(self.now);
        if let Some(slave) = &mut station.slave {
            slave.handle_car(now, car);
        }
        station.wake = self.now;
        self.signal(at);
    }

    /// Lets time pass up to a moment; every limit is looked at after every event.
    pub(crate) fn run_until(&mut self, end: u64) {
        loop {
            let stations =
                self.stations.iter().filter(|station| station.slave.is_some()).map(|station| station.wake);
            let masters =
                self.masters.iter().filter(|device| device.master.is_some()).map(|device| device.wake);
            let datagram = self.under_way.peek().map(|Reverse((at, _))| *at);
            let next = stations.chain(masters).chain(datagram).min().unwrap_or(u64::MAX);
            if next > end {
                self.now = end;
                return;
            }
            self.now = self.now.max(next);
            self.step();
            self.events += 1;
            self.check();
        }
    }

    pub(crate) fn run_for(&mut self, seconds: u64) {
        self.run_until(self.now + seconds * 1000);
    }

    fn step(&mut self) {
        if let Some(&Reverse((at, number))) = self.under_way.peek() {
            if at <= self.now {
                self.under_way.pop();
                let datagram = self.datagrams.remove(&number).expect("each is delivered once");
                self.deliver(&datagram);
                return;
            }
        }
        let awake = |wake: u64, now: u64| wake <= now;
        let now = self.now;
        if let Some(at) = self.stations.iter().position(|it| it.slave.is_some() && awake(it.wake, now)) {
            self.drive_station(at);
        } else if let Some(at) = self.masters.iter().position(|it| it.master.is_some() && awake(it.wake, now))
        {
            self.drive_master(at);
        }
    }

    fn deliver(&mut self, datagram: &Datagram) {
        let stations = self.stations.len();
        if let Some(station) = self.stations.get_mut(datagram.to) {
            let now = station.clock.local(self.now);
            if let Some(slave) = &mut station.slave {
                let _ = slave.handle_datagram(now, datagram.from, &datagram.bytes);
                self.drive_station(datagram.to);
            }
        } else if let Some(device) = self.masters.get_mut(datagram.to - stations) {
            let now = device.clock.local(self.now);
            if let (Some(master), true) = (&mut device.master, device.hangs_until <= self.now) {
                let _ = master.handle_datagram(now, datagram.from, &datagram.bytes);
                let _ = master.poll_event();
                self.drive_master(datagram.to - stations);
            }
        }
    }

    fn drive_station(&mut self, at: usize) {
        let station = &mut self.stations[at];
        let now = station.clock.local(self.now);
        let Some(slave) = &mut station.slave else { return };
        let drawn = station.disobeys.map_or(station.car.measured, |draws| [draws; 3]);
        slave.handle_car(now, Car { measured: drawn, ..station.car });
        let mut out = [0; MAX_FRAME];
        let mut sent = Vec::new();
        while let Some((to, length)) = slave.poll_transmit(now, &mut out) {
            sent.push((to, out[..length].to_vec()));
        }
        station.wake = station.clock.global(slave.poll_timeout(now)).max(self.now + 1);
        self.signal(at);
        for (to, bytes) in sent {
            match to {
                To::Peer(peer) => self.send(at, peer, bytes),
                To::Everybody => {
                    for master in 0..self.masters.len() {
                        self.send(at, self.stations.len() + master, bytes.clone());
                    }
                }
            }
        }
    }

    fn drive_master(&mut self, at: usize) {
        let device = &mut self.masters[at];
        if device.hangs_until > self.now {
            device.wake = device.hangs_until;
            return;
        }
        let now = device.clock.local(self.now);
        let Some(master) = &mut device.master else { return };
        if let Some(epoch) = master.poll_store() {
            device.epoch = epoch;
            master.handle_stored(now, epoch);
        }
        for (member, target) in self.targets.iter().enumerate() {
            let _ = master.set_target(member, *target);
        }
        let mut out = [0; MAX_FRAME];
        let mut sent = Vec::new();
        while let Some((to, length)) = master.poll_transmit(now, &mut out) {
            sent.push((to, out[..length].to_vec()));
        }
        let wake = master.poll_timeout(now).map_or(u64::MAX, |next| device.clock.global(next));
        device.wake = wake.max(self.now + 1);
        for (to, bytes) in sent {
            self.send(self.stations.len() + at, to, bytes);
        }
    }

    pub(crate) fn send(&mut self, from: Address, to: Address, bytes: Vec<u8>) {
        self.traffic.datagrams += 1;
        self.traffic.bytes += bytes.len() as u64;
        if self.network.cut.contains(&(from, to)) || self.random.below(100) < self.network.lost_percent {
            return;
        }
        let copies = if self.random.below(100) < self.network.twice_percent { 2 } else { 1 };
        for _ in 0..copies {
            let arrives = self.now + 1 + u64::from(self.random.below(self.network.delay.max(1)));
            self.sent += 1;
            self.under_way.push(Reverse((arrives, self.sent)));
            self.datagrams.insert(self.sent, Datagram { from, to, bytes: bytes.clone() });
        }
    }

    /// Notes what the car of a station could draw from now on.
    fn signal(&mut self, at: usize) {
        let station = &mut self.stations[at];
        let now = station.clock.local(self.now);
        let Some(slave) = &station.slave else { return };
        let wired = self.site.evses[at].wired;
        let terminals =
            if station.car.plugged { station.car.terminals.unwrap_or(wired) } else { Terminals::NONE };
        let limit = slave.limit(now);
        let by_terminal =
            core::array::from_fn(|place| if terminals.contains(place) { limit } else { Milliamps::ZERO });
        if station.signalled.back().is_none_or(|(_, last)| *last != by_terminal) {
            // What was signalled until now may be drawn for as long as the car needs.
            if let Some((until, _)) = station.signalled.back_mut() {
                *until = self.now;
            }
            station.signalled.push_back((u64::MAX, by_terminal));
        }
        let now = self.now;
        while station.signalled.front().is_some_and(|(until, _)| until.saturating_add(CAR_LAG) <= now) {
            station.signalled.pop_front();
        }
    }

    /// The most a station's car could be drawing now, by grid phase.
    pub(crate) fn could_draw(&self, at: usize) -> [u32; 3] {
        let station = &self.stations[at];
        let mut most = [Milliamps::ZERO; 3];
        for (until, by_terminal) in &station.signalled {
            if until.saturating_add(CAR_LAG) > self.now {
                for (most, current) in most.iter_mut().zip(by_terminal) {
                    *most = (*most).max(*current);
                }
            }
        }
        self.site.wiring[at].at_most(most).map(|current| current.0)
    }

    /// The sum on a node by phase.
    pub(crate) fn load(&self, node: u16) -> [u32; 3] {
        let mut sum = [0; 3];
        for at in 0..self.stations.len() {
            let below = node == 0 || self.site.evses[at].node == node;
            if below && self.stations[at].disobeys.is_none() {
                let drawn = self.could_draw(at);
                for (sum, drawn) in sum.iter_mut().zip(drawn) {
                    *sum += drawn;
                }
            }
        }
        sum
    }

    /// The bound.
    fn check(&mut self) {
        for node in 0..NODES as u16 {
            let limit = self.site.nodes[usize::from(node)].limits.effective(Instant::default()).currents;
            let load = self.load(node);
            for phase in 0..3 {
                assert!(
                    load[phase] <= limit[phase].0,
                    "at {} ms node {node} carries {} mA of {} on phase {phase}:\n{}",
                    self.now,
                    load[phase],
                    limit[phase],
                    self.story()
                );
            }
        }
    }

    /// What everybody holds and believes, for whoever has to find out why.
    pub(crate) fn story(&self) -> String {
        let stations = self.stations.iter().enumerate().map(|(at, station)| {
            let evse = &self.site.evses[at];
            let standing = station.slave.as_ref().map(|slave| slave.standing(self.local(at)));
            let (limit, granted) = (self.limit(at), self.granted(at));
            let could = self.could_draw(at);
            format!(
                "{at}: {limit} of {granted} ({standing:?}), could draw {could:?}, node {}, {:?}",
                evse.node, evse.disconnected
            )
        });
        let masters = self.masters.iter().filter_map(|device| {
            let now = device.clock.local(self.now);
            device
                .master
                .as_ref()
                .map(|master| format!("master active {}: {:?}", master.is_active(), master.bound(now)))
        });
        stations.chain(masters).collect::<Vec<_>>().join("\n")
    }

    /// What the active master has granted to a member.
    pub(crate) fn granted(&self, member: usize) -> Milliamps {
        let active =
            self.masters.iter().filter_map(|device| device.master.as_ref()).find(|master| master.is_active());
        active.and_then(|master| master.granted(member)).map_or(Milliamps::ZERO, |(limit, _)| limit)
    }

    /// What a station signals to its car.
    pub(crate) fn limit(&self, at: usize) -> Milliamps {
        let station = &self.stations[at];
        station.slave.as_ref().map_or(Milliamps::ZERO, |slave| slave.limit(station.clock.local(self.now)))
    }

    pub(crate) fn limits(&self) -> Vec<u32> {
        (0..self.stations.len()).map(|at| self.limit(at).0).collect()
    }

    pub(crate) fn local(&self, at: usize) -> Instant {
        self.stations[at].clock.local(self.now)
    }

    pub(crate) fn master_time(&self, at: usize) -> Instant {
        self.masters[at].clock.local(self.now)
    }
}
