//! A charge point, a central system, a network between them and a power supply, all on one virtual clock.
//!
//! The network delays and loses frames and ends connections; the power supply ends the station between any two storage
//! operations. What is charged is known to the model, so what the central system has in its books can be compared.
#![allow(dead_code, reason = "each test program uses a part")]

mod flash;
pub(crate) mod history;
mod program;

use alloc::collections::{BTreeMap, VecDeque};

use evkit_ocpp::journal::drive_blocking;
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::{DateTime, Instant, Utc};
use evkit_ocpp::units::{Milliamps, Millivolts, WattHours, Watts};
use evkit_ocpp::v16::charge_point::{self, ChargePoint, Facts, Meter};
use evkit_ocpp::v16::csms::{self, Csms, Started, Stopped, Transactions};
use evkit_ocpp::v16::keys::Key;
use evkit_ocpp::v16::{
    AuthorizationStatus, AuthorizeResponse, BootNotificationRequest, BootNotificationResponse,
    ChargePointStatus, DataTransferResponse, DataTransferStatus, DiagnosticsStatusNotificationResponse,
    FirmwareStatusNotificationResponse, GenericStatus, HeartbeatResponse, IdTag, IdTagInfo,
    LogStatusNotificationResponse, MeterValuesResponse, Reason, RegistrationStatus,
    SecurityEventNotificationResponse, SignCertificateResponse, SignedFirmwareStatusNotificationResponse,
    StartTransactionResponse, StatusNotificationResponse, StopTransactionResponse,
};

use flash::Flash;
use program::Program;

pub(crate) const CONNECTORS: usize = 2;

/// Unix time of the start of the virtual clock, in milliseconds: 2026-01-01T00:00:00Z.
const EPOCH: i64 = 1_767_225_600_000;

pub(crate) fn identity() -> BootNotificationRequest<'static> {
    BootNotificationRequest {
        charge_point_vendor: CiStr::cut("Vendor"),
        charge_point_model: CiStr::cut("Model"),
        charge_point_serial_number: None,
        charge_box_serial_number: None,
        firmware_version: None,
        iccid: None,
        imsi: None,
        meter_type: None,
        meter_serial_number: None,
    }
}

/// The greatest readings a meter can have.
pub(crate) const GREATEST: Meter = Meter {
    energy: WattHours(u64::MAX),
    power: Some(Watts(i32::MIN)),
    currents: [Some(Milliamps(u32::MAX)); 3],
    voltages: [Some(Millivolts(u32::MAX)); 3],
    offered: Some(Milliamps(u32::MAX)),
};

/// A transaction as the model knows it, named by connector and register at its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Charged {
    pub(crate) connector: u8,
    pub(crate) from: u64,
    /// The register at its end.
    pub(crate) to: Option<u64>,
    /// Whether its start became durable for certain.
    pub(crate) certain: bool,
}

/// The station: session, flash and what is plugged into it.
pub(crate) struct Station {
    pub(crate) session: ChargePoint<'static, CONNECTORS>,
    pub(crate) flash: Flash,
    pub(crate) registers: [u64; CONNECTORS],
    pub(crate) charged: Vec<Charged>,
    pub(crate) events: Vec<String>,
    /// When it was switched on.
    booted: u64,
    runs: u64,
    resume: bool,
    pub(crate) program: Program,
}

/// The central system: its books outlive its sessions.
pub(crate) struct Server {
    session: Csms,
    sessions: u64,
    known: Transactions<64>,
    next_id: i64,
    /// Register at start and end, by number.
    pub(crate) books: BTreeMap<i64, (u8, i64, Option<i64>)>,
    pub(crate) samples: Vec<(Option<i64>, i64)>,
    /// Kinds of security events; none are taken if this is not set.
    pub(crate) security: Option<Vec<String>>,
    /// Status notifications of this connection, per connector.
    pub(crate) told: [Option<ChargePointStatus>; CONNECTORS + 1],
    pub(crate) status_log: Vec<(i64, ChargePointStatus)>,
    pub(crate) boots: u32,
    pub(crate) starts: u32,
    /// The station's calls as they came.
    pub(crate) calls: Vec<String>,
    /// Group of every identifier.
    pub(crate) parent: Option<&'static str>,
    /// Frames with which the station answered the server's calls.
    pub(crate) answers: Vec<String>,
    /// Check every change of status against the table.
    pub(crate) strict_status: bool,
    /// Whether transaction messages are refused.
    pub(crate) refuse: bool,
    pub(crate) registration: RegistrationStatus,
    pub(crate) id_tag_status: AuthorizationStatus,
}

