//! Adding and removing badges at the reader of an EVlink station (commissioning guide, "Authentification").

use core::time::Duration;

use super::{Awaited, Ended, NotStarted, Queue, RefusedCard, TeachEvent};
use crate::time::Instant;
use crate::uid::Uid;

/// The add or remove mode, started from the web page or with an admin badge: badges are shown one after the other, each
/// with a tone, until the user stops or thirty seconds pass.
///
/// That the thirty seconds begin anew with each badge is *inferred*: the guide tells the user to wait that long at the
/// end.
#[derive(Clone, Debug, Default)]
pub struct EvlinkTeachIn {
    busy: bool,
    running: Option<(EvlinkMode, Instant)>,
    /// The badge shown last, which may still lie on the reader.
    last: Option<Uid>,
    events: Queue,
}

/// What is done with the badges shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EvlinkMode {
    /// They are added as user badges.
    Add,
    /// They are removed.
    Remove,
}

impl EvlinkTeachIn {
    /// How long the mode waits for a badge.
    pub const WINDOW: Duration = Duration::from_secs(30);

    /// A machine at rest.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether badges belong to this machine now and not to authorization.
    pub fn is_active(&self) -> bool {
        self.running.is_some()
    }

    /// Starts a mode.
    pub fn start(&mut self, now: Instant, mode: EvlinkMode) {
        self.handle_timeout(now);
        if self.busy || self.running.is_some() {
            let why = if self.busy { NotStarted::Busy } else { NotStarted::Running };
            self.events.push(TeachEvent::NotStarted(why));
            return;
        }
        self.running = Some((mode, now + Self::WINDOW));
        self.last = None;
        self.events.push(TeachEvent::Opened(match mode {
            EvlinkMode::Add => Awaited::CardsToAdd,
            EvlinkMode::Remove => Awaited::CardsToRemove,
        }));
    }

    /// Ends the mode, as the stop button does.
    pub fn stop(&mut self, now: Instant) {
        self.handle_timeout(now);
        self.end(Ended::Done);
    }

    /// A badge was held to the reader.
    pub fn handle_card(&mut self, now: Instant, uid: Uid) {
        self.handle_timeout(now);
        let Some((mode, until)) = &mut self.running else { return };
        if self.last.replace(uid) == Some(uid) {
            return;
        }
        *until = now + Self::WINDOW;
        self.events.push(match mode {
            EvlinkMode::Add if uid.is_random() => TeachEvent::Refused(uid, RefusedCard::RandomUid),
            EvlinkMode::Add => TeachEvent::Learn(uid),
            EvlinkMode::Remove => TeachEvent::Forget(uid),
        });
    }

    /// A session began or ended, or a car was plugged in or out. `busy` while either is there.
    pub fn handle_busy(&mut self, now: Instant, busy: bool) {
        self.handle_timeout(now);
        self.busy = busy;
        if busy {
            self.end(Ended::Busy);
        }
    }

    /// Time has passed.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.end(Ended::Done);
        }
    }

    /// When to call [`EvlinkTeachIn::handle_timeout`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.running.map(|(_, until)| until)
    }

    /// What is to be done or known, the oldest first. Poll until `None` after every other call.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<TeachEvent> {
        self.events.pop()
    }

    fn end(&mut self, how: Ended) {
        if self.running.take().is_some() {
            self.events.push(TeachEvent::Ended(how));
        }
    }
}
