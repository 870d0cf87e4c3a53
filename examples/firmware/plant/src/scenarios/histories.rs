//! Many random stories at several boards at once, each board serving both sockets for many stories in one run.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, anyhow};

use super::site::CARD;
use super::{Peer, Setup, Site};
use crate::history::story;
use crate::referee::{Condition, Reactions, Referee};
use crate::script::Step;
use crate::world::{SOCKETS, Wear};

/// What a run of stories was.
#[derive(Debug, Default)]
pub struct Found {
    /// Stories told.
    pub stories: u64,
    /// Contactors closed.
    pub closings: u32,
    /// Times a plant was too slow for its station.
    pub late: u32,
    /// Reactions by condition: limit in milliseconds, and what was met.
    pub reactions: BTreeMap<Condition, (u64, Reactions)>,
}

impl Found {
    fn add(&mut self, stories: u64, referee: &Referee) {
        self.stories += stories;
        self.closings += referee.closings();
        for (condition, limit, met) in referee.reactions() {
            let (_, all) = self.reactions.entry(condition).or_insert((limit, Reactions::default()));
            all.count += met.count;
            all.station_ms = all.station_ms.max(met.station_ms);
            all.plant_ms = all.plant_ms.max(met.plant_ms);
        }
    }
}

/// Tells `count` stories from the seed on, at `boards` boards.
///
/// # Errors
/// The first breach of every board, with its seeds.
pub fn run(setup: &Setup, seed: u64, count: u64, boards: usize) -> anyhow::Result<Found> {
    let next = AtomicU64::new(seed);
    let found = Mutex::new(Found::default());
    let ended = |_| anyhow!("a board's thread ended");
    std::thread::scope(|scope| {
        let serve = |board| {
            let (next, found) = (&next, &found);
            scope.spawn(move || serve(setup, board, next, seed + count, found))
        };
        let boards: Vec<_> = (0..boards).map(serve).collect();
        boards
            .into_iter()
            .try_for_each(|board| board.join().map_err(|_| anyhow!("a board's thread ended"))?)
    })?;
    let found = found.into_inner().map_err(ended)?;
    Ok(Found { late: setup.late.load(Ordering::Relaxed), ..found })
}

fn serve(
    setup: &Setup,
    board: usize,
    next: &AtomicU64,
    end: u64,
    found: &Mutex<Found>,
) -> anyhow::Result<()> {
    let name = format!("histories-{board}");
    let mut site = Site::start_in(setup, &name, Peer::Csms, &[], "user,restrict=on")?;
    site.ready()?;
    let mut stories = 0;
    loop {
        let seed = next.fetch_add(SOCKETS as u64, Ordering::Relaxed);
        if seed >= end {
            break;
        }
        let told = [(1, story(seed, CARD)), (2, story(seed + 1, CARD))];
        let seeds = || format!("seeds {seed} and {} at board {board}", seed + 1);
        site.bench.play_all(told.clone()).with_context(seeds)?;
        site.bench.check().with_context(seeds)?;
        for (connector, steps) in told {
            // A person has looked at the contactor.
            if steps.iter().any(|step| matches!(step, Step::Contactor { wear } if *wear != Wear::None)) {
                site.machine()?.type_in(format!("clear {connector}\n").as_bytes())?;
            }
        }
        stories += SOCKETS as u64;
    }
    let plant = site.bench.plant();
    anyhow::ensure!(plant.referee.restarts() == 0, "board {board} started anew by itself");
    found.lock().map_err(|_| anyhow!("a board's thread ended"))?.add(stories, &plant.referee);
    Ok(())
}
