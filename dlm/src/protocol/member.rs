//! What a master knows of one member.

use super::account::{Account, ByTerminal, NOTHING, either, on};
use super::frame::Report;
use super::stamp::{Shift, Stamp};
use super::timing::Timing;
use crate::controller::EvseConfig;
use crate::phases::{Rotation, Terminals};
use crate::units::{Instant, Milliamps};

/// The most IEC 61851-1 can signal (table A.8).
const MOST: Milliamps = Milliamps(80_000);

/// What a measured current may be above the grant.
const TOLERANCE: Milliamps = Milliamps(1_000);

/// A member as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wiring {
    pub(super) id: u32,
    pub(super) node: u16,
    pub(super) rotation: Rotation,
    pub(super) wired: Terminals,
    /// The most it can use, whatever goes wrong.
    pub(super) most: Milliamps,
    pub(super) disconnected: Milliamps,
    pub(super) single_phase: Milliamps,
    pub(super) multi_phase: Milliamps,
}

impl Wiring {
    pub(super) fn new(id: u32, evse: &EvseConfig) -> Self {
        let (own, _) = evse.limits.effective(Instant::default()).lowest();
        Self {
            id,
            node: evse.node,
            rotation: evse.rotation,
            wired: evse.wired,
            most: own.min(MOST),
            disconnected: evse.disconnected,
            single_phase: evse.minimum.single_phase,
            multi_phase: evse.minimum.multi_phase,
        }
    }

    pub(super) fn minimum(&self, terminals: Terminals) -> Milliamps {
        if terminals.len() > 1 { self.multi_phase } else { self.single_phase }
    }
}

/// A grant whose acceptance will tell how old the member's clock of silence is at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Mark {
    number: u32,
    made: Stamp,
    /// When the report it answered was sent, at the earliest, where that is known.
    answers: Option<Stamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Member<A> {
    pub(super) wiring: Wiring,
    /// No longer configured, but counted until its grants are over.
    pub(super) leaving: bool,
    pub(super) address: Option<A>,
    pub(super) session: u32,
    pub(super) counter: u32,
    /// When its last report arrived.
    pub(super) heard: Option<Stamp>,
    /// Whether what it holds is known: from itself under our epoch, or because all it ever held is over.
    pub(super) known: bool,
    pub(super) account: Account,
    /// When its last report was sent, at the earliest.
    floor: Option<Stamp>,
    mark: Option<Mark>,
    /// When the report was sent, at the earliest, that the last grant it accepted answers.
    alive: Option<Stamp>,
    pub(super) target: Milliamps,
    pub(super) in_use: Terminals,
    measured: ByTerminal,
    /// Its own word for its disconnected limit, if that is higher than ours.
    reported_disconnected: Milliamps,
    excess_since: Option<Stamp>,
    /// It draws more than it was granted: nothing for it, and all it can take is reserved.
    pub(super) excluded: bool,
    /// A grant should go out.
    pub(super) due: bool,
}

impl<A: Copy> Member<A> {
    pub(super) fn new(wiring: Wiring) -> Self {
        Self {
            wiring,
            leaving: false,
            address: None,
            session: 0,
            counter: 0,
            heard: None,
            known: false,
            account: Account::NEW,
            floor: None,
            mark: None,
            alive: None,
            target: Milliamps::ZERO,
            in_use: wiring.wired,
            measured: NOTHING,
            reported_disconnected: Milliamps::ZERO,
            excess_since: None,
            excluded: false,
            due: false,
        }
    }

    /// The same member, configured differently.
    pub(super) fn rewired(self, wiring: Wiring) -> Self {
        Self { wiring, leaving: false, ..self }
    }

    /// The same member, no longer configured.
    pub(super) fn leave(self) -> Self {
        Self { leaving: true, ..self }
    }

    /// Nothing that was heard before counts any more: another master may have spoken since.
    pub(super) fn forget(&mut self) {
        *self = Self {
            target: self.target,
            address: self.address,
            leaving: self.leaving,
            ..Self::new(self.wiring)
        };
    }

