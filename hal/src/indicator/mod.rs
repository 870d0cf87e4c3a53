//! Light patterns and tones of the three vendors as data, and what they look like at a given time.
//!
//! A [`Sequence`] is a table of steps; asked with the time since it began, it tells what is shown now.
//! A [`Player`] holds what a station shows: a lasting sequence, and a passing one on top.
//! Periods and meanings are from the manuals; lengths of flashes, pitches of tones and the period of a
//! *slow* blink are inferred, and said so where they are.

pub mod bender;
pub mod evlink;
pub mod keba;
pub mod text;
pub mod tone;

use core::time::Duration;

use crate::units::{Instant, millis};

/// A set of colours that are lit together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Colours(u8);

impl Colours {
    /// None.
    pub const NONE: Self = Self(0);
    /// Green.
    pub const GREEN: Self = Self(1);
    /// Yellow.
    pub const YELLOW: Self = Self(2);
    /// Blue.
    pub const BLUE: Self = Self(4);
    /// White.
    pub const WHITE: Self = Self(8);
    /// Orange.
    pub const ORANGE: Self = Self(16);
    /// Red.
    pub const RED: Self = Self(32);

    /// These colours and those.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are in the set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// Which segments are lit, in which colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Light {
    /// One bit per segment, the first one in the lowest bit. A ring has eight.
    pub segments: u8,
    /// What the lit segments show.
    pub colours: Colours,
}

impl Light {
    /// Everything dark.
    pub const OFF: Self = Self { segments: 0, colours: Colours::NONE };
    /// Number of segments a pattern for the whole of an indicator is written for.
    pub const SEGMENTS: u8 = 8;

    /// All segments in these colours.
    pub const fn all(colours: Colours) -> Self {
        Self { segments: u8::MAX, colours }
    }

    /// What segment `index`, counted from 0, shows.
    pub const fn segment(self, index: u8) -> Colours {
        if index < Self::SEGMENTS && self.segments & (1 << index) != 0 { self.colours } else { Colours::NONE }
    }

    /// What lamp `index` of a strip or ring of `count` lamps shows, the eight segments spread evenly.
    pub const fn lamp(self, index: u16, count: u16) -> Colours {
        if index >= count {
            return Colours::NONE;
        }
        // Below eight, because index is below count.
        self.segment((index as u32 * Self::SEGMENTS as u32 / count as u32) as u8)
    }
}

/// A step of a sequence: what is shown, for how many milliseconds.
pub type Step<T> = (T, u16);

/// How often a sequence is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Repeat {
    /// Until something else is shown.
    Forever,
    /// So many times.
    Times(u8),
}

/// A table of steps.
#[derive(Debug, PartialEq, Eq)]
pub struct Sequence<T: 'static> {
    steps: &'static [Step<T>],
    repeat: Repeat,
}

impl<T> Clone for Sequence<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sequence<T> {}

/// A sequence of lights.
pub type Pattern = Sequence<Light>;

impl<T: Copy> Sequence<T> {
    /// A sequence that goes on until something else is shown.
    pub const fn forever(steps: &'static [Step<T>]) -> Self {
        Self { steps, repeat: Repeat::Forever }
    }

    /// A sequence shown `times` times.
    pub const fn times(steps: &'static [Step<T>], times: u8) -> Self {
        Self { steps, repeat: Repeat::Times(times) }
    }

    /// How often it is shown.
    pub const fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Length of one round.
    pub fn period(&self) -> Duration {
        Duration::from_millis(self.steps.iter().map(|(_, ms)| u64::from(*ms)).sum())
    }

    /// What is shown this long after the beginning, and when after the beginning that ends; `None` once
    /// the sequence is over. A lasting light never ends.
    pub fn at(&self, elapsed: Duration) -> Option<(T, Option<Duration>)> {
        let elapsed = millis(elapsed);
        let period = millis(self.period());
        let Some(round) = elapsed.checked_div(period) else {
            // A sequence without length is one lasting step, or nothing.
            return self.steps.first().map(|(item, _)| (*item, None));
        };
        if matches!(self.repeat, Repeat::Times(times) if round >= u64::from(times)) {
            return None;
        }
        let mut end = round * period;
        for (item, ms) in self.steps {
            end = end.saturating_add(u64::from(*ms));
            if elapsed < end {
                return Some((*item, Some(Duration::from_millis(end))));
            }
        }
        None
    }
}

