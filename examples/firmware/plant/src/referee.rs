//! The properties of power that `evkit-hal` promises, judged from outside the station.
//!
//! The referee sees what the station was told and what it answered, nothing else. What it was told counts from the
//! first answer that acknowledges it, in the station's own time: an emulated board's clock is not the host's, and a
//! loaded host must not make a station guilty. Every answer carries that time.

use std::collections::VecDeque;
use std::fmt;

use evkit_hal::pilot::level::{Level, classify};
use evkit_hal::pilot::{DIODE_LOW, Sample as Wave};
use evkit_hal::proximity::{self, Cable, CableRating};
use evkit_hal::units::{Millivolts, Ohms, Phases};
use evkit_plant_link::{Bolt, Drive, Outputs, Sample, Signal};

use crate::world::{SOCKETS, allowed};

/// The station's clock and its lines have a grain of one tick each, in milliseconds.
const GRAIN_MS: u64 = 2;

/// A condition under which the contactor has to open, and how soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Condition {
    /// The vehicle is not in C or D (or D without ventilation): table A.6, sequences 2 and 8.1.
    NoWish,
    /// A residual current: in the call that brings it.
    Residual,
    /// The vehicle's diode does not show on the wave: tolerated for 250 ms in C, after two samples.
    NoDiode,
    /// The offer has ended: table A.6, sequence 10.2.
    NoOffer,
    /// Nothing was measured: the sample's life of 250 ms.
    Silence,
    /// The bolt is out of the plug.
    Unlocked,
    /// Too hot (OpenEVSE: 71 °C).
    Hot,
    /// The mains are outside 207 V to 253 V (BS 7671 722.411.4.1: 5 s).
    Mains,
    /// The contacts do not close: 250 ms.
    NotClosed,
    /// The cable is gone or shows no rating.
    NoCable,
    /// The vehicle draws more than 1.3 times its offer: EVlink's middle band, 5 s, after the 5 s it has to follow, as
    /// the meter sees it.
    OverCurrent,
}

/// Every condition with its limit in milliseconds.
pub const LIMITS: [(Condition, u64); 11] = [
    (Condition::NoWish, 100),
    (Condition::Residual, 10),
    (Condition::NoDiode, 300),
    (Condition::NoOffer, 6_000),
    (Condition::Silence, 300),
    (Condition::Unlocked, 10),
    (Condition::Hot, 10),
    (Condition::Mains, 5_010),
    (Condition::NotClosed, 300),
    (Condition::NoCable, 100),
    (Condition::OverCurrent, 14_000),
];

/// A property that did not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breach {
    /// Still closed this long after the condition began.
    Late(Condition, u64),
    /// Closed although this condition was known.
    Closing(Condition),
    /// Closed with the pilot at -12 V or open.
    ClosedInF,
    /// Closed without a tested residual current monitor since its start.
    Untested,
    /// Closed while the feedback showed a welded contact.
    Welded,
    /// Offers more than the cable carries, in milliamperes: offered and allowed.
    Offer(u32, u32),
    /// Frees a live plug.
    FreesLivePlug,
}

/// A breach, and where and when it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Connector.
    pub connector: u8,
    /// The station's clock in milliseconds.
    pub at_ms: u64,
    /// What happened.
    pub breach: Breach,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "connector {} at {} ms: {:?}", self.connector, self.at_ms, self.breach)
    }
}

/// How a station reacted to a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reactions {
    /// Openings while the condition stood.
    pub count: u32,
    /// The slowest of them in the station's time, in milliseconds.
    pub station_ms: u64,
    /// The slowest of them in the plant's time, from sending the sample to reading the answer.
    pub plant_ms: u64,
}

/// What was told at one moment.
#[derive(Clone, Copy, Debug)]
struct Told {
    sample: Sample,
    draw_ma: u32,
    plant_ms: u64,
}

/// A condition that stands: since when by either clock.
type Since = Option<(u64, u64)>;

#[derive(Debug, Default)]
struct Connector {
    /// Told, and not acknowledged yet.
    pending: VecDeque<Told>,
    newest: Option<Told>,
    /// When the newest was acknowledged, in the station's time.
    heard_ms: u64,
    /// The newest one acknowledged before then.
    before: Option<Told>,
    since: [Since; LIMITS.len()],
    late: [bool; LIMITS.len()],
    closed: bool,
    test: Test,
    signal: Option<Signal>,
}

/// How far the first self-test of the residual current monitor got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Test {
    #[default]
    None,
    Driven,
    Answered,
    Passed,
}

