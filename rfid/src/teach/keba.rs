//! Teach-in at the reader of a KEBA station (configuration manual 5.2.3).

use core::time::Duration;

use super::{Awaited, Ended, NotStarted, Queue, RefusedCard, TeachEvent};
use crate::time::Instant;
use crate::uid::Uid;

/// Teach-in of the master card with the service button, and of ordinary cards with the master card.
///
/// *Master card*: the button held to the second tone, about ten seconds, has all cards erased and the station restarted
/// ([`TeachEvent::EraseAndRestart`]). Thirty seconds later a window of thirty seconds opens for the new master card. A
/// station that really restarts goes on with [`KebaTeachIn::after_erase`].
///
/// *Ordinary card*: the master card opens a window of ten seconds for the new card, and the new card one of five
/// seconds for the master card to confirm it.
///
/// Neither starts while a session is active or a car is plugged in, and either ends when that changes. Where cards are
/// kept by a back end there is no teach-in at the reader: give the machine a card only while it
/// [is active](KebaTeachIn::is_active) or the policy says [`Decision::TeachIn`](crate::Decision::TeachIn).
///
/// ```
/// use evkit_rfid::{Awaited, Ended, Instant, KebaTeachIn, TeachEvent, Uid};
///
/// let (master, card) = (Uid::from([0xA1, 0xB2, 0xC3, 0xD4]), Uid::from([0xE2, 0xEB, 0x1C, 0x02]));
/// let second = |seconds: u64| Instant::from_millis(1000 * seconds);
/// let mut teach = KebaTeachIn::new(Some(master));
/// teach.handle_card(second(0), master);
/// teach.handle_card(second(4), card);
/// teach.handle_card(second(6), master);
/// let events: Vec<_> = std::iter::from_fn(|| teach.poll_event()).collect();
/// assert_eq!(
///     events,
///     [
///         TeachEvent::Opened(Awaited::Card),
///         TeachEvent::Read(card),
///         TeachEvent::Opened(Awaited::Confirmation),
///         TeachEvent::Learn(card),
///         TeachEvent::Ended(Ended::Done),
///     ]
/// );
/// ```
#[derive(Clone, Debug)]
pub struct KebaTeachIn {
    master: Option<Uid>,
    busy: bool,
    state: State,
    events: Queue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    /// The service button is down.
    Held {
        until: Instant,
    },
    /// All cards are erased and the station restarts.
    Restarting {
        until: Instant,
    },
    /// Waits for the card to become master card.
    Master {
        until: Instant,
    },
    /// Waits for the card to be taught.
    Card {
        until: Instant,
    },
    /// Waits for the master card to confirm.
    Confirmation {
        card: Uid,
        until: Instant,
    },
}

impl KebaTeachIn {
    /// How long the service button is held, to the second tone.
    pub const HOLD: Duration = Duration::from_secs(10);
    /// How long the station takes to restart.
    pub const RESTART: Duration = Duration::from_secs(30);
    /// How long the window for the master card is open.
    pub const MASTER_WINDOW: Duration = Duration::from_secs(30);
    /// How long the window for a card is open.
    pub const CARD_WINDOW: Duration = Duration::from_secs(10);
    /// How long the master card has to confirm a card.
    pub const CONFIRM_WINDOW: Duration = Duration::from_secs(5);

    /// A machine at rest. `master` is the master card of the list, if it has one.
    pub fn new(master: Option<Uid>) -> Self {
        Self { master, busy: false, state: State::Idle, events: Queue::default() }
    }

    /// A station that has just started after [`TeachEvent::EraseAndRestart`]: the wait of thirty seconds began at `started`.
    pub fn after_erase(started: Instant) -> Self {
        Self { state: State::Restarting { until: started + Self::RESTART }, ..Self::new(None) }
    }

    /// Whether cards belong to this machine now and not to authorization.
    pub fn is_active(&self) -> bool {
        !matches!(self.state, State::Idle | State::Held { .. })
    }

    /// The service button was pressed or released.
    pub fn handle_button(&mut self, now: Instant, pressed: bool) {
        self.handle_timeout(now);
        match (self.state, pressed) {
            (State::Idle, true) if self.busy => self.refuse(),
            (State::Idle, true) => self.state = State::Held { until: now + Self::HOLD },
            (State::Held { .. }, false) => self.state = State::Idle,
            _ => {}
        }
    }

    /// A card was held to the reader.
    pub fn handle_card(&mut self, now: Instant, uid: Uid) {
        self.handle_timeout(now);
        let is_master = self.master == Some(uid);
        match self.state {
            State::Idle if is_master && self.busy => self.refuse(),
            State::Idle if is_master => {
                self.state = State::Card { until: now + Self::CARD_WINDOW };
                self.events.push(TeachEvent::Opened(Awaited::Card));
            }
            State::Master { .. } | State::Card { .. } if uid.is_random() => {
                self.events.push(TeachEvent::Refused(uid, RefusedCard::RandomUid));
            }
            State::Master { .. } => {
                self.master = Some(uid);
                self.events.push(TeachEvent::LearnMaster(uid));
                self.end(Ended::Done);
            }
            // That the master card ends it here is inferred; it cannot teach itself.
            State::Card { .. } if is_master => self.end(Ended::Cancelled),
            State::Card { .. } => {
                self.state = State::Confirmation { card: uid, until: now + Self::CONFIRM_WINDOW };
                self.events.push(TeachEvent::Read(uid));
                self.events.push(TeachEvent::Opened(Awaited::Confirmation));
            }
            State::Confirmation { card, .. } if is_master => {
                self.events.push(TeachEvent::Learn(card));
                self.end(Ended::Done);
            }
            // The card still lies on the reader.
            State::Confirmation { card, .. } if card == uid => {}
            State::Confirmation { .. } => self.end(Ended::WrongCard),
            State::Idle | State::Held { .. } | State::Restarting { .. } => {}
        }
    }

    /// A session began or ended, or a car was plugged in or out. `busy` while either is there.
    pub fn handle_busy(&mut self, now: Instant, busy: bool) {
        self.handle_timeout(now);
        self.busy = busy;
        match self.state {
            _ if !busy => {}
            State::Idle => {}
            State::Held { .. } => {
                self.state = State::Idle;
                self.refuse();
            }
            _ => self.end(Ended::Busy),
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some(due) = self.poll_timeout().filter(|due| *due <= now) {
            match self.state {
                State::Held { .. } => {
                    self.state = State::Restarting { until: due + Self::RESTART };
                    self.master = None;
                    self.events.push(TeachEvent::EraseAndRestart);
                }
                State::Restarting { .. } => {
                    self.state = State::Master { until: due + Self::MASTER_WINDOW };
                    self.events.push(TeachEvent::Opened(Awaited::Master));
                }
                _ => self.end(Ended::TimedOut),
            }
        }
    }

    /// When to call [`KebaTeachIn::handle_timeout`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.state {
            State::Idle => None,
            State::Held { until }
            | State::Restarting { until }
            | State::Master { until }
            | State::Card { until }
            | State::Confirmation { until, .. } => Some(until),
        }
    }

    /// What is to be done or known, the oldest first. Poll until `None` after every other call.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<TeachEvent> {
        self.events.pop()
    }

    fn refuse(&mut self) {
        self.events.push(TeachEvent::NotStarted(NotStarted::Busy));
    }

    fn end(&mut self, how: Ended) {
        self.state = State::Idle;
        self.events.push(TeachEvent::Ended(how));
    }
}