/// What an indicator shows: a lasting sequence, and a passing one on top of it.
#[derive(Clone, Debug)]
pub struct Player<T: 'static> {
    lasting: Option<(Sequence<T>, Instant)>,
    passing: Option<(Sequence<T>, Instant)>,
}

impl<T: Copy + PartialEq> Player<T> {
    /// An indicator that shows nothing.
    pub const fn new() -> Self {
        Self { lasting: None, passing: None }
    }

    /// Shows a sequence. One that ends by itself covers the lasting one until it is over; a lasting
    /// one that is shown already is not begun again.
    pub fn show(&mut self, now: Instant, sequence: Sequence<T>) {
        match sequence.repeat {
            Repeat::Times(_) => self.passing = Some((sequence, now)),
            Repeat::Forever if self.lasting.is_some_and(|(shown, _)| shown == sequence) => {}
            Repeat::Forever => self.lasting = Some((sequence, now)),
        }
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// What is shown now, and until when.
    pub fn at(&self, now: Instant) -> Option<(T, Option<Instant>)> {
        [self.passing, self.lasting].into_iter().flatten().find_map(|(sequence, since)| {
            let (item, end) = sequence.at(now.since(since))?;
            Some((item, end.map(|end| since + end)))
        })
    }

    /// When it changes next.
    #[must_use]
    pub fn poll_timeout(&self, now: Instant) -> Option<Instant> {
        self.at(now).and_then(|(_, until)| until)
    }
}

impl<T: Copy + PartialEq> Default for Player<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const G: Light = Light::all(Colours::GREEN);
    const BLINK: Pattern = Sequence::forever(&[(G, 200), (Light::OFF, 800)]);
    const TWICE: Pattern = Sequence::times(&[(Light::all(Colours::RED), 100), (Light::OFF, 100)], 2);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn steps_begin_and_end_on_time() {
        for (at, light, end) in [(0, G, 200), (199, G, 200), (200, Light::OFF, 1_000), (1_000, G, 1_200)] {
            assert_eq!(BLINK.at(ms(at)), Some((light, Some(ms(end)))), "{at}");
        }
        assert!(BLINK.at(Duration::from_millis(u64::MAX - 1)).is_some());
        assert_eq!(TWICE.at(ms(399)), Some((Light::OFF, Some(ms(400)))));
        assert_eq!(TWICE.at(ms(400)), None);
    }

    #[test]
    fn a_lasting_light_never_ends_and_an_empty_one_shows_nothing() {
        assert_eq!(Sequence::forever(&[(G, 0)]).at(Duration::MAX), Some((G, None)));
        assert_eq!(Sequence::<Light>::forever(&[]).at(ms(1)), None);
    }

    #[test]
    fn a_passing_sequence_covers_the_lasting_one() {
        let at = Instant::from_millis;
        let mut player = Player::new();
        assert_eq!(player.at(at(0)), None);
        player.show(at(0), BLINK);
        player.show(at(1_000), TWICE);
        assert_eq!(player.at(at(1_050)), Some((Light::all(Colours::RED), Some(at(1_100)))));
        assert_eq!(player.at(at(1_400)), Some((Light::OFF, Some(at(2_000)))));
        assert_eq!(player.poll_timeout(at(1_400)), Some(at(2_000)));
    }

    #[test]
    fn showing_the_same_again_does_not_begin_anew() {
        let at = Instant::from_millis;
        let mut player = Player::new();
        for now in (0..150).step_by(10) {
            player.show(at(now), BLINK);
        }
        assert_eq!(player.at(at(200)), Some((Light::OFF, Some(at(1_000)))));
    }

    #[test]
    fn eight_segments_spread_over_any_number_of_lamps() {
        let first = Light { segments: 1, colours: Colours::WHITE };
        for count in 1..=48 {
            let lit = (0..count).filter(|lamp| first.lamp(*lamp, count) == Colours::WHITE).count();
            assert!(lit >= 1 && lit <= usize::from(count).div_ceil(8), "{count} lamps");
            assert_eq!(first.lamp(count, count), Colours::NONE);
        }
    }
}
