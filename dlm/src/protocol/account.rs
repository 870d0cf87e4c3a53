//! What one member could be using: the master's side of every grant, however many were lost on the way.

use super::stamp::{Shift, Stamp};
use super::timing::Timing;
use crate::phases::Terminals;
use crate::units::Milliamps;
use core::time::Duration;

/// Currents by terminal.
pub(super) type ByTerminal = [Milliamps; 3];

pub(super) const NOTHING: ByTerminal = [Milliamps::ZERO; 3];

/// The same current on these terminals.
pub(super) fn on(terminals: Terminals, current: Milliamps) -> ByTerminal {
    core::array::from_fn(|place| if terminals.contains(place) { current } else { Milliamps::ZERO })
}

pub(super) fn either(
    a: ByTerminal,
    b: ByTerminal,
    pick: fn(Milliamps, Milliamps) -> Milliamps,
) -> ByTerminal {
    core::array::from_fn(|place| pick(a[place], b[place]))
}

/// The newest grant, and the highest of the older ones that may still be in force or still be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Account {
    limit: Milliamps,
    terminals: Terminals,
    /// When its lease is certainly over, and what that means for the car done.
    until: Stamp,
    /// Number of the first grant of this limit and these terminals.
    first: u32,
    /// Whether the member said that it accepted it.
    confirmed: bool,
    older: ByTerminal,
    older_until: Stamp,
}

impl Account {
    /// Of a member that holds nothing.
    pub(super) const NEW: Self = Self {
        limit: Milliamps::ZERO,
        terminals: Terminals::NONE,
        until: Stamp::LONG_AGO,
        first: 0,
        confirmed: true,
        older: NOTHING,
        older_until: Stamp::LONG_AGO,
    };

    /// Of a member that reported this limit under our epoch. Its car may still be following a higher one.
    pub(super) fn reported(
        now: Stamp,
        limit: Milliamps,
        granted: Terminals,
        most: ByTerminal,
        timing: &Timing,
    ) -> Self {
        Self {
            limit,
            terminals: granted,
            until: now.after(timing.lead()),
            first: 0,
            confirmed: true,
            older: most,
            older_until: now.after(timing.reaction),
        }
    }

    pub(super) const fn limit(&self) -> Milliamps {
        self.limit
    }

    pub(super) const fn terminals(&self) -> Terminals {
        self.terminals
    }

    /// Decides another grant; `number` is the least it can go out with.
    pub(super) fn set(
        &mut self,
        now: Stamp,
        limit: Milliamps,
        terminals: Terminals,
        number: u32,
        disconnected: Milliamps,
    ) {
        let before = on(self.terminals, self.limit);
        self.older = either(self.older(now, disconnected), before, Milliamps::max);
        self.older_until = self.older_until.max(self.until);
        (self.limit, self.terminals, self.first, self.confirmed) = (limit, terminals, number, false);
    }

    /// What older grants still allow.
    fn older(&self, now: Stamp, disconnected: Milliamps) -> ByTerminal {
        if now < self.older_until {
            self.older
        } else if self.confirmed {
            NOTHING
        } else {
            self.older.map(|limit| limit.min(disconnected))
        }
    }

    /// The newest grant goes out once more, as the answer to a report that arrived at `heard`.
    pub(super) fn renew(&mut self, heard: Stamp, timing: &Timing) {
        self.until = self.until.max(heard.after(timing.lead()));
    }

    /// The member accepted a grant of this number: the newest limit if it is not from before it. What it was using
    /// before is over when its car has reacted.
    pub(super) fn confirm(&mut self, now: Stamp, accepted: u32, disconnected: Milliamps, reaction: Duration) {
        if !self.confirmed && accepted >= self.first {
            self.older = self.possible(now, disconnected);
            self.older_until = now.after(reaction);
            self.confirmed = true;
        }
    }

    /// The member was using this by itself until now; its car may go on for as long as it takes to react.
    pub(super) fn linger(
        &mut self,
        now: Stamp,
        using: ByTerminal,
        disconnected: Milliamps,
        reaction: Duration,
    ) {
        self.older = either(self.older(now, disconnected), using, Milliamps::max);
        self.older_until = self.older_until.max(now.after(reaction));
    }

    /// The most the member can be using by terminal if it obeys and is not alone.
    pub(super) fn possible(&self, now: Stamp, disconnected: Milliamps) -> ByTerminal {
        let limit = if now < self.until { self.limit } else { self.limit.min(disconnected) };
        either(on(self.terminals, limit), self.older(now, disconnected), Milliamps::max)
    }

    /// What replaced grants leave for long if the member never hears of it: it holds the lower of them and its
    /// disconnected limit.
    pub(super) fn lasting(&self, now: Stamp, disconnected: Milliamps) -> ByTerminal {
        if self.confirmed {
            NOTHING
        } else {
            self.older(now, disconnected).map(|limit| limit.min(disconnected))
        }
    }

    /// Reads all stamps as `shift` says.
    pub(super) fn shift(&mut self, shift: Shift) {
        shift.apply(&mut self.until);
        shift.apply(&mut self.older_until);
    }

    /// When [`possible`](Self::possible) falls next.
    pub(super) fn next_release(&self, now: Stamp) -> Option<Stamp> {
        [self.until, self.older_until].into_iter().filter(|&at| at > now).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: fn(u32) -> Milliamps = Milliamps::from_amps;
    const ALL: Terminals = Terminals::THREE;

    fn at(seconds: u64) -> Stamp {
        Stamp::LONG_AGO.after(Duration::from_secs(seconds))
    }

    /// 32 A, granted at 0 s and confirmed; then 16 A at 1 s.
    fn lowered(timing: &Timing) -> Account {
        let mut account = Account::NEW;
        account.set(at(0), A(32), ALL, 1, A(8));
        account.renew(at(0), timing);
        account.confirm(at(0), 1, A(8), timing.reaction);
        account.set(at(1), A(16), ALL, 2, A(8));
        account
    }

    #[test]
    fn a_second_lowering_does_not_forget_what_the_first_left() {
        let timing = Timing::default();
        let mut account = lowered(&timing);
        account.set(at(2), A(6), ALL, 3, A(8));
        assert_eq!(account.possible(at(2), A(8)), [A(32); 3]);
        account.confirm(at(3), 3, A(8), timing.reaction);
        assert_eq!(account.possible(at(8), A(8)), [A(32); 3], "the car takes its time");
        assert_eq!(account.possible(at(9), A(8)), [A(6); 3]);
    }

    #[test]
    fn what_was_never_confirmed_leaves_a_hold() {
        let timing = Timing::default();
        let account = lowered(&timing);
        let over = at(0).after(timing.lead());
        assert_eq!(
            account.possible(over, A(8)),
            [A(8); 3],
            "32 A are over, the lower of them and its own is not"
        );
        assert_eq!(account.lasting(over, A(8)), [A(8); 3]);
        assert_eq!(account.lasting(over, A(40)), [A(32); 3]);
    }

    #[test]
    fn a_lease_that_is_over_leaves_a_hold() {
        let timing = Timing::default();
        let mut account = lowered(&timing);
        account.renew(at(1), &timing);
        account.confirm(at(2), 2, A(8), timing.reaction);
        let over = at(1).after(timing.lead());
        assert_eq!(account.possible(over.before(Duration::from_millis(1)), A(8)), [A(16); 3]);
        assert_eq!(account.possible(over, A(8)), [A(8); 3]);
    }
}
