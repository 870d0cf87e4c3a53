//! The proximity contact of a socket: which cable is plugged in, and what it may carry.
//!
//! IEC 61851-1 table B.2 codes the rating as a resistor in the plug. The nominal values and the
//! limits between the ratings are confirmed by several public controllers; the outermost limits
//! (a short below 50 ohm, nothing plugged above 2.7 kohm, a fault in between nominal bands never)
//! are inferred.

use crate::units::{Instant, Milliamps, Millis, Millivolts, Ohms, Phases};

/// Nominal resistance of a 13 A cable.
pub const R_13A: Ohms = Ohms(1_500);
/// Nominal resistance of a 20 A cable.
pub const R_20A: Ohms = Ohms(680);
/// Nominal resistance of a 32 A cable.
pub const R_32A: Ohms = Ohms(220);
/// Nominal resistance of a 63 A (three phases) or 70 A (one phase) cable.
pub const R_63A: Ohms = Ohms(100);

/// Readings older than this count as missing.
pub const PROXIMITY_TIMEOUT: Millis = Millis(1_000);

/// What a cable may carry, as coded in its plug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CableRating {
    /// 13 A.
    A13,
    /// 20 A.
    A20,
    /// 32 A.
    A32,
    /// 63 A with three phases, 70 A with one.
    A63,
}

impl CableRating {
    /// The current per phase with this many phases in use.
    pub const fn current(self, phases: Phases) -> Milliamps {
        match (self, phases) {
            (Self::A13, _) => Milliamps(13_000),
            (Self::A20, _) => Milliamps(20_000),
            (Self::A32, _) => Milliamps(32_000),
            (Self::A63, Phases::Three) => Milliamps(63_000),
            (Self::A63, Phases::One) => Milliamps(70_000),
        }
    }

    /// The nominal resistance in the plug.
    pub const fn resistance(self) -> Ohms {
        match self {
            Self::A13 => R_13A,
            Self::A20 => R_20A,
            Self::A32 => R_32A,
            Self::A63 => R_63A,
        }
    }
}

/// What the proximity contact shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cable {
    /// No plug in the socket.
    None,
    /// A plug with this rating.
    Rated(CableRating),
    /// A resistance no cable has: a short, or something else in the socket.
    Fault,
}

impl Cable {
    /// The name EVlink stations use in the maintenance report, row *cable state*.
    pub const fn evlink_name(self) -> &'static str {
        match self {
            Self::None | Self::Fault => "Not_Plugged",
            Self::Rated(CableRating::A13) => "13A",
            Self::Rated(CableRating::A20) => "20A",
            Self::Rated(CableRating::A32) => "32A",
            Self::Rated(CableRating::A63) => "63A or 70A",
        }
    }
}

/// Upper limits of the bands, lowest first; the last one is followed by [`Cable::None`].
const BANDS: [(Ohms, Cable); 5] = [
    (Ohms(50), Cable::Fault),
    (Ohms(150), Cable::Rated(CableRating::A63)),
    (Ohms(330), Cable::Rated(CableRating::A32)),
    (Ohms(1_000), Cable::Rated(CableRating::A20)),
    (Ohms(2_700), Cable::Rated(CableRating::A13)),
];

/// Reads a resistance. On a limit between two ratings the smaller one counts.
pub fn classify(resistance: Ohms) -> Cable {
    BANDS.into_iter().find(|(below, _)| resistance < *below).map_or(Cable::None, |(_, cable)| cable)
}

/// The resistance behind a contact pulled up to `supply` through `pull_up`, from the voltage on it.
///
/// `None` when the voltage is not between zero and the supply, which is a fault of the measurement.
/// At the supply itself nothing is connected; the largest resistance stands for that.
pub fn resistance(supply: Millivolts, pull_up: Ohms, reading: Millivolts) -> Option<Ohms> {
    if reading.0 < 0 || reading > supply {
        return None;
    }
    let across_pull_up = u64::from(supply.0.abs_diff(reading.0));
    let scaled = u64::from(pull_up.0) * u64::from(reading.0.unsigned_abs());
    let ohms = scaled.checked_div(across_pull_up).unwrap_or(u64::MAX);
    Some(Ohms(u32::try_from(ohms).unwrap_or(u32::MAX)))
}

