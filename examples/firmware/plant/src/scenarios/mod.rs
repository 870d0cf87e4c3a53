//! What the firmware has to prove, one scenario at a time: each with a board, a central system and a plant of its own.

mod faults;
mod histories;
mod hostile;
mod load;
mod outages;
mod sessions;
mod site;

pub use histories::{Found, run as histories};
pub use site::{Peer, Setup, Site};

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often a scenario is begun at most.
const ATTEMPTS: u32 = 3;

type Run = fn(&Setup, &Scenario) -> anyhow::Result<String>;

/// One scenario.
#[derive(Clone, Copy)]
pub struct Scenario {
    /// Its name, also that of the folder with its files.
    pub name: &'static str,
    /// Which central system it needs.
    pub peer: Peer,
    /// What happens, and a figure or two for the report.
    run: Run,
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?})", self.name, self.peer)
    }
}

const fn ours(name: &'static str, run: Run) -> Scenario {
    Scenario { name, peer: Peer::Csms, run }
}

const fn python(name: &'static str, run: Run) -> Scenario {
    Scenario { name, peer: Peer::Python, run }
}

/// All scenarios, the long ones first.
pub const ALL: &[Scenario] = &[
    ours("back-end-gone", outages::back_end_gone),
    python("back-end-gone-python", outages::back_end_gone),
    ours("journal-full", outages::journal_full),
    ours("sleeping-car", faults::sleeping_car),
    ours("grant", load::grant),
    ours("reactions", faults::reactions),
    ours("refused", faults::refused),
    ours("eeprom", hostile::eeprom),
    ours("welded", faults::welded),
    ours("boot", sessions::boot),
    python("boot-python", sessions::boot),
    ours("processor", sessions::processor),
    ours("card", sessions::card),
    python("card-python", sessions::card),
    ours("remote", sessions::remote),
    python("remote-python", sessions::remote),
    ours("free", sessions::free),
    python("free-python", sessions::free),
    ours("profile", sessions::profile),
    python("profile-python", sessions::profile),
    python("local-list", outages::local_list),
    ours("power-cut", outages::power_cut),
    python("power-cut-python", outages::power_cut),
    ours("power-cut-resumed", outages::power_cut_resumed),
    python("power-cut-resumed-python", outages::power_cut_resumed),
    ours("garbage", hostile::garbage),
    python("flood", hostile::flood),
    python("worst-messages", hostile::worst_messages),
];

/// How a scenario ended.
#[derive(Debug)]
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// What it found out, or why it failed.
    pub result: anyhow::Result<String>,
    /// How often it was begun.
    pub attempts: u32,
    /// How long it took.
    pub took: Duration,
}

impl Outcome {
    fn print(&self) {
        let (name, seconds) = (self.name, self.took.as_secs());
        let begun =
            if self.attempts > 1 { format!(" (begun {} times)", self.attempts) } else { String::new() };
        match &self.result {
            Ok(found) => println!("ok      {name:<26} {seconds:>4} s  {found}{begun}"),
            Err(error) => println!("FAILED  {name:<26} {seconds:>4} s  {error:#}{begun}"),
        }
    }
}

/// A scenario that fails while its plant was too slow for the station proves nothing, and is begun again.
fn attempt(setup: &Setup, scenario: &Scenario) -> (anyhow::Result<String>, u32) {
    let mut attempts = 1;
    loop {
        let setup = Setup { late: Arc::default(), ..setup.clone() };
        let result = (scenario.run)(&setup, scenario);
        let conclusive = result.is_ok() || setup.late.load(Ordering::Relaxed) == 0;
        if conclusive || attempts == ATTEMPTS {
            return (result, attempts);
        }
        attempts += 1;
    }
}

/// Runs scenarios, `jobs` of them at a time, and says how each ended as it ends.
pub fn run(setup: &Setup, scenarios: &[Scenario], jobs: usize) -> Vec<Outcome> {
    let waiting = Mutex::new(scenarios.iter().copied().collect::<VecDeque<_>>());
    let outcomes = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    std::thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some(scenario) = next() {
                    let began = Instant::now();
                    let (result, attempts) = attempt(setup, &scenario);
                    let outcome = Outcome { name: scenario.name, result, attempts, took: began.elapsed() };
                    outcome.print();
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner).push(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner)
}