    /// Reads all stamps as `shift` says.
    pub(super) fn shift(&mut self, shift: Shift) {
        self.account.shift(shift);
        let mark = self.mark.iter_mut().flat_map(|mark| [Some(&mut mark.made), mark.answers.as_mut()]);
        let own = [&mut self.heard, &mut self.floor, &mut self.alive, &mut self.excess_since];
        mark.chain(own.map(Option::as_mut)).flatten().for_each(|stamp| shift.apply(stamp));
    }

    /// What it falls to alone; the higher of our list's word and its own.
    pub(super) fn disconnected(&self) -> Milliamps {
        self.wiring.disconnected.max(self.reported_disconnected)
    }

    /// Whether a grant sent now would still be accepted.
    pub(super) fn is_heard(&self, now: Stamp, timing: &Timing) -> bool {
        self.heard.is_some_and(|heard| now.since(heard) < timing.lease)
    }

    /// Whether this report is news. A new session replaces the old one only after it has fallen silent, so that an
    /// old report, repeated, cannot push a member aside.
    pub(super) fn is_new(&self, now: Stamp, report: &Report, timing: &Timing) -> bool {
        if report.session == self.session {
            return report.counter > self.counter;
        }
        self.heard.is_none_or(|heard| now.since(heard) > timing.period * 2)
    }

    /// Takes a report in that is news; `ours`: whether it follows this master in this epoch.
    pub(super) fn handle(&mut self, now: Stamp, report: &Report, ours: bool, timing: &Timing) {
        let same_session = report.session == self.session;
        (self.session, self.counter, self.heard, self.due) =
            (report.session, report.counter, Some(now), true);
        if !same_session {
            (self.floor, self.mark) = (None, None);
        }
        self.reported_disconnected = report.disconnected;
        self.measured = report.measured;
        self.in_use =
            if report.plugged { report.in_use.intersection(self.wiring.wired) } else { Terminals::NONE };
        if !report.plugged {
            self.excluded = false;
        }
        if ours && report.accepted > 0 {
            self.acknowledge(now, report, timing);
        }
        self.watch(now, timing);
    }

    fn acknowledge(&mut self, now: Stamp, report: &Report, timing: &Timing) {
        let (disconnected, reaction) = (self.disconnected(), timing.reaction);
        if self.known {
            self.account.confirm(now, report.accepted, disconnected, reaction);
        } else {
            let most = on(self.wiring.wired, self.wiring.most);
            self.account = Account::reported(now, report.limit, report.granted, most, timing);
            self.known = true;
        }
        if let Some(mark) = self.mark.filter(|mark| report.accepted >= mark.number) {
            if self.is_alone(now, timing) {
                self.account.linger(now, self.alone_use(), disconnected, reaction);
            }
            self.alive = self.alive.max(mark.answers);
            self.floor = Some(mark.made);
            self.mark = None;
        }
    }

    /// A member that draws clearly more than it may, for longer than cars need, is no longer believed.
    fn watch(&mut self, now: Stamp, timing: &Timing) {
        let obeyed = self.obeyed(now, timing).map(|current| current.saturating_add(TOLERANCE));
        if !self.known || self.measured.iter().zip(obeyed).all(|(measured, most)| *measured <= most) {
            self.excess_since = None;
        } else if now.since(*self.excess_since.get_or_insert(now)) > timing.reaction {
            self.excluded = true;
        }
    }

    /// Notes that its newest grant goes out with this number.
    pub(super) fn granted(&mut self, now: Stamp, number: u32, keep: bool, timing: &Timing) {
        self.due = false;
        if let (false, Some(heard)) = (keep, self.heard) {
            self.account.renew(heard, timing);
        }
        if self.mark.is_none() {
            self.mark = Some(Mark { number, made: now, answers: self.floor });
        }
    }

    fn alone_use(&self) -> ByTerminal {
        on(self.wiring.wired, self.disconnected())
    }

    /// Whether it may be at its disconnected limit by now.
    fn is_alone(&self, now: Stamp, timing: &Timing) -> bool {
        self.alive.is_none_or(|alive| now >= timing.not_alone_before(alive))
    }

    /// Whether it may get there before grants given to others now are over: its disconnected limit is kept free.
    pub(super) fn is_suspect(&self, now: Stamp, timing: &Timing) -> bool {
        self.is_alone(now.after(timing.lead()), timing)
    }

