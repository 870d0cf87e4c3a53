//! Everything of a site at one virtual time, and what one second does to it.

use std::fs::File;
use std::io::BufWriter;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use evkit_rfid::Uid;
use tokio::sync::mpsc;

use super::agenda::{Deed, agenda};
use super::check::{Fuse, Referee};
use super::drivers::{Act, Visit, visits};
use super::files::Files;
use super::line::{Happened, Line, Surroundings};
use super::manager::{Facts, Layout, Manager};
use super::record::{CarRecord, EventRow, Record, Sample};
use super::scenario::Scenario;
use super::wire::{Side, Wire};
use super::{SiteError, audit, books, decisions};
use crate::back_end::hub::{Account, Hub};
use crate::back_end::{Server, Setup};
use crate::net::clock::Clock;
use crate::net::energy_manager::{SetPoint, give};
use crate::net::meter::{Behaviour, MeterReader, SimulatedMeter};
use crate::plant::{Building, Car};
use crate::station::{Finished, Station};

/// Step of the plant in milliseconds; the electronics have to look at least this often.
const STEP_MS: u64 = 100;
/// Distance of the samples for the plots in milliseconds.
const SAMPLE_MS: u64 = 10_000;
/// Longest distance of lines in `dlm.jsonl` when nothing changes, in milliseconds.
const DECISION_MS: u64 = 30_000;
/// Time the stations get after the last car has left to deliver everything, in milliseconds.
const CLOSING_MS: u64 = 600_000;

/// A site and everybody on it.
pub struct World {
    scenario: Scenario,
    layout: Layout,
    clock: Clock,
    hand: Arc<AtomicU64>,
    building: Building,
    meter: SimulatedMeter,
    reader: MeterReader,
    meter_trouble: Option<String>,
    manager: Manager,
    set_point: SetPoint,
    server: Server,
    remarks: mpsc::UnboundedReceiver<(String, String)>,
    lines: Vec<Line>,
    visits: Vec<Visit>,
    /// Scenario events still to come, the next one last.
    agenda: Vec<(u64, Deed)>,
    referee: Referee,
    wire: Wire<BufWriter<File>>,
    decisions: BufWriter<File>,
    folder: std::path::PathBuf,
    decided: (u64, Vec<(u32, String)>),
    finished: Vec<(String, Finished)>,
    record: Record,
}

impl World {
    /// Starts meter and central system, and puts everything in its place.
    ///
    /// # Errors
    /// A port that is not to be had.
    pub async fn start(
        scenario: Scenario,
        layout: Layout,
        manager: Manager,
        stations: Vec<Box<dyn Station>>,
        files: Files,
    ) -> Result<Self, SiteError> {
        let (clock, hand) = Clock::virtual_from(scenario.start);
        let meter = SimulatedMeter::start().await.map_err(SiteError::Meter)?;
        let accounts = scenario.back_end.account.iter();
        let hub = Hub::new(
            accounts.map(|a| (a.id_tag.clone(), Account { parent: a.parent.clone(), blocked: a.blocked })),
        );
        let (remark, remarks) = mpsc::unbounded_channel();
        let heartbeat_s = scenario.back_end.heartbeat_s;
        let address = scenario.back_end.listen;
        let mut setup = Setup::new(hub, clock.clone(), remark);
        setup.heartbeat_s = heartbeat_s;
        let server =
            Server::start(address, setup).await.map_err(|source| SiteError::Listen { address, source })?;
        let b = &scenario.building;
        let building = Building::new(b.mean.map(|a| a * 1000), b.swing * 1000, b.slew, scenario.seed);
        let fuses = layout.nodes.iter().map(|n| Fuse {
            name: n.name.clone(),
            parent: n.parent,
            limit_ma: n.limit_ma,
        });
        let folder = files.folder().to_owned();
        Ok(Self {
            building,
            reader: MeterReader::new(meter.address()),
            meter,
            meter_trouble: None,
            manager,
            set_point: SetPoint::start().await.map_err(SiteError::EnergyManager)?,
            lines: stations.into_iter().map(|station| Line::new(station, &server)).collect(),
            server,
            remarks,
            visits: visits(&scenario, &layout),
            agenda: agenda(&scenario),
            referee: Referee::new(fuses.collect()),
            wire: Wire::new(files.ocpp),
            decisions: files.dlm,
            folder,
            decided: (0, Vec::new()),
            finished: Vec::new(),
            record: books::open(&scenario, &layout),
            clock,
            hand,
            scenario,
            layout,
        })
    }