/// The proximity contact of one socket: two equal readings are believed.
///
/// A single reading that differs is a glitch, but while it stands the lower rating counts, and
/// readings that never agree are as good as none.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(Hash))]
pub struct Proximity {
    believed: Option<Cable>,
    /// The last reading and its time.
    candidate: Option<(Cable, Instant)>,
    calm: bool,
    /// When a reading last agreed with what is believed.
    agreed: Instant,
}

impl Proximity {
    /// A contact that was not read yet.
    pub const fn new(now: Instant) -> Self {
        Self { believed: None, candidate: None, calm: false, agreed: now }
    }

    /// Takes one reading in.
    pub fn handle_reading(&mut self, now: Instant, resistance: Ohms) {
        let reading = classify(resistance);
        let again =
            |(last, at): (Cable, Instant)| last == reading && !now.has_passed_ms(at, PROXIMITY_TIMEOUT);
        self.calm = self.candidate.is_some_and(again);
        if self.calm {
            self.believed = Some(reading);
        }
        if self.believed == Some(reading) {
            self.agreed = now;
        }
        self.candidate = Some((reading, now));
    }

    /// What is plugged in, or `None` without fresh and consistent readings.
    pub fn cable(&self, now: Instant) -> Option<Cable> {
        if now.has_passed_ms(self.agreed, PROXIMITY_TIMEOUT) { None } else { self.believed }
    }

    /// The rating that counts now: the lower one while two readings disagree.
    pub fn rating(&self, now: Instant) -> Option<CableRating> {
        match (self.cable(now), self.candidate) {
            (Some(Cable::Rated(a)), Some((Cable::Rated(b), _))) => Some(a.min(b)),
            (Some(Cable::Rated(a)), _) => Some(a),
            _ => None,
        }
    }

    /// Whether the newest two readings agree with each other, and so with what is believed.
    pub const fn is_calm(&self) -> bool {
        self.calm
    }

    /// When readings become too old.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.believed.map(|_| self.agreed + PROXIMITY_TIMEOUT)
    }

    /// Forgets readings that are too old, so that they are not waited for again.
    pub fn handle_timeout(&mut self, now: Instant) {
        if now.has_passed_ms(self.agreed, PROXIMITY_TIMEOUT) {
            self.believed = None;
        }
    }
}

/// Notices a cable that stays in the socket when no vehicle is at its other end.
///
/// EVlink stations raise an event then unless *leave cable connected* (`allowPluggedCable`, for
/// parking places) is on; it is no hazard, and power has been off since the vehicle left. A cable
/// that was never connected to a vehicle counts as well.
#[derive(Clone, Debug)]
pub struct LeftCable {
    allowed: bool,
    since: Option<Instant>,
    told: bool,
}

impl LeftCable {
    /// How long a cable may be alone (inferred; the manual names no time).
    pub const LIMIT: Millis = Millis(60_000);

    /// A watch; with `allowed` it never tells anything.
    pub const fn new(allowed: bool) -> Self {
        Self { allowed, since: None, told: false }
    }

