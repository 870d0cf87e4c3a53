//! Every state of the pilot against every event, compared with a table written from the standard:
//! voltages of table A.4, what the station may answer, and what the contactor may do.

mod support;

use evkit_hal::pilot::{Config, Demand, Pilot, Sample, Signal, State, Ventilation};
use evkit_hal::units::{Instant, Millivolts};
use support::{amps, ms};

/// A line a vehicle holds at `loaded` mV while the generator is positive.
struct Line {
    pilot: Pilot,
    now: Instant,
    loaded: i32,
}

impl Line {
    fn new(ventilation: Ventilation) -> Self {
        let config = Config { ventilation, ..Config::DEFAULT };
        Self { pilot: Pilot::new(ms(0), config).expect("valid settings"), now: ms(0), loaded: 12_000 }
    }

    fn run(&mut self, millis: u64) {
        for _ in 0..millis / 20 {
            self.now = ms(self.now.as_millis() + 20);
            let top = |level| Millivolts(if self.loaded == 0 { 0 } else { level });
            let (high, low) = match self.pilot.signal() {
                Signal::Constant => (self.loaded, self.loaded),
                Signal::Pwm(_) => (self.loaded, -12_000),
                Signal::Negative | Signal::Open => (-12_000, -12_000),
            };
            self.pilot.handle_sample(self.now, Sample { high: top(high), low: top(low) });
        }
    }

    fn apply(&mut self, event: &str) {
        match event {
            "12V" => self.loaded = 12_000,
            "9V" => self.loaded = 9_000,
            "6V" => self.loaded = 6_000,
            "3V" => self.loaded = 3_000,
            "0V" => self.loaded = 0,
            "offer" => self.pilot.set_offer(self.now, amps(16)),
            "stop" => self.pilot.set_offer(self.now, None),
            "off" => self.pilot.set_available(self.now, false),
            "on" => self.pilot.set_available(self.now, true),
            other => panic!("{other}"),
        }
    }

    /// The way into a state, from a start without a vehicle.
    fn enter(ventilation: Ventilation, state: &str) -> Self {
        let mut line = Self::new(ventilation);
        line.run(6_000);
        let steps: &[&str] = match state {
            "A1" => &[],
            "A1 with offer" => &["offer"],
            "B1" => &["9V"],
            "B2" => &["9V", "offer"],
            "C1" => &["9V", "offer", "6V", "stop"],
            "C1 never offered" => &["9V", "6V"],
            "C2" => &["9V", "offer", "6V"],
            "D1" => &["9V", "offer", "3V", "stop"],
            "D2" => &["9V", "offer", "3V"],
            "E" => &["9V", "offer", "0V"],
            "F" => &["9V", "offer", "off"],
            other => panic!("{other}"),
        };
        for step in steps {
            line.apply(step);
            line.run(700);
        }
        line
    }

    fn outcome(&self) -> String {
        let state = self.pilot.state().map_or(String::from("?"), |state: State| state.to_string());
        let demand = match self.pilot.demand(self.now) {
            Demand::Open => "open",
            Demand::Hold => "hold",
            Demand::Close => "close",
        };
        format!("{state} {demand}")
    }
}

const EVENTS: [&str; 9] = ["12V", "9V", "6V", "3V", "0V", "offer", "stop", "off", "on"];

/// One row per state; the columns are [`EVENTS`], each outcome 0.7 s after the event.
///
/// From E and F back to B or C the square wave waits for its pause of 3 s, hence the index 1.
#[rustfmt::skip]
const OUTDOORS: [(&str, [&str; 9]); 11] = [
    //                          12V       9V        6V         3V         0V       offer       stop       off       on
    ("A1",                    ["A1 open", "B1 open", "C1 open",  "D1 open",  "E open", "A1 open",  "A1 open", "F open", "A1 open"]),
    ("A1 with offer",         ["A1 open", "B2 open", "C2 close", "D2 close", "E open", "A1 open",  "A1 open", "F open", "A1 open"]),
    ("B1",                    ["A1 open", "B1 open", "C1 open",  "D1 open",  "E open", "B2 open",  "B1 open", "F open", "B1 open"]),
    ("B2",                    ["A1 open", "B2 open", "C2 close", "D2 close", "E open", "B2 open",  "B1 open", "F open", "B2 open"]),
    ("C1",                    ["A1 open", "B1 open", "C1 hold",  "D1 hold",  "E open", "C1 hold",  "C1 hold", "F open", "C1 hold"]),
    ("C1 never offered", ["A1 open", "B1 open", "C1 open",  "D1 open",  "E open", "C2 close", "C1 open", "F open", "C1 open"]),
    ("C2",                    ["A1 open", "B2 open", "C2 close", "D2 close", "E open", "C2 close", "C1 hold", "F open", "C2 close"]),
    ("D1",                    ["A1 open", "B1 open", "C1 hold",  "D1 hold",  "E open", "D1 hold",  "D1 hold", "F open", "D1 hold"]),
    ("D2",                    ["A1 open", "B2 open", "C2 close", "D2 close", "E open", "D2 close", "D1 hold", "F open", "D2 close"]),
    ("E",                     ["A1 open", "B1 open", "C1 open",  "D1 open",  "E open", "E open",   "E open",  "E open", "E open"]),
    ("F",                     ["F open",  "F open",  "F open",   "F open",   "E open", "F open",   "F open",  "F open", "B1 open"]),
];

