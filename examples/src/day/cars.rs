//! Who comes, when, and how the battery fills.

use evkit_dlm::phases::Terminals;

use super::STEP;

/// Voltage of a phase against neutral.
pub(super) const VOLTS: f64 = 230.0;

/// No car draws less than this while it charges.
const LEAST: u32 = 6_000;

/// One car's visit.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) evse: usize,
    /// Second of the day at which it is plugged in.
    pub(super) from: u32,
    /// Second of the day at which it leaves.
    pub(super) to: u32,
    /// Energy its battery takes, in Wh.
    pub(super) wants: f64,
    pub(super) terminals: Terminals,
    /// Largest current in mA.
    pub(super) max: u32,
}

/// A car that is plugged in.
#[derive(Debug, Clone)]
pub(super) struct Car {
    session: Session,
    /// Energy still missing, in Wh.
    missing: f64,
}

impl Car {
    pub(super) fn new(session: &Session) -> Self {
        Self { session: session.clone(), missing: session.wants }
    }

    pub(super) fn wants(&self) -> bool {
        self.missing > 0.0
    }

    pub(super) fn leaves(&self, second: u32) -> bool {
        second >= self.session.to
    }

    pub(super) fn terminals(&self) -> Terminals {
        self.session.terminals
    }

    pub(super) fn conductors(&self) -> f64 {
        f64::from(self.session.terminals.len())
    }

    /// The most it takes now, in mA: less and less over the last fifth of what it came for.
    pub(super) fn appetite(&self) -> u32 {
        let nearly_full = (self.missing / (0.2 * self.session.wants)).min(1.0);
        ((f64::from(self.session.max) * nearly_full) as u32).clamp(LEAST, self.session.max)
    }

    /// Draws for one step from an offer in mA and says how much.
    pub(super) fn draw(&mut self, offer: u32) -> u32 {
        if !self.wants() || offer < LEAST {
            return 0;
        }
        let current = self.appetite().min(offer);
        let watts = f64::from(current) / 1_000.0 * VOLTS * self.conductors();
        self.missing -= watts * f64::from(STEP) / 3_600.0;
        current
    }

    /// A current on the terminals it uses.
    pub(super) fn by_terminal(&self, current: u32) -> [u32; 3] {
        std::array::from_fn(|place| if self.session.terminals.contains(place) { current } else { 0 })
    }
}