    /// Takes in what [`Proximity::cable`] and [`Evse::connected`](crate::Evse::connected) say;
    /// returns `true` once per cable that was left.
    pub fn handle(&mut self, now: Instant, cable: Option<Cable>, connected: Option<bool>) -> bool {
        let alone = matches!(cable, Some(Cable::Rated(_))) && connected == Some(false);
        if self.allowed || !alone {
            self.since = None;
            self.told = false;
            return false;
        }
        let since = *self.since.get_or_insert(now);
        let tell = !self.told && now.has_passed_ms(since, Self::LIMIT);
        self.told |= tell;
        tell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    #[test]
    fn bands_have_the_edges_of_table_b2() {
        use Cable::{Fault, None, Rated};
        use CableRating::{A13, A20, A32, A63};
        let rows = [
            (0, Fault),
            (49, Fault),
            (50, Rated(A63)),
            (100, Rated(A63)),
            (149, Rated(A63)),
            (150, Rated(A32)),
            (220, Rated(A32)),
            (330, Rated(A20)),
            (680, Rated(A20)),
            (1_000, Rated(A13)),
            (1_500, Rated(A13)),
            (2_699, Rated(A13)),
            (2_700, None),
            (u32::MAX, None),
        ];
        for (ohms, cable) in rows {
            assert_eq!(classify(Ohms(ohms)), cable, "{ohms}");
        }
    }

    #[test]
    fn every_rating_reads_back_from_its_resistor() {
        for rating in [CableRating::A13, CableRating::A20, CableRating::A32, CableRating::A63] {
            assert_eq!(classify(rating.resistance()), Cable::Rated(rating));
        }
        assert_eq!(Cable::Rated(CableRating::A63).evlink_name(), "63A or 70A");
        assert_eq!(CableRating::A63.current(Phases::One), Milliamps(70_000));
        assert_eq!(CableRating::A63.current(Phases::Three), Milliamps(63_000));
    }

    #[test]
    fn a_divider_gives_the_resistance() {
        let read = |mv| resistance(Millivolts(3_300), Ohms(1_000), Millivolts(mv));
        assert_eq!(read(1_650), Some(Ohms(1_000)));
        assert_eq!(read(595), Some(Ohms(219)));
        assert_eq!(read(0), Some(Ohms(0)));
        assert_eq!(read(3_300), Some(Ohms(u32::MAX)));
        assert_eq!(read(3_301), None);
        assert_eq!(read(-1), None);
    }

    #[test]
    fn two_equal_readings_are_believed_and_a_glitch_is_not() {
        let mut contact = Proximity::new(at(0));
        contact.handle_reading(at(0), R_32A);
        assert_eq!(contact.cable(at(0)), None);
        contact.handle_reading(at(100), R_32A);
        assert_eq!(contact.rating(at(100)), Some(CableRating::A32));
        contact.handle_reading(at(200), R_13A);
        assert_eq!(contact.rating(at(200)), Some(CableRating::A13), "the lower one counts at once");
        assert!(!contact.is_calm());
        contact.handle_reading(at(300), R_32A);
        assert_eq!(contact.rating(at(300)), Some(CableRating::A32));
        assert!(!contact.is_calm(), "one reading is not two");
        contact.handle_reading(at(400), R_32A);
        assert!(contact.is_calm());
    }

    #[test]
    fn readings_that_never_agree_go_stale() {
        let mut contact = Proximity::new(at(0));
        contact.handle_reading(at(0), R_32A);
        contact.handle_reading(at(0), R_32A);
        for i in 1..=10 {
            contact.handle_reading(at(i * 100), if i % 2 == 0 { R_13A } else { Ohms(10_000) });
        }
        assert_eq!(contact.cable(at(999)), Some(Cable::Rated(CableRating::A32)));
        assert_eq!(contact.cable(at(1_000)), None);
    }

    #[test]
    fn a_cable_left_alone_is_told_once_unless_it_may_stay() {
        let cable = Some(Cable::Rated(CableRating::A32));
        for (allowed, expected) in [(false, [false, false, true, false]), (true, [false; 4])] {
            let mut watch = LeftCable::new(allowed);
            let told = [0, 59_999, 60_000, 60_001].map(|ms| watch.handle(at(ms), cable, Some(false)));
            assert_eq!(told, expected, "allowed {allowed}");
        }
        for (cable, connected) in
            [(cable, Some(true)), (cable, None), (Some(Cable::None), Some(false)), (None, Some(false))]
        {
            let mut watch = LeftCable::new(false);
            let told = [0, 120_000].map(|ms| watch.handle(at(ms), cable, connected));
            assert_eq!(told, [false; 2], "{cable:?}, {connected:?}");
        }
        let mut watch = LeftCable::new(false);
        let _ = watch.handle(at(0), cable, Some(false));
        let _ = watch.handle(at(30_000), cable, Some(true));
        assert!(!watch.handle(at(70_000), cable, Some(false)), "it was in use in between");
    }

    #[test]
    fn readings_that_start_after_a_long_silence_are_believed() {
        let mut contact = Proximity::new(at(0));
        contact.handle_timeout(at(10_000));
        contact.handle_reading(at(10_100), R_32A);
        contact.handle_timeout(at(10_100));
        assert_eq!(contact.rating(at(10_100)), None, "one reading is not enough");
        contact.handle_reading(at(10_200), R_32A);
        contact.handle_timeout(at(10_200));
        assert_eq!(contact.rating(at(10_200)), Some(CableRating::A32));
    }
}
