use core::time::Duration;

use evkit_hal::phases::{Config, PhaseSwitch, SinglePhaseVehicle, View};
use evkit_hal::units::{Milliamps, Phases};

use super::{Subject, at, edge, walk};

const CLOSED: View = View { closed: true, connected: true, opened_under_load: false };
const OPEN: View = View { closed: false, ..CLOSED };
const CUT_OFF: View = View { opened_under_load: true, ..OPEN };
const EMPTY: View = View { connected: false, ..OPEN };

struct Switch {
    switch: PhaseSwitch,
    now: u64,
}

impl Switch {
    fn view(&mut self, after: u64, view: View) {
        self.now += after;
        self.switch.handle_view(at(self.now), &view);
    }

    /// Asked for one phase, and the contactor open since now.
    fn opened() -> Self {
        Self::enter("opened")
    }
}

impl Subject for Switch {
    fn enter(state: &str) -> Self {
        let switch = PhaseSwitch::new(Phases::Three, Config::DEFAULT).expect("valid settings");
        let mut subject = Self { switch, now: 0 };
        let steps: &[&str] = match state {
            "rest" => &[],
            "asked" => &["ask for 1"],
            "stopping" => &["ask for 1", "closed"],
            "stopping, asked back" => &["ask for 1", "closed", "ask for 3"],
            "opened" => &["ask for 1", "closed", "open"],
            "opened, asked back" => &["ask for 1", "closed", "open", "ask for 3"],
            "interrupted" => &["ask for 1", "closed", "open", "open 0.5 s on"],
            "interrupted, asked back" => &["ask for 1", "closed", "open", "open 0.5 s on", "ask for 3"],
            "moved" => &["ask for 1", "closed", "open", "open 0.5 s on", "open 10 s on"],
            other => panic!("{other}"),
        };
        steps.iter().for_each(|step| subject.apply(step));
        subject
    }

    fn apply(&mut self, event: &str) {
        match event {
            "ask for 1" => self.switch.request(Phases::One),
            "ask for 3" => self.switch.request(Phases::Three),
            "closed" => self.view(0, CLOSED),
            "open" => self.view(0, OPEN),
            "open 0.5 s on" => self.view(500, OPEN),
            "open 10 s on" => self.view(10_000, OPEN),
            "empty 0.5 s on" => self.view(500, EMPTY),
            other => panic!("{other}"),
        }
    }

    fn outcome(&self) -> String {
        let position = match self.switch.position() {
            Phases::One => 1,
            Phases::Three => 3,
        };
        let offer = if self.switch.holds_offer() { "held" } else { "free" };
        let pilot = if self.switch.interrupts() { "cut" } else { "-" };
        format!("{position} {offer} {pilot}")
    }
}

/// Stop, contactor open, switch, pilot interrupted for 10 s, offer again (EVerest); never moved with
/// the contactor closed, free without a vehicle (Tinkerforge).
#[test]
#[rustfmt::skip]
fn every_state_and_event() {
    walk::<Switch, 7>(
        ["ask for 1", "ask for 3", "closed", "open", "open 0.5 s on", "open 10 s on", "empty 0.5 s on"],
        &[
            ("rest",                    ["3 free -", "3 free -", "3 free -", "3 free -", "3 free -", "3 free -", "3 free -"]),
            ("asked",                   ["3 free -", "3 free -", "3 held -", "3 held -", "3 held -", "3 held -", "3 held -"]),
            ("stopping",                ["3 held -", "3 held -", "3 held -", "3 held -", "3 held -", "3 held -", "3 held -"]),
            ("stopping, asked back",    ["3 held -", "3 held -", "3 free -", "3 free -", "3 free -", "3 free -", "3 free -"]),
            ("opened",                  ["3 held -", "3 held -", "3 held -", "3 held -", "1 held cut", "1 held cut", "1 free -"]),
            ("opened, asked back",      ["3 held -", "3 held -", "3 free -", "3 free -", "3 free -", "3 free -", "3 free -"]),
            ("interrupted",             ["1 held cut", "1 held cut", "1 held cut", "1 held cut", "1 held cut", "1 free -", "1 free -"]),
            ("interrupted, asked back", ["1 held cut", "1 held cut", "1 held cut", "1 held cut", "1 held cut", "1 free -", "1 free -"]),
            ("moved",                   ["1 free -", "1 free -", "1 free -", "1 free -", "1 free -", "1 free -", "1 free -"]),
        ],
    );
}

#[test]
fn limits() {
    edge("the contactor rests before the switch moves", 500, |t| {
        let mut subject = Switch::opened();
        subject.view(t, OPEN);
        subject.switch.position() == Phases::One
    });
    for (view, wait) in [(OPEN, 10_000), (CUT_OFF, 60_000)] {
        edge("the pilot is interrupted", wait, |t| {
            let mut subject = Switch::opened();
            subject.view(500, view);
            subject.view(t, view);
            !subject.switch.interrupts()
        });
    }
    edge("a vehicle with one phase", 30_000, |t| {
        let mut vehicle = SinglePhaseVehicle::default();
        let currents = [5_001, 499, 499].map(Milliamps);
        assert!(!vehicle.handle_currents(at(0), currents));
        vehicle.handle_currents(at(t), currents)
    });
}

#[test]
fn one_phase_is_known_by_its_currents() {
    for (currents, single) in [
        ([5_001, 499, 499], true),
        ([5_000, 0, 0], false),
        ([16_000, 500, 0], false),
        ([16_000, 0, 500], false),
        ([16_000, 16_000, 16_000], false),
    ] {
        let mut vehicle = SinglePhaseVehicle::default();
        let currents = currents.map(Milliamps);
        let _ = vehicle.handle_currents(at(0), currents);
        assert_eq!(vehicle.handle_currents(at(30_000), currents), single, "{currents:?}");
    }
}

#[test]
fn settings_keep_their_bounds() {
    let accepts = |wait, after_load| {
        let [wait, wait_after_load] = [wait, after_load].map(Duration::from_millis);
        Config { wait, wait_after_load }.check().is_ok()
    };
    edge("shortest wait", 10_000, |t| accepts(t, 60_000));
    edge("shortest wait after load", 20_000, |t| accepts(20_000, t));
}
