//! Coil and feedback contact of a contactor.

use embedded_hal::digital::{InputPin, OutputPin};

use super::pins::{Input, Output, PinError, Role};
use crate::contactor::Feedback;

/// The pins of a contactor.
#[derive(Debug)]
pub struct ContactorPins<C, F> {
    coil: Output<C>,
    feedback: Option<Input<F>>,
}

impl<C: OutputPin, F: InputPin> ContactorPins<C, F> {
    /// The pins; the coil is switched off. The feedback is active when a contact is closed.
    ///
    /// # Errors
    ///
    /// The coil's pin.
    pub fn new(mut coil: Output<C>, feedback: Option<Input<F>>) -> Result<Self, PinError> {
        coil.set(false).map_err(PinError::of(Role::Coil))?;
        Ok(Self { coil, feedback })
    }

    /// Switches the coil as [`Outputs::contactor`](crate::evse::Outputs::contactor) says.
    ///
    /// # Errors
    ///
    /// The coil's pin.
    pub fn apply(&mut self, closed: bool) -> Result<(), PinError> {
        self.coil.set(closed).map_err(PinError::of(Role::Coil))
    }

    /// Reads the feedback; `None` when there is no such contact.
    ///
    /// # Errors
    ///
    /// The feedback's pin. Not handing a reading on lets the safety layer open in time.
    pub fn feedback(&mut self) -> Result<Option<Feedback>, PinError> {
        let Some(feedback) = &mut self.feedback else { return Ok(None) };
        let closed = feedback.is_active().map_err(PinError::of(Role::Feedback))?;
        Ok(Some(if closed { Feedback::Closed } else { Feedback::Open }))
    }

    /// Switches the coil off and gives the pins back.
    ///
    /// # Errors
    ///
    /// The coil's pin; the pins are lost then, as is the knowledge whether the contactor is open.
    pub fn release(mut self) -> Result<(C, Option<F>), PinError> {
        self.apply(false)?;
        Ok((self.coil.release(), self.feedback.map(Input::release)))
    }
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::driver::Polarity;

    #[test]
    fn the_coil_is_off_before_and_after() {
        let coil = Mock::new(&[
            Transaction::set(State::Low),
            Transaction::set(State::High),
            Transaction::set(State::Low),
        ]);
        let feedback = Mock::new(&[Transaction::get(State::Low), Transaction::get(State::High)]);
        let mut pins = ContactorPins::new(
            Output::new(coil, Polarity::ActiveHigh),
            Some(Input::new(feedback, Polarity::ActiveLow)),
        )
        .unwrap();
        pins.apply(true).unwrap();
        assert_eq!(pins.feedback(), Ok(Some(Feedback::Closed)));
        assert_eq!(pins.feedback(), Ok(Some(Feedback::Open)));
        let (mut coil, feedback) = pins.release().unwrap();
        coil.done();
        feedback.unwrap().done();
    }

    #[test]
    fn no_feedback_contact_is_not_an_error() {
        let coil = Mock::new(&[Transaction::set(State::Low), Transaction::set(State::Low)]);
        let mut pins =
            ContactorPins::<Mock, Mock>::new(Output::new(coil, Polarity::ActiveHigh), None).unwrap();
        assert_eq!(pins.feedback(), Ok(None));
        pins.release().unwrap().0.done();
    }
}
