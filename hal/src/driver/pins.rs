//! Pins that know which level means active, and the error of all drivers on pins.

use core::fmt;

use embedded_hal::digital::{Error, ErrorKind, InputPin, OutputPin, PinState};

/// Which level means active.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Polarity {
    /// High.
    #[default]
    ActiveHigh,
    /// Low.
    ActiveLow,
}

/// What a pin is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Coil of the contactor. When it fails, nobody knows whether the contactor is open.
    Coil,
    /// Feedback of the contactor.
    Feedback,
    /// Relay that interrupts the pilot.
    PilotRelay,
    /// Test output of the residual current monitor.
    ResidualTest,
    /// Its DC line.
    ResidualDc,
    /// Its AC line.
    ResidualAc,
    /// Motor output that locks the plug.
    MotorLock,
    /// Motor output that unlocks it.
    MotorUnlock,
    /// End switch of the locked position.
    SwitchLocked,
    /// End switch of the unlocked position.
    SwitchUnlocked,
    /// Direction of an RS-485 transceiver.
    Direction,
    /// A lamp.
    Lamp,
}

/// A pin failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PinError {
    /// Which one.
    pub role: Role,
    /// What its driver said.
    pub kind: ErrorKind,
}

impl PinError {
    /// For `map_err`: names the pin whose error it is.
    pub(super) fn of<E: Error>(role: Role) -> impl FnOnce(E) -> Self {
        move |error| Self { role, kind: error.kind() }
    }
}

impl fmt::Display for PinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pin {:?}: {}", self.role, self.kind)
    }
}

impl core::error::Error for PinError {}

/// An output that is switched on and off.
#[derive(Debug)]
pub struct Output<P> {
    pin: P,
    polarity: Polarity,
}

impl<P: OutputPin> Output<P> {
    /// An output; its level stays what it is until the first [`set`](Self::set).
    pub const fn new(pin: P, polarity: Polarity) -> Self {
        Self { pin, polarity }
    }

    /// Switches it.
    ///
    /// # Errors
    ///
    /// The pin's.
    pub fn set(&mut self, on: bool) -> Result<(), P::Error> {
        self.pin.set_state(PinState::from(on == (self.polarity == Polarity::ActiveHigh)))
    }

    /// Gives the pin back as it is.
    pub fn release(self) -> P {
        self.pin
    }
}

/// An input that is active or not.
#[derive(Debug)]
pub struct Input<P> {
    pin: P,
    polarity: Polarity,
}

impl<P: InputPin> Input<P> {
    /// An input.
    pub const fn new(pin: P, polarity: Polarity) -> Self {
        Self { pin, polarity }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// The pin's.
    pub fn is_active(&mut self) -> Result<bool, P::Error> {
        Ok(self.pin.is_high()? == (self.polarity == Polarity::ActiveHigh))
    }

    /// Gives the pin back.
    pub fn release(self) -> P {
        self.pin
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;

    #[test]
    fn polarity_turns_levels_around() {
        for (polarity, on, off) in
            [(Polarity::ActiveHigh, State::High, State::Low), (Polarity::ActiveLow, State::Low, State::High)]
        {
            let mut output = Output::new(Mock::new(&[Transaction::set(on), Transaction::set(off)]), polarity);
            output.set(true).unwrap();
            output.set(false).unwrap();
            output.release().done();
            let mut input = Input::new(Mock::new(&[Transaction::get(on), Transaction::get(off)]), polarity);
            assert_eq!((input.is_active(), input.is_active()), (Ok(true), Ok(false)));
            input.release().done();
        }
    }
}
