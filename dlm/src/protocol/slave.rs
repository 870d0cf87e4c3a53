//! A station's side: it obeys a master as long as it hears one, and knows by itself what to do when it does not.

use super::frame::{Frame, FrameError, Grant, MAX_FRAME, Report, Seal};
use super::timing::{Timing, TimingError};
use crate::phases::Terminals;
use crate::units::{Instant, Milliamps};
use core::cmp::Ordering;
use core::time::Duration;

/// Reports whose time of sending is remembered, so that answers to them are known to be fresh.
const REMEMBERED: usize = 8;

/// One of so many reports goes to everybody even if the master is known, so that a second master learns of the first.
const BROADCAST_EVERY: u32 = 4;

/// What a measured current may be above the limit, and how small one may be to count as none.
const TOLERANCE: Milliamps = Milliamps(1_000);

/// What a slave is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SlaveConfig {
    /// Its number in the master's list.
    pub member: u32,
    /// Terminals that are connected at all.
    pub wired: Terminals,
    /// What it may use when it hears nobody; 0: stop. The master's list must say the same.
    pub disconnected: Milliamps,
    /// The least current worth signalling, usually 6 A; lower limits act as 0.
    pub minimum: Milliamps,
    /// Durations, the same in the whole network.
    pub timing: Timing,
}

/// What a station knows of its car.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Car {
    /// Whether one is plugged in.
    pub plugged: bool,
    /// Whether it, or its user, wants current.
    pub wants: bool,
    /// Terminals it uses, `None` while that is not known: then all wired ones are reserved.
    pub terminals: Option<Terminals>,
    /// Currents by terminal.
    pub measured: [Milliamps; 3],
}

/// By whose word the limit of a slave is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// The master's grant is in force.
    Leased,
    /// The lease is over: the lower of the last grant and the disconnected limit.
    Holding,
    /// The master has certainly made room: the disconnected limit.
    Alone,
}

/// Where a datagram goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum To<A> {
    /// One device.
    Peer(A),
    /// Every device of the local network.
    Everybody,
}

/// A report that went out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Sent {
    counter: u32,
    at: Instant,
}

/// The grant in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct InForce {
    limit: Milliamps,
    terminals: Terminals,
    /// When the report it answers was sent; before the first grant: the start.
    since: Instant,
    /// Whether there has been a grant since the start.
    granted: bool,
}

/// One EVSE in a load management network; `A` is what an address is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slave<A> {
    config: SlaveConfig,
    seal: Seal,
    fixed: Option<A>,
    found: Option<A>,
    session: u32,
    counter: u32,
    sent: [Sent; REMEMBERED],
    epoch: u32,
    master: u32,
    accepted: u32,
    force: InForce,
    /// When the report was sent that the master answered last, be it to say that all stays as it is.
    heard: Instant,
    car: Car,
    /// Since when the car has been drawing what it may not.
    excess_since: Option<Instant>,
    stopped: bool,
    /// A master of lower rank that should be told.
    refused: Option<A>,
    report_due: Instant,
}

impl<A: Copy + Eq> Slave<A> {
    /// A slave that has heard of nobody and allows nothing.
    ///
    /// `session` must differ after every start: a random number or a stored count of starts. With the master's
    /// address, reports go there only; without, they go to everybody until a master has answered.
    ///
    /// # Errors
    /// [`TimingError`] if the durations do not fit each other.
    pub fn new(
        now: Instant,
        config: SlaveConfig,
        seal: Seal,
        session: u32,
        master: Option<A>,
    ) -> Result<Self, TimingError> {
        config.timing.check()?;
        Ok(Self {
            config,
            seal,
            fixed: master,
            found: None,
            session,
            counter: 0,
            sent: [Sent::default(); REMEMBERED],
            epoch: 0,
            master: 0,
            accepted: 0,
            force: InForce { limit: Milliamps::ZERO, terminals: config.wired, since: now, granted: false },
            heard: now,
            car: Car::default(),
            excess_since: None,
            stopped: false,
            refused: None,
            report_due: now,
        })
    }

    /// The current its car may have by conductor at `now`; 0 pauses.
    pub fn limit(&self, now: Instant) -> Milliamps {
        let (limit, terminals) = self.in_force(now);
        let covered = self.in_use().intersection(terminals) == self.in_use();
        let allowed = covered && limit >= self.config.minimum && !self.stopped;
        if allowed { limit } else { Milliamps::ZERO }
    }

    /// The limit that leases leave, and the terminals it is for.
    fn in_force(&self, now: Instant) -> (Milliamps, Terminals) {
        let disconnected = self.config.disconnected;
        match self.standing(now) {
            Standing::Leased => (self.force.limit, self.force.terminals),
            Standing::Holding => (self.force.limit.min(disconnected), self.force.terminals),
            Standing::Alone => (disconnected, self.config.wired),
        }
    }

    /// Whether the car drew more than it may, or on terminals it may not: it gets nothing until it is unplugged.
    pub const fn is_stopped(&self) -> bool {
        self.stopped
    }

    /// By whose word the limit is what it is.
    pub fn standing(&self, now: Instant) -> Standing {
        if now.has_passed(self.heard, self.config.timing.alone) {
            Standing::Alone
        } else if !self.force.granted || now.has_passed(self.force.since, self.config.timing.lease) {
            Standing::Holding
        } else {
            Standing::Leased
        }
    }