/// Watches a station.
#[derive(Debug, Default)]
pub struct Referee {
    connectors: [Connector; SOCKETS],
    at_ms: u64,
    /// Whether the station serves vehicles that ask for ventilation.
    pub ventilated: bool,
    verdicts: Vec<Verdict>,
    reactions: [Reactions; LIMITS.len()],
    closings: u32,
    restarts: u32,
}

impl Referee {
    /// A referee who has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every breach so far.
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// How the station reacted to every condition it met.
    pub fn reactions(&self) -> impl Iterator<Item = (Condition, u64, Reactions)> {
        let met = LIMITS.into_iter().zip(self.reactions);
        met.filter(|(_, reactions)| reactions.count > 0)
            .map(|((condition, limit), met)| (condition, limit, met))
    }

    /// How often a contactor was closed.
    pub const fn closings(&self) -> u32 {
        self.closings
    }

    /// How often the station's clock began anew.
    pub const fn restarts(&self) -> u32 {
        self.restarts
    }

    /// The reactions to one condition.
    pub fn reaction(&self, condition: Condition) -> Reactions {
        self.reactions[condition as usize]
    }

    /// The station is told something.
    pub fn handle_sample(&mut self, plant_ms: u64, sample: &Sample, draw_ma: u32) {
        let told = Told { sample: *sample, draw_ma, plant_ms };
        if let Some(connector) = self.connectors.get_mut(usize::from(sample.connector) - 1) {
            connector.pending.push_back(told);
        }
    }

    /// The plant has cut the station's power, or sees it start: everything begun is void.
    pub fn handle_restart(&mut self) {
        self.restarts += u32::from(self.at_ms > 0);
        self.at_ms = 0;
        self.connectors = Default::default();
    }

    /// The station answers.
    pub fn handle_outputs(&mut self, plant_ms: u64, outputs: &Outputs) {
        if outputs.at_ms < self.at_ms {
            self.handle_restart();
        }
        self.at_ms = outputs.at_ms;
        let ventilated = self.ventilated;
        let Some(connector) = self.connectors.get_mut(usize::from(outputs.connector) - 1) else { return };
        connector.acknowledge(outputs, ventilated);
        let breaches = connector.judge(plant_ms, outputs, &mut self.reactions);
        self.closings += u32::from(outputs.relays.any() && !connector.closed);
        connector.closed = outputs.relays.any();
        let (connector, at_ms) = (outputs.connector, outputs.at_ms);
        self.verdicts.extend(breaches.into_iter().map(|breach| Verdict { connector, at_ms, breach }));
    }
}

impl Connector {
    /// Takes in what the station has now heard.
    fn acknowledge(&mut self, outputs: &Outputs, ventilated: bool) {
        while let Some(told) = self.pending.pop_front_if(|told| told.sample.number <= outputs.acknowledged) {
            self.test = match (self.test, told.sample.trip_dc || told.sample.trip_ac) {
                (Test::Driven, true) => Test::Answered,
                (Test::Answered, false) => Test::Passed,
                (other, _) => other,
            };
            if self.heard_ms != outputs.at_ms {
                self.before = self.newest;
                self.heard_ms = outputs.at_ms;
            }
            self.newest = Some(told);
            for (since, (condition, _)) in self.since.iter_mut().zip(LIMITS) {
                if let Some(stands) = shows(condition, &told, ventilated) {
                    *since = stands.then(|| since.unwrap_or((outputs.at_ms, told.plant_ms)));
                }
            }
        }
        if outputs.residual_test && self.test == Test::None {
            self.test = Test::Driven;
        }
        let offer_ended = allowed(outputs.signal) == 0;
        self.set(Condition::NoOffer, offer_ended, outputs.at_ms);
        let silent = outputs.at_ms > self.heard_ms;
        self.since[Condition::Silence as usize] = silent.then_some((self.heard_ms, 0));
        let contacts = self.newest.is_some_and(|told| told.sample.feedback.any());
        let commanded = self.closed || outputs.relays.any();
        self.set(Condition::NotClosed, commanded && !contacts, outputs.at_ms);
        let draw = self.newest.map_or(0, |told| u64::from(told.draw_ma));
        let offer = u64::from(allowed(outputs.signal));
        self.set(Condition::OverCurrent, offer > 0 && draw * 10 > offer * 13, outputs.at_ms);
    }

    fn set(&mut self, condition: Condition, stands: bool, at_ms: u64) {
        let since = &mut self.since[condition as usize];
        *since = stands.then(|| since.unwrap_or((at_ms, 0)));
    }

