//! A day of a car park: the load manager beside one that knows everything.
//!
//! Both get the same arrivals, batteries, building and sun. The [`Controller`] learns phases and appetites,
//! waits for cars to follow, and keeps a queue; its rival is told what every car can take, is obeyed at once,
//! and shares anew in every step as many served and as fair as [`allocate`](evkit_dlm::allocate::allocate) can. What the controller delivers
//! less is the price of not knowing.

mod cars;
mod plot;
mod rival;
mod site;
mod waits;

pub use plot::draw;
pub use site::Site;

use std::time::Duration;

use anyhow::Context as _;
use cars::Car;
use evkit_dlm::Controller;
use evkit_dlm::controller::{EvseFacts, Settings};
use evkit_dlm::queue::Priority;
use evkit_dlm::units::{Instant, Milliamps, WattHours};
use rival::Rival;
use waits::Waits;

/// Seconds from one step to the next: longer than a car takes to follow (5 s).
pub const STEP: u32 = 10;
/// Seconds of a day.
pub const DAY: u32 = 86_400;

/// What a day was like.
#[derive(Debug, Default)]
pub struct Record {
    /// Number of EVSEs.
    pub evses: usize,
    /// Cars that came.
    pub sessions: usize,
    /// Energy delivered in kWh.
    pub delivered: f64,
    /// What the rival delivered.
    pub by_rival: f64,
    /// Share of the rival's decisions that are proven to be the best there are.
    pub proven: f64,
    /// Steps in which a current passed a limit.
    pub passed: usize,
    /// Most cars that waited at once.
    pub longest_queue: usize,
    /// Longest time a car waited for its turn, in seconds.
    pub longest_wait: u32,
    /// Longest time a car waited beyond its due time, in seconds.
    pub overdue: u32,
    /// Longest decision of the controller.
    pub slowest: Duration,
    /// Power in kW through the day, a point every five minutes.
    pub course: Vec<Point>,
}

/// A point of the day's course; powers in kW.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// Seconds since midnight.
    pub second: u32,
    /// Delivered by the controller.
    pub delivered: f64,
    /// Delivered by the rival.
    pub by_rival: f64,
    /// What the main connection leaves beside the building.
    pub room: f64,
    /// Cars waiting.
    pub queue: usize,
}

/// How the controller behaves: as by default, with as many turns at once as a twelfth of the EVSEs.
fn settings(evses: usize) -> Settings {
    Settings { turns_at_once: turns(evses), ..Settings::default() }
}

fn turns(evses: usize) -> u16 {
    (evses / 12).max(1) as u16
}

/// Lives through a day at a site with `NODES` nodes and `EVSES` EVSEs, each with a limit of its own: `LIMITS`.
///
/// # Errors
/// If the site cannot be made: the numbers do not fit each other.
pub fn run<const NODES: usize, const EVSES: usize, const LIMITS: usize>(seed: u64) -> anyhow::Result<Record> {
    let site = Site::new(EVSES, seed);
    let nodes = site.nodes().try_into().ok().context("the number of nodes does not fit the EVSEs")?;
    let evses = site.evses().try_into().ok().context("the number of EVSEs does not fit")?;
    let mut controller = Box::new(Controller::<NODES, EVSES, LIMITS>::new(&nodes, &evses, settings(EVSES))?);
    let sessions = site.sessions(seed);
    let mut rival = Rival::new(&site, &sessions);
    let mut cars: Vec<Option<Car>> = vec![None; EVSES];
    let mut waits = Waits::new(EVSES, turns(EVSES));
    let mut record = Record { evses: EVSES, sessions: sessions.len(), ..Record::default() };
    let mut coming = sessions.iter().peekable();
    for second in (0..DAY).step_by(STEP as usize) {
        let now = Instant::from_millis(u64::from(second) * 1_000);
        while let Some(session) = coming.next_if(|session| session.from <= second) {
            cars[session.evse] = Some(Car::new(session));
        }
        let building = site.building(second);
        let drawn = follow(&mut cars, second, |evse| {
            controller.offer(evse as u16).map_or(0, |offer| offer.current.0)
        });
        record.passed += usize::from(!site.keeps_limits(&building, &cars, &drawn));
        controller.handle_meter(0, now, building)?;
        for (evse, car) in (0..).zip(&cars) {
            controller.handle_evse(evse, now, facts(car.as_ref(), drawn[usize::from(evse)]))?;
        }
        let started = std::time::Instant::now();
        controller.tick(now);
        record.slowest = record.slowest.max(started.elapsed());
        let offered =
            |evse: usize| controller.offer(evse as u16).is_some_and(|o| o.current > Milliamps::ZERO);
        waits.note(second, |evse| cars[evse].as_ref().is_some_and(Car::wants), offered);
        let delivered = power(&cars, &drawn);
        let by_rival = rival.step(&site, &sessions, second, building);
        record.delivered += delivered * f64::from(STEP) / 3_600.0;
        record.by_rival += by_rival * f64::from(STEP) / 3_600.0;
        if second.is_multiple_of(300) {
            let room = site.room(&building);
            record.course.push(Point { second, delivered, by_rival, room, queue: waits.queue() });
        }
    }
    record.proven = rival.proven();
    (record.longest_queue, record.longest_wait, record.overdue) = waits.worst();
    Ok(record)
}

