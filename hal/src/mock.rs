//! Pins and PWM channels that write down what was done to them, and when: for tests of station
//! programs against the traits of `embedded-hal`.
//!
//! Everything shares one [`Log`], which also holds the clock, so that a test can ask how long the
//! contactor took after the pilot changed. `embedded-hal-mock` is the other way round: it knows
//! beforehand what will happen.

use core::cell::{Cell, RefCell};
use core::convert::Infallible;

use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::pwm::{self, SetDutyCycle};

use crate::units::Instant;

/// What was done to an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A pin was set.
    Level(bool),
    /// A channel's duty was set, of [`Channel::PERIOD`].
    Duty(u16),
}

/// One entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Instant,
    /// To which output.
    pub output: &'static str,
    /// What.
    pub value: Value,
}

/// A clock, and the last `N` things done to outputs. Setting an output to what it is already is not
/// written down.
#[derive(Debug)]
pub struct Log<const N: usize> {
    now: Cell<Instant>,
    entries: RefCell<[Option<Entry>; N]>,
}

impl<const N: usize> Log<N> {
    /// An empty log at the origin of time.
    pub const fn new() -> Self {
        Self { now: Cell::new(Instant::ZERO), entries: RefCell::new([None; N]) }
    }

    /// Sets the clock.
    pub fn set_now(&self, now: Instant) {
        self.now.set(now);
    }

    /// The clock.
    pub fn now(&self) -> Instant {
        self.now.get()
    }

    /// The newest entry of an output.
    pub fn last(&self, output: &str) -> Option<Entry> {
        self.entries.borrow().iter().rev().flatten().find(|entry| entry.output == output).copied()
    }

    /// All entries, oldest first, and none for room that is left.
    pub fn entries(&self) -> [Option<Entry>; N] {
        *self.entries.borrow()
    }

    fn note(&self, output: &'static str, value: Value) {
        if self.last(output).is_some_and(|last| last.value == value) {
            return;
        }
        let mut entries = self.entries.borrow_mut();
        let entry = Some(Entry { at: self.now.get(), output, value });
        if let Some(free) = entries.iter_mut().find(|slot| slot.is_none()) {
            *free = entry;
            return;
        }
        entries.rotate_left(1.min(N));
        if let Some(last) = entries.last_mut() {
            *last = entry;
        }
    }
}

impl<const N: usize> Default for Log<N> {
    fn default() -> Self {
        Self::new()
    }
}

/// An output pin.
#[derive(Debug)]
pub struct Pin<'a, const N: usize> {
    log: &'a Log<N>,
    name: &'static str,
}

impl<'a, const N: usize> Pin<'a, N> {
    /// A pin that writes to `log` under `name`.
    pub const fn new(log: &'a Log<N>, name: &'static str) -> Self {
        Self { log, name }
    }
}

impl<const N: usize> digital::ErrorType for Pin<'_, N> {
    type Error = Infallible;
}

impl<const N: usize> OutputPin for Pin<'_, N> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.log.note(self.name, Value::Level(false));
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.log.note(self.name, Value::Level(true));
        Ok(())
    }
}

/// A PWM channel.
#[derive(Debug)]
pub struct Channel<'a, const N: usize> {
    log: &'a Log<N>,
    name: &'static str,
}

impl<'a, const N: usize> Channel<'a, N> {
    /// The largest duty.
    pub const PERIOD: u16 = 10_000;

    /// A channel that writes to `log` under `name`.
    pub const fn new(log: &'a Log<N>, name: &'static str) -> Self {
        Self { log, name }
    }
}

impl<const N: usize> pwm::ErrorType for Channel<'_, N> {
    type Error = Infallible;
}

impl<const N: usize> SetDutyCycle for Channel<'_, N> {
    fn max_duty_cycle(&self) -> u16 {
        Self::PERIOD
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        self.log.note(self.name, Value::Duty(duty));
        Ok(())
    }
}

/// An input pin that reads what the test wrote.
#[derive(Debug)]
pub struct Line<'a>(pub &'a Cell<bool>);

impl digital::ErrorType for Line<'_> {
    type Error = Infallible;
}

impl InputPin for Line<'_> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.get())
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_noted_with_their_time_and_the_oldest_give_way() {
        let log = Log::<2>::new();
        let mut pin = Pin::new(&log, "coil");
        for (ms, high) in [(0, false), (10, false), (20, true), (30, false)] {
            log.set_now(Instant::from_millis(ms));
            pin.set_state(high.into()).unwrap();
        }
        let times = log.entries().map(|entry| entry.map(|entry| entry.at.as_millis()));
        assert_eq!(times, [Some(20), Some(30)]);
        assert_eq!(log.last("coil").map(|entry| entry.value), Some(Value::Level(false)));
        assert_eq!(log.last("other"), None);
    }

    #[test]
    fn a_log_without_room_does_no_harm() {
        let log = Log::<0>::new();
        Pin::new(&log, "coil").set_high().unwrap();
        assert_eq!(log.last("coil"), None);
    }
}
