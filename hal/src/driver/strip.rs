//! Strips of addressable lamps, such as WS2812, over the traits of smart-leds: whatever driver the board
//! has for them (SPI, a timer with DMA, bit banging) shows the indicator's lights.

use smart_leds_trait::RGB8;

use super::rgb;
use crate::indicator::Light;

/// Which segment each lamp of a strip belongs to, and how bright the strip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout<const N: usize> {
    /// Segments, counted from 0, in the order in which the lamps are wired.
    pub segments: [u8; N],
    /// Share of the full brightness in percent.
    pub brightness: u8,
}

impl<const N: usize> Layout<N> {
    /// The colours of all the lamps.
    pub fn colours(&self, light: Light) -> [RGB8; N] {
        let dim = |shade: u8| (u16::from(shade) * u16::from(self.brightness.min(100)) / 100) as u8;
        self.segments.map(|segment| {
            let [red, green, blue] = rgb(light.segment(segment)).map(dim);
            RGB8::new(red, green, blue)
        })
    }
}

/// The driver, once for each kind of waiting: strip trait, `async`, `.await`.
macro_rules! driver {
    ($write:path, [$($asyncness:ident)?], [$($wait:tt)*]) => {
        use smart_leds_trait::RGB8;
        use $write as Write;

        use super::Layout;
        use crate::indicator::Light;

        /// A strip of `N` lamps.
        #[derive(Debug)]
        pub struct Strip<S, const N: usize> {
            strip: S,
            layout: Layout<N>,
            shown: Option<Light>,
        }

        impl<S: Write, const N: usize> Strip<S, N>
        where
            RGB8: Into<S::Color>,
        {
            /// A strip in whatever state it is.
            pub const fn new(strip: S, layout: Layout<N>) -> Self {
                Self { strip, layout, shown: None }
            }

            /// Shows a light. The strip is only written to when it changed.
            ///
            /// # Errors
            ///
            /// The strip's; the next call tries again.
            pub $($asyncness)? fn apply(&mut self, light: Light) -> Result<(), S::Error> {
                if self.shown == Some(light) {
                    return Ok(());
                }
                self.shown = None;
                self.strip.write(self.layout.colours(light))$($wait)*?;
                self.shown = Some(light);
                Ok(())
            }

            /// Gives the strip back as it is.
            pub fn release(self) -> S {
                self.strip
            }
        }
    };
}

/// The driver for strips that are written to at once.
pub mod blocking {
    driver!(smart_leds_trait::SmartLedsWrite, [], []);
}

/// The driver for strips that are waited for.
#[cfg(feature = "embedded-hal-async")]
pub mod asynchronous {
    driver!(smart_leds_trait::SmartLedsWriteAsync, [async], [.await]);
}

#[cfg(test)]
mod tests {
    extern crate alloc;

    use alloc::vec::Vec;

    use smart_leds_trait::SmartLedsWrite;

    use super::*;
    use crate::indicator::keba::Sign;

    /// Keeps what was written; fails as often as it is told to.
    #[derive(Default)]
    struct Recorder {
        frames: Vec<Vec<RGB8>>,
        failures: u8,
    }

    impl SmartLedsWrite for Recorder {
        type Error = &'static str;
        type Color = RGB8;

        fn write<T, I>(&mut self, colours: T) -> Result<(), Self::Error>
        where
            T: IntoIterator<Item = I>,
            I: Into<RGB8>,
        {
            if let Some(left) = self.failures.checked_sub(1) {
                self.failures = left;
                return Err("no room for the frame");
            }
            self.frames.push(colours.into_iter().map(Into::into).collect());
            Ok(())
        }
    }

    #[cfg(feature = "embedded-hal-async")]
    impl smart_leds_trait::SmartLedsWriteAsync for Recorder {
        type Error = &'static str;
        type Color = RGB8;

        async fn write<T, I>(&mut self, colours: T) -> Result<(), Self::Error>
        where
            T: IntoIterator<Item = I>,
            I: Into<RGB8>,
        {
            SmartLedsWrite::write(self, colours)
        }
    }

    const LAYOUT: Layout<6> = Layout { segments: [0, 0, 1, 2, 3, 3], brightness: 40 };
    const BLUE: RGB8 = RGB8::new(0, 0, 102);
    const OFF: RGB8 = RGB8::new(0, 0, 0);

    fn light(sign: Sign) -> Light {
        sign.pattern().at(core::time::Duration::ZERO).unwrap().0
    }

    #[test]
    fn every_lamp_shows_its_segment_dimmed() {
        // KEBA's bar without a network: blue in the two segments in the middle.
        assert_eq!(LAYOUT.colours(light(Sign::NoLink)), [OFF, OFF, BLUE, BLUE, OFF, OFF]);
        let glaring = Layout { brightness: 255, ..LAYOUT };
        assert_eq!(glaring.colours(light(Sign::NoLink))[2], RGB8::new(0, 0, 255));
    }

    #[test]
    fn a_light_is_written_once_and_again_after_a_failure() {
        let mut strip = blocking::Strip::new(Recorder { failures: 1, ..Recorder::default() }, LAYOUT);
        assert!(strip.apply(light(Sign::NoLink)).is_err());
        strip.apply(light(Sign::NoLink)).unwrap();
        strip.apply(light(Sign::NoLink)).unwrap();
        strip.apply(light(Sign::OutOfService)).unwrap();
        assert_eq!(strip.release().frames.len(), 2);
    }

    #[cfg(feature = "embedded-hal-async")]
    #[test]
    fn the_asynchronous_driver_writes_the_same() {
        use core::pin::pin;
        use core::task::{Context, Poll, Waker};

        let mut strip = asynchronous::Strip::new(Recorder::default(), LAYOUT);
        let poll = pin!(strip.apply(light(Sign::NoLink))).poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(poll, Poll::Ready(Ok(())));
        assert_eq!(strip.release().frames, [[OFF, OFF, BLUE, BLUE, OFF, OFF]]);
    }
}
