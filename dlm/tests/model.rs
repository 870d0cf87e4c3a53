//! Model check of the master/slave protocol: the shipping `Master` and `Slave`, every order of a bounded number of
//! faults, every state looked at.
//!
//! Time goes in steps of one report period. In every step each station that runs reports, and each datagram is
//! delivered, or else lost, delivered twice, or kept back to arrive at any later time, after newer ones; a station can be
//! cut off and joined again, and a station or the master restarted. So many faults are allowed in one history as [`Scope`] says; what is explored within
//! that is everything.

use core::time::Duration;
use evkit_dlm::controller::{EvseConfig, NodeConfig};
use evkit_dlm::limits::{Limit, LimitSet, Role};
use evkit_dlm::protocol::{
    Car, MAX_FRAME, Master, MasterConfig, Mastership, Seal, Slave, SlaveConfig, Timing, To,
};
use evkit_dlm::units::{Instant, Milliamps};
use stateright::{Checker, Model, Property};

const SEAL: Seal = Seal::open(1);
const FUSE: u32 = 32_000;
const DISCONNECTED: u32 = 8_000;
const STEP: u64 = 1_000;
const MASTER: usize = usize::MAX;

fn timing() -> Timing {
    let mut timing = Timing {
        period: Duration::from_millis(STEP),
        lease: Duration::from_millis(4 * STEP),
        alone: Duration::ZERO,
        reaction: Duration::from_millis(STEP),
        drift_ppm: 0,
    };
    timing.alone = timing.least_alone();
    timing
}

fn limits(milliamps: u32) -> LimitSet {
    LimitSet::try_from([Limit::new(Role::Installation, Milliamps(milliamps))]).unwrap()
}

/// How much is explored.
#[derive(Clone, Copy, Debug)]
struct Scope {
    steps: u64,
    faults: u32,
    restarts: u32,
}

