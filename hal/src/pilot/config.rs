//! Settings of the pilot.

use core::time::Duration;

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

/// How the line is interrupted to wake a vehicle or to switch phases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Interruption {
    /// By a constant -12 V (state F), which every station can send.
    #[default]
    Negative,
    /// By disconnecting the line, for stations with a relay in it.
    Open,
}

/// Waking a vehicle that fell asleep in B2 (EVerest; Bender calls it *Allow EV Wakeup*).
///
/// Done once per plug-in: one interruption of `pulse`, the constant level for `gap`, then the offer
/// again. IEC 61851-1 A.5.3 asks for one pulse of 4 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WakeUp {
    /// How long the vehicle has to stay in B2 before it counts as asleep.
    pub after: Duration,
    /// Length of the interruption.
    pub pulse: Duration,
    /// Constant level between the interruption and the offer.
    pub gap: Duration,
}

impl WakeUp {
    /// EVerest's values: 30 s, 4 s, 750 ms.
    pub const DEFAULT: Self = Self {
        after: Duration::from_secs(30),
        pulse: Duration::from_secs(4),
        gap: Duration::from_millis(750),
    };
}

/// Settings of the pilot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Time limits.
    pub timing: Timing,
    /// Whether vehicles in D are supplied.
    pub ventilation: Ventilation,
    /// Use of the 5 % duty.
    pub digital: Digital,
    /// How the line is interrupted.
    pub interruption: Interruption,
    /// Whether, and how, sleeping vehicles are woken.
    pub wake_up: Option<WakeUp>,
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
        wake_up: None,
        allow_simplified: true,
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}
