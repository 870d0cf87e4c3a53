//! The LED ring of Bender's card readers RFID105, 110 and 117 (manual chapter 6).

use super::{Colours, Light, Pattern, Sequence, Step};

/// What the ring says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Free: green.
    Free,
    /// Reserved, or finishing the previous session, which takes up to 30 s: yellow.
    ReservedOrFinishing,
    /// A card was read, the back end is being asked: white, rotating.
    Asking,
    /// Accepted: blue every half second.
    Accepted,
    /// Charging: blue every two seconds.
    Charging,
    /// The card was refused: green, yellow and blue, five times.
    Refused,
    /// Technical error: the same without an end.
    Error,
    /// A software update runs, up to 10 min: green, yellow and blue.
    Update,
}

const ALL: Light = Light::all(Colours::GREEN.and(Colours::YELLOW).and(Colours::BLUE));
const BLUE: Light = Light::all(Colours::BLUE);

const fn white(segment: u8) -> Step<Light> {
    (Light { segments: 1 << segment, colours: Colours::WHITE }, 125)
}

const FREE: [Step<Light>; 1] = [(Light::all(Colours::GREEN), 0)];
const RESERVED: [Step<Light>; 1] = [(Light::all(Colours::YELLOW), 0)];
const ASKING: [Step<Light>; 8] =
    [white(0), white(1), white(2), white(3), white(4), white(5), white(6), white(7)];
const ACCEPTED: [Step<Light>; 2] = [(BLUE, 250), (Light::OFF, 250)];
const CHARGING: [Step<Light>; 2] = [(BLUE, 1_000), (Light::OFF, 1_000)];
const FLASH: [Step<Light>; 2] = [(ALL, 500), (Light::OFF, 500)];
const UPDATE: [Step<Light>; 1] = [(ALL, 0)];

impl Sign {
    /// The pattern. Blinks are on for half their period, the ring turns once per second, and the
    /// three colours flash once per second: these are inferred.
    pub const fn pattern(self) -> Pattern {
        match self {
            Self::Free => Sequence::forever(&FREE),
            Self::ReservedOrFinishing => Sequence::forever(&RESERVED),
            Self::Asking => Sequence::forever(&ASKING),
            Self::Accepted => Sequence::forever(&ACCEPTED),
            Self::Charging => Sequence::forever(&CHARGING),
            Self::Refused => Sequence::times(&FLASH, 5),
            Self::Error => Sequence::forever(&FLASH),
            Self::Update => Sequence::forever(&UPDATE),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn light(sign: Sign, ms: u64) -> Option<Light> {
        sign.pattern().at(Duration::from_millis(ms)).map(|(light, _)| light)
    }

    #[test]
    fn periods_are_those_of_the_manual() {
        assert_eq!(Sign::Accepted.pattern().period(), Duration::from_millis(500));
        assert_eq!(Sign::Charging.pattern().period(), Duration::from_secs(2));
    }

    #[test]
    fn a_refusal_flashes_five_times_and_an_error_goes_on() {
        let flashes = |sign| (0..60_000).step_by(1_000).filter(|ms| light(sign, *ms) == Some(ALL)).count();
        assert_eq!(flashes(Sign::Refused), 5);
        assert_eq!(flashes(Sign::Error), 60);
    }

    #[test]
    fn the_white_light_goes_round_once() {
        let mut seen = 0;
        for ms in (0..1_000).step_by(125) {
            let light = light(Sign::Asking, ms).unwrap();
            assert_eq!((light.segments.count_ones(), light.colours), (1, Colours::WHITE));
            seen |= light.segments;
        }
        assert_eq!(seen, u8::MAX);
    }
}