    /// Virtual time in milliseconds since the start.
    pub fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Virtual length of the run in milliseconds.
    pub fn length_ms(&self) -> u64 {
        u64::from(self.scenario.minutes) * 60_000
    }

    /// A line about this moment for a terminal.
    pub fn status(&self) -> String {
        let charging = self.draw_ma().iter().filter(|draw| **draw != [0; 3]).count();
        let root = self.referee.load_ma().first().copied().unwrap_or_default();
        let amps = root.map(|ma| ma / 1000);
        let away =
            if self.lines.iter().any(|line| line.station.is_online()) { "" } else { ", central system away" };
        format!(
            "{} {charging} charging, {}/{}/{} A{away}",
            self.clock.utc().format("%H:%M:%S"),
            amps[0],
            amps[1],
            amps[2]
        )
    }

    /// Notes something for the report.
    pub fn remark(&mut self, who: &str, what: String) {
        let at_ms = self.now_ms();
        self.record.events.push(EventRow { at_ms, who: who.to_owned(), what });
    }

    /// Lets one second pass. Says whether there is another one.
    ///
    /// # Errors
    /// A log that cannot be written, or a port that is gone.
    pub async fn second(&mut self) -> Result<bool, SiteError> {
        let before = self.now_ms();
        self.deeds().await?;
        self.people();
        self.building.second();
        for step in 1..=1000 / STEP_MS {
            self.physics(before + step * STEP_MS);
        }
        self.hand.store(before + 1000, Ordering::Release);
        self.read_meter().await;
        self.manage()?;
        self.talk().await?;
        self.listen();
        self.sample();
        let now = self.now_ms();
        let settled = self.lines.iter().all(|line| line.station.is_settled());
        Ok(now < self.length_ms() || (!settled && now < self.length_ms() + CLOSING_MS))
    }

    /// Scenario events that are due.
    async fn deeds(&mut self) -> Result<(), SiteError> {
        let now = self.now_ms();
        while let Some((_, deed)) = self.agenda.pop_if(|(at, _)| *at <= now) {
            match deed {
                Deed::BackEnd { away: true } => {
                    self.remark("central system", "goes away".to_owned());
                    self.server.vanish().await;
                    for index in 0..self.lines.len() {
                        let happened = self.lines[index].look(now).await;
                        self.happened(index, happened);
                    }
                }
                Deed::BackEnd { away: false } => {
                    self.remark("central system", "is back".to_owned());
                    let address = self.server.address();
                    self.server.resume().await.map_err(|source| SiteError::Listen { address, source })?;
                }
                Deed::Meter { away: true } => {
                    self.remark("meter", "goes silent".to_owned());
                    self.meter.unplug();
                }
                Deed::Meter { away: false } => {
                    self.remark("meter", "is back".to_owned());
                    self.meter.plug_in().await.map_err(SiteError::Meter)?;
                }
                Deed::Garbage(garbage) => {
                    self.remark(
                        "meter",
                        if garbage { "answers garbage" } else { "answers properly" }.to_owned(),
                    );
                    self.meter.behave(if garbage { Behaviour::Garbage } else { Behaviour::Good });
                }
                Deed::Available(limit_ma) => {
                    let what =
                        limit_ma.map_or("lifts its limit".to_owned(), |ma| format!("gives {} A", ma / 1000));
                    self.remark("energy manager", what);
                    if let Err(error) = give(self.set_point.address(), limit_ma).await {
                        self.remark("energy manager", error.to_string());
                    }
                }
                Deed::Command(station, command) => {
                    self.remark("central system", format!("to {station}: {command:?}"));
                    if !self.server.command(&station, command) {
                        self.remark("central system", format!("{station} is not connected"));
                    }
                }
            }
        }
        Ok(())
    }

