//! Tones: one for a card that was read, a rising sequence when it is accepted, a falling one when it
//! is refused (KEBA manual 5.2.2); EVlink stations sound one for every badge they add or remove.
//!
//! Pitches and lengths are inferred.

use super::{Sequence, Step};

/// A pitch in hertz; `None` is silence.
pub type Pitch = Option<u16>;

/// A sequence of tones.
pub type Melody = Sequence<Pitch>;

const LOW: Pitch = Some(1_000);
const MIDDLE: Pitch = Some(1_500);
const HIGH: Pitch = Some(2_000);

const SINGLE_NOTES: [Step<Pitch>; 1] = [(HIGH, 150)];
const RISING_NOTES: [Step<Pitch>; 3] = [(LOW, 120), (MIDDLE, 120), (HIGH, 180)];
const FALLING_NOTES: [Step<Pitch>; 3] = [(HIGH, 120), (MIDDLE, 120), (LOW, 180)];

/// A card was read; a step of a button was reached; a badge was added or removed.
pub const SINGLE: Melody = Sequence::times(&SINGLE_NOTES, 1);
/// The card was accepted, or taught in.
pub const RISING: Melody = Sequence::times(&RISING_NOTES, 1);
/// The card was refused.
pub const FALLING: Melody = Sequence::times(&FALLING_NOTES, 1);

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;
    use core::time::Duration;

    use super::*;

    fn pitches(melody: Melody) -> Vec<u16> {
        let mut heard: Vec<u16> = (0..1_000)
            .filter_map(|ms| melody.at(Duration::from_millis(ms)).and_then(|(pitch, _)| pitch))
            .collect();
        heard.dedup();
        heard
    }

    #[test]
    fn one_rises_and_one_falls() {
        assert_eq!(pitches(SINGLE).len(), 1);
        let rising = pitches(RISING);
        assert!(rising.windows(2).all(|pair| pair[0] < pair[1]) && rising.len() == 3);
        let falling = pitches(FALLING);
        assert!(falling.windows(2).all(|pair| pair[0] > pair[1]) && falling.len() == 3);
    }
}
