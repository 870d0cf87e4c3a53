//! Words of the pilot: states, demands, faults and events.

use core::fmt;

use super::generator::Signal;
use super::level::Level;

/// State of the pilot: the vehicle's letter and the station's digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// No vehicle, constant +12 V.
    A1,
    /// No vehicle, square wave; lasts only until the machine notices.
    A2,
    /// Vehicle connected, no current allowed.
    B1,
    /// Vehicle connected, current offered.
    B2,
    /// Vehicle ready, no current allowed (any more).
    C1,
    /// Vehicle ready, current offered.
    C2,
    /// Vehicle ready and in need of ventilation, no current allowed (any more).
    D1,
    /// Vehicle ready and in need of ventilation, current offered.
    D2,
    /// Line shorted to earth, or station without power.
    E,
    /// Station not available.
    F,
}

impl State {
    pub(super) const fn of(level: Level, signal: Signal) -> Option<Self> {
        Some(match (level, signal.is_pwm()) {
            (Level::A, false) => Self::A1,
            (Level::A, true) => Self::A2,
            (Level::B, false) => Self::B1,
            (Level::B, true) => Self::B2,
            (Level::C, false) => Self::C1,
            (Level::C, true) => Self::C2,
            (Level::D, false) => Self::D1,
            (Level::D, true) => Self::D2,
            (Level::E, _) => Self::E,
            (Level::F, _) => Self::F,
            (Level::Invalid, _) => return None,
        })
    }

    /// The name EVlink stations use in the maintenance report, row *EV state* (EVlink manual
    /// chapter 7). The manual has one name for both A1 and A2.
    pub const fn evlink_name(self) -> &'static str {
        match self {
            Self::A1 | Self::A2 => "A_Not_Present_12V",
            Self::B1 => "B_Present_9V",
            Self::B2 => "B_Present_Asked_9V_M12V",
            Self::C1 => "C_Ready_6V",
            Self::C2 => "C_Ready_6V_M12V",
            Self::D1 => "D_Ready_VR_3V",
            Self::D2 => "D_Ready_VR_3V_M12V",
            Self::E => "E_ShortCut",
            Self::F => "F_NotAvailable",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// What the vehicle, as seen on the pilot, demands of the contactor.
///
/// A demand is never an order to close: the safety layer weighs it with everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// The contactor has to be open.
    #[default]
    Open,
    /// A closed contactor may stay closed for now; an open one may not close.
    Hold,
    /// The contactor may close.
    Close,
}

/// Something wrong on the pilot. Each one opens the contactor and stops the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PilotFault {
    /// The line is shorted to earth. Clears when the line is no longer.
    Short,
    /// The voltage belongs to no state. Clears when it does again.
    OutOfRange,
    /// The vehicle shows no diode, or somebody tampers. Clears when it is unplugged.
    Diode,
    /// The line does not follow the generator. Clears when it does.
    Generator,
    /// The vehicle needs ventilation and there is none. Clears when it stops asking for it.
    Ventilation,
}

impl PilotFault {
    /// All faults.
    pub const ALL: [Self; 5] =
        [Self::Short, Self::OutOfRange, Self::Diode, Self::Generator, Self::Ventilation];
}

/// The faults that stand on the pilot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FaultSet(u8);

impl FaultSet {
    /// No fault.
    pub const EMPTY: Self = Self(0);

    /// Whether no fault stands.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether this fault stands.
    pub const fn contains(self, fault: PilotFault) -> bool {
        self.0 & (1 << fault as u8) != 0
    }

    /// A bit for each fault, that of the first of [`PilotFault::ALL`] in the lowest.
    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    /// The faults, in the order of [`PilotFault::ALL`].
    pub fn iter(self) -> impl Iterator<Item = PilotFault> {
        PilotFault::ALL.into_iter().filter(move |fault| self.contains(*fault))
    }

    /// The set with this fault, or without it.
    #[must_use]
    pub const fn with(self, fault: PilotFault, present: bool) -> Self {
        let bit = 1 << fault as u8;
        Self(if present { self.0 | bit } else { self.0 & !bit })
    }
}

/// What the pilot has to tell. One call produces at most ten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// The state changed; `None` while it is not known.
    State(Option<State>),
    /// A vehicle was plugged in, or is there after a start.
    Plugged,
    /// The vehicle was unplugged, or is not there after a start.
    Unplugged,
    /// A fault appeared.
    Fault(PilotFault),
    /// A fault is gone.
    Cleared(PilotFault),
    /// The vehicle stayed in C for too long after the offer ended: power is cut under load.
    VehicleIgnoresStop,
    /// A sleeping vehicle is being woken.
    WakeUp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in_and_not_taken_out() {
        for fault in PilotFault::ALL {
            let set = FaultSet::EMPTY.with(fault, true).with(fault, true);
            assert!(set.iter().eq([fault]));
            let full = PilotFault::ALL.into_iter().fold(set, |set, fault| set.with(fault, true));
            assert!(full.iter().eq(PilotFault::ALL));
            assert!(
                full.with(fault, false)
                    .with(fault, false)
                    .iter()
                    .eq(PilotFault::ALL.into_iter().filter(|f| *f != fault))
            );
        }
    }
}
