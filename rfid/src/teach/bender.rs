//! Teaching a Bender white list from the web interface (manual 5.5).

use super::{Awaited, Ended, NotStarted, Queue, RefusedCard, TeachEvent};
use crate::mac::MacAddress;
use crate::presence::{CardPresence, PresenceEvent};
use crate::time::Instant;
use crate::uid::Uid;

/// The reading mode behind the button "Add entry": cards are held to the reader one by one, at least two seconds each; a
/// car gives its address when it is plugged in; the button "Finish" ends it.
///
/// It does not start while a session is active or a car is plugged in. Later only a session ends it, for plugging in is
/// how a car is taught. The manual knows no timeout; a caller that wants one calls [`BenderTeachIn::cancel`].
#[derive(Clone, Debug)]
pub struct BenderTeachIn {
    session: bool,
    plugged: bool,
    running: bool,
    presence: CardPresence,
    events: Queue,
}

impl Default for BenderTeachIn {
    fn default() -> Self {
        Self::new()
    }
}

impl BenderTeachIn {
    /// A machine at rest.
    pub fn new() -> Self {
        Self {
            session: false,
            plugged: false,
            running: false,
            presence: CardPresence::BENDER,
            events: Queue::default(),
        }
    }

    /// Whether cards belong to this machine now and not to authorization.
    pub fn is_active(&self) -> bool {
        self.running
    }

    /// "Add entry".
    pub fn start(&mut self, now: Instant) {
        self.handle_timeout(now);
        if self.running || self.session || self.plugged {
            let why = if self.running { NotStarted::Running } else { NotStarted::Busy };
            self.events.push(TeachEvent::NotStarted(why));
            return;
        }
        self.running = true;
        self.presence = CardPresence::BENDER;
        self.events.push(TeachEvent::Opened(Awaited::CardsToAdd));
    }

    /// "Finish".
    pub fn finish(&mut self, now: Instant) {
        self.handle_timeout(now);
        self.end(Ended::Done);
    }

    /// The page was closed, or a timeout of the caller has passed.
    pub fn cancel(&mut self, now: Instant) {
        self.handle_timeout(now);
        self.end(Ended::Cancelled);
    }

    /// The reader sees a card, or none. To be called for every reading while the mode is active.
    pub fn handle_reading(&mut self, now: Instant, card: Option<Uid>) {
        self.handle_timeout(now);
        if self.running {
            self.presence.handle_reading(now, card);
            self.take_cards();
        }
    }

    /// A car was plugged in and told its address, or was plugged in or out without one.
    pub fn handle_plug(&mut self, now: Instant, plugged: bool, mac: Option<MacAddress>) {
        self.handle_timeout(now);
        self.plugged = plugged;
        if let (true, true, Some(mac)) = (self.running, plugged, mac) {
            self.events.push(TeachEvent::LearnMac(mac));
        }
    }

    /// A session began or ended.
    pub fn handle_session(&mut self, now: Instant, active: bool) {
        self.handle_timeout(now);
        self.session = active;
        if active {
            self.end(Ended::Busy);
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.running {
            self.presence.handle_timeout(now);
            self.take_cards();
        }
    }

    /// When to call [`BenderTeachIn::handle_timeout`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.presence.poll_timeout().filter(|_| self.running)
    }

    /// What is to be done or known, the oldest first. Poll until `None` after every other call.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<TeachEvent> {
        self.events.pop()
    }

    fn take_cards(&mut self) {
        while let Some(event) = self.presence.poll_event() {
            match event {
                PresenceEvent::Presented(uid) if uid.is_random() => {
                    self.events.push(TeachEvent::Refused(uid, RefusedCard::RandomUid));
                }
                PresenceEvent::Presented(uid) => self.events.push(TeachEvent::Learn(uid)),
                PresenceEvent::Removed(_) => {}
            }
        }
    }

    fn end(&mut self, how: Ended) {
        if core::mem::take(&mut self.running) {
            self.events.push(TeachEvent::Ended(how));
        }
    }
}
