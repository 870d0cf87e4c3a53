use evkit_hal::contactor::{Config, Contactor, Feedback};
use evkit_hal::units::Millis;

use super::{Subject, at, edge, fault, walk};

struct Relay {
    contactor: Contactor,
    now: u64,
}

impl Relay {
    fn fresh() -> Self {
        Self { contactor: Contactor::new(at(0), Config::DEFAULT).expect("valid settings"), now: 0 }
    }

    /// Feedback every 10 ms for so long.
    fn show(&mut self, feedback: Feedback, millis: u64) {
        for _ in 0..=millis / 10 {
            self.contactor.handle_feedback(at(self.now), feedback);
            self.now += 10;
        }
        self.now -= 10;
    }

    fn command(&mut self, close: bool) {
        self.contactor.command(at(self.now), close);
    }

    fn wait(&mut self, millis: u64) {
        self.now += millis;
        self.contactor.handle_timeout(at(self.now));
    }
}

impl Subject for Relay {
    fn enter(state: &str) -> Self {
        let mut relay = Self::fresh();
        if state == "fresh" {
            return relay;
        }
        relay.show(Feedback::Open, 100);
        match state {
            "open" => return relay,
            "silent" => {
                relay.wait(600);
                return relay;
            }
            _ => relay.command(true),
        }
        match state {
            "closing" => {
                relay.show(Feedback::Open, 20);
                return relay;
            }
            "not closing" => {
                relay.show(Feedback::Open, 300);
                return relay;
            }
            _ => relay.show(Feedback::Closed, 1_000),
        }
        if state == "closed" {
            return relay;
        }
        relay.command(false);
        match state {
            "opening" => relay.show(Feedback::Closed, 20),
            "resting" => relay.show(Feedback::Open, 3_000),
            "rested" => relay.show(Feedback::Open, 11_000),
            "welded" => relay.show(Feedback::Closed, 300),
            "welded, then open" => {
                relay.show(Feedback::Closed, 300);
                relay.show(Feedback::Open, 11_000);
            }
            other => panic!("{other}"),
        }
        relay
    }

    fn apply(&mut self, event: &str) {
        match event {
            "close" => self.command(true),
            "open" => self.command(false),
            "shows open" => self.show(Feedback::Open, 10),
            "shows closed" => self.show(Feedback::Closed, 10),
            "300 ms" => self.wait(300),
            "clear" => self.contactor.clear_fault(at(self.now)),
            other => panic!("{other}"),
        }
    }

    fn outcome(&self) -> String {
        let coil = if self.contactor.is_closed() { "closed" } else { "open" };
        let may = if self.contactor.can_close(at(self.now)) { "may" } else { "no" };
        format!("{coil} {} {may}", fault(self.contactor.fault()))
    }
}

/// 250 ms of contradiction are a fault (Tinkerforge), 10 s between two closings, feedback steady for
/// 10 ms (chargebyte) and at most 500 ms old; no power while a fault stands (OpenEVSE).
#[test]
#[rustfmt::skip]
fn every_state_and_event() {
    walk::<Relay, 6>(
        ["close", "open", "shows open", "shows closed", "300 ms", "clear"],
        &[
            ("fresh",             ["open - no", "open - no", "open - may", "open - no", "open - no", "open - no"]),
            ("open",              ["closed - no", "open - may", "open - may", "open - no", "open - may", "open - may"]),
            ("silent",            ["open - no", "open - no", "open - may", "open - no", "open - no", "open - no"]),
            ("closing",           ["closed - no", "open - no", "closed - no", "closed - no", "closed NotClosing no", "closed - no"]),
            ("closed",            ["closed - no", "open - no", "closed - no", "closed - no", "closed - no", "closed - no"]),
            ("opening",           ["open - no", "open - no", "open - no", "open - no", "open Welded no", "open - no"]),
            ("resting",           ["open - no", "open - no", "open - no", "open - no", "open - no", "open - no"]),
            ("rested",            ["closed - no", "open - may", "open - may", "open - no", "open - may", "open - may"]),
            ("welded",            ["open Welded no", "open Welded no", "open Welded no", "open Welded no", "open Welded no", "open Welded no"]),
            ("welded, then open", ["open Welded no", "open Welded no", "open Welded no", "open Welded no", "open Welded no", "open - may"]),
            ("not closing",       ["closed NotClosing no", "open NotClosing no", "closed NotClosing no", "closed NotClosing no", "closed NotClosing no", "closed NotClosing no"]),
        ],
    );
}

#[test]
fn limits() {
    edge("debounce", 10, |t| {
        let mut relay = Relay::fresh();
        relay.contactor.handle_feedback(at(0), Feedback::Open);
        relay.contactor.can_close(at(t))
    });
    edge("contradiction after a command", 250, |t| {
        let mut relay = Relay::enter("open");
        relay.command(true);
        relay.wait(t);
        relay.contactor.fault().is_some()
    });
    edge("contradiction without a command", 250, |t| {
        let mut relay = Relay::enter("open");
        relay.wait(100);
        relay.contactor.handle_feedback(at(relay.now), Feedback::Closed);
        // The program that polls at every deadline sees the debounce end first.
        relay.wait(10);
        relay.wait(t - 10);
        relay.contactor.fault().is_some()
    });
    edge("feedback grows old", 500, |t| {
        let relay = Relay::enter("open");
        !relay.contactor.is_fresh(at(relay.now + t))
    });
    edge("rest between closings", 10_000, |t| {
        let mut relay = Relay::enter("open");
        let closed = relay.now;
        relay.command(true);
        relay.show(Feedback::Closed, 1_000);
        relay.command(false);
        relay.show(Feedback::Open, 8_980);
        relay.now = closed + t;
        relay.contactor.handle_feedback(at(relay.now), Feedback::Open);
        relay.command(true);
        relay.contactor.is_closed()
    });
}

#[test]
fn settings_keep_their_bounds() {
    let accepts = |mismatch, debounce| {
        Config { mismatch: Millis(mismatch), debounce: Millis(debounce), ..Config::DEFAULT }.check().is_ok()
    };
    edge("shortest contradiction", 50, |t| accepts(t as u16, 10));
    edge("longest contradiction", 1_001, |t| !accepts(t as u16, 10));
    edge("longest debounce", 251, |t| !accepts(250, t as u16));
}
