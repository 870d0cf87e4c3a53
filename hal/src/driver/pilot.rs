//! Control pilot: the PWM output, and samples from raw readings of the converter.

use embedded_hal::digital::OutputPin;
use embedded_hal::pwm::{self, Error as _, SetDutyCycle};
use thiserror::Error;

use super::pins::{Output, PinError, Role};
use crate::pilot::{Duty, Sample, Signal};
use crate::units::Millivolts;

/// The 1 kHz output in front of the +12 V/-12 V driver, and the relay in the line if there is one.
///
/// High has to be +12 V. The frequency is the program's to set: 1 kHz (IEC 61851-1 table A.2).
#[derive(Debug)]
pub struct PilotOutput<P, R> {
    pwm: P,
    /// Interrupts the line when on.
    relay: Option<Output<R>>,
}

/// An output of the pilot failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PilotError {
    /// The PWM channel.
    #[error("pilot PWM: {0}")]
    Pwm(pwm::ErrorKind),
    /// The relay.
    #[error(transparent)]
    Relay(PinError),
}

impl<P: SetDutyCycle, R: OutputPin> PilotOutput<P, R> {
    /// An output; nothing is driven before the first [`apply`](Self::apply).
    pub const fn new(pwm: P, relay: Option<Output<R>>) -> Self {
        Self { pwm, relay }
    }

    /// Puts a signal on the line. Without a relay, [`Signal::Open`] is sent as -12 V, which stops the
    /// vehicle as well.
    ///
    /// # Errors
    ///
    /// The first output that failed. The line may then carry neither the old nor the new signal: switch
    /// power off.
    pub fn apply(&mut self, signal: Signal) -> Result<(), PilotError> {
        if let Some(relay) = &mut self.relay {
            relay
                .set(signal == Signal::Open)
                .map_err(PinError::of(Role::PilotRelay))
                .map_err(PilotError::Relay)?;
        }
        match signal {
            Signal::Constant => self.pwm.set_duty_cycle_fully_on(),
            Signal::Pwm(duty) => {
                self.pwm.set_duty_cycle_fraction(duty.basis_points(), Duty::FULL.basis_points())
            }
            Signal::Negative | Signal::Open => self.pwm.set_duty_cycle_fully_off(),
        }
        .map_err(|error| PilotError::Pwm(error.kind()))
    }

    /// Gives channel and relay pin back, as they are.
    pub fn release(self) -> (P, Option<R>) {
        (self.pwm, self.relay.map(Output::release))
    }
}

/// Two raw readings of the converter and what they were in truth; everything else lies on the line
/// through both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calibration {
    raw: i64,
    millivolts: i64,
    raw_span: i64,
    millivolt_span: i64,
}

impl Calibration {
    /// A calibration from two points, best at -12 V and +12 V. `None` if both readings are the same.
    pub const fn new(low: (u16, Millivolts), high: (u16, Millivolts)) -> Option<Self> {
        if low.0 == high.0 {
            return None;
        }
        Some(Self {
            raw: low.0 as i64,
            millivolts: low.1.0 as i64,
            raw_span: high.0 as i64 - low.0 as i64,
            millivolt_span: high.1.0 as i64 - low.1.0 as i64,
        })
    }

    /// The voltage of a raw reading, saturating.
    pub fn millivolts(&self, raw: u16) -> Millivolts {
        // At most 2^17 x 2^33, and never a division by zero.
        let mv = self.millivolts + (i64::from(raw) - self.raw) * self.millivolt_span / self.raw_span;
        Millivolts(i32::try_from(mv).unwrap_or(if mv < 0 { i32::MIN } else { i32::MAX }))
    }
}

/// Collects the readings of one measurement and gives its highest and lowest.
///
/// Readings have to be spread over at least one period of 1 ms, closely enough to hit the shortest
/// pulse (5 % of it): SmartEVSE takes 25, esp32-evse 250.
#[derive(Clone, Debug)]
pub struct PilotWindow {
    calibration: Calibration,
    needed: u16,
    count: u16,
    lowest: u16,
    highest: u16,
}

impl PilotWindow {
    /// A window of `needed` readings.
    pub const fn new(calibration: Calibration, needed: u16) -> Self {
        Self { calibration, needed, count: 0, lowest: u16::MAX, highest: 0 }
    }

    /// Takes one reading in; the one that completes the window gives the sample.
    pub fn push(&mut self, raw: u16) -> Option<Sample> {
        self.lowest = self.lowest.min(raw);
        self.highest = self.highest.max(raw);
        self.count = self.count.saturating_add(1);
        if self.count < self.needed {
            return None;
        }
        let ends = [self.lowest, self.highest].map(|raw| self.calibration.millivolts(raw));
        *self = Self::new(self.calibration, self.needed);
        let [first, second] = ends;
        // An inverting input stage turns the ends around.
        Some(Sample { high: first.max(second), low: first.min(second) })
    }