/// What can befall a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accident {
    /// The connection ends, also if the central system restarts, and is made again.
    Reconnect,
    /// The station loses power and connects again.
    Restart,
}

/// Frames on their way: when they arrive, and what they say.
type Wire = VecDeque<(u64, String)>;

pub(crate) struct World {
    pub(crate) now: u64,
    pub(crate) station: Station,
    pub(crate) server: Server,
    pub(crate) connected: bool,
    pub(crate) latency: u64,
    /// Every so many-th frame is lost; 0: none.
    pub(crate) loss: u64,
    pub(crate) frames: u64,
    /// What happens at this frame instead of its delivery.
    pub(crate) accident: Option<(u64, Accident)>,
    happened: bool,
    up: Wire,
    down: Wire,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(false)
    }

    /// A world whose station is registered and has nothing left to say.
    pub(crate) fn online() -> Self {
        let mut world = Self::new();
        world.connect();
        world.wait(1_000);
        world
    }

    /// A world whose station continues interrupted transactions, or not.
    pub(crate) fn with(resume: bool) -> Self {
        let station = Station {
            session: new_session(0, resume),
            flash: Flash::default(),
            registers: [1000, 2000],
            charged: Vec::new(),
            events: Vec::new(),
            booted: 0,
            runs: 0,
            resume,
            program: Program::new(),
        };
        let server = Server {
            session: Csms::new(csms::Config::new(0)),
            sessions: 0,
            known: Transactions::new(),
            next_id: 1,
            books: BTreeMap::new(),
            samples: Vec::new(),
            security: Some(Vec::new()),
            told: [None; CONNECTORS + 1],
            status_log: Vec::new(),
            boots: 0,
            starts: 0,
            calls: Vec::new(),
            parent: None,
            answers: Vec::new(),
            strict_status: true,
            refuse: false,
            registration: RegistrationStatus::Accepted,
            id_tag_status: AuthorizationStatus::Accepted,
        };
        let mut world = Self {
            now: 0,
            station,
            server,
            connected: false,
            latency: 20,
            loss: 0,
            frames: 0,
            accident: None,
            happened: false,
            up: Wire::new(),
            down: Wire::new(),
        };
        world.settle();
        world
    }

    /// Monotonic time of the station, which begins anew with each run.
    pub(crate) fn station_now(&self) -> Instant {
        Instant::from_millis(self.now - self.station.booted)
    }

    fn utc(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(EPOCH + self.now as i64).unwrap()
    }

    // ---- what can happen ----

    pub(crate) fn connect(&mut self) {
        if self.connected {
            return;
        }
        self.connected = true;
        self.server.sessions += 1;
        self.server.session = Csms::new(csms::Config::new(self.server.sessions));
        self.server.session.handle_open(Instant::from_millis(self.now));
        let now = self.station_now();
        self.station.session.handle_open(now);
        self.settle();
    }

    pub(crate) fn disconnect(&mut self) {
        if !self.connected {
            return;
        }
        self.connected = false;
        self.up.clear();
        self.down.clear();
        self.server.session.handle_close(Instant::from_millis(self.now));
        let now = self.station_now();
        self.station.session.handle_close(now);
        self.settle();
    }

    /// The station loses power and gets it back.
    pub(crate) fn restart_station(&mut self) {
        self.connected = false;
        self.up.clear();
        self.down.clear();
        self.server.session.handle_close(Instant::from_millis(self.now));
        self.server.told = [None; CONNECTORS + 1];
        let station = &mut self.station;
        station.runs += 1;
        station.booted = self.now;
        station.flash.dead = false;
        station.flash.cut_at = None;
        station.session = new_session(station.runs, station.resume);
        self.settle();
        // The hardware is read, as after any start.
        for connector in 1..=CONNECTORS as u8 {
            let found = self.station.session.transaction(connector).is_some();
            let register = self.station.registers[usize::from(connector) - 1];
            let mut charged = self.station.charged.iter_mut().rev();
            if let Some(last) = charged.find(|charged| charged.connector == connector) {
                last.certain |= found;
                // What was running goes on or has just ended; a stop the power was too short for has not happened.
                match (found, self.station.resume) {
                    (true, true) => last.to = None,
                    _ => _ = last.to.get_or_insert(register),
                }
            }
            self.report(connector, found && self.station.resume);
        }
        self.settle();
    }

    /// The central system restarts: its sessions are lost, its books are not.
    pub(crate) fn restart_server(&mut self) {
        self.disconnect();
    }

    /// Begins to charge, unless the connector is busy.
    pub(crate) fn start(&mut self, connector: u8) {
        self.begin(connector, IdTag::new("04A2B3C4").unwrap(), None);
    }

    fn begin(&mut self, connector: u8, id_tag: IdTag, reservation: Option<i64>) {
        if self.open_transaction(connector).is_some() {
            return;
        }
        // Registers name transactions, so no two begin at the same one.
        self.station.registers[usize::from(connector) - 1] += 1;
        let from = self.station.registers[usize::from(connector) - 1];
        let now = self.station_now();
        self.report(connector, true);
        let begun =
            self.station.session.start_transaction(now, connector, id_tag, WattHours(from), reservation);
        if begun.is_ok() {
            self.station.charged.push(Charged { connector, from, to: None, certain: false });
            self.settle();
            // Still in the same run: nothing was cut, so the start is durable.
            if let Some(at) = self.open_transaction(connector) {
                self.station.charged[at].certain = true;
            }
        } else {
            self.report(connector, false);
            self.settle();
        }
    }

    pub(crate) fn charge(&mut self, connector: u8, energy: u64) {
        if self.open_transaction(connector).is_some() {
            self.station.registers[usize::from(connector) - 1] += energy;
            self.report(connector, true);
            self.settle();
        }
    }

    pub(crate) fn stop(&mut self, connector: u8, reason: Reason) {
        self.end(connector, reason, None);
        self.report(connector, false);
        self.settle();
    }

    /// Ends a transaction; the cable stays where it is.
    pub(crate) fn end(&mut self, connector: u8, reason: Reason, id_tag: Option<IdTag>) {
        let Some(at) = self.open_transaction(connector) else { return };
        let register = self.station.registers[usize::from(connector) - 1];
        let now = self.station_now();
        self.station.charged[at].to = Some(register);
        self.station
            .session
            .stop_transaction(now, connector, reason, WattHours(register), id_tag)
            .expect("a running transaction can be stopped");
        self.settle();
    }

    /// Lets time pass, going from deadline to deadline.
    pub(crate) fn wait(&mut self, millis: u64) {
        let end = self.now + millis;
        loop {
            let booted = self.station.booted;
            let station = self.station.session.poll_timeout().map(|at| at.as_millis() + booted);
            let server = self.server.session.poll_timeout().map(|at| at.as_millis());
            let wires = [&self.up, &self.down].map(|wire| wire.front().map(|(at, _)| *at));
            let next = [station, server, wires[0], wires[1]].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            assert!(station.is_none_or(|at| at > self.now), "the station wants to be called without reason");
            self.now = next.max(self.now);
            self.deliver();
            let now = self.station_now();
            self.station.session.handle_timeout(now);
            self.server.session.handle_timeout(Instant::from_millis(self.now));
            self.settle();
        }
        self.now = end;
    }

    /// The network and the power are well again; runs until everything is said.
    pub(crate) fn heal(&mut self) {
        self.loss = 0;
        self.station.flash.cut_at = None;
        for connector in 1..=CONNECTORS as u8 {
            self.stop(connector, Reason::Local);
        }
        for _ in 0..500 {
            self.connect();
            self.wait(10_000);
            if self.station.session.is_settled() {
                return;
            }
        }
        panic!("the station still has something to say after 5000 s");
    }

    /// Every transaction is in the books exactly once, with its energy.
    pub(crate) fn check_books(&self) {
        let mut books: Vec<_> = self
            .server
            .books
            .values()
            .map(|(connector, from, to)| (*connector, *from, to.unwrap()))
            .collect();
        for charged in &self.station.charged {
            let wanted = (charged.connector, charged.from as i64, charged.to.unwrap() as i64);
            match books.iter().position(|booked| *booked == wanted) {
                Some(at) => _ = books.swap_remove(at),
                None => assert!(!charged.certain, "{charged:?} is missing in {:?}", self.server.books),
            }
        }
        assert!(books.is_empty(), "booked but not charged: {books:?}");
    }

    // ---- the programs around the sessions ----

    fn open_transaction(&self, connector: u8) -> Option<usize> {
        self.station.charged.iter().position(|charged| charged.connector == connector && charged.to.is_none())
    }

    pub(crate) fn report(&mut self, connector: u8, charging: bool) {
        let energy = WattHours(self.station.registers[usize::from(connector) - 1]);
        let meter = Meter { energy, ..Meter::default() };
        let facts = Facts { plugged: charging, requesting: charging, offering: charging, fault: None, meter };
        let now = self.station_now();
        self.station.session.report(now, connector, &facts).unwrap();
    }

    /// Drains both sessions.
    pub(crate) fn settle(&mut self) {
        let now = self.station_now();
        let mut buffer = [0; 4096];
        loop {
            drive_blocking(now, &mut self.station.session, &mut self.station.flash);
            if self.station.flash.dead {
                return self.restart_station();
            }
            if let Some(event) = self.station.session.poll_event() {
                self.station.events.push(format!("{event:?}"));
                continue;
            }
            match self.station.session.poll_transmit(now, &mut buffer).unwrap() {
                Some(text) => {
                    let text = text.to_owned();
                    self.send(text, true);
                }
                None => break,
            }
        }
        while self.server.session.poll_event().is_some() {}
        while let Some(text) =
            self.server.session.poll_transmit(Instant::from_millis(self.now), &mut buffer).unwrap()
        {
            let text = text.to_owned();
            self.send(text, false);
        }
        if core::mem::take(&mut self.happened) {
            match self.accident {
                Some((_, Accident::Restart)) => self.restart_station(),
                _ => self.disconnect(),
            }
            self.connect();
        }
    }

    fn send(&mut self, text: String, up: bool) {
        if !self.connected {
            return;
        }
        self.frames += 1;
        self.happened |= self.accident.is_some_and(|(at, _)| at == self.frames);
        if self.happened {
            return;
        }
        if self.loss != 0 && self.frames.is_multiple_of(self.loss) {
            return;
        }
        let arrival = self.now + self.latency;
        if up { self.up.push_back((arrival, text)) } else { self.down.push_back((arrival, text)) }
    }

    fn deliver(&mut self) {
        while self.up.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, text) = self.up.pop_front().unwrap();
            self.serve(&text);
        }
        while self.down.front().is_some_and(|(at, _)| *at <= self.now) {
            let (_, text) = self.down.pop_front().unwrap();
            let now = self.station_now();
            if let Some(event) = self.station.session.handle_frame(now, &text).unwrap() {
                self.station.events.push(format!("{event:?}"));
                self.react(event);
            }
            self.settle();
        }
    }

    /// The central system makes a call; returns the frame the station answers.
    pub(crate) fn call<'m, C>(&mut self, request: &C) -> String
    where
        C: evkit_ocpp::message::Call<Action = evkit_ocpp::v16::Action> + evkit_ocpp::message::Message<'m>,
    {
        let mut buffer = [0; 4096];
        let now = Instant::from_millis(self.now);
        let text = self.server.session.call(now, request, &mut buffer).unwrap().to_owned();
        self.server.answers.clear();
        self.send(text, false);
        self.wait(3 * self.latency);
        self.server.answers.pop().unwrap_or_default()
    }

    fn serve(&mut self, text: &str) {
        use csms::Event;
        let utc = self.utc();
        let now = Instant::from_millis(self.now);
        let mut buffer = [0; 4096];
        let server = &mut self.server;
        if text.starts_with("[2,") {
            server.calls.push(text.to_owned());
        }
        let parent_id_tag = server.parent.map(CiStr::cut);
        let info = IdTagInfo { expiry_date: None, parent_id_tag, status: server.id_tag_status };
        let session = &mut server.session;
        let answer =
            match session.handle_frame(now, text).unwrap().expect("every frame of the station is valid") {
                Event::BootNotification(_, responder) => {
                    server.boots += 1;
                    let response = BootNotificationResponse {
                        status: server.registration,
                        current_time: utc,
                        interval: 300,
                    };
                    session.answer(responder, &response, &mut buffer)
                }
                Event::Heartbeat(_, responder) => {
                    session.answer(responder, &HeartbeatResponse { current_time: utc }, &mut buffer)
                }
                Event::Authorize(_, responder) => {
                    session.answer(responder, &AuthorizeResponse { id_tag_info: info }, &mut buffer)
                }
                Event::StatusNotification(request, responder) => {
                    let told = &mut server.told[usize::try_from(request.connector_id).unwrap()];
                    if let Some(before) =
                        told.filter(|before| server.strict_status && *before != request.status)
                    {
                        assert!(
                            charge_point::is_legal(before, request.status),
                            "{before} to {} on the wire",
                            request.status
                        );
                    }
                    *told = Some(request.status);
                    server.status_log.push((request.connector_id, request.status));
                    session.answer(responder, &StatusNotificationResponse {}, &mut buffer)
                }
                Event::StartTransaction(request, responder) if server.refuse => {
                    server.starts += 1;
                    let _ = request;
                    session.reject(responder, evkit_ocpp::rpc::ErrorCode::InternalError);
                    return self.settle();
                }
                Event::StartTransaction(request, responder) => {
                    server.starts += 1;
                    let next_id = &mut server.next_id;
                    let Started { id, repeated } = server.known.start(&request, || {
                        *next_id += 1;
                        *next_id
                    });
                    assert_eq!(server.books.contains_key(&id), repeated);
                    server.books.entry(id).or_insert((request.connector_id as u8, request.meter_start, None));
                    let response = StartTransactionResponse { id_tag_info: info, transaction_id: id };
                    session.answer(responder, &response, &mut buffer)
                }
                Event::StopTransaction(request, responder) => {
                    if request.transaction_id >= 0 {
                        match server.known.stop(&request) {
                            Stopped::Now(_) | Stopped::Repeated(_) => {}
                            other => panic!("{other:?}: {request:?}"),
                        }
                        let (_, _, to) = server.books.get_mut(&request.transaction_id).unwrap();
                        assert!(to.is_none_or(|to| to == request.meter_stop), "stopped twice, differently");
                        *to = Some(request.meter_stop);
                    }
                    session.answer(responder, &StopTransactionResponse { id_tag_info: None }, &mut buffer)
                }
                Event::MeterValues(request, responder) => {
                    let value =
                        request.meter_value.iter().next().unwrap().sampled_value.iter().next().unwrap();
                    let value = value.value.as_str().unwrap().parse().unwrap();
                    if let Some(id) = request.transaction_id {
                        assert!(server.books[&id].2.is_none(), "a sample after the end of {id}");
                    }
                    server.samples.push((request.transaction_id, value));
                    session.answer(responder, &MeterValuesResponse {}, &mut buffer)
                }
                Event::SecurityEventNotification(request, responder) => match &mut server.security {
                    Some(kinds) => {
                        kinds.push(request.kind.to_string());
                        session.answer(responder, &SecurityEventNotificationResponse {}, &mut buffer)
                    }
                    None => {
                        session.reject(responder, evkit_ocpp::rpc::ErrorCode::NotImplemented);
                        return self.settle();
                    }
                },
                Event::FirmwareStatusNotification(_, responder) => {
                    session.answer(responder, &FirmwareStatusNotificationResponse {}, &mut buffer)
                }
                Event::SignedFirmwareStatusNotification(_, responder) => {
                    session.answer(responder, &SignedFirmwareStatusNotificationResponse {}, &mut buffer)
                }
                Event::DiagnosticsStatusNotification(_, responder) => {
                    session.answer(responder, &DiagnosticsStatusNotificationResponse {}, &mut buffer)
                }
                Event::LogStatusNotification(_, responder) => {
                    session.answer(responder, &LogStatusNotificationResponse {}, &mut buffer)
                }
                Event::SignCertificate(_, responder) => {
                    let response = SignCertificateResponse { status: GenericStatus::Accepted };
                    session.answer(responder, &response, &mut buffer)
                }
                Event::DataTransfer(_, responder) => {
                    let response = DataTransferResponse { status: DataTransferStatus::Accepted, data: None };
                    session.answer(responder, &response, &mut buffer)
                }
                Event::Answered { .. } => return server.answers.push(text.to_owned()),
                other => panic!("{other:?}"),
            };
        let text = answer.unwrap().to_owned();
        self.send(text, false);
    }
}

fn new_session(run: u64, resume: bool) -> ChargePoint<'static, CONNECTORS> {
    let mut config = charge_point::Config::new(identity(), run).with_security();
    config.local_list_entries = 100;
    config.station_limit = Milliamps(50_000);
    config.resume_transactions = resume;
    let mut session = ChargePoint::new(config);
    for (key, value) in [
        (Key::TransactionMessageAttempts, "10000"),
        (Key::TransactionMessageRetryInterval, "1"),
        (Key::MeterValueSampleInterval, "60"),
    ] {
        session.set_setting(Instant::ZERO, key, value).unwrap();
    }
    session
}
