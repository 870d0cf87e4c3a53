//! RS-485: the direction pin, and the silences that separate frames of Modbus RTU.
//!
//! Gaps are those of *Modbus over serial line* 2.5.1.1: 1.5 characters at most within a frame, 3.5 at
//! least between two, with fixed times above 19 200 baud.

use thiserror::Error;

use super::PinError;

/// A point on a monotonic clock in microseconds; a millisecond is too coarse for these gaps.
pub type Micros = u64;

/// The longest silence within a frame, and the shortest between two, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gaps {
    /// 1.5 characters.
    pub within: u32,
    /// 3.5 characters.
    pub between: u32,
}

impl Gaps {
    /// The gaps at a speed in baud, a character being 11 bits. `None` for a speed of zero.
    pub const fn at(baud: u32) -> Option<Self> {
        match baud {
            0 => None,
            1..=19_200 => {
                // Rounded up; at most 38.5 s, so it fits.
                let within = 16_500_000u32.div_ceil(baud);
                let between = 38_500_000u32.div_ceil(baud);
                Some(Self { within, between })
            }
            _ => Some(Self { within: 750, between: 1_750 }),
        }
    }
}

/// Cuts received bytes into frames of at most `N` bytes (256 for Modbus).
#[derive(Clone, Debug)]
pub struct Receiver<const N: usize> {
    gaps: Gaps,
    bytes: [u8; N],
    length: usize,
    last: Option<Micros>,
    spoilt: bool,
}

impl<const N: usize> Receiver<N> {
    /// A receiver that heard nothing yet.
    pub const fn new(gaps: Gaps) -> Self {
        Self { gaps, bytes: [0; N], length: 0, last: None, spoilt: false }
    }

    /// Takes one byte in, stamped with the end of its stop bit. A byte after the gap between frames
    /// begins the next one; what [`frame`](Self::frame) was not asked for by then is lost.
    pub fn handle_byte(&mut self, now: Micros, byte: u8) {
        let silence = self.last.map_or(0, |last| now.saturating_sub(last));
        if silence >= u64::from(self.gaps.between) {
            self.clear();
        } else if silence > u64::from(self.gaps.within) && self.length > 0 {
            self.spoilt = true;
        }
        self.last = Some(now);
        match self.bytes.get_mut(self.length) {
            Some(slot) => {
                *slot = byte;
                self.length += 1;
            }
            None => self.spoilt = true,
        }
    }

    /// The frame, once the line has been silent long enough. Frames with a gap inside, or longer than
    /// `N`, are dropped.
    pub fn frame(&self, now: Micros) -> Option<&[u8]> {
        let silence = now.saturating_sub(self.last?);
        if self.spoilt || silence < u64::from(self.gaps.between) {
            return None;
        }
        self.bytes.get(..self.length).filter(|frame| !frame.is_empty())
    }

    /// Forgets what was received.
    pub fn clear(&mut self) {
        self.length = 0;
        self.spoilt = false;
        self.last = None;
    }

    /// When the frame that is being received will be over, if no further byte comes.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Micros> {
        self.last.map(|last| last.saturating_add(u64::from(self.gaps.between)))
    }
}

/// Sending failed. The direction pin has been turned back to receiving unless it is what failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Error<U> {
    /// The serial port.
    #[error("serial port failed")]
    Uart(U),
    /// The direction pin.
    #[error(transparent)]
    Pin(PinError),
}

/// The driver, once for each kind of waiting: name of the port trait, `async`, `.await`.
macro_rules! driver {
    ($delay:path, [$($asyncness:ident)?], [$($wait:tt)*]) => {
        use embedded_hal::digital::OutputPin;
        use $delay as DelayNs;

        use super::Error;
        use crate::driver::{Output, PinError, Role};

        /// A serial port. `embedded-io` has no 1.0 yet, so this small trait stands in for it.
        #[allow(async_fn_in_trait, reason = "drivers run on single-threaded executors, as in embedded-hal-async")]
        pub trait Uart {
            /// The port's error.
            type Error;

            /// Sends all bytes.
            ///
            /// # Errors
            ///
            /// The port's.
            $($asyncness)? fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;

            /// Waits until the last stop bit has left the port; an empty buffer is not enough.
            ///
            /// # Errors
            ///
            /// The port's.
            $($asyncness)? fn flush(&mut self) -> Result<(), Self::Error>;
        }

        /// A half-duplex line: a port and the pin that turns its transceiver around (active sends).
        #[derive(Debug)]
        pub struct Rs485<U, P, D> {
            uart: U,
            direction: Output<P>,
            delay: D,
            turn_us: u32,
        }

        impl<U: Uart, P: OutputPin, D: DelayNs> Rs485<U, P, D> {
            /// A line; `turn_us` is the time the transceiver takes to turn around, in microseconds.
            ///
            /// # Errors
            ///
            /// The direction pin, which is set to receiving.
            pub fn new(
                uart: U,
                mut direction: Output<P>,
                delay: D,
                turn_us: u32,
            ) -> Result<Self, Error<U::Error>> {
                direction.set(false).map_err(PinError::of(Role::Direction)).map_err(Error::Pin)?;
                Ok(Self { uart, direction, delay, turn_us })
            }

            /// Sends a frame. The silence before it is the caller's to keep
            /// ([`Gaps::between`](super::Gaps::between) since the last byte).
            ///
            /// # Errors
            ///
            /// Port or pin; the line is receiving again either way, if the pin obeys.
            pub $($asyncness)? fn send(&mut self, frame: &[u8]) -> Result<(), Error<U::Error>> {
                self.direction.set(true).map_err(PinError::of(Role::Direction)).map_err(Error::Pin)?;
                self.delay.delay_us(self.turn_us)$($wait)*;
                let mut sent = self.uart.write(frame)$($wait)*;
                if sent.is_ok() {
                    sent = self.uart.flush()$($wait)*;
                }
                self.direction.set(false).map_err(PinError::of(Role::Direction)).map_err(Error::Pin)?;
                sent.map_err(Error::Uart)
            }

            /// The port, to receive from.
            pub fn uart(&mut self) -> &mut U {
                &mut self.uart
            }

            /// Gives port, pin and delay back.
            pub fn release(self) -> (U, P, D) {
                (self.uart, self.direction.release(), self.delay)
            }
        }
    };
}