    /// Whether its master has been heard within the lease.
    fn is_led(&self, now: Instant) -> bool {
        self.accepted > 0 && !now.has_passed(self.heard, self.config.timing.lease)
    }

    /// Takes in what is known of the car, whenever something changes and after every measurement.
    pub fn handle_car(&mut self, now: Instant, car: Car) {
        if !car.plugged {
            self.stopped = false;
        }
        let in_use = self.in_use();
        self.car = car;
        if in_use != self.in_use() {
            self.report_due = now;
        }
        self.watch(now);
    }

    /// Terminals that count as used.
    fn in_use(&self) -> Terminals {
        if !self.car.plugged {
            return Terminals::NONE;
        }
        let drawing = Terminals::from_flags(self.car.measured.map(|current| current > TOLERANCE));
        self.car.terminals.unwrap_or(self.config.wired).union(drawing).intersection(self.config.wired)
    }

    /// The station's own check: a car that draws more than it may, for longer than cars need, is stopped.
    fn watch(&mut self, now: Instant) {
        let most = self.limit(now).saturating_add(TOLERANCE);
        if self.car.measured.iter().all(|&current| current <= most) {
            self.excess_since = None;
            return;
        }
        let since = *self.excess_since.get_or_insert(now);
        if !self.stopped && now.since(since) > self.config.timing.reaction {
            self.stopped = true;
            self.report_due = now;
        }
    }

    /// Takes a datagram in.
    ///
    /// # Errors
    /// [`FrameError`] if it is not a frame of this network; nothing has changed then.
    pub fn handle_datagram(&mut self, now: Instant, from: A, datagram: &[u8]) -> Result<(), FrameError> {
        if let Some(grant) = self.seal.read_grant(datagram)? {
            self.handle_grant(now, from, &grant);
        }
        Ok(())
    }

    fn handle_grant(&mut self, now: Instant, from: A, grant: &Grant) {
        let mine = grant.member == self.config.member && grant.session == self.session;
        let answered = self.sent.iter().find(|sent| sent.counter == grant.counter && sent.counter != 0);
        let Some(answered) = answered.copied().filter(|_| mine) else { return };
        if now.has_passed(answered.at, self.config.timing.lease) {
            return;
        }
        match (grant.epoch, grant.master).cmp(&(self.epoch, self.master)) {
            Ordering::Less => {
                self.refused = Some(from);
                return;
            }
            Ordering::Equal if grant.number <= self.accepted => return,
            Ordering::Equal | Ordering::Greater => {}
        }
        (self.epoch, self.master, self.accepted) = (grant.epoch, grant.master, grant.number);
        self.found = Some(from);
        self.heard = self.heard.max(answered.at);
        if !grant.keep {
            self.take(now, grant, answered.at);
        }
    }

    /// Puts a grant in force.
    fn take(&mut self, now: Instant, grant: &Grant, since: Instant) {
        let terminals = grant.terminals.intersection(self.config.wired);
        let before = self.in_force(now);
        let since = since.max(self.force.since);
        self.force = InForce { limit: grant.limit, terminals, since, granted: true };
        if before != (grant.limit, terminals) {
            self.report_due = now;
        }
        self.watch(now);
    }

    /// The next datagram to send; to be asked until there is none.
    #[must_use]
    pub fn poll_transmit(&mut self, now: Instant, out: &mut [u8; MAX_FRAME]) -> Option<(To<A>, usize)> {
        self.watch(now);
        let to = if let Some(refused) = self.refused.take() {
            To::Peer(refused)
        } else if now >= self.report_due {
            self.report_due = now.after(self.config.timing.period);
            let searching = !self.is_led(now) || self.counter.is_multiple_of(BROADCAST_EVERY);
            match self.fixed.or(self.found.filter(|_| !searching)) {
                Some(master) => To::Peer(master),
                None => To::Everybody,
            }
        } else {
            return None;
        };
        let report = self.report(now);
        Some((to, self.seal.write(&Frame::Report(report), out)))
    }

    fn report(&mut self, now: Instant) -> Report {
        self.counter = self.counter.wrapping_add(1).max(1);
        self.sent.rotate_right(1);
        self.sent[0] = Sent { counter: self.counter, at: now };
        let (limit, granted) = self.in_force(now);
        Report {
            epoch: self.epoch,
            member: self.config.member,
            session: self.session,
            counter: self.counter,
            master: self.master,
            accepted: self.accepted,
            limit,
            granted,
            in_use: self.in_use(),
            plugged: self.car.plugged,
            wants: self.car.wants,
            stopped: self.stopped,
            led: self.is_led(now),
            disconnected: self.config.disconnected,
            measured: self.car.measured,
        }
    }

    /// When the limit may change by itself or a report is due.
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Instant {
        let timing = &self.config.timing;
        let ends = [self.force.since.after(timing.lease), self.heard.after(timing.alone)];
        let stop = self
            .excess_since
            .map(|since| since.after(timing.reaction.saturating_add(Duration::from_millis(1))));
        ends.into_iter().chain(stop).filter(|&at| at > now).fold(self.report_due, Instant::min)
    }
}
