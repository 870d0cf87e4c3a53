//! Every (state, event) pair of every machine besides the pilot (for that one see `transitions.rs`),
//! against tables written from the published values, and every time limit one millisecond before,
//! at, and after it. Numbers are written out here, not taken from the crate's constants.

mod contactor;
mod lock;
mod phases;
mod protections;
mod rcm;
mod safety;

use core::fmt::Debug;

use evkit_hal::safety::Status;
use evkit_hal::units::Instant;

fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

/// A machine that a table can walk through.
trait Subject: Sized {
    /// The machine in a state, reached from its start.
    fn enter(state: &str) -> Self;
    /// One event, named as in the head of the table.
    fn apply(&mut self, event: &str);
    /// What is to be seen from outside.
    fn outcome(&self) -> String;
}

/// Each row is a state, and what is to be seen after each of `events` happened in it.
fn walk<S: Subject, const N: usize>(events: [&str; N], rows: &[(&str, [&str; N])]) {
    for (state, outcomes) in rows {
        for (event, outcome) in events.iter().zip(outcomes) {
            let mut subject = S::enter(state);
            subject.apply(event);
            assert_eq!(subject.outcome(), *outcome, "{state}, then {event}");
        }
    }
}

/// `probe(t)` tells whether the effect is there `t` ms after its cause.
fn edge(name: &str, limit: u64, probe: impl Fn(u64) -> bool) {
    assert!(!probe(limit - 1), "{name}: too early");
    assert!(probe(limit), "{name}: late");
    assert!(probe(limit + 1), "{name}: late or gone");
}

fn fault(fault: Option<impl Debug>) -> String {
    fault.map_or_else(|| "-".to_owned(), |fault| format!("{fault:?}"))
}

fn status(status: Status) -> String {
    format!("{status:?}").to_lowercase()
}
