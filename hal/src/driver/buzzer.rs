//! A piezo buzzer on a PWM channel.

use embedded_hal::pwm::SetDutyCycle;

use crate::indicator::tone::Pitch;

/// A buzzer: half the duty while it sounds. `embedded-hal` cannot set the frequency of a channel, so
/// that is handed in.
#[derive(Debug)]
pub struct Buzzer<P, F> {
    pwm: P,
    set_frequency: F,
    sounding: Pitch,
}

impl<P, E, F> Buzzer<P, F>
where
    P: SetDutyCycle<Error = E>,
    F: FnMut(&mut P, u16) -> Result<(), E>,
{
    /// A buzzer that does not sound yet; `set_frequency` sets the channel's frequency in hertz.
    pub const fn new(pwm: P, set_frequency: F) -> Self {
        Self { pwm, set_frequency, sounding: None }
    }

    /// Sounds a pitch, or falls silent. Nothing happens when it does so already.
    ///
    /// # Errors
    ///
    /// The channel's.
    pub fn apply(&mut self, pitch: Pitch) -> Result<(), E> {
        if pitch == self.sounding {
            return Ok(());
        }
        match pitch {
            Some(hertz) => {
                (self.set_frequency)(&mut self.pwm, hertz)?;
                self.pwm.set_duty_cycle_percent(50)?;
            }
            None => self.pwm.set_duty_cycle_fully_off()?,
        }
        self.sounding = pitch;
        Ok(())
    }

    /// Gives the channel back as it is.
    pub fn release(self) -> P {
        self.pwm
    }
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use core::time::Duration;

    use embedded_hal_mock::eh1::pwm::{Mock, Transaction};

    use super::*;
    use crate::indicator::Player;
    use crate::indicator::tone::RISING;
    use crate::units::Instant;

    #[test]
    fn a_melody_is_three_pitches_and_silence() {
        let sound = [Transaction::max_duty_cycle(200), Transaction::set_duty_cycle(100)];
        let transactions: alloc::vec::Vec<_> =
            sound.iter().cycle().take(6).cloned().chain([Transaction::set_duty_cycle(0)]).collect();
        let mut heard = alloc::vec::Vec::new();
        let mut buzzer = Buzzer::new(Mock::new(&transactions), |_: &mut Mock, hertz| {
            heard.push(hertz);
            Ok(())
        });
        let mut player = Player::new();
        player.show(Instant::ZERO, RISING);
        for ms in (0..1_000).step_by(10) {
            let now = Instant::ZERO + Duration::from_millis(ms);
            buzzer.apply(player.at(now).and_then(|(pitch, _)| pitch)).unwrap();
        }
        buzzer.release().done();
        assert_eq!(heard, [1_000, 1_500, 2_000]);
    }
}
