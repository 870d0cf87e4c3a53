//! The master's side: one decision for all members, sent to each as the answer to its report.

use super::frame::{Frame, FrameError, Grant, MAX_FRAME, Report, Seal};
use super::member::{Member, Wiring};
use super::slave::Car;
use super::stamp::{Calendar, Stamp};
use super::timing::{Timing, TimingError};
use crate::check::{self, Finding, Severity};
use crate::controller::{EvseConfig, NodeConfig};
use crate::phases::Terminals;
use crate::units::{Instant, Milliamps, PhaseCurrents};
use thiserror::Error;

/// Which masters there can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mastership {
    /// One device is the master, for ever; its own earlier life, before a restart, is the only other one. A second
    /// one is noticed when a station hears both or one hears a station of the other, but two masters in two halves of
    /// a network that is cut in two would both give what the other half does not seem to use.
    #[default]
    Sole,
    /// Several devices can be. Only who hears more than half of the members gives anybody more than its disconnected
    /// limit, so two masters never do at the same time, however the network is cut.
    Majority,
}

/// What a master is told once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MasterConfig {
    /// A number that no other master has, nor this one's earlier lives: a random one at every start.
    pub id: u32,
    /// Which masters there can be.
    pub mastership: Mastership,
    /// Durations, the same in the whole network.
    pub timing: Timing,
}

/// A site that a master refuses to manage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The durations do not fit each other.
    #[error(transparent)]
    Timing(#[from] TimingError),
    /// The commissioning check found an error.
    #[error("{0}")]
    Finding(Finding),
    /// One number for each EVSE is needed.
    #[error("{ids} member numbers for {evses} EVSEs")]
    Ids {
        /// Numbers given.
        ids: usize,
        /// EVSEs given.
        evses: usize,
    },
    /// Two EVSEs have the same number.
    #[error("member number {0} is used twice")]
    Duplicate(u32),
    /// More EVSEs than there is memory for, those counted that were removed and still hold grants.
    #[error("{needed} members, but there is room for {room}")]
    Full {
        /// Members, leaving ones included.
        needed: usize,
        /// Room there is.
        room: usize,
    },
    /// There is no such node or member.
    #[error("there is no number {0}")]
    NoSuch(usize),
}

/// What a master has to say beside its grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Event {
    /// A member reported.
    Report {
        /// Its index.
        member: usize,
        /// What it says of its car.
        car: Car,
        /// Whether it stopped its car for drawing too much.
        stopped: bool,
    },
    /// A device that is not configured asked for current. It gets none until it is.
    Stranger {
        /// Its number.
        id: u32,
    },
    /// Another master is at work; this one is silent.
    Rival {
        /// Its number.
        id: u32,
        /// Its epoch.
        epoch: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct SupplyNode {
    pub(super) parent: Option<u16>,
    pub(super) capacity: PhaseCurrents,
}

/// Whether this master may speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Role {
    /// An epoch has to be stored before it is used.
    Storing {
        epoch: u32,
        asked: bool,
    },
    Active,
    /// Another master is at work, or was until this time.
    Silent {
        until: Stamp,
        epoch: u32,
    },
}

/// The master of a network of at most `MEMBERS` EVSEs below `NODES` supply nodes; `A` is what an address is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Master<A, const NODES: usize, const MEMBERS: usize> {
    id: u32,
    /// What all times below count from.
    pub(super) calendar: Calendar,
    mastership: Mastership,
    pub(super) timing: Timing,
    seal: Seal,
    epoch: u32,
    role: Role,
    number: u32,
    pub(super) nodes: [SupplyNode; NODES],
    pub(super) members: [Option<Member<A>>; MEMBERS],
    /// Until when it only listens, so that leases of before go on.
    listens_until: Stamp,
    /// When every member that has not been heard of is certainly at its disconnected limit; `None` while there is no
    /// majority.
    settled_at: Option<Stamp>,
    /// Until when the last decision holds if nothing new is heard.
    decided_until: Option<Stamp>,
    event: Option<Event>,
    /// Where the search for the next grant to send goes on.
    turn: usize,
}

