use core::time::Duration;

use evkit_hal::rcm::{Config, Lines, Procedure, Rcm};

use super::{Subject, at, edge, fault, status, walk};

const DC: Lines = Lines { dc: true, ac: false };
const AC: Lines = Lines { dc: false, ac: true };

struct Monitor {
    rcm: Rcm,
    now: u64,
}

impl Monitor {
    fn new(config: Config) -> Self {
        Self { rcm: Rcm::new(at(0), config), now: 0 }
    }

    fn lines(&mut self, lines: Lines) {
        self.rcm.handle_lines(at(self.now), lines);
    }

    fn until(&mut self, now: u64) {
        self.now = now;
        self.rcm.handle_timeout(at(now));
    }

    /// The self-test of a healthy monitor with two lines: DC at 740 ms, AC at 1.4 s, clear at 3 s.
    fn pass_test(&mut self) {
        let start = self.now;
        for (after, lines) in [(600, DC), (750, AC), (1_500, Lines::CLEAR)] {
            self.until(start + after);
            self.lines(lines);
        }
        self.until(start + 3_000);
    }
}

impl Subject for Monitor {
    fn enter(state: &str) -> Self {
        let mut monitor = Self::new(Config::DEFAULT);
        if state == "untested" {
            return monitor;
        }
        monitor.apply("idle");
        match state {
            "testing" => {}
            "failed" => monitor.until(3_000),
            _ => {
                monitor.pass_test();
                monitor.apply("plug");
                monitor.apply("busy");
            }
        }
        match state {
            "testing" | "failed" | "charging" => {}
            "resting" => {
                monitor.apply("unplug");
                monitor.apply("idle");
                monitor.pass_test();
            }
            "dc" => monitor.lines(DC),
            "ac" => monitor.lines(AC),
            "dc over" => {
                monitor.lines(DC);
                monitor.lines(Lines::CLEAR);
            }
            other => panic!("{other}"),
        }
        monitor
    }

    fn apply(&mut self, event: &str) {
        let now = at(self.now);
        match event {
            "dc line" => self.lines(DC),
            "ac line" => self.lines(AC),
            "clear" => self.lines(Lines::CLEAR),
            "idle" => self.rcm.set_idle(now, true),
            "busy" => self.rcm.set_idle(now, false),
            "plug" => self.rcm.set_connected(now, true, true),
            "unplug" => self.rcm.set_connected(now, false, true),
            "no cable" => self.rcm.set_connected(now, false, false),
            "10 s" => self.until(self.now + 10_000),
            other => panic!("{other}"),
        }
    }

    fn outcome(&self) -> String {
        let test = if self.rcm.test_output() { "test" } else { "-" };
        format!("{} {} {test}", status(self.rcm.status()), fault(self.rcm.fault()))
    }
}

/// Never clear without a passed self-test (A only, contactor open: Tinkerforge); a trip is forgotten
/// 10 s after the vehicle left, or at once with the cable pulled (Bender); a failed test stands until
/// one passes.
#[test]
#[rustfmt::skip]
fn every_state_and_event() {
    walk::<Monitor, 9>(
        ["dc line", "ac line", "clear", "idle", "busy", "plug", "unplug", "no cable", "10 s"],
        &[
            ("untested", ["tripped Dc -", "tripped Ac -", "notready - -", "notready - test", "notready - -", "notready - -", "notready - -", "notready - -", "notready - -"]),
            ("testing",  ["notready - test", "notready - test", "notready - test", "notready - test", "notready - -", "notready - test", "notready - test", "notready - test", "tripped SelfTest -"]),
            ("failed",   ["tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -", "tripped SelfTest -"]),
            ("charging", ["tripped Dc -", "tripped Ac -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -"]),
            ("resting",  ["tripped Dc -", "tripped Ac -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -", "clear - -"]),
            ("dc",       ["tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -"]),
            ("ac",       ["tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -", "tripped Ac -"]),
            ("dc over",  ["tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "tripped Dc -", "clear - -", "tripped Dc -"]),
        ],
    );
}

#[test]
fn limits_of_the_test_with_two_lines() {
    edge("test output", 250, |t| {
        let mut monitor = Monitor::enter("testing");
        monitor.until(t);
        !monitor.rcm.test_output()
    });
    edge("direct current", 740, |t| {
        let mut monitor = Monitor::enter("testing");
        monitor.until(250);
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("alternating current", 1_400, |t| {
        let mut monitor = Monitor::enter("testing");
        monitor.until(250);
        monitor.lines(DC);
        monitor.until(740);
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("both clear", 3_000, |t| {
        let mut monitor = Monitor::enter("testing");
        for (now, lines) in [(600, DC), (750, AC), (1_500, AC)] {
            monitor.until(now);
            monitor.lines(lines);
        }
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("another test", 24 * 3_600_000, |t| {
        let mut monitor = Monitor::enter("resting");
        monitor.until(monitor.now + t);
        monitor.rcm.test_output()
    });
    edge("another try", 60_000, |t| {
        let mut monitor = Monitor::enter("failed");
        monitor.until(monitor.now + t);
        monitor.rcm.test_output()
    });
}

#[test]
fn limits_of_the_test_with_one_pulse() {
    let config = Config { procedure: Procedure::Pulse, ..Config::DEFAULT };
    let testing = || {
        let mut monitor = Monitor::new(config);
        monitor.apply("idle");
        monitor
    };
    edge("no trip", 500, |t| {
        let mut monitor = testing();
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("not clear again", 1_500, |t| {
        let mut monitor = testing();
        monitor.until(40);
        monitor.lines(AC);
        assert!(!monitor.rcm.test_output(), "the pulse ends with the trip");
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
}

#[test]
fn limits_of_a_trip() {
    let config =
        Config { debounce: Duration::from_millis(80), mask: Duration::from_millis(1_000), ..Config::DEFAULT };
    edge("debounce", 80, |t| {
        let mut monitor = Monitor::new(config);
        monitor.lines(DC);
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("masked by the contactor", 1_000, |t| {
        let mut monitor = Monitor::new(config);
        monitor.rcm.handle_contactor_switched(at(0));
        monitor.lines(DC);
        monitor.until(t);
        monitor.rcm.fault().is_some()
    });
    edge("forgotten without a vehicle", 10_000, |t| {
        let mut monitor = Monitor::enter("dc over");
        monitor.apply("unplug");
        monitor.until(monitor.now + t);
        monitor.rcm.fault().is_none()
    });
}