    /// What is wrong with these outputs.
    fn judge(
        &mut self,
        plant_ms: u64,
        outputs: &Outputs,
        reactions: &mut [Reactions; LIMITS.len()],
    ) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let closed = outputs.relays.any();
        for (index, (condition, limit)) in LIMITS.into_iter().enumerate() {
            let Some((station, plant)) = self.since[index] else {
                self.late[index] = false;
                continue;
            };
            let passed = outputs.at_ms.saturating_sub(station);
            if closed && passed > limit + GRAIN_MS && !std::mem::replace(&mut self.late[index], true) {
                breaches.push(Breach::Late(condition, passed));
            }
            if self.closed && !closed && (condition != Condition::Silence || passed > limit / 2) {
                let met = &mut reactions[index];
                met.count += 1;
                met.station_ms = met.station_ms.max(passed);
                met.plant_ms = met.plant_ms.max(if plant > 0 { plant_ms.saturating_sub(plant) } else { 0 });
            }
        }
        if closed {
            if matches!(outputs.signal, Signal::Negative | Signal::Open) {
                breaches.push(Breach::ClosedInF);
            }
            if outputs.lock == Drive::Unlock {
                breaches.push(Breach::FreesLivePlug);
            }
            if !self.closed {
                self.judge_closing(outputs, &mut breaches);
            }
        }
        self.judge_offer(outputs, &mut breaches);
        breaches
    }

    /// What arrives in the tick of the closing arrives too late for it.
    fn judge_closing(&self, outputs: &Outputs, breaches: &mut Vec<Breach>) {
        let is_known = |since: u64| outputs.at_ms.saturating_sub(since) > GRAIN_MS;
        let known = if is_known(self.heard_ms) { &self.newest } else { &self.before };
        let Some(known) = known else { return breaches.push(Breach::Closing(Condition::Silence)) };
        for ((condition, _), since) in LIMITS.into_iter().zip(self.since) {
            // The mains may be bad for a while; contacts begin to close now.
            let matters = !matches!(condition, Condition::Mains | Condition::NotClosed | Condition::Silence);
            if matters && since.is_some_and(|(station, _)| is_known(station)) {
                breaches.push(Breach::Closing(condition));
            }
        }
        if allowed(outputs.signal) == 0 {
            breaches.push(Breach::Closing(Condition::NoOffer));
        }
        if Millivolts(known.sample.low_mv.into()) > DIODE_LOW {
            breaches.push(Breach::Closing(Condition::NoDiode));
        }
        if known.sample.feedback.any() {
            breaches.push(Breach::Welded);
        }
        if self.test != Test::Passed {
            breaches.push(Breach::Untested);
        }
    }

    /// A new offer must fit the cable that was measured last.
    fn judge_offer(&mut self, outputs: &Outputs, breaches: &mut Vec<Breach>) {
        if self.signal.replace(outputs.signal) == Some(outputs.signal) {
            return;
        }
        let offered = allowed(outputs.signal);
        let carries = self.newest.and_then(|told| rating(&told.sample));
        let carries = carries.map_or(0, |rating| rating.current(Phases::Three).0);
        if offered > carries {
            breaches.push(Breach::Offer(offered, carries));
        }
    }
}

/// Whether a measurement shows a condition; `None` if the condition is none of measurements alone.
fn shows(condition: Condition, told: &Told, ventilated: bool) -> Option<bool> {
    let sample = &told.sample;
    let (high, low) = (Millivolts(sample.high_mv.into()), Millivolts(sample.low_mv.into()));
    Some(match condition {
        Condition::NoWish => match classify(Wave { high, low }, None) {
            Level::C => false,
            Level::D => !ventilated,
            _ => true,
        },
        Condition::Residual => sample.trip_dc || sample.trip_ac,
        // Without a wave there is nothing to see.
        Condition::NoDiode => low != high && low > DIODE_LOW,
        Condition::Unlocked => sample.bolt == Bolt::Unlocked,
        Condition::Hot => sample.temperature >= 710,
        Condition::Mains => !(207..=253).contains(&sample.mains_v),
        Condition::NoCable => rating(sample).is_none(),
        Condition::NoOffer | Condition::Silence | Condition::NotClosed | Condition::OverCurrent => {
            return None;
        }
    })
}

fn rating(sample: &Sample) -> Option<CableRating> {
    match sample.proximity_ohm.map(|ohm| proximity::classify(Ohms(ohm))) {
        Some(Cable::Rated(rating)) => Some(rating),
        _ => None,
    }
}