impl<A: Copy + Eq, const NODES: usize, const MEMBERS: usize> Master<A, NODES, MEMBERS> {
    /// A master that starts after the one that stored `epoch` (0 on a new device) and first asks for the next epoch to
    /// be stored. `ids` are the members' numbers; index and order are those of `evses`.
    ///
    /// # Errors
    /// [`ConfigError`] if the site as described could pass a limit when something fails; see [`check::check`].
    pub fn new(
        config: &MasterConfig,
        seal: Seal,
        epoch: u32,
        nodes: &[NodeConfig; NODES],
        ids: &[u32],
        evses: &[EvseConfig],
    ) -> Result<Self, ConfigError> {
        config.timing.check()?;
        let mut master = Self {
            id: config.id,
            calendar: Calendar::default(),
            mastership: config.mastership,
            timing: config.timing,
            seal,
            epoch,
            role: Role::Storing { epoch: epoch.saturating_add(1), asked: false },
            number: 0,
            nodes: [SupplyNode { parent: None, capacity: [Milliamps::ZERO; 3] }; NODES],
            members: [None; MEMBERS],
            listens_until: Stamp::LONG_AGO,
            settled_at: None,
            decided_until: None,
            event: None,
            turn: 0,
        };
        master.configure(Instant::default(), nodes, ids, evses)?;
        Ok(master)
    }

    /// Takes over another description of the site, as a whole or not at all. Members that are not in it any more get
    /// nothing, and count until their grants are over.
    ///
    /// # Errors
    /// [`ConfigError`]; nothing has changed then.
    pub fn configure(
        &mut self,
        now: Instant,
        nodes: &[NodeConfig; NODES],
        ids: &[u32],
        evses: &[EvseConfig],
    ) -> Result<(), ConfigError> {
        if ids.len() != evses.len() {
            return Err(ConfigError::Ids { ids: ids.len(), evses: evses.len() });
        }
        let mut seen = ids;
        while let Some((id, rest)) = seen.split_first() {
            if rest.contains(id) {
                return Err(ConfigError::Duplicate(*id));
            }
            seen = rest;
        }
        let mut worst = None;
        check::check(nodes, evses, |finding| {
            if finding.severity() == Severity::Error {
                worst.get_or_insert(finding);
            }
        });
        if let Some(finding) = worst {
            return Err(ConfigError::Finding(finding));
        }
        let stamp = self.stamp(now);
        self.match_members(stamp, ids, evses)?;
        for (node, config) in self.nodes.iter_mut().zip(nodes) {
            let capacity = config.limits.effective(now).currents;
            *node = SupplyNode { parent: config.parent, capacity };
        }
        self.decided_until = None;
        Ok(())
    }

    /// Puts the members in the order of a new list, with what is known of those that were there before; the leaving
    /// ones behind them.
    fn match_members(&mut self, now: Stamp, ids: &[u32], evses: &[EvseConfig]) -> Result<(), ConfigError> {
        let leaves = |member: &&Member<A>| !ids.contains(&member.wiring.id) && !member.leave().has_left(now);
        let needed = ids.len() + self.members.iter().flatten().filter(leaves).count();
        if needed > MEMBERS {
            return Err(ConfigError::Full { needed, room: MEMBERS });
        }
        for slot in &mut self.members {
            *slot = slot.map(|member| if ids.contains(&member.wiring.id) { member } else { member.leave() });
        }
        self.drop_left(now);
        for (at, (&id, evse)) in ids.iter().zip(evses).enumerate() {
            let wiring = Wiring::new(id, evse);
            let rest = self.members.get_mut(at..).unwrap_or_default();
            let known = rest.iter().position(|slot| slot.is_some_and(|member| member.wiring.id == id));
            // There is a free slot for everybody else: they were counted.
            let Some(from) = known.or_else(|| rest.iter().position(Option::is_none)) else { break };
            rest.swap(0, from);
            if let Some(slot) = rest.first_mut() {
                *slot = Some(slot.map_or(Member::new(wiring), |member| member.rewired(wiring)));
            }
        }
        Ok(())
    }

    /// The time as members remember it.
    fn stamp(&mut self, now: Instant) -> Stamp {
        if let Some(shift) = self.calendar.advance(now) {
            self.members.iter_mut().flatten().for_each(|member| member.shift(shift));
            let until = match &mut self.role {
                Role::Silent { until, .. } => Some(until),
                Role::Storing { .. } | Role::Active => None,
            };
            let own = [Some(&mut self.listens_until), self.settled_at.as_mut(), self.decided_until.as_mut()];
            own.into_iter().chain([until]).flatten().for_each(|stamp| shift.apply(stamp));
        }
        self.calendar.stamp(now)
    }

    /// Whether it gives grants: its epoch is stored and no other master is at work.
    pub fn is_active(&self) -> bool {
        self.role == Role::Active
    }

    /// What a node may carry for the members below it, by phase: its limit without the load nobody controls.
    ///
    /// # Errors
    /// [`ConfigError::NoSuch`] if there is no such node.
    pub fn set_capacity(&mut self, node: usize, capacity: PhaseCurrents) -> Result<(), ConfigError> {
        self.nodes.get_mut(node).ok_or(ConfigError::NoSuch(node))?.capacity = capacity;
        self.decided_until = None;
        Ok(())
    }