/// A datagram and where it goes: a station's index, or [`MASTER`].
type Datagram = (usize, usize, Vec<u8>);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Site<const N: usize> {
    step: u64,
    master: Master<usize, 1, N>,
    epoch: u32,
    slaves: Vec<Slave<usize>>,
    starts: u32,
    /// On their way in this step, in order.
    now: Vec<Datagram>,
    /// Kept back.
    late: Vec<Datagram>,
    /// What each car could still be drawing from the step before.
    before: Vec<u32>,
    /// The station that is cut off.
    cut: Option<usize>,
    faults: u32,
    restarts: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Action {
    Deliver,
    Lose,
    Twice,
    KeepBack,
    DeliverLate(usize),
    Step,
    RestartStation(usize),
    RestartMaster,
    CutOff(usize),
    Heal,
}

struct Protocol<const N: usize>(Scope);

impl<const N: usize> Site<N> {
    fn time(&self) -> Instant {
        Instant::from_millis(self.step * STEP)
    }

    fn new_master(epoch: u32, life: u32) -> Master<usize, 1, N> {
        let config = MasterConfig { id: life, mastership: Mastership::Sole, timing: timing() };
        let nodes = [NodeConfig { limits: limits(FUSE), ..NodeConfig::default() }];
        let evse = EvseConfig { disconnected: Milliamps(DISCONNECTED), ..EvseConfig::on(0) };
        let ids: Vec<_> = (0..N as u32).collect();
        Master::new(&config, SEAL, epoch, &nodes, &ids, &[evse; N]).unwrap()
    }

    fn new_slave(at: usize, now: Instant, session: u32) -> Slave<usize> {
        let evse = EvseConfig::on(0);
        let config = SlaveConfig {
            member: at as u32,
            wired: evse.wired,
            disconnected: Milliamps(DISCONNECTED),
            minimum: Milliamps(6_000),
            timing: timing(),
        };
        let mut slave = Slave::new(now, config, SEAL, session, Some(MASTER)).unwrap();
        slave.handle_car(now, Car { plugged: true, wants: true, ..Car::default() });
        slave
    }

    fn new() -> Self {
        let now = Instant::from_millis(0);
        let mut site = Self {
            step: 0,
            master: Self::new_master(0, 1),
            epoch: 0,
            slaves: (0..N).map(|at| Self::new_slave(at, now, at as u32 + 1)).collect(),
            starts: N as u32,
            now: Vec::new(),
            late: Vec::new(),
            before: vec![0; N],
            cut: None,
            faults: 0,
            restarts: 0,
        };
        // Into full service without a fault: the first station has all but what others must be left.
        site.report();
        for _ in 0..START {
            while !site.now.is_empty() {
                site.deliver();
            }
            site.advance();
        }
        assert_eq!(site.limits()[0], FUSE, "the exploration begins in full service");
        site
    }

    /// Takes turns: the first station's current goes to the second and back.
    fn targets(&mut self) {
        let second = self.step > START && (self.step - START) % 12 >= 4;
        for at in 0..N {
            let target = if at == usize::from(second) { Milliamps(FUSE) } else { Milliamps::ZERO };
            self.master.set_target(at, target).unwrap();
        }
    }

    fn drive_master(&mut self) {
        let now = self.time();
        if let Some(epoch) = self.master.poll_store() {
            self.epoch = epoch;
            self.master.handle_stored(now, epoch);
        }
        self.targets();
        let mut out = [0; MAX_FRAME];
        while let Some((to, length)) = self.master.poll_transmit(now, &mut out) {
            self.now.push((MASTER, to, out[..length].to_vec()));
        }
    }

    fn drive_slave(&mut self, at: usize) {
        let now = self.time();
        let mut out = [0; MAX_FRAME];
        while let Some((To::Peer(to), length)) = self.slaves[at].poll_transmit(now, &mut out) {
            self.now.push((at, to, out[..length].to_vec()));
        }
    }

    fn hand_over(&mut self, (from, to, bytes): &Datagram) {
        let now = self.time();
        if self.cut.is_some_and(|cut| cut == *from || cut == *to) {
            return;
        }
        if *to == MASTER {
            self.master.handle_datagram(now, *from, bytes).unwrap();
            let _ = self.master.poll_event();
            self.drive_master();
        } else {
            self.slaves[*to].handle_datagram(now, *from, bytes).unwrap();
            self.drive_slave(*to);
        }
    }

    fn deliver(&mut self) {
        let datagram = self.now.remove(0);
        self.hand_over(&datagram);
    }

    fn report(&mut self) {
        self.drive_master();
        (0..self.slaves.len()).for_each(|at| self.drive_slave(at));
    }

    fn limits(&self) -> Vec<u32> {
        self.slaves.iter().map(|slave| slave.limit(self.time()).0).collect()
    }

    fn advance(&mut self) {
        self.before = self.limits();
        self.step += 1;
        self.report();
    }

    /// What the cars could be drawing now or from the step before.
    fn load(&self) -> u32 {
        self.limits().iter().zip(&self.before).map(|(now, before)| now.max(before)).sum()
    }
}

impl<const N: usize> Model for Protocol<N> {
    type State = Site<N>;
    type Action = Action;

    fn init_states(&self) -> Vec<Site<N>> {
        vec![Site::new()]
    }

    fn actions(&self, site: &Site<N>, actions: &mut Vec<Action>) {
        let faulty = site.faults < self.0.faults;
        if !site.now.is_empty() {
            actions.push(Action::Deliver);
            if faulty {
                actions.extend([Action::Lose, Action::Twice, Action::KeepBack]);
            }
            return;
        }
        if site.step < START + self.0.steps {
            actions.push(Action::Step);
        }
        actions.extend((0..site.late.len()).map(Action::DeliverLate));
        if site.cut.is_some() {
            actions.push(Action::Heal);
        } else if faulty {
            actions.extend((0..N).map(Action::CutOff));
        }
        if site.restarts < self.0.restarts {
            actions.extend((0..N).map(Action::RestartStation));
            actions.push(Action::RestartMaster);
        }
    }

    fn next_state(&self, last: &Site<N>, action: Action) -> Option<Site<N>> {
        let mut site = last.clone();
        match action {
            Action::Deliver => site.deliver(),
            Action::Lose => {
                site.now.remove(0);
                site.faults += 1;
            }
            Action::Twice => {
                let datagram = site.now.remove(0);
                site.hand_over(&datagram);
                site.hand_over(&datagram);
                site.faults += 1;
            }
            Action::KeepBack => {
                let datagram = site.now.remove(0);
                site.late.push(datagram);
                site.faults += 1;
            }
            Action::DeliverLate(at) => {
                let datagram = site.late.remove(at);
                site.hand_over(&datagram);
            }
            Action::Step => site.advance(),
            Action::RestartStation(at) => {
                site.restarts += 1;
                site.starts += 1;
                site.slaves[at] = Site::<N>::new_slave(at, site.time(), site.starts);
                site.before[at] = 0;
                site.drive_slave(at);
            }
            Action::CutOff(at) => {
                site.cut = Some(at);
                site.faults += 1;
            }
            Action::Heal => site.cut = None,
            Action::RestartMaster => {
                site.restarts += 1;
                site.master = Site::<N>::new_master(site.epoch, 2);
                site.drive_master();
            }
        }
        Some(site)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always("the fuse", |_, site: &Site<N>| site.load() <= FUSE),
            Property::sometimes("the second station is served", |_, site: &Site<N>| site.limits()[1] == FUSE),
            Property::sometimes("a station goes alone", |_, site: &Site<N>| site.limits()[0] == DISCONNECTED),
        ]
    }
}

/// Step of the first explored state.
const START: u64 = 40;

fn explore<const N: usize>(scope: Scope) {
    let checker = Protocol::<N>(scope).checker().threads(2).spawn_bfs().join();
    checker.assert_no_discovery("the fuse");
    checker.assert_any_discovery("the second station is served");
    checker.assert_any_discovery("a station goes alone");
    println!("{N} stations, {scope:?}: {} states", checker.unique_state_count());
}

#[test]
fn two_stations_one_fault_and_one_restart() {
    let steps = if cfg!(debug_assertions) { 15 } else { 24 };
    explore::<2>(Scope { steps, faults: 1, restarts: 1 });
}

#[test]
fn three_stations_one_fault() {
    explore::<3>(Scope { steps: 24, faults: 1, restarts: 0 });
}

/// Minutes and gigabytes: run once after every change of the protocol.
#[test]
#[ignore = "takes minutes"]
fn two_stations_two_faults() {
    explore::<2>(Scope { steps: 24, faults: 2, restarts: 0 });
}

/// As above.
#[test]
#[ignore = "takes minutes"]
fn three_stations_one_fault_and_one_restart() {
    explore::<3>(Scope { steps: 24, faults: 1, restarts: 1 });
}
