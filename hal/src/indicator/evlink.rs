//! The lamps of EVlink stations, as far as the manual names them.
//!
//! The maintenance report lists lamps for *available*, *booked* and *out of order*; the manual gives a
//! colour only for the first. The others are not guessed here.

use super::{Colours, Light, Pattern, Sequence, Step};

/// What the lamps say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Restarting: the status lamp is dark, for about 30 s.
    Restarting,
    /// Ready: green.
    Ready,
    /// The meter is being read: its yellow lamp blinks. A lamp of its own, on the board.
    MeterActive,
}

const RESTARTING: [Step<Light>; 1] = [(Light::OFF, 0)];
const READY: [Step<Light>; 1] = [(Light::all(Colours::GREEN), 0)];
const METER: [Step<Light>; 2] = [(Light::all(Colours::YELLOW), 500), (Light::OFF, 500)];

impl Sign {
    /// The pattern. The period of the meter lamp is inferred.
    pub const fn pattern(self) -> Pattern {
        match self {
            Self::Restarting => Sequence::forever(&RESTARTING),
            Self::Ready => Sequence::forever(&READY),
            Self::MeterActive => Sequence::forever(&METER),
        }
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    #[test]
    fn lamps_show_what_the_manual_says() {
        let light = |sign: Sign| sign.pattern().at(Duration::ZERO).map(|(light, _)| light.colours);
        assert_eq!(light(Sign::Restarting), Some(Colours::NONE));
        assert_eq!(light(Sign::Ready), Some(Colours::GREEN));
        assert_eq!(light(Sign::MeterActive), Some(Colours::YELLOW));
    }
}