/// The driver for blocking ports.
pub mod blocking {
    driver!(embedded_hal::delay::DelayNs, [], []);
}

/// The driver for asynchronous ports.
#[cfg(feature = "embedded-hal-async")]
pub mod asynchronous {
    driver!(embedded_hal_async::delay::DelayNs, [async], [.await]);
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use embedded_hal_mock::eh1::delay::NoopDelay;
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::driver::{Output, Polarity};

    const GAPS: Gaps = Gaps { within: 1_719, between: 4_011 };

    #[test]
    fn gaps_follow_the_speed_up_to_19200() {
        assert_eq!(Gaps::at(9_600), Some(GAPS));
        assert_eq!(Gaps::at(19_200), Some(Gaps { within: 860, between: 2_006 }));
        assert_eq!(Gaps::at(19_201), Some(Gaps { within: 750, between: 1_750 }));
        assert_eq!(Gaps::at(115_200), Some(Gaps { within: 750, between: 1_750 }));
        assert_eq!(Gaps::at(1).map(|gaps| gaps.between), Some(38_500_000));
        assert_eq!(Gaps::at(0), None);
    }

    fn receive(stamps: &[u64]) -> Receiver<4> {
        let mut receiver = Receiver::new(GAPS);
        for (index, stamp) in stamps.iter().enumerate() {
            receiver.handle_byte(*stamp, index as u8);
        }
        receiver
    }

    #[test]
    fn a_frame_is_whole_after_the_gap_and_not_before() {
        let receiver = receive(&[0, 1_146, 2_865]);
        assert_eq!(receiver.poll_timeout(), Some(2_865 + 4_011));
        assert_eq!(receiver.frame(2_865 + 4_010), None);
        assert_eq!(receiver.frame(2_865 + 4_011), Some(&[0, 1, 2][..]));
    }

    #[test]
    fn a_gap_inside_or_too_many_bytes_spoil_a_frame() {
        assert_eq!(receive(&[0, 1_720]).frame(1_000_000), None);
        assert_eq!(receive(&[0, 1, 2, 3]).frame(1_000_000), Some(&[0, 1, 2, 3][..]));
        assert_eq!(receive(&[0, 1, 2, 3, 4]).frame(1_000_000), None);
        assert_eq!(receive(&[]).frame(1_000_000), None);
    }

    #[test]
    fn the_next_frame_begins_after_the_gap() {
        let receiver = receive(&[0, 2_000, 6_011, 7_000]);
        assert_eq!(receiver.frame(20_000), Some(&[2, 3][..]));
    }

    /// A port that writes down what it did.
    struct Port(alloc::vec::Vec<&'static str>, Result<(), &'static str>);

    impl blocking::Uart for Port {
        type Error = &'static str;

        fn write(&mut self, _: &[u8]) -> Result<(), Self::Error> {
            self.0.push("write");
            self.1
        }

        fn flush(&mut self) -> Result<(), Self::Error> {
            self.0.push("flush");
            Ok(())
        }
    }

    #[test]
    fn the_line_receives_again_whatever_happens() {
        for (result, calls) in [(Ok(()), &["write", "flush"][..]), (Err("framing"), &["write"][..])] {
            let pin = Mock::new(&[
                Transaction::set(State::Low),
                Transaction::set(State::High),
                Transaction::set(State::Low),
            ]);
            let port = Port(alloc::vec::Vec::new(), result);
            let direction = Output::new(pin, Polarity::ActiveHigh);
            let mut line = blocking::Rs485::new(port, direction, NoopDelay::new(), 5).unwrap();
            assert_eq!(line.send(&[1, 2, 3]), result.map_err(Error::Uart));
            let (port, mut pin, _) = line.release();
            assert_eq!(port.0, calls);
            pin.done();
        }
    }
}
