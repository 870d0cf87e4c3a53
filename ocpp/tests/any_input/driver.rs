//! Bytes as a history of a charge point: frames of any content, any storage, any order of calls.
//!
//! Shared by the property test beside it and by the fuzz target `ocpp_session`.

use core::ops::ControlFlow;

use evkit_ocpp::journal::{Entry, Journal, MemJournal, StoreDone, StoreKey, StoreOp, seal};
use evkit_ocpp::message::EncodeError;
use evkit_ocpp::rpc::Frame;
use evkit_ocpp::schema::{Leniency, Version};
use evkit_ocpp::text::CiStr;
use evkit_ocpp::time::Instant;
use evkit_ocpp::units::{Milliamps, WattHours};
use evkit_ocpp::v16::charge_point::{Config, Event, Facts, Fault, Meter, SecurityEvent};
use evkit_ocpp::v16::{
    Action, BootNotificationRequest, ChargePoint, ChargePointErrorCode, DataTransferRequest, FirmwareStatus,
    IdTag, Reason, check_request, check_response,
};

/// Takes values from the front of the input; zeros when it is used up.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u64 {
        let shift = self.byte() % 40;
        u64::from(self.byte()) << shift
    }

    fn bytes(&mut self) -> &'a [u8] {
        let len = usize::from(self.byte()).min(self.0.len());
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }
}

