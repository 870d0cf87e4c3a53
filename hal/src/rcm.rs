//! Residual current monitor: 6 mA DC and 30 mA AC trip lines, and the self-test that proves them.
//!
//! A monitor is only as good as its last self-test, so the contactor stays open until the first one
//! passed. Procedures, times and occasions are those of two published controllers; the reset rule is
//! Bender's (error table, row *residual current detected by sensor*).

use core::time::Duration;

use crate::safety::Status;
use crate::units::{Instant, earliest};

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The self-test is repeated after this long, besides after every unplugging (Tinkerforge).
pub const TEST_INTERVAL: Duration = Duration::from_secs(24 * 3600);

/// The monitor's trip lines; `true` is tripped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lines {
    /// 6 mA DC (IEC 62955).
    pub dc: bool,
    /// 30 mA AC (20 mA in some markets).
    pub ac: bool,
}

impl Lines {
    /// No line tripped.
    pub const CLEAR: Self = Self { dc: false, ac: false };
}

/// How a monitor is tested. Times are since the start of the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Procedure {
    /// Two lines, each expected at its time: test output for 250 ms, the DC line at 740 ms, the AC
    /// line at 1.4 s, both clear at 3 s (Tinkerforge).
    TwoLines,
    /// One pulse until any line trips, at most 500 ms, then clear within 1 s (esp32-evse; the time to
    /// clear is inferred).
    Pulse,
}

/// Settings of a monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// The self-test.
    pub procedure: Procedure,
    /// A line has to stand this long to count. Zero by default; IEC 62955 leaves 100 ms at 200 mA.
    pub debounce: Duration,
    /// Trips are ignored this long after the contactor moved. Zero by default; Tinkerforge takes 1 s,
    /// which hides a fault just when it is likeliest.
    pub mask: Duration,
    /// After the vehicle left, a trip is forgotten this much later (Bender: 10 s, 15 min up to sensor
    /// board D0469); at once when the cable is pulled from the socket.
    pub reset: Duration,
}

impl Config {
    /// Two lines, nothing hidden, reset after 10 s.
    pub const DEFAULT: Self = Self {
        procedure: Procedure::TwoLines,
        debounce: Duration::ZERO,
        mask: Duration::ZERO,
        reset: Duration::from_secs(10),
    };
}