    /// Fills a window from a converter.
    ///
    /// # Errors
    ///
    /// The converter's first error; what was read until then is dropped.
    pub fn fill<E>(&self, mut read: impl FnMut() -> Result<u16, E>) -> Result<Sample, E> {
        let mut window = Self::new(self.calibration, self.needed);
        loop {
            if let Some(sample) = window.push(read()?) {
                return Ok(sample);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use embedded_hal::digital::ErrorKind;
    use embedded_hal_mock::eh1::MockError;
    use embedded_hal_mock::eh1::digital::{Mock as Pin, State, Transaction as OnPin};
    use embedded_hal_mock::eh1::pwm::{Mock as Pwm, Transaction as OnPwm};

    use super::*;
    use crate::driver::Polarity;
    use crate::units::Milliamps;

    const CALIBRATION: Calibration =
        match Calibration::new((100, Millivolts(-12_000)), (3_900, Millivolts(12_000))) {
            Some(calibration) => calibration,
            None => panic!("two different readings"),
        };

    #[test]
    fn every_signal_reaches_the_channel() {
        let pwm = Pwm::new(&[
            OnPwm::max_duty_cycle(1_000),
            OnPwm::set_duty_cycle(1_000),
            OnPwm::max_duty_cycle(1_000),
            OnPwm::set_duty_cycle(266),
            OnPwm::set_duty_cycle(0),
        ]);
        let mut output: PilotOutput<Pwm, Pin> = PilotOutput::new(pwm, None);
        output.apply(Signal::Constant).unwrap();
        output.apply(Signal::Pwm(Duty::for_current(Milliamps(16_000)).unwrap())).unwrap();
        output.apply(Signal::Open).unwrap();
        output.release().0.done();
    }

    #[test]
    fn the_relay_opens_only_for_open() {
        let pwm = Pwm::new(&[OnPwm::set_duty_cycle(0), OnPwm::set_duty_cycle(0)]);
        let relay = Pin::new(&[OnPin::set(State::High), OnPin::set(State::Low)]);
        let mut output = PilotOutput::new(pwm, Some(Output::new(relay, Polarity::ActiveHigh)));
        output.apply(Signal::Open).unwrap();
        output.apply(Signal::Negative).unwrap();
        let (mut pwm, relay) = output.release();
        pwm.done();
        relay.unwrap().done();
    }

    #[test]
    fn an_output_that_fails_is_named() {
        let error = MockError::Io(std::io::ErrorKind::NotConnected);
        let relay = Pin::new(&[OnPin::set(State::Low).with_error(error)]);
        let mut output = PilotOutput::new(Pwm::new(&[]), Some(Output::new(relay, Polarity::ActiveHigh)));
        let failed = PinError { role: Role::PilotRelay, kind: ErrorKind::Other };
        assert_eq!(output.apply(Signal::Constant), Err(PilotError::Relay(failed)));
        let (mut pwm, relay) = output.release();
        pwm.done();
        relay.unwrap().done();
    }

    #[test]
    fn readings_become_millivolts() {
        for (raw, mv) in [(100, -12_000), (2_000, 0), (3_900, 12_000), (0, -12_631), (4_095, 13_231)] {
            assert_eq!(CALIBRATION.millivolts(raw), Millivolts(mv), "{raw}");
        }
        assert_eq!(Calibration::new((5, Millivolts(0)), (5, Millivolts(1))), None);
        let steep = Calibration::new((0, Millivolts(i32::MIN)), (1, Millivolts(i32::MAX))).unwrap();
        assert_eq!(steep.millivolts(u16::MAX), Millivolts(i32::MAX));
    }

    #[test]
    fn a_window_keeps_the_ends_of_the_wave() {
        let mut window = PilotWindow::new(CALIBRATION, 4);
        for _ in 0..2 {
            let sample = [100, 2_950, 2_940, 110].map(|raw| window.push(raw))[3];
            assert_eq!(sample, Some(Sample { high: Millivolts(6_000), low: Millivolts(-12_000) }));
        }
    }

    #[test]
    fn an_inverting_stage_is_turned_around() {
        let inverted = Calibration::new((3_900, Millivolts(-12_000)), (100, Millivolts(12_000))).unwrap();
        let window = PilotWindow::new(inverted, 2);
        let mut readings = [3_900, 1_050].into_iter();
        let sample = window.fill(|| readings.next().ok_or(())).unwrap();
        assert_eq!(sample, Sample { high: Millivolts(6_000), low: Millivolts(-12_000) });
    }

    #[test]
    fn a_converter_that_fails_leaves_nothing_behind() {
        let mut window = PilotWindow::new(CALIBRATION, 2);
        let mut readings = [Ok(100), Err("stuck")].into_iter();
        assert_eq!(window.fill(|| readings.next().unwrap()), Err("stuck"));
        assert_eq!(window.push(2_000), None);
        assert_eq!(window.push(2_000), Some(Sample::constant(Millivolts(0))));
    }
}
