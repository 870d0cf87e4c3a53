//! Motor and end switches of a plug lock.

use embedded_hal::digital::{InputPin, OutputPin};

use super::pins::{Input, Output, PinError, Role};
use crate::lock::{Drive, Position, Sensed};

/// The two inputs of an H bridge. Both off brakes or floats; both on never happens.
#[derive(Debug)]
pub struct Motor<A, B> {
    /// Pushes the bolt out.
    pub lock: Output<A>,
    /// Pulls it back.
    pub unlock: Output<B>,
}

/// The end switches. With both of them an actuator that is not there can be told: neither switch is
/// active, or both are.
#[derive(Debug)]
pub struct EndSwitches<L, U> {
    /// Active when the bolt is out.
    pub locked: Input<L>,
    /// Active when it is back.
    pub unlocked: Option<Input<U>>,
}

/// The pins of a lock.
#[derive(Debug)]
pub struct LockPins<A, B, L, U> {
    motor: Motor<A, B>,
    switches: EndSwitches<L, U>,
}

impl<A: OutputPin, B: OutputPin, L: InputPin, U: InputPin> LockPins<A, B, L, U> {
    /// The pins; the motor is switched off.
    ///
    /// # Errors
    ///
    /// A pin of the motor.
    pub fn new(motor: Motor<A, B>, switches: EndSwitches<L, U>) -> Result<Self, PinError> {
        let mut pins = Self { motor, switches };
        pins.apply(Drive::Off)?;
        Ok(pins)
    }

    /// Drives the motor as [`Lock::drive`](crate::lock::Lock::drive) says. One side is switched off
    /// before the other is switched on.
    ///
    /// # Errors
    ///
    /// The first pin that failed.
    pub fn apply(&mut self, drive: Drive) -> Result<(), PinError> {
        if drive != Drive::Lock {
            self.motor.lock.set(false).map_err(PinError::of(Role::MotorLock))?;
        }
        self.motor.unlock.set(drive == Drive::Unlock).map_err(PinError::of(Role::MotorUnlock))?;
        if drive == Drive::Lock {
            self.motor.lock.set(true).map_err(PinError::of(Role::MotorLock))?;
        }
        Ok(())
    }

    /// Reads the position. Between two end switches there is none, which is normal while the motor
    /// runs and means an absent actuator otherwise.
    ///
    /// # Errors
    ///
    /// The first pin that failed.
    pub fn sensed(&mut self) -> Result<Sensed, PinError> {
        let locked = self.switches.locked.is_active().map_err(PinError::of(Role::SwitchLocked))?;
        let unlocked = match &mut self.switches.unlocked {
            Some(switch) => switch.is_active().map_err(PinError::of(Role::SwitchUnlocked))?,
            None => !locked,
        };
        Ok(match (locked, unlocked) {
            (true, false) => Sensed::At(Position::Locked),
            (false, true) => Sensed::At(Position::Unlocked),
            _ => Sensed::Absent,
        })
    }

    /// Gives motor and switches back as they are; [`Drive::Off`] is to be applied before.
    pub fn release(self) -> (Motor<A, B>, EndSwitches<L, U>) {
        (self.motor, self.switches)
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::driver::Polarity;

    const ON: State = State::High;
    const OFF: State = State::Low;

    fn output(states: &[State]) -> Output<Mock> {
        let transactions: alloc::vec::Vec<_> = states.iter().map(|state| Transaction::set(*state)).collect();
        Output::new(Mock::new(&transactions), Polarity::ActiveHigh)
    }

    fn input(states: &[State]) -> Input<Mock> {
        let transactions: alloc::vec::Vec<_> = states.iter().map(|state| Transaction::get(*state)).collect();
        Input::new(Mock::new(&transactions), Polarity::ActiveHigh)
    }

    #[test]
    fn one_side_goes_off_before_the_other_goes_on() {
        let motor = Motor { lock: output(&[OFF, ON, OFF]), unlock: output(&[OFF, OFF, ON]) };
        let switches = EndSwitches { locked: input(&[]), unlocked: None::<Input<Mock>> };
        let mut pins = LockPins::new(motor, switches).unwrap();
        pins.apply(Drive::Lock).unwrap();
        pins.apply(Drive::Unlock).unwrap();
        let (motor, switches) = pins.release();
        motor.lock.release().done();
        motor.unlock.release().done();
        switches.locked.release().done();
    }

    #[test]
    fn switches_that_contradict_each_other_mean_no_actuator() {
        let motor = Motor { lock: output(&[OFF]), unlock: output(&[OFF]) };
        let switches =
            EndSwitches { locked: input(&[ON, OFF, OFF, ON]), unlocked: Some(input(&[OFF, ON, OFF, ON])) };
        let mut pins = LockPins::new(motor, switches).unwrap();
        for expected in
            [Sensed::At(Position::Locked), Sensed::At(Position::Unlocked), Sensed::Absent, Sensed::Absent]
        {
            assert_eq!(pins.sensed(), Ok(expected));
        }
        let (motor, switches) = pins.release();
        motor.lock.release().done();
        motor.unlock.release().done();
        switches.locked.release().done();
        switches.unlocked.unwrap().release().done();
    }
}
