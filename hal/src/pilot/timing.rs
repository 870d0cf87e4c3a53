//! The timing table of the control pilot: every limit by name, with its default and the bounds a
//! vendor may configure it within.
//!
//! The numbers come from published controllers that name the standard's table A.6 (EVerest,
//! Tinkerforge, SmartEVSE, chargebyte); the standard itself is not public. Where they disagree the
//! default is the one that opens sooner or closes later.

use thiserror::Error;

use crate::units::Millis;

/// Longest time from the vehicle leaving C or D, or being unplugged, to open contacts (table A.6
/// sequences 2 and 8.1).
pub const OPEN_LIMIT: Millis = Millis(100);
/// The part of [`OPEN_LIMIT`] the pilot takes to believe the change; the rest is the relay's.
pub const OPEN_DECISION: Millis = Millis(75);
/// Longest time from C with PWM to closed contacts (table A.6 sequence 4).
pub const CLOSE_LIMIT: Millis = Millis(3_000);
/// Time a vehicle has to leave C after the PWM is switched off (table A.6 sequence 10.1).
pub const VEHICLE_STOPS: Millis = Millis(3_000);
/// Time a vehicle has to follow a changed duty (table A.6 sequence 6).
pub const VEHICLE_FOLLOWS: Millis = Millis(5_000);
/// Time in F after which the connector may be unlocked (EVerest, table A.5).
pub const UNLOCK_IN_F: Millis = Millis(5_000);
/// How long 5 % is shown first in the *encouragement* mode (Bender manual 7.3).
pub const ENCOURAGEMENT: Millis = Millis(2_000);

/// Configurable times of the pilot. [`Timing::DEFAULT`] follows the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Hash))]
pub struct Timing {
    /// C must last this long before power is asked for. ISO 15118-3 lets a vehicle toggle B-C-B for
    /// 200 ms to 400 ms as a signal, which must not close the contactor (EVerest, Tinkerforge).
    pub ready_debounce: Millis,
    /// With the PWM off, a vehicle that stays in C is cut off under load after this long (table A.6
    /// sequence 10.2; OpenEVSE takes 3 s).
    pub forced_open: Millis,
    /// The PWM stays off for at least this long before it starts again (EVerest, SmartEVSE).
    pub pause: Millis,
    /// F lasts at least this long after a fault (EVerest, table A.5).
    pub fault_hold: Millis,
    /// Shortest time between two changes of the duty (EVerest; a vehicle has as long to follow).
    pub duty_spacing: Millis,
    /// Samples older than this count as missing.
    pub sample_timeout: Millis,
    /// After a change of the generator's signal the measurement is not compared with the signal for
    /// this long (inferred: peak detectors and filters of some 10 ms).
    pub signal_settle: Millis,
    /// After the contactor moved, a vehicle becoming ready is not believed, and a vehicle leaving C
    /// is confirmed until [`OPEN_DECISION`] is used up (Tinkerforge ignores the pilot for 200 ms).
    pub contactor_settle: Millis,
    /// As `contactor_settle`, after a change of the duty (Tinkerforge: 550 ms).
    pub duty_settle: Millis,
    /// Ignore B this long after a change of the duty. Zero by default, because anything longer than
    /// [`OPEN_LIMIT`] is *not* what table A.6 asks for; some plug-in hybrids glitch to B for about
    /// 500 ms, and Tinkerforge lives with 550 ms.
    pub duty_glitch: Millis,
    /// While charging, the diode check may fail this long before it is a fault (Tinkerforge: 100
    /// ticks). In B it is a fault at once.
    pub diode_tolerance: Millis,
    /// After a start, "no vehicle" is believed only after this long (Tinkerforge).
    pub boot: Millis,
}

impl Timing {
    /// The standard's values.
    pub const DEFAULT: Self = Self {
        ready_debounce: Millis(500),
        forced_open: Millis(6_000),
        pause: Millis(3_000),
        fault_hold: Millis(300),
        duty_spacing: Millis(5_000),
        sample_timeout: Millis(250),
        signal_settle: Millis(50),
        contactor_settle: Millis(200),
        duty_settle: Millis(550),
        duty_glitch: Millis(0),
        diode_tolerance: Millis(250),
        boot: Millis(5_000),
    };

