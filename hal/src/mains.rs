//! Mains voltage and frequency: off when they leave their band for too long, back after a wait, a
//! random delay and a ramp.
//!
//! One machine serves two rule sets: Austria's TOR as KEBA implements it (KEBA manual 9.1: below 80 %
//! for 3 s, wait 5 s, random delay, 6 A, ramp) and the British rule against a broken neutral conductor
//! (BS 7671 722.411.4.1(iv) as product pages state it: outside 207 V to 253 V for 5 s, back after 30 s,
//! at most ten times).

use core::time::Duration;

use crate::pilot::duty::MIN_CURRENT;
use crate::safety::Status;
use crate::units::{Instant, Milliamps, Millihertz, Millivolts, millis};

/// Limits and times of a rule set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Lowest voltage between phase and neutral that is good.
    pub lowest: Millivolts,
    /// Highest voltage that is good, if that is watched.
    pub highest: Option<Millivolts>,
    /// Lowest and highest good frequency, if that is watched. TOR asks for it; its numbers are not
    /// public.
    pub frequency: Option<(Millihertz, Millihertz)>,
    /// How long the mains may be bad.
    pub observation: Duration,
    /// How long they have to be good again.
    pub waiting: Duration,
    /// Longest random delay after that, at most 49 days; zero for none.
    pub random_delay: Duration,
    /// Time from 6 A back to full current, at most 49 days; zero for none.
    pub ramp: Duration,
    /// How often charging comes back by itself until the vehicle is unplugged; `None` for always.
    pub resumes: Option<u8>,
}

impl Config {
    /// TOR with KEBA's defaults at 230 V. The bound of the random delay is that of KEBA's profile
    /// delay (`RandomProfileMaxDelay`); that TOR uses the same, and the length of the ramp, are
    /// inferred.
    pub const TOR: Self = Self {
        lowest: Millivolts(184_000),
        highest: None,
        frequency: None,
        observation: Duration::from_secs(3),
        waiting: Duration::from_secs(5),
        random_delay: Duration::from_secs(600),
        ramp: Duration::from_secs(600),
        resumes: None,
    };

    /// The British rule at 230 V.
    pub const UNITED_KINGDOM: Self = Self {
        lowest: Millivolts(207_000),
        highest: Some(Millivolts(253_000)),
        frequency: None,
        observation: Duration::from_secs(5),
        waiting: Duration::from_secs(30),
        random_delay: Duration::ZERO,
        ramp: Duration::ZERO,
        resumes: Some(10),
    };
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Good,
    /// Off, mains still bad.
    Off,
    /// Off, mains good since.
    Waiting(Instant),
    /// Off until.
    Delayed(Instant),
    /// Back since.
    Ramp(Instant),
    /// Off until unplugged.
    GivenUp,
}

/// Watch over the mains. See the [module](self).
#[derive(Clone, Debug)]
pub struct Mains {
    config: Config,
    voltage_good: bool,
    frequency_good: bool,
    bad_since: Option<Instant>,
    phase: Phase,
    resumed: u8,
    random: u64,
}

impl Mains {
    /// A watch that takes the mains for good until measured. `seed` makes the random delays of many
    /// stations differ: a serial number will do.
    pub const fn new(config: Config, seed: u64) -> Self {
        Self {
            config,
            voltage_good: true,
            frequency_good: true,
            bad_since: None,
            phase: Phase::Good,
            resumed: 0,
            random: seed,
        }
    }

    /// Takes the voltages between the phases in use and neutral in.
    pub fn handle_voltages(&mut self, now: Instant, voltages: &[Millivolts]) {
        let Config { lowest, highest, .. } = self.config;
        self.voltage_good =
            voltages.iter().all(|v| *v >= lowest && highest.is_none_or(|highest| *v <= highest));
        self.update(now);
    }

    /// Takes the frequency in.
    pub fn handle_frequency(&mut self, now: Instant, frequency: Millihertz) {
        self.frequency_good =
            self.config.frequency.is_none_or(|(low, high)| (low..=high).contains(&frequency));
        self.update(now);
    }