impl Default for Config {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RcmFault {
    /// Residual direct current.
    Dc,
    /// Residual alternating current.
    Ac,
    /// The self-test failed. Only another self-test clears it.
    SelfTest,
}

/// What the test output and the lines have to do from one point of a test to the next.
struct Step {
    /// Since the start of the test.
    until: Duration,
    /// Test output before that point.
    drive: bool,
    /// What the lines have to show at that point; `None` for anything.
    expect: Option<fn(Lines) -> bool>,
    /// Whether the step ends as soon as the lines show it.
    early: bool,
}

const TWO_LINES: [Step; 4] = [
    Step { until: ms(250), drive: true, expect: None, early: false },
    Step { until: ms(740), drive: false, expect: Some(|lines| lines.dc), early: false },
    Step { until: ms(1_400), drive: false, expect: Some(|lines| lines.ac), early: false },
    Step { until: ms(3_000), drive: false, expect: Some(|lines| !lines.dc && !lines.ac), early: false },
];

const PULSE: [Step; 2] = [
    Step { until: ms(500), drive: true, expect: Some(|lines| lines.dc || lines.ac), early: true },
    Step { until: ms(1_500), drive: false, expect: Some(|lines| !lines.dc && !lines.ac), early: true },
];

impl Procedure {
    const fn steps(self) -> &'static [Step] {
        match self {
            Self::TwoLines => &TWO_LINES,
            Self::Pulse => &PULSE,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Test {
    started: Instant,
    step: usize,
}

/// One residual current monitor.
///
/// # Contract
///
/// [`handle_lines`](Self::handle_lines) at least every few milliseconds or from an interrupt;
/// [`status`](Self::status) goes to [`Protection::ResidualCurrent`](crate::safety::Protection) within
/// its freshness.
#[derive(Clone, Debug)]
pub struct Rcm {
    config: Config,
    lines: Lines,
    /// Since when any line has been tripped.
    tripping: Option<Instant>,
    fault: Option<RcmFault>,
    test: Option<Test>,
    /// When a test is due; the first one at once.
    due: Instant,
    proven: bool,
    idle: bool,
    connected: bool,
    left: Option<Instant>,
    contactor_moved: Option<Instant>,
}

impl Rcm {
    /// A monitor that was not tested yet.
    pub const fn new(now: Instant, config: Config) -> Self {
        Self {
            config,
            lines: Lines::CLEAR,
            tripping: None,
            fault: None,
            test: None,
            due: now,
            proven: false,
            idle: false,
            connected: false,
            left: Some(now),
            contactor_moved: None,
        }
    }

    /// Takes the trip lines in.
    pub fn handle_lines(&mut self, now: Instant, lines: Lines) {
        self.lines = lines;
        if lines == Lines::CLEAR {
            self.tripping = None;
        } else {
            self.tripping.get_or_insert(now);
        }
        self.update(now);
    }

    /// Does what became due.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.update(now);
    }

    /// Notes that the contactor was switched.
    pub fn handle_contactor_switched(&mut self, now: Instant) {
        self.contactor_moved = Some(now);
    }

    /// Whether a self-test may run now: contactor open and no vehicle that wants power. A test that
    /// is running when this ends is begun again later.
    pub fn set_idle(&mut self, now: Instant, idle: bool) {
        self.idle = idle;
        if !idle {
            self.test = None;
        }
        self.update(now);
    }

    /// Whether a vehicle is connected, and a cable in the socket (`true` for an attached cable).
    pub fn set_connected(&mut self, now: Instant, vehicle: bool, cable: bool) {
        if self.connected && !vehicle {
            self.left = Some(now);
            self.due = now;
        } else if vehicle {
            self.left = None;
        }
        self.connected = vehicle;
        if !cable && self.lines == Lines::CLEAR {
            self.forget_trip();
        }
        self.update(now);
    }

    /// The test output.
    pub fn test_output(&self) -> bool {
        self.current_step().is_some_and(|(_, step)| step.drive)
    }

    /// What stands.
    pub const fn fault(&self) -> Option<RcmFault> {
        self.fault
    }

    /// What the safety layer is told. Untested, or being tested, is not ready.
    pub fn status(&self) -> Status {
        match (self.fault, self.proven && self.test.is_none()) {
            (Some(_), _) => Status::Tripped,
            (None, true) => Status::Clear,
            (None, false) => Status::NotReady,
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) has something to do.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Instant> {
        let step = self.current_step().map(|(test, step)| test.started + step.until);
        let trip = self
            .tripping
            .filter(|_| self.test.is_none() && !self.has_tripped())
            .map(|at| self.counts_from(at));
        let reset = self.left.filter(|_| self.has_tripped() && self.lines == Lines::CLEAR);
        let due = (self.idle && self.test.is_none() && !self.has_tripped()).then_some(self.due);
        [step, trip, reset.map(|at| at + self.config.reset), due].into_iter().fold(None, earliest)
    }

    const fn has_tripped(&self) -> bool {
        matches!(self.fault, Some(RcmFault::Dc | RcmFault::Ac))
    }

    fn forget_trip(&mut self) {
        if self.has_tripped() {
            self.fault = None;
        }
    }

    fn current_step(&self) -> Option<(Test, &'static Step)> {
        let test = self.test?;
        self.config.procedure.steps().get(test.step).map(|step| (test, step))
    }

    /// From when a line that tripped at `at` counts.
    fn counts_from(&self, at: Instant) -> Instant {
        let masked = self.contactor_moved.map_or(at, |moved| moved + self.config.mask);
        (at + self.config.debounce).max(masked)
    }

    fn update(&mut self, now: Instant) {
        while self.advance_test(now) {}
        if self.test.is_none() {
            self.watch(now);
            self.reset(now);
        }
        if self.idle && self.test.is_none() && !self.has_tripped() && now >= self.due {
            self.test = Some(Test { started: now, step: 0 });
        }
    }

    fn watch(&mut self, now: Instant) {
        if self.fault.is_some() || self.tripping.is_none_or(|at| now < self.counts_from(at)) {
            return;
        }
        self.fault = Some(if self.lines.dc { RcmFault::Dc } else { RcmFault::Ac });
    }

    fn reset(&mut self, now: Instant) {
        let long_gone = self.left.is_some_and(|at| now.has_passed(at, self.config.reset));
        if long_gone && self.lines == Lines::CLEAR {
            self.forget_trip();
        }
    }

    /// Ends the current step of the test if it is over; returns whether it was.
    fn advance_test(&mut self, now: Instant) -> bool {
        let Some((test, step)) = self.current_step() else { return false };
        let met = step.expect.is_none_or(|expect| expect(self.lines));
        let over = now >= test.started + step.until;
        let done = over || (step.early && met);
        if !done {
            return false;
        }
        if !met {
            self.end_test(now, false);
        } else if test.step + 1 == self.config.procedure.steps().len() {
            self.end_test(now, true);
        } else {
            self.test = Some(Test { step: test.step + 1, ..test });
        }
        true
    }

    fn end_test(&mut self, now: Instant, passed: bool) {
        self.test = None;
        self.proven = passed;
        self.fault = (!passed).then_some(RcmFault::SelfTest);
        // What the test did to the lines is not a trip.
        self.tripping = (self.lines != Lines::CLEAR).then_some(now);
        self.due = now + if passed { TEST_INTERVAL } else { RETRY };
    }
}

/// A failed self-test is repeated after this long, in case the monitor recovers (inferred).
const RETRY: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    const DC: Lines = Lines { dc: true, ac: false };
    const AC: Lines = Lines { dc: false, ac: true };

    fn at(ms: u64) -> Instant {
        Instant::from_millis(ms)
    }

    /// Runs a test that starts at `start`; the lines are set at the given times.
    fn play(rcm: &mut Rcm, start: u64, script: &[(u64, Lines)], end: u64) {
        for t in start..=end {
            if let Some((_, lines)) = script.iter().find(|(when, _)| start + when == t) {
                rcm.handle_lines(at(t), *lines);
            }
            rcm.handle_timeout(at(t));
        }
    }

    fn proven() -> Rcm {
        let mut rcm = Rcm::new(at(0), Config::DEFAULT);
        rcm.set_idle(at(0), true);
        play(&mut rcm, 0, &[(600, DC), (1_300, AC), (1_600, Lines::CLEAR)], 3_000);
        assert_eq!(rcm.status(), Status::Clear);
        rcm
    }

    #[test]
    fn not_ready_until_the_first_test_passed() {
        let mut rcm = Rcm::new(at(0), Config::DEFAULT);
        assert_eq!(rcm.status(), Status::NotReady);
        rcm.set_idle(at(0), true);
        assert!(rcm.test_output());
        rcm.handle_timeout(at(249));
        assert!(rcm.test_output());
        rcm.handle_timeout(at(250));
        assert!(!rcm.test_output());
        play(&mut rcm, 251, &[(349, DC), (1_049, AC), (1_349, Lines::CLEAR)], 2_999);
        assert_eq!(rcm.status(), Status::NotReady);
        rcm.handle_timeout(at(3_000));
        assert_eq!(rcm.status(), Status::Clear);
        assert_eq!(rcm.poll_timeout(), Some(at(3_000) + TEST_INTERVAL));
    }

    #[test]
    fn every_checkpoint_can_fail_the_test() {
        let scripts: [&[(u64, Lines)]; 4] = [
            &[(741, DC), (1_300, AC), (1_600, Lines::CLEAR)],
            &[(600, DC), (1_401, AC), (1_600, Lines::CLEAR)],
            &[(600, DC), (1_300, AC), (3_001, Lines::CLEAR)],
            &[],
        ];
        for script in scripts {
            let mut rcm = Rcm::new(at(0), Config::DEFAULT);
            rcm.set_idle(at(0), true);
            play(&mut rcm, 0, script, 3_000);
            assert_eq!(rcm.fault(), Some(RcmFault::SelfTest), "{script:?}");
            assert_eq!(rcm.status(), Status::Tripped);
        }
    }

    #[test]
    fn a_failed_test_is_repeated_and_a_passed_one_clears() {
        let mut rcm = Rcm::new(at(0), Config::DEFAULT);
        rcm.set_idle(at(0), true);
        play(&mut rcm, 0, &[], 740);
        assert_eq!(rcm.poll_timeout(), Some(at(60_740)));
        play(&mut rcm, 60_740, &[(600, DC), (1_300, AC), (1_600, Lines::CLEAR)], 63_740);
        assert_eq!(rcm.status(), Status::Clear);
    }

    #[test]
    fn the_pulse_ends_when_a_line_trips() {
        let config = Config { procedure: Procedure::Pulse, ..Config::DEFAULT };
        let mut rcm = Rcm::new(at(0), config);
        rcm.set_idle(at(0), true);
        assert!(rcm.test_output());
        rcm.handle_lines(at(80), DC);
        assert!(!rcm.test_output());
        rcm.handle_lines(at(120), Lines::CLEAR);
        assert_eq!(rcm.status(), Status::Clear);

        let mut silent = Rcm::new(at(0), config);
        silent.set_idle(at(0), true);
        silent.handle_timeout(at(499));
        assert_eq!(silent.fault(), None);
        silent.handle_timeout(at(500));
        assert_eq!(silent.fault(), Some(RcmFault::SelfTest));
    }

    #[test]
    fn a_trip_counts_at_once_and_outlives_the_line() {
        let mut rcm = proven();
        rcm.set_idle(at(4_000), false);
        rcm.set_connected(at(4_000), true, true);
        rcm.handle_lines(at(5_000), DC);
        assert_eq!(rcm.fault(), Some(RcmFault::Dc));
        rcm.handle_lines(at(5_001), Lines::CLEAR);
        rcm.handle_timeout(at(1_000_000));
        assert_eq!(rcm.status(), Status::Tripped);
    }

    #[test]
    fn a_trip_is_forgotten_ten_seconds_after_the_vehicle_left_or_with_the_cable() {
        let tripped = || {
            let mut rcm = proven();
            rcm.set_idle(at(4_000), false);
            rcm.set_connected(at(4_000), true, true);
            rcm.handle_lines(at(5_000), AC);
            rcm.handle_lines(at(5_010), Lines::CLEAR);
            rcm.set_connected(at(6_000), false, true);
            rcm
        };
        let mut rcm = tripped();
        assert_eq!(rcm.poll_timeout(), Some(at(16_000)));
        rcm.handle_timeout(at(15_999));
        assert_eq!(rcm.fault(), Some(RcmFault::Ac));
        rcm.handle_timeout(at(16_000));
        assert_eq!(rcm.fault(), None);
        let mut rcm = tripped();
        rcm.set_connected(at(7_000), false, false);
        assert_eq!(rcm.fault(), None);
    }

    #[test]
    fn every_unplugging_asks_for_a_test() {
        let mut rcm = proven();
        rcm.set_connected(at(10_000), true, true);
        rcm.handle_timeout(at(20_000));
        assert_eq!(rcm.status(), Status::Clear);
        rcm.set_connected(at(30_000), false, true);
        assert!(rcm.test_output());
        assert_eq!(rcm.status(), Status::NotReady);
    }

    #[test]
    fn a_test_cut_short_is_begun_again() {
        let mut rcm = Rcm::new(at(0), Config::DEFAULT);
        rcm.set_idle(at(0), true);
        rcm.set_idle(at(100), false);
        assert!(!rcm.test_output());
        assert_eq!(rcm.status(), Status::NotReady);
        rcm.set_idle(at(200), true);
        assert!(rcm.test_output());
    }

    #[test]
    fn debounce_and_mask_hold_a_trip_back_no_longer_than_configured() {
        let config =
            Config { debounce: Duration::from_millis(20), mask: Duration::from_secs(1), ..Config::DEFAULT };
        let mut rcm = Rcm::new(at(0), config);
        rcm.handle_lines(at(100), DC);
        assert_eq!(rcm.poll_timeout(), Some(at(120)));
        rcm.handle_timeout(at(119));
        assert_eq!(rcm.fault(), None);
        rcm.handle_contactor_switched(at(119));
        rcm.handle_timeout(at(1_118));
        assert_eq!(rcm.fault(), None);
        rcm.handle_timeout(at(1_119));
        assert_eq!(rcm.fault(), Some(RcmFault::Dc));
    }
}
