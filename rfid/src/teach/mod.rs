//! Teach-in: how cards come into a station's list at the reader, for each vendor as a machine without clock and IO.
//!
//! All machines are driven alike: hand in what happens (`handle_…`), then take out [`TeachEvent`]s with `poll_event` until
//! there are none, then sleep until `poll_timeout`. A call that comes late is as good as one in time: what should have
//! happened before it happens first, at the time it should have. The machine never touches a list; the events say what
//! to add and remove.
//!
//! A window of ten seconds is open for ten seconds: a card is in time one millisecond before the end and late at the end.
//!
//! Sources: KEBA configuration manual 5.2.3, EVlink commissioning guide ("Authentification"), Bender manual 5.5.

mod bender;
mod evlink;
mod keba;

pub use bender::BenderTeachIn;
pub use evlink::{EvlinkMode, EvlinkTeachIn};
pub use keba::KebaTeachIn;

use crate::mac::MacAddress;
use crate::uid::Uid;

/// What a teach-in machine wants done or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TeachEvent {
    /// The service button was held long enough: erase all cards and restart.
    EraseAndRestart,
    /// A window opened in which this is awaited.
    Opened(Awaited),
    /// A card was read and waits for the master card to confirm it.
    Read(Uid),
    /// Add this card as master card.
    LearnMaster(Uid),
    /// Add this card.
    Learn(Uid),
    /// Add this car.
    LearnMac(MacAddress),
    /// Remove this card.
    Forget(Uid),
    /// A card was not taken; the window stays open.
    Refused(Uid, RefusedCard),
    /// Teach-in did not start.
    NotStarted(NotStarted),
    /// Teach-in is over.
    Ended(Ended),
}

/// What a window is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Awaited {
    /// The card to become master card.
    Master,
    /// The card to be taught.
    Card,
    /// The master card, to confirm.
    Confirmation,
    /// Any number of cards to be added.
    CardsToAdd,
    /// Any number of cards to be removed.
    CardsToRemove,
}

/// Why a card was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusedCard {
    /// Its UID is drawn at random and names no card.
    RandomUid,
}

/// Why teach-in did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotStarted {
    /// A session is active or a car is plugged in.
    Busy,
    /// Another teach-in is running.
    Running,
}

/// How teach-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// As it should.
    Done,
    /// The window closed unused.
    TimedOut,
    /// A session started or a car was plugged in.
    Busy,
    /// The user stopped it, or showed the master card instead of a new one.
    Cancelled,
    /// Another card was shown where the master card had to confirm.
    WrongCard,
}

/// A sequence of tones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tones {
    /// One tone: a card was read.
    Single,
    /// Rising: accepted.
    Rising,
    /// Falling: rejected.
    Falling,
}

impl TeachEvent {
    /// What the user hears (KEBA manual 5.2.2; EVlink: a tone per badge). Tones for ends the manuals are silent about
    /// are *inferred*: falling, as for any rejection.
    pub fn tones(&self) -> Option<Tones> {
        match self {
            Self::Read(_) | Self::Forget(_) | Self::LearnMac(_) | Self::EraseAndRestart => {
                Some(Tones::Single)
            }
            Self::LearnMaster(_) | Self::Learn(_) | Self::Opened(Awaited::Card) => Some(Tones::Rising),
            Self::Refused(..) | Self::NotStarted(_) => Some(Tones::Falling),
            Self::Ended(Ended::Done) | Self::Opened(_) => None,
            Self::Ended(_) => Some(Tones::Falling),
        }
    }
}

/// Events waiting to be taken. No call makes more than it has room for.
#[derive(Clone, Copy, Debug, Default)]
struct Queue {
    events: [Option<TeachEvent>; Self::ROOM],
}

impl Queue {
    const ROOM: usize = 8;

    /// Appends an event. When nobody takes any, the newest is lost, never an order to learn or forget that was given
    /// before it.
    fn push(&mut self, event: TeachEvent) {
        if let Some(free) = self.events.iter_mut().find(|event| event.is_none()) {
            *free = Some(event);
        }
    }

    fn pop(&mut self) -> Option<TeachEvent> {
        let first = self.events.first_mut()?.take();
        self.events.rotate_left(1);
        first
    }
}