/// Payloads from which histories that mean something are made.
const PAYLOADS: [(&str, &str); 24] = [
    ("ChangeAvailability", r#"{"connectorId":0,"type":"Inoperative"}"#),
    ("ChangeAvailability", r#"{"connectorId":1,"type":"Operative"}"#),
    ("ChangeConfiguration", r#"{"key":"MeterValueSampleInterval","value":"1"}"#),
    ("ChangeConfiguration", r#"{"key":"ClockAlignedDataInterval","value":"7"}"#),
    ("ChangeConfiguration", r#"{"key":"MeterValuesSampledData","value":"Current.Import,Voltage"}"#),
    ("ChangeConfiguration", r#"{"key":"StopTxnSampledData","value":"Current.Import,Voltage"}"#),
    ("ChangeConfiguration", r#"{"key":"StopTxnAlignedData","value":"Energy.Active.Import.Register"}"#),
    ("ClearCache", "{}"),
    ("ClearChargingProfile", "{}"),
    ("DataTransfer", r#"{"vendorId":"v"}"#),
    ("GetCompositeSchedule", r#"{"connectorId":0,"duration":86400}"#),
    ("GetConfiguration", r#"{"key":["x","HeartbeatInterval"]}"#),
    ("GetLocalListVersion", "{}"),
    ("RemoteStartTransaction", r#"{"connectorId":1,"idTag":"R"}"#),
    ("RemoteStopTransaction", r#"{"transactionId":1}"#),
    ("ReserveNow", r#"{"connectorId":1,"expiryDate":"2026-01-01T00:01:00Z","idTag":"B","reservationId":1}"#),
    ("CancelReservation", r#"{"reservationId":1}"#),
    ("Reset", r#"{"type":"Soft"}"#),
    ("SendLocalList", r#"{"listVersion":2,"updateType":"Full"}"#),
    (
        "SetChargingProfile",
        r#"{"connectorId":0,"csChargingProfiles":{"chargingProfileId":1,"stackLevel":0,"chargingProfilePurpose":"TxDefaultProfile","chargingProfileKind":"Recurring","recurrencyKind":"Daily","chargingSchedule":{"startSchedule":"2025-12-31T12:00:00Z","duration":50,"chargingRateUnit":"W","chargingSchedulePeriod":[{"startPeriod":0,"limit":0.1}]}}}"#,
    ),
    ("TriggerMessage", r#"{"requestedMessage":"MeterValues"}"#),
    ("TriggerMessage", r#"{"requestedMessage":"BootNotification"}"#),
    ("ExtendedTriggerMessage", r#"{"requestedMessage":"LogStatusNotification"}"#),
    ("UnlockConnector", r#"{"connectorId":1}"#),
];

/// Answers to the calls of a charge point.
fn good_answer(action: Action) -> &'static str {
    match action {
        Action::BootNotification => {
            r#"{"status":"Accepted","currentTime":"2026-01-01T00:00:00Z","interval":60}"#
        }
        Action::Heartbeat => r#"{"currentTime":"2026-01-01T00:00:30Z"}"#,
        Action::Authorize => r#"{"idTagInfo":{"status":"Accepted"}}"#,
        Action::StartTransaction => r#"{"idTagInfo":{"status":"Invalid"},"transactionId":1}"#,
        Action::DataTransfer => r#"{"status":"Accepted"}"#,
        _ => "{}",
    }
}

struct Driver {
    session: ChargePoint<'static, 2>,
    journal: MemJournal<4096>,
    now: Instant,
    /// Id and action of the call that waits for its answer.
    pending: Option<(String, Action)>,
    /// Calls of the central system that have not been answered.
    open: Vec<(String, Option<Action>)>,
    calls: u32,
}

/// Plays a history and checks what leaves.
pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let identity = BootNotificationRequest {
        charge_point_vendor: CiStr::cut("V"),
        charge_point_model: CiStr::cut("M"),
        charge_point_serial_number: None,
        charge_box_serial_number: None,
        firmware_version: None,
        iccid: None,
        imsi: None,
        meter_type: None,
        meter_serial_number: None,
    };
    let mut config = Config::new(identity, 1).with_security();
    config.leniency = if input.byte() % 2 == 0 { Leniency::STRICT } else { Leniency::ALL };
    config.resume_transactions = input.byte() % 2 == 0;
    config.local_list_entries = u16::from(input.byte() % 2);
    config.station_limit = Milliamps(40_000);
    let mut driver = Driver {
        session: ChargePoint::new(config),
        journal: MemJournal::new(),
        now: Instant::ZERO,
        pending: None,
        open: Vec::new(),
        calls: 0,
    };
    while !input.0.is_empty() {
        driver.step(&mut input);
        if input.byte() % 8 != 0 {
            driver.drain(&mut input);
        }
    }
}

impl Driver {
    fn step(&mut self, input: &mut Input<'_>) {
        let (now, connector) = (self.now, input.byte() % 4);
        let session = &mut self.session;
        match input.byte() % 20 {
            0 => {
                session.handle_close(now);
                session.handle_open(now);
                self.pending = None;
                self.open.clear();
            }
            1 => {
                session.handle_close(now);
                self.pending = None;
                self.open.clear();
            }
            2 | 3 => {
                self.now += core::time::Duration::from_millis(input.number());
                self.session.handle_timeout(self.now);
            }
            4 => {
                if let Some(deadline) = session.poll_timeout() {
                    self.now = self.now.max(deadline);
                    self.session.handle_timeout(self.now);
                }
            }
            5..=7 => {
                if let Some((id, action)) = self.pending.take() {
                    let frame = format!("[3,\"{id}\",{}]", good_answer(action));
                    self.receive(&frame, input);
                }
            }
            8 => {
                if let Some((id, _)) = self.pending.take() {
                    self.receive(&format!("[4,\"{id}\",\"InternalError\",\"\",{{}}]"), input);
                }
            }
            9 => {
                if let Some((id, _)) = self.pending.take() {
                    let payload = String::from_utf8_lossy(input.bytes()).into_owned();
                    self.receive(&format!("[3,\"{id}\",{payload}]"), input);
                }
            }
            10..=12 => {
                let (name, payload) = PAYLOADS[usize::from(input.byte()) % PAYLOADS.len()];
                self.calls += 1;
                let frame = format!("[2,\"{}\",\"{name}\",{payload}]", self.calls);
                self.receive(&frame, input);
            }
            13 => {
                let frame = String::from_utf8_lossy(input.bytes()).into_owned();
                self.receive(&frame, input);
            }
            14 => {
                let flags = input.byte();
                let fault = (flags & 8 != 0).then_some(Fault {
                    code: ChargePointErrorCode::OtherError,
                    blocking: flags & 16 != 0,
                    vendor_code: "v",
                    info: "",
                });
                let meter = Meter { energy: WattHours(input.number()), ..Meter::default() };
                let facts = Facts {
                    plugged: flags & 1 != 0,
                    requesting: flags & 2 != 0,
                    offering: flags & 4 != 0,
                    fault,
                    meter,
                };
                let _ = session.report(now, connector, &facts);
            }
            15 => {
                let tag = IdTag::new("TAG").expect("an identifier");
                let reservation = input.byte().is_multiple_of(2).then_some(1);
                let _ =
                    session.start_transaction(now, connector, tag, WattHours(input.number()), reservation);
            }
            16 => {
                let meter = WattHours(input.number());
                let _ = session.stop_transaction(now, connector, Reason::Local, meter, None);
            }
            17 => {
                let _ = session.authorize(now, connector, IdTag::new("TAG").expect("an identifier"));
                let _ = session.await_vehicle(now, connector);
            }
            18 => {
                session.set_firmware_status(FirmwareStatus::Downloading);
                let _ = session.security_event(now, SecurityEvent::MemoryExhaustion, "x");
            }
            _ => {
                let request =
                    DataTransferRequest { vendor_id: CiStr::cut("v"), message_id: None, data: None };
                let mut buffer = [0; 256];
                if let Ok(text) = session.call(now, &request, &mut buffer) {
                    let text = text.to_owned();
                    self.sent(&text);
                }
            }
        }
        for connector in 0..=3 {
            assert_eq!(self.session.limit_now(connector, self.now).is_some(), connector <= 2);
            assert_eq!(self.session.status(connector).is_some(), connector <= 2);
        }
    }

    /// A frame arrives; its event is answered, refused or dropped.
    fn receive(&mut self, frame: &str, input: &mut Input<'_>) {
        if let Ok(Frame::Call { id, action, .. }) = Frame::parse(frame, Version::V16) {
            self.open.push((id.to_string(), Action::from_text(action)));
        } else if let Err(error) = Frame::parse(frame, Version::V16) {
            if let Some((id, _)) = error.answer(Version::V16) {
                self.open.push((id.to_string(), None));
            }
        }
        let mut buffer = [0; 8192];
        let choice = input.byte() % 4;
        let Ok(Some(event)) = self.session.handle_frame(self.now, frame) else { return };
        let answer = match event {
            Event::GetConfiguration(request, responder) if choice != 0 => {
                self.session.answer_configuration(responder, &request, &[], &mut buffer)
            }
            Event::SendLocalList(_, responder) if choice != 0 => {
                let status = evkit_ocpp::v16::UpdateStatus::Accepted;
                self.session.answer_local_list(responder, status, false, &mut buffer)
            }
            Event::DataTransfer(_, responder) if choice != 0 => {
                return self.session.reject(responder, evkit_ocpp::rpc::ErrorCode::GenericError);
            }
            Event::RemoteStop { connector } => {
                let _ =
                    self.session.stop_transaction(self.now, connector, Reason::Remote, WattHours(9), None);
                return;
            }
            _ => return,
        };
        if let Ok(text) = answer {
            let text = text.to_owned();
            self.sent(&text);
        }
    }

    /// Every frame that leaves is valid, is the only call, and answers a call that was open.
    fn sent(&mut self, text: &str) {
        match Frame::parse(text, Version::V16).expect("a session sends frames") {
            Frame::Call { id, action, payload } => {
                let action = Action::from_text(action).expect("a known action");
                check_request(action, payload).expect("a valid request");
                // The peer may have answered without the session accepting the answer: then the call has ended.
                self.pending = Some((id.to_string(), action));
            }
            Frame::Result { id, payload } => {
                let action = self.close(&id.to_string()).expect("an answer to a known action");
                check_response(action, payload).expect("a valid response");
            }
            Frame::Error { id, .. } => _ = self.close(&id.to_string()),
            Frame::Send { .. } => panic!("1.6 has no SEND"),
        }
    }

    fn close(&mut self, id: &str) -> Option<Action> {
        let at = self.open.iter().position(|(open, _)| open == id).expect("an answer to an open call");
        self.open.remove(at).1
    }

    fn drain(&mut self, input: &mut Input<'_>) {
        let mut called = false;
        for _ in 0..1000 {
            let now = self.now;
            if self.store(input) {
                continue;
            }
            if self.session.poll_event().is_some() {
                continue;
            }
            let mut buffer = [0; 8192];
            match self.session.poll_transmit(now, &mut buffer) {
                Ok(Some(text)) => {
                    let text = text.to_owned();
                    self.sent(&text);
                }
                Ok(None) => {
                    let deadline = self.session.poll_timeout();
                    if deadline.is_none_or(|deadline| deadline > now) {
                        return;
                    }
                    // A deadline in the past means now, once.
                    assert!(!called, "wants to be called at {deadline:?}, now is {now:?}");
                    called = true;
                    self.session.handle_timeout(now);
                }
                Err(EncodeError::BufferTooSmall { needed }) => panic!("{needed} bytes"),
                Err(_) => {}
            }
        }
        panic!("the session never comes to rest");
    }

    /// Performs the next storage operation; now and then it fails, or the storage holds anything at all.
    fn store(&mut self, input: &mut Input<'_>) -> bool {
        let (now, choice) = (self.now, input.byte() % 32);
        let Some(op) = self.session.poll_store() else { return false };
        let reads = matches!(op, StoreOp::Scan | StoreOp::First);
        let done = match op {
            _ if choice == 31 => StoreDone::Failed,
            StoreOp::Scan => StoreDone::Scanned,
            StoreOp::First => StoreDone::Empty,
            StoreOp::Append { seq, bytes } => written(self.journal.append(seq, bytes)),
            StoreOp::Remove { up_to } => written(self.journal.remove(up_to)),
            StoreOp::Put { key, bytes } => written(self.journal.put(key, bytes)),
            _ => StoreDone::Failed,
        };
        if reads && choice == 30 {
            let mut sealed = [0; 400];
            let (number, bytes) = (input.number(), seal(input.bytes(), &mut sealed).unwrap_or_default());
            self.session.handle_stored(now, StoreDone::Value { key: StoreKey(number as u16), bytes });
            self.session.handle_stored(now, StoreDone::Record { seq: number, bytes });
        } else if reads && choice < 30 {
            let session = &mut self.session;
            self.journal
                .visit(&mut |entry| {
                    session.handle_stored(
                        now,
                        match entry {
                            Entry::Value(key, bytes) => StoreDone::Value { key, bytes },
                            Entry::Record(seq, bytes) => StoreDone::Record { seq, bytes },
                        },
                    );
                    ControlFlow::Continue(())
                })
                .expect("memory can be read");
        }
        self.session.handle_stored(now, done);
        true
    }
}

fn written<E>(result: Result<(), E>) -> StoreDone<'static> {
    result.map_or(StoreDone::Failed, |()| StoreDone::Written)
}
