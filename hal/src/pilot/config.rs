//! Settings of the pilot.

use core::time::Duration;

use super::generator::Signal;
use super::timing::Timing;
use crate::units::Milliamps;

/// A vehicle with a simplified pilot is given no more than this (IEC 61851-1 A.2.3, inferred).
pub const SIMPLIFIED_LIMIT: Milliamps = Milliamps(10_000);

/// What happens when a vehicle asks for ventilation (state D; EVlink manual chapter 3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ventilation {
    /// Indoors without ventilation: no power, and a fault.
    #[default]
    Unavailable,
    /// Outdoors, or with ventilation: D is treated as C.
    Available,
}

/// How the 5 % duty of digital communication is used (Bender manual 7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Digital {
    /// Never: the nominal duty, and nobody listens for digital communication.
    #[default]
    Disabled,
    /// 5 % for the first 2 s of an offer to a newly plugged vehicle, then the nominal duty.
    Encouragement,
    /// The nominal duty; a vehicle may start digital communication by itself.
    Offer,
    /// 5 % always: only vehicles with digital communication can charge.
    Force,
    /// As `Offer`, with the timing of the second edition of ISO 15118.
    Ed2,
}

/// How the line is interrupted, to wake a vehicle or to switch phases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interruption {
    /// By a constant -12 V (state F), which every station can send.
    #[default]
    Negative,
    /// By disconnecting the line, for stations with a relay in it.
    Open,
}

impl Interruption {
    pub(super) const fn signal(self) -> Signal {
        match self {
            Self::Negative => Signal::Negative,
            Self::Open => Signal::Open,
        }
    }
}

/// One interruption of the line that is to wake a vehicle asleep in B2, and the constant level after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pulse {
    /// How long the vehicle has to stay in B2 before it.
    pub after: Duration,
    /// Only when the vehicle was ready once since it was plugged in, and not for this long.
    pub idle: Option<Duration>,
    /// How the line is interrupted.
    pub interruption: Interruption,
    /// Length of the interruption.
    pub length: Duration,
    /// Constant level between the interruption and the offer; at least
    /// [`Timing::signal_settle`](super::Timing::signal_settle).
    pub gap: Duration,
}

/// Waking vehicles that fell asleep in B2 (Bender calls it *Allow EV Wakeup*): pulses, one after the
/// other, until the vehicle is ready. They begin anew once it was ready, or is plugged in again.
///
/// IEC 61851-1 A.5.3 asks for one pulse of 4 s; some vehicles need 30 s (Tinkerforge).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct WakeUp(pub &'static [Pulse]);

impl WakeUp {
    /// Sleeping vehicles are left alone.
    pub const OFF: Self = Self(&[]);

    /// EVerest: 4 s in F after 30 s, the offer again 750 ms later.
    pub const EVEREST: Self = Self(&[Pulse {
        after: Duration::from_secs(30),
        idle: None,
        interruption: Interruption::Negative,
        length: Duration::from_secs(4),
        gap: GAP,
    }]);

    /// Tinkerforge: the line open for 4 s after 90 s, then for 30 s; in F for 4 s and 30 s where the
    /// vehicle's last wish is an hour old. 30 s of offer between two pulses.
    ///
    /// For stations with a relay in the line. The gap is EVerest's; Tinkerforge has none (inferred).
    pub const TINKERFORGE: Self = Self(&[
        Pulse { after: Duration::from_secs(90), ..tinkerforge(Interruption::Open, 4) },
        tinkerforge(Interruption::Open, 30),
        Pulse { idle: Some(Duration::from_secs(3_600)), ..tinkerforge(Interruption::Negative, 4) },
        // It follows one that came an hour after the last wish.
        tinkerforge(Interruption::Negative, 30),
    ]);
}

const GAP: Duration = Duration::from_millis(750);

const fn tinkerforge(interruption: Interruption, seconds: u64) -> Pulse {
    Pulse {
        after: Duration::from_secs(30),
        idle: None,
        interruption,
        length: Duration::from_secs(seconds),
        gap: GAP,
    }
}

/// Settings of the pilot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct Config {
    /// Time limits.
    pub timing: Timing,
    /// Whether vehicles in D are supplied.
    pub ventilation: Ventilation,
    /// Use of the 5 % duty.
    pub digital: Digital,
    /// How the line is interrupted to switch phases.
    pub interruption: Interruption,
    /// How sleeping vehicles are woken.
    pub wake_up: WakeUp,
    /// Whether vehicles that go from A to C without B (simplified pilot) get power, of at most
    /// [`SIMPLIFIED_LIMIT`].
    pub allow_simplified: bool,
}

impl Config {
    /// The standard's times, no ventilation, no digital communication, no waking, and simplified
    /// vehicles allowed.
    pub const DEFAULT: Self = Self {
        timing: Timing::DEFAULT,
        ventilation: Ventilation::Unavailable,
        digital: Digital::Disabled,
        interruption: Interruption::Negative,
        wake_up: WakeUp::OFF,
        allow_simplified: true,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}