    /// What a member should get: the offer of a [`Controller`](crate::Controller). It gets no more, and less as long
    /// as others could still be using it.
    ///
    /// # Errors
    /// [`ConfigError::NoSuch`] if there is no such member.
    pub fn set_target(&mut self, member: usize, target: Milliamps) -> Result<(), ConfigError> {
        let slot =
            self.members.get_mut(member).and_then(Option::as_mut).ok_or(ConfigError::NoSuch(member))?;
        if slot.target != target {
            slot.target = target;
            self.decided_until = None;
        }
        Ok(())
    }

    /// What a member was granted last and the terminals it is for, `None` if there is no such member.
    pub fn granted(&self, member: usize) -> Option<(Milliamps, Terminals)> {
        let member = self.members.get(member)?.as_ref()?;
        Some((member.account.limit(), member.account.terminals()))
    }

    /// Whether a member draws more than it was granted, and is therefore granted nothing.
    pub fn is_excluded(&self, member: usize) -> bool {
        self.members.get(member).and_then(Option::as_ref).is_some_and(|member| member.excluded)
    }

    /// Whether a report of the member arrived within the lease.
    pub fn is_heard(&self, member: usize, now: Instant) -> bool {
        let member = self.members.get(member).and_then(Option::as_ref);
        member.is_some_and(|member| member.is_heard(self.calendar.stamp(now), &self.timing))
    }

    /// An epoch to be written to stable storage; confirm it with [`Master::handle_stored`].
    #[must_use]
    pub fn poll_store(&mut self) -> Option<u32> {
        match &mut self.role {
            Role::Storing { epoch, asked } if !*asked => {
                *asked = true;
                Some(*epoch)
            }
            _ => None,
        }
    }

    /// The epoch that was asked for is in stable storage. From now on this master speaks.
    pub fn handle_stored(&mut self, now: Instant, stored: u32) {
        match self.role {
            Role::Storing { epoch, .. } if epoch == stored => {}
            _ => return,
        }
        let now = self.stamp(now);
        (self.epoch, self.number, self.role) = (stored, 0, Role::Active);
        for member in self.members.iter_mut().flatten() {
            member.forget();
        }
        self.listens_until = now.after(self.timing.lease / 2);
        self.settled_at = (self.mastership == Mastership::Sole).then(|| now.after(self.timing.settled()));
        self.decided_until = None;
    }

    /// Takes a datagram in.
    ///
    /// # Errors
    /// [`FrameError`] if it is not a frame of this network; nothing has changed then.
    pub fn handle_datagram(&mut self, now: Instant, from: A, datagram: &[u8]) -> Result<(), FrameError> {
        if let Frame::Report(report) = self.seal.read(datagram)? {
            let now = self.stamp(now);
            self.handle_report(now, from, &report);
        }
        Ok(())
    }

    fn handle_report(&mut self, now: Stamp, from: A, report: &Report) {
        self.handle_rival(now, report);
        let members = self.members.iter_mut().enumerate();
        let known = members.filter_map(|(index, member)| Some((index, member.as_mut()?)));
        let Some((index, member)) = { known }.find(|(_, member)| member.wiring.id == report.member) else {
            self.event = Some(Event::Stranger { id: report.member });
            return;
        };
        if !member.is_new(now, report, &self.timing) {
            return;
        }
        let ours = self.role == Role::Active && report.epoch == self.epoch && report.master == self.id;
        let before = member.weight(now, &self.timing);
        member.handle(now, report, ours, &self.timing);
        member.address = Some(from);
        if member.weight(now, &self.timing) != before {
            self.decided_until = None;
        }
        let terminals = Some(report.in_use);
        let car = Car { plugged: report.plugged, wants: report.wants, terminals, measured: report.measured };
        self.event = Some(Event::Report { member: index, car, stopped: report.stopped });
    }

    /// A member that follows a master of higher rank: that one speaks, unless it is gone or was ourselves.
    fn handle_rival(&mut self, now: Stamp, report: &Report) {
        if (report.epoch, report.master) <= (self.epoch, self.id) || report.epoch == 0 {
            return;
        }
        if matches!(self.role, Role::Storing { epoch, .. } if epoch > report.epoch) {
            return;
        }
        if report.led {
            self.role = Role::Silent { until: now.after(self.timing.lead()), epoch: report.epoch };
            self.event = Some(Event::Rival { id: report.master, epoch: report.epoch });
        } else if !matches!(self.role, Role::Silent { until, .. } if now < until) {
            self.role = Role::Storing { epoch: report.epoch.saturating_add(1), asked: false };
        }
    }