    /// What drivers do.
    fn people(&mut self) {
        let now = self.now_ms();
        for index in 0..self.visits.len() {
            let evse = &self.layout.evses[self.visits[index].evse];
            let (line, connector) = (evse.station, evse.connector);
            let station = &mut self.lines[line].station;
            let free = station.spot(connector).is_some_and(|spot| spot.car().is_none());
            let runs = station.phase(now, connector).wants_current;
            let visit = &mut self.visits[index];
            match visit.act(now, free, runs) {
                Act::Nothing => {}
                Act::ShowCard => {
                    let card = visit.card.clone().unwrap_or_default();
                    let who = format!("{} at {}", visit.name, evse.id);
                    match Uid::parse(&card) {
                        Ok(uid) => {
                            station.present_card(now, connector, uid);
                            self.remark(&who, "shows a card".to_owned());
                        }
                        Err(error) => self.remark(&who, format!("shows a card nobody can read: {error}")),
                    }
                }
                Act::Plug => {
                    station.plug(connector, Car::new(visit.model.clone()));
                    let who = format!("{} at {}", visit.name, evse.id);
                    self.record.cars.push(CarRecord {
                        name: visit.name.clone(),
                        evse: visit.evse,
                        phases: visit.model.phases,
                        arrived_ms: now,
                        left_ms: u64::MAX,
                        wanted_wh: visit.model.needs_mwh / 1000,
                        got_wh: 0,
                        queued_ms: 0,
                        note: String::new(),
                    });
                    self.remark(&who, "plugs in".to_owned());
                }
                Act::Leave => {
                    let car = station.unplug(connector);
                    let name = visit.name.clone();
                    if let (Some(car), Some(row)) =
                        (car, self.record.cars.iter_mut().rev().find(|c| c.name == name))
                    {
                        row.left_ms = now;
                        row.got_wh = car.taken_mwh() / 1000;
                        if car.is_full() {
                            row.note.push_str(" full");
                        }
                    }
                    let who = format!("{name} at {}", evse.id);
                    self.remark(&who, "leaves".to_owned());
                }
            }
        }
    }

    /// Cars and electronics, and the referee's look at the fuses.
    fn physics(&mut self, at_ms: u64) {
        for line in &mut self.lines {
            line.station.step(at_ms, STEP_MS);
        }
        let draws = self.draw_ma();
        let cars =
            self.layout.evses.iter().zip(draws).map(|(evse, draw)| (evse.node, evse.wiring.to_grid(draw)));
        let building = (self.building_node(), self.building.load_ma());
        self.referee.observe(at_ms, cars.chain([building]));
    }

    fn building_node(&self) -> usize {
        self.layout.nodes.iter().position(|n| n.name == self.scenario.building.node).unwrap_or(0)
    }

    fn draw_ma(&self) -> Vec<[u32; 3]> {
        let draw = |evse: &super::manager::SiteEvse| {
            self.lines[evse.station].station.spot(evse.connector).map_or([0; 3], |spot| spot.draw_ma())
        };
        self.layout.evses.iter().map(draw).collect()
    }

    async fn read_meter(&mut self) {
        let now = self.now_ms();
        self.meter.measure(self.building.load_ma());
        if !(now / 1000).is_multiple_of(u64::from(self.scenario.meter.poll_s.max(1))) {
            return;
        }
        let trouble = match self.reader.currents_ma().await {
            Ok(currents) => self.manager.meter(self.building_node(), now, currents).err(),
            Err(error) => Some(error.to_string().replace(&self.meter.address().to_string(), "")),
        };
        match (&trouble, &self.meter_trouble) {
            (None, Some(_)) => self.remark("meter", "can be read again".to_owned()),
            (Some(trouble), None) => self.remark("meter", trouble.clone()),
            _ => {}
        }
        self.meter_trouble = trouble;
    }