    /// When that becomes so.
    pub(super) fn suspect_from(&self, timing: &Timing) -> Option<Stamp> {
        Some(timing.not_alone_before(self.alive?).before(timing.lead()))
    }

    /// What it can be using if it obeys.
    fn obeyed(&self, now: Stamp, timing: &Timing) -> ByTerminal {
        let granted = self.account.possible(now, self.disconnected());
        if self.is_alone(now, timing) { either(granted, self.alone_use(), Milliamps::max) } else { granted }
    }

    /// What it can be using, by terminal.
    pub(super) fn bound(&self, now: Stamp, timing: &Timing) -> ByTerminal {
        let mut bound = self.obeyed(now, timing);
        if self.heard.is_some_and(|heard| now.since(heard) < timing.lead()) {
            bound = either(bound, self.measured, Milliamps::max);
        }
        if self.excluded {
            either(bound, on(self.wiring.wired, self.wiring.most), Milliamps::max)
        } else {
            bound
        }
    }

    /// What must be kept free for it beside what it is granted from now on.
    pub(super) fn reserve(&self, now: Stamp, timing: &Timing) -> ByTerminal {
        if self.excluded {
            on(self.wiring.wired, self.wiring.most)
        } else if self.leaving {
            self.bound(now, timing)
        } else if !self.known || self.is_suspect(now, timing) {
            self.alone_use()
        } else {
            NOTHING
        }
    }

    /// What replaced grants that it never confirmed leave it with if it hears nothing more.
    pub(super) fn lasting(&self, now: Stamp) -> ByTerminal {
        self.account.lasting(now, self.disconnected())
    }

    /// All that a decision depends on: a report that changes nothing of it needs no new one.
    pub(super) fn weight(&self, now: Stamp, timing: &Timing) -> impl PartialEq + use<A> {
        let counted = (self.bound(now, timing), self.reserve(now, timing));
        (
            counted,
            self.account,
            self.in_use,
            self.known,
            self.excluded,
            self.is_heard(now, timing),
            self.disconnected(),
        )
    }

    /// Whether a member that is no longer configured can be dropped.
    pub(super) fn has_left(&self, now: Stamp) -> bool {
        self.leaving && self.account.possible(now, Milliamps::ZERO) == NOTHING
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::time::Duration;

    const A: fn(u32) -> Milliamps = Milliamps::from_amps;

    fn member() -> Member<u8> {
        let evse = EvseConfig { disconnected: A(8), ..EvseConfig::on(0) };
        Member::new(Wiring { most: A(32), ..Wiring::new(1, &evse) })
    }

    fn report(session: u32, counter: u32) -> Report {
        Report {
            epoch: 1,
            member: 1,
            session,
            counter,
            master: 1,
            accepted: 1,
            limit: A(6),
            granted: Terminals::THREE,
            in_use: Terminals::THREE,
            plugged: true,
            wants: true,
            stopped: false,
            led: true,
            disconnected: A(8),
            measured: NOTHING,
        }
    }

    #[test]
    fn the_first_word_of_a_member_may_hide_a_car_that_still_follows_a_higher_limit() {
        let (mut member, timing) = (member(), Timing::default());
        let now = Stamp::LONG_AGO.after(timing.settled());
        member.handle(now, &report(7, 1), true, &timing);
        assert_eq!(member.account.possible(now, A(8)), [A(32); 3]);
        assert_eq!(member.account.possible(now.after(timing.reaction), A(8)), [A(6); 3]);
    }

    #[test]
    fn an_old_session_repeated_does_not_push_a_member_aside() {
        let (mut member, timing) = (member(), Timing::default());
        let now = Stamp::LONG_AGO.after(timing.lease);
        member.handle(now, &report(7, 5), true, &timing);
        let soon = now.after(timing.period * 2);
        assert!(!member.is_new(soon, &report(6, 99), &timing));
        assert!(member.is_new(soon.after(Duration::from_millis(1)), &report(8, 1), &timing));
        assert!(!member.is_new(now, &report(7, 5), &timing), "the same one again");
    }
}