    /// A report of a member, a stranger or another master that came in with the last datagram.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<Event> {
        self.event.take()
    }

    /// The next datagram to send and where it goes; to be asked until there is none.
    #[must_use]
    pub fn poll_transmit(&mut self, now: Instant, out: &mut [u8; MAX_FRAME]) -> Option<(A, usize)> {
        let now = self.stamp(now);
        if let Role::Silent { until, epoch } = self.role {
            if now >= until {
                self.role = Role::Storing { epoch: epoch.saturating_add(1), asked: false };
            }
        }
        if self.role != Role::Active {
            return None;
        }
        let listens = self.listens(now);
        if !listens && self.decided_until.is_none_or(|until| now >= until) {
            self.drop_left(now);
            self.decide(now);
            self.decided_until = Some(self.next_change(now).unwrap_or(now.after(self.timing.lease)));
        }
        let number = self.next_number();
        let timing = self.timing;
        let (before, after) = self.members.split_at_mut(self.turn.min(MEMBERS));
        let in_turn = after.iter_mut().chain(before).enumerate();
        let mut due = in_turn.filter_map(|(steps, slot)| Some((steps, slot.as_mut()?)));
        let (steps, member) = due.find(|(_, member)| member.due && member.is_heard(now, &timing))?;
        let address = member.address?;
        let keep = listens || !member.known;
        member.granted(now, number, keep, &timing);
        let grant = Grant {
            epoch: self.epoch,
            member: member.wiring.id,
            session: member.session,
            counter: member.counter,
            master: self.id,
            number,
            limit: member.account.limit(),
            terminals: member.account.terminals(),
            keep,
        };
        self.number = number;
        self.turn = (self.turn + steps + 1) % MEMBERS.max(1);
        Some((address, self.seal.write(&Frame::Grant(grant), out)))
    }

    pub(super) fn next_number(&self) -> u32 {
        self.number.saturating_add(1)
    }

    fn drop_left(&mut self, now: Stamp) {
        for slot in &mut self.members {
            if slot.as_ref().is_some_and(|member| member.has_left(now)) {
                *slot = None;
            }
        }
    }

    /// Whether the first word is still to be waited for: half a lease at most, less if everybody has been heard.
    fn listens(&self, now: Stamp) -> bool {
        let mut members = self.members.iter().flatten();
        now < self.listens_until
            && members.any(|member| !member.known || member.is_suspect(now, &self.timing))
    }

    /// Whether raises may be given at all: what every member holds is known, or certainly over.
    pub(super) fn is_ready(&self, now: Stamp) -> bool {
        let all_known = self.members.iter().flatten().all(|member| member.known);
        all_known || self.settled_at.is_some_and(|at| now >= at)
    }

    /// Keeps account of the majority; says whether more than disconnected limits may be given. Who loses it knows
    /// nothing any more of members it does not hear.
    pub(super) fn handle_majority(&mut self, now: Stamp) -> bool {
        if self.settled_at.is_some_and(|at| now >= at) {
            for member in self.members.iter_mut().flatten() {
                member.known = true;
            }
        }
        if self.mastership == Mastership::Sole {
            return true;
        }
        let members = self.members.iter().flatten().filter(|member| !member.leaving);
        let heard =
            members.clone().filter(|member| member.known && member.is_heard(now, &self.timing)).count();
        let majority = heard * 2 > members.count();
        match (majority, self.settled_at) {
            (true, None) => self.settled_at = Some(now.after(self.timing.settled())),
            (false, Some(_)) => {
                self.settled_at = None;
                for member in self.members.iter_mut().flatten() {
                    member.known &= member.is_heard(now, &self.timing);
                }
            }
            _ => {}
        }
        majority
    }

    /// When something changes by itself: a member turns silent, an older grant is over, a start is waited out.
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        Some(self.calendar.instant(self.next_change(self.calendar.stamp(now))?))
    }

    fn next_change(&self, now: Stamp) -> Option<Stamp> {
        let members = self.members.iter().flatten().flat_map(|member| {
            let silent = member.heard.map(|heard| heard.after(self.timing.lease));
            [silent, member.suspect_from(&self.timing), member.account.next_release(now)]
        });
        let role = match self.role {
            Role::Silent { until, .. } => Some(until),
            Role::Storing { .. } | Role::Active => None,
        };
        members
            .chain([self.settled_at, Some(self.listens_until), role])
            .flatten()
            .filter(|&at| at > now)
            .min()
    }
}
