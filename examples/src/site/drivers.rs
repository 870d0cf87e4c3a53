//! The people: when they arrive, what card they show, when they leave. Seeded.

use super::manager::Layout;
use super::scenario::{CarEntry, Scenario};
use crate::plant::CarModel;

/// Seconds between showing the card to end a session and pulling the plug.
const GOODBYE_MS: u64 = 20_000;

/// A car's visit.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Name of the car.
    pub name: String,
    /// Index of its EVSE.
    pub evse: usize,
    /// The car.
    pub model: CarModel,
    /// Time of arrival; the car waits if the EVSE is taken.
    pub arrives_ms: u64,
    /// Time of leaving.
    pub leaves_ms: u64,
    /// The driver's card.
    pub card: Option<String>,
    /// The card is shown this long after the plug; negative: before.
    pub card_after_ms: i64,
    /// The driver ends the session with the card before leaving.
    pub says_goodbye: bool,
    /// Where the visit is.
    pub stage: Stage,
}

/// Where a visit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Not there yet, or waiting for the EVSE to be free.
    Coming,
    /// Plugged in at this time, the card not shown yet.
    Plugged(u64),
    /// Plugged in at this time, everything shown that there is to show.
    Charging(u64),
    /// Said goodbye, about to pull the plug.
    Leaving(u64),
    /// Gone.
    Gone,
}

/// What a driver does now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// Shows the card.
    ShowCard,
    /// Plugs in.
    Plug,
    /// Pulls the plug and drives away.
    Leave,
}

/// The visits of a run. The scenario's own seed plays it as written; any other seed shifts times, wishes and cars.
pub fn visits(scenario: &Scenario, layout: &Layout) -> Vec<Visit> {
    let mut rng = fastrand::Rng::with_seed(scenario.seed ^ 0xCA25);
    let end_ms = u64::from(scenario.minutes) * 60_000;
    let mut visits: Vec<Visit> =
        scenario.car.iter().filter_map(|car| visit(scenario, layout, car, &mut rng)).collect();
    visits.retain(|v| v.arrives_ms + 5 * 60_000 <= end_ms);
    for visit in &mut visits {
        visit.leaves_ms = visit.leaves_ms.min(end_ms - 60_000).max(visit.arrives_ms + 120_000);
    }
    visits.sort_by_key(|v| v.arrives_ms);
    visits
}

fn visit(scenario: &Scenario, layout: &Layout, car: &CarEntry, rng: &mut fastrand::Rng) -> Option<Visit> {
    let varied = scenario.varied;
    let shift = |rng: &mut fastrand::Rng| if varied { rng.i64(-240..=240) * 1000 } else { 0 };
    let minute = |m: u32, shift: i64| u64::try_from(i64::from(m) * 60_000 + shift).unwrap_or(0).max(30_000);
    let arrives_ms = minute(car.at, shift(rng));
    let needs = car.needs * if varied { f64::from(rng.u32(60..=140)) / 100.0 } else { 1.0 };
    let phases = if varied && rng.u32(0..10) < 3 { rng.u8(1..=3) } else { car.phases };
    Some(Visit {
        name: car.name.clone(),
        evse: layout.evse(&car.station, car.connector)?,
        model: CarModel {
            phases,
            max_ma: car.max * 1000,
            needs_mwh: (needs * 1e6) as u64,
            reaction_ms: rng.u64(500..=4_500),
            ramp_ma_per_s: rng.u32(1_000..=4_000),
            needs_ventilation: false,
        },
        arrives_ms,
        leaves_ms: minute(car.leaves, shift(rng)).max(arrives_ms + 180_000),
        card: car.card.clone(),
        card_after_ms: i64::from(car.card_after_s) * 1000,
        says_goodbye: rng.bool(),
        stage: Stage::Coming,
    })
}

impl Visit {
    /// What the driver does at `now_ms`, given whether the EVSE is free and whether the own session still runs.
    pub fn act(&mut self, now_ms: u64, free: bool, session_runs: bool) -> Act {
        match self.stage {
            Stage::Coming if now_ms >= self.leaves_ms => {
                self.stage = Stage::Gone;
                Act::Nothing
            }
            Stage::Coming if now_ms >= self.arrives_ms && free => self.arrive(now_ms),
            Stage::Plugged(at) if self.card.is_none() => {
                self.stage = Stage::Charging(at);
                Act::Nothing
            }
            Stage::Plugged(at) if now_ms.saturating_sub(at) >= self.card_after_ms.unsigned_abs() => {
                self.stage = Stage::Charging(at);
                Act::ShowCard
            }
            Stage::Charging(_) if now_ms + GOODBYE_MS >= self.leaves_ms => {
                self.stage = Stage::Leaving(now_ms);
                if self.says_goodbye && session_runs && self.card.is_some() {
                    Act::ShowCard
                } else {
                    Act::Nothing
                }
            }
            Stage::Leaving(since) if now_ms >= since + GOODBYE_MS => {
                self.stage = Stage::Gone;
                Act::Leave
            }
            _ => Act::Nothing,
        }
    }

    /// A driver who shows the card first plugs in afterwards.
    fn arrive(&mut self, now_ms: u64) -> Act {
        if self.card_after_ms < 0 && self.card.is_some() {
            let early = self.card_after_ms.unsigned_abs();
            // Comes back to this stage when the time for the plug has come.
            self.arrives_ms = now_ms + early;
            self.card_after_ms = i64::MAX;
            return Act::ShowCard;
        }
        self.stage =
            if self.card_after_ms == i64::MAX { Stage::Charging(now_ms) } else { Stage::Plugged(now_ms) };
        Act::Plug
    }

    /// Is the car at its EVSE?
    pub fn is_plugged(&self) -> bool {
        matches!(self.stage, Stage::Plugged(_) | Stage::Charging(_) | Stage::Leaving(_))
    }
}