    /// Does what became due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.update(now);
    }

    /// The vehicle was unplugged: interruptions are counted anew.
    pub fn handle_unplugged(&mut self, now: Instant) {
        self.resumed = 0;
        if self.phase == Phase::GivenUp {
            self.phase = Phase::Off;
        }
        self.update(now);
    }

    /// What the safety layer is told.
    pub const fn status(&self) -> Status {
        match self.phase {
            Phase::Good | Phase::Ramp(_) => Status::Clear,
            Phase::Waiting(_) | Phase::Delayed(_) => Status::NotReady,
            Phase::Off | Phase::GivenUp => Status::Tripped,
        }
    }

    /// What may be offered of `full`; `None` for nothing.
    pub fn limit(&self, now: Instant, full: Milliamps) -> Option<Milliamps> {
        match self.phase {
            Phase::Good => Some(full),
            Phase::Ramp(since) => Some(self.ramped(now, since, full)),
            Phase::Off | Phase::Waiting(_) | Phase::Delayed(_) | Phase::GivenUp => None,
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        match self.phase {
            Phase::Good => self.bad_since.map(|since| since + self.config.observation),
            Phase::Ramp(since) => {
                let end = since + self.config.ramp;
                Some(self.bad_since.map_or(end, |since| end.min(since + self.config.observation)))
            }
            Phase::Waiting(since) => Some(since + self.config.waiting),
            Phase::Delayed(until) => Some(until),
            Phase::Off | Phase::GivenUp => None,
        }
    }

    fn ramped(&self, now: Instant, since: Instant, full: Milliamps) -> Milliamps {
        let whole = short_millis(self.config.ramp).max(1);
        let done = now.millis_since(since).min(whole);
        let above = u64::from(full.0.saturating_sub(MIN_CURRENT.0));
        // 32 bits times 32 bits.
        let risen = above * done / whole;
        // `risen` is at most `above`, so the sum is at most `full`, or 6 A.
        Milliamps(MIN_CURRENT.0.saturating_add(risen as u32)).min(full.max(MIN_CURRENT))
    }

    fn update(&mut self, now: Instant) {
        if self.voltage_good && self.frequency_good {
            self.bad_since = None;
        } else {
            self.bad_since.get_or_insert(now);
        }
        while let Some(next) = self.next_phase(now) {
            self.phase = next;
        }
    }

    fn next_phase(&mut self, now: Instant) -> Option<Phase> {
        let bad = self.bad_since.is_some();
        let too_long = self.bad_since.is_some_and(|since| now.has_passed(since, self.config.observation));
        match self.phase {
            Phase::Good | Phase::Ramp(_) if too_long => Some(Phase::Off),
            Phase::Ramp(since) if now.has_passed(since, self.config.ramp) => Some(Phase::Good),
            Phase::Off if !bad => Some(Phase::Waiting(now)),
            Phase::Waiting(_) | Phase::Delayed(_) if bad => Some(Phase::Off),
            Phase::Waiting(since) if now.has_passed(since, self.config.waiting) => {
                let exhausted = self.config.resumes.is_some_and(|most| self.resumed >= most);
                Some(if exhausted { Phase::GivenUp } else { Phase::Delayed(self.draw_delay(now)) })
            }
            Phase::Delayed(until) if now >= until => {
                self.resumed = self.resumed.saturating_add(1);
                Some(Phase::Ramp(now))
            }
            _ => None,
        }
    }

    /// The end of a random delay up to the configured one (splitmix64).
    fn draw_delay(&mut self, now: Instant) -> Instant {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        // The upper 32 bits are a fraction of the choices, of which there are at most 2^32.
        let choices = short_millis(self.config.random_delay) + 1;
        now.after_millis(((z >> 32) * choices) >> 32)
    }
}

