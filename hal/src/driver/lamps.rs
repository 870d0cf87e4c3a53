//! Lamps on output pins, and colours for lamps that mix their own.

use embedded_hal::digital::OutputPin;

use super::pins::{Output, PinError, Role};
use crate::indicator::{Colours, Light};

/// A lamp of one colour in one segment.
#[derive(Debug)]
pub struct Lamp<P> {
    /// Its segment, counted from 0.
    pub segment: u8,
    /// Its colour.
    pub colour: Colours,
    /// Its pin.
    pub output: Output<P>,
}

/// All the lamps of an indicator.
#[derive(Debug)]
pub struct Lamps<P, const N: usize> {
    lamps: [Lamp<P>; N],
    shown: Option<Light>,
}

impl<P: OutputPin, const N: usize> Lamps<P, N> {
    /// Lamps in whatever state they are.
    pub const fn new(lamps: [Lamp<P>; N]) -> Self {
        Self { lamps, shown: None }
    }

    /// Shows a light. Pins are only touched when it changed.
    ///
    /// # Errors
    ///
    /// The first pin that failed; the next call tries all of them again.
    pub fn apply(&mut self, light: Light) -> Result<(), PinError> {
        if self.shown == Some(light) {
            return Ok(());
        }
        self.shown = None;
        for lamp in &mut self.lamps {
            let lit = light.segment(lamp.segment).contains(lamp.colour);
            lamp.output.set(lit).map_err(PinError::of(Role::Lamp))?;
        }
        self.shown = Some(light);
        Ok(())
    }

    /// Gives the lamps back as they are.
    pub fn release(self) -> [Lamp<P>; N] {
        self.lamps
    }
}

/// Red, green and blue for a lamp that mixes them, such as a strip of WS2812. Several colours at once
/// add up; shades are inferred.
pub const fn rgb(colours: Colours) -> [u8; 3] {
    const SHADES: [(Colours, [u8; 3]); 6] = [
        (Colours::GREEN, [0, 255, 0]),
        (Colours::YELLOW, [255, 200, 0]),
        (Colours::BLUE, [0, 0, 255]),
        (Colours::WHITE, [255, 255, 255]),
        (Colours::ORANGE, [255, 100, 0]),
        (Colours::RED, [255, 0, 0]),
    ];
    let mut mixed = [0u8; 3];
    let mut rest: &[(Colours, [u8; 3])] = &SHADES;
    while let [(colour, [r, g, b]), tail @ ..] = rest {
        if colours.contains(*colour) {
            let [red, green, blue] = mixed;
            mixed = [red.saturating_add(*r), green.saturating_add(*g), blue.saturating_add(*b)];
        }
        rest = tail;
    }
    mixed
}

#[cfg(test)]
mod tests {
    use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};

    use super::*;
    use crate::driver::Polarity;
    use crate::indicator::keba::Sign;

    #[test]
    fn pins_follow_segment_and_colour_and_are_left_alone_otherwise() {
        // Two segments, blue and orange each.
        let expected = [
            (0, Colours::BLUE, [State::Low, State::Low]),
            (0, Colours::ORANGE, [State::Low, State::High]),
            (1, Colours::BLUE, [State::High, State::Low]),
            (1, Colours::ORANGE, [State::Low, State::High]),
        ];
        let mut lamps = Lamps::new(expected.map(|(segment, colour, states)| Lamp {
            segment,
            colour,
            output: Output::new(Mock::new(&states.map(Transaction::set)), Polarity::ActiveHigh),
        }));
        let light = |sign: Sign| sign.pattern().at(core::time::Duration::ZERO).unwrap().0;
        lamps.apply(light(Sign::NoLink)).unwrap();
        lamps.apply(light(Sign::NoLink)).unwrap();
        lamps.apply(light(Sign::OutOfService)).unwrap();
        for lamp in lamps.release() {
            lamp.output.release().done();
        }
    }

    #[test]
    fn mixed_colours_add_up() {
        assert_eq!(rgb(Colours::NONE), [0, 0, 0]);
        assert_eq!(rgb(Colours::GREEN), [0, 255, 0]);
        assert_eq!(rgb(Colours::GREEN.and(Colours::YELLOW).and(Colours::BLUE)), [255, 255, 255]);
    }
}
