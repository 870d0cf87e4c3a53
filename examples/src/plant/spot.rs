//! A place to charge: one connector's electronics with a car, or none, at its cable.

use evkit_hal::contactor::Feedback;
use evkit_hal::evse::{Config, ConfigError, Event, Evse, Inputs};
use evkit_hal::proximity::R_32A;
use evkit_hal::units::{Instant, Milliamps, Ohms};

use super::car::{self, Car};

/// What the proximity contact of an empty socket shows.
const NO_PLUG: Ohms = Ohms(u32::MAX);

/// A connector, the car at it and the energy that went through.
#[derive(Debug)]
pub struct Spot {
    evse: Evse,
    car: Option<Car>,
    rating_ma: u32,
    volts: u32,
    draw_ma: [u32; 3],
    /// Energy register of the connector in milliwatt hours, and the part below in milliwatt milliseconds.
    register_mwh: u64,
    residue: u64,
}

impl Spot {
    /// A socket without a car, whose meter stands at `register_mwh`.
    ///
    /// # Errors
    /// Settings of the connector that are not possible.
    pub fn new(now_ms: u64, rating_ma: u32, volts: u32, register_mwh: u64) -> Result<Self, ConfigError> {
        let config = Config { rating: Milliamps(rating_ma), ..Config::DEFAULT };
        let evse = Evse::new(Instant::from_millis(now_ms), &config)?;
        Ok(Self { evse, car: None, rating_ma, volts, draw_ma: [0; 3], register_mwh, residue: 0 })
    }

    /// Plugs a car in.
    pub fn plug(&mut self, car: Car) {
        self.car = Some(car);
    }

    /// Pulls the plug and returns the car.
    pub fn unplug(&mut self) -> Option<Car> {
        self.car.take()
    }

    /// The car at the cable.
    pub fn car(&self) -> Option<&Car> {
        self.car.as_ref()
    }

    /// Lets `dt_ms` pass up to `now_ms`: the electronics measure and act, the car reacts. At most 100 ms at a time.
    pub fn step(&mut self, now_ms: u64, dt_ms: u64) {
        let before = self.evse.outputs();
        let inputs = Inputs {
            pilot: Some(
                self.car
                    .as_ref()
                    .map_or_else(|| car::unplugged(before.signal), |car| car.pilot(before.signal)),
            ),
            proximity: Some(self.car.as_ref().map_or(NO_PLUG, |_| R_32A)),
            feedback: Some(if before.contactor { Feedback::Closed } else { Feedback::Open }),
        };
        self.evse.handle_inputs(Instant::from_millis(now_ms), inputs);
        let after = self.evse.outputs();
        self.draw_ma = match &mut self.car {
            Some(car) => car.step(now_ms, dt_ms, after.signal, after.contactor, self.volts),
            None => [0; 3],
        };
        let mw: u64 = self.draw_ma.iter().map(|ma| u64::from(*ma) * u64::from(self.volts)).sum();
        self.residue += mw * dt_ms;
        self.register_mwh += self.residue / 3_600_000;
        self.residue %= 3_600_000;
    }

    /// The most the connector may ever offer, in milliamperes.
    pub fn rating_ma(&self) -> u32 {
        self.rating_ma
    }

    /// Current per terminal in milliamperes.
    pub fn draw_ma(&self) -> [u32; 3] {
        self.draw_ma
    }

    /// Power in watts.
    pub fn power_w(&self) -> u32 {
        u32::try_from(
            self.draw_ma.iter().map(|ma| u64::from(*ma) * u64::from(self.volts)).sum::<u64>() / 1000,
        )
        .unwrap_or(u32::MAX)
    }

    /// Energy register in watt hours, as a billing meter shows it.
    pub fn register_wh(&self) -> i64 {
        i64::try_from(self.register_mwh / 1000).unwrap_or(i64::MAX)
    }

    /// Energy register in milliwatt hours.
    pub fn register_mwh(&self) -> u64 {
        self.register_mwh
    }

    /// Sets the current the station can spare; 0 pauses.
    pub fn set_offer(&mut self, now_ms: u64, offer_ma: u32) {
        self.evse.set_offer(Instant::from_millis(now_ms), (offer_ma > 0).then_some(Milliamps(offer_ma)));
    }

    /// Gives or takes the permission to charge.
    pub fn set_permission(&mut self, now_ms: u64, permission: bool) {
        self.evse.set_permission(Instant::from_millis(now_ms), permission);
    }

    /// The connector's electronics.
    pub fn evse(&self) -> &Evse {
        &self.evse
    }

    /// What the electronics noticed.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.evse.poll_event()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plant::CarModel;

    fn run(spot: &mut Spot, now: &mut u64, ms: u64) {
        for _ in 0..ms / 100 {
            *now += 100;
            spot.step(*now, 100);
        }
    }

    #[test]
    fn a_car_charges_only_with_offer_and_permission_and_the_register_counts_it() {
        let mut spot = Spot::new(0, 32_000, 230, 0).unwrap();
        let mut now = 0;
        run(&mut spot, &mut now, 2_000);
        let model = CarModel {
            phases: 3,
            max_ma: 16_000,
            needs_mwh: 50_000_000,
            reaction_ms: 1_000,
            ramp_ma_per_s: 8_000,
            needs_ventilation: false,
        };
        spot.plug(Car::new(model));
        spot.set_offer(now, 16_000);
        run(&mut spot, &mut now, 10_000);
        assert_eq!(spot.draw_ma(), [0; 3], "no permission");
        spot.set_permission(now, true);
        run(&mut spot, &mut now, 10_000);
        assert_eq!(spot.draw_ma(), [15_996; 3], "16 A in steps of the duty cycle");
        let start = spot.register_wh();
        run(&mut spot, &mut now, 3_600_000);
        let wh = spot.register_wh() - start;
        assert!((11_036..=11_038).contains(&wh), "three phases of 230 V for an hour, got {wh} Wh");
        spot.set_offer(now, 0);
        run(&mut spot, &mut now, 6_500);
        assert_eq!(spot.draw_ma(), [0; 3]);
        assert!(!spot.evse().is_closed(), "open under load after 6 s at most");
    }
}