/// A span in milliseconds, at most 49 days: 32 bits.
fn short_millis(span: Duration) -> u64 {
    millis(span).min(u32::MAX.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: Milliamps = Milliamps(16_000);

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    fn volts(mains: &mut Mains, ms: u64, volts: i32) {
        mains.handle_voltages(at(ms), &[Millivolts(230_000), Millivolts(volts * 1_000)]);
    }

    #[test]
    fn tor_interrupts_below_80_percent_for_3_s() {
        for (voltage, ms, status) in [
            (184, 60_000, Status::Clear),
            (183, 2_999, Status::Clear),
            (183, 3_000, Status::Tripped),
            (183, 3_001, Status::Tripped),
        ] {
            let mut mains = Mains::new(Config::TOR, 1);
            volts(&mut mains, 0, voltage);
            mains.handle_timeout(at(ms));
            assert_eq!(mains.status(), status, "{voltage} V for {ms} ms");
        }
    }

    #[test]
    fn a_dip_shorter_than_the_observation_is_forgotten() {
        let mut mains = Mains::new(Config::TOR, 1);
        for t in 0..20 {
            volts(&mut mains, t * 2_999, if t % 2 == 0 { 100 } else { 230 });
        }
        assert_eq!(mains.status(), Status::Clear);
    }

    #[test]
    fn tor_comes_back_by_wait_delay_and_ramp() {
        let mut mains = Mains::new(Config::TOR, 42);
        volts(&mut mains, 0, 100);
        mains.handle_timeout(at(3_000));
        assert_eq!(mains.limit(at(3_000), FULL), None);
        volts(&mut mains, 10_000, 230);
        assert_eq!((mains.status(), mains.poll_timeout()), (Status::NotReady, Some(at(15_000))));
        mains.handle_timeout(at(15_000));
        let start = mains.poll_timeout().unwrap();
        assert!(start >= at(15_000) && start <= at(615_000));
        assert_eq!(mains.status(), Status::NotReady);
        mains.handle_timeout(start);
        assert_eq!(mains.limit(start, FULL), Some(Milliamps(6_000)));
        assert_eq!(mains.limit(start + Duration::from_secs(300), FULL), Some(Milliamps(11_000)));
        let end = mains.poll_timeout().unwrap();
        assert_eq!(end, start + Duration::from_secs(600));
        mains.handle_timeout(end);
        assert_eq!((mains.limit(end, FULL), mains.poll_timeout()), (Some(FULL), None));
    }

    #[test]
    fn a_ramp_of_weeks_is_exact_for_any_current() {
        const WEEK: u64 = 7 * 24 * 3_600_000;
        let mut mains = Mains::new(Config { ramp: Duration::from_millis(7 * WEEK), ..Config::TOR }, 1);
        mains.phase = Phase::Ramp(at(0));
        for week in 0_u32..=7 {
            let exact = 6_000 + u128::from(u32::MAX - 6_000) * u128::from(week) / 7;
            let limit = mains.limit(at(u64::from(week) * WEEK), Milliamps(u32::MAX)).unwrap();
            assert_eq!(u128::from(limit.0), exact, "{week}");
        }
        mains.config.ramp = Duration::MAX;
        assert_eq!(mains.limit(at(50 * 24 * 3_600_000), FULL), Some(FULL));
    }

    #[test]
    fn delays_differ_between_stations_and_stay_within_bounds() {
        let delay = |seed| {
            let mut mains = Mains::new(Config::TOR, seed);
            mains.draw_delay(at(0)).as_millis()
        };
        let delays = [delay(1), delay(2), delay(3), delay(4)];
        assert!(delays.iter().all(|delay| *delay <= 600_000), "{delays:?}");
        assert!(delays.windows(2).all(|pair| pair[0] != pair[1]), "{delays:?}");
    }

    #[test]
    fn a_relapse_while_waiting_starts_over() {
        let mut mains = Mains::new(Config::TOR, 1);
        volts(&mut mains, 0, 100);
        volts(&mut mains, 3_000, 100);
        volts(&mut mains, 4_000, 230);
        volts(&mut mains, 8_999, 100);
        assert_eq!(mains.status(), Status::Tripped);
        volts(&mut mains, 9_000, 230);
        assert_eq!(mains.poll_timeout(), Some(at(14_000)));
        mains.handle_timeout(at(14_000));
        assert!(mains.poll_timeout().is_some_and(|start| start > at(14_001)), "the random delay runs");
        volts(&mut mains, 14_001, 100);
        assert_eq!(mains.status(), Status::Tripped);
    }

    #[test]
    fn the_british_rule_gives_up_after_ten_returns_until_unplugged() {
        let mut mains = Mains::new(Config::UNITED_KINGDOM, 1);
        let mut now = 0;
        for round in 0..11 {
            assert_eq!(mains.status(), Status::Clear, "round {round}");
            volts(&mut mains, now, 254);
            volts(&mut mains, now + 5_000, 254);
            assert_eq!(mains.status(), Status::Tripped);
            volts(&mut mains, now + 6_000, 253);
            mains.handle_timeout(at(now + 36_000));
            now += 40_000;
        }
        assert_eq!(mains.status(), Status::Tripped);
        mains.handle_unplugged(at(now));
        mains.handle_timeout(at(now + 30_000));
        assert_eq!(mains.status(), Status::Clear);
    }

    #[test]
    fn frequency_counts_when_watched() {
        let band = (Millihertz(47_500), Millihertz(51_500));
        let mut mains = Mains::new(Config { frequency: Some(band), ..Config::TOR }, 1);
        mains.handle_frequency(at(0), Millihertz(51_501));
        mains.handle_timeout(at(3_000));
        assert_eq!(mains.status(), Status::Tripped);
        let mut unwatched = Mains::new(Config::TOR, 1);
        unwatched.handle_frequency(at(0), Millihertz(10_000));
        unwatched.handle_timeout(at(3_000));
        assert_eq!(unwatched.status(), Status::Clear);
    }
}