/// As above without ventilation: D is never supplied, and its square wave ends.
#[rustfmt::skip]
const INDOORS: [(&str, [&str; 9]); 4] = [
    ("B2", ["A1 open", "B2 open", "C2 close", "D1 open", "E open", "B2 open",  "B1 open", "F open", "B2 open"]),
    ("C2", ["A1 open", "B2 open", "C2 close", "D1 open", "E open", "C2 close", "C1 hold", "F open", "C2 close"]),
    ("D1", ["A1 open", "B1 open", "C1 open",  "D1 open", "E open", "D1 open",  "D1 open", "F open", "D1 open"]),
    ("D2", ["A1 open", "B1 open", "C1 open",  "D1 open", "E open", "D1 open",  "D1 open", "F open", "D1 open"]),
];

fn walk(ventilation: Ventilation, table: &[(&str, [&str; 9])]) {
    for (state, outcomes) in table {
        for (event, outcome) in EVENTS.iter().zip(outcomes) {
            let mut line = Line::enter(ventilation, state);
            line.apply(event);
            line.run(700);
            assert_eq!(line.outcome(), *outcome, "{state}, then {event} ({ventilation:?})");
        }
    }
}

#[test]
fn every_state_and_event_with_ventilation() {
    walk(Ventilation::Available, &OUTDOORS);
}

#[test]
fn every_state_and_event_without_ventilation() {
    walk(Ventilation::Unavailable, &INDOORS);
}

#[test]
fn every_state_loses_power_without_samples() {
    for (state, _) in OUTDOORS {
        let mut line = Line::enter(Ventilation::Available, state);
        line.pilot.handle_timeout(ms(line.now.as_millis() + 250));
        assert_eq!(line.pilot.demand(ms(line.now.as_millis() + 250)), Demand::Open, "{state}");
        assert_eq!(line.pilot.state(), None, "{state}");
    }
}

#[test]
fn every_state_has_its_evlink_name() {
    let names = [
        (State::A1, "A_Not_Present_12V"),
        (State::B1, "B_Present_9V"),
        (State::B2, "B_Present_Asked_9V_M12V"),
        (State::C1, "C_Ready_6V"),
        (State::C2, "C_Ready_6V_M12V"),
        (State::D1, "D_Ready_VR_3V"),
        (State::D2, "D_Ready_VR_3V_M12V"),
        (State::E, "E_ShortCut"),
        (State::F, "F_NotAvailable"),
    ];
    for (state, name) in names {
        assert_eq!(state.evlink_name(), name);
    }
}

/// The voltages and wishes of the table in words.
fn words(event: &str) -> String {
    match event {
        "off" => "not available".to_owned(),
        "on" => "available".to_owned(),
        "stop" => "no offer".to_owned(),
        volts => volts.replace('V', " V"),
    }
}

/// The state diagram in `docs/states.md`, from the table that the machine is held to.
fn diagram() -> String {
    let mut edges: Vec<(String, Vec<String>)> = Vec::new();
    for (row, outcomes) in OUTDOORS {
        let (from, condition) = row.split_once(' ').map_or((row, ""), |(from, condition)| (from, condition));
        for (event, outcome) in EVENTS.iter().zip(outcomes) {
            let (to, _) = outcome.split_once(' ').expect("a state and a demand");
            if to == from {
                continue;
            }
            let edge = format!("{from} --> {to}");
            let label = words(event);
            let label = if condition.is_empty() { label } else { format!("{label} ({condition})") };
            match edges.iter_mut().find(|(known, _)| *known == edge) {
                Some((_, labels)) if labels.iter().any(|known| label.starts_with(known.as_str())) => {}
                Some((_, labels)) => labels.push(label),
                None => edges.push((edge, vec![label])),
            }
        }
    }
    let mut lines = vec!["stateDiagram-v2".to_owned(), "    [*] --> A1".to_owned()];
    lines.extend(edges.into_iter().map(|(edge, labels)| format!("    {edge} : {}", labels.join(", "))));
    for (row, demand) in
        [("C2", "may close"), ("D2", "may close"), ("C1", "may stay closed"), ("D1", "may stay closed")]
    {
        lines.push(format!("    note right of {row} : contactor {demand}"));
    }
    lines.join("\n")
}

/// The whole table, for people.
fn table() -> String {
    let mut lines = vec![
        format!("| | {} |", EVENTS.map(words).join(" | ")),
        format!("|---|{}", "---|".repeat(EVENTS.len())),
    ];
    lines.extend(
        OUTDOORS.iter().map(|(state, outcomes)| format!("| **{state}** | {} |", outcomes.join(" | "))),
    );
    lines.join("\n")
}

/// `EVKIT_WRITE_DOCS=1 cargo test -p evkit-hal --test transitions` writes the file anew.
#[test]
fn the_diagram_in_the_documentation_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/states.md");
    let file = std::fs::read_to_string(path).expect("docs/states.md is part of the package");
    let (head, _) = file.split_once("```mermaid\n").expect("a diagram");
    let current = format!("{head}```mermaid\n{}\n```\n\n{}\n", diagram(), table());
    if std::env::var_os("EVKIT_WRITE_DOCS").is_some() {
        std::fs::write(path, &current).expect("docs/states.md can be written");
    }
    assert_eq!(file, current, "docs/states.md is not what the table says");
}
