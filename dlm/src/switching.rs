//! Charging on one phase or on three, to follow a small surplus (KEBA 5.6: external phase switch S10).
//!
//! Between the most that one phase can use and the least that three need there is little, and a switch costs
//! an interruption and wears the contactor. So the decision has a hysteresis in power and in time, and the
//! number of switches in a session can be limited.

use crate::units::{Instant, Watts};
use core::time::Duration;

/// How many phases to charge on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phases {
    /// Terminal 1 alone.
    #[default]
    One,
    /// All three.
    Three,
}

/// When to switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwitchSettings {
    /// Least power for three phases: 4,140 W (6 A at 230 V).
    pub three_from: Watts,
    /// This much more is needed to switch to three than to stay there.
    pub margin: Watts,
    /// For how long there must be enough before three are switched on.
    pub up_after: Duration,
    /// For how long there must be too little before two are switched off.
    pub down_after: Duration,
    /// Switches in a session; then it stays as it is.
    pub most: u16,
}

impl Default for SwitchSettings {
    /// 4,140 W, 200 W margin, 10 minutes up, 1 minute down, 10 switches. None of these is in a manual.
    fn default() -> Self {
        Self {
            three_from: Watts(4_140),
            margin: Watts(200),
            up_after: Duration::from_secs(600),
            down_after: Duration::from_secs(60),
            most: 10,
        }
    }
}

/// Decides on the number of phases of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhaseSwitch {
    settings: SwitchSettings,
    phases: Phases,
    /// Since when the other number would have been better.
    tempted: Option<Instant>,
    switches: u16,
}

impl PhaseSwitch {
    /// A session that starts on this many phases.
    pub const fn new(settings: SwitchSettings, phases: Phases) -> Self {
        Self { settings, phases, tempted: None, switches: 0 }
    }

    /// The number of phases decided on. Pause the session before acting on a change, and offer current again
    /// only when the contactor rests.
    pub const fn phases(&self) -> Phases {
        self.phases
    }

    /// Takes in what the session could use; says whether the decision has changed.
    pub fn handle_available(&mut self, now: Instant, power: Watts) -> bool {
        let up_from = self.settings.three_from.0.saturating_add(self.settings.margin.0);
        let (better, patience) = match self.phases {
            Phases::One => (power.0 >= up_from, self.settings.up_after),
            Phases::Three => (power < self.settings.three_from, self.settings.down_after),
        };
        self.tempted = if better { self.tempted.or(Some(now)) } else { None };
        let ripe = self.tempted.is_some_and(|since| now.since(since) >= patience);
        let switches = ripe && self.switches < self.settings.most;
        if switches {
            self.switches += 1;
            self.tempted = None;
            self.phases = match self.phases {
                Phases::One => Phases::Three,
                Phases::Three => Phases::One,
            };
        }
        switches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(seconds: u64) -> Instant {
        Instant::from_millis(seconds * 1000)
    }

    #[test]
    fn switching_needs_margin_and_patience() {
        let mut switch = PhaseSwitch::new(SwitchSettings::default(), Phases::One);
        assert!(!switch.handle_available(second(0), Watts(4_339)));
        assert!(!switch.handle_available(second(600), Watts(4_340)));
        assert!(!switch.handle_available(second(1_199), Watts(4_340)));
        assert!(switch.handle_available(second(1_200), Watts(4_340)));
        assert_eq!(switch.phases(), Phases::Three);
        // Within the margin it stays on three.
        assert!(!switch.handle_available(second(2_000), Watts(4_140)));
        assert!(!switch.handle_available(second(2_010), Watts(4_139)));
        assert!(switch.handle_available(second(2_070), Watts(4_139)));
        assert_eq!(switch.phases(), Phases::One);
    }

    #[test]
    fn a_moment_of_sun_starts_the_patience_anew() {
        let mut switch = PhaseSwitch::new(SwitchSettings::default(), Phases::Three);
        switch.handle_available(second(0), Watts(1_000));
        switch.handle_available(second(59), Watts(9_000));
        assert!(!switch.handle_available(second(60), Watts(1_000)));
    }

    #[test]
    fn the_number_of_switches_is_limited() {
        let settings = SwitchSettings { most: 1, ..SwitchSettings::default() };
        let mut switch = PhaseSwitch::new(settings, Phases::Three);
        switch.handle_available(second(0), Watts(0));
        assert!(switch.handle_available(second(60), Watts(0)));
        switch.handle_available(second(100), Watts(11_000));
        assert!(!switch.handle_available(second(10_000), Watts(11_000)));
    }
}
