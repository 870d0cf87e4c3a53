//! Trip lines and test output of a residual current monitor.

use embedded_hal::digital::{InputPin, OutputPin};

use super::pins::{Input, Output, PinError, Role};
use crate::rcm::Lines;

/// The pins of a monitor. A module with one line for both kinds of current has no `ac` line.
#[derive(Debug)]
pub struct RcmPins<T, D, A> {
    test: Output<T>,
    dc: Input<D>,
    ac: Option<Input<A>>,
}

impl<T: OutputPin, D: InputPin, A: InputPin> RcmPins<T, D, A> {
    /// The pins. Lines are active when tripped.
    pub const fn new(test: Output<T>, dc: Input<D>, ac: Option<Input<A>>) -> Self {
        Self { test, dc, ac }
    }

    /// Reads the lines.
    ///
    /// # Errors
    ///
    /// The line's pin. Not handing a reading on lets the safety layer open in time.
    pub fn lines(&mut self) -> Result<Lines, PinError> {
        let dc = self.dc.is_active().map_err(PinError::of(Role::ResidualDc))?;
        let ac =
            self.ac.as_mut().map_or(Ok(false), Input::is_active).map_err(PinError::of(Role::ResidualAc))?;
        Ok(Lines { dc, ac })
    }

    /// Drives the test output as [`Rcm::test_output`](crate::rcm::Rcm::test_output) says.
    ///
    /// # Errors
    ///
    /// The output's pin.
    pub fn apply(&mut self, test: bool) -> Result<(), PinError> {
        self.test.set(test).map_err(PinError::of(Role::ResidualTest))
    }

    /// Gives the pins back as they are.
    pub fn release(self) -> (T, D, Option<A>) {
        (self.test.release(), self.dc.release(), self.ac.map(Input::release))
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::driver::Polarity;
    use crate::rcm::{Config, Procedure, Rcm};
    use crate::safety::Status;
    use crate::units::Instant;

    #[test]
    fn a_self_test_over_the_pins() {
        let test = Mock::new(&[Transaction::set(State::High), Transaction::set(State::Low)]);
        let dc = Mock::new(&[Transaction::get(State::High), Transaction::get(State::Low)]);
        let mut pins: RcmPins<Mock, Mock, Mock> =
            RcmPins::new(Output::new(test, Polarity::ActiveHigh), Input::new(dc, Polarity::ActiveHigh), None);
        let at = Instant::from_millis;
        let mut rcm = Rcm::new(at(0), Config { procedure: Procedure::Pulse, ..Config::DEFAULT });
        rcm.set_idle(at(0), true);
        pins.apply(rcm.test_output()).unwrap();
        rcm.handle_lines(at(80), pins.lines().unwrap());
        pins.apply(rcm.test_output()).unwrap();
        rcm.handle_lines(at(120), pins.lines().unwrap());
        assert_eq!(rcm.status(), Status::Clear);
        let (mut test, mut dc, _) = pins.release();
        test.done();
        dc.done();
    }
}