    /// The load manager's turn: facts and limits in, offers out.
    fn manage(&mut self) -> Result<(), SiteError> {
        let now = self.now_ms();
        for (index, evse) in self.layout.evses.iter().enumerate() {
            let station = &self.lines[evse.station].station;
            let phase = station.phase(now, evse.connector);
            let draw_ma = station.spot(evse.connector).map_or([0; 3], |spot| spot.draw_ma());
            let facts = Facts {
                plugged: phase.plugged,
                wants_current: phase.wants_current,
                draw_ma,
                vip: phase.vip,
                energy_wh: phase.energy_wh,
            };
            self.manager.facts(index, now, &facts);
            self.manager.profile_of_evse(index, station.profile_limit_ma(now, evse.connector));
        }
        for (index, node) in self.layout.nodes.iter().enumerate() {
            let line = self.lines.iter().find(|line| line.station.identity() == node.name);
            if let Some(line) = line {
                self.manager.profile_of_node(index, line.station.profile_limit_ma(now, 0));
            }
        }
        self.manager.available(self.set_point.available_ma());
        self.manager.tick(now);
        for (index, evse) in self.layout.evses.iter().enumerate() {
            let offer = self.manager.offer_ma(index);
            self.lines[evse.station].station.set_offer(now, evse.connector, offer);
        }
        self.log_decision().map_err(|source| self.write_error("dlm.jsonl", source))
    }

    /// A line whenever an offer or its reason changes, and every half minute.
    fn log_decision(&mut self) -> std::io::Result<()> {
        let now = self.now_ms();
        let decision: Vec<(u32, String)> =
            self.manager.evses().map(|e| (e.offer.current.0, e.offer.reason.to_string())).collect();
        if decision == self.decided.1 && now < self.decided.0 + DECISION_MS {
            return Ok(());
        }
        self.decided = (now, decision);
        let draws = self.draw_ma();
        let building = (self.building_node(), self.building.load_ma());
        decisions::write(&mut self.decisions, self.clock.utc(), &self.layout, &self.manager, building, &draws)
    }

    /// Stations and central system talk until nothing is left to say at this second.
    async fn talk(&mut self) -> Result<(), SiteError> {
        let now = self.now_ms();
        for index in 0..self.lines.len() {
            self.lines[index].station.handle_timeout(now);
            let mut around = Surroundings {
                server: &self.server,
                wire: &mut self.wire,
                now_ms: now,
                utc: self.clock.utc(),
            };
            let happened = self.lines[index].pump(&mut around).await;
            let happened = happened.map_err(|source| self.write_error("ocpp.jsonl", source))?;
            self.happened(index, happened);
        }
        Ok(())
    }

    fn happened(&mut self, line: usize, happened: Vec<Happened>) {
        let at_ms = self.now_ms();
        let station = self.lines[line].station.identity().to_owned();
        for what in happened {
            let error = |what: String| EventRow { at_ms, who: station.clone(), what };
            match what {
                Happened::Connected => self.remark(&station, "connected".to_owned()),
                Happened::Disconnected(why) => {
                    // Ports differ from run to run; the report must not.
                    let why = why.replace(&self.server.address().to_string(), "central system");
                    self.remark(&station, format!("no connection: {why}"));
                }
                Happened::Refusal { from, code, action } => {
                    let who = if from == Side::Station { "the station" } else { "the central system" };
                    let action = action.unwrap_or_else(|| "an unknown call".to_owned());
                    self.record.ocpp_errors.push(error(format!("{who} refused {action}: {code}")));
                }
                Happened::Invalid(what) => {
                    self.record.ocpp_errors.push(error(format!("invalid frame: {what}")));
                    self.record.failures.push(format!("{station}: invalid frame: {what}"));
                }
            }
        }
    }