    /// Checks every value against its bounds.
    ///
    /// # Errors
    ///
    /// The first value out of bounds, with the bounds.
    pub fn check(&self) -> Result<(), TimingError> {
        for Bound { name, get, min, max } in BOUNDS {
            let value = get(self);
            if value < min || value > max {
                return Err(TimingError { name, value, min, max });
            }
        }
        Ok(())
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A configured time outside what the standard, or this crate, allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("pilot timing `{name}` is {value}, allowed is {min} to {max}")]
pub struct TimingError {
    /// Field of [`Timing`].
    pub name: &'static str,
    /// Configured value.
    pub value: Millis,
    /// Smallest value allowed.
    pub min: Millis,
    /// Largest value allowed.
    pub max: Millis,
}

struct Bound {
    name: &'static str,
    get: fn(&Timing) -> Millis,
    min: Millis,
    max: Millis,
}

/// Lower bounds are the standard's where it asks for "at least", upper bounds where it asks for "at
/// most"; the other side is what still makes sense.
const BOUNDS: [Bound; 12] = [
    Bound { name: "ready_debounce", get: |t| t.ready_debounce, min: Millis(450), max: Millis(2_500) },
    Bound { name: "forced_open", get: |t| t.forced_open, min: VEHICLE_STOPS, max: Millis(6_000) },
    Bound { name: "pause", get: |t| t.pause, min: Millis(3_000), max: Millis(60_000) },
    Bound { name: "fault_hold", get: |t| t.fault_hold, min: Millis(300), max: Millis(60_000) },
    Bound { name: "duty_spacing", get: |t| t.duty_spacing, min: VEHICLE_FOLLOWS, max: Millis(60_000) },
    Bound { name: "sample_timeout", get: |t| t.sample_timeout, min: Millis(20), max: Millis(500) },
    Bound { name: "signal_settle", get: |t| t.signal_settle, min: Millis(2), max: Millis(200) },
    Bound { name: "contactor_settle", get: |t| t.contactor_settle, min: Millis(0), max: Millis(1_000) },
    Bound { name: "duty_settle", get: |t| t.duty_settle, min: Millis(0), max: Millis(1_000) },
    Bound { name: "duty_glitch", get: |t| t.duty_glitch, min: Millis(0), max: Millis(550) },
    Bound { name: "diode_tolerance", get: |t| t.diode_tolerance, min: Millis(0), max: Millis(2_500) },
    Bound { name: "boot", get: |t| t.boot, min: Millis(0), max: Millis(30_000) },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_within_their_bounds() {
        assert_eq!(Timing::DEFAULT.check(), Ok(()));
    }

    #[test]
    fn both_edges_of_every_bound_are_sharp() {
        extern crate alloc;
        use alloc::string::ToString;
        type Set = fn(&mut Timing, Millis);
        let setters: [Set; 12] = [
            |t, v| t.ready_debounce = v,
            |t, v| t.forced_open = v,
            |t, v| t.pause = v,
            |t, v| t.fault_hold = v,
            |t, v| t.duty_spacing = v,
            |t, v| t.sample_timeout = v,
            |t, v| t.signal_settle = v,
            |t, v| t.contactor_settle = v,
            |t, v| t.duty_settle = v,
            |t, v| t.duty_glitch = v,
            |t, v| t.diode_tolerance = v,
            |t, v| t.boot = v,
        ];
        for (bound, set) in BOUNDS.iter().zip(setters) {
            let check = |value| {
                let mut timing = Timing::DEFAULT;
                set(&mut timing, value);
                timing.check()
            };
            assert_eq!(check(bound.min), Ok(()), "{}", bound.name);
            assert_eq!(check(bound.max), Ok(()), "{}", bound.name);
            let error = check(Millis(bound.max.0 + 1)).unwrap_err();
            assert_eq!(error.name, bound.name);
            assert!(error.to_string().contains(bound.name));
            if bound.min > Millis(0) {
                assert_eq!(check(Millis(bound.min.0 - 1)).unwrap_err().name, bound.name);
            }
        }
    }
}
