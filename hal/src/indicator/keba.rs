//! The LED bar of KEBA stations: four segments (KEBA manual 2.2.1, 5.2.2; error display of V 4.11).

use super::{Colours, Light, Pattern, Sequence, Step};

/// What the bar says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sign {
    /// Network and back end reachable: four segments blue.
    Online,
    /// Client and master talk, back end missing: the first three.
    NoBackEnd,
    /// Client and master do not talk, or the fail-safe of the UDP interface is armed: the middle two.
    NoLink,
    /// Authorized, ready: green every 3 s.
    Authorized,
    /// Waits for authorization, by card or input: blue every 3 s.
    WaitsForAuthorization,
    /// The card is not valid: orange, once.
    CardRejected,
    /// Out of service, or an update runs (30 min to 1 h): slow orange.
    OutOfService,
    /// The new master card is expected: the first three segments (manual 5.2.3; colour inferred).
    TeachIn,
}

const FLASH: u16 = 500;

/// The segments `mask` of the bar, S1 in the lowest bit.
const fn bar(mask: u8, colours: Colours) -> Light {
    Light { segments: mask, colours }
}

const ONLINE: [Step<Light>; 1] = [(bar(0b1111, Colours::BLUE), 0)];
const NO_BACK_END: [Step<Light>; 1] = [(bar(0b0111, Colours::BLUE), 0)];
const NO_LINK: [Step<Light>; 1] = [(bar(0b0110, Colours::BLUE), 0)];
const AUTHORIZED: [Step<Light>; 2] = [(bar(0b1111, Colours::GREEN), FLASH), (Light::OFF, 3_000 - FLASH)];
const WAITS: [Step<Light>; 2] = [(bar(0b1111, Colours::BLUE), FLASH), (Light::OFF, 3_000 - FLASH)];
const REJECTED: [Step<Light>; 1] = [(bar(0b1111, Colours::ORANGE), 2_000)];
const OUT_OF_SERVICE: [Step<Light>; 2] = [(bar(0b1111, Colours::ORANGE), 1_000), (Light::OFF, 1_000)];

impl Sign {
    /// The pattern. Length of a flash (500 ms), of the single orange light (2 s) and the slow blink
    /// (1 s on, 1 s off) are inferred.
    pub const fn pattern(self) -> Pattern {
        match self {
            Self::Online => Sequence::forever(&ONLINE),
            Self::NoBackEnd | Self::TeachIn => Sequence::forever(&NO_BACK_END),
            Self::NoLink => Sequence::forever(&NO_LINK),
            Self::Authorized => Sequence::forever(&AUTHORIZED),
            Self::WaitsForAuthorization => Sequence::forever(&WAITS),
            Self::CardRejected => Sequence::times(&REJECTED, 1),
            Self::OutOfService => Sequence::forever(&OUT_OF_SERVICE),
        }
    }
}

/// The error display: the segments S1 to S4 weigh 8, 4, 2 and 1, red counts. What is shown is the low
/// hexadecimal digit of the error code, its group: 1 for the contactor errors 0x9001, 0xa001, 0xc001.
pub const fn error(code: u16) -> Light {
    let group = (code & 0xF) as u8;
    // The first segment carries the highest weight.
    bar(group.reverse_bits() >> 4, Colours::RED)
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    fn shown(sign: Sign, ms: u64) -> Option<[Colours; 4]> {
        let (light, _) = sign.pattern().at(Duration::from_millis(ms))?;
        Some([0, 1, 2, 3].map(|segment| light.segment(segment)))
    }

    #[test]
    fn network_patterns_have_the_segments_of_the_manual() {
        let (blue, off) = (Colours::BLUE, Colours::NONE);
        for (sign, segments) in [
            (Sign::Online, [blue, blue, blue, blue]),
            (Sign::NoBackEnd, [blue, blue, blue, off]),
            (Sign::NoLink, [off, blue, blue, off]),
        ] {
            assert_eq!(shown(sign, 0), Some(segments));
            assert_eq!(shown(sign, 1_000_000), Some(segments));
        }
    }

    #[test]
    fn authorization_blinks_every_three_seconds() {
        for (sign, colour) in
            [(Sign::Authorized, Colours::GREEN), (Sign::WaitsForAuthorization, Colours::BLUE)]
        {
            assert_eq!(sign.pattern().period(), Duration::from_secs(3));
            for (ms, shows) in [(0, colour), (499, colour), (500, Colours::NONE), (3_000, colour)] {
                assert_eq!(shown(sign, ms), Some([shows; 4]));
            }
        }
    }

    #[test]
    fn a_rejected_card_is_shown_once() {
        assert_eq!(shown(Sign::CardRejected, 1_999), Some([Colours::ORANGE; 4]));
        assert_eq!(shown(Sign::CardRejected, 2_000), None);
    }

    #[test]
    fn errors_show_their_group_in_binary() {
        let (red, off) = (Colours::RED, Colours::NONE);
        for (code, segments) in [
            (0x9001, [off, off, off, red]),
            (0xC001, [off, off, off, red]),
            (0x0008, [red, off, off, off]),
            (0x000A, [red, off, red, off]),
        ] {
            assert_eq!([0, 1, 2, 3].map(|segment| error(code).segment(segment)), segments, "{code:#x}");
        }
    }
}
