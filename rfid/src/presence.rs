//! Turning what a reader sees, reading by reading, into cards that are presented once.
//!
//! A reader finds the same card many times a second and loses it now and then. Here a card counts as presented once it
//! was there long enough, and as removed once it was not seen for a while. Bender asks for two seconds on the reader
//! (manual 6); the others take a card at once.

use core::time::Duration;

use crate::time::Instant;
use crate::uid::Uid;

/// Watches the cards on one reader.
///
/// Hand in every reading, also those that found nothing; poll the events after each call.
///
/// ```
/// use evkit_rfid::{CardPresence, Instant, PresenceEvent, Uid};
///
/// let uid = Uid::from([0xE2, 0xEB, 0x1C, 0x02]);
/// let mut presence = CardPresence::AT_ONCE;
/// for time in [0, 100, 200] {
///     presence.handle_reading(Instant::from_millis(time), Some(uid));
/// }
/// assert_eq!(presence.poll_event(), Some(PresenceEvent::Presented(uid)));
/// assert_eq!(presence.poll_event(), None, "presented once");
/// ```
#[derive(Clone, Debug)]
pub struct CardPresence {
    hold: Duration,
    gap: Duration,
    card: Option<Seen>,
    /// At most one card leaves and another comes in one call.
    events: [Option<PresenceEvent>; 2],
}

/// What happened on a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PresenceEvent {
    /// A card was there long enough.
    Presented(Uid),
    /// A card that was presented is gone.
    Removed(Uid),
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    uid: Uid,
    /// First seen.
    since: Instant,
    /// Last seen.
    last: Instant,
    presented: bool,
}

impl CardPresence {
    /// Takes a card at once; half a second without it is a removal.
    pub const AT_ONCE: Self = Self::new(Duration::ZERO, Duration::from_millis(500));
    /// Takes a card after two seconds, as Bender controllers do.
    pub const BENDER: Self = Self::new(Duration::from_secs(2), Duration::from_millis(500));

    /// Takes a card that was there for `hold`. It is gone, and its time begins anew, when it was not seen for `gap`,
    /// which should be longer than a few readings.
    pub const fn new(hold: Duration, gap: Duration) -> Self {
        Self { hold, gap, card: None, events: [None; 2] }
    }

    /// The reader found this card, or none.
    pub fn handle_reading(&mut self, now: Instant, found: Option<Uid>) {
        self.handle_timeout(now);
        let Some(uid) = found else { return };
        match &mut self.card {
            Some(seen) if seen.uid == uid => seen.last = now,
            _ => {
                self.remove();
                self.card = Some(Seen { uid, since: now, last: now, presented: false });
            }
        }
        if let Some(seen) = &mut self.card {
            if !seen.presented && now >= seen.since + self.hold {
                seen.presented = true;
                let event = PresenceEvent::Presented(seen.uid);
                self.push(event);
            }
        }
    }

    /// Time has passed without a reading.
    pub fn handle_timeout(&mut self, now: Instant) {
        if self.poll_timeout().is_some_and(|due| due <= now) {
            self.remove();
        }
    }

    /// When the card counts as gone, if it is not seen before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.card.map(|seen| seen.last + self.gap)
    }

    /// What happened, the oldest first. Poll until `None` after every other call.
    #[must_use]
    pub fn poll_event(&mut self) -> Option<PresenceEvent> {
        let [first, second] = &mut self.events;
        first.take().or_else(|| second.take())
    }

    fn remove(&mut self) {
        if let Some(Seen { uid, presented: true, .. }) = self.card.take() {
            self.push(PresenceEvent::Removed(uid));
        }
    }

    fn push(&mut self, event: PresenceEvent) {
        match &mut self.events {
            [first @ None, None] => *first = Some(event),
            [_, second] => *second = Some(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cards() -> [Uid; 2] {
        [Uid::from([0xE2, 0xEB, 0x1C, 0x02]), Uid::from([0x0A, 0x0E, 0x9B, 0x83])]
    }

    fn drain(presence: &mut CardPresence) -> [Option<PresenceEvent>; 3] {
        [(); 3].map(|()| presence.poll_event())
    }

    #[test]
    fn bender_takes_a_card_after_two_seconds() {
        let [uid, _] = cards();
        for (end, presented) in [(1_999, false), (2_000, true), (2_001, true)] {
            let mut presence = CardPresence::BENDER;
            for time in (0..end).step_by(400).chain([end]) {
                presence.handle_reading(Instant::from_millis(time), Some(uid));
            }
            let event = presented.then_some(PresenceEvent::Presented(uid));
            assert_eq!(drain(&mut presence), [event, None, None], "{end}");
        }
    }

    #[test]
    fn a_short_gap_does_not_count_and_a_long_one_does() {
        let [uid, _] = cards();
        for (gap, removed) in [(499, false), (500, true), (501, true)] {
            let mut presence = CardPresence::AT_ONCE;
            presence.handle_reading(Instant::from_millis(0), Some(uid));
            assert_eq!(presence.poll_event(), Some(PresenceEvent::Presented(uid)));
            presence.handle_reading(Instant::from_millis(gap), None);
            presence.handle_reading(Instant::from_millis(gap), Some(uid));
            let again = [Some(PresenceEvent::Removed(uid)), Some(PresenceEvent::Presented(uid)), None];
            assert_eq!(drain(&mut presence), if removed { again } else { [None; 3] }, "{gap}");
        }
    }

    #[test]
    fn another_card_takes_the_place() {
        let [uid, other] = cards();
        let mut presence = CardPresence::AT_ONCE;
        presence.handle_reading(Instant::from_millis(0), Some(uid));
        assert_eq!(drain(&mut presence)[0], Some(PresenceEvent::Presented(uid)));
        presence.handle_reading(Instant::from_millis(100), Some(other));
        let events = [Some(PresenceEvent::Removed(uid)), Some(PresenceEvent::Presented(other)), None];
        assert_eq!(drain(&mut presence), events);
        assert_eq!(presence.poll_timeout(), Some(Instant::from_millis(600)));
    }

    #[test]
    fn swapping_cards_starts_the_time_anew() {
        let [uid, other] = cards();
        let mut presence = CardPresence::BENDER;
        for (time, card) in
            [(0, uid), (400, uid), (800, other), (1_200, other), (1_600, other), (2_000, other)]
        {
            presence.handle_reading(Instant::from_millis(time), Some(card));
        }
        assert_eq!(drain(&mut presence), [None; 3], "neither was there for two seconds");
        presence.handle_timeout(Instant::from_millis(2_500));
        assert_eq!(drain(&mut presence), [None; 3], "what was not presented is not removed");
        assert_eq!(presence.poll_timeout(), None);
    }
}
