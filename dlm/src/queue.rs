//! Who comes first when not everybody can charge.
//!
//! A running session keeps its place; a waiting one comes in when there is room. So that nobody waits
//! for ever, at every turn (15 minutes, KEBA 5.1.1) the longest waiting sessions go before the running
//! ones of their priority: whoever then no longer fits is paused and goes to the tail. Sessions on
//! other phases are not touched by that, and VIPs are never displaced by a turn.

use crate::units::{Instant, WattHours};

/// Class of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// Served before all others and never rotated out (EVlink's VIP badge).
    Vip,
    /// The usual.
    #[default]
    Normal,
    /// Served with what others leave.
    Low,
}

/// A session as the queue sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) priority: Priority,
    /// Since when it has been charging, `None` if it waits.
    pub(crate) charging_since: Option<Instant>,
    /// When it joined the tail of the queue.
    pub(crate) queued_at: Instant,
    /// Whether this is its turn.
    pub(crate) called: bool,
    /// What counts against it when running sessions are paused: time or energy.
    pub(crate) consumed: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    /// Comes in at this turn.
    Called,
    Charging,
    Waiting,
}

impl Ticket {
    /// Place in the order of admission, lower is served first: by priority, then those whose turn it is, then those
    /// who charge, then by what they have had or how long they have been waiting.
    pub(crate) fn place(&self) -> u64 {
        let (group, rank) = match self.charging_since {
            _ if self.called => (Group::Called, self.queued_at.as_millis()),
            Some(_) => (Group::Charging, self.consumed),
            None => (Group::Waiting, self.queued_at.as_millis()),
        };
        (self.priority as u64) << 62 | (group as u64) << 60 | rank.min((1 << 60) - 1)
    }

    /// Whether a turn is for sessions like this one: waiting, and no VIP.
    pub(crate) fn may_be_called(&self) -> bool {
        !self.called && self.charging_since.is_none() && self.priority != Priority::Vip
    }
}

/// How much a running session has had, for the order in which sessions are paused.
pub(crate) fn consumed(shedding: Shedding, now: Instant, since: Instant, energy: WattHours) -> u64 {
    match shedding {
        Shedding::LongestCharging => now.as_millis().saturating_sub(since.as_millis()),
        Shedding::MostEnergy => energy.0.into(),
    }
}

/// Who is paused first when not all running sessions fit any more (EVlink 4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shedding {
    /// The one that has been charging longest.
    #[default]
    LongestCharging,
    /// The one that has received most energy.
    MostEnergy,
}