/// How far set-points are apart in the second half of an hour in which nothing changes, in milliamperes.
///
/// # Errors
/// As [`run`].
pub fn swing<const NODES: usize, const EVSES: usize, const LIMITS: usize>(seed: u64) -> anyhow::Result<u32> {
    let site = Site::new(EVSES, seed).roomy();
    let nodes = site.nodes().try_into().ok().context("the number of nodes does not fit the EVSEs")?;
    let evses = site.evses().try_into().ok().context("the number of EVSEs does not fit")?;
    let mut controller = Box::new(Controller::<NODES, EVSES, LIMITS>::new(&nodes, &evses, settings(EVSES))?);
    let mut cars: Vec<Option<Car>> = site.everybody(seed).iter().map(|s| Some(Car::new(s))).collect();
    let building = site.building(0);
    let mut ranges = vec![(u32::MAX, 0); EVSES];
    for second in (0..3_600).step_by(STEP as usize) {
        let now = Instant::from_millis(u64::from(second) * 1_000);
        let offer = |evse: usize| controller.offer(evse as u16).map_or(0, |offer| offer.current.0);
        let drawn = follow(&mut cars, second, offer);
        controller.handle_meter(0, now, building)?;
        for (evse, car) in (0..).zip(&cars) {
            controller.handle_evse(evse, now, facts(car.as_ref(), drawn[usize::from(evse)]))?;
        }
        controller.tick(now);
        for (evse, range) in ranges.iter_mut().enumerate().filter(|_| second >= 1_800) {
            let offer = controller.offer(evse as u16).map_or(0, |offer| offer.current.0);
            *range = (range.0.min(offer), range.1.max(offer));
        }
    }
    Ok(ranges.into_iter().map(|(least, most)| most.saturating_sub(least)).max().unwrap_or(0))
}

/// Lets every car draw what it is offered for one step; cars that leave are gone afterwards.
fn follow(cars: &mut [Option<Car>], second: u32, offer: impl Fn(usize) -> u32) -> Vec<u32> {
    let mut drawn = vec![0; cars.len()];
    for (evse, place) in cars.iter_mut().enumerate() {
        if let Some(car) = place {
            drawn[evse] = car.draw(offer(evse));
            if car.leaves(second) {
                *place = None;
                drawn[evse] = 0;
            }
        }
    }
    drawn
}

fn facts(car: Option<&Car>, drawn: u32) -> EvseFacts {
    let Some(car) = car else { return EvseFacts::IDLE };
    EvseFacts {
        plugged: true,
        wants_current: car.wants(),
        measured: Some(car.by_terminal(drawn).map(Milliamps)),
        priority: Priority::Normal,
        weight: 1,
        energy: WattHours(0),
    }
}

/// Power of these currents in kW.
fn power(cars: &[Option<Car>], drawn: &[u32]) -> f64 {
    let watts = |(car, &current): (&Option<Car>, &u32)| {
        car.as_ref().map_or(0.0, |car| f64::from(current) * car.conductors() * cars::VOLTS / 1_000.0)
    };
    cars.iter().zip(drawn).map(watts).sum::<f64>() / 1_000.0
}
