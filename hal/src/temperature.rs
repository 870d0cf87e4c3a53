//! Temperature: less current when it is hot, none when it is too hot, with a way back.

use crate::pilot::duty::MIN_CURRENT;
use crate::safety::Status;
use crate::units::{DeciCelsius, Milliamps};

/// What happens from a temperature on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step begins at this temperature ...
    pub from: DeciCelsius,
    /// ... and ends below this one, which is lower.
    pub back_below: DeciCelsius,
    /// Share of the rated current in percent; 0 stops charging. What is left is never less than 6 A.
    pub percent: u8,
}

const fn step(from: i16, back_below: i16, percent: u8) -> Step {
    Step { from: DeciCelsius(from * 10), back_below: DeciCelsius(back_below * 10), percent }
}

/// OpenEVSE's curve: half the current from 65 °C, a quarter from 68 °C, none from 71 °C; each step
/// ends 3 K below its beginning (published for the first step, inferred for the others).
pub const OPENEVSE: [Step; 3] = [step(65, 62, 50), step(68, 65, 25), step(71, 68, 0)];

/// SmartEVSE's: none from 65 °C, back at 10 K less.
pub const SMARTEVSE: [Step; 1] = [step(65, 55, 0)];

/// Derating by `N` steps, coolest first.
#[derive(Clone, Debug)]
pub struct Derating<const N: usize> {
    steps: [Step; N],
    /// How many steps are in force.
    active: usize,
}

impl<const N: usize> Derating<N> {
    /// A derating in its coolest state.
    pub const fn new(steps: [Step; N]) -> Self {
        Self { steps, active: 0 }
    }

    /// Takes the hottest of the measured temperatures in.
    pub fn handle_temperature(&mut self, temperature: DeciCelsius) {
        let entered = self.steps.iter().rposition(|step| temperature >= step.from).map_or(0, |at| at + 1);
        let held = self.steps.iter().rposition(|step| temperature >= step.back_below).map_or(0, |at| at + 1);
        self.active = entered.max(self.active.min(held));
    }

    /// What is left of `rated`; `None` when charging has to stop.
    pub fn limit(&self, rated: Milliamps) -> Option<Milliamps> {
        match self.percent() {
            0 => None,
            100 => Some(rated),
            percent => {
                let left = u64::from(rated.0) * u64::from(percent) / 100;
                // Never more than `rated`, so it fits.
                Some(Milliamps(left as u32).max(MIN_CURRENT.min(rated)))
            }
        }
    }

    /// What the safety layer is told.
    pub fn status(&self) -> Status {
        if self.percent() == 0 { Status::Tripped } else { Status::Clear }
    }

    fn percent(&self) -> u8 {
        let active = self.active.checked_sub(1).and_then(|at| self.steps.get(at));
        active.map_or(100, |step| step.percent.min(100))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(steps: &[(i16, Option<u32>)]) {
        let mut derating = Derating::new(OPENEVSE);
        for (temperature, limit) in steps {
            derating.handle_temperature(DeciCelsius(*temperature));
            assert_eq!(derating.limit(Milliamps(32_000)), limit.map(Milliamps), "{temperature}");
        }
    }

    #[test]
    fn each_step_begins_and_ends_at_its_temperature() {
        limits(&[
            (649, Some(32_000)),
            (650, Some(16_000)),
            (621, Some(16_000)),
            (620, Some(16_000)),
            (619, Some(32_000)),
            (680, Some(8_000)),
            (650, Some(8_000)),
            (649, Some(16_000)),
            (710, None),
            (680, None),
            (679, Some(8_000)),
            (-400, Some(32_000)),
            (999, None),
        ]);
    }

    #[test]
    fn a_share_is_never_less_than_six_amperes_nor_more_than_the_rating() {
        let mut derating = Derating::new(OPENEVSE);
        derating.handle_temperature(DeciCelsius(690));
        assert_eq!(derating.limit(Milliamps(16_000)), Some(Milliamps(6_000)));
        assert_eq!(derating.limit(Milliamps(5_000)), Some(Milliamps(5_000)));
    }

    #[test]
    fn only_the_last_step_trips() {
        let mut derating = Derating::new(SMARTEVSE);
        assert_eq!(derating.status(), Status::Clear);
        derating.handle_temperature(DeciCelsius(650));
        assert_eq!(derating.status(), Status::Tripped);
        derating.handle_temperature(DeciCelsius(550));
        assert_eq!(derating.status(), Status::Tripped);
        derating.handle_temperature(DeciCelsius(549));
        assert_eq!(derating.status(), Status::Clear);
    }
}