    /// What stations and central system have noted.
    fn listen(&mut self) {
        let at_ms = self.now_ms();
        for line in &mut self.lines {
            let identity = line.station.identity().to_owned();
            while let Some(note) = line.station.poll_note() {
                let who = note.connector.map_or_else(|| identity.clone(), |c| format!("{identity}#{c}"));
                self.record.events.push(EventRow { at_ms, who, what: note.text });
            }
            while let Some(finished) = line.station.poll_finished() {
                self.finished.push((identity.clone(), finished));
            }
        }
        while let Ok((who, what)) = self.remarks.try_recv() {
            self.record.events.push(EventRow { at_ms, who: format!("central system about {who}"), what });
        }
    }

    fn sample(&mut self) {
        let now = self.now_ms();
        let queued: Vec<bool> = self
            .layout
            .evses
            .iter()
            .enumerate()
            .map(|(index, evse)| {
                let wants = self.lines[evse.station].station.phase(now, evse.connector).wants_current;
                wants && self.manager.offer_ma(index) == 0
            })
            .collect();
        for car in self.record.cars.iter_mut().filter(|car| car.left_ms == u64::MAX && queued[car.evse]) {
            car.queued_ms += 1000;
        }
        for (index, evse) in self.layout.evses.iter().enumerate() {
            let vip = self.lines[evse.station].station.phase(now, evse.connector).vip;
            let here = self.record.cars.iter_mut().find(|car| car.left_ms == u64::MAX && car.evse == index);
            if let Some(car) = here.filter(|car| vip && !car.note.contains("VIP")) {
                car.note.push_str("VIP ");
            }
        }
        if now.is_multiple_of(SAMPLE_MS) {
            self.record.samples.push(Sample {
                at_ms: now,
                load_ma: self.referee.load_ma().to_vec(),
                base_ma: self.building.load_ma(),
                offer_ma: (0..self.layout.evses.len()).map(|index| self.manager.offer_ma(index)).collect(),
                draw_ma: self.draw_ma(),
                queued,
            });
        }
    }

    fn write_error(&self, name: &str, source: std::io::Error) -> SiteError {
        SiteError::Write { path: self.folder.join(name), source }
    }

    /// Closes the books.
    ///
    /// # Errors
    /// A log that cannot be written.
    pub async fn finish(mut self) -> Result<Record, SiteError> {
        use std::io::Write as _;
        self.wire.flush().map_err(|source| self.write_error("ocpp.jsonl", source))?;
        self.decisions.flush().map_err(|source| self.write_error("dlm.jsonl", source))?;
        let now = self.now_ms();
        for car in self.record.cars.iter_mut().filter(|car| car.left_ms == u64::MAX) {
            car.left_ms = now;
        }
        for (node, peak) in self.record.nodes.iter_mut().zip(self.referee.peak_ma()) {
            node.peak_ma = *peak;
        }
        for breach in self.referee.breaches() {
            let at = self.record.clock(breach.at_ms);
            let text = format!(
                "{at} {} L{}: {} mA above {} mA",
                breach.node, breach.phase, breach.load_ma, breach.limit_ma
            );
            self.record.failures.push(text);
        }
        self.record.frames = self.wire.count();
        for line in self.lines.iter().filter(|line| !line.station.is_settled()) {
            let identity = line.station.identity();
            self.record.failures.push(format!("{identity}: not everything was delivered and answered"));
        }
        self.close_the_books();
        super::story::tell(&mut self.record, &self.scenario);
        self.server.vanish().await;
        Ok(self.record)
    }
}

impl World {
    /// Compares the stations' sessions with what the central system stored.
    fn close_the_books(&mut self) {
        let hub = self.server.hub();
        self.record.failures.extend(audit::compare(&self.finished, &hub));
        self.record.transactions = audit::rows(&hub);
    }
}
